"""Runs a process manager while things go wrong: it dies, sleeps, and hears the same answer twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

import pandas as pd
import simpy
from simpy.events import ProcessGenerator

from cqrs_lab.errors import CommandRejected, InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.simulation.faults.broken_law import BrokenLaw
from cqrs_lab.simulation.faults.faulty_stage import FaultyStage
from cqrs_lab.simulation.faults.given import built_by, check_story
from cqrs_lab.simulation.faults.outcome import Outcome
from cqrs_lab.simulation.faults.plan import Crash, Delay, Fault, FaultPlan, LostReceipt
from cqrs_lab.simulation.faults.sites import Sites
from cqrs_lab.simulation.faults.written import written
from cqrs_lab.simulation.stage import at
from cqrs_lab.write.command_bus import CommandBus, Receipt
from cqrs_lab.write.process_manager import Process, ProcessManager

PATROL_SECONDS = 600
MOST_EVENTS, MOST_EVENTS_PER_COMMAND = 1_000, 100
MANAGER = ("position", "waiting", "state", "catch_up", "due")
BALANCED = "the books balance in the end"
ENDED = "nothing waits forever"
KNOWN = "law 6: after a crash, what it knows is the fold of the log"
ONCE = "law 3: what one cause calls for is recorded once"


class Participants(Protocol):
    """Everybody around the process: what they ask for, what they answer, and whether it all adds up in the end."""

    @property
    def commands(self) -> Sequence[Any]:
        """Commands, each with the time `at` which it is sent."""

    @property
    def start(self) -> datetime:
        """When the clock begins to run."""

    @property
    def end(self) -> datetime:
        """When everything must have come to an end."""

    def answers(self, event: object, now: datetime) -> Sequence[Any]:
        """Return the answers to an event that is recorded now: commands with their own times."""

    def audit(self, log: Iterable[object]) -> Sequence[str]:
        """Return what does not add up."""


@dataclass(frozen=True)
class ProcessStory:
    """A process, and everybody around it.

    Attributes
    ----------
    register : callable
        ``register(bus)`` registers deciders with a command bus.
    process : Process
    parties : Participants
    """

    kinds: ClassVar[tuple[type[Fault], ...]] = (Crash, Delay, LostReceipt)
    longest_seconds: ClassVar[int] = 3 * 3600

    register: Callable[[CommandBus], None]
    process: Process[Any, Any, Any]
    parties: Participants

    @property
    def commands(self) -> Sequence[Any]:
        """What is sent from outside without being asked."""
        return self.parties.commands


class ProcessRun(Outcome):
    """The outcome of a run.

    Attributes
    ----------
    plan : FaultPlan
    events : tuple of RecordedEvent
        The log; `recorded_at` counts seconds from the start.
    broken : tuple of BrokenLaw
        The laws that did not hold, each with what came instead.
    visits : mapping of str to int
        The sites at which the process manager could have died, and how often it passed each.
    """

    def __init__(
        self, stage: FaultyStage, events: tuple[RecordedEvent, ...], start: datetime, broken: Iterable[BrokenLaw]
    ) -> None:
        super().__init__(stage, broken, {})
        self.events, self._start = events, start

    @property
    def log(self) -> pd.DataFrame:
        """The log as a table: one row per position, with at (datetime64[us]), stream, event, command_id, what (str)."""
        rows = [
            (
                self._start + timedelta(seconds=one.recorded_at),
                one.stream,
                type(one.event).__name__,
                one.command_id or "",
                str(one.event),
            )
            for one in self.events
        ]
        types = {"at": "datetime64[us]", "stream": "str", "event": "str", "command_id": "str", "what": "str"}
        index = pd.Index([one.position for one in self.events], name="position", dtype="int64")
        return pd.DataFrame(rows, columns=list(types), index=index).astype(types)

    @property
    def head(self) -> int:
        """How long the log was at the end."""
        return len(self.events)

    def record(self) -> str:
        """Return the whole log as text."""
        return "\n".join(map(written, self.events))


MakeManager = Callable[..., ProcessManager]


def simulate_process(
    story: ProcessStory,
    plan: FaultPlan | Fault | Iterable[Any] = (),
    manager: MakeManager = ProcessManager,
    *,
    store: Callable[..., Any] = MemoryEventStore,
) -> ProcessRun:
    """Simulate a process and everybody around it, while faults strike the process manager.

    It hears of an event a second after it was recorded, and checks every ten minutes whether something is overdue. A
    crash leaves nothing but the position it saved.

    Parameters
    ----------
    story : ProcessStory
    plan : FaultPlan, fault or faults, optional
        Crash: the manager dies. Delay: it sleeps before the event at that position. LostReceipt: the sender of
        the n-th command from outside sends it again.
    manager : callable, optional
        Makes the process manager: takes what `ProcessManager` takes.
    store : callable, optional
        ``store(clock=…)`` makes the event store, which announces its growth.

    Returns
    -------
    ProcessRun
        The same for the same arguments, event by event.

    Raises
    ------
    InvalidArgument
        The log grows far beyond what was asked for from outside: 1,000 events and 100 more for each request.

    Examples
    --------
    >>> from cqrs_lab.shop import fulfilment, parties, write
    >>> from cqrs_lab.simulation.faults import Crash, ProcessStory, simulate_process
    >>> story = ProcessStory(write.register, fulfilment.process, parties.draw_parties(seed=1))
    >>> simulate_process(story, [Crash("after send", visit=2)])
    Every law held. What went wrong: a crash after send (visit 2).
    """
    check_story(story, ProcessStory, "simulate_process")
    return _Run(story, FaultPlan.of(plan, story.kinds, "a process manager"), manager, store).outcome()


class _SitedBus:
    """The command bus as the process manager sees it: it can die before and after each command."""

    def __init__(self, send: Callable[[object, str | None], Receipt], sites: Sites) -> None:
        self._send, self._sites = send, sites

    def send(self, command: object, command_id: str | None = None) -> Receipt:
        receipt: Receipt = self._sites.around("send", self._send, command, command_id)
        return receipt


class _Run(FaultyStage):
    """The state of one run: a manager, of which a crash leaves the position it saved, and participants who answer."""

    def __init__(self, story: ProcessStory, plan: FaultPlan, manager: MakeManager, store: Callable[..., Any]) -> None:
        super().__init__(story.register, plan, store)
        self.rules, self.participants, self.make = story.process, story.parties, manager
        self.most = MOST_EVENTS + MOST_EVENTS_PER_COMMAND * len(story.parties.commands)
        self.saved, self.sent, self.heard, self.commits = 0, 0, 0, Counter[str]()
        self.news = self.event()
        self._restart()
        self.store.subscribe(self._grown)

    @property
    def date(self) -> datetime:
        return self.participants.start + timedelta(seconds=self.now)

    def _seconds(self, date: datetime) -> float:
        return (date - self.participants.start).total_seconds()

    def outcome(self) -> ProcessRun:
        for command in self.participants.commands:
            self.enters(self._say(command))
        self.enters(self._manage())
        slept = sum(fault.seconds for fault in self.plan if isinstance(fault, Delay))
        self.run(until=self._seconds(self.participants.end) + slept)
        # Twice: a manager that starts again first catches up, and only then gives up.
        for _ in range(2 + len(self.plan)):
            self._look_for_what_is_overdue()
        log = tuple(self.store.read_all())
        return ProcessRun(self, log, self.participants.start, self._broken(log))

    def _say(self, command: Any) -> ProcessGenerator:
        yield at(self, self._seconds(command.at))
        self.sent += 1
        number = self.sent
        unheard = self.taken(LostReceipt, number)
        for attempt in range(2 if unheard else 1):
            try:
                self._send(command, f"outside-{number}")
            except CommandRejected:
                return  # the sender sees the refusal, and does nothing more
            if attempt:
                self.sites.struck.update(unheard)
            yield self.timeout(1)

    def _send(self, command: object, command_id: str | None) -> Receipt:
        if self.heard > self.most:  # here, because every command passes here, no matter who sends without end
            raise InvalidArgument(
                f"the log has grown beyond {self.most:,} events. If the process answers its own events or deadlines "
                "over and over, let react and overdue return [] once a step is done; a story that really is that long "
                "can be cut into shorter ones"
            )
        return self.bus.send(command, command_id)

    def _grown(self) -> None:
        new = list(self.store.read_all(after=self.heard))
        self.heard = self.store.head()
        self.commits.update({one.command_id for one in new if one.command_id})  # the store announces each commit
        for recorded in new:
            for answer in self.participants.answers(recorded.event, self.date):
                self.enters(self._say(answer))
        if not self.news.triggered:
            self.news.succeed()

    def _restart(self) -> None:
        made_of = (self.store, _SitedBus(self._send, self.sites), self.rules, self.saved, self._save)
        made: ProcessManager = built_by(self.make, MANAGER, "a ProcessManager, or a class of yours like it", *made_of)
        self.manager = made

    def _save(self, position: int) -> None:
        self.sites.around("save", setattr, self, "saved", position)

    def _manage(self) -> ProcessGenerator:
        patrol: float = PATROL_SECONDS
        while True:
            patrol = yield from self._heard_of_something(patrol)
            self.news = self.event()
            while (position := self.manager.position + 1) <= self.store.head():
                yield self.timeout(sum(fault.seconds for fault in self.strikes(Delay, position)))
                self.lived(lambda: self.manager.catch_up(limit=1), self._restart)
            if self.now >= patrol:
                self._look_for_what_is_overdue()
                patrol += PATROL_SECONDS * (1 + int(self.now - patrol) // PATROL_SECONDS)

    def _heard_of_something(self, patrol: float) -> Generator[simpy.Event, Any, float]:
        """Wait for news or the next patrol, and a second more; return the time of that patrol.

        Most patrols of a day would find a manager that knows the log and waits for nothing. They are left out.
        """
        if self.manager.waiting or self.manager.position < self.store.head():
            yield self.news | at(self, patrol)
            yield self.timeout(1)
            return patrol
        yield self.news
        last = patrol + (self.now - patrol) // PATROL_SECONDS * PATROL_SECONDS
        if patrol <= last <= self.now < last + 1:  # the news came while it would have been on its way
            yield at(self, last + 1)
            return last
        yield self.timeout(1)
        return patrol

    def _look_for_what_is_overdue(self) -> None:
        while self.lived(lambda: self.manager.due(self.date), self._restart):
            continue

    def _broken(self, log: Sequence[RecordedEvent]) -> Iterable[BrokenLaw]:
        yield from (BrokenLaw(BALANCED, f"{wrong}.") for wrong in self.participants.audit(one.event for one in log))
        if self.manager.waiting:
            yield BrokenLaw(ENDED, f"It still waits for {', '.join(map(str, self.manager.waiting))}.")
        fold = ProcessManager(self.store, self.bus, self.rules, self.manager.position)
        instances = dict.fromkeys(self.rules.instance(one.event) for one in log)
        for instance in (one for one in instances if one is not None):
            if (known := self.manager.state(instance)) != (expected := fold.state(instance)):
                yield BrokenLaw.of(KNOWN, f"asked for {instance}", written(expected), written(known))
        for command_id, times in sorted(self.commits.items()):
            if times > 1:
                yield BrokenLaw.of(ONCE, f"looked for {command_id}", "one commit", str(times))
