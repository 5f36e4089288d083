"""A projection: what a slice of the log says, and how two such sayings become one."""

from __future__ import annotations

from typing import Protocol

import pandas as pd

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.schema import Schema


class Projection(Protocol):
    """Summarises any slice of the log, and merges summaries: the read side's whole algebra.

    For every way of cutting a log into batches, merging the batches' summaries gives the summary of the
    whole. For that, `merge` is associative and commutative, has the empty table as identity, and works
    row by row. `cqrs_lab.check_projection` tries this on any log.

    Attributes
    ----------
    name : str
    version : int
        Raise it when `summarise` or `schema` changes, and rebuild.
    events : tuple of type
        The event types it reads; other events pass by.
    schema : Schema
    """

    @property
    def name(self) -> str:
        """What the read model is called."""

    @property
    def version(self) -> int:
        """Which shape and meaning its table has."""

    @property
    def events(self) -> tuple[type, ...]:
        """The event types it reads."""

    @property
    def schema(self) -> Schema:
        """The shape of its table."""

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Tell which rows of the read model this slice contributes, in the declared schema."""

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Make one table of two, neither of which is changed; the projector hands in only the rows concerned."""
