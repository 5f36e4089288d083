"""A poll that nothing stops: the same as `polled`, without looking out for crashes, and so much faster.

A slider that is moved waits for this. Additions are made in the order of `polled` and of the reference, so that a tick
that falls on the end of a batch falls on it in all three.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cqrs_lab.simulation.draws import LazyDraws
from cqrs_lab.simulation.durations import Seconds
from cqrs_lab.simulation.model import Polling
from cqrs_lab.simulation.polls import Sleeps, Ticks, ticks_around

NEARLY = 1e-9
"""This near a tick, the order of additions decides, and the loop has to be asked."""


def visible(arrived: Seconds, seconds: Seconds, polling: Polling, intervals: Callable[[], LazyDraws]) -> Seconds:
    """Return when each event is visible; events in the order in which they come."""
    if polling.mode == "ticks" and (at_once := _all_in_time(arrived, seconds, polling, intervals())) is not None:
        return at_once
    # Lists: of one number at a time, Python makes less fuss than NumPy.
    times, takes, done = arrived.tolist(), seconds.tolist(), list[float]()
    count, event, now = len(times), 0, 0.0
    limit, wake = polling.batch_limit or count, _waking(polling, intervals())
    while event < count:
        now = wake(now, times[event])
        while event < count and times[event] <= now:
            begin, end, asked = event, min(event + limit, count), now
            while event < end and times[event] <= asked:
                now += takes[event]
                done.append(now)
                event += 1
            if polling.commit == "batch":
                done[begin:] = [now] * (event - begin)
            if polling.mode != "drain":
                break
    return np.array(done)


def _all_in_time(arrived: Seconds, seconds: Seconds, polling: Polling, intervals: LazyDraws) -> Seconds | None:
    """Return it without a loop, if every batch is done well before the next tick; otherwise None."""
    taken, following = ticks_around(intervals, arrived)
    last = np.flatnonzero(np.diff(taken, append=np.inf))  # each batch's last event
    counts = np.diff(last, prepend=-1)
    handled = np.cumsum(seconds)
    before = np.append(0.0, handled)[last + 1 - counts]
    done: Seconds = handled + np.repeat(taken[last] - before, counts)
    ends = done[last]
    if counts.max() > (polling.batch_limit or len(arrived)) or (ends > following[last] * (1 - NEARLY)).any():
        return None
    return np.repeat(ends, counts) if polling.commit == "batch" else done


def _waking(polling: Polling, intervals: LazyDraws) -> Callable[[float, float], float]:
    """Return what finds the first poll, from now on, that meets an event which arrived at a moment."""
    if polling.mode != "ticks":
        return Sleeps(intervals).until
    ticks = Ticks(intervals)
    return lambda now, arrived: ticks.take(ticks.at_or_after(max(now, arrived)))
