"""One order on its way through the shop, and what can go wrong with it: a run of the real process in virtual time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pandas as pd

from cqrs_lab.errors import CommandRejected, InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.shop import events, fulfilment, write
from cqrs_lab.shop.parties import Answers, Parties
from cqrs_lab.write.command_bus import CommandBus, Receipt
from cqrs_lab.write.process_manager import OVERDUE, Process, ProcessManager
from cqrs_lab.write.refusal import Refusal

NOON = datetime(2026, 1, 5, 12)
# What the bank and the carrier say, and after how many minutes.
_YES: Answers = {"yes": (5,)}
_FETCHES: Answers = {"yes": (20,)}
_ANSWERS: dict[str, tuple[Answers, Answers]] = {
    "nothing fails": (_YES, _FETCHES),
    "not enough stock": (_YES, _FETCHES),
    "the bank declines": ({"no": (5,)}, _FETCHES),
    "the bank never answers": ({}, _FETCHES),
    "the bank answers after the time-out": ({"yes": (40,)}, _FETCHES),
    "the carrier refuses": (_YES, {"no": (20,)}),
    "the carrier never answers": (_YES, {}),
}
FAILURES = tuple(_ANSWERS)
"""What can go wrong."""
LANES = {"order-": "customer, order", "stock-": "store-room", "payment-": "bank", "parcel-": "carrier"}
"""Who takes part, by the prefix of their streams."""
UNDOING = (
    events.OrderCancelled,
    events.StockReleased,
    events.PaymentWithdrawn,
    events.PaymentRefunded,
    events.ParcelCancelled,
)
"""The events that record an undone step."""
MOST_EVENTS = 1_000
"""No order needs this many events: a process that would go on forever is stopped here."""
CUPS = events.OrderLine(1, "cup", "Tea cup", 2, 2550)
POTS = events.OrderLine(2, "pot", "Tea pot", 2, 9900)


class Course(NamedTuple):
    """What happened to the order.

    Attributes
    ----------
    log : DataFrame
        One row per event from `OrderPlaced` on, by position; columns at, stream, event, command (what led to it), cause
        (the position of the event that the process answered; 0 if it was not the process), time_is_up (a missed
        deadline made the process send it), undoes, sent (how often the process sent the command), crash (the manager
        died when this was the last event), units_aside and money_mills (taken, less refunded), both after the event.
    notes : tuple of str
        What left no event: commands from outside that were refused (each a `Refusal`) or changed nothing, deadlines
        that passed and changed nothing, and the crash.
    """

    log: pd.DataFrame
    notes: tuple[str, ...]


def see_through(
    failure: str = "nothing fails",
    cancels_after: int = 0,
    crash_after: int = 0,
    process: Process[Any, Any, Any] = fulfilment.process,
) -> Course:
    """Simulate one order: Ada orders two cups and two pots at noon.

    If they answer at all, the bank answers after 5 minutes and the carrier after 20, even when nobody waits any more.

    Parameters
    ----------
    failure : str, optional
        One of `FAILURES`.
    cancels_after : int, optional
        Ada cancels her order after this many minutes; 0: she does not.
    crash_after : int, optional
        The process manager dies once this many of its commands are recorded, and a new one goes on; 0: it does not.
    process : Process, optional
        The process to run instead of the shop's own.

    Examples
    --------
    >>> from cqrs_lab.shop import one_order
    >>> log, notes = one_order.see_through("the bank declines")
    >>> log["event"].tolist()[-4:]
    ['PaymentDeclined', 'OrderCancelled', 'StockReleased', 'StockReleased']
    >>> log[["units_aside", "money_mills"]].iloc[-1].tolist()
    [0, 0]
    """
    if failure not in FAILURES:
        raise InvalidArgument(f"no failure {failure!r}; give one of {', '.join(FAILURES)}")
    if cancels_after < 0 or crash_after < 0:
        raise InvalidArgument("cancels_after and crash_after count from 1; 0 stands for never")
    day = _Day(_parties(failure, cancels_after), crash_after, process)
    day.pass_by()
    sent = day.bus.sent.total()
    if sent < crash_after:
        day.notes.append(f"The process sent {sent} commands, so it did not die after number {crash_after}.")
    return Course(_frame(day), tuple(day.notes))


def _parties(failure: str, cancels_after: int) -> Parties:
    stock = (
        write.ReceiveStock("cup", 12, NOON),
        write.ReceiveStock("pot", 1 if failure == "not enough stock" else 4, NOON),
    )
    order = write.PlaceOrder("7", "ada", "Ireland", (CUPS, POTS), (), NOON)
    cancels = (write.CancelOrder("7", NOON + timedelta(minutes=cancels_after)),) if cancels_after else ()
    bank, carrier = _ANSWERS[failure]
    return Parties((*stock, order, *cancels), {"7": bank}, {"7": carrier}, NOON)


class _Died(Exception):
    """The process manager dies here."""


class _Bus(CommandBus):
    """Records what led to what; lets the process manager die once, after a given number of its commands."""

    def __init__(self, store: EventStore, crash_after: int) -> None:
        super().__init__(store)
        self._head, self._crash_after = store.head, crash_after
        self.led_to: dict[int, str] = {}
        self.sent = Counter[str]()
        self.crashed_at = 0

    def send(self, command: object, command_id: str | None = None, **why: Any) -> Receipt:
        before = self._head()
        if before >= MOST_EVENTS:
            raise InvalidArgument(
                f"the process answers its own events, or its own deadlines, {MOST_EVENTS:,} times over; "
                "let react and overdue return [] once a step is done"
            )
        receipt = super().send(command, command_id, **why)
        self.led_to |= dict.fromkeys(range(before + 1, self._head() + 1), type(command).__name__)
        if command_id is not None:
            self.sent[command_id] += 1
            if self.sent.total() == self._crash_after:
                self.crashed_at = self._head()
                raise _Died(f"command {self._crash_after}, {type(command).__name__},")
        return receipt


class _Day:
    """The store, the process and a clock; the bank and the carrier answer what is recorded."""

    def __init__(self, parties: Parties, crash_after: int, process: Process[Any, Any, Any]) -> None:
        self.parties, self.process = parties, process
        self.now, self.heard, self.saved = parties.start, 0, 0
        self.store = MemoryEventStore(clock=lambda: (self.now - NOON).total_seconds())
        self.bus = _Bus(self.store, crash_after)
        write.register(self.bus)
        self.agenda = list(parties.commands)
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
        return ProcessManager(self.store, self.bus, self.process, self.saved, self._save)

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
        for recorded in self.store.read_all(after=self.heard):
            self.heard = recorded.position
            self.agenda += self.parties.answers(recorded.event, self.now)


def _frame(day: _Day) -> pd.DataFrame:
    rows, aside, money = [], 0, 0
    positions = {recorded.event_id: recorded.position for recorded in day.store.read_all()}
    for recorded in day.store.read_all():
        event = recorded.event
        aside += _change(event, events.StockReserved, events.StockReleased, "quantity")
        money += _change(event, events.PaymentTaken, events.PaymentRefunded, "amount_mills")
        if recorded.position >= 3:  # what came in before is there, and no step of the order
            rows.append((*_row(recorded, day.bus, positions), aside, money))
    columns = ["position", "at", "stream", "event", "command", "cause", "time_is_up", "undoes", "sent", "crash"]
    return pd.DataFrame(rows, columns=[*columns, "units_aside", "money_mills"]).set_index("position")


def _change(event: Any, adds: type, takes: type, field: str) -> int:
    sign = isinstance(event, adds) - isinstance(event, takes)
    return sign * int(getattr(event, field)) if sign else 0


def _row(recorded: RecordedEvent, bus: _Bus, positions: Mapping[str, int]) -> tuple[Any, ...]:
    return (
        recorded.position,
        NOON + timedelta(seconds=recorded.recorded_at),
        recorded.stream,
        type(recorded.event).__name__,
        bus.led_to[recorded.position],
        positions.get(recorded.caused_by or "", 0),
        recorded.metadata.get("why") == OVERDUE,
        isinstance(recorded.event, UNDOING),
        bus.sent[recorded.command_id or ""],
        recorded.position == bus.crashed_at,
    )
