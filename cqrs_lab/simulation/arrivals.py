"""Arrivals: when commands commit, in seconds from the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import keep, positive, seconds_of
from cqrs_lab.simulation.durations import Seconds


class Arrivals(Protocol):
    """When commands commit.

    Attributes
    ----------
    rate_per_second : float
        How many commands on average.
    """

    @property
    def rate_per_second(self) -> float:
        """How many commands on average."""

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Return the times of the first `count` commands, in order."""


@dataclass(frozen=True)
class Poisson:
    """At random: many people, none of whom knows of the others."""

    rate_per_second: float

    def __post_init__(self) -> None:
        keep(self, rate_per_second=positive("rate_per_second", self.rate_per_second))

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Return the times of the first `count` commands, in order."""
        gaps = random.standard_exponential(count)
        gaps /= self.rate_per_second
        return np.cumsum(gaps, out=gaps)


@dataclass(frozen=True)
class Clockwork:
    """One command every `interval_seconds`, the first after one interval."""

    interval_seconds: float

    def __post_init__(self) -> None:
        keep(self, interval_seconds=positive("interval_seconds", self.interval_seconds))

    @property
    def rate_per_second(self) -> float:
        """How many commands on average."""
        return 1 / self.interval_seconds

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Return the times of the first `count` commands, in order."""
        return np.arange(1, count + 1) * float(self.interval_seconds)


@dataclass(frozen=True)
class Bursts:
    """Quiet and busy times in turn, each of random length; within each, commands come at random.

    It begins with a busy time. A rate of 0 in quiet times is allowed.
    """

    high_rate: float
    low_rate: float
    mean_high_seconds: float
    mean_low_seconds: float

    def __post_init__(self) -> None:
        for name in ("high_rate", "low_rate", "mean_high_seconds", "mean_low_seconds"):
            keep(self, **{name: positive(name, getattr(self, name), zero=name == "low_rate")})

    @property
    def rate_per_second(self) -> float:
        """How many commands on average."""
        high, low = self.mean_high_seconds, self.mean_low_seconds
        return (self.high_rate * high + self.low_rate * low) / (high + low)

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Return the times of the first `count` commands, in order.

        Commands come one unit of expected number apart (a Poisson process of rate 1); the clock of expected number
        runs at the rate of the time it is in.
        """
        spells, steps = random.spawn(2)
        expected = np.cumsum(steps.standard_exponential(count))
        ends, number = np.zeros(1), np.zeros(1)
        while number[-1] < expected[-1]:
            cycles = max(64, len(ends) // 2)
            lengths = spells.standard_exponential(2 * cycles)
            lengths *= np.tile([self.mean_high_seconds, self.mean_low_seconds], cycles)
            ends = np.append(ends, ends[-1] + np.cumsum(lengths))
            number = np.append(number, number[-1] + np.cumsum(lengths * np.tile(self._rates, cycles)))
        spell = np.searchsorted(number, expected, side="left") - 1
        into: Seconds = (expected - number[spell]) / np.take(self._rates, spell % 2)
        return np.add(ends[spell], into)

    @property
    def _rates(self) -> tuple[float, float]:
        return self.high_rate, self.low_rate


@dataclass(frozen=True)
class RecordedTimes:
    """The times at which commands did commit, in seconds, in order: a day of a real shop, or a log's `recorded_at`.

    They may count from anywhere, from 1970 or from midnight: rates count from the first of them.
    """

    seconds: Sequence[float] | Seconds

    def __post_init__(self) -> None:
        times = seconds_of("seconds", self.seconds, "times")
        if (np.diff(times) < 0).any():
            raise InvalidArgument("seconds: give the times in order, the earliest first")
        keep(self, seconds=tuple(times.tolist()))

    @property
    def rate_per_second(self) -> float:
        """How many commands on average, from the first to the last; 0 where there is but one."""
        lasts = self.seconds[-1] - self.seconds[0]
        if len(self.seconds) == 1:
            return 0.0
        return (len(self.seconds) - 1) / lasts if lasts else float("inf")

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Return the times of the first `count` commands, in order."""
        if count > len(self.seconds):
            raise InvalidArgument(f"{count:,} commands, and {len(self.seconds):,} recorded times; ask for fewer events")
        return np.array(self.seconds[:count])


def arrivals(name: str, value: Any) -> Arrivals:
    """Return what says when commands commit.

    Raises
    ------
    InvalidArgument
    """
    if isinstance(value, type) or not all(hasattr(value, one) for one in ("rate_per_second", "draw")):
        raise InvalidArgument(f"{name}={shown(value)}: give Poisson, Clockwork, Bursts or RecordedTimes")
    drawn: Arrivals = value
    return drawn
