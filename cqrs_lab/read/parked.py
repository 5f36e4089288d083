"""Parked events, which a projection could not apply."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cqrs_lab.errors import UnreadableEvent
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.batch import EventBatch, read_batch
from cqrs_lab.read.tables import ParkedEvent


def parked_table(store: EventStore, parked: Sequence[ParkedEvent]) -> pd.DataFrame:
    """Return the parked events: one row per position (int64), with stream, event (the type's name) and error (str).

    For an event that the store cannot read, or while the store does not answer, stream and event are "?".
    """
    rows = [(one.position, *_whose(store, one.position), one.error) for one in parked]
    shape = {"position": "int64", "stream": "str", "event": "str", "error": "str"}
    return pd.DataFrame(rows, columns=list(shape)).astype(shape).set_index("position")


def _whose(store: EventStore, position: int) -> tuple[str, str]:
    try:
        recorded = next(iter(read_one(store, position)))
    except Exception:  # noqa: BLE001 - the list is shown also while the store is away, which may raise anything
        return "?", "?"
    return recorded.stream, type(recorded.event).__name__


def read_one(store: EventStore, position: int) -> EventBatch:
    """Return the event at this position, as a batch."""
    return read_batch(store, after=position - 1, limit=1)


def read_up_to_unreadable(
    store: EventStore, *, after: int, limit: int | None
) -> tuple[EventBatch, UnreadableEvent | None]:
    """Return the next events, as `read_batch` does, up to one that the store cannot read, and the error of that one."""
    try:
        return read_batch(store, after=after, limit=limit), None
    except UnreadableEvent:
        read: list[RecordedEvent] = []
        log = store.read_all(after=after, limit=limit)
        try:
            read.extend(log)
        except UnreadableEvent as error:
            return EventBatch(read), error
        return EventBatch(read), None
