"""A read model: a table and the position it reflects, never one without the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Self

import pandas as pd

from cqrs_lab.arguments import having
from cqrs_lab.errors import ProjectionFailed, said
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.merge import check_overflow, upsert
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.summary import summarised
from cqrs_lab.read.tables import Checkpoint, MemoryTables, ParkedEvent, Tables


@dataclass(frozen=True, slots=True)
class ReadModel:
    """The table that a projection has made from the log, up to a position.

    It is never changed: applying a batch makes a new one. So its table and its checkpoint always belong
    together, wherever the worker was interrupted.

    Attributes
    ----------
    tables : Tables or DataFrame
        Where its rows are kept, in the projection's schema; a DataFrame is kept in memory.
    position : int
        The last position it reflects: its checkpoint.
    parked : tuple of ParkedEvent
        The events left out up to there. Kept here, since the checkpoint has moved past them.
    made_by : (str, int) or None
        Name and version of the projection that made it; None until an event was applied.
    rowless : int
        How many events that hold None left no row.
    unsaved : DataFrame or None
        The rows that differ from those kept, until `saved`.
    """

    tables: Tables
    position: int = 0
    parked: tuple[ParkedEvent, ...] = ()
    made_by: tuple[str, int] | None = None
    rowless: int = 0
    unsaved: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        if isinstance(self.tables, pd.DataFrame):
            object.__setattr__(self, "tables", MemoryTables(self.tables, self.checkpoint))
        having("tables", self.tables, ["rows", "save", "table", "latest", "swap"], "a kept table; give a DataFrame")

    @classmethod
    def of(cls, projection: Projection) -> Self:
        """Return the read model of a projection before the first event, kept in memory."""
        return cls(MemoryTables(projection.schema.empty()))

    @classmethod
    def kept_in(cls, tables: Tables) -> Self:
        """Return the read model that is kept there."""
        there = tables.checkpoint
        return cls(tables, there.position, there.parked, there.made_by, there.rowless)

    @property
    def checkpoint(self) -> Checkpoint:
        """What is saved with the rows."""
        return Checkpoint(self.position, self.parked, self.made_by, self.rowless)

    @property
    def table(self) -> pd.DataFrame:
        """All rows."""
        kept = self.tables.table()
        return kept if self.unsaved is None else upsert(kept, self.unsaved)

    def rows(self, keys: pd.Index) -> pd.DataFrame:
        """Return the rows that there are of these keys."""
        kept = self.tables.rows(keys)
        return kept if self.unsaved is None else upsert(kept, self.unsaved[self.unsaved.index.isin(keys)])

    def take_in(self, projection: Projection, batch: EventBatch) -> ReadModel:
        """Return the read model with the batch summarised and merged into the rows it touches."""
        if not batch.holds(projection.events):
            return replace(self, position=batch.upto)
        rows, rowless = summarised(projection, batch)
        before = self.rows(rows.index)
        merged = projection.merge(before, rows)
        projection.schema.check(merged, f"{projection.name}.merge")
        check_overflow(before, rows, merged, f"{projection.name}.merge")
        unsaved = merged if self.unsaved is None else upsert(self.unsaved, merged)
        made_by, rowless = (projection.name, projection.version), self.rowless + rowless
        return replace(self, unsaved=unsaved, position=batch.upto, made_by=made_by, rowless=rowless)

    def saved(self) -> ReadModel:
        """Return the read model as it is kept, once this one was saved; another one, if others have saved meanwhile."""
        if self.unsaved is None and self.checkpoint == self.tables.checkpoint:
            return self
        return self.kept_in(self.tables.save(self.unsaved, self.checkpoint))

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
