"""The laws that a run with faults has to keep, checked after each step and at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from cqrs_lab.errors import SchemaError
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.difference import difference
from cqrs_lab.read.projection import Projection
from cqrs_lab.simulation.faults.broken_law import BrokenLaws
from cqrs_lab.simulation.faults.readers import Readers, broken_promises
from cqrs_lab.simulation.faults.workers import Worker

TABLE_AND_CHECKPOINT = "law 6: after each delivery the table is the fold of the log up to the checkpoint"
REPORTED = "law 7: what cannot be read is reported"
CONVERGED = "law 11: once the faults stop, the table is the fold of the whole log"
FROM_COMMANDS = "law 12: the table is what the commands should lead to"


class Fold:
    """Computes the table of a whole log at once. Each log is folded once: runs of one story share most of theirs."""

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self._known: dict[tuple[RecordedEvent, ...], pd.DataFrame] = {}

    def __call__(self, events: Sequence[RecordedEvent]) -> pd.DataFrame:
        """Return the table of these events."""
        # All of the envelope: a projection may read when, in which version and by which command it was recorded.
        log = tuple(events)
        try:
            table = self._known.get(log)  # looked for once: to hash a log takes as long as to add up a short one
        except TypeError:  # an event that holds a list, or is a dict
            return self.projection.summarise(EventBatch(events))
        if table is None:
            table = self._known[log] = self.projection.summarise(EventBatch(events))
        return table

    def could_hold(self, table: pd.DataFrame, log: Sequence[RecordedEvent]) -> list[frozenset[int]]:
        """Return the sets of events that a table could hold: a start of the log, or one with an event missing."""
        read = [one for one in log if type(one.event) in self.projection.events]
        beginnings = [read[:upto] for upto in range(len(read), -1, -1)]
        with_a_gap = [part[:at] + part[at + 1 :] for part in beginnings for at in range(len(part) - 1)]
        found = [part for part in beginnings if self._is(table, part)]
        found = found or [part for part in with_a_gap if self._is(table, part)]
        return [frozenset(one.position for one in part) for part in found]

    def difference(self, expected: pd.DataFrame, table: pd.DataFrame, whose: str, what: str) -> tuple[str, str] | None:
        """Return what was expected and what came; None if it is the same."""
        try:
            self.projection.schema.check(table, whose)
        except SchemaError as error:
            return what, str(error)
        return difference(expected, table)

    def _is(self, table: pd.DataFrame, events: Sequence[RecordedEvent]) -> bool:
        return _rows(self(events)) == _rows(table)


def _rows(table: pd.DataFrame) -> frozenset[tuple[Any, ...]]:
    return frozenset(table.itertuples(name=None))


class Laws:
    """Compares a worker with the log, and records the first time that each law does not hold.

    Attributes
    ----------
    broken : BrokenLaws
    agrees : bool
        The table was the fold of the log up to the checkpoint when a worker's step was last looked at.
    """

    def __init__(
        self, store: EventStore, fold: Fold, worker: Worker, unread: Callable[[], set[int]], now: Callable[[], float]
    ) -> None:
        self.store, self.fold, self.worker, self.unread, self.now = store, fold, worker, unread, now
        self.projection = fold.projection
        self.readers = Readers()
        self.broken = BrokenLaws()
        self.agrees = True
        self._shows: frozenset[int] | None = frozenset()

    def after(self, what: str) -> None:
        """Check the worker after a delivery."""
        position, skipped = self.worker.position, self.worker.skipped
        for missed in sorted(self.unread() - set(skipped)):
            if missed <= position:
                self.broken.note(REPORTED, what, f"a stop at {missed}, or it on a list", "neither: it was skipped")
        self.meanwhile()
        if not self.agrees:
            self._compare(TABLE_AND_CHECKPOINT, what, self._fold())

    def meanwhile(self) -> None:
        """Check whether the table agrees with the log; halfway through a delivery it need not."""
        self.agrees = self._difference(self._fold()) is None
        self._shows = self._in_the_table()
        self._look()

    def received(self, number: int, position: int) -> None:
        """Record that the sender of a command has its receipt."""
        self.readers.received(number, float(number), self.now(), position)
        self._look()

    def _look(self) -> None:
        # A table that counts an event twice shows no set of events: law 6 judges that.
        if self._shows is not None:
            self.readers.look(self.now(), self.worker.position, self._shows)

    def _in_the_table(self) -> frozenset[int] | None:
        """Return what readers see. What a worker lists as skipped counts as seen: it was reported."""
        log, position = list(self.store.read_all()), self.worker.position
        if self.agrees:
            read = (one for one in log if one.position <= position and type(one.event) in self.projection.events)
            return frozenset(one.position for one in read)
        # If several fit, the one that favours the worker: it shows most of what was shown before.
        found = self.fold.could_hold(self.worker.table, log)
        return max(found, key=lambda shows: (shows >= self.readers.shown, len(shows)), default=None)

    def in_the_end(self, expected: Callable[[], pd.DataFrame] | None) -> pd.DataFrame:
        """Check the final state, and return the trace of everyone who looked."""
        self._compare(CONVERGED, "stopped the faults and caught up", self.fold(list(self.store.read_all())))
        if expected is not None:
            self._compare(FROM_COMMANDS, "compared with the commands", expected())
        log = (one for one in self.store.read_all() if type(one.event) in self.projection.events)
        trace = self.readers.trace(log, self.now())
        self.broken += broken_promises(trace)
        return trace

    def _fold(self) -> pd.DataFrame:
        position, skipped = self.worker.position, self.worker.skipped
        events = [one for one in self.store.read_all() if one.position <= position and one.position not in skipped]
        return self.fold(events)

    def _compare(self, law: str, what: str, expected: pd.DataFrame) -> None:
        differs = self._difference(expected)
        if differs is not None:
            self.broken.note(law, what, *differs)

    def _difference(self, expected: pd.DataFrame) -> tuple[str, str] | None:
        return self.fold.difference(expected, self.worker.table, "the worker", "a table of the declared schema")
