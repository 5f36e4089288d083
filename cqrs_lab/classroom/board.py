"""The board: everybody's staircase over the room's log, and how far each one is behind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

import numpy as np
import pandas as pd

from cqrs_lab.classroom.hour import Hour
from cqrs_lab.classroom.rows import SeatRow
from cqrs_lab.show.chart import drawn, new_chart
from cqrs_lab.show.picture import Picture, drawing
from cqrs_lab.show.shapes import label
from cqrs_lab.show.staircases import Stairs, draw_stairs
from cqrs_lab.show.style import READ, WRITE
from cqrs_lab.words import count, shortened

WIDTH, ACROSS, HEIGHT, GAP = 940, 5, 98, 8
SHOWN_SECONDS, SAMPLES = 60.0, 40
SILENT_SECONDS = 15.0
"""A worker that has begun no step for this long is at its end: its cell is done, interrupted, or its kernel is gone."""


class Standing(NamedTuple):
    """How a seat is doing: how far it has come, how many events wait, and how long the oldest of them has."""

    seat: str
    role: str
    position: int
    waits: int
    oldest_waits_seconds: float
    worker: str


def standings(hour: Hour) -> list[Standing]:
    """Return how each seat is doing, in the order in which they came."""
    rows = []
    for one, stairs in zip(hour.seats, _all_stairs(hour), strict=True):
        came, visible, waits = stairs.at(stairs.end)
        rows.append(Standing(one.name, one.role, visible, came - visible, waits, _worker(one, hour.until)))
    return rows


def _worker(seat: SeatRow, now: float) -> str:
    if seat.state != "works":
        return seat.state
    if seat.stopped:
        return "stopped"
    return "works" if now - seat.heard_at < SILENT_SECONDS else "silent"


def _all_stairs(hour: Hour) -> list[Stairs]:
    """Return everybody's stairs in the last minute."""
    committed, end = hour.committed(), hour.until - hour.begun
    # What is not there yet comes after the end of what is drawn: a stair that is cut off, and no event that is lost.
    visible = (np.minimum(hour.visible(one.name), end + 1.0) for one in hour.seats)
    return [Stairs(committed, times, max(0.0, end - SHOWN_SECONDS), end) for times in visible]


def board(hour: Hour, who: int) -> Picture:
    """Return a tile with a staircase for each seat, and that of the chosen one in large.

    Parameters
    ----------
    hour : Hour
        Its last minute is drawn.
    who : int
        The place of the chosen seat in ``hour.seats``.

    Returns
    -------
    Picture
        `frame`: one row per seat, with the attributes of `Standing`.
    """
    seats, stairs = standings(hour), _all_stairs(hour)
    kinds = {"position": "int64", "waits": "int64", "oldest_waits_seconds": "float64"}
    frame = pd.DataFrame(seats, columns=list(Standing._fields)).astype(kinds).set_index("seat")
    if not seats:
        says = "Nobody has joined yet: let everybody run me = lab.join(…) with a name."
        return Picture(f'<p class="says">{says}</p>', says, frame)
    says = _says(hour, seats)
    tiles = _tiles(seats, stairs, who, says)
    return Picture(f'<p class="says">{escape(says)}</p>{tiles}{_large(seats[who], stairs[who])}', says, frame)


def _says(hour: Hour, seats: Sequence[Standing]) -> str:
    furthest = max(seats, key=lambda one: one.waits)
    still = [f"{one.seat} ({one.worker})" for one in seats if one.worker != "works"]
    parts = [f"{count(hour.head, 'event')} in the log, {count(len(seats), 'seat')}."]
    if furthest.waits:
        parts.append(f"Furthest behind is {furthest.seat}: {waiting(furthest.waits)}.")
    if still:
        parts.append(f"Not at work: {', '.join(still)}.")
    return " ".join(parts)


def waiting(number: int) -> str:
    """Return how many events wait, in words."""
    return f"{count(number, 'event')} waiting"


