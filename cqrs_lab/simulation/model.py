"""The lag model: what is on the way from commit to visible. See `simulate_lag`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import among, keep, number, positive, shares_of, whole
from cqrs_lab.simulation.arrivals import Arrivals, arrivals
from cqrs_lab.simulation.durations import Duration, duration

MOST_PARTITIONS = 10_000
"""Partitions, consumers or replicas: each is looked at by itself."""


@dataclass(frozen=True)
class Polling:
    """The projector asks the log from time to time, instead of being told.

    Parameters
    ----------
    interval : Duration
    batch_limit : int, optional
        At most this many events a poll.
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
        if duration("interval", self.interval).mean == 0:
            raise InvalidArgument("interval=0: a poll that never sleeps is a push; leave polling out")
        among("commit", self.commit, ("each", "batch"))
        among("mode", self.mode, ("ticks", "sleep_after", "drain"))
        if self.batch_limit is not None:
            keep(self, batch_limit=whole("batch_limit", self.batch_limit))
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
        keep(self, rate_per_second=positive("rate_per_second", self.rate_per_second))
        duration("repair", self.repair)
        among("when", self.when, ("always", "handling"))
        among("then", self.then, ("resume", "redeliver"))


@dataclass(frozen=True)
class Retries:
    """Each attempt to handle an event fails with this probability, and the next one takes a fresh handling time.

    Attempts and backoff hold up the events behind. Backoff is not handling.
    """

    probability: float
    backoff_seconds: float = 0.0

    def __post_init__(self) -> None:
        chance = number("probability", self.probability, least=0, most=1)
        if chance == 1:
            raise InvalidArgument(f"probability={self.probability!r}: give less than 1, or no event is ever handled")
        keep(self, probability=chance, backoff_seconds=positive("backoff_seconds", self.backoff_seconds, zero=True))


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
        Planned ones, for all projectors. Work stops and is resumed. Times are those of the arrivals.

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
        arrivals("arrivals", self.arrivals)
        duration("handling", self.handling)
        keep(self, events_per_command=whole("events_per_command", self.events_per_command))
        for name in ("consumers", "replicas"):
            keep(self, **{name: whole(name, getattr(self, name), most=MOST_PARTITIONS)})
        for name in ("relay", "delivery"):
            if getattr(self, name) is not None:
                duration(name, getattr(self, name))
        for name, kind in (("polling", Polling), ("crashes", Crashes), ("retries", Retries)):
            if not isinstance(getattr(self, name), kind | None):
                raise InvalidArgument(f"{name}={shown(getattr(self, name))}: give {kind.__name__}(…), or leave it out")
        keep(self, partitions=_partitions(self.partitions), outages=_outages(self.outages))
        self._check_consumers()
        if not isinstance(self.delivery_in_order, bool):
            raise InvalidArgument(f"delivery_in_order={shown(self.delivery_in_order)}: give True or False")
        if not self.delivery_in_order and self.delivery is None:
            raise InvalidArgument("delivery_in_order=False: events overtake on the way; give delivery=, a Duration")

    def _check_consumers(self) -> None:
        several = [name for name in ("polling", "crashes") if getattr(self, name) is not None]
        if len(self.shares) > 1:
            several.append("partitions")
        if self.consumers > 1 and several:
            raise InvalidArgument(
                f"consumers={self.consumers} compete for one queue, which has no meaning together with {several[0]}; "
                "give one of the two"
            )

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


def _partitions(value: Any) -> int | tuple[float, ...]:
    """Return how many partitions, or their shares."""
    if not isinstance(value, Iterable) or isinstance(value, str):
        return whole("partitions", value, most=MOST_PARTITIONS)
    return shares_of(value, "partitions")


def _outages(value: Any) -> tuple[tuple[float, float], ...]:
    """Return the planned outages: pairs of numbers, in order."""
    pairs = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    if not all(isinstance(pair, Iterable) and not isinstance(pair, str) and len(list(pair)) == 2 for pair in pairs):
        raise InvalidArgument(f"outages={shown(value)}: give pairs of (start second, seconds), such as [(600, 60)]")
    last, outages = 0.0, []
    for start, seconds in pairs:
        outages.append((positive("outage start", start, zero=True), positive("outage seconds", seconds)))
        if start < last:
            raise InvalidArgument(f"outages: at {start!r} another one has not ended; give them in order")
        last = start + seconds
    return tuple(outages)
