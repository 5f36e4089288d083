"""A process played among those around it, by a clock that does not wait: what led to what, and where it may die."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pandas as pd

from cqrs_lab.errors import CommandRejected, InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.words import count
from cqrs_lab.write.command_bus import CommandBus, Receipt
from cqrs_lab.write.process_manager import OVERDUE, Process, ProcessManager
from cqrs_lab.write.refusal import Refusal

MOST_EVENTS = 1_000
"""No course needs this many events: a process that would go on forever is stopped here."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everybody around a process, and how what happens is told.

    Attributes
    ----------
    register : callable
        ``register(bus)`` registers deciders with a command bus.
    commands : sequence of commands
        What is asked for from outside, each with the time `at` which it is sent.
    answers : callable
        ``answers(event, now)`` returns what others answer to an event that is recorded now: commands with times.
    start : datetime
    undoing : tuple of type, optional
        The events that record an undone step.
    no_return : tuple of type, optional
        The events after which nothing can be undone.
    held : mapping of str to callable, optional
        What the process holds, by name: ``held["rooms"](event)`` returns how much more, or less, an event makes it.
    unseen : int, optional
        So many events at the beginning are no step of the process.
    """

    register: Callable[[CommandBus], None]
    commands: Sequence[Any]
    answers: Callable[[Any, datetime], Sequence[Any]]
    start: datetime
    undoing: tuple[type, ...] = ()
    no_return: tuple[type, ...] = ()
    held: Mapping[str, Callable[[Any], int]] = field(default_factory=dict)
    unseen: int = 0


class Course(NamedTuple):
    """What happened.

    Attributes
    ----------
    log : DataFrame
        One row per event, by position; columns at, stream, event, command (what led to it), cause (the position of the
        event that the process answered; 0 if it was not the process), time_is_up (a missed deadline made the process
        send it), undoes, sent (how often the process sent the command), crash (the manager died when this was the last
        event), no_return (nothing can be undone any more), and one for each thing held, after the event.
    notes : tuple of str
        What left no event: commands that were refused (each a `Refusal`), those from outside that changed nothing,
        deadlines that passed and changed nothing, and the crash.
    """

    log: pd.DataFrame
    notes: tuple[str, ...]


def play(process: Process[Any, Any, Any], around: Surroundings, crash_after: int = 0) -> Course:
    """Play a process once, from the first command to the moment when nobody has anything to say.

    Parameters
    ----------
    process : Process
        It begins as it is given; so what an object of your own remembers beside its state is lost in a crash.
    around : Surroundings
    crash_after : int, optional
        The process manager dies once this many of its commands are recorded, and a new one goes on; 0: it does not.

    Examples
    --------
    >>> from cqrs_lab.shop import fulfilment, one_order
    >>> from cqrs_lab.shop.played import play
    >>> log, notes = play(fulfilment.process, one_order.surroundings("the bank declines"))
    >>> log["event"].tolist()[-4:]
    ['PaymentDeclined', 'OrderCancelled', 'StockReleased', 'StockReleased']
    """
    day = _Day(process, around, crash_after)
    day.pass_by()
    sent = day.bus.sent.total()
    if sent < crash_after:
        day.notes.append(f"The process sent {count(sent, 'command')}, so it did not die after number {crash_after}.")
    return Course(_frame(day), tuple(day.notes))


class _Died(Exception):
    """The process manager dies here."""


class _Bus(CommandBus):
    """Records what led to what; lets the process manager die once, after a given number of its commands."""

    def __init__(self, store: MemoryEventStore, crash_after: int) -> None:
        super().__init__(store)
        self._head, self._crash_after = store.head, crash_after
        self.led_to: dict[int, str] = {}
        self.sent = Counter[str]()
        self.refused: dict[str, tuple[str, str]] = {}
        self.crashed_at = 0

    def send(self, command: object, command_id: str | None = None, **why: Any) -> Receipt:
        before, name = self._head(), type(command).__name__
        if before >= MOST_EVENTS:
            raise InvalidArgument(
                f"the process answers its own events, or its own deadlines, {MOST_EVENTS:,} times over; "
                "let react and overdue return [] once a step is done"
            )
        try:
            receipt = super().send(command, command_id, **why)
        except CommandRejected as refused:
            if command_id is not None:
                self.refused.setdefault(command_id, (name, refused.reason))
            raise
        self.led_to |= dict.fromkeys(range(before + 1, self._head() + 1), name)
        if command_id is not None:
            self.sent[command_id] += 1
            if self.sent.total() == self._crash_after:
                self.crashed_at = self._head()
                raise _Died(f"command {self._crash_after}, {name},")
        return receipt


class _Day:
    """The store, the process and a clock; those around it answer what is recorded."""

    def __init__(self, process: Process[Any, Any, Any], around: Surroundings, crash_after: int) -> None:
        self.process, self.around = process, around
        self.now, self.heard, self.saved, self.told = around.start, 0, 0, 0
        self.store = MemoryEventStore(clock=lambda: (self.now - around.start).total_seconds())
        self.bus = _Bus(self.store, crash_after)
        around.register(self.bus)
        self.agenda = list(around.commands)
        self.notes: list[str] = []
        self.missed = set[tuple[str, datetime]]()
        self.manager = self._life()

    def pass_by(self) -> None:
        """Go from moment to moment until nobody has anything to say and the process waits for nothing."""
        while self.agenda or self._awaited():
            deadline = min(self._awaited().values(), default=datetime.max)
            said = min(self.agenda, key=lambda command: command.at, default=None)  # of two at once, the first asked for
            if said is not None and said.at <= deadline:
                self.now = said.at
                self.agenda.remove(said)
                self._say(said)
                self._settle()
            else:
                self.now = max(self.now, deadline)
                self._settle()
                self._note_who_waits_on()

    def _awaited(self) -> dict[str, datetime]:
        waiting = self.manager.waiting.items()
        return {instance: deadline for instance, deadline in waiting if (instance, deadline) not in self.missed}

    def _note_who_waits_on(self) -> None:
        """Ignore a deadline from now on once it has passed and changed nothing: it would stay overdue forever."""
        for instance, deadline in self._awaited().items():
            if deadline <= self.now:
                self.missed.add((instance, deadline))
                self.notes.append(f"{self.now:%H:%M}: time was up for {instance}, and the process keeps waiting.")

    def _life(self) -> ProcessManager:
        return ProcessManager(self.store, self.bus, deepcopy(self.process), self.saved, self._save)

    def _save(self, position: int) -> None:
        self.saved = position

    def _say(self, command: object) -> None:
        name = type(command).__name__
        try:
            if not self.bus.send(command).events:
                self.notes.append(f"{self.now:%H:%M}: {name} changed nothing: that was already the case.")
        except CommandRejected as refused:
            self.notes.append(Refusal(self.now, name, refused.reason))

    def _settle(self) -> None:
        try:
            self.manager.due(self.now)
        except _Died as died:
            self.notes.append(f"The process manager died after {died} before it saved its position; a new one went on.")
            self.manager = self._life()
            self.manager.due(self.now)
        new = list(self.bus.refused.values())[self.told :]
        self.notes += [Refusal(self.now, *refused) for refused in new]
        self.told += len(new)
        for recorded in self.store.read_all(after=self.heard):
            self.heard = recorded.position
            self.agenda += self.around.answers(recorded.event, self.now)


COLUMNS = ("at", "stream", "event", "command", "cause", "time_is_up", "undoes", "sent", "crash", "no_return")


def _frame(day: _Day) -> pd.DataFrame:
    log, held = list(day.store.read_all()), Counter[str]()
    positions = {recorded.event_id: recorded.position for recorded in log}
    rows = []
    for recorded in log:
        held.update({name: change(recorded.event) for name, change in day.around.held.items()})
        rows.append((*_row(recorded, day, positions), *(held[name] for name in day.around.held)))
    columns = ["position", *COLUMNS, *day.around.held]
    return pd.DataFrame(rows, columns=columns).set_index("position").iloc[day.around.unseen :]


def _row(recorded: RecordedEvent, day: _Day, positions: Mapping[str, int]) -> tuple[Any, ...]:
    return (
        recorded.position,
        day.around.start + timedelta(seconds=recorded.recorded_at),
        recorded.stream,
        type(recorded.event).__name__,
        day.bus.led_to[recorded.position],
        positions.get(recorded.caused_by or "", 0),
        recorded.metadata.get("why") == OVERDUE,
        isinstance(recorded.event, day.around.undoing),
        day.bus.sent[recorded.command_id or ""],
        recorded.position == day.bus.crashed_at,
        isinstance(recorded.event, day.around.no_return),
    )
