"""What rebuilds: the kit's own rebuild, or a learner's function over two stored tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from cqrs_lab.errors import InvalidArgument, ProjectionFailed, said
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.projector import Projector
from cqrs_lab.read.rebuild import Rebuild
from cqrs_lab.read.tables import MemoryTables
from cqrs_lab.simulation.faults.sites import Sites
from cqrs_lab.simulation.faults.workers import Disk, FaultyTables, Lasting


class Rebuilder(Protocol):
    """Serves one version of a read model while it builds another."""

    @property
    def table(self) -> pd.DataFrame:
        """The table that queries are answered from now."""

    @property
    def position(self) -> int:
        """The position that their answers claim."""

    @property
    def mailed(self) -> int:
        """How far the mailer has come, by its own checkpoint."""

    @property
    def swapped(self) -> bool:
        """Whether the new version serves."""

    @property
    def finished(self) -> bool:
        """Whether no step is left."""

    def follow(self) -> None:
        """Apply what is new in the log to the serving version."""

    def step(self) -> None:
        """Build one step further, or swap."""

    def restart(self) -> None:
        """Start again after a crash, from what was kept."""

    def abort(self) -> None:
        """Give up the new version."""

    def mails_sent(self, position: int) -> None:
        """Record that all mails up to a position are sent."""


MakeRebuilder = Callable[[EventStore, Projection, Projection, Sites, int], Rebuilder]


class _SitedRebuild(Rebuild):
    """The kit's rebuild, which builds in tables that last, with sites."""

    def __init__(self, built: Lasting, sites: Sites, projector: Projector, to: Projection, step_events: int) -> None:
        super().__init__(projector, to, {}, None, step_events)
        self._new = Projector(projector.store, to, tables=FaultyTables(built, sites, "save the new version"))


class KitRebuilder:
    """The kit's own rebuild. What projector and rebuild have saved survives a crash; everything else is gone."""

    def __init__(self, store: EventStore, old: Projection, new: Projection, sites: Sites, step_events: int) -> None:
        self._store, self._old, self._new, self._sites, self._step_events = store, old, new, sites, step_events
        self.mailed = 0
        self._serving = Lasting(MemoryTables(old.schema.empty()))
        self._built = Lasting(MemoryTables(new.schema.empty()))
        self._start()
        self._work = self._rebuild()

    def _start(self) -> None:
        serves, tables = self._new if self.swapped else self._old, FaultyTables(self._serving, self._sites, "save")
        self._projector = Projector(self._store, serves, tables=tables)

    def _rebuild(self) -> Rebuild:
        return _SitedRebuild(self._built, self._sites, self._projector, self._new, self._step_events)

    @property
    def table(self) -> pd.DataFrame:
        """The serving table."""
        return self._serving.table

    @property
    def position(self) -> int:
        """The serving position."""
        return self._serving.position

    @property
    def swapped(self) -> bool:
        """Whether the new version serves."""
        return self._serving.swapped

    @property
    def finished(self) -> bool:
        """Whether it has swapped, or was given up."""
        return self.swapped or self._work.state == "aborted"

    def follow(self) -> None:
        """Catch up."""
        self._projector.catch_up()

    def step(self) -> None:
        """Ask for one more report of progress."""
        if not self.finished:
            next(iter(self._work), None)

    def restart(self) -> None:
        """Make a new projector and a new rebuild, each from what was saved."""
        given_up = self._work.state == "aborted"
        self._start()
        if not self.swapped and not given_up:
            self._work = self._rebuild()

    def abort(self) -> None:
        """Abort."""
        self._work.abort()

    def mails_sent(self, position: int) -> None:
        """Record it where no rebuild can reach it."""
        self.mailed = position


@dataclass
class Tables:
    """What survives a crash of a learner's rebuild: two tables with their checkpoints, and the mailer's checkpoint.

    Attributes
    ----------
    serving : Disk
        Queries are answered from here. A follower applies what is new in the log, by the version that serves.
    beside : Disk
        Empty at first, in the new version's schema.
    mailer : Disk
        A mailer that sends one mail for each event follows the log too. Its `checkpoint` is the last event that a mail
        was sent for; its table is not used.
    """

    serving: Disk
    beside: Disk
    mailer: Disk
    _swap: Callable[[], None]

    def swap(self) -> None:
        """Swap the two tables with their checkpoints: one write, which a crash cannot split.

        `beside` serves from then on, and what served before is `beside`.
        """
        self._swap()


