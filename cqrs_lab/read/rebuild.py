"""A rebuild: the next version is built beside the serving one, then takes its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from cqrs_lab.log.memory import SEGMENT_EVENTS
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.projector import Projector


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild has come: the position reached, and the head of the log."""

    position: int
    head: int


def rebuild(projector: Projector, to: Projection, handlers: Mapping[type, Callable[..., Any]] | None = None) -> Rebuild:
    """Prepare to build a projection from the whole log while the projector goes on serving.

    Parameters
    ----------
    projector : Projector
    to : Projection
        The version to build; may have another schema.
    handlers : mapping of query type to handler, optional
        Query handlers that fit the new schema; they take over at the same moment as the table.

    Examples
    --------
    >>> from cqrs_lab import MemoryEventStore, Projector, rebuild
    >>> from cqrs_lab.shop.read import ProductListing
    >>> projector = Projector(MemoryEventStore(), ProductListing())
    >>> rebuild(projector, to=ProductListing()).run().state
    'swapped'
    """
    return Rebuild(projector, to, dict(handlers or {}))


class Rebuild:
    """A rebuild under way: iterate it for progress, or `run` it to the end.

    Queries are answered from the old version until the moment of the swap. If you stop iterating, the
    work done so far is kept: iterate again to go on, or `abort`.

    Attributes
    ----------
    state : {"building", "swapped", "aborted"}
    """

    def __init__(self, projector: Projector, to: Projection, handlers: Mapping[type, Callable[..., Any]]) -> None:
        self.state: Literal["building", "swapped", "aborted"] = "building"
        self._old = projector
        self._new = Projector(projector.store, to, projector.on_failure)
        self._handlers = handlers
        projector.begin_rebuild()

    def __iter__(self) -> Iterator[Progress]:
        """Build one segment of the log at a time, then swap.

        Raises
        ------
        ProjectionFailed
            The new version cannot take in an event. The old one goes on serving.
        """
        while self.state == "building":
            self._new.catch_up(limit=SEGMENT_EVENTS)
            # The last few events are taken in during the swap, so that writers cannot keep us running behind.
            if self._old.store.head() - self._new.position < SEGMENT_EVENTS:
                self._old.end_rebuild(self._new, self._handlers)
                self.state = "swapped"
            yield Progress(self._new.position, self._old.store.head())

    def run(self) -> Self:
        """Build to the end and swap."""
        for _ in self:
            pass
        return self

    def abort(self) -> None:
        """Give up the new version; the old one goes on serving."""
        if self.state == "building":
            self.state = "aborted"
            self._old.end_rebuild()
