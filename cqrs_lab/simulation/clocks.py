"""Clocks that stand still: time without the moments at which a projector is down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cqrs_lab.simulation.durations import Seconds


class Downtime:
    """Stretches of time in which nothing moves, and the clock that leaves them out.

    Parameters
    ----------
    starts : array of float
        On the clock that runs only in between, in order.
    seconds : array of float
        How long each lasts on the full clock.
    """

    def __init__(self, starts: Seconds, seconds: Seconds) -> None:
        self.starts, self._before = starts, np.concatenate([[0.0], np.cumsum(seconds)])
        self._begin = starts + self._before[:-1]
        self._end = starts + self._before[1:]

    @classmethod
    def planned(cls, outages: Sequence[tuple[float, float]]) -> Downtime:
        """Build it from stretches given by when they begin on the full clock, and how long they last."""
        begin, seconds = np.array(outages, dtype="float64").reshape(-1, 2).T
        return cls(begin - (np.cumsum(seconds) - seconds), seconds)

    def working_time(self, moments: Seconds | float) -> Seconds:
        """Return what the clock shows that leaves them out; it stands still meanwhile."""
        ended = np.searchsorted(self._end, moments, side="right")
        shown = moments - self._before[ended]
        inside = (ended < len(self.starts)) & (moments > np.append(self._begin, np.inf)[ended])
        return np.where(inside, np.append(self.starts, 0.0)[ended], shown)

    def put_back(self, shown: Seconds | float) -> Seconds:
        """Return the moment at which that clock comes to show this: before a stretch, if it begins there."""
        before: Seconds = self._before[np.searchsorted(self.starts, shown, side="left")]
        return shown + before

    def resumed(self, done: Seconds, reached: Seconds) -> Seconds:
        """Put off what took no time, and came within a stretch, to its end: both are one moment to the other clock."""
        at = np.searchsorted(self._end, reached, side="right")
        begins, ends = np.append(self._begin, np.inf)[at], np.append(self._end, np.inf)[at]
        return np.where((done <= reached) & (reached >= begins), ends, done)

    def over(self, moment: float) -> float:
        """Return the end of the stretch that a moment falls into, or the moment itself."""
        at = int(np.searchsorted(self._end, moment, side="right"))
        return float(self._end[at]) if at < len(self.starts) and moment >= self._begin[at] else moment
