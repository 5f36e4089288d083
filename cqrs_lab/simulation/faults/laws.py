"""The laws that a run with faults has to keep, looked at after each step and in the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from cqrs_lab.errors import SchemaError
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.contract import difference
from cqrs_lab.read.projection import Projection
from cqrs_lab.simulation.faults.workers import Worker

TABLE_AND_CHECKPOINT = "law 6: after each delivery the table is the fold of the log up to the checkpoint"
TOLD = "law 7: what cannot be read is told"
NOT_BACK = "monotonic reads: the checkpoint does not go back"
CONVERGED = "law 11: once the faults stop, the table is the fold of the whole log"
FROM_COMMANDS = "law 12: the table is what the commands should lead to"


class Fold:
    """What a log says by a projection, all at once. Each log is folded once: runs of one story share most of theirs."""

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self._known: dict[tuple[Any, ...], pd.DataFrame] = {}

    def __call__(self, events: Sequence[RecordedEvent]) -> pd.DataFrame:
        """Fold these events."""
        log = tuple((one.position, one.stream, one.event) for one in events)
        if log not in self._known:
            self._known[log] = self.projection.summarise(EventBatch(events))
        return self._known[log]


class Laws:
    """Compares a worker with the log; the first time that a law does not hold is noted.

    Attributes
    ----------
    broken : list of str
    """

    def __init__(self, store: EventStore, fold: Fold, worker: Worker, unreadable: set[int]) -> None:
        self.store, self.fold, self.worker, self.unreadable = store, fold, worker, unreadable
        self.projection = fold.projection
        self.broken: list[str] = []
        self._shown = 0

    def after(self, what: str) -> bool:
        """Look at what a delivery has led to; True if the table agrees with the log."""
        position, left_out = self.worker.position, self.worker.left_out
        for one in self.store.read_all():
            passed = one.position in self.unreadable and one.position <= position
            if passed and one.position not in left_out and type(one.event) in self.projection.events:
                self._note(TOLD, what, f"a stop at {one.position}, or it on a list", "neither, and it is passed")
        if position < self._shown:
            self._note(NOT_BACK, what, f"{self._shown} or more", str(position))
        self._shown = max(self._shown, position)
        return self._compare(TABLE_AND_CHECKPOINT, what, self._fold())

    def agrees(self) -> bool:
        """Tell whether the table agrees with the log; between table and checkpoint it need not."""
        return self._difference(self._fold()) is None

    def in_the_end(self, expected: Callable[[], pd.DataFrame] | None) -> None:
        """Look at what is left when all is over."""
        self._compare(CONVERGED, "stopped the faults and caught up", self.fold(list(self.store.read_all())))
        if expected is not None:
            self._compare(FROM_COMMANDS, "compared with the commands", expected())

    def _fold(self) -> pd.DataFrame:
        position, left_out = self.worker.position, self.worker.left_out
        events = [one for one in self.store.read_all() if one.position <= position and one.position not in left_out]
        return self.fold(events)

    def _compare(self, law: str, what: str, expected: pd.DataFrame) -> bool:
        differs = self._difference(expected)
        if differs is not None:
            self._note(law, what, *differs)
        return differs is None

    def _difference(self, expected: pd.DataFrame) -> tuple[str, str] | None:
        table = self.worker.table
        try:
            self.projection.schema.check(table, "the worker")
        except SchemaError as error:
            return "a table of the declared schema", str(error)
        return difference(expected, table)

    def _note(self, law: str, what: str, expected: str, came: str) -> None:
        if not any(known.startswith(law) for known in self.broken):
            self.broken.append(f"{law}. {what[0].upper()}{what[1:]}; expected {expected}; came {came}.")