def _tiles(seats: Sequence[Standing], stairs: Sequence[Stairs], who: int, name: str) -> str:
    rows = -(-len(seats) // ACROSS)
    parts = [_tile(at, seats[at], stairs[at], at == who) for at in range(len(seats))]
    listed = ['<g role="listbox" aria-label="Seats">', *parts, "</g>"]
    return drawing(WIDTH, rows * (HEIGHT + GAP), f"A staircase for each seat. {name}", listed, role="group")


def _tile(at: int, one: Standing, stairs: Stairs, here: bool) -> str:
    width = (WIDTH - 4 - (ACROSS - 1) * GAP) // ACROSS
    x, y = 2 + at % ACROSS * (width + GAP), at // ACROSS * (HEIGHT + GAP) + 2
    mark = {"killed": "✕ killed", "stopped": "‖ stopped", "silent": "… silent"}.get(one.worker, "")
    bad = one.worker in ("killed", "stopped")
    paint = "var(--ink)" if here else "var(--bad)" if bad else "var(--line)"
    aloud = f"{one.seat}, {one.role}, {one.worker}: has event {one.position:,}, {waiting(one.waits)}"
    return (
        f'<g role="option" aria-label="{escape(aloud)}" aria-selected="{str(here).lower()}"'
        f' data-set="{escape(json.dumps({"who": at}))}" tabindex="{0 if here else -1}" transform="translate({x} {y})">'
        f'<rect width="{width}" height="{HEIGHT - 4}" rx="6" style="fill:var(--card);'
        f'stroke:{paint}" stroke-width="{3 if here else 1.5}"/>'
        f'<rect width="{width}" height="{HEIGHT - 4}" rx="6" class="grip"/>'
        + label(8, 17, shortened(one.seat, 12), "strong small", "start")
        + label(width - 8, 17, one.role, "small faint", "end")
        + "".join(_small(stairs, width - 16, HEIGHT - 54))
        + label(8, HEIGHT - 10, mark, "strong small", "start", "fill:var(--bad)" if bad else "")
        + label(width - 8, HEIGHT - 10, f"{one.waits:,} waiting", "small", "end")
        + "</g>"
    )


def _small(stairs: Stairs, width: int, height: int) -> Iterator[str]:
    """Return both stairs of the last minute; who is further behind than the drawing is high lies at its floor."""
    times = np.linspace(stairs.start, stairs.end, SAMPLES + 1)
    committed = np.searchsorted(stairs.committed, times, side="right")
    visible = np.searchsorted(stairs.visible, times, side="right")
    top, grown = int(committed[-1]), max(4, int(committed[-1] - committed[0]))
    floor = max(0, top - round(1.5 * grown))
    for counts, style in (
        (committed, f"stroke:{WRITE.paint}"),
        (visible, f"stroke:{READ.paint};stroke-dasharray:{READ.dashes}"),
    ):
        heights = (np.clip(counts, floor, top) - floor) / max(1, top - floor) * height
        steps = "".join(f"H{step * width / SAMPLES:.3g}V{-up:.3g}" for step, up in enumerate(heights))
        path = f'<path d="M0 {-heights[0]:.3g}{steps}" style="fill:none;{style}" stroke-width="2"/>'
        yield f'<g transform="translate(8 {height + 24})">{path}</g>'


def _large(one: Standing, stairs: Stairs) -> str:
    what = "the table" if one.role == "projector" else "what was seen"
    held = f", the oldest for {one.oldest_waits_seconds:.1f} s" if one.waits else ""
    says = f"{one.seat}, {one.role}: {what} has come to event {one.position:,}; {waiting(one.waits)}{held}."
    if not stairs.shown.any():
        return f'<p class="says">{escape(says)} Nothing was recorded in the last minute.</p>'
    figure, axes = new_chart(9.0, 3.4)
    draw_stairs(axes, stairs)
    axes.set_xlabel("time since the hour began, seconds")
    return f'<p class="says">{escape(says)}</p>{drawn(figure, f"The staircase of {says}")}'
