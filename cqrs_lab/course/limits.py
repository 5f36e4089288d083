"""Decides when a process has to be ended: by its own processor time, not by the wall clock."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

import psutil

Ended = Literal["", "time", "waits", "memory", "exit", "busy"]
LOADING_SECONDS = 30.0
"""What loading the kit and the answer's own imports may take, on a slow machine."""
WORKS = 0.02
"""A process that gets less than this share of a processor either waits or is kept waiting."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer may use.

    Attributes
    ----------
    own_seconds : float
        Its own processor time on a machine that has nothing else to do. On one whose neighbours take the caches of its
        processor, the same work takes more of it, and may.
    waits_seconds : float
        How long it may do nothing.
    wall_seconds : float
        After this time there is no verdict: the machine is too busy.
    memory_bytes : int
    """

    own_seconds: float = 2.0
    waits_seconds: float = 5.0
    wall_seconds: float = 120.0
    memory_bytes: int = 2 * 1024**3


LIMITS = Limits()
QUIET_SECONDS = 0.02
"""What `_work` takes of a quick processor at rest. A slow one takes 0.032, and has longer limits: that harms nobody."""
MOST_SLOWER = 5.0


def how_much_slower() -> float:
    """Return how many times as much processor time work takes now as on a quiet machine: 1 at least, 5 at most."""
    began = time.thread_time()
    _work()
    return min(max((time.thread_time() - began) / QUIET_SECONDS, 1.0), MOST_SLOWER)


def _work() -> int:
    """Look up in a few megabytes, as tables do: a loop that fits into the processor would not notice its neighbours."""
    kept = {number * 7919 % 40_009: (number, str(number)) for number in range(40_000)}
    return sum(kept.get(number, (0, ""))[0] for number in range(40_000))


class Watch:
    """Measures what a process uses, and says when to end it, and why."""

    def __init__(self, process: psutil.Process, limits: Limits) -> None:
        self._process, self._limits = process, limits
        self.ended: Ended = ""
        self.begin()

    def begin(self) -> None:
        """Count from now on."""
        self._began, self._used, self.own = time.monotonic(), self._used_seconds(), 0.0
        self._look_again()

    def is_over(self, loading: bool) -> bool:
        """Return whether the process has to be ended; while it loads, only if loading takes far too long."""
        self.own = self._used_seconds() - self._used
        self.ended = self._why(loading)
        return bool(self.ended)

    def _why(self, loading: bool) -> Ended:
        if time.monotonic() - self._began > self._limits.wall_seconds:
            return "busy"
        if loading:
            return "time" if self.own > LOADING_SECONDS else ""
        if self.own > self._limits.own_seconds and self.own > self._limits.own_seconds * how_much_slower():
            return "time"
        if self._process.memory_info().rss > self._limits.memory_bytes:
            return "memory"
        return "waits" if self._waits() else ""

    def _waits(self) -> bool:
        """Return whether a process waits, rather than being kept waiting, where the system can say which."""
        self._looks += 1
        self._runnable += psutil.LINUX and self._process.status() == psutil.STATUS_RUNNING
        if time.monotonic() - self._looked < self._limits.waits_seconds:
            return False
        works = self.own - self._own_then > WORKS * self._limits.waits_seconds
        kept_waiting = self._runnable > self._looks / 5
        self._look_again()
        return not works and not kept_waiting

    def _look_again(self) -> None:
        self._looked, self._own_then, self._looks, self._runnable = time.monotonic(), self.own, 0, 0

    def _used_seconds(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)
