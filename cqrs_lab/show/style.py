"""One look for every picture: each part of the pattern has one colour, one marker and one line style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_SHEET = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
# Every picture that is saved in a notebook keeps it, so comments and indentation are left out.
OF_PICTURES = re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", _SHEET, flags=re.S)).strip()
OF_PRINTS = ".jp-Notebook:has(.cqrs-lab) .jp-OutputArea-output pre { word-break: normal; overflow-wrap: anywhere; }"
"""JupyterLab breaks what a cell prints wherever a line ends, also inside a word."""
STYLESHEET = f"{OF_PICTURES}\n{OF_PRINTS}"

_BLOCK = re.compile(r"([^{}]+)\{((?:[^{}]|\{[^{}]*\})*)\}")
_OF_THE_PAGE = ("cqrs-lab", "jp-")
"""How classes begin that a picture need not have itself: they are around it."""


def rules_for(html: str) -> str:
    """Return the rules of the style sheet that a still picture needs: those whose classes it has.

    A notebook keeps them with every output, and the whole sheet would be ten times as long as most pictures.
    """
    classes = set(" ".join(re.findall(r'class="([^"]*)"', html)).split())
    return "\n".join(_needed(OF_PICTURES, classes))


def _needed(sheet: str, classes: set[str]) -> Iterator[str]:
    for head, body in _BLOCK.findall(sheet):
        if head.strip().startswith("@"):
            inner = "\n".join(_needed(body, classes))
            yield from [f"{head.strip()} {{\n{inner}\n}}"] * bool(inner)
        elif any(_names(selector) <= classes for selector in _outside_brackets(head).split(",")):
            yield f"{head.strip()} {{{body}}}"


def _names(selector: str) -> set[str]:
    named = re.findall(r"\.([A-Za-z][\w-]*)", selector)
    return {name for name in named if not name.startswith(_OF_THE_PAGE)}


def _outside_brackets(selector: str) -> str:
    """Leave out what `:not(…)` and its like ask for: that need not be there."""
    return re.sub(r"\([^()]*\)", "", selector)


class Part(NamedTuple):
    """How a part of the pattern is drawn.

    `paint` is its colour in the theme of the page, `colour` the same in the light theme, which Matplotlib needs;
    `dashes` is an SVG dash pattern, "" for a solid line.
    """

    name: str
    colour: str
    marker: str
    dashes: str
    paint: str


# Lines of these colours have a contrast of 3 : 1 or more against the ground of either theme, text 4.5 : 1. Green and
# red are free for right and wrong.
WRITE = Part("write side", "#1a5fa8", "■", "", "var(--write)")
LOG = Part("log", "#26211c", "●", "", "var(--log)")
READ = Part("read side", "#ad4a06", "▲", "6 3", "var(--read)")
PARTS = (WRITE, LOG, READ)
# What a stream's tiles are filled with, by the order in which the streams appear.
TINTS = ("honey", "sky", "rose", "sage", "lilac")


def tint(number: int) -> str:
    """Return the style of a thing of the n-th stream: its tint, and an edge around it. After five they come again."""
    name = TINTS[number % len(TINTS)]
    return f"fill:var(--{name});stroke:var(--{name}-edge)"


def ground(number: int) -> str:
    """Return the same for a thing that is no drawing, as the variables that the stylesheet paints it with."""
    name = TINTS[number % len(TINTS)]
    return f"--tint:var(--{name});--edge:var(--{name}-edge)"
