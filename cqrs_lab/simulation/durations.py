"""Durations: how long something takes, in seconds, as a distribution to draw from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cqrs_lab.errors import InvalidArgument

Seconds = NDArray[np.floating[Any]]


class Duration(Protocol):
    """A distribution of seconds.

    Attributes
    ----------
    mean : float
        Its mean, in seconds.
    second_moment : float
        The mean of its square; infinite for a heavy tail.
    """

    @property
    def mean(self) -> float:
        """Its mean, in seconds."""

    @property
    def second_moment(self) -> float:
        """The mean of its square."""

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Draw so many, one after the other: the first ones are the same for every larger count."""


def positive(name: str, value: Any, *, zero: bool = False) -> None:
    """Refuse what is no positive, finite number.

    Raises
    ------
    InvalidArgument
        Names the argument, and says what is accepted.
    """
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number or value < 0 or (value == 0 and not zero):
        accepted = "a number of 0 or more" if zero else "a number above 0"
        raise InvalidArgument(f"{name}={value!r}: give {accepted}")


@dataclass(frozen=True)
class Fixed:
    """Always the same; 0 is nothing at all."""

    seconds: float

    def __post_init__(self) -> None:
        positive("seconds", self.seconds, zero=True)

    @property
    def mean(self) -> float:
        """Its mean, in seconds."""
        return float(self.seconds)

    @property
    def second_moment(self) -> float:
        """The mean of its square."""
        return float(self.seconds) ** 2

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Draw so many."""
        return np.full(count, float(self.seconds))


@dataclass(frozen=True)
class Exponential:
    """Memoryless: how long it has taken tells nothing about how long it still takes."""

    mean: float

    def __post_init__(self) -> None:
        positive("mean", self.mean)

    @property
    def second_moment(self) -> float:
        """The mean of its square."""
        return 2 * self.mean**2

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Draw so many."""
        drawn = random.standard_exponential(count)
        drawn *= self.mean
        return drawn


@dataclass(frozen=True)
class Erlang:
    """The sum of k exponential steps: the more steps, the more regular."""

    k: int
    mean: float

    def __post_init__(self) -> None:
        if not isinstance(self.k, int) or isinstance(self.k, bool) or self.k < 1:
            raise InvalidArgument(f"k={self.k!r}: give a whole number of steps, 1 or more")
        positive("mean", self.mean)

    @property
    def second_moment(self) -> float:
        """The mean of its square."""
        return self.mean**2 * (1 + 1 / self.k)

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Draw so many."""
        return random.standard_gamma(self.k, count) * (self.mean / self.k)


@dataclass(frozen=True)
class LogNormal:
    """Mostly short, sometimes long; `sigma` is the standard deviation of its logarithm."""

    mean: float
    sigma: float

    def __post_init__(self) -> None:
        positive("mean", self.mean)
        positive("sigma", self.sigma, zero=True)

    @property
    def second_moment(self) -> float:
        """The mean of its square."""
        return float(self.mean**2 * math.exp(self.sigma**2))

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Draw so many."""
        return np.exp(random.standard_normal(count) * self.sigma + math.log(self.mean) - self.sigma**2 / 2)


@dataclass(frozen=True)
class Uniform:
    """Anything from `low` to `high`, all alike."""

    low: float
    high: float

    def __post_init__(self) -> None:
        positive("low", self.low, zero=True)
        positive("high", self.high)
        if self.high < self.low:
            raise InvalidArgument(f"low={self.low!r} is above high={self.high!r}: give the lower bound first")

    @property
    def mean(self) -> float:
        """Its mean, in seconds."""
        return (self.low + self.high) / 2

    @property
    def second_moment(self) -> float:
        """The mean of its square."""
        return (self.low**2 + self.low * self.high + self.high**2) / 3

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Draw so many."""
        return self.low + random.random(count) * (self.high - self.low)


@dataclass(frozen=True)
class Pareto:
    """A heavy tail: at least `scale`; the chance to be above x falls as (scale / x) to the power of `shape`."""

    scale: float
    shape: float

    def __post_init__(self) -> None:
        positive("scale", self.scale)
        positive("shape", self.shape)

    @property
    def mean(self) -> float:
        """Its mean, in seconds; infinite for a shape of 1 or less."""
        return self.scale * self.shape / (self.shape - 1) if self.shape > 1 else math.inf

    @property
    def second_moment(self) -> float:
        """The mean of its square; infinite for a shape of 2 or less."""
        return self.scale**2 * self.shape / (self.shape - 2) if self.shape > 2 else math.inf

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Draw so many."""
        # 1 - U lies in (0, 1], so that the power is finite.
        return self.scale * np.power(1 - random.random(count), -1 / self.shape)


@dataclass(frozen=True)
class Mixture:
    """One of several durations, picked by weight: most events are quick, some are not."""

    parts: Sequence[tuple[float, Duration]]

    def __post_init__(self) -> None:
        if not self.parts:
            raise InvalidArgument("parts=[]: give pairs such as [(0.9, Exponential(0.5)), (0.1, Exponential(5))]")
        for weight, _ in self.parts:
            positive("weight", weight)

    @property
    def mean(self) -> float:
        """Its mean, in seconds."""
        return sum(share * part.mean for share, part in self._shares())

    @property
    def second_moment(self) -> float:
        """The mean of its square."""
        return sum(share * part.second_moment for share, part in self._shares())

    def _shares(self) -> list[tuple[float, Duration]]:
        total = sum(weight for weight, _ in self.parts)
        return [(weight / total, part) for weight, part in self.parts]

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Draw so many."""
        picks, *others = random.spawn(1 + len(self.parts))
        edges = np.cumsum([share for share, _ in self._shares()])[:-1]
        picked = np.searchsorted(edges, picks.random(count), side="right")
        # Each part draws for all, so that a part's n-th draw does not depend on the others.
        drawn = [part.draw(other, count) for other, (_, part) in zip(others, self.parts, strict=True)]
        return np.choose(picked, drawn) if len(drawn) > 1 else drawn[0]


@dataclass(frozen=True)
class Empirical:
    """What was measured: draws one of these values each time, all alike."""

    seconds: Sequence[float]

    def __post_init__(self) -> None:
        values = np.asarray(self.seconds, dtype="float64")
        if values.ndim != 1 or not len(values) or not np.isfinite(values).all() or (values < 0).any():
            raise InvalidArgument("seconds: give a list of measured seconds, at least one, none below 0")

    @property
    def mean(self) -> float:
        """Its mean, in seconds."""
        return float(np.mean(self.seconds))

    @property
    def second_moment(self) -> float:
        """The mean of its square."""
        return float(np.mean(np.square(self.seconds)))

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Draw so many."""
        values = np.asarray(self.seconds, dtype="float64")
        return np.take(values, (random.random(count) * len(values)).astype("int64"))
