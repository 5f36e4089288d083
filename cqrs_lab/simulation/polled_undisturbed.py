"""A poll that nothing stops: the same as `polled`, without looking out for crashes, and ten times as fast.

A slider that is moved waits for this. Additions are made in the order of `polled` and of the reference, so that a tick
that falls on the end of a batch falls on it in all three.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable

import numpy as np

from cqrs_lab.simulation.draws import Endless
from cqrs_lab.simulation.durations import Seconds
from cqrs_lab.simulation.model import Polling

FEW = 12
"""Up to so many events, a loop is faster than an array."""


def visible(arrived: Seconds, seconds: Seconds, polling: Polling, intervals: Endless) -> Seconds:
    """Tell when each event is visible; events in the order in which they come."""
    times, done, count = arrived.tolist(), seconds.copy(), len(arrived)
    limit, event, now = polling.batch_limit or count, 0, 0.0
    wake = _ticks(intervals) if polling.mode == "ticks" else _sleeps(intervals)
    while event < count:
        now = wake(now, times[event])
        while event < count and times[event] <= now:
            end = min(bisect_right(times, now, lo=event), event + limit)
            now = _handle(done, event, end, now, whole=polling.commit == "batch")
            event = end
            if polling.mode != "drain":
                break
    return done


def _handle(done: Seconds, begin: int, end: int, now: float, whole: bool) -> float:
    """Turn how long each event of a batch takes into when it is visible, and give the moment after."""
    batch = done[begin:end]
    if len(batch) <= FEW:
        for event, takes in enumerate(batch.tolist()):
            batch[event] = now = now + takes
    else:
        batch[0] += now
        np.add.accumulate(batch, out=batch)
        now = float(batch[-1])
    if whole:
        batch[:] = now
    return now


def _ticks(intervals: Endless) -> Callable[[float, float], float]:
    """Wake at the first tick that finds the event there; each tick is one poll."""
    ticks: list[float] = []
    next_tick = 0

    def wake(now: float, arrived: float) -> float:
        nonlocal ticks, next_tick
        moment = max(now, arrived)
        while not ticks or ticks[-1] < moment or next_tick >= len(ticks):
            ticks = np.cumsum(intervals.first(max(1024, 2 * len(ticks)))).tolist()
        at = bisect_left(ticks, moment, lo=next_tick)
        next_tick = at + 1
        return ticks[at]

    return wake


def _sleeps(intervals: Endless) -> Callable[[float, float], float]:
    """Sleep, and again, until the event is there."""
    sleeps: list[float] = []
    slept = 0

    def wake(now: float, arrived: float) -> float:
        nonlocal sleeps, slept
        while True:
            if slept >= len(sleeps):
                sleeps = intervals.first(max(1024, 2 * len(sleeps))).tolist()
            now, slept = now + sleeps[slept], slept + 1
            if now >= arrived:
                return now

    return wake
