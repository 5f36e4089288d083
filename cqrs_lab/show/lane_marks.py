"""The marks that stand in the lanes of a process, and the lines and words between them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cqrs_lab.show.label_places import Four
from cqrs_lab.show.picture import key
from cqrs_lab.show.shapes import label
from cqrs_lab.show.style import LOG, WRITE

WIDTH = 960
REFUSING = ("Refused", "Declined")
"""How the names of events end by which somebody says no."""
# A cross of strokes as thick as a circle is wide is drawn as its outline, which may be hollow.
CROSS = "l 5 -5 l 5 5 l 5 -5 l 5 5 l -5 5 l 5 5 l -5 5 l -5 -5 l -5 5 l -5 -5 l 5 -5"


def mark(row: pd.Series, x: float, y: float) -> str:
    """Draw an event: a circle, a diamond if it undoes, a cross if it refuses; hollow if it came from outside."""
    colour = "var(--ink)" if row["undoes"] else LOG.paint
    fill = colour if row["cause"] else "var(--ground)"
    style = f'style="fill:{fill};stroke:{colour};stroke-width:2.5"'
    shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" {style}/>'
    if row["undoes"]:
        shape = f'<path d="M {x:.1f} {y - 10:.1f} l 10 10 l -10 10 l -10 -10 z" {style}/>'
    elif row["event"].endswith(REFUSING):
        shape = f'<path d="M {x - 10:.1f} {y - 5:.1f} {CROSS} z" {style}/>'
    return shape


def ring(x: float, y: float) -> str:
    """Draw the ring around the newest event."""
    style = 'style="fill:none;stroke:var(--ink);stroke-width:1.5"'
    return f'<circle{key("newest")} cx="{x:.1f}" cy="{y:.1f}" r="14" {style}/>'


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
