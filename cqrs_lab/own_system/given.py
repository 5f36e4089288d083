"""What an engineer gives: checked at the door, in the engineer's own words, and turned into models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.own_system.fitted import fitted
from cqrs_lab.own_system.times_file import TimesFile, read_times
from cqrs_lab.own_system.words import apart, per_cent
from cqrs_lab.show.lag_explorer import MODES
from cqrs_lab.show.own_range import seconds_per
from cqrs_lab.simulation.arguments import among, positive, share, whole
from cqrs_lab.simulation.arrivals import Arrivals, Poisson, RecordedTimes
from cqrs_lab.simulation.bounds import check_events
from cqrs_lab.simulation.capacity import load
from cqrs_lab.simulation.durations import Duration, Exponential, Fixed
from cqrs_lab.simulation.model import LagModel, Polling, Retries
from cqrs_lab.words import count

REPLICATIONS = 10
"""Of recorded times, for each figure."""
MOST_RUNS = 200
"""What all runs together come to at most, a longer one counted as several."""
MOST_SIMULATED = 200_000_000
"""Events that they may simulate, each at each replica: some minutes."""


class Reading(NamedTuple):
    """How the read side is said to work, not checked yet; as `your_system` takes it."""

    poll_seconds: Any
    polls: Any
    batch: Any
    replicas: Any
    retries: Any
    backoff_seconds: Any
    handling_ms: Any
    events_per_command: Any


class Promises(NamedTuple):
    """What else is asked, not checked yet; as `your_system` takes it."""

    think_seconds: Any
    log_events: Any
    rebuild_per_second: Any
    transaction_ms: Any
    objective_seconds: Any


@dataclass(frozen=True)
class GivenSystem:
    """An engineer's numbers, checked.

    Attributes
    ----------
    model : LagModel
        The system as it is.
    times : TimesFile or None
        Where the commands' times come from, if not from a rate.
    per : str
        What rates are per.
    think, transaction : Duration
    log_events : int
    rebuild_per_second : float or None
    objective_seconds : float
    events, seed : int
        Of each run.
    ran : callable
        Called after each run, so that a bar can show how far it is.
    """

    model: LagModel
    times: TimesFile | None
    per: str
    think: Duration
    transaction: Duration
    log_events: int
    rebuild_per_second: float | None
    objective_seconds: float
    events: int
    seed: int
    ran: Callable[[], object] = field(default=bool, compare=False)

    @property
    def rate(self) -> float:
        """How many commands come, per what the rate is per."""
        return self.model.arrivals.rate_per_second * seconds_per(self.per)

    def for_commands(self) -> GivenSystem:
        """Return the same, for runs of commands and not of events."""
        return self if self.times is None else replace(self, events=len(self.times.seconds))

    @property
    def runs(self) -> int:
        """How many runs it takes to get one figure with its interval."""
        return 1 if self.times is None else REPLICATIONS

    @cached_property
    def saturation(self) -> float:
        """At how many times the rate the projector is busy all the time."""
        return 1 / load(self.model)

    def arrivals(self, times: float) -> Arrivals:
        """Return the commands at so many times the rate."""
        if self.times is None:
            return Poisson(self.model.arrivals.rate_per_second * times)
        return RecordedTimes(self.times.seconds / times)

    def at(self, times: float) -> LagModel:
        """Return the same system at so many times the rate."""
        return replace(self.model, arrivals=self.arrivals(times))


def given(times: Any, rate: Any, per: Any, reading: Reading, promises: Promises, events: Any, seed: Any) -> GivenSystem:
    """Check what an engineer gives.

    Raises
    ------
    InvalidArgument
    """
    unit = seconds_per(per)
    file = _file(times, rate)
    arrivals = Poisson(positive("rate", rate) / unit) if file is None else RecordedTimes(file.seconds)
    model = _model(arrivals, reading)
    _check_that_it_keeps_up(model, per)
    rebuild = promises.rebuild_per_second
    found = GivenSystem(
        model,
        file,
        per,
        fitted("think_seconds", promises.think_seconds, zero=True),
        Exponential(positive("transaction_ms", promises.transaction_ms) / 1_000),
        whole("log_events", promises.log_events),
        None if rebuild is None else positive("rebuild_per_second", rebuild),
        positive("objective_seconds", promises.objective_seconds),
        whole("events", events, least=1_000) if file is None else len(file.seconds) * model.events_per_command,
        whole("seed", seed, least=0),
    )
    _check_cost(found)
    return found


def _file(times: Any, rate: Any) -> TimesFile | None:
    if times is None and rate is None:
        raise InvalidArgument('nothing says how many commands come; give rate=50, or a file of times, "times.csv"')
    if times is not None and rate is not None:
        raise InvalidArgument(
            f"times={shown(times)} and rate={shown(rate)} both say how many commands come; give one of them"
        )
    if times is None:
        return None
    if not isinstance(times, str | Path):
        raise InvalidArgument(
            f'times={shown(times)} is not the name of a file; give one such as "times.csv", or rate=50'
        )
    return read_times(Path(times))


def _model(arrivals: Arrivals, reading: Reading) -> LagModel:
    handling = fitted("handling_ms", reading.handling_ms, 1_000)
    return LagModel(
        arrivals,
        handling,
        events_per_command=reading.events_per_command,
        polling=_polling(reading),
        replicas=reading.replicas,
        retries=_retries(reading),
    )


def _polling(reading: Reading) -> Polling | None:
    among("polls", reading.polls, tuple(MODES))
    interval = positive("poll_seconds", reading.poll_seconds, zero=True)
    batch = None if reading.batch is None else whole("batch", reading.batch)
    if batch is not None and interval == 0:
        raise InvalidArgument(
            f"batch={batch} is how many events a poll takes, and with poll_seconds=0 nobody polls; give poll_seconds, "
            "or leave batch out"
        )
    if batch is not None and MODES[reading.polls] == "drain":
        raise InvalidArgument(f"polls={reading.polls!r} goes on until nothing is left, so leave batch={batch} out")
    return Polling(Fixed(interval), batch, mode=MODES[reading.polls]) if interval else None


def _retries(reading: Reading) -> Retries | None:
    backoff = positive("backoff_seconds", reading.backoff_seconds, zero=True)
    if reading.retries == 0:
        if backoff:
            raise InvalidArgument(
                f"backoff_seconds={backoff:g}, and nothing is tried again; give retries=0.01, a share"
            )
        return None
    return Retries(share("retries", reading.retries), backoff)


def _check_that_it_keeps_up(model: LagModel, per: str) -> None:
    busy = load(model)
    if busy < 1:
        return
    rate = model.arrivals.rate_per_second * seconds_per(per)
    remedies = ["a lower rate", "shorter handling"]
    if model.polling is not None and model.polling.batch_limit is not None:
        remedies.append("a larger batch")
    if model.retries is not None:
        remedies.append("fewer retries")
    most, come = apart(rate / busy, rate)
    commands = "command" if come == "1" else "commands"
    limit = f"{most} is all that it can take" if most == come else f"it can take {most} per {per}"
    held = "all" if per_cent(busy) == "100%" else f"{per_cent(busy)} of"
    raise InvalidArgument(
        f"{come} {commands} per {per} would keep a projector busy {held} the time, so it "
        f"never catches up; {limit}: give {', '.join(remedies[:-1])} or "
        f"{remedies[-1]}"
    )


def _check_cost(found: GivenSystem) -> None:
    check_events(found.model, found.events)
    runs, replicas = MOST_RUNS * found.runs, found.model.replicas
    simulated = runs * found.events * replicas
    if simulated > MOST_SIMULATED:
        fewer = f"give events={MOST_SIMULATED // (runs * replicas):,} or less" if found.times is None else "shorten it"
        raise InvalidArgument(
            f"{runs:,} runs of {found.events:,} events at {count(replicas, 'replica')} would simulate {simulated:.1e} "
            f"events; at most {MOST_SIMULATED:.0e} can be: {fewer}, or give fewer replicas"
        )
