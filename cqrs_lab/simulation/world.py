"""The world: the real command bus, store, projectors and query bus, on a simulated clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import simpy
from simpy.events import ProcessGenerator

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.projector import Projector
from cqrs_lab.read.queries import QueryBus
from cqrs_lab.simulation import guarantees
from cqrs_lab.simulation.arguments import among, whole
from cqrs_lab.simulation.arrivals import RecordedTimes
from cqrs_lab.simulation.bounds import check_cost
from cqrs_lab.simulation.draws import Draws, child
from cqrs_lab.simulation.durations import Duration, Seconds, duration
from cqrs_lab.simulation.model import LagModel
from cqrs_lab.simulation.polls import Ticks
from cqrs_lab.simulation.run import LagRun
from cqrs_lab.simulation.stage import AFTER_ALL_ELSE, Stage, at
from cqrs_lab.simulation.trace import Trace
from cqrs_lab.simulation.visitors import POLICIES, SLEEP_SECONDS, Mine, Policy, Visitor, Visitors
from cqrs_lab.words import count
from cqrs_lab.write.command_bus import CommandBus

MOST_VISITS = 100_000
MOST_STEPS = 10_000
"""A real projector catches up with each visit at each replica."""


@dataclass(frozen=True)
class Domain:
    """What the world's visitors do: your commands, and your projection that they look at.

    Attributes
    ----------
    register : callable
        ``register(bus)`` registers deciders with a command bus.
    command : callable
        ``command(number, person, key)`` returns a visitor's command, which must lead to exactly one event.
    projection : callable
        Makes the projection whose table is read, one for each replica.
    keys : tuple of str
        What visitors write and read; each picks one at random.
    before : tuple of commands
        Commands sent before the first visitor comes.
    """

    register: Callable[[CommandBus], None]
    command: Callable[[int, str, str], object]
    projection: Callable[[], Projection]
    keys: tuple[str, ...]
    before: tuple[object, ...] = ()


@dataclass(frozen=True)
class Look:
    """A visitor's query: the whole table, as the replica has it."""

    key: str


class WorldRun:
    """What happened in a world.

    Attributes
    ----------
    trace : DataFrame
        One row per operation: session, op ("w", "r"), key, invoke, ret (seconds), version, replica (-1 for writes and
        for what the primary answered), position, token (0: none). Positions count the visitors' events, from 1;
        version is the position of the key's newest write.
    lag : LagRun
        When each event was visible at each replica.
    tables : list of DataFrame
        What each replica shows at the end.
    visitors : Visitors
        Who came, for what, and when.
    """

    def __init__(self, trace: pd.DataFrame, lag: LagRun, tables: list[pd.DataFrame], visitors: Visitors) -> None:
        self.trace, self.lag, self.tables, self.visitors = trace, lag, tables, visitors

    def again(self, *, think: Duration, policy: Policy | Mine = "eventual") -> WorldRun:
        """Let the same visitors come again under another policy, or with more time to think.

        What is in the log and when it is visible at each replica depends on neither, so nothing is handled again: this
        takes milliseconds.

        Parameters
        ----------
        think, policy
            As in `simulate_world`.

        Examples
        --------
        >>> from cqrs_lab.shop import visits, write
        >>> from cqrs_lab.simulation import Domain, Exponential, Fixed, LagModel, Poisson, simulate_world
        >>> tea = Domain(write.register, visits.order_one, visits.UnitsOrdered, keys=("cup", "pot"))
        >>> model = LagModel(Poisson(2.0), Exponential(0.4), replicas=2)
        >>> world = simulate_world(model, tea, visits=20, think=Fixed(0.5))
        >>> def order_and_look(shop, order):
        ...     receipt = shop.send(order)
        ...     return shop.ask(at_least=receipt.position).value
        >>> world.again(policy=order_and_look, think=Fixed(0.5)).verdicts["read_your_writes"].holds
        True
        """
        duration("think", think)
        _check_policy(policy)
        return WorldRun(self.visitors.trace(policy, think), self.lag, self.tables, self.visitors)

    @cached_property
    def verdicts(self) -> dict[str, guarantees.Verdict]:
        """The guarantees, and what broke them."""
        return guarantees.check(self.trace)

    def summary(self) -> pd.Series:
        """Return how many reads there were, missed their own write or went back, and the mean waits in seconds."""
        reads, writes = (self.trace[self.trace["op"] == op] for op in "rw")
        return pd.Series(
            {
                "reads": len(reads),
                "missed_own_write": len(self.verdicts["read_your_writes"].broken_by),
                "went_back": len(self.verdicts["monotonic_reads"].broken_by),
                "read_seconds": (reads["ret"] - reads["invoke"]).mean(),
                "command_seconds": (writes["ret"] - writes["invoke"]).mean(),
            }
        )


