"""A projection: summarises a slice of the log, and combines two summaries into one."""

from __future__ import annotations

from typing import Protocol

import pandas as pd

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.schema import Schema


class Projection(Protocol):
    """Summarises any slice of the log, and merges summaries: the read side's whole algebra.

    However a log is cut into batches, the merged summaries of the batches equal the summary of the whole. For that,
    `merge` is associative and commutative, has the empty table as identity, and works row by row.
    `cqrs_lab.check_projection` tries this on any log.

    Attributes
    ----------
    name : str
    version : int
        Raise it when `summarise` or `schema` changes, and rebuild.
    events : tuple of type
        The event types it reads; other events are skipped.
    schema : Schema
    """

    @property
    def name(self) -> str:
        """The name of the read model."""

    @property
    def version(self) -> int:
        """The version of its table's shape and meaning."""

    @property
    def events(self) -> tuple[type, ...]:
        """The event types it reads."""

    @property
    def schema(self) -> Schema:
        """The shape of its table."""

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Return the rows that this slice contributes to the read model, in the declared schema."""

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Return one table from two, and change neither; the projector passes only the rows concerned."""
