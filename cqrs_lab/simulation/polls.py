"""When a polling projector looks into the log. Looks that find nothing are passed over, and none is kept."""

from __future__ import annotations

import math
from bisect import bisect_left

import numpy as np

from cqrs_lab.simulation.draws import LazyDraws
from cqrs_lab.simulation.durations import Fixed, Seconds

FEW, WINDOW = 32, 256
"""Up to a few sleeps are added up one by one; of more, and of ticks, as many are looked at together."""


def multiple_from(start: float, seconds: float, moment: float) -> int:
    """Return the first multiple of an interval, from 1 on, that after a start comes at or after a moment."""
    number = max(1, math.ceil((moment - start) / seconds))
    while number > 1 and start + (number - 1) * seconds >= moment:
        number -= 1
    while start + number * seconds < moment:
        number += 1
    return number


class Ticks:
    """A clock that ticks at cumulative intervals from 0; each tick is one poll. Moments asked for only rise."""

    def __init__(self, intervals: LazyDraws) -> None:
        self._intervals = intervals
        self._fixed = intervals.duration.seconds if isinstance(intervals.duration, Fixed) else None
        self._next = 0
        self._drawn: Seconds = np.empty(0)
        self._drawn_from = 0
        # Some of those drawn, as a list: of one number at a time, Python makes less fuss than NumPy.
        self._window: list[float] = []
        self._window_from = 0

    def at_or_after(self, moment: float) -> int:
        """Return the number of the first tick that comes at or after a moment and was not taken."""
        if self._fixed is not None:
            return max(self._next, multiple_from(0.0, self._fixed, moment) - 1)
        while not self._window or self._window[-1] < moment or self._window_from + len(self._window) <= self._next:
            self._move_window(moment)
        return self._window_from + bisect_left(self._window, moment, lo=max(0, self._next - self._window_from))

    def moment(self, tick: int) -> float:
        """Return when a tick comes that `at_or_after` has just found."""
        return self._window[tick - self._window_from] if self._fixed is None else (tick + 1) * self._fixed

    def take(self, tick: int) -> float:
        """Poll at a tick: those up to it are over."""
        self._next = tick + 1
        return self.moment(tick)

    def _move_window(self, moment: float) -> None:
        end = self._window_from + len(self._window)
        while self._drawn_from + len(self._drawn) <= end or self._drawn[-1] < moment:
            last = self._drawn[-1:]
            self._drawn_from += len(self._drawn)
            # One addition after the other, as a clock would, so that chunks make no difference to rounding.
            self._drawn = np.add.accumulate(np.append(last, self._intervals.next_chunk()))[len(last) :]
        first = max(end - self._drawn_from, int(np.searchsorted(self._drawn, moment, side="left")), 0)
        self._window, self._window_from = self._drawn[first : first + WINDOW].tolist(), self._drawn_from + first


def ticks_around(intervals: LazyDraws, moments: Seconds) -> tuple[Seconds, Seconds]:
    """Return for each moment, in order, the first tick at or after it, and the tick that follows."""
    if isinstance(intervals.duration, Fixed):
        seconds = intervals.duration.seconds
        number = np.maximum(1.0, np.ceil(moments / seconds))
        number -= (number > 1) & ((number - 1) * seconds >= moments)
        number += number * seconds < moments
        return np.multiply(number, seconds), np.multiply(number + 1, seconds)
    found, following = np.empty(len(moments)), np.empty(len(moments))
    ticks: Seconds = np.empty(0)
    done = 0
    while done < len(moments):
        ticks = np.add.accumulate(np.append(ticks[-1:], intervals.next_chunk()))
        upto = int(np.searchsorted(moments, ticks[-2], side="right"))
        at = np.searchsorted(ticks, moments[done:upto], side="left")
        found[done:upto], following[done:upto] = ticks[at], ticks[at + 1]
        done = upto
    return found, following


class Sleeps:
    """A sleeper who wakes up, looks, and sleeps again."""

    def __init__(self, intervals: LazyDraws) -> None:
        self._intervals = intervals
        self._fixed = intervals.duration.seconds if isinstance(intervals.duration, Fixed) else None
        self._chunk: Seconds = np.empty(0)
        self._slept = 0
        self._listed: list[float] = []

    def until(self, now: float, moment: float) -> float:
        """Sleep from now on, again and again, and return the first waking at or after a moment."""
        if self._fixed is not None:
            return now + multiple_from(now, self._fixed, moment) * self._fixed
        for _ in range(FEW):
            if self._slept == len(self._listed):
                self._draw_more()
            now, self._slept = now + self._listed[self._slept], self._slept + 1
            if now >= moment:
                return now
        size = WINDOW
        while True:
            wakes = np.add.accumulate(np.append(now, self._chunk[self._slept : self._slept + size]))
            first = int(np.searchsorted(wakes, moment, side="left"))
            if first < len(wakes):
                self._slept += first
                return float(wakes[first])
            now, size = float(wakes[-1]), 2 * size
            self._slept += len(wakes) - 1
            if self._slept == len(self._chunk):
                self._draw_more()

    def _draw_more(self) -> None:
        self._chunk, self._slept = self._intervals.next_chunk(), 0
        self._listed = self._chunk.tolist()
