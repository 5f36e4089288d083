"""Arrivals: when commands commit, in seconds from the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.durations import Seconds, positive


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
        """Give the times of the first commands, in order."""


@dataclass(frozen=True)
class Poisson:
    """At random: many people, none of whom knows of the others."""

    rate_per_second: float

    def __post_init__(self) -> None:
        positive("rate_per_second", self.rate_per_second)

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Give the times of the first commands, in order."""
        gaps = random.standard_exponential(count)
        gaps /= self.rate_per_second
        return np.cumsum(gaps, out=gaps)


@dataclass(frozen=True)
class Clockwork:
    """One command every `interval_seconds`, the first after one interval."""

    interval_seconds: float

    def __post_init__(self) -> None:
        positive("interval_seconds", self.interval_seconds)

    @property
    def rate_per_second(self) -> float:
        """How many commands on average."""
        return 1 / self.interval_seconds

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Give the times of the first commands, in order."""
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
        positive("high_rate", self.high_rate)
        positive("low_rate", self.low_rate, zero=True)
        positive("mean_high_seconds", self.mean_high_seconds)
        positive("mean_low_seconds", self.mean_low_seconds)

    @property
    def rate_per_second(self) -> float:
        """How many commands on average."""
        high, low = self.mean_high_seconds, self.mean_low_seconds
        return (self.high_rate * high + self.low_rate * low) / (high + low)

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Give the times of the first commands, in order.

        Commands come one unit of expected number apart (a Poisson process of rate 1); the clock of expected number
        runs at the rate of the time it is in.
        """
        spells, steps = random.spawn(2)
        expected = np.cumsum(steps.standard_exponential(count))
        cycles = 64
        rates = np.tile([self.high_rate, self.low_rate], cycles)
        means = np.tile([self.mean_high_seconds, self.mean_low_seconds], cycles)
        ends, number = np.zeros(1), np.zeros(1)
        while number[-1] < expected[-1]:
            lengths = spells.standard_exponential(2 * cycles) * means
            ends = np.append(ends, ends[-1] + np.cumsum(lengths))
            number = np.append(number, number[-1] + np.cumsum(lengths * rates))
        spell = np.searchsorted(number, expected, side="left") - 1
        into: Seconds = (expected - number[spell]) / rates[spell % len(rates)]
        return np.add(ends[spell], into)


@dataclass(frozen=True)
class RecordedTimes:
    """The times at which commands did commit, in seconds, in order: a day of a real shop, say."""

    seconds: Sequence[float]

    def __post_init__(self) -> None:
        times = np.asarray(self.seconds, dtype="float64")
        if times.ndim != 1 or not len(times) or not np.isfinite(times).all() or (times < 0).any():
            raise InvalidArgument("seconds: give a list of times, at least one, none below 0")
        if (np.diff(times) < 0).any():
            raise InvalidArgument("seconds: give the times in order, the earliest first")

    @property
    def rate_per_second(self) -> float:
        """How many commands on average, up to the last one."""
        last = float(self.seconds[-1])
        return len(self.seconds) / last if last else float("inf")

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Give the times of the first commands, in order."""
        if count > len(self.seconds):
            raise InvalidArgument(f"{count:,} commands, and {len(self.seconds):,} recorded times; ask for fewer events")
        return np.asarray(self.seconds[:count], dtype="float64")
