"""What is put to the test: the kit's projector, or a learner's function that writes to a disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from numbers import Integral
from typing import Literal, Protocol

import pandas as pd

from cqrs_lab.errors import InvalidArgument, ProjectionFailed, said
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.projector import Projector
from cqrs_lab.read.retry import retry_parked
from cqrs_lab.read.tables import Checkpoint, MemoryTables, Tables
from cqrs_lab.simulation.faults.sites import Sites
from cqrs_lab.simulation.lives import reborn


class Worker(Protocol):
    """Applies batches, and keeps a table and a checkpoint that survive a crash."""

    @property
    def table(self) -> pd.DataFrame:
        """The table that is kept."""

    @property
    def position(self) -> int:
        """The checkpoint that is kept."""

    @property
    def skipped(self) -> tuple[int, ...]:
        """The positions that the worker says it has skipped."""

    def receive(self, batch: EventBatch) -> None:
        """Apply a batch that was handed over."""

    def restart(self) -> None:
        """Start again after a crash, from what was kept."""

    def repaired(self) -> None:
        """Go on, now that the projection can read everything again."""


MakeWorker = Callable[[EventStore, Projection, Sites], Worker]


class Lasting:
    """What outlives a crash of the kit's projector: the tables last saved, and whether a rebuild took their place."""

    def __init__(self, tables: Tables) -> None:
        self.tables, self.swapped = tables, False

    @property
    def table(self) -> pd.DataFrame:
        """The table as last saved."""
        return self.tables.table().copy(deep=False)

    @property
    def position(self) -> int:
        """The position as last saved."""
        return self.tables.checkpoint.position


class FaultyTables:
    """A version of what lasts, with a site before and after each write."""

    def __init__(self, lasting: Lasting, sites: Sites, what: str) -> None:
        self._lasting, self._sites, self._what = lasting, sites, what
        self._version = lasting.tables
        self.checkpoint = self._version.checkpoint
        self.rows, self.table = self._version.rows, self._version.table

    def save(self, rows: pd.DataFrame | None, checkpoint: Checkpoint) -> Tables:
        """Save, with a site before and after it."""
        return self._written(self._what, partial(self._version.save, rows, checkpoint))

    def latest(self) -> FaultyTables:
        """Return the version that lasts now."""
        return FaultyTables(self._lasting, self._sites, self._what)

    def swap(self, other: Tables) -> Tables:
        """Swap, with a site before and after it."""
        after = self._written("swap", partial(self._version.swap, getattr(other, "_version", other)), swapped=True)
        return after

    def _written(self, what: str, write: Callable[[], Tables], swapped: bool = False) -> Tables:
        def lasts() -> FaultyTables:
            self._lasting.tables, self._lasting.swapped = write(), self._lasting.swapped or swapped
            return self.latest()

        written: FaultyTables = self._sites.around(what, lasts)
        return written


class ProjectorWorker:
    """The kit's own projector. Its read model is saved as a whole, as in a database transaction."""

    def __init__(
        self, store: EventStore, projection: Projection, sites: Sites, on_failure: Literal["stop", "park"] = "stop"
    ) -> None:
        self._lasting = Lasting(MemoryTables(projection.schema.empty()))

        def life() -> Projector:
            return Projector(store, projection, on_failure, tables=FaultyTables(self._lasting, sites, "save"))

        self._life = life
        self.projector = life()

    @property
    def table(self) -> pd.DataFrame:
        """The table as last saved."""
        return self._lasting.table

    @property
    def position(self) -> int:
        """The position as last saved."""
        return self._lasting.position

    @property
    def skipped(self) -> tuple[int, ...]:
        """The positions that are parked."""
        return tuple(one.position for one in self._lasting.tables.checkpoint.parked)

    def receive(self, batch: EventBatch) -> None:
        """Apply a batch."""
        self.projector.apply(batch)

    def restart(self) -> None:
        """Make a new projector that goes on from what was saved."""
        self.projector = self._life()

    def repaired(self) -> None:
        """Apply what was parked."""
        retry_parked(self.projector)


def parking(store: EventStore, projection: Projection, sites: Sites) -> Worker:
    """Return the kit's projector with the policy to park what it cannot read."""
    return ProjectorWorker(store, projection, sites, "park")


class Disk:
    """What survives a worker: a table and a checkpoint. Each is written when it is set; `save` writes both at once.

    Attributes
    ----------
    table : DataFrame
    checkpoint : int
        The position that the worker says it has reached.
    writes : int
        How often it was written.
    """

    def __init__(self, table: pd.DataFrame, sites: Sites) -> None:
        self._table, self._checkpoint, self._sites = table.copy(), 0, sites
        self.writes = 0

    @property
    def table(self) -> pd.DataFrame:
        """The table as last written."""
        return self._table.copy()

    @table.setter
    def table(self, table: pd.DataFrame) -> None:
        self._sites.around("the table is written", self._write, table, self._checkpoint)

    @property
    def checkpoint(self) -> int:
        """The checkpoint as last written."""
        return self._checkpoint

    @checkpoint.setter
    def checkpoint(self, position: int) -> None:
        self._sites.around("the checkpoint is written", self._write, self._table, position)

    def save(self, *, table: pd.DataFrame, checkpoint: int) -> None:
        """Write both in one transaction: after a crash both are old or both are new."""
        self._sites.around("both are written", self._write, table, checkpoint)

    def _write(self, table: pd.DataFrame, position: int) -> None:
        if not isinstance(table, pd.DataFrame):
            raise InvalidArgument(f"the disk was given a {type(table).__name__} as its table; give a DataFrame")
        if not isinstance(position, Integral) or position < 0:
            raise InvalidArgument(f"the disk was given the checkpoint {position!r}; give a position, 0 or more")
        self._table, self._checkpoint = table.copy(), int(position)
        self.writes += 1


TakeIn = Callable[[Disk, EventBatch, Projection], None]


class DiskWorker:
    """A worker that is one function, ``take_in(disk, batch, projection)``: it keeps everything on the disk."""

    def __init__(self, take_in: TakeIn, projection: Projection, sites: Sites) -> None:
        self._take_in, self._projection = take_in, projection
        self._disk = Disk(projection.schema.empty(), sites)
        self.skipped: tuple[int, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """The disk's table."""
        return self._disk.table

    @property
    def position(self) -> int:
        """The disk's checkpoint."""
        return self._disk.checkpoint

    def receive(self, batch: EventBatch) -> None:
        """Call the function with a batch; an error is raised as the kit's projector raises it."""
        try:
            self._take_in(self._disk, batch, self._projection)
        except Exception as error:
            why = said(error)
            raise ProjectionFailed(self._projection.name, batch.last_position, self.position, why) from error

    def restart(self) -> None:
        """Do nothing: the function remembers nothing."""

    def repaired(self) -> None:
        """Do nothing: the event that it stopped at is delivered again."""


class ForgetfulWorker(DiskWorker):
    """One whose function may keep something in memory too: it is gone when the worker starts again."""

    def __init__(self, take_in: TakeIn, projection: Projection, sites: Sites) -> None:
        super().__init__(reborn(take_in), projection, sites)
        self._at_first = take_in

    def restart(self) -> None:
        """Start the function again, as it was at first."""
        self._take_in = reborn(self._at_first)


def on_disk(take_in: TakeIn) -> MakeWorker:
    """Return a maker of workers from a function ``take_in(disk, batch, projection)``; the disk outlives a crash."""
    at_first = reborn(take_in)
    return lambda store, projection, sites: ForgetfulWorker(at_first, projection, sites)
