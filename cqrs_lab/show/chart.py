"""Matplotlib charts that follow the theme of the page and say what they show.

Matplotlib takes as long to load as pandas, so it is loaded with the first chart: imported here at the top, every kernel
and every process that judges an answer would wait for it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np

from cqrs_lab.show.picture import joined
from cqrs_lab.show.style import PARTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

INK = "#010203"
"""A placeholder for the colour of the page's text, which `drawn` replaces."""
BAD = "#b01f38"
APART = 0.06
"""How far apart names stand at least, as a share of the chart's height."""
TINY = 1e-9
HERE = "here"
"""The name of the mark that shows where a control stands."""

PLACES = r' (?:d|x|y|transform)="[^"]*"'
TOO_FINE = re.compile(r"(?<=\.\d\d)\d+")

LOOK: Any = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "cqrs-lab",  # the same figure, the same markup
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Lucida Grande", "Verdana"],  # short, since every text repeats it
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), INK),
}


def keyed(*parts: object) -> str:
    """Return the gid of what is the same thing in the next chart, as `picture.key` does for markup."""
    return f"key:{joined(*parts)}"


def new_chart(width_inches: float = 8.0, height_inches: float = 4.0) -> tuple[Figure, Axes]:
    """Return a figure with one pair of axes, in the look that all charts share."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(LOOK):
        # Fixed margins: constrained layout takes longer than the drawing itself.
        figure = Figure(figsize=(width_inches, height_inches))
        figure.subplots_adjust(left=0.12, right=0.88, bottom=0.14, top=0.97)
        figure.patch.set_visible(False)
        axes = figure.add_subplot()
        axes.patch.set_visible(False)
    return figure, axes


def new_charts(mosaic: str, width_inches: float = 9.0, height_inches: float = 5.6) -> tuple[Figure, dict[str, Axes]]:
    """Return a figure with several pairs of axes, laid out as in ``Figure.subplot_mosaic``."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(LOOK):
        figure = Figure(figsize=(width_inches, height_inches))
        figure.subplots_adjust(left=0.13, right=0.95, bottom=0.1, top=0.97, hspace=0.38, wspace=0.34)
        figure.patch.set_visible(False)
        axes = figure.subplot_mosaic(mosaic)
        for one in axes.values():
            one.patch.set_visible(False)
    return figure, axes


def wiped(axes: Axes) -> Axes:
    """Clear what is drawn, and return the axes: making new ones takes as long as drawing them."""
    for artist in [*axes.lines, *axes.collections, *axes.texts]:
        artist.remove()
    return axes


def ticks(axis: Axis, upper: float, lower: float = 0.0, at_most: int = 4) -> None:
    """Set a few round ticks: each tick takes half a millisecond to draw."""
    from matplotlib.ticker import MaxNLocator

    values = MaxNLocator(at_most, steps=[1, 2, 2.5, 5, 10]).tick_values(lower, upper)
    some = [value for value in values if lower <= value <= upper * 1.0001]
    axis.set_ticks(some, [f"{value:,g}" for value in some])


def drawn(figure: Figure, name: str) -> str:
    """Return a figure as SVG that a screen reader announces by its name; its colours become those of the page.

    Where it scrolls, the mark with ``gid=HERE`` stays in sight.
    """
    import matplotlib as mpl

    for axes in figure.axes:
        _leave_marks_whole(axes)
    file = StringIO()
    with mpl.rc_context(LOOK):
        figure.savefig(file, format="svg", metadata={"Date": None}, transparent=True)
    svg = file.getvalue()[file.getvalue().index("<svg") :]
    # Its style sheet is in style.css: here it would reach every element of the page, and change the layout of the page.
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.S)
    # It is sent with each move, so it is short: a hundredth of a point is as much as can be seen.
    svg = re.sub(PLACES, lambda places: TOO_FINE.sub("", places[0]), re.sub(r">\n\s*<", "><", svg))
    paints = {INK: "currentColor", BAD: "var(--bad)"} | {part.colour: part.paint for part in PARTS}
    for colour, paint in paints.items():
        svg = svg.replace(colour, paint)
    # A page may have them in several pictures.
    svg = svg.replace(f'id="{HERE}"', f'class="{HERE}" data-key="{HERE}"')
    svg = re.sub(r'id="key:([^"]*)"', r'data-key="\1"', svg)
    svg = re.sub(
        r'<svg .*?(viewBox="[^"]+").*?>', rf'<svg \1 role="img" aria-label="{escape(name)}">', svg, count=1, flags=re.S
    )
    return f'<div class="scrolls">{svg}</div>'


def _leave_marks_whole(axes: Axes) -> None:
    """Let marks reach over the edge of a chart, where nothing lies beyond it that has to stay unseen."""
    frame = axes.viewLim.expanded(1 + TINY, 1 + TINY)
    for line in axes.lines:
        marked = line.get_marker() not in ("", " ", "None", None) and line.get_transform() == axes.transData
        points = np.asarray(line.get_xydata(), dtype=float)
        if marked and all(frame.contains(x, y) for x, y in points if not math.isnan(x + y)):
            line.set_clip_on(False)


def brief_number(value: float) -> str:
    """Return a number as text with three significant digits, and never with a power of ten."""
    return f"{float(f'{value:.3g}'):,.10g}"


def brief_count(value: float, what: str) -> str:
    """Return a measured number of things as text, such as "1 event" or "93.2 events".

    Examples
    --------
    >>> brief_count(1.0, "event"), brief_count(93.24, "event")
    ('1 event', '93.2 events')
    """
    number = brief_number(value)
    return f"{number} {what}{'' if number == '1' else 's'}"


def places_of_names(ends: Mapping[str, float], apart: float) -> dict[str, float]:
    """Return how high the names of lines stand: each where its line ends, or so far above the one below it.

    Examples
    --------
    >>> places_of_names({"fast": 2.0, "faster": 1.5, "slow": 9.0}, apart=1.0)
    {'faster': 1.5, 'fast': 2.5, 'slow': 9.0}
    """
    below, found = -math.inf, {}
    for name, end in sorted(ends.items(), key=lambda one: one[1]):
        found[name] = below = max(end, below + apart)
    return found
