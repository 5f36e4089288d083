"""A read model: a table and the position it reflects, never one without the other."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.projection import Projection, upsert


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
    """

    table: pd.DataFrame
    position: int = 0

    def take_in(self, projection: Projection, batch: EventBatch) -> ReadModel:
        """Summarise the batch and merge it into the rows it touches."""
        if not batch.holds(projection.events):
            return ReadModel(self.table, batch.last_position)
        rows = projection.summarise(batch)
        projection.schema.check(rows, f"{projection.name}.summarise")
        at = self.table.index.get_indexer(rows.index)
        merged = projection.merge(self.table.take(at[at >= 0]), rows)
        projection.schema.check(merged, f"{projection.name}.merge")
        return ReadModel(upsert(self.table, merged), batch.last_position)
