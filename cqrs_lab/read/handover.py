"""The handover from one version of a projection to the next: one rebuild at a time, swapped in one step."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from cqrs_lab.errors import InvalidArgument, ProjectionFailed, UnreadableEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.frames.difference import compare_tables
from cqrs_lab.read.parked import read_one
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.projector import Projector, Serving
from cqrs_lab.read.read_model import ReadModel
from cqrs_lab.read.tables import Tables

Handlers = Mapping[type, Callable[..., Any]]
ATTEMPTS, PAUSE_SECONDS = 100, 0.02
"""Another writer may hold the place for a moment; tables that have not taken anything by then never will."""

# Each of these tries again if another thread has published meanwhile: what is published is the only truth.


def begin(projector: Projector, by: object) -> None:
    """Record that another version is being built, and by whom; only one at a time."""
    projector._turn.refuse_within(projector, "rebuild()")
    while True:
        now = projector.serving
        if now.rebuilding:
            raise InvalidArgument("a rebuild is under way; finish it, or projector.serving.rebuilding.abort()")
        if projector._publish(now, rebuilding=by):
            return


def give_up(projector: Projector, successor: Projector, handlers: Handlers, by: object) -> None:
    """End the rebuild and keep the served version; if a swap was interrupted after it had been saved, end the swap."""
    while True:
        now, built = projector.serving, successor.serving
        _check_whose(now.rebuilding, by)
        ended: dict[str, Any] = {"rebuilding": None}
        if now.model.checkpoint != built.model.checkpoint == now.model.tables.latest().checkpoint:
            with suppress(InvalidArgument):  # what is kept there is not what was built
                ended = _swapped(now, built, _handed_over(now.model.tables, built.model), handlers, by)
        if projector._publish(now, **ended):
            return


def swap(projector: Projector, successor: Projector, handlers: Handlers, by: object) -> ReadModel:
    """Serve the successor's model, at no older position; return the one served before."""
    before = projector._alone("rebuild()", partial(_swap, projector, successor, handlers, by))
    projector._resume()
    return before


def _swap(projector: Projector, successor: Projector, handlers: Handlers, by: object) -> ReadModel:
    refused = 0
    while True:
        _check_whose(projector.serving.rebuilding, by)
        successor.catch_up()
        now, built = projector.serving, successor.serving
        _check_whose(now.rebuilding, by)
        if built.model.position < now.model.position:
            continue
        _check_nothing_is_lost(projector.store, now.projection, now.model, built.projection, built.model)
        model = built.model.saved()
        kept = _handed_over(now.model.tables, model)
        if kept.checkpoint != model.checkpoint:
            # Another reader has saved to the same place, and is ahead; or is about to save, and holds the place.
            if not model.position < kept.position <= projector.store.head():
                refused += 1
                _check_patience(refused, now.model.tables, model, kept)
            continue
        if projector._publish(now, **_swapped(now, built, kept, handlers, by)):
            return now.model


def _handed_over(tables: Tables, built: ReadModel) -> ReadModel:
    """Return what is kept in the place of these tables once they were asked to keep what was built."""
    call = f"{type(tables).__name__}.swap(other)"
    try:
        latest: Any = tables.swap(built.tables)
    except Exception as error:
        error.add_note(f"{call} raised this when a rebuild was handed over. The version before it still serves.")
        raise
    if not hasattr(latest, "checkpoint"):
        raise InvalidArgument(f"{call} returned {latest!r}, expected the latest version of the tables; {_REPAIR}")
    kept = built.kept_in(latest)
    if latest is built.tables or kept.checkpoint != built.checkpoint or _same_rows(kept, built):
        return kept
    if latest.latest().checkpoint != built.checkpoint:
        return kept  # another reader has saved since
    rows = f"rows that are not those of the other, which it has to keep with the checkpoint at {built.position}"
    raise InvalidArgument(f"{call} returned tables with {rows}; {_REPAIR}")


def _same_rows(kept: ReadModel, built: ReadModel) -> bool:
    try:
        return compare_tables(kept.table, built.table).empty
    except InvalidArgument:
        return False  # a table of another shape


def _check_patience(refused: int, tables: Tables, built: ReadModel, kept: ReadModel) -> None:
    """Wait for the writer that holds the place; refuse tables that never take what was built."""
    if refused < ATTEMPTS:
        return time.sleep(PAUSE_SECONDS)
    came, wanted = (f"at position {one.position}, made by {one.made_by}" for one in (kept, built))
    call = f"{type(tables).__name__}.swap(other)"
    expected = f"the other, {wanted}, or tables at a later position of the log"
    raise InvalidArgument(f"{call} returned {refused} times tables {came}; expected {expected}; {_REPAIR}")


_REPAIR = "repair swap, and rebuild again; the version before still serves"


def _swapped(now: Serving, built: Serving, kept: ReadModel, handlers: Handlers, by: object) -> dict[str, Any]:
    """Return what changes when the version that was built is served."""
    fitting = now.handlers if built.projection.schema == now.projection.schema else {}
    return {
        "projection": built.projection,
        "model": kept,
        "handlers": {**fitting, **handlers},
        "error": "",
        "rebuilding": None,
        "swapped_by": by,
    }


def _check_nothing_is_lost(
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
        return read_one(store, position).holds(projection.events)
    except UnreadableEvent:
        return True  # it could be read once, and its type is unknown now


def _check_whose(rebuilding: object, by: object) -> None:
    if rebuilding is not by:
        raise InvalidArgument("this rebuild was aborted meanwhile; begin another, with the model of this one")
