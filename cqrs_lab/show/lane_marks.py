"""The marks that stand in the lanes of a process, and the lines and words between them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pandas as pd

from cqrs_lab.show.icons import icon, icon_named
from cqrs_lab.show.label_places import Four
from cqrs_lab.show.picture import key
from cqrs_lab.show.shapes import label, painted
from cqrs_lab.show.style import WRITE

WIDTH = 960
REFUSING = ("Refused", "Declined")
"""How the names of events end by which somebody says no."""
HALF, POINT = 14, 18
"""Half the width of a mark, and of one that stands on its corner."""
# A cross of strokes as thick as a circle is wide is drawn as its outline, which may be hollow.
CROSS = "l 5 -5 l 5 5 l 5 -5 l 5 5 l -5 5 l 5 5 l -5 5 l -5 -5 l -5 5 l -5 -5 l 5 -5"


def mark(row: pd.Series, x: float, y: float, paint: str) -> str:
    """Draw an event: a tile with its icon, on its corner if it undoes, red if it refuses, hollow if from outside."""
    no, whence = row["event"].endswith(REFUSING), "led" if row["cause"] else "outside"
    style = "fill:var(--bad-tint);stroke:var(--bad)" if no else paint
    if not row["cause"]:
        style += ";fill:var(--ground)"
    kind = "undoes" if row["undoes"] else "no" if no else "goes-on"
    shape, size = (_tipped(x, y, POINT), 17) if row["undoes"] else (_tile(x, y, HALF), 20)
    drawn = icon(icon_named(row["event"]), x - size / 2, y - size / 2, size)
    return f'<g class="mark {kind} {whence}" style="{style};stroke-width:2">{shape}{_plain(drawn)}</g>'


def ring(row: pd.Series, x: float, y: float) -> str:
    """Draw the ring around the newest event."""
    shape = _tipped(x, y, POINT + 4) if row["undoes"] else _tile(x, y, HALF + 3)
    return f'<g{key("newest")} style="fill:none;stroke:var(--ink);stroke-width:2">{shape}</g>'


def _tile(x: float, y: float, half: float) -> str:
    return f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half}" height="{2 * half}" rx="7"/>'


def _tipped(x: float, y: float, half: float) -> str:
    return f'<path d="M {x:.1f} {y - half:.1f} l {half} {half} l -{half} {half} l -{half} -{half} z"/>'


def _plain(shape: str) -> str:
    return painted(shape, "var(--ink)")


@cache
def legend(example: str) -> str:
    """Return what each mark and each line of the lanes means, each beside its picture; the tiles are painted so."""
    there, undone = {"event": "Placed", "cause": 1, "undoes": False}, {"event": "Cancelled", "cause": 1, "undoes": True}
    rows = (there, there | {"cause": 0}, there | {"event": "Refused"}, undone)
    words = ("a command of the process led to it", "it came from outside", "somebody says no", "it undoes a step")
    blue, ink = f"stroke:{WRITE.paint};stroke-width:4", "stroke:var(--ink);stroke-width:4;stroke-dasharray:9 5"
    twice = stroke((-18, -5, 18, -5), blue) + stroke((-18, 5, 18, 5), blue)
    cross = f'<path d="M -10 -5 {CROSS} z" style="fill:var(--ground);stroke:{WRITE.paint};stroke-width:3"/>'
    meant = {
        **{said: mark(pd.Series(row), 0, 0, example) for row, said in zip(rows, words, strict=True)},
        "a command, from its cause to what it led to": stroke((-18, 0, 18, 0), blue),
        "a command that undoes": stroke((-18, 0, 18, 0), ink),
        "a command that was sent twice": twice,
        "a command that was refused: it left no event": cross,
    }
    small = '<svg class="in-line" viewBox="-20 -20 40 40" style="width:26px" aria-hidden="true">'
    return f'<ul class="legend">{"".join(f"<li>{small}{one}</svg>{said}</li>" for said, one in meant.items())}</ul>'


def left_no_event(x: float, y: float, words: str) -> list[str]:
    """Draw a command from outside that was refused: a hollow cross that stands in no lane."""
    style = f'style="fill:var(--ground);stroke:{WRITE.paint};stroke-width:2.5"'
    anchor, beside = ("end", -16) if x > WIDTH / 2 else ("start", 16)
    cross = f'<path class="refused" d="M {x - 10:.1f} {y - 5:.1f} {CROSS} z" {style}/>'
    return [cross, label(x + beside, y + 5, words, "small", anchor)]


def together(parts: Sequence[str], *name: object) -> str:
    """Return parts that come, go and move as one thing, under a key."""
    return f"<g{key(*name)}>{''.join(parts)}</g>" if parts else ""


def stroke(ends: Four, style: str, more: str = "") -> str:
    """Draw a straight line."""
    x1, y1, x2, y2 = ends
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" style="{style}"{more}/>'
