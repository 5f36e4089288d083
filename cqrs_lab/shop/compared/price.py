"""What each shop has to keep, run and maintain: bytes, pages written, parts, lines of code. All of it is counted."""

from __future__ import annotations

import ast
import io
import sqlite3
import tokenize
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from pathlib import Path

import pandas as pd

from cqrs_lab.shop.compared.opponents import DrawnOrder, OnEvents, OnRows, Opponents, draw_orders

SHOP = Path(__file__).parents[1]
FILES = {
    "CRUD": ("crud/schema.py", "crud/questions.py", "crud/shop.py"),
    "CQRS": (
        "events.py",
        *(f"write/{name}.py" for name in ("commands", "product", "stock", "order", "registration")),
        *(f"read/{name}.py" for name in ("entries", "products", "orders", "sales", "stock")),
    ),
}
"""What somebody wrote for this shop, and maintains. SQLite, pandas and the kit itself are not counted."""
PARTS = {
    "CRUD": ("the shop", "one file"),
    "CQRS": ("the command side", "the log", "a projector for each page", "a table for each page", "the query side"),
}
"""What has to be there, and be looked after, before the first page is answered."""
FREE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
WAL_HEAD_BYTES, FRAME_HEAD_BYTES = 32, 24
SEED = 1_000_000
"""Of the orders placed to count pages: not one of those that are measured."""


def price(both: Opponents, *, placed: int = 20) -> pd.DataFrame:
    """Return what each shop costs beside its work: one row per item, with a column for each side.

    Parameters
    ----------
    both : Opponents
        Another few orders are placed in both, to count what that writes.
    placed : int, optional
    """
    head = both.log.store.head()
    drawn = list(draw_orders(placed, SEED + head))
    pages = {
        "CRUD": pages_written(both.rows.path, partial(_place_all, both.rows, drawn)) / placed,
        "CQRS": pages_written(both.log.path, partial(_place_all, both.log, drawn)) / placed,
    }
    commits = {"CRUD": 1.0, "CQRS": (both.log.store.head() - head) / placed}  # each command here records one event
    tables = [projector.table for projector in both.log.projectors.values()]
    kept = {
        "waits for the disk per order": commits,
        "pages written per order": pages,
        "bytes in files": {"CRUD": both.rows.path.stat().st_size, "CQRS": both.log.path.stat().st_size},
        "bytes in read models": {"CRUD": 0, "CQRS": sum(int(one.memory_usage(deep=True).sum()) for one in tables)},
        "parts to run": {side: len(parts) for side, parts in PARTS.items()},
        "lines of code": {side: sum(lines_of_code(SHOP / name) for name in names) for side, names in FILES.items()},
    }
    return pd.DataFrame(kept).T


def _place_all(side: OnRows | OnEvents, orders: Iterable[DrawnOrder]) -> None:
    for order in orders:
        side.place(order)


def pages_written(path: Path, work: Callable[[], object]) -> int:
    """Return how many pages some work adds to the write-ahead log of a file, by the length of that log."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        work()
        [[page_bytes]] = connection.execute("PRAGMA page_size")
        log_bytes = path.with_name(f"{path.name}-wal").stat().st_size
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    return int(max(log_bytes - WAL_HEAD_BYTES, 0) // (page_bytes + FRAME_HEAD_BYTES))


def lines_of_code(path: Path) -> int:
    """Return how many lines of a Python file hold code: neither blank ones, nor comments, nor docstrings."""
    source = path.read_text(encoding="utf-8")
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    code = {line for token in tokens if token.type not in FREE for line in range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            code -= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return len(code)
