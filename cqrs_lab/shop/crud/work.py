"""How much work SQLite does, counted: the same on every run, on a fast machine and on a slow one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Work:
    """What was counted.

    Attributes
    ----------
    statements : int
    pages_written : int
        Pages of the file that the commits wrote to the write-ahead log, each time they wrote them.
    steps : int
        Where SQLite moved on to another row, or took a branch of its program.
    """

    statements: int = 0
    pages_written: int = 0
    steps: int = 0


@contextmanager
def count_work(connection: sqlite3.Connection) -> Iterator[Work]:
    """Count what a connection to a file in WAL mode does while the block runs.

    Examples
    --------
    >>> import sqlite3
    >>> from cqrs_lab.shop.crud import count_work
    >>> connection = sqlite3.connect(":memory:", isolation_level=None)
    >>> with count_work(connection) as work:
    ...     rows = connection.execute("SELECT 1").fetchall()
    >>> work.statements, work.pages_written
    (1, 0)
    """
    work = Work()

    def statement(sql: str) -> None:
        work.statements += 1

    def step() -> int:
        work.steps += 1
        return 0

    # From an empty log on, the number of pages in it is the number of pages written.
    [[automatic]] = connection.execute("PRAGMA wal_autocheckpoint")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.set_trace_callback(statement)
    connection.set_progress_handler(step, 1)
    try:
        yield work
    finally:
        connection.set_trace_callback(None)
        connection.set_progress_handler(None, 0)
        [[_, pages, _]] = connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        work.pages_written = max(pages, 0)
        connection.execute(f"PRAGMA wal_autocheckpoint = {automatic}")


def tables_read(connection: sqlite3.Connection, sql: str, values: Sequence[str] = ()) -> int:
    """Return how many tables SQLite looks into for one statement, each counted once for each use."""
    plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
    reads = (row[3] for row in plan if row[3].startswith(("SEARCH ", "SCAN ")))
    return sum(line != "SCAN CONSTANT ROW" for line in reads)


def columns_read(connection: sqlite3.Connection, sql: str, values: Sequence[str] = ()) -> list[str]:
    """Return the columns that SQLite reads for one statement, each once, as "table.column".

    Examples
    --------
    >>> import sqlite3
    >>> from cqrs_lab.shop.crud import columns_read
    >>> connection = sqlite3.connect(":memory:")
    >>> made = connection.execute("CREATE TABLE product (id, cost_mills, price_mills)")
    >>> columns_read(connection, "SELECT cost_mills FROM product WHERE id = ?", ["cup"])
    ['product.cost_mills', 'product.id']
    """
    found: dict[str, None] = {}

    def note(action: int, table: str | None, column: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ and column:
            found[f"{table}.{column}"] = None
        return sqlite3.SQLITE_OK

    connection.set_authorizer(note)
    try:
        connection.execute(f"EXPLAIN {sql}", values).fetchall()
    finally:
        connection.set_authorizer(None)
    return list(found)
