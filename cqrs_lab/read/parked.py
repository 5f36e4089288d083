"""Parked events, which a projection could not apply: listed, and applied once they can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from cqrs_lab.errors import ProjectionFailed, UnreadableEvent, said
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.batch import EventBatch, read_batch
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.read_model import ReadModel
from cqrs_lab.read.tables import ParkedEvent

if TYPE_CHECKING:
    from cqrs_lab.read.projector import Projector


def parked_table(store: EventStore, parked: Sequence[ParkedEvent]) -> pd.DataFrame:
    """Return the parked events: one row per position (int64), with stream, event (the type's name) and error (str).

    For an event that the store cannot read, or while the store does not answer, stream and event are "?".
    """
    rows = [(one.position, *_whose(store, one.position), one.error) for one in parked]
    shape = {"position": "int64", "stream": "str", "event": "str", "error": "str"}
    return pd.DataFrame(rows, columns=list(shape)).astype(shape).set_index("position")


def retry_all(projector: Projector, projection: Projection | None) -> int:
    """Apply a projector's parked events, with this projection if one is given; return how many were applied."""
    while True:
        now = projector.serving
        reads = projection or now.projection
        model, error = retry(projector.store, reads, now.model), "" if projection else now.error
        if projector._save(now, model, projection=reads, error=error):
            return len(now.model.parked) - len(model.parked)


def retry(store: EventStore, projection: Projection, model: ReadModel) -> ReadModel:
    """Return the model with its parked events applied; what still fails stays parked.

    Summaries merge in any order, so an event may be applied late. An event that the projection turns out not to read
    is no longer listed.
    """
    for parked in model.parked:
        others = tuple(one for one in model.parked if one != parked)
        try:
            taken_in = model.take_in(projection, _one(store, parked.position))
        except Exception as error:  # noqa: BLE001 - a projection may raise anything; it stays listed
            model = replace(model, parked=(*others, ParkedEvent(parked.position, said(error))))
        else:
            model = replace(taken_in, position=model.position, parked=others)
    return replace(model, parked=tuple(sorted(model.parked, key=lambda one: one.position)))


def check_nothing_is_lost(
    store: EventStore, old: Projection, before: ReadModel, new: Projection, built: ReadModel
) -> None:
    """Refuse to replace a read model by one that has parked an event which the old one has applied."""
    known = {one.position for one in before.parked}
    for one in built.parked:
        if one.position <= before.position and one.position not in known and _reads(store, old, one.position):
            why = f"the version that serves has applied it, and the new one cannot: {one.error}"
            raise ProjectionFailed(new.name, one.position, before.position, why)


def _reads(store: EventStore, projection: Projection, position: int) -> bool:
    try:
        return _one(store, position).holds(projection.events)
    except UnreadableEvent:
        return True  # it could be read once, and its type is unknown now


def _whose(store: EventStore, position: int) -> tuple[str, str]:
    try:
        recorded = next(iter(_one(store, position)))
    except Exception:  # noqa: BLE001 - the list is shown also while the store is away, which may raise anything
        return "?", "?"
    return recorded.stream, type(recorded.event).__name__


def _one(store: EventStore, position: int) -> EventBatch:
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
