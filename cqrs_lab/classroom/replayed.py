"""An hour at home: looked at, judged and sent again from its ticket."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import pandas as pd

from cqrs_lab.classroom.board import board
from cqrs_lab.classroom.hour import Hour
from cqrs_lab.classroom.judge import Judgement, judge
from cqrs_lab.classroom.work import order
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.shop import write
from cqrs_lab.show.picture import Picture
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.words import count
from cqrs_lab.write.command_bus import CommandBus


@dataclass(frozen=True)
class ReplayedHour:
    """An hour from its ticket; `lab.replay_hour` returns it.

    Attributes
    ----------
    hour : Hour
        All that was recorded.
    """

    hour: Hour

    @property
    def trace(self) -> pd.DataFrame:
        """Who wrote and read what, as `guarantees.check` and `who_saw_what` take it."""
        return self.hour.trace

    def judge(self) -> Judgement:
        """Judge the hour again, from what the ticket says."""
        return judge(self.hour)

    def board(self) -> View:
        """Show the room's board at any second of the hour."""
        seats = [one.name for one in self.hour.seats] or ["nobody"]

        def draw(moment: int, who: int) -> Picture:
            return board(self.hour.at(float(moment)), who)

        last = max(1, ceil(self.hour.until - self.hour.begun))
        moment = Control("moment", "Moment", 0, last, last, scale=Scale("s"), plays=True)
        return View(draw, [moment, Control.among("who", "Seat", seats)])

    def store(self) -> MemoryEventStore:
        """Return the log again, in memory: the hour's commands are sent again, in the order of its log.

        What a real store would never do, such as an event that is there twice, cannot come of it: `judge` says so.
        """
        times = iter([one.at for one in self.hour.log])
        store = MemoryEventStore(clock=lambda: next(times))
        bus = CommandBus(store)
        write.register(bus)
        for one in self.hour.log:
            bus.send(order(one.seat, one.number, one.key), f"{one.seat}-{one.number}")
        return store

    def __repr__(self) -> str:
        hour = self.hour
        there = f"{count(hour.head, 'event')}, {count(len(hour.seats), 'seat')}"
        return f"The room {hour.name!r}: {there}, {hour.until - hour.begun:,.0f} s."
