"""The read model of a measurement: one table in a SQLite file, which another process reads meanwhile."""

from __future__ import annotations

import sqlite3
import time
from copy import copy
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.merge import merge_rows
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.read.tables import Checkpoint, Tables

NAME = "cqrs-lab-handled"
SCHEMA = Schema(index=["kind"], columns={"events": "int64"})
TABLES = """
    PRAGMA journal_mode = WAL;
    CREATE TABLE counts (kind TEXT PRIMARY KEY, events INTEGER NOT NULL);
    CREATE TABLE checkpoint (one INTEGER PRIMARY KEY, position INTEGER NOT NULL);
"""
SEEN = "SELECT coalesce(max(position), 0) FROM checkpoint"


@dataclass(frozen=True, slots=True)
class Handled:
    """An event, and how much processor time a projector has to spend on it."""

    work_seconds: float


class Counts:
    """Counts events, and works on each of them for as long as it says."""

    name, version, events, schema = "counts", 1, (Handled,), SCHEMA

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Work, and return how many events there were."""
        frame = batch.frame(Handled)
        work(float(frame["work_seconds"].sum()))
        return frame.assign(kind="handled", events=1).groupby("kind")[["events"]].sum()

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Add the counts up."""
        return merge_rows(table, rows, add=["events"])


def work(seconds: float) -> None:
    """Keep a processor busy; time in which another process has it does not count."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def new_file(path: Path) -> None:
    """Make the file, before any process opens it."""
    connection = sqlite3.connect(path)
    connection.executescript(TABLES)
    connection.close()


class SharedTables:
    """The counts and their checkpoint, saved in one transaction of a SQLite file; this process alone writes it."""

    def __init__(self, path: Path, position: int) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        # A read model can be made again from the log, so its commits do not wait for the disk.
        self._connection.execute("PRAGMA synchronous = OFF")
        self.checkpoint = Checkpoint(position)

    def rows(self, keys: pd.Index) -> pd.DataFrame:
        """Return the row of these keys, if it is there."""
        table = self.table()
        return table[table.index.isin(keys)]

    def table(self) -> pd.DataFrame:
        """Return all rows."""
        found = self._connection.execute("SELECT kind, events FROM counts").fetchall()
        return SCHEMA.conform(pd.DataFrame(found, columns=["kind", "events"]))

    def save(self, rows: pd.DataFrame | None, checkpoint: Checkpoint) -> SharedTables:
        """Save rows and checkpoint in one step."""
        new = [] if rows is None else [(str(kind), int(events)) for kind, events in rows["events"].items()]
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR REPLACE INTO counts VALUES (?, ?)", new)
            self._connection.execute("INSERT OR REPLACE INTO checkpoint VALUES (1, ?)", [checkpoint.position])
        following = copy(self)
        following.checkpoint = checkpoint
        return following

    def latest(self) -> SharedTables:
        """Return this version: nobody else writes."""
        return self

    def swap(self, other: Tables) -> Tables:
        """Save what the other holds."""
        return self.save(other.table(), other.checkpoint)


class PositionShown:
    """A reader's view of the file, from another process."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)

    def now(self) -> int:
        """Return up to which position the table reflects the log now."""
        found: tuple[int] = self._connection.execute(SEEN).fetchone()
        return found[0]
