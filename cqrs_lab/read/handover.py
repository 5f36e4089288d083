"""The handover from one version of a projection to the next: one rebuild at a time, swapped in one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cqrs_lab.arguments import having
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.read.guards.accepted import check_handlers
from cqrs_lab.read.parked import check_nothing_is_lost
from cqrs_lab.read.read_model import ReadModel

if TYPE_CHECKING:
    from cqrs_lab.read.projector import Projector

# Each of these tries again if another thread has published meanwhile: what is published is the only truth.


def begin(projector: Projector, by: object) -> None:
    """Record that another version is being built, and by whom."""
    while True:
        now = projector.serving
        if now.rebuilding:
            raise InvalidArgument("a rebuild is under way; finish or abort it first, or projector.end_rebuild()")
        if projector._publish(now, rebuilding=by):
            return


def give_up(projector: Projector, by: object) -> ReadModel:
    """End the rebuild and keep the served version; return its model."""
    while True:
        now = projector.serving
        _check_whose(now.rebuilding, by)
        if now.rebuilding is None or projector._publish(now, rebuilding=None):
            return now.model


def swap(
    projector: Projector, successor: Projector, given: Mapping[type, Callable[..., Any]] | None, by: object
) -> ReadModel:
    """Serve the successor's model, at no older position; return the one served before."""
    having("successor", successor, ["catch_up", "apply"], "a projector; give the one that built the next version")
    handlers = {} if given is None else given
    check_handlers(handlers)
    while True:
        _check_whose(projector.serving.rebuilding, by)
        successor.catch_up()
        now, built = projector.serving, successor.serving
        _check_whose(now.rebuilding, by)
        if built.model.position < now.model.position:
            continue
        check_nothing_is_lost(projector.store, now.projection, now.model, built.projection, built.model)
        kept = now.model.kept_in(now.model.tables.swap(built.model.tables))
        if kept.checkpoint != built.model.checkpoint:  # another reader has saved to the same place, and is ahead
            continue
        fitting = now.handlers if built.projection.schema == now.projection.schema else {}
        published = projector._publish(
            now,
            projection=built.projection,
            model=kept,
            handlers={**fitting, **handlers},
            error="",
            rebuilding=None,
            swapped_by=by,
        )
        if published:
            return now.model


def _check_whose(rebuilding: object, by: object) -> None:
    if by is not None and rebuilding is not by:
        raise InvalidArgument("this rebuild was aborted meanwhile; begin another, with the model of this one")
