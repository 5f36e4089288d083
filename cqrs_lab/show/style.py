"""One look for every picture: each part of the pattern has one colour, one marker and one line style."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

STYLESHEET = Path(__file__).with_name("style.css").read_text(encoding="utf-8")


class Part(NamedTuple):
    """How a part of the pattern is drawn; `dashes` is an SVG dash pattern, "" for a solid line."""

    name: str
    colour: str
    marker: str
    dashes: str


# Okabe and Ito (2008), https://jfly.uni-koeln.de/color/: distinct in every kind of colour vision. These three have
# a contrast of 3 : 1 or more against white and against JupyterLab's dark theme, which is what lines need.
WRITE = Part("write side", "#0072B2", "■", "")
LOG = Part("log", "#009E73", "●", "")
READ = Part("read side", "#D55E00", "▲", "6 3")
