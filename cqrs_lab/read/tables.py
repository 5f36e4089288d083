"""Where a read model is kept: its rows and its checkpoint, saved together or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from cqrs_lab.read.frames.rows import Rows


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """An event that the projection could not apply and that was left out."""

    position: int
    error: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a table has to say of itself: how far it has come, and what it has left out on the way.

    Attributes
    ----------
    position : int
        The last position that the table reflects.
    parked : tuple of ParkedEvent
        The events left out up to there. Kept here, since the position has moved past them.
    made_by : (str, int) or None
        Name and version of the projection that made the table; None until an event was applied.
    rowless : int
        How many events that hold None left no row.
    """

    position: int = 0
    parked: tuple[ParkedEvent, ...] = ()
    made_by: tuple[str, int] | None = None
    rowless: int = 0


class Tables(Protocol):
    """One version of a kept table. Saving gives the next version, and this one goes on saying what it said.

    Rows and checkpoint are saved in one step: if the table is opened again after a crash, it has the checkpoint
    that goes with its rows.
    """

    @property
    def checkpoint(self) -> Checkpoint:
        """What was saved with the rows."""

    def rows(self, keys: pd.Index) -> pd.DataFrame:
        """Return the rows that there are of these keys, in any order, without a look at the others."""

    def save(self, rows: pd.DataFrame | None, checkpoint: Checkpoint) -> Tables:
        """Put these rows in place of those with the same keys, add the others, set the checkpoint, all in one step.

        Returns
        -------
        Tables
            The latest version. If others have saved since this one was read, nothing is saved, and it is theirs.
        """

    def table(self) -> pd.DataFrame:
        """Return all rows."""

    def latest(self) -> Tables:
        """Return the version that is kept now, which others may have saved."""

    def swap(self, other: Tables) -> Tables:
        """Keep the other's table and checkpoint in the place of what is there, in one step.

        Returns
        -------
        Tables
            The latest version. If what is there is at a later position than the other, it stays, and is returned.
        """


class MemoryTables:
    """A table in memory. A version is never changed; what has not changed is shared with the next one.

    Parameters
    ----------
    table : DataFrame
        In the projection's schema, such as ``schema.empty()``.
    checkpoint : Checkpoint, optional

    Examples
    --------
    >>> from cqrs_lab import Schema
    >>> from cqrs_lab.read.tables import Checkpoint, MemoryTables
    >>> empty = Schema(index=["product"], columns={"units": "int64"}).empty()
    >>> row = empty.reindex(["tea"], fill_value=2)
    >>> tables = MemoryTables(empty).save(row, Checkpoint(position=7))
    >>> tables.checkpoint.position, int(tables.table().at["tea", "units"])
    (7, 2)
    """

    def __init__(self, table: pd.DataFrame, checkpoint: Checkpoint = Checkpoint()) -> None:
        self.checkpoint = checkpoint
        self._rows = Rows.of(table)

    def rows(self, keys: pd.Index) -> pd.DataFrame:
        """Return the rows that there are of these keys."""
        return self._rows.of_keys(keys)

    def save(self, rows: pd.DataFrame | None, checkpoint: Checkpoint) -> MemoryTables:
        """Return the next version; it is saved when it takes the place of this one."""
        following = type(self).__new__(type(self))
        following.checkpoint, following._rows = checkpoint, self._rows.with_rows(rows)
        return following

    def table(self) -> pd.DataFrame:
        """Return all rows."""
        return self._rows.table

    def latest(self) -> MemoryTables:
        """Return this one: a version in memory is nobody else's."""
        return self

    def swap(self, other: Tables) -> Tables:
        """Return the other."""
        return other
