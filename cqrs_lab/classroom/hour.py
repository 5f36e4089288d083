"""An hour of a class as it was recorded: its log, and who did what and when. It is data, and needs no server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cqrs_lab.classroom.rows import AskedRow, EntryRow, LookRow, PlugRow, SeatRow, VisitRow

Times = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Hour:
    """What was recorded of an hour, up to a moment.

    Attributes
    ----------
    name : str
        What the class is called.
    begun, until : float
        When the hour began, and until when it is recorded; seconds since 1970, as all times here.
    seats, log, asked, visits, looks, plugs : tuple
        Participants, events, commands, tables kept, looks, and what the teacher did; see `rows`.
    """

    name: str
    begun: float
    until: float
    seats: tuple[SeatRow, ...] = ()
    log: tuple[EntryRow, ...] = ()
    asked: tuple[AskedRow, ...] = ()
    visits: tuple[VisitRow, ...] = ()
    looks: tuple[LookRow, ...] = ()
    plugs: tuple[PlugRow, ...] = ()

    @property
    def head(self) -> int:
        """The position of the last event."""
        return self.log[-1].position if self.log else 0

    @property
    def trace(self) -> pd.DataFrame:
        """Who wrote and read what, as `guarantees.check` takes it, in seconds from the beginning of the hour.

        One row per event and per look: session, op ("w" or "r"), key, invoke, ret, version (of a look the newest
        event of its product up to the copy's position), copy (str; "" for an event) and position (up to where the
        answer shows the log). A command that was not acknowledged has no answer before the end of what is recorded.
        """
        asked = {(one.seat, one.number): one for one in self.asked}
        rows: list[tuple[Any, ...]] = []
        for one in self.log:
            sent = asked.get((one.seat, one.number))
            known = None if sent is None else sent.answered_at
            times = one.at if sent is None else sent.asked_at, self.until if known is None else known
            rows.append((one.seat, "w", one.key, *self._seconds(*times), one.position, "", one.position))
        for look in self.looks:
            times = self._seconds(look.asked_at, look.answered_at)
            newest = self.newest(look.key, look.position)
            rows.append((look.seat, "r", look.key, *times, newest, look.copy, look.position))
        names = ["session", "op", "key", "invoke", "ret", "version", "copy", "position"]
        return pd.DataFrame(rows, columns=names).sort_values(["invoke", "ret"], kind="stable", ignore_index=True)

    def _seconds(self, asked: float, answered: float) -> tuple[float, float]:
        return asked - self.begun, max(asked, answered) - self.begun

    def newest(self, key: str, position: int) -> int:
        """Return the position of the newest event of a product up to a position; 0 if there is none."""
        own = self._of_key.get(key, np.array([], dtype="int64"))
        at = int(np.searchsorted(own, position, side="right"))
        return int(own[at - 1]) if at else 0

    def units(self, key: str, position: int) -> int:
        """Return how many of a product the log holds up to a position: what any table has to say there."""
        return int(np.searchsorted(self._of_key.get(key, np.array([], dtype="int64")), position, side="right"))

    @cached_property
    def _of_key(self) -> dict[str, NDArray[np.integer[Any]]]:
        keys = sorted({one.key for one in self.log})
        return {key: np.array(sorted(one.position for one in self.log if one.key == key)) for key in keys}

    def committed(self) -> Times:
        """Return when each event was recorded, in seconds from the beginning; the first is that of position 1."""
        times = np.full(self.head, -np.inf)
        for one in self.log:
            times[one.position - 1] = one.at - self.begun
        return np.asarray(np.maximum.accumulate(times))

    def visible(self, seat: str) -> Times:
        """Return when a seat first had each event: in its table, or in what it looked at; inf if it did not yet."""
        came = [(one.at, one.upto) for one in self.visits if one.seat == seat]
        came += [(one.answered_at, one.position) for one in self.looks if one.seat == seat]
        times, place = np.full(self.head, np.inf), 0
        for at, upto in sorted(came):
            times[place:upto] = at - self.begun
            place = max(place, upto)
        return times

    def at(self, seconds: float) -> Hour:
        """Return the hour as it was recorded up to a number of seconds after its beginning."""
        end = self.begun + seconds
        asked = [one for one in self.asked if one.asked_at <= end]
        return replace(
            self,
            until=min(self.until, end),
            log=tuple(one for one in self.log if one.at <= end),
            asked=tuple(one if (one.answered_at or end) <= end else _open(one) for one in asked),
            visits=tuple(one for one in self.visits if one.at <= end),
            looks=tuple(one for one in self.looks if one.answered_at <= end),
            plugs=tuple(one for one in self.plugs if one.pulled_at <= end),
        )


def _open(one: AskedRow) -> AskedRow:
    """Return a command before its receipt."""
    return one._replace(answered_at=None, position=None)
