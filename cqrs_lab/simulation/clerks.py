"""Lets clerks meet in one SQLite file: the others act just before a chosen statement of the first one's."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple

Clerk = Callable[[sqlite3.Connection], Any]
Watch = Callable[[int, str], None]


class ClerkOutcome(NamedTuple):
    """What a clerk's function returned, or the error it raised, and how it left its connection."""

    value: Any
    error: BaseException | None
    left: Literal["ready", "in a transaction", "closed"]


@dataclass(slots=True)
class ClerksMeeting:
    """What came of a meeting: the first clerk's statements, and the outcome of each clerk, the first one's first."""

    statements: list[str] = field(default_factory=list)
    outcomes: dict[int, ClerkOutcome] = field(default_factory=dict)

    def in_order(self) -> list[ClerkOutcome]:
        """Return the outcomes in the order in which the clerks were named."""
        return [self.outcomes[at] for at in sorted(self.outcomes)]


@dataclass(frozen=True, slots=True)
class ClerksFile:
    """A file in WAL mode that each clerk opens for themselves."""

    path: Path

    def connect(self) -> sqlite3.Connection:
        """Open a connection that commits each statement by itself and waits for no lock."""
        connection = sqlite3.connect(self.path, timeout=0, isolation_level=None)
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    def run(self, script: str) -> None:
        """Put rows in place."""
        with closing(self.connect()) as connection:
            connection.executescript(script)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what the file holds."""
        with closing(self.connect()) as connection:
            return connection.execute(sql).fetchall()

    def is_free(self) -> bool:
        """Return whether nobody holds the write lock."""
        with closing(self.connect()) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            return True

    def meet(
        self, first: Clerk, others: Sequence[tuple[int, Clerk]] = (), watch: Watch = lambda clerk, sql: None
    ) -> ClerksMeeting:
        """Let the first clerk work, and each of the others just before a statement of the first one's.

        Parameters
        ----------
        first : callable
            It gets a connection.
        others : sequence of (int, callable)
            The number of the statement, from 1, and the clerk. If the write lock is held at that moment, a real clerk
            would wait for it, so this one acts when the first has finished.
        watch : callable, optional
            ``watch(clerk, sql)`` is called before each statement, and after those who act before it. 0 is the first
            clerk; the others are counted from 1.

        Returns
        -------
        ClerksMeeting
        """
        met = ClerksMeeting()

        def before_a_statement(sql: str) -> None:
            met.statements.append(sql)
            for at, (number, clerk) in enumerate(others, 1):
                if number == len(met.statements) and self.is_free():
                    met.outcomes[at] = self._act(clerk, partial(watch, at))
            watch(0, sql)

        met.outcomes[0] = self._act(first, before_a_statement)
        for at, (_, clerk) in enumerate(others, 1):
            if at not in met.outcomes:
                met.outcomes[at] = self._act(clerk, partial(watch, at))
        return met

    def one_after_the_other(self, clerks: Sequence[Clerk], trace: Callable[[str], None]) -> Iterator[ClerkOutcome]:
        """Let clerks work on one connection, as in a shop that keeps it open; yield each outcome before the next."""
        with closing(self.connect()) as connection:
            for clerk in clerks:
                yield _outcome(clerk, connection, trace)

    def _act(self, clerk: Clerk, trace: Callable[[str], None]) -> ClerkOutcome:
        with closing(self.connect()) as connection:
            return _outcome(clerk, connection, trace)


def _outcome(clerk: Clerk, connection: sqlite3.Connection, trace: Callable[[str], None]) -> ClerkOutcome:
    connection.set_trace_callback(trace)
    value, error = None, None
    try:
        value = clerk(connection)
    except BaseException as raised:  # noqa: BLE001 - an answer may raise anything; it is reported
        error = raised
    try:
        connection.set_trace_callback(None)
    except sqlite3.ProgrammingError:
        return ClerkOutcome(value, error, "closed")
    return ClerkOutcome(value, error, "in a transaction" if connection.in_transaction else "ready")


@contextmanager
def clerks_file(tables: str) -> Iterator[ClerksFile]:
    """Make a file with these tables, for as long as the block runs."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = ClerksFile(Path(folder, "clerks.db"))
        file.run(f"PRAGMA journal_mode = wal; {tables}")
        yield file
