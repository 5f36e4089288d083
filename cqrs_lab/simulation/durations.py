"""Durations: how long something takes, in seconds, as a distribution to draw from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import keep, number, positive, seconds_of, whole

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
        """Return `count` draws; with a larger count, the first ones are the same."""


@dataclass(frozen=True)
class Fixed:
    """Always the same; 0 is nothing at all."""

    seconds: float

    def __post_init__(self) -> None:
        keep(self, seconds=positive("seconds", self.seconds, zero=True))

    @property
    def mean(self) -> float:
        """Its mean, in seconds."""
        return float(self.seconds)

    @property
    def second_moment(self) -> float:
        """The mean of its square."""
        return float(self.seconds) ** 2

    @property
    def third_moment(self) -> float:
        """The mean of its cube."""
        return float(self.seconds) ** 3

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Return `count` draws."""
        return np.full(count, float(self.seconds))


@dataclass(frozen=True)
class Exponential:
    """Memoryless: how long it has taken tells nothing about how long it still takes."""

    mean: float

    def __post_init__(self) -> None:
        keep(self, mean=positive("mean", self.mean))

    @property
    def second_moment(self) -> float:
        """The mean of its square."""
        return 2 * self.mean**2

    @property
    def third_moment(self) -> float:
        """The mean of its cube."""
        return 6 * self.mean**3

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Return `count` draws."""
        drawn = random.standard_exponential(count)
        drawn *= self.mean
        return drawn


@dataclass(frozen=True)
class Erlang:
    """The sum of k exponential steps: the more steps, the more regular."""

    k: int
    mean: float

    def __post_init__(self) -> None:
        keep(self, k=whole("k", self.k), mean=positive("mean", self.mean))

    @property
    def second_moment(self) -> float:
        """The mean of its square."""
        return self.mean**2 * (1 + 1 / self.k)

    @property
    def third_moment(self) -> float:
        """The mean of its cube."""
        return self.mean**3 * (1 + 1 / self.k) * (1 + 2 / self.k)

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Return `count` draws."""
        return random.standard_gamma(self.k, count) * (self.mean / self.k)


@dataclass(frozen=True)
class LogNormal:
    """Mostly short, sometimes long; `sigma` is the standard deviation of its logarithm."""

    mean: float
    sigma: float

    def __post_init__(self) -> None:
        keep(self, mean=positive("mean", self.mean), sigma=number("sigma", self.sigma, least=0, most=10))

    @property
    def median(self) -> float:
        """What half of them stay below."""
        return float(self.mean * math.exp(-(self.sigma**2) / 2))

    @property
    def second_moment(self) -> float:
        """The mean of its square."""
        return float(self.mean**2 * math.exp(self.sigma**2))

    @property
    def third_moment(self) -> float:
        """The mean of its cube."""
        return float(self.mean**3 * math.exp(3 * self.sigma**2))

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Return `count` draws."""
        return np.exp(random.standard_normal(count) * self.sigma + math.log(self.mean) - self.sigma**2 / 2)


@dataclass(frozen=True)
class Uniform:
    """Anything from `low` to `high`, all alike."""

    low: float
    high: float

    def __post_init__(self) -> None:
        keep(self, low=positive("low", self.low, zero=True), high=positive("high", self.high))
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

    @property
    def third_moment(self) -> float:
        """The mean of its cube."""
        return (self.low + self.high) * (self.low**2 + self.high**2) / 4

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Return `count` draws."""
        return self.low + random.random(count) * (self.high - self.low)


@dataclass(frozen=True)
class Pareto:
    """A heavy tail: at least `scale`; the chance to be above x falls as (scale / x) to the power of `shape`."""

    scale: float
    shape: float

    def __post_init__(self) -> None:
        keep(self, scale=positive("scale", self.scale), shape=number("shape", self.shape, least=0.1))

    @property
    def mean(self) -> float:
        """Its mean, in seconds; infinite for a shape of 1 or less."""
        return self.scale * self.shape / (self.shape - 1) if self.shape > 1 else math.inf

    @property
    def second_moment(self) -> float:
        """The mean of its square; infinite for a shape of 2 or less."""
        return self.scale**2 * self.shape / (self.shape - 2) if self.shape > 2 else math.inf

    @property
    def third_moment(self) -> float:
        """The mean of its cube; infinite for a shape of 3 or less."""
        return self.scale**3 * self.shape / (self.shape - 3) if self.shape > 3 else math.inf

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Return `count` draws."""
        # 1 - U lies in (0, 1], so that the power is finite.
        return self.scale * np.power(1 - random.random(count), -1 / self.shape)


@dataclass(frozen=True)
class Mixture:
    """One of several durations, picked by weight: most events are quick, some are not."""

    parts: Sequence[tuple[float, Duration]]

    def __post_init__(self) -> None:
        parts = list(self.parts) if isinstance(self.parts, Iterable) else []
        if not parts or not all(isinstance(part, Sequence) and len(part) == 2 for part in parts):
            raise InvalidArgument(
                f"parts={shown(self.parts)}: give pairs such as [(0.9, Exponential(0.5)), (0.1, Exponential(5))]"
            )
        keep(self, parts=tuple((positive("weight", weight), duration("part", part)) for weight, part in parts))

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

    @property
    def third_moment(self) -> float:
        """The mean of its cube."""
        return sum(share * getattr(part, "third_moment", 0.0) for share, part in self._shares())

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Return `count` draws."""
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
        keep(self, seconds=tuple(seconds_of("seconds", self.seconds, "measured times").tolist()))

    @property
    def mean(self) -> float:
        """Its mean, in seconds."""
        return float(self._values.mean())

    @property
    def second_moment(self) -> float:
        """The mean of its square."""
        return float(np.square(self._values).mean())

    @property
    def third_moment(self) -> float:
        """The mean of its cube."""
        return float((self._values**3).mean())

    def draw(self, random: np.random.Generator, count: int) -> Seconds:
        """Return `count` draws."""
        return np.take(self._values, (random.random(count) * len(self._values)).astype("int64"))

    @cached_property
    def _values(self) -> Seconds:
        return np.array(self.seconds)


def duration(name: str, value: Any) -> Duration:
    """Return a distribution of seconds; a bare number is none, nor is the class of one.

    Raises
    ------
    InvalidArgument
    """
    if isinstance(value, type) or not all(hasattr(value, one) for one in ("mean", "second_moment", "draw")):
        raise InvalidArgument(f"{name}={shown(value)}: give a duration, such as Fixed(0.5) or Exponential(mean=0.5)")
    drawn: Duration = value
    return drawn
