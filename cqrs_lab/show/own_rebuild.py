"""A rebuild of the reader's own, step by step: what serves, what is built, and what a visitor would notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from cqrs_lab.errors import ProjectionFailed, recording_errors
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.projection import Projection
from cqrs_lab.simulation.faults.laws import Fold
from cqrs_lab.simulation.faults.rebuilders import FunctionRebuilder, RebuildFunction
from cqrs_lab.simulation.faults.sites import Sites
from cqrs_lab.words import count, shortened


class OwnRebuild:
    """Lets a generator ``rebuild(tables, store, projection)`` go on, and notes what no rebuild may do."""

    def __init__(self, rebuild: RebuildFunction, store: EventStore, old: Projection, new: Projection) -> None:
        self._store, self._folds = _Counted(store), (Fold(old), Fold(new))
        self._work = FunctionRebuilder(rebuild, self._store, old, new, Sites())
        self._mailed, self._most_read = 0, 0
        self._wrong: dict[str, str] = {}
        self._stopped: dict[str, str] = {}
        self._shown = self._work.position, self._work.table, self._work.swapped
        self.came()
        self._try("follow", self._work.follow)

    @property
    def position(self) -> int:
        """The position that answers claim, as long as there are any."""
        return self._shown[0]

    @property
    def table(self) -> pd.DataFrame:
        """The table that they come from."""
        return self._shown[1]

    @property
    def projection(self) -> Projection:
        """The version that serves."""
        return self._folds[self._work.swapped].projection

    @property
    def building(self) -> int | None:
        """How far the table beside has come, until it serves or the function has ended."""
        return self._work.built if self.state == "building" else None

    @property
    def state(self) -> str:
        """How far the rebuild is."""
        if self._stopped:
            return "stopped"
        return "swapped" if self._work.swapped else "ended" if self._work.finished else "building"

    @property
    def says(self) -> str:
        """How much it does between two pauses, and the first time of each thing that has gone wrong so far."""
        pauses = f"Between two pauses it reads {count(self._most_read, 'event')} at most."
        return " ".join([pauses, *(f"✕ {one}" for one in self._wrong.values())])

    def came(self) -> None:
        """Send a mail for each event that the mailer's checkpoint says has none."""
        begins, head = self._work.mailed, self._store.head()
        mails = f"The mails for {count(abs(begins - self._mailed), 'event')}"
        if begins < self._mailed:
            self._note("again", f"{mails} go out again: the mailer's checkpoint was moved back.")
        if begins > self._mailed:
            self._note("never", f"{mails} are never sent: the mailer's checkpoint was moved on.")
        self._mailed = head
        self._work.mails_sent(head)

    def goes_on(self, events: int) -> None:
        """Follow the log, and let the function build that many events; it may pause as often."""
        self._try("follow", self._work.follow)
        begins = self._work.built
        for _ in range(events):
            if self.state != "building" or self._work.built - begins >= events:
                return
            self._store.read = 0
            self._try("rebuild", self._work.step)
            self._most_read = max(self._most_read, self._store.read)

    def _try(self, what: str, work: Callable[[], None]) -> None:
        """Do it unless there was an error, and look at what serves then."""
        if self._stopped:
            return
        with recording_errors(self._stopped, what, f"{what} failed"):
            try:
                work()
            except ProjectionFailed as error:
                self._stopped[what] = error.why
            self._look()
        if self._stopped:
            self._note("stopped", f"It stops: {shortened(' '.join(self._stopped[what].split()), 200)}.")

    def _look(self) -> None:
        """Ask, as a visitor would, and hold the answer against the log."""
        seen = self._work.position, self._work.table, self._work.swapped
        if seen[0] == self.position and seen[2] == self._shown[2] and seen[1].equals(self.table):
            return
        before, self._shown = self.position, seen
        position, table, swapped = seen
        if position < before:
            self._note("back", f"Who has seen the shop as of {before:,} sees it as of {position:,} again.")
        log = list(self._store.upto(position))
        # The version that should serve comes first: where its table is there, the other one is not added up.
        if self._is(self._folds[swapped], log, table):
            return
        if not self._is(self._folds[not swapped], log, table):
            self._note("wrong", f"What serves is what neither version makes of the log up to {position:,}.")
        elif swapped:
            self._note("old", "Your function has swapped, and yet the old version's table serves.")

    def _is(self, fold: Fold, log: list[RecordedEvent], table: pd.DataFrame) -> bool:
        return fold.difference(fold(log), table, "the serving table", "a table") is None

    def _note(self, kind: str, sentence: str) -> None:
        self._wrong.setdefault(kind, sentence)


class _Counted:
    """The store; it counts the events that are read from it."""

    def __init__(self, store: EventStore) -> None:
        self._store, self.read = store, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def upto(self, position: int) -> Iterator[RecordedEvent]:
        """Return the log up to a position, uncounted."""
        return (one for one in self._store.read_all() if one.position <= position)

    def read_all(self, *args: Any, **asked: Any) -> Iterator[RecordedEvent]:
        """Hand on, and count."""
        for one in self._store.read_all(*args, **asked):
            self.read += 1
            yield one