def simulate_world(
    model: LagModel,
    domain: Domain,
    *,
    visits: int = 100,
    reads: int = 2,
    think: Duration,
    policy: Policy | Mine = "eventual",
    seed: int = 0,
) -> WorldRun:
    """Simulate visitors who come, write, think and read, through the real buses, in virtual time.

    A visitor sends one command, and then reads its key a few times, thinking before each read. Visitors who have left
    come back later under the same name.

    Parameters
    ----------
    model : LagModel
        With arrivals, handling, polling by ticks, and replicas; one command is one event. A visitor's command comes
        when the model says so, and each replica handles events as in `simulate_lag`: the lag is the same.
    domain : Domain
    visits, reads : int, optional
        How many visitors, and how often each of them reads.
    think : Duration
        How long a visitor thinks before a read.
    policy : {"eventual", "sleep", "token", "sticky replica", "waiting command", "primary"} or callable, optional
        eventual: any replica answers at once. sleep: the same, but a visit's first read waits a second. token: the
        reader takes no answer older than the newest position that they wrote or saw, and waits for it. sticky replica:
        the same one answers every time. waiting command: the receipt comes only when every replica shows the event.
        primary: the write side answers, from the log. A function of your own, ``order_and_look(shop, order)``, sends
        the order and returns what the page shows: see `visitors.VisitedShop`. It is called once for each visit.
    seed : int, optional
        Same seed, same run; the policies meet the same visitors.

    Returns
    -------
    WorldRun

    Raises
    ------
    InvalidArgument
        A model or a policy that the world does not know, a command that does not lead to exactly one event, or a
        function that does not send the order or returns no answer.
    """
    _check(model)
    _check_policy(policy)
    if not isinstance(domain, Domain) or not domain.keys:
        raise InvalidArgument(f"domain={shown(domain)}: give a Domain with at least one key")
    visits, reads = whole("visits", visits, most=MOST_VISITS), whole("reads", reads, most=MOST_VISITS)
    if visits * reads > MOST_VISITS:
        raise InvalidArgument(f"this would be {visits * reads:,} reads; at most {MOST_VISITS:,} can be: ask for fewer")
    if visits * model.replicas > MOST_STEPS:
        why = f"each of {model.replicas:,} real projectors would catch up with {visits:,} events, some 10 ms each time"
        raise InvalidArgument(f"{why}; at most {MOST_STEPS:,} times can be: ask for fewer visits or replicas")
    duration("think", think)
    seed = whole("seed", seed, least=0)
    check_cost(Draws(model, visits, seed))
    if callable(policy):
        return _World(model, domain, visits, reads, think, "eventual", seed).outcome().again(think=think, policy=policy)
    return _World(model, domain, visits, reads, think, policy, seed).outcome()


def _check_policy(policy: Any) -> None:
    if not callable(policy):
        among("policy", policy, POLICIES)


def _check(model: LagModel) -> None:
    if not isinstance(model, LagModel):
        why = "give a LagModel, such as LagModel(Poisson(0.5), Exponential(1.0))"
        raise InvalidArgument(f"model={shown(model)}: {why}")
    plain = LagModel(model.arrivals, model.handling, polling=model.polling, replicas=model.replicas)
    polling = model.polling
    if isinstance(model.arrivals, RecordedTimes):
        raise InvalidArgument("the world draws its visitors; give Poisson, Clockwork or Bursts, or use simulate_lag")
    if model != plain or (polling is not None and (polling.mode != "ticks" or polling.commit != "each")):
        raise InvalidArgument(
            "the world has arrivals, handling, polling by ticks that commits each, and replicas; "
            "leave the rest out, or use simulate_lag"
        )


