"""Charts of matplotlib that follow the theme of the page and say what they show."""

from __future__ import annotations

import re
from html import escape
from io import StringIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK = "#010203"
"""Stands for the colour of the page's own text: `drawn` puts that in its place."""

LOOK: Any = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "cqrs-lab",  # the same figure, the same markup
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), INK),
}


def new_chart(width_inches: float = 8.0, height_inches: float = 4.0) -> tuple[Figure, Axes]:
    """Make a figure with one pair of axes, in the look that all charts share."""
    with mpl.rc_context(LOOK):
        # Fixed margins: constrained layout takes longer than the drawing itself.
        figure = Figure(figsize=(width_inches, height_inches))
        figure.subplots_adjust(left=0.12, right=0.88, bottom=0.14, top=0.97)
        figure.patch.set_visible(False)
        axes = figure.add_subplot()
        axes.patch.set_visible(False)
    return figure, axes


def drawn(figure: Figure, name: str) -> str:
    """Draw a figure as SVG that a screen reader calls by its name; `INK` takes the colour of the page's text."""
    file = StringIO()
    with mpl.rc_context(LOOK):
        figure.savefig(file, format="svg", metadata={"Date": None}, transparent=True)
    svg = file.getvalue()[file.getvalue().index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S).replace(INK, "currentColor")
    svg = re.sub(
        r'<svg .*?(viewBox="[^"]+").*?>', rf'<svg \1 role="img" aria-label="{escape(name)}">', svg, count=1, flags=re.S
    )
    return f'<div class="scrolls">{svg}</div>'
