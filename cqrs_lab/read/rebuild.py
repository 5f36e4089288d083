"""A rebuild: the next version is built beside the serving one, then takes its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Self

import pandas as pd

from cqrs_lab.arguments import refuse, whole_number
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.segment import SEGMENT_EVENTS
from cqrs_lab.read.accepted import check_handlers
from cqrs_lab.read.difference import compare_tables
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.projector import Projector
from cqrs_lab.read.read_model import ReadModel


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild has come: the position reached, and the head of the log."""

    position: int
    head: int


def rebuild(
    projector: Projector,
    to: Projection,
    handlers: Mapping[type, Callable[..., Any]] | None = None,
    model: ReadModel | None = None,
    step_events: int = SEGMENT_EVENTS,
) -> Rebuild:
    """Prepare to build a projection from the whole log while the projector goes on serving.

    Parameters
    ----------
    projector : Projector
    to : Projection
        The version to build; may have another schema.
    handlers : mapping of query type to handler, optional
        Query handlers that fit the new schema; they take over at the same moment as the table. Where the schema is
        another one, a handler that is not given here meets the new table with the code for the old one.
    model : ReadModel, optional
        The `model` of a rebuild that a crash has ended: this one goes on from there.
    step_events : int, optional
        How many events are taken in between two reports of progress. The swap takes in the last stretch, shorter than
        that, by itself; so where more events than these come in during every step, the rebuild does not end.

    Examples
    --------
    >>> from cqrs_lab import MemoryEventStore, Projector, rebuild
    >>> from cqrs_lab.shop.read import ProductListing
    >>> projector = Projector(MemoryEventStore(), ProductListing())
    >>> rebuild(projector, to=ProductListing()).run().state
    'swapped'
    """
    return Rebuild(projector, to, {} if handlers is None else handlers, model, step_events)


class Rebuild:
    """A rebuild under way: iterate it for progress, or `run` it to the end.

    Queries are answered from the old version until the moment of the swap. If you stop iterating, the
    work done so far is kept: iterate again to go on, or `abort`.

    Attributes
    ----------
    state : {"building", "swapped", "aborted"}
    """

    _given_up = _swapped = False

    def __init__(
        self,
        projector: Projector,
        to: Projection,
        handlers: Mapping[type, Callable[..., Any]],
        model: ReadModel | None = None,
        step_events: int = SEGMENT_EVENTS,
    ) -> None:
        if not isinstance(projector, Projector):
            raise refuse("projector", projector, "a projector; give the one whose next version is to be built")
        check_handlers(handlers)
        self._step_events = whole_number("step_events", step_events, "a step; give a whole number, 1 or more", least=1)
        self._old, self._handlers = projector, dict(handlers)
        self._new = Projector(projector.store, to, projector.on_failure, model=model)
        self._before = projector.serving.model
        projector.begin_rebuild(by=self)

    @property
    def state(self) -> Literal["building", "swapped", "aborted"]:
        """How far it has come."""
        # Asked of the projector: an interrupt may have come between the swap and a note of it.
        now = self._old.serving
        self._swapped = self._swapped or now.swapped_by is self
        return "swapped" if self._swapped else "building" if now.rebuilding is self else "aborted"

    @property
    def model(self) -> ReadModel:
        """What is built so far, table and checkpoint together: keep it, and a crash costs nothing that is in it."""
        return self._new.serving.model

    def difference(self) -> pd.DataFrame:
        """Tell how what is built differs from what served before; see `compare_tables`.

        While both versions stand at the same position, every difference is one of meaning.
        """
        before = self._before if self.state == "swapped" else self._old.serving.model
        return compare_tables(before.table, self.model.table)

    def __iter__(self) -> Iterator[Progress]:
        """Build one step of the log at a time, then swap.

        Raises
        ------
        ProjectionFailed
            The new version cannot take in an event, or has parked one that the old version has. The old one goes on
            serving.
        """
        while not self._given_up and self.state != "swapped":
            self._step()
            yield Progress(self._new.position, self._old.store.head())

    def _step(self) -> None:
        self._new.catch_up(limit=self._step_events)
        # The last few events are taken in during the swap, so that writers cannot keep us running behind.
        near = self._old.store.head() - self._new.position < self._step_events
        try:
            if near and not self._given_up:
                self._before = self._old.end_rebuild(self._new, self._handlers, by=self)
        except InvalidArgument:
            if not self._given_up and self.state != "swapped":  # it was not this rebuild that ended it meanwhile
                raise

    def run(self) -> Self:
        """Build to the end and swap; give up if anything goes wrong."""
        try:
            for _ in self:
                pass
        finally:
            self.abort()  # does nothing once it has swapped
        return self

    def abort(self) -> None:
        """Give up the new version; the old one goes on serving. A step that is under way swaps no more."""
        self._given_up = True
        with suppress(InvalidArgument):  # it has swapped, or was given up before
            self._old.end_rebuild(by=self)
