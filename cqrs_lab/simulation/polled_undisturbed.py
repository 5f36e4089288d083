"""A poll that nothing stops: the same as `polled`, without looking out for crashes, and so much faster.

A slider that is moved waits for this. Additions are made in the order of `polled` and of the reference, so that a tick
that falls on the end of a batch falls on it in all three.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

import numpy as np

from cqrs_lab.simulation.draws import Endless
from cqrs_lab.simulation.durations import Seconds
from cqrs_lab.simulation.model import Polling

MOST_TICKS = 12
"""So many ticks an event, and it is cheaper to look where the events are."""
NEARLY = 1e-9
"""So near a tick, the order of additions decides, and the loop has to be asked."""


def visible(arrived: Seconds, seconds: Seconds, polling: Polling, intervals: Endless) -> Seconds:
    """Tell when each event is visible; events in the order in which they come."""
    if polling.mode == "ticks" and (at_once := _all_in_time(arrived, seconds, polling, intervals)) is not None:
        return at_once
    # Lists: of one number at a time, Python makes less fuss than NumPy.
    times, takes, done = arrived.tolist(), seconds.tolist(), list[float]()
    count, event, now = len(times), 0, 0.0
    limit, wake = polling.batch_limit or count, _ticks(intervals) if polling.mode == "ticks" else _sleeps(intervals)
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


def _all_in_time(arrived: Seconds, seconds: Seconds, polling: Polling, intervals: Endless) -> Seconds | None:
    """Tell it without a loop, if every batch is done well before the next tick; otherwise None."""
    many = MOST_TICKS * len(arrived)
    if arrived[-1] / polling.interval.mean > many:
        return None
    ticks = np.cumsum(intervals.first(1024))
    while ticks[-2] < arrived[-1]:
        if len(ticks) > many:
            return None
        ticks = np.cumsum(intervals.first(2 * len(ticks)))
    until = np.searchsorted(arrived, ticks, side="right")
    polls = np.flatnonzero(np.diff(until, prepend=0))
    counts = np.diff(until[polls], prepend=0)
    handled = np.cumsum(seconds)
    before = np.append(0.0, handled)[until[polls] - counts]
    done: Seconds = handled + np.repeat(ticks[polls] - before, counts)
    ends = done[until[polls] - 1]
    if counts.max() > (polling.batch_limit or len(arrived)) or (ends > ticks[polls + 1] * (1 - NEARLY)).any():
        return None
    return np.repeat(ends, counts) if polling.commit == "batch" else done


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
