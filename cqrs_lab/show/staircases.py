"""Two staircases: events so far, as they are committed and as they become visible. Between them lies the lag."""

from __future__ import annotations

from html import escape
from math import ceil, floor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cqrs_lab.arguments import how_many, whole_number
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.chart import HERE, INK, drawn, keyed, new_chart, ticks
from cqrs_lab.show.doors import a_frame, finite
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.style import READ, WRITE
from cqrs_lab.show.tail import round_up
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.words import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Times = NDArray[np.floating[Any]]
MOST_STEPS = 100
MOST_CORNERS = 600
MOST_LINES = 300
"""More than these nobody can see in a chart, and each is sent with every move."""


class Stairs(NamedTuple):
    """A stretch of time of a run: when all its events were committed and visible, in seconds."""

    committed: Times
    visible: Times
    start: float
    end: float

    @property
    def in_order(self) -> bool:
        """Whether the events of this stretch became visible in the order in which they were committed."""
        return bool((np.diff(self.visible[self.shown]) >= 0).all() and np.isfinite(self.visible[self.shown]).all())

    @property
    def shown(self) -> NDArray[np.bool_]:
        """The events that were committed in this stretch."""
        return (self.committed >= self.start) & (self.committed <= self.end)

    def at(self, moment: float) -> tuple[int, int, float]:
        """Return how many are committed and how many visible at a moment, and how long the oldest missing one waits."""
        waiting = self.committed[(self.committed <= moment) & (self.visible > moment)]
        waits = float(moment - waiting[0]) if len(waiting) else 0.0
        return int((self.committed <= moment).sum()), int((self.visible <= moment).sum()), waits


def stairs_of(events: pd.DataFrame, first: int, count: int, replica: int = 0) -> Stairs:
    """Take a stretch of a run as one replica shows it: from an event's commit until `count` of them are visible."""
    columns = ["position", "committed_at", "visible_at"]
    a_frame("events", events, columns, "the events of a run, such as simulate_lag(…).events")
    first = how_many("first", first, "a position; give 1 or more", least=1)
    count = how_many("count", count, "a number of events; give 1 or more", least=1)
    whole_number("replica", replica, "a replica; give 0 for the first")
    finite("events", events, columns[:2])
    own = events[events["replica"] == replica] if "replica" in events.columns else events
    own = own.sort_values("position")
    some = own.iloc[first - 1 : first - 1 + count]
    if not len(some):
        if "replica" in events.columns and not len(own):
            raise InvalidArgument(f"no events of replica={replica}; there is {_known(events['replica'])}")
        raise InvalidArgument(f"no event at position {first}; the run has {len(own)}")
    return stretch(own["committed_at"].to_numpy(), own["visible_at"].to_numpy(), first, count)


def _known(replicas: pd.Series) -> str:
    return ", ".join(map(str, sorted(replicas.unique()))) or "none, since the run has no events"


def stretch(committed: Times, visible: Times, first: int, count: int) -> Stairs:
    """Take a stretch of a run, from the commit of an event until those `count` that begin with it are visible."""
    some = visible[first - 1 : first - 1 + count]
    end = some[np.isfinite(some)].max(initial=float(committed[first - 1 : first - 1 + count][-1]))
    return Stairs(committed, visible, float(committed[first - 1]), float(end))


