"""The places where a worker can die: between two writes, and between two steps of its work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.read.projection import Projection
from cqrs_lab.simulation.faults.plan import Crash, Fault, Poison


class Crashed(BaseException):
    """The process has died here. A worker's `except Exception` does not catch it."""

    def __init__(self, site: str) -> None:
        super().__init__(site)
        self.site = site


class Unreadable(ValueError):
    """A poison event: the projection cannot read it."""


class Sites:
    """Counts how often a worker passes each site, and lets it die where the plan says so.

    Attributes
    ----------
    visits : Counter
        Site to number of visits so far.
    struck : set of faults
        Those that have struck in this run, of any kind.
    """

    def __init__(self, crashes: Iterable[Crash] = ()) -> None:
        self.visits: Counter[str] = Counter()
        self.struck: set[Fault] = set()
        self._deadly = {(crash.site, crash.visit) for crash in crashes}

    def visit(self, site: str) -> None:
        """Count a visit, and die if the plan says so."""
        self.visits[site] += 1
        if (site, self.visits[site]) in self._deadly:
            self.struck.add(Crash(site, self.visits[site]))
            raise Crashed(site)

    def around(self, what: str, work: Callable[..., Any], *arguments: Any) -> Any:
        """Return what some work returns, with a site before and after it."""
        self.visit(f"before {what}")
        done = work(*arguments)
        self.visit(f"after {what}")
        return done


class Watched:
    """A projection with a site before and after each of its steps, and with events that it cannot read.

    All other attributes are the projection's.
    """

    def __init__(self, projection: Projection, sites: Sites, unreadable: set[int]) -> None:
        self._projection, self._sites, self._unreadable = projection, sites, unreadable

    def __getattr__(self, name: str) -> Any:
        if name == "_projection":  # asked for by a copy that is not filled yet
            raise AttributeError(name)
        return getattr(self._projection, name)

    @property
    def name(self) -> str:
        """The projection's name."""
        return self._projection.name

    @property
    def version(self) -> int:
        """The projection's version."""
        return self._projection.version

    @property
    def events(self) -> tuple[type, ...]:
        """The projection's event types."""
        return self._projection.events

    @property
    def schema(self) -> Schema:
        """The projection's schema."""
        return self._projection.schema

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Return the projection's summary, if every event can be read."""
        for recorded in batch:
            if recorded.position in self._unreadable and type(recorded.event) in self.events:
                self._sites.struck.add(Poison(recorded.position))
                raise Unreadable(f"cannot read the event at {recorded.position}")
        rows: pd.DataFrame = self._sites.around("summarise", self._projection.summarise, batch)
        return rows

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the projection's merged table."""
        merged: pd.DataFrame = self._sites.around("merge", self._projection.merge, table, rows)
        return merged
