"""Charts of matplotlib that follow the theme of the page and say what they show."""

from __future__ import annotations

import re
from html import escape
from io import StringIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

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


def new_charts(mosaic: str, width_inches: float = 9.0, height_inches: float = 5.6) -> tuple[Figure, dict[str, Axes]]:
    """Make a figure with several pairs of axes, laid out as in ``Figure.subplot_mosaic``."""
    with mpl.rc_context(LOOK):
        figure = Figure(figsize=(width_inches, height_inches))
        figure.subplots_adjust(left=0.13, right=0.95, bottom=0.1, top=0.97, hspace=0.38, wspace=0.34)
        figure.patch.set_visible(False)
        axes = figure.subplot_mosaic(mosaic)
        for one in axes.values():
            one.patch.set_visible(False)
    return figure, axes


def wiped(axes: Axes) -> Axes:
    """Take away what is drawn, and keep the axes: making them anew takes as long as drawing them."""
    for artist in [*axes.lines, *axes.collections, *axes.texts]:
        artist.remove()
    return axes


def ticks(axis: Axis, upper: float, lower: float = 0.0) -> None:
    """Set a few round ticks: every tick that is drawn costs half a millisecond."""
    values = MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(lower, upper)
    some = [value for value in values if lower <= value <= upper * 1.0001]
    axis.set_ticks(some, [f"{value:,g}" for value in some])


def drawn(figure: Figure, name: str) -> str:
    """Draw a figure as SVG that a screen reader calls by its name; `INK` takes the colour of the page's text."""
    file = StringIO()
    with mpl.rc_context(LOOK):
        figure.savefig(file, format="svg", metadata={"Date": None}, transparent=True)
    svg = file.getvalue()[file.getvalue().index("<svg") :]
    # Its style sheet is in style.css: here it would reach every element of the page, and lay the page out anew.
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.S).replace(INK, "currentColor")
    svg = re.sub(
        r'<svg .*?(viewBox="[^"]+").*?>', rf'<svg \1 role="img" aria-label="{escape(name)}">', svg, count=1, flags=re.S
    )
    return f'<div class="scrolls">{svg}</div>'


def brief_number(value: float) -> str:
    """Write a number with three digits that count, and never with a power of ten."""
    return f"{float(f'{value:.3g}'):,.10g}"
