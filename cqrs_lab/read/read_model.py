"""A read model: a table and the position it reflects, never one without the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from cqrs_lab.errors import ProjectionFailed, said
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.merge import check_overflow, upsert
from cqrs_lab.read.projection import Projection


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """An event that the projection could not take in and that was left out."""

    position: int
    error: str


@dataclass(frozen=True, slots=True)
class ReadModel:
    """What a projection has made of the log up to a position.

    It is never changed: taking in a batch gives a new one. Whoever holds a read model therefore holds a
    table and a checkpoint that belong together, wherever the worker was interrupted.

    Attributes
    ----------
    table : DataFrame
        In the projection's schema.
    position : int
        The last position it reflects: its checkpoint.
    parked : tuple of ParkedEvent
        What was left out up to there. Kept here, since the checkpoint has moved past it.
    made_by : (str, int) or None
        Name and version of the projection that has made it; None as long as nothing was taken in.
    """

    table: pd.DataFrame
    position: int = 0
    parked: tuple[ParkedEvent, ...] = ()
    made_by: tuple[str, int] | None = None

    def take_in(self, projection: Projection, batch: EventBatch) -> ReadModel:
        """Summarise the batch and merge it into the rows it touches."""
        if not batch.holds(projection.events):
            return replace(self, position=batch.last_position)
        rows = projection.summarise(batch)
        projection.schema.check(rows, f"{projection.name}.summarise")
        at = self.table.index.get_indexer(rows.index)
        merged = projection.merge(self.table.take(at[at >= 0]), rows)
        projection.schema.check(merged, f"{projection.name}.merge")
        check_overflow(self.table, rows, merged, f"{projection.name}.merge")
        made_by = projection.name, projection.version
        return replace(self, table=upsert(self.table, merged), position=batch.last_position, made_by=made_by)

    def park(self, position: int, error: str) -> ReadModel:
        """Leave out the event at this position, and remember it."""
        return replace(self, position=position, parked=(*self.parked, ParkedEvent(position, error)))


OnFailure = Literal["stop", "park"]


def advanced(
    model: ReadModel, projection: Projection, batch: EventBatch, on_failure: OnFailure, failures: type[BaseException]
) -> tuple[ReadModel, ProjectionFailed | None]:
    """Take in a batch as far as the projection can, and return what stopped it."""
    if not len(batch):
        return model, None
    try:
        return model.take_in(projection, batch), None
    except failures as caught:
        error = caught
    # Out of the except block: or else an error in a half would tell of every larger batch as well.
    if len(batch) == 1:
        return left_out(model, projection, batch.last_position, on_failure, error)
    failure = None
    for half in batch.halves():
        if failure is None:
            model, failure = advanced(model, projection, half, on_failure, failures)
    return model, failure


def left_out(
    model: ReadModel, projection: Projection, position: int, on_failure: OnFailure, error: BaseException
) -> tuple[ReadModel, ProjectionFailed | None]:
    """Park an event that could not be taken in, or stop before it."""
    if on_failure == "park":
        return model.park(position, said(error)), None
    failure = ProjectionFailed(projection.name, position, model.position, said(error))
    failure.__cause__ = error
    return model, failure
