"""A read model: a table and the position it reflects, never one without the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from cqrs_lab.errors import ProjectionFailed, said
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.merge import check_overflow, upsert
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.summary import summarised


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """An event that the projection could not apply and that was left out."""

    position: int
    error: str


@dataclass(frozen=True, slots=True)
class ReadModel:
    """The table that a projection has made from the log, up to a position.

    It is never changed: applying a batch makes a new one. So its table and its checkpoint always belong
    together, wherever the worker was interrupted.

    Attributes
    ----------
    table : DataFrame
        In the projection's schema.
    position : int
        The last position it reflects: its checkpoint.
    parked : tuple of ParkedEvent
        The events left out up to there. Kept here, since the checkpoint has moved past them.
    made_by : (str, int) or None
        Name and version of the projection that made it; None until an event was applied.
    rowless : int
        How many events that hold None left no row.
    """

    table: pd.DataFrame
    position: int = 0
    parked: tuple[ParkedEvent, ...] = ()
    made_by: tuple[str, int] | None = None
    rowless: int = 0

    def take_in(self, projection: Projection, batch: EventBatch) -> ReadModel:
        """Return the read model with the batch summarised and merged into the rows it touches."""
        if not batch.holds(projection.events):
            return replace(self, position=batch.upto)
        rows, rowless = summarised(projection, batch)
        at = self.table.index.get_indexer(rows.index)
        merged = projection.merge(self.table.take(at[at >= 0]), rows)
        projection.schema.check(merged, f"{projection.name}.merge")
        check_overflow(self.table, rows, merged, f"{projection.name}.merge")
        table, made_by = upsert(self.table, merged), (projection.name, projection.version)
        return replace(self, table=table, position=batch.upto, made_by=made_by, rowless=self.rowless + rowless)

    def park(self, position: int, error: str) -> ReadModel:
        """Return the read model with the event at this position left out, and listed as parked."""
        return replace(self, position=position, parked=(*self.parked, ParkedEvent(position, error)))


OnFailure = Literal["stop", "park"]


def advanced(
    model: ReadModel, projection: Projection, batch: EventBatch, on_failure: OnFailure, failures: type[BaseException]
) -> tuple[ReadModel, ProjectionFailed | None]:
    """Return the model after as much of the batch as can be applied, and the failure that stopped it, if any."""
    if not len(batch):
        return replace(model, position=max(model.position, batch.upto)), None
    try:
        return model.take_in(projection, batch), None
    except failures as caught:
        error = caught
    # Outside the except block, or an error in a half would carry the errors of all larger batches with it.
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
    """Return the model with an event parked that could not be applied, or the failure to stop with."""
    if on_failure == "park":
        return model.park(position, said(error)), None
    failure = ProjectionFailed(projection.name, position, model.position, said(error))
    failure.__cause__ = error
    return model, failure
