"""A rebuild: the next version is built beside the serving one, and then takes its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Self

import pandas as pd

from cqrs_lab.arguments import how_many, refuse
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.slice import SLICE_EVENTS
from cqrs_lab.read import handover
from cqrs_lab.read.frames.difference import compare_tables
from cqrs_lab.read.guards.accepted import check_handlers
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.projector import Projector
from cqrs_lab.read.read_model import ReadModel


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a rebuild: the position reached, and the head of the log."""

    position: int
    head: int


def rebuild(
    projector: Projector,
    to: Projection,
    handlers: Mapping[type, Callable[..., Any]] | None = None,
    model: ReadModel | None = None,
    step_events: int = SLICE_EVENTS,
) -> Rebuild:
    """Return a rebuild of a projection from the whole log; the projector keeps serving meanwhile.

    Parameters
    ----------
    projector : Projector
    to : Projection
        The version to build; may have another schema.
    handlers : mapping of query type to handler, optional
        Query handlers that fit the new schema; they take over at the same moment as the table. If the schema changes, a
        handler that is not given here reads the new table with code for the old one.
    model : ReadModel, optional
        The `model` of a rebuild that a crash ended: this one continues from there.
    step_events : int, optional
        How many events are applied between two reports of progress. What remains when fewer than these are left is
        applied by the swap. If more events than these arrive during every step, the rebuild never ends.

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
    """A rebuild under way: iterate over it for progress, or `run` it to the end.

    Queries are answered from the old version until the moment of the swap. If you stop iterating, the
    work done so far is kept: iterate again to continue, or `abort`.

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
        step_events: int = SLICE_EVENTS,
    ) -> None:
        if not isinstance(projector, Projector):
            raise refuse("projector", projector, "a projector; give the one whose next version is to be built")
        check_handlers(handlers)
        self._step_events = how_many("step_events", step_events, "a step; give a whole number, 1 or more", least=1)
        self._old, self._handlers = projector, dict(handlers)
        self._new = Projector(projector.store, to, projector.on_failure, model=model)
        self._before = projector.serving.model
        handover.begin(projector, by=self)

    @property
    def state(self) -> Literal["building", "swapped", "aborted"]:
        """Whether it is still building, has swapped, or was aborted."""
        # The projector knows: an interrupt may have come between the swap and a record of it here.
        now = self._old.serving
        self._swapped = self._swapped or now.swapped_by is self
        return "swapped" if self._swapped else "building" if now.rebuilding is self else "aborted"

    @property
    def model(self) -> ReadModel:
        """The table and checkpoint built so far: save it, and a crash loses none of it."""
        return self._new.serving.model

    def difference(self) -> pd.DataFrame:
        """Return how the new table differs from the one that served before; see `compare_tables`.

        If both versions are at the same position, every difference is one of meaning.
        """
        before = self._before if self.state == "swapped" else self._old.serving.model
        return compare_tables(before.table, self.model.table)

    def __iter__(self) -> Iterator[Progress]:
        """Build one step of the log at a time, then swap.

        Raises
        ------
        ProjectionFailed
            The new version cannot apply an event, or has parked one that the old version has applied. The old one keeps
            serving.
        """
        while not self._given_up and self.state != "swapped":
            self._step()
            yield Progress(self._new.position, self._old.store.head())

    def _step(self) -> None:
        read = self._new.catch_up(limit=self._step_events)
        # The last few events are applied during the swap, so that writers cannot keep the rebuild just behind. Where
        # positions skip, few events may be far away.
        behind = self._old.store.head() - self._new.position
        near = min(read, behind) < self._step_events
        try:
            if near and not self._given_up:
                self._before = handover.swap(self._old, self._new, self._handlers, by=self)
        except InvalidArgument:
            if not self._given_up and self.state != "swapped":  # something else ended this rebuild meanwhile
                raise

    def run(self) -> Self:
        """Build to the end and swap, and return the rebuild; abort if anything goes wrong."""
        try:
            for _ in self:
                pass
        finally:
            self.abort()  # does nothing once it has swapped
        return self

    def abort(self) -> None:
        """Give up the new version; the old one keeps serving, unless the swap has been saved already.

        A step under way no longer swaps.
        """
        self._given_up = True
        with suppress(InvalidArgument):  # it has swapped, or was given up before
            handover.give_up(self._old, self._new, self._handlers, by=self)
