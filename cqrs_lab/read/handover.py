"""The handover from one version of a projection to the next: one rebuild at a time, swapped in one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from cqrs_lab.errors import InvalidArgument, ProjectionFailed, UnreadableEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.parked import read_one
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.projector import Projector, Serving
from cqrs_lab.read.read_model import ReadModel

Handlers = Mapping[type, Callable[..., Any]]

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
            kept = now.model.kept_in(now.model.tables.swap(built.model.tables))
            ended = _swapped(now, built, kept, handlers, by)
        if projector._publish(now, **ended):
            return


def swap(projector: Projector, successor: Projector, handlers: Handlers, by: object) -> ReadModel:
    """Serve the successor's model, at no older position; return the one served before."""
    before = projector._alone("rebuild()", partial(_swap, projector, successor, handlers, by))
    projector._resume()
    return before


def _swap(projector: Projector, successor: Projector, handlers: Handlers, by: object) -> ReadModel:
    while True:
        _check_whose(projector.serving.rebuilding, by)
        successor.catch_up()
        now, built = projector.serving, successor.serving
        _check_whose(now.rebuilding, by)
        if built.model.position < now.model.position:
            continue
        _check_nothing_is_lost(projector.store, now.projection, now.model, built.projection, built.model)
        model = built.model.saved()
        kept = now.model.kept_in(now.model.tables.swap(model.tables))
        if kept.checkpoint != model.checkpoint:  # another reader has saved to the same place, and is ahead
            continue
        if projector._publish(now, **_swapped(now, built, kept, handlers, by)):
            return now.model


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
