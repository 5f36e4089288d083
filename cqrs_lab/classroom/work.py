"""What a worker does in one step, by its role, and what a pulled plug does to it at the worst moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from cqrs_lab.classroom.hour_file import HourFile, TakenSeat
from cqrs_lab.classroom.rows import KEYS, LookRow
from cqrs_lab.classroom.seat_tables import SeatTables
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.projector import Projector
from cqrs_lab.shop import write
from cqrs_lab.shop.visits import UnitsOrdered, order_one
from cqrs_lab.write.command_bus import CommandBus


class WorkerKilled(BaseException):
    """The teacher has killed this worker: what it held in memory is lost, as in a crash, and nothing catches it."""


class RoleWork(Protocol):
    """A role's work."""

    def step(self, plug: str, copy: str | None) -> None:
        """Do one step; `plug` is what happens to it, and `copy` whose table is looked at."""


def order(seat: str, number: int, key: str) -> write.PlaceOrder:
    """Return the command that a seat's number stands for: the same one, however often it is sent."""
    return replace(order_one(number, seat, key), order_id=f"{seat}-{number}")


class Looks:
    """A reader's work: look at a product, in one copy after the other, or always in the same one."""

    def __init__(self, hour: HourFile, seat: TakenSeat, clock: Callable[[], float]) -> None:
        self._hour, self._seat, self._clock = hour, seat, clock
        self._turn = seat.number + hour.looks_of(seat)

    def step(self, plug: str, copy: str | None) -> None:
        """Look once. A worker that is killed forgets what it saw."""
        self._turn += 1
        copies = self._hour.copies()
        key, of = KEYS[self._turn // max(1, len(copies)) % len(KEYS)], copy
        if of is None:
            of = copies[self._turn % len(copies)] if copies else ""
        asked = self._clock()
        position, units = self._hour.table(of)
        look = LookRow(self._seat.name, of, key, units.get(key, 0), position, asked, max(asked, self._clock()))
        if plug == "kill":
            raise WorkerKilled(f"the answer, as of event {position}, was there and nobody saw it")
        self._hour.looked(self._seat, look)


class OrdersAndLooks:
    """A writer's work: order a product, then look whether the order is in the table."""

    def __init__(self, hour: HourFile, seat: TakenSeat, clock: Callable[[], float], store: EventStore) -> None:
        self._hour, self._seat, self._clock = hour, seat, clock
        self._bus = CommandBus(store)
        write.register(self._bus)
        self._looks = Looks(hour, seat, clock)

    def step(self, plug: str, copy: str | None) -> None:
        """Send the next command, or those that were not acknowledged, under the ids they had; then look."""
        waiting = self._hour.unanswered(self._seat) or [self._hour.ask(self._seat, KEYS, self._clock())]
        for number, key in waiting:
            command, command_id = order(self._seat.name, number, key), f"{self._seat.name}-{number}"
            receipt = self._bus.send(command, command_id)
            if plug == "twice":
                receipt = self._bus.send(command, command_id)
            if plug == "kill":
                raise WorkerKilled(f"event {receipt.position} was recorded, and its receipt was lost")
            self._hour.answer(self._seat, number, receipt.position, self._clock())
        self._looks.step("", copy)


class CatchesUp:
    """A projector's work: read the log from its checkpoint on, and keep the table with the next one."""

    def __init__(self, hour: HourFile, seat: TakenSeat, clock: Callable[[], float], store: EventStore) -> None:
        self._store, self._plug = store, ""
        tables = SeatTables(hour, seat, clock, self._before_saving)
        self._projector = Projector(store, UnitsOrdered(), tables=tables)

    def step(self, plug: str, copy: str | None) -> None:
        """Catch up with the log; a plug "twice" delivers the last events a second time."""
        self._plug, before = plug, self._projector.position
        self._projector.catch_up()
        if plug == "kill":  # there was nothing to save
            raise WorkerKilled("it had nothing to do, and lost nothing")
        if plug == "twice" and (again := list(self._store.read_all(after=before))):
            self._projector.apply(EventBatch(again))

    def _before_saving(self) -> None:
        if self._plug == "kill":
            raise WorkerKilled("the next table was worked out, and it was not kept")
