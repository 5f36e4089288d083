"""The teacher's room: the board, the plugs, the judge and the ticket."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cqrs_lab.arguments import refuse
from cqrs_lab.classroom.board import SHOWN_SECONDS, board, standings, waiting
from cqrs_lab.classroom.folders import begun, name_of
from cqrs_lab.classroom.hour import Hour
from cqrs_lab.classroom.hour_file import HourFile
from cqrs_lab.classroom.judge import Judgement, judge
from cqrs_lab.classroom.rows import PLUGS, AskedRow, EntryRow
from cqrs_lab.classroom.seat import HOUR, open_log
from cqrs_lab.classroom.ticket import write_ticket
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.shop.events import OrderPlaced
from cqrs_lab.show.picture import Picture
from cqrs_lab.show.view import Control, View
from cqrs_lab.words import count

MOST_LOOKS = 10_000


class Room:
    """An hour that is going on; `lab.room` returns it. Nothing runs here by itself: what is shown was just read.

    Parameters
    ----------
    folder : Path
        Where the hour is kept.
    clock : callable, optional
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.folder, self._clock = folder, clock
        self._notes, self._store = HourFile(folder / HOUR), open_log(folder, clock)
        self._read: list[EntryRow] = []

    def hour(self) -> Hour:
        """Return what was recorded up to now."""
        return self._hour(since=0.0)

    def _hour(self, since: float) -> Hour:
        """Return the log, and what was noted since then, with as much from before as the stairs begin with."""
        notes, folder, now = self._notes, self.folder, self._clock()
        visits, looks, last_known, asked = (
            notes.visits(since),
            notes.looks(since),
            notes.acknowledged(),
            notes.asked(since),
        )
        # The log is read last: whatever was shown or acknowledged before is in it.
        last = self._read[-1].position if self._read else 0
        self._read.extend(_entry(one) for one in self._store.read_all(after=last))
        return Hour(
            name_of(folder), begun(folder), now, tuple(notes.seats()), _known(self._read, asked, last_known),
            tuple(asked), tuple(visits), tuple(looks), tuple(notes.plugs()),
        )  # fmt: skip

    def board(self) -> View:
        """Show everybody's staircase over the log, and what waits; each step of "Look" shows the room as it is then.

        Played, it looks again and again, as long as its page is open; there is no thread that does. Pick a tile to
        see its staircase in large. Run the cell again when more have joined.

        Returns
        -------
        View
            `frame()`: one row per seat; role, position, waits (events), oldest_waits_seconds, and worker ("works",
            "stopped", "killed", or "silent": it has begun no step for 15 s).
        """
        names = [one.name for one in self._notes.seats()] or ["nobody yet"]

        def draw(look: int, who: int) -> Picture:
            return board(self._hour(since=self._clock() - SHOWN_SECONDS), who)

        look = Control("look", "Look", 1, MOST_LOOKS, 1, plays=True)
        return View(draw, [look, Control.among("who", "Seat", names)])

    def pull(self, name: str, what: str = "kill") -> Room:
        """Do something to somebody's worker, at its next step and at the worst moment.

        Parameters
        ----------
        name : str
        what : {"kill", "stop", "twice"}, optional
            Kill the worker: of a writer after the event and before its receipt, of a projector between two tables, of a
            reader with the answer in its hand. Stop it until `put_back`. Or let a writer's command be sent twice, and
            a projector's events be delivered twice.

        Returns
        -------
        Room
            This one.
        """
        role = self._role_of(name)
        if what not in PLUGS:
            raise refuse("what", what, f"a plug; give one of {', '.join(PLUGS)}")
        if what == "twice" and role == "reader":
            raise InvalidArgument(f"{name} is a reader, and sends and takes in nothing; give 'kill' or 'stop'")
        self._notes.pull(name, what, self._clock())
        return self

    def put_back(self, name: str) -> Room:
        """Let somebody's worker go on that was stopped. One that was killed comes back when its seat is taken again."""
        self._role_of(name)
        self._notes.set_stopped(name, stopped=False)
        return self

    def _role_of(self, name: Any) -> str:
        roles = {one.name: one.role for one in self._notes.seats()}
        if name not in roles:
            there = ", ".join(roles) or "those who join: nobody has yet"
            raise refuse("name", name, f"in this room; give one of {there}")
        return roles[name]

    def judge(self) -> Judgement:
        """Judge what was recorded up to now: the laws of log and tables, and what each session was promised."""
        return judge(self.hour())

    def ticket(self, to: str | Path = "hour.ticket") -> Path:
        """Write the hour's ticket, a small file; with it, `lab.replay_hour` shows and judges the hour, anywhere."""
        path = Path(to)
        if path.is_dir() or not path.absolute().parent.is_dir():
            raise refuse("to", str(to), "a file in a folder that is there; give one, such as 'hour.ticket'")
        write_ticket(self.hour(), path)
        return path

    def __repr__(self) -> str:
        seats = standings(self.hour())
        lines = (f"{one.seat}, {one.role}, {one.worker}: {waiting(one.waits)}" for one in seats)
        return "\n".join([f"The room {name_of(self.folder)!r}: {count(len(seats), 'seat')}.", *lines])


def _entry(recorded: RecordedEvent) -> EntryRow:
    seat, _, number = (recorded.command_id or "").rpartition("-")
    key = recorded.event.lines[0].product_id if isinstance(recorded.event, OrderPlaced) else ""
    return EntryRow(recorded.position, seat, int(number) if number.isdigit() else 0, key, recorded.recorded_at)


def _known(log: Sequence[EntryRow], asked: Sequence[AskedRow], last: int) -> tuple[EntryRow, ...]:
    """Leave out the end of the log that is newer than the commands that were read, the last of them acknowledged."""
    known = {(one.seat, one.number) for one in asked}
    newer = (at for at, one in enumerate(log) if one.position > last and (one.seat, one.number) not in known)
    return tuple(log[: next(newer, len(log))])