def staircases(events: pd.DataFrame, first: int = 1, count: int = 30, replica: int = 0) -> View:
    """Show when events were committed and when they became visible, and read the lag off at any moment.

    The horizontal gap between the stairs is the lag in seconds, the vertical gap the number of events behind. Where
    events overtake each other the horizontal gap is nobody's lag, and each event has a line of its own instead.

    Parameters
    ----------
    events : DataFrame
        One row per event; columns position, committed_at, visible_at, and replica where there are several: what
        ``LagRun.events`` gives.
    first, count : int, optional
        From which position on, and how many events.
    replica : int, optional

    Returns
    -------
    View
        `frame()`: one row; moment (seconds), committed, visible, events_behind, oldest_waits_seconds.
    """
    stairs = stairs_of(events, first, count, replica)

    scale = _seconds(stairs)
    last = max(0, floor((stairs.end - scale.first) / scale.step))

    def draw(moment: int) -> Picture:
        return _picture(stairs, round(scale.first + moment * scale.step, 9))

    return View(draw, [Control("moment", "Moment", 0, last, 2 * last // 5, scale=scale, plays=True)])


def _seconds(stairs: Stairs) -> Scale:
    """Return the scale of a control that goes through a stretch in round seconds."""
    step = round_up((stairs.end - stairs.start) / MOST_STEPS)
    return Scale("s", step, min(stairs.end, step * ceil(stairs.start / step)))


def _picture(stairs: Stairs, moment: float) -> Picture:
    committed, visible, waits = stairs.at(moment)
    behind = committed - visible
    are = "is" if committed == 1 else "are"
    says = (
        f"At {moment:.2f} s, {count(committed, 'event')} {are} committed and {visible:,} visible: the readers are "
        f"{count(behind, 'event')} behind{f'; the oldest of these has waited {waits:.2f} s' if waits else ''}."
    )
    figure, axes = new_chart(9.0, 4.2)
    draw_stairs(axes, stairs)
    axes.axvline(moment, color=INK, linewidth=0.8, gid=HERE)
    gap: Any = {"color": INK, "linewidth": 3}
    axes.plot([moment] * 2, [visible, committed], marker="o", markersize=5, **gap, gid=keyed("events behind"))
    axes.plot([moment - waits, moment], [visible + 0.5] * 2, **gap, gid=keyed("the oldest waits"))
    lag = (stairs.visible - stairs.committed)[stairs.shown]
    mean = lag[np.isfinite(lag)].mean()
    name = (
        f"Two staircases over {stairs.end - stairs.start:.1f} seconds: events committed, and events visible, "
        f"{mean:.2f} seconds later on average. {says}"
    )
    values = (moment, committed, visible, behind, waits)
    frame = pd.DataFrame([values], columns=["moment", "committed", "visible", "events_behind", "oldest_waits_seconds"])
    numbers = frame.round(2).set_axis(
        ["moment, s", "committed", "visible", "events behind", "the oldest waits, s"], axis="columns"
    )
    html = f'{drawn(figure, name)}<p class="says">{escape(says)}</p>{table(numbers, "At this moment")}'
    return Picture(html, says, frame)


def draw_stairs(axes: Axes, stairs: Stairs) -> None:
    """Draw both stairs, the area between them, and what they are."""
    start, end = stairs.start, stairs.end
    before = int((stairs.visible < start).sum())
    shown = np.sort(stairs.visible[(stairs.visible >= start) & (stairs.visible <= end)])
    times = np.concatenate([[start], np.sort(np.append(stairs.committed[stairs.shown], shown)), [end]])
    if len(times) > MOST_CORNERS:
        times = np.linspace(start, end, MOST_CORNERS)
    committed = np.searchsorted(stairs.committed, times, side="right")
    visible = before + np.searchsorted(shown, times, side="right")
    axes.step(times, committed, where="post", color=WRITE.colour, linewidth=2)
    axes.step(times, visible, where="post", color=READ.colour, linewidth=2, linestyle=(0, (4, 1.5)))
    if stairs.in_order:
        axes.fill_between(times, committed, visible, step="post", color=READ.colour, alpha=0.15, linewidth=0)
    else:
        _draw_one_by_one(axes, stairs)
    axes.set(xlim=(start, end + (end - start) * 0.02 or 1.0), xlabel="time, seconds", ylabel="events so far")
    axes.set_ylim(visible[0], committed[-1] + 1)
    ticks(axes.xaxis, end, start)
    ticks(axes.yaxis, int(committed[-1]), int(visible[0]))
    at = int(0.72 * len(times)), int(0.45 * len(times))
    for part, stairs_of_it, place, to, side in (
        (WRITE, committed, at[0], (-8, 4), "right"),
        (READ, visible, at[1], (8, -12), "left"),
    ):
        name = "committed" if part is WRITE else "visible"
        axes.annotate(
            f"{part.marker} {name}", (times[place], stairs_of_it[place]), to, textcoords="offset points", ha=side,
            color=part.colour,
        )  # fmt: skip


def _draw_one_by_one(axes: Axes, stairs: Stairs) -> None:
    """Draw a line per event, or per second, third ... one, until it is visible, and a cross where it never is."""
    levels, committed, visible = (
        np.flatnonzero(stairs.shown) + 0.5,
        *(times[stairs.shown] for times in (stairs.committed, stairs.visible)),
    )
    lost = np.isinf(visible)
    arrived = np.flatnonzero(~lost)
    some = arrived[:: ceil(len(arrived) / MOST_LINES) or 1]
    axes.hlines(levels[some], committed[some], visible[some], color=READ.colour, alpha=0.5)
    axes.plot(committed[lost], levels[lost], "x", color=INK, markersize=9, markeredgewidth=2)
