"""A seat in the room: what a learner's kernel does, as a writer, a projector or a reader of the room's log."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cqrs_lab.arguments import refuse, seconds, text, whole_number
from cqrs_lab.classroom.hour_file import HourFile
from cqrs_lab.classroom.rows import ROLES
from cqrs_lab.classroom.work import CatchesUp, Looks, OrdersAndLooks, RoleWork, WorkerKilled
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.stores.opening import open_event_store
from cqrs_lab.shop.events import EVENTS

HOUR, LOG = "hour.db", "log.db"
WANTED = "a name; give one of up to 24 letters, digits, spaces, dots and hyphens, such as 'Ada'"


def open_log(folder: Path, clock: Callable[[], float]) -> EventStore:
    """Return the log of an hour."""
    return open_event_store(f"sqlite:///{folder / LOG}", EVENTS, clock=clock)


class Seat:
    """A participant of the hour; `lab.join` returns one.

    A seat that is taken again, by the same name, goes on where the last worker ended: from its checkpoint, and with the
    commands that nobody acknowledged. The worker that had it before can write no more.

    Attributes
    ----------
    name : str
    role : {"writer", "projector", "reader"}
    """

    def __init__(self, folder: Path, name: str, role: Any = None, clock: Callable[[], float] = time.time) -> None:
        if not re.fullmatch(r"[\w .-]{1,24}", name := text("name", name, WANTED).strip()):
            raise refuse("name", name, WANTED)
        if role is not None and role not in ROLES:
            raise refuse("role", role, f"a role; give one of {', '.join(ROLES)}, or none, and roles go by turn")
        self.name, self._clock, self._killed = name, clock, ""
        self._hour, self._store = HourFile(folder / HOUR), open_log(folder, clock)
        self._seat = self._hour.take(name, role, clock())
        self.role = self._seat.role
        self._work = self._begun()

    def _begun(self) -> RoleWork:
        if self.role == "writer":
            return OrdersAndLooks(self._hour, self._seat, self._clock, self._store)
        if self.role == "projector":
            return CatchesUp(self._hour, self._seat, self._clock, self._store)
        return Looks(self._hour, self._seat, self._clock)

    def work(self, times: int = 20, pause_seconds: float = 0.5, copy: str | None = None) -> Seat:
        """Work some steps: a writer orders and looks, a projector catches up, a reader looks.

        It works in your cell, so *Interrupt* stops it wherever it is; run the cell again, and it goes on.

        Parameters
        ----------
        times : int, optional
        pause_seconds : float, optional
            Between two steps.
        copy : str, optional
            Whose table a writer or a reader looks at; without it at everybody's, by turn.

        Returns
        -------
        Seat
            This one, which prints what it has done so far.

        Raises
        ------
        StoreUnavailable
            The seat was taken again, by another kernel or a later cell.
        InvalidArgument
            There is no such copy.
        """
        whole_number("times", times, "a number of steps; give 0 or more")
        seconds("pause_seconds", pause_seconds, "a pause; give seconds, such as 0.5")
        if copy is not None and copy not in (copies := self._hour.copies()):
            raise refuse("copy", copy, f"a projector; give one of {', '.join(copies) or 'them, once there is one'}")
        for step in range(times):
            if step:
                time.sleep(pause_seconds)
            if self._killed or not self._step(copy):
                break
        return self

    def _step(self, copy: str | None) -> bool:
        """Do a step, unless the worker is stopped, and return whether it is alive after it."""
        if not self._hour.begins(self._seat, self._clock()):
            return True
        try:
            self._work.step(self._hour.plug(self._seat, self._clock()), copy)
        except WorkerKilled as killed:
            self._killed = str(killed)
            self._hour.killed(self._seat)
        return not self._killed

    def __repr__(self) -> str:
        lines = [f"{self.name}, {self.role}: {self._done()}"]
        if self._killed:
            lines.append(f"This worker was killed: {self._killed}. Take the seat again: me = lab.join({self.name!r})")
        elif any(one.name == self.name and one.stopped for one in self._hour.seats()):
            lines.append("The teacher has stopped this worker.")
        return "\n".join(lines)

    def _done(self) -> str:
        if self.role == "projector":
            position, units = self._hour.table(self.name)
            rows = ", ".join(f"{key} {number:,}" for key, number in sorted(units.items()))
            return f"the table has come to event {position:,} of {self._store.head():,} ({rows or 'no rows yet'})."
        number = self._hour.looks_of(self._seat)
        looks = f"{number:,} look{'s'[: number != 1]}"
        if self.role == "reader":
            return f"{looks}."
        asked, answered, position = self._hour.orders_of(self._seat)
        newest = f", the newest is event {position:,}" if answered else ""
        return f"{answered:,} of {asked:,} orders acknowledged{newest}; {looks}."
