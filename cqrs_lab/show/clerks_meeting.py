"""A meeting of two clerks in one SQLite file: one sells between two statements of the other, really played."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from cqrs_lab.errors import recording_errors

CLERKS = ("Mona", "Cleo")
TABLE = """
    PRAGMA journal_mode = wal;
    CREATE TABLE stock (
        product_id TEXT PRIMARY KEY,
        on_hand INTEGER NOT NULL CHECK (on_hand >= 0),
        version INTEGER NOT NULL DEFAULT 1
    );
"""
PRODUCT, WAITS, LEFT_OPEN = "cup", "waits: Mona has the lock", "leaves a transaction open: nothing of it counts"
MOST_STATEMENTS = 40
Sell = Callable[[sqlite3.Connection, str, int], Any]


class Statement(NamedTuple):
    """What a clerk did, and the committed stock just before."""

    who: str
    does: str
    before: int


class Met(NamedTuple):
    """One run: what was done, in order; what came of each sale, in words and whether it sold; what is left."""

    statements: list[Statement]
    came: dict[str, str]
    sold: dict[str, bool]
    left: int

    def after(self, step: int) -> int:
        """Return the committed stock after a step."""
        return self.statements[step].before if step < len(self.statements) else self.left


def meet(sell: Sell, on_hand: int, wanted: Sequence[int], before: int) -> Met:
    """Let Mona sell, and Cleo before this statement of hers, or after the last one; the first is 1."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, "clerks.db")
        with closing(_connect(path)) as file:
            file.executescript(f"{TABLE} INSERT INTO stock VALUES ('{PRODUCT}', {on_hand}, 1)")
        return ClerksMeeting(sell, path, dict(zip(CLERKS, wanted, strict=True))).run(before)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")  # no power cut in a picture
    return connection


class ClerksMeeting:
    """The two, each with a connection of their own, on one file."""

    def __init__(self, sell: Sell, path: Path, wanted: dict[str, int]) -> None:
        self._sell, self._path, self._wanted = sell, path, wanted
        self._statements: list[Statement] = []
        self._came: dict[str, str] = {}
        self._sold: dict[str, bool] = {}

    def run(self, before: int) -> Met:
        """Return what came of it, with Cleo before this statement of Mona's, or after the last one."""

        def monas(sql: str) -> None:
            if sum(one.who == "Mona" and one.does != LEFT_OPEN for one in self._statements) + 1 == before:
                self._let_cleo_in()
            self._note("Mona", sql)

        self._act("Mona", monas)
        if "Cleo" not in self._came:
            self._act("Cleo", self._cleos)
        return Met(self._statements, self._came, self._sold, self._stock())

    def _let_cleo_in(self) -> None:
        if self._is_free():
            self._act("Cleo", self._cleos)
        else:
            self._note("Cleo", WAITS)

    def _cleos(self, sql: str) -> None:
        self._note("Cleo", sql)

    def _act(self, who: str, trace: Callable[[str], None]) -> None:
        stopped: dict[str, str] = {}
        with closing(_connect(self._path)) as file:
            file.set_trace_callback(trace)
            with recording_errors(stopped, who, "stopped by an error"):
                sold = self._sell(file, PRODUCT, self._wanted[who])
                self._sold[who] = bool(sold)
                said = f"sold {self._wanted[who]}" if sold else "sold nothing"
                self._came[who] = said if isinstance(sold, bool) else f"{said} (sell returned {sold!r})"
            self._came |= stopped
            with suppress(sqlite3.ProgrammingError):  # sell has closed it
                file.set_trace_callback(None)
                if file.in_transaction:
                    self._note(who, LEFT_OPEN)

    def _note(self, who: str, does: str) -> None:
        if len(self._statements) < MOST_STATEMENTS:
            self._statements.append(Statement(who, does, self._stock()))

    def _stock(self) -> int:
        with closing(_connect(self._path)) as file:
            [[on_hand]] = file.execute("SELECT on_hand FROM stock").fetchall()
        return int(on_hand)

    def _is_free(self) -> bool:
        with closing(_connect(self._path)) as file:
            try:
                file.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
        return True
