"""Parked events are applied once they can be read."""

from __future__ import annotations

from dataclasses import replace

from cqrs_lab.arguments import refuse
from cqrs_lab.errors import said
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.guards import accepted
from cqrs_lab.read.parked import read_one
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.projector import Projector
from cqrs_lab.read.read_model import ReadModel
from cqrs_lab.read.tables import ParkedEvent


def retry_parked(projector: Projector, projection: Projection | None = None) -> int:
    """Apply a projector's parked events, now that they can be read; what still fails stays parked.

    Parameters
    ----------
    projector : Projector
    projection : Projection, optional
        The repaired projection, with the same schema and events; it takes over. If these differ, rebuild.

    Returns
    -------
    int
        How many events were applied. No event counts twice, wherever this is interrupted.

    Examples
    --------
    >>> from cqrs_lab import MemoryEventStore, Projector, retry_parked
    >>> from cqrs_lab.shop.read import ProductListing
    >>> retry_parked(Projector(MemoryEventStore(), ProductListing(), on_failure="park"))
    0
    """
    if not isinstance(projector, Projector):
        raise refuse("projector", projector, "a projector; give the one whose parked events are to be applied")
    applied = projector._alone("retry_parked()", lambda: _retry_all(projector, projection))
    projector._resume()
    return applied


def _retry_all(projector: Projector, projection: Projection | None) -> int:
    while True:
        now = projector.serving
        if projection is not None:
            accepted.check_same_reading(now.projection, projection)
        reads = projection or now.projection
        model, error = _retry(projector.store, reads, now.model), "" if projection else now.error
        if projector._save(now, model, projection=reads, error=error):
            return len(now.model.parked) - len(model.parked)


def _retry(store: EventStore, projection: Projection, model: ReadModel) -> ReadModel:
    """Return the model with its parked events applied; what still fails stays parked.

    Summaries merge in any order, so an event may be applied late. An event that the projection turns out not to read
    is no longer listed.
    """
    for parked in model.parked:
        others = tuple(one for one in model.parked if one != parked)
        try:
            taken_in = model.take_in(projection, read_one(store, parked.position))
        except Exception as error:  # noqa: BLE001 - a projection may raise anything; it stays listed
            model = replace(model, parked=(*others, ParkedEvent(parked.position, said(error))))
        else:
            model = replace(taken_in, position=model.position, parked=others)
    return replace(model, parked=tuple(sorted(model.parked, key=lambda one: one.position)))