class _World(Stage):
    """The state of one run: visitors, and the replicas that they look at."""

    def __init__(
        self, model: LagModel, domain: Domain, visits: int, reads: int, think: Duration, policy: Policy, seed: int
    ) -> None:
        super().__init__(domain.register)
        self.draws, self.domain, self.policy = Draws(model, visits, seed), domain, policy
        for command in domain.before:
            self.bus.send(command)
        self.behind = self.store.head()
        self.replicas = [_Replica(self, number) for number in range(model.replicas)]
        self.primary = _Copy(self, number=-1)
        self.seed, self.think = seed, think.draw(child(seed, "think"), visits * reads).reshape(visits, reads)
        self.any_replica = child(seed, "replica").integers(model.replicas, size=(visits, reads))
        self.keys = child(seed, "key").choice(list(domain.keys), size=visits)
        self.trace, self.away, self.names = Trace(), list[Visitor](), 0

    def outcome(self) -> WorldRun:
        following = [self.enters(replica.follow()) for replica in self.replicas]
        self.play(self._visitors(following))
        draws, visible = self.draws, np.array([replica.visible for replica in self.replicas])
        lag = LagRun(draws.model, draws.committed_at, draws.partition, visible)
        visitors = Visitors(lag.committed_at, visible, self.keys, self.any_replica, self.seed)
        return WorldRun(self.trace.frame(), lag, [replica.projector.table for replica in self.replicas], visitors)

    def _visitors(self, following: list[simpy.Process]) -> ProcessGenerator:
        visits = []
        for number, moment in enumerate(self.draws.committed_at):
            yield at(self, float(moment))
            person = self.away.pop(0) if self.away else self._somebody_new()
            visits.append(self.enters(self._visit(number, person)))
        yield self.all_of([*following, *visits])

    def _somebody_new(self) -> Visitor:
        self.names += 1
        return Visitor.number(self.names - 1, len(self.replicas))

    def _visit(self, number: int, person: Visitor) -> ProcessGenerator:
        key, begun = str(self.keys[number]), self.now
        receipt = self.bus.send(self.domain.command(number, person.name, key))
        if len(receipt.events) != 1:
            led_to = count(len(receipt.events), "event")
            raise InvalidArgument(f"a visitor's command led to {led_to}; it must lead to one")
        position = receipt.position - self.behind
        self.trace.committed(key, position)
        for replica in self.replicas:
            replica.receive()
        if self.policy == "waiting command":
            for replica in self.replicas:
                yield from replica.reaches(position)
        self.trace.wrote(person.name, key, begun, self.now, position)
        person.token = max(person.token, position)
        for look, (pause, at_random) in enumerate(zip(self.think[number], self.any_replica[number], strict=True)):
            yield self.timeout(float(pause))
            replica = self.replicas[person.home if self.policy == "sticky replica" else int(at_random)]
            yield from self._read(person, key, self.primary if self.policy == "primary" else replica, first=not look)
        self.away.append(person)

    def _read(self, person: Visitor, key: str, copy: _Copy, first: bool) -> ProcessGenerator:
        begun, query = self.now, Look(key)
        if self.policy == "sleep" and first:
            yield self.timeout(SLEEP_SECONDS)
        if self.policy == "primary":
            copy.projector.catch_up()
        token = person.token if self.policy == "token" else 0
        at_least = token + self.behind if token else 0
        answer = copy.queries.ask(query, at_least=at_least)
        while answer.freshness == "pending":
            yield from self.replicas[copy.number].reaches(token)
            answer = copy.queries.ask(query, at_least=at_least)
        position = answer.position - self.behind
        person.token = max(person.token, position)
        self.trace.read(person.name, key, begun, self.now, copy.number, position, token)


class _Copy:
    """A real projector with its own table, and a query bus that reads it; the primary's catches up when it is asked."""

    def __init__(self, world: _World, number: int) -> None:
        self.world, self.number = world, number
        self.projector = Projector(world.store, world.domain.projection())
        self.projector.catch_up()
        self.queries = QueryBus()
        self.queries.register(Look, _whole_table, reads=self.projector)


class _Replica(_Copy):
    """A copy that the world tells when to handle the next event."""

    def __init__(self, world: _World, number: int) -> None:
        super().__init__(world, number)
        self.handling: Seconds = world.draws.work(number).handling
        self.visible = np.full(world.draws.events, np.inf)
        self.arrived, self.shown = 0, 0
        self.news, self.advanced = self.world.event(), self.world.event()

    def receive(self) -> None:
        """Record that the log has one more event."""
        self.arrived += 1
        self.news.succeed()
        self.news = self.world.event()

    def reaches(self, position: int) -> ProcessGenerator:
        """Wait until the table shows this position."""
        while self.shown < position:
            yield self.advanced

    def follow(self) -> ProcessGenerator:
        """Handle the events, one after the other, when told or at the ticks of a poll."""
        polling = self.world.draws.model.polling
        ticks = None if polling is None else Ticks(self.world.draws.intervals(0, self.number))
        while self.shown < self.world.draws.events:
            while self.arrived == self.shown:
                yield self.news
            if polling is None or ticks is None:
                taken = 1
            else:
                yield at(self.world, ticks.take(ticks.at_or_after(self.world.now)), AFTER_ALL_ELSE)
                taken = min(self.arrived - self.shown, polling.batch_limit or self.world.draws.events)
            for _ in range(taken):
                yield from self._handle()

    def _handle(self) -> ProcessGenerator:
        yield self.world.timeout(float(self.handling[self.shown]))
        self.projector.catch_up(limit=1)
        self.visible[self.shown] = self.world.now
        self.shown += 1
        self.advanced.succeed()
        self.advanced = self.world.event()


def _whole_table(query: Look, table: pd.DataFrame) -> pd.DataFrame:
    return table
