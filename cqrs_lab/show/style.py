"""One look for every picture: each part of the pattern has one colour, one marker and one line style."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

STYLESHEET = Path(__file__).with_name("style.css").read_text(encoding="utf-8")


class Part(NamedTuple):
    """How a part of the pattern is drawn; `dashes` is an SVG dash pattern, "" for a solid line."""

    name: str
    colour: str
    marker: str
    dashes: str


# Okabe and Ito (2008), https://jfly.uni-koeln.de/color/: told apart by every kind of colour vision. These three have
# a contrast of 3 : 1 or more against white and against JupyterLab's dark theme, which is what lines need.
WRITE = Part("write side", "#0072B2", "■", "")
LOG = Part("log", "#009E73", "●", "")
READ = Part("read side", "#D55E00", "▲", "6 3")

KIND_COLOURS = ("#E69F00", "#CC79A7", "#56B4E9", "#009E73", "#D55E00", "#0072B2")
"""The colours of event types, in the order in which the log first holds them; letters tell them apart too."""


def letters(event_type: type) -> str:
    """Shorten the name of an event type to its capitals: OrderPlaced is OP."""
    return "".join(re.findall(r"[A-Z]", event_type.__name__)) or event_type.__name__[:2].upper()


def kind_colours(event_types: list[type]) -> dict[type, str]:
    """Give each event type its colour."""
    different = dict.fromkeys(event_types)
    return {kind: KIND_COLOURS[k % len(KIND_COLOURS)] for k, kind in enumerate(different)}
