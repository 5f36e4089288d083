"""Queues side by side, under one clock: what has been committed and is not visible yet."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
import pandas as pd

from cqrs_lab.arguments import how_many
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.doors import by_name, instance
from cqrs_lab.show.picture import Picture, drawing, key, table
from cqrs_lab.show.shapes import label
from cqrs_lab.show.style import READ, tint
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.simulation.draws import Integers
from cqrs_lab.simulation.run import LagRun
from cqrs_lab.words import count

WIDTH, GAP, MOST_QUEUES = 940, 14, 4
TILE, ROWS, PILE_TOP = 28, 6, 44
CURVE_TOP, CURVE_HEIGHT, SHOWN_SECONDS = 312, 92, 400
MARKERS = ("●", "▲", "■", "◆")


def queues(runs: Mapping[str, LagRun], seconds: int = 600) -> View:
    """Show the events that wait in several runs at the same moment, as piles, and the lag of each run until then.

    Parameters
    ----------
    runs : mapping of str to LagRun
        By the name that stands above the pile; at most four. Of several replicas the first is shown.
    seconds : int, optional
        How long the clock runs; no longer than the shortest of the runs.

    Returns
    -------
    View
        `frame()`: one row per run, by name; waiting (int64), lag_now and mean_so_far (float64, seconds; NaN where no
        event is visible yet).

    Examples
    --------
    >>> from cqrs_lab.show.queues import queues
    >>> from cqrs_lab.simulation import Clockwork, Fixed, LagModel, simulate_lag
    >>> run = simulate_lag(LagModel(Clockwork(1.0), Fixed(0.5)), events=100)
    >>> queues({"half busy": run}).at(second=10)
    After 10 s. half busy: 1 event waits, mean lag so far 0.5 s.
    """
    runs = by_name("runs", runs, 'runs by name; give {"80 % busy": simulate_lag(model)}')
    if len(runs) > MOST_QUEUES:
        raise InvalidArgument(f"runs has {len(runs)}; give {MOST_QUEUES} at most, so that each has room")
    for name, run in runs.items():
        instance(f"runs[{name!r}]", run, LagRun, "a run; give simulate_lag(model)")
    seconds = how_many("seconds", seconds, "a number of seconds; give 1 or more", least=1)
    seconds = max(1, min([seconds, *(int(run.committed_at[-1]) for run in runs.values())]))
    piles = [_Pile(name, run, marker, seconds) for (name, run), marker in zip(runs.items(), MARKERS, strict=False)]
    top = max(1.0, *(float(pile.lags.max()) for pile in piles))

    def draw(second: int) -> Picture:
        return _picture(piles, second, top)

    # It begins at the end: a still of the first second would show no piles.
    return View(draw, [Control("second", "Time", 0, seconds, seconds, scale=Scale("s"), plays=True)])


class _Pile:
    """One run, asked what waits at a moment; `lags` has what `lag_now` says at each second."""

    def __init__(self, name: str, run: LagRun, marker: str, seconds: int) -> None:
        self.name, self.marker = name, marker
        self.committed, self.visible = run.committed_at, run.visible_at[0]
        self.lags = np.array([self.lag_now(second) for second in range(seconds + 1)])

    def waiting(self, second: float) -> Integers:
        """Return the positions of the events that are committed and not visible yet."""
        found: Integers = np.flatnonzero((self.committed <= second) & (self.visible > second)) + 1
        return found

    def lag_now(self, second: float) -> float:
        """Return how long the oldest of them has waited."""
        waiting = self.waiting(second)
        return float(second - self.committed[waiting[0] - 1]) if waiting.size else 0.0

    def mean_so_far(self, second: float) -> float:
        """Return the mean lag of the events that are visible by now; NaN while none is."""
        lags = (self.visible - self.committed)[self.visible <= second]
        return float(lags.mean()) if lags.size else float("nan")


def _picture(piles: list[_Pile], second: int, top: float) -> Picture:
    rows = {pile.name: (len(pile.waiting(second)), pile.lag_now(second), pile.mean_so_far(second)) for pile in piles}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["waiting", "lag_now", "mean_so_far"])
    frame = frame.rename_axis("run").astype({"waiting": "int64"})
    told = (
        f"{name}: {count(waiting, 'event')} wait{'s' if waiting == 1 else ''}, mean lag so far {_seconds(mean)}"
        for name, waiting, mean in frame[["waiting", "mean_so_far"]].itertuples(name=None)
    )
    says = f"After {_clock(second)}. {'; '.join(told)}."
    width = (WIDTH - GAP * (len(piles) - 1)) // len(piles)
    parts = (_panel(pile, number * (width + GAP), width, second, top) for number, pile in enumerate(piles))
    picture = drawing(WIDTH, CURVE_TOP + CURVE_HEIGHT + 34, f"Piles of events that wait, side by side. {says}", parts)
    numbers = frame.rename(columns={"lag_now": "lag now, s", "mean_so_far": "mean so far, s"}).round(1)
    html = (
        f"<figure>{picture}<figcaption>{escape(says)}</figcaption></figure>"
        f"{table(numbers.astype(object).where(numbers.notna(), 'unknown'), 'The same in numbers')}"
    )
    return Picture(html, says, frame)


def _panel(pile: _Pile, left: int, width: int, second: int, top: float) -> str:
    waiting, mean = pile.waiting(second), pile.mean_so_far(second)
    across = (width - 24) // (TILE + 3)
    bottom = PILE_TOP + ROWS * (TILE + 3) + 8
    tiles = "".join(
        _tile(pile, position, left + 13 + at % across * (TILE + 3), bottom - (at // across + 1) * (TILE + 3))
        for at, position in enumerate(waiting[: across * ROWS])
    )
    hidden = len(waiting) - across * ROWS
    more = label(left + width - 12, PILE_TOP - 14, f"and {hidden:,} more", "strong", "end") if hidden > 0 else ""
    return (
        f'<rect class="box" x="{left + 1}" y="1" width="{width - 2}" height="{CURVE_TOP + CURVE_HEIGHT + 32}" rx="10"'
        f' style="fill:var(--card);stroke:var(--line)"/>'
        + label(left + 14, 28, f"{pile.marker} {pile.name}", "strong", "start")
        + f'<rect x="{left + 8}" y="{PILE_TOP - 4}" width="{width - 16}" height="{bottom - PILE_TOP + 8}" rx="6"'
        f' style="fill:var(--stage)"/>{tiles}{more}'
        + label(left + 14, bottom + 30, f"{pile.lag_now(second):.1f} s", "large", "start")
        + label(left + width - 14, bottom + 30, "lag now", "faint", "end")
        + label(left + width - 14, CURVE_TOP + CURVE_HEIGHT + 22, f"mean so far {_seconds(mean)}", "strong", "end")
        + _curve(pile, left + 14, width - 28, second, top)
    )


def _tile(pile: _Pile, position: int, x: int, y: int) -> str:
    return (
        f'<g{key(pile.name, position)} transform="translate({x} {y})">'
        f'<rect width="{TILE}" height="{TILE}" rx="5" style="{tint(int(position) % 5)}" stroke-width="1.5"/></g>'
    )


def _curve(pile: _Pile, left: int, width: int, second: int, top: float) -> str:
    """Return the lag of the last minutes as a line, on an axis that stays the same."""
    first = max(0, second - SHOWN_SECONDS)
    lags, bottom = pile.lags[first : second + 1], CURVE_TOP + CURVE_HEIGHT
    places = ((left + at * width / SHOWN_SECONDS, bottom - lag / top * CURVE_HEIGHT) for at, lag in enumerate(lags))
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    end = left + (len(lags) - 1) * width / SHOWN_SECONDS
    return (
        label(left, CURVE_TOP - 4, f"{top:.0f} s", "small faint", "start")
        + f'<path d="M {left} {CURVE_TOP} H {left + width} M {left} {bottom} H {left + width}"'
        ' style="stroke:var(--line)" fill="none"/>'
        f'<polygon points="{left},{bottom} {points} {end:.1f},{bottom}" style="fill:var(--read-tint)"/>'
        f'<polyline points="{points}" style="fill:none;stroke:{READ.paint}" stroke-width="1.5"/>'
    )


def _seconds(lag: float) -> str:
    return "unknown" if np.isnan(lag) else f"{lag:.1f} s"


def _clock(second: int) -> str:
    minutes, rest = divmod(second, 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
