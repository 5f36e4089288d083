"""The summary of one batch, and what pandas would lose in it without a word."""

from __future__ import annotations

import pandas as pd

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.guards.overflow import check_sums
from cqrs_lab.read.guards.rowless import rowless_events
from cqrs_lab.read.projection import Projection


def summarised(projection: Projection, batch: EventBatch) -> tuple[pd.DataFrame, int]:
    """Return the rows that a batch contributes, and how many events with a missing value contribute none.

    Raises
    ------
    SchemaError
        The rows do not have the declared schema, or a sum does not fit in 64 bits.
    """
    rows = projection.summarise(batch)
    projection.schema.check(rows, f"{projection.name}.summarise")
    check_sums(projection, batch, rows)
    if len(batch) == 1 and len(rows):
        return rows, 0  # of a single event it is known already
    read = (recorded for kind in projection.events for recorded in batch.recorded(kind))
    return rows, len(rowless_events(projection, read))