class _SitesOf(Sites):
    """Sites whose names say which table they belong to."""

    def __init__(self, name: str, sites: Sites) -> None:
        self._name, self._sites = name, sites

    def visit(self, site: str) -> None:
        self._sites.visit(f"{site}: {self._name}")


_END = object()
RebuildFunction = Callable[[Tables, EventStore, Projection], Iterator[None]]


class FunctionRebuilder:
    """A generator ``rebuild(tables, store, projection)`` that yields between steps; it keeps all in the tables."""

    def __init__(self, rebuild: RebuildFunction, store: EventStore, old: Projection, new: Projection, sites: Sites):
        self._rebuild, self._store, self._new, self._sites = rebuild, store, new, sites
        self._serves, self.swapped, self._given_up, self._ended = old, False, False, False
        serving = Disk(old.schema.empty(), _SitesOf("serving", sites))
        beside = Disk(new.schema.empty(), _SitesOf("beside", sites))
        self._tables = Tables(serving, beside, Disk(old.schema.empty(), Sites()), self._swap)
        self._steps: Iterator[None] | None = None

    def _swap(self) -> None:
        def write() -> None:
            tables = self._tables
            tables.serving, tables.beside = tables.beside, tables.serving
            self._serves, self.swapped = self._new, True

        self._sites.around("swap", write)

    @property
    def table(self) -> pd.DataFrame:
        """The serving table."""
        return self._tables.serving.table

    @property
    def position(self) -> int:
        """The serving checkpoint."""
        return self._tables.serving.checkpoint

    @property
    def built(self) -> int:
        """The checkpoint of the table beside it."""
        return self._tables.beside.checkpoint

    @property
    def mailed(self) -> int:
        """The mailer's checkpoint."""
        return self._tables.mailer.checkpoint

    def follow(self) -> None:
        """Apply what comes after the serving table's checkpoint, as the kit's projector does."""
        serving = self._tables.serving
        batch = EventBatch(list(self._store.read_all(after=serving.checkpoint)))
        if len(batch):
            with self._told(batch.last_position):
                table = self._serves.merge(serving.table, self._serves.summarise(batch))
                serving.save(table=table, checkpoint=batch.last_position)

    @contextmanager
    def _told(self, position: int) -> Iterator[None]:
        """Raise an error as the kit does."""
        try:
            yield
        except Exception as error:
            why = said(error)
            raise ProjectionFailed(self._new.name, position, self.position, why) from error

    def step(self) -> None:
        """Run the function up to its next yield. One that raised an error before its swap is called again."""
        if not self.finished:
            steps, self._steps = self._steps, None
            with self._told(self._tables.beside.checkpoint + 1):
                steps = steps or self._called()
                self._ended = next(steps, _END) is _END
                self._steps = steps

    def _called(self) -> Iterator[Any]:
        steps: Any = self._rebuild(self._tables, self._store, self._new)
        if not isinstance(steps, Iterator):
            raise InvalidArgument(f"the function returned {steps!r}, not steps; let it yield between its steps")
        return steps

    @property
    def finished(self) -> bool:
        """Whether the function has ended, was given up, or raised an error or died after its swap."""
        return self._given_up or self._ended or (self.swapped and self._steps is None)

    def restart(self) -> None:
        """Call the function again, unless it has swapped: it remembers nothing."""
        self._steps, self._ended = None, False

    def abort(self) -> None:
        """Ask for no more steps."""
        self._given_up = not self.swapped

    def mails_sent(self, position: int) -> None:
        """Set the mailer's checkpoint."""
        self._tables.mailer.checkpoint = position


def by_function(rebuild: RebuildFunction) -> MakeRebuilder:
    """Return a maker of rebuilders from a generator ``rebuild(tables, store, projection)``."""
    return lambda store, old, new, sites, step_events: FunctionRebuilder(rebuild, store, old, new, sites)
