"""The lag model: what is on the way from commit to visible. See `simulate_lag`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

import numpy as np

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arrivals import Arrivals
from cqrs_lab.simulation.durations import Duration, positive


@dataclass(frozen=True)
class Polling:
    """The projector asks the log from time to time, instead of being told.

    Parameters
    ----------
    interval : Duration
    batch_limit : int, optional
        At most so many events a poll.
    commit : {"each", "batch"}
        When an event becomes visible: when it is handled, or when the last of its batch is.
    mode : {"ticks", "sleep_after", "drain"}
        ticks: polls at cumulative intervals from 0; what committed at the tick is taken, ticks that fall into handling
        are skipped. sleep_after: begins asleep, takes what is there, handles it, and sleeps after every poll, a full
        one too. drain: handles until nothing is left, and sleeps then.
    """

    interval: Duration
    batch_limit: int | None = None
    commit: Literal["each", "batch"] = "each"
    mode: Literal["ticks", "sleep_after", "drain"] = "ticks"

    def __post_init__(self) -> None:
        _duration("interval", self.interval)
        if self.interval.mean == 0:
            raise InvalidArgument("interval=0: a poll that never sleeps is a push; leave polling out")
        _among("commit", self.commit, ("each", "batch"))
        _among("mode", self.mode, ("ticks", "sleep_after", "drain"))
        if self.batch_limit is not None:
            _count("batch_limit", self.batch_limit)
        if self.mode == "drain" and (self.batch_limit is not None or self.commit == "batch"):
            raise InvalidArgument(
                "mode='drain' goes on until nothing is left: leave batch_limit and commit='batch' out"
            )


@dataclass(frozen=True)
class Crashes:
    """The projector fails and is repaired.

    Parameters
    ----------
    rate_per_second : float
    repair : Duration
    when : {"always", "handling"}
        Whether the crash clock runs on the time the projector is up, or on its handling time alone.
    then : {"resume", "redeliver"}
        Whether it goes on where it stopped, or does the event in hand again with the same handling time (with a batch
        commit, the whole batch).
    """

    rate_per_second: float
    repair: Duration
    when: Literal["always", "handling"] = "always"
    then: Literal["resume", "redeliver"] = "resume"

    def __post_init__(self) -> None:
        positive("rate_per_second", self.rate_per_second)
        _duration("repair", self.repair)
        _among("when", self.when, ("always", "handling"))
        _among("then", self.then, ("resume", "redeliver"))


@dataclass(frozen=True)
class Retries:
    """Each attempt to handle an event fails with this probability, and the next one takes a fresh handling time.

    Attempts and backoff hold up the events behind. Backoff is not handling.
    """

    probability: float
    backoff_seconds: float = 0.0

    def __post_init__(self) -> None:
        positive("probability", self.probability, zero=True)
        positive("backoff_seconds", self.backoff_seconds, zero=True)
        if self.probability >= 1:
            raise InvalidArgument(f"probability={self.probability!r}: give less than 1, or no event is ever handled")


@dataclass(frozen=True)
class LagModel:
    """What is on the way of an event: commit, relay, delivery, and its partition's projector.

    Parameters
    ----------
    arrivals : Arrivals
        When commands commit.
    handling : Duration
        Per event, at the projector.
    events_per_command : int, optional
        They commit together, and share a partition.
    relay : Duration, optional
        One server that takes the events out of the log in order, so much per event.
    delivery : Duration, optional
        The way from the relay to the projector; nobody waits for another there.
    delivery_in_order : bool, optional
        False lets events overtake on that way.
    polling : Polling, optional
        Without it the projector is told at once.
    partitions : int or sequence of float, optional
        How many, or the share of the commands that each one has.
    consumers : int, optional
        More than one compete for the events of one queue.
    replicas : int, optional
        Copies of the read model: same arrivals, relay and delivery, handling times and crashes of their own.
    crashes : Crashes, optional
    retries : Retries, optional
    outages : sequence of (start second, seconds), optional
        Planned ones, for all projectors. Work stops and is resumed.

    Raises
    ------
    InvalidArgument
        A value, or a combination, that has no meaning; with what is accepted.
    """

    arrivals: Arrivals
    handling: Duration
    _: KW_ONLY
    events_per_command: int = 1
    relay: Duration | None = None
    delivery: Duration | None = None
    delivery_in_order: bool = True
    polling: Polling | None = None
    partitions: int | Sequence[float] = 1
    consumers: int = 1
    replicas: int = 1
    crashes: Crashes | None = None
    retries: Retries | None = None
    outages: Sequence[tuple[float, float]] = ()

    def __post_init__(self) -> None:
        if not hasattr(self.arrivals, "rate_per_second"):
            raise InvalidArgument(f"arrivals={self.arrivals!r}: give Poisson, Clockwork, Bursts or RecordedTimes")
        _duration("handling", self.handling)
        for name in ("events_per_command", "consumers", "replicas"):
            _count(name, getattr(self, name))
        for name in ("relay", "delivery"):
            if getattr(self, name) is not None:
                _duration(name, getattr(self, name))
        self._check_partitions()
        self._check_consumers()
        self._check_outages()
        if not self.delivery_in_order and self.delivery is None:
            raise InvalidArgument("delivery_in_order=False: events overtake on the way; give delivery=, a Duration")

    def _check_partitions(self) -> None:
        if isinstance(self.partitions, int) and not isinstance(self.partitions, bool):
            _count("partitions", self.partitions)
            return
        shares = np.asarray(self.partitions, dtype="float64")
        if shares.ndim != 1 or not len(shares) or (shares <= 0).any() or abs(shares.sum() - 1) > 1e-9:
            raise InvalidArgument(f"partitions={self.partitions!r}: give a number, or shares above 0 that add up to 1")

    def _check_consumers(self) -> None:
        several = [name for name in ("polling", "crashes") if getattr(self, name) is not None]
        if len(self.shares) > 1:
            several.append("partitions")
        if self.consumers > 1 and several:
            raise InvalidArgument(
                f"consumers={self.consumers} compete for one queue, which has no meaning together with {several[0]}; "
                "give one of the two"
            )

    def _check_outages(self) -> None:
        last = 0.0
        for start, seconds in self.outages:
            positive("outage start", start, zero=True)
            positive("outage seconds", seconds)
            if start < last:
                raise InvalidArgument(f"outages: at {start!r} another one has not ended; give them in order")
            last = start + seconds

    @property
    def events_per_second(self) -> float:
        """How many events on average, in all partitions."""
        return self.arrivals.rate_per_second * self.events_per_command

    @property
    def shares(self) -> tuple[float, ...]:
        """Each partition's share of the commands."""
        if isinstance(self.partitions, int):
            return (1 / self.partitions,) * self.partitions
        return tuple(self.partitions)


def _duration(name: str, value: Any) -> None:
    if not hasattr(value, "second_moment"):
        raise InvalidArgument(f"{name}={value!r}: give a duration, such as Fixed(0.5) or Exponential(mean=0.5)")


def _count(name: str, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidArgument(f"{name}={value!r}: give a whole number, 1 or more")


def _among(name: str, value: Any, accepted: tuple[str, ...]) -> None:
    if value not in accepted:
        raise InvalidArgument(f"{name}={value!r}: accepted are {', '.join(map(repr, accepted))}")
