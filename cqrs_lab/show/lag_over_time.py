"""The lag of a projector over time, with what held it up shaded."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cqrs_lab.arguments import refuse, whole_number
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.chart import INK, brief_number, drawn, keyed, new_chart, ticks
from cqrs_lab.show.own_range import Bounds, checked_range
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.style import READ
from cqrs_lab.show.windows import Window, windows_of
from cqrs_lab.simulation.faults import FaultRun
from cqrs_lab.simulation.run import LagRun
from cqrs_lab.words import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Times = NDArray[np.floating[Any]]
FIRST_SECONDS, MOST_EVENTS = 600, 10_000
LANE, NAMES_LEFT = 0.075, -0.015


def lag_over_time(run: FaultRun | LagRun, *, between: Sequence[float] | None = None, replica: int = 0) -> Picture:
    """Show how far a projector is behind at each moment of a run, and shade what held it up meanwhile.

    The lag at a moment is the time that the oldest event has waited which is committed and not visible; 0 if there is
    none. Shaded are crashes until the worker is handed something again, stops at an error until it is past it, delays,
    slow commits, and the planned outages of a `LagRun`, which does not keep its random crashes.

    Parameters
    ----------
    run : FaultRun or LagRun
    between : pair of float, optional
        From which second to which; a whole run with faults, or the first ten minutes of a `LagRun`.
    replica : int, optional
        Of a `LagRun`.

    Returns
    -------
    Picture
        `frame`: one row per moment at which the lag turns, before and after it; second, lag_seconds, events_behind,
        and window (what is shaded then).

    Examples
    --------
    >>> from cqrs_lab.shop import visits, write
    >>> from cqrs_lab.show import lag_over_time
    >>> from cqrs_lab.simulation.faults import Delay, Story, simulate_faults
    >>> orders = tuple(visits.order_one(number, "ada", "cup") for number in range(1, 7))
    >>> run = simulate_faults(Story(write.register, orders, visits.UnitsOrdered), Delay(2, seconds=3), batch=1)
    >>> lag_over_time(run)
    The lag is at most 3.5 s, at 5.5 s. From 2.5 to 5.5 s: event 2 delayed by 3 s.
    """
    if not isinstance(run, FaultRun | LagRun):
        raise refuse("run", run, "a run; give simulate_faults(…) or simulate_lag(…)")
    start, end = _between(run, between)
    waits = _of_faults(run) if isinstance(run, FaultRun) else _of_events(run, replica, end)
    windows = [one for one in windows_of(run) if one.start <= end and one.end >= start]
    frame = _cut(waits, start, end)
    frame["window"] = ["; ".join(one.what for one in windows if one.holds(at)) for at in frame["second"]]
    says = _says(frame, windows)
    figure, axes = new_chart(9.0, 4.2)
    figure.subplots_adjust(left=0.15, right=0.97, top=0.97 - LANE * len({one.kind for one in windows}))
    _draw(axes, frame, windows, start, end)
    name = f"The lag of a projector from {start:g} to {end:g} s, with what held it up shaded. {says}"
    listed = _table(windows) if windows else ""
    return Picture(f'{drawn(figure, name)}<p class="says">{escape(says)}</p>{listed}', says, frame)


def _between(run: FaultRun | LagRun, between: Any) -> tuple[float, float]:
    if between is not None:
        start, end, *_ = checked_range("between", between, Bounds())
        return start, end
    if isinstance(run, FaultRun):
        return 0.0, float(run.steps["seconds"].max())
    return 0.0, min(float(run.visible_at.max()), FIRST_SECONDS)


def _of_faults(run: FaultRun) -> pd.DataFrame:
    """Return where the lag turns: at each step, with the place of the worker and of the log before and after it."""
    steps = run.steps
    committed = [float(steps.loc[steps["head"] > at, "seconds"].iloc[0]) for at in range(run.head)]
    rows, place, head = [(0.0, 0.0, 0)], 0, 0
    for second, after, grown in steps[["seconds", "position", "head"]].itertuples(index=False):
        for one, end in ((place, head), (after, grown)):
            rows.append((second, second - committed[one] if one < end else 0.0, max(0, end - one)))
        place, head = after, grown
    return _frame(rows)


def _of_events(run: LagRun, replica: int, end: float) -> pd.DataFrame:
    """Return the same of a run of the lag: at each moment at which an event is committed, or becomes visible."""
    there = len(run.visible_at)
    wanted = f"a replica; give 0 to {there - 1}" if there > 1 else "a replica; give 0, the only one"
    if whole_number("replica", replica, wanted) >= there:
        raise refuse("replica", replica, wanted)
    committed = run.committed_at[run.committed_at <= end]
    visible = run.visible_at[replica][: len(committed)]
    if len(committed) > MOST_EVENTS:
        until = float(run.committed_at[MOST_EVENTS])
        raise InvalidArgument(
            f"{len(committed):,} events come until {end:g} s, too many to draw; give between=(…, {until:.0f}) or less"
        )
    moments = np.unique(np.concatenate([[0.0], committed, visible[visible <= end], [end]]))
    before, after = (_waiting(committed, visible, moments, side) for side in ("left", "right"))
    turns = np.stack([before, after], axis=1).reshape(-1, before.shape[1])
    return _frame(np.column_stack([np.repeat(moments, 2), turns]))


def _waiting(committed: Times, visible: Times, moments: Times, side: Any) -> Times:
    """Return how long the oldest event has waited, and how many wait; just before each moment, or just after it."""
    # The first event that is not visible yet is the first below the highest so far: others may overtake it.
    oldest = np.searchsorted(np.maximum.accumulate(visible), moments, side=side)
    since = np.append(committed, np.inf)[oldest]
    behind = np.searchsorted(committed, moments, side=side) - np.searchsorted(np.sort(visible), moments, side=side)
    return np.column_stack([np.maximum(moments - since, 0.0), behind])


def _frame(rows: Any) -> pd.DataFrame:
    kinds = {"second": "float64", "lag_seconds": "float64", "events_behind": "int64"}
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)


def _cut(waits: pd.DataFrame, start: float, end: float) -> pd.DataFrame:
    """Return what is between two moments, with what holds at the first of them."""
    within = waits[waits["second"].between(start, end)]
    earlier = waits[waits["second"] < start].tail(1)
    if len(earlier):
        waited = earlier["lag_seconds"] + (start - earlier["second"]) * (earlier["events_behind"] > 0)
        within = pd.concat([earlier.assign(second=start, lag_seconds=waited), within])
    return within.reset_index(drop=True)


def _says(frame: pd.DataFrame, windows: Sequence[Window]) -> str:
    worst = int(frame["lag_seconds"].argmax())
    most, at = (brief_number(float(frame[name].iloc[worst])) for name in ("lag_seconds", "second"))
    says = f"The lag is at most {most} s, at {at} s."
    if not windows:
        return f"{says} Nothing held the projector up from outside."
    if len(windows) > 4:
        return f"{says} {count(len(windows), 'window')} of what held it up are shaded, and listed below."
    what = (f"From {brief_number(one.start)} to {brief_number(one.end)} s: {one.what}." for one in windows)
    return " ".join([says, *what])


def _draw(axes: Axes, frame: pd.DataFrame, windows: Sequence[Window], start: float, end: float) -> None:
    axes.plot(frame["second"], frame["lag_seconds"], color=READ.colour, linewidth=2, gid=keyed("lag"))
    top = float(frame["lag_seconds"].max()) * 1.08 or 1.0
    axes.set(xlim=(start, end + 0.01 * (end - start)), ylim=(0, top), xlabel="time, seconds", ylabel="lag, seconds")
    ticks(axes.xaxis, end, start, at_most=8)
    ticks(axes.yaxis, top, at_most=6)
    lanes = list(dict.fromkeys(one.kind for one in windows))[::-1]
    for lane, kind in enumerate(lanes):
        axes.text(NAMES_LEFT, _lane(lane), kind, transform=axes.transAxes, ha="right", va="center")
    for number, one in enumerate(windows):
        axes.axvspan(one.start, one.end, color=INK, alpha=0.1, linewidth=0.8, gid=keyed("window", number))
        axes.plot(
            [max(one.start, start), min(one.end, end)], [_lane(lanes.index(one.kind))] * 2, color=INK, linewidth=9,
            solid_capstyle="butt", transform=axes.get_xaxis_transform(), clip_on=False,
        )  # fmt: skip


def _lane(number: int) -> float:
    """Return where a lane is, as a share of the height of the axes, above them."""
    return 1.06 + number * LANE * 1.15


def _table(windows: Sequence[Window]) -> str:
    rows = [(brief_number(one.start), brief_number(one.end), one.what) for one in windows]
    shown = pd.DataFrame(rows, columns=["from, s", "to, s", "what"], index=pd.Index([one.kind for one in windows]))
    return table(shown.rename_axis("window"), "What held it up")
