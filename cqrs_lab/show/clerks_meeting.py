"""Two clerks sell from one row: what each of them did, in order, and what the file held before."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from cqrs_lab.errors import said
from cqrs_lab.simulation.clerks import Clerk, ClerkOutcome, ClerksFile, clerks_file

CLERKS = ("Mona", "Cleo")
TABLE = """
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
    with clerks_file(f"{TABLE} INSERT INTO stock VALUES ('{PRODUCT}', {on_hand}, 1)") as file:
        notes = _Notes(file, before)
        mona, cleo = (notes.selling(sell, who, units) for who, units in zip(CLERKS, wanted, strict=True))
        outcomes = dict(zip(CLERKS, file.meet(mona, [(before, cleo)], notes.watch).in_order(), strict=True))
        for one in outcomes.values():
            if one.error is not None and not isinstance(one.error, Exception):
                raise one.error  # the reader interrupts
        came = {who: _in_words(outcomes[who], units) for who, units in zip(CLERKS, wanted, strict=True)}
        sold = {who: one.error is None and bool(one.value) for who, one in outcomes.items()}
        return Met(notes.statements, came, sold, notes.stock())


def _in_words(outcome: ClerkOutcome, units: int) -> str:
    if outcome.error is not None:
        return f"stopped by an error: {said(outcome.error)}"
    came = f"sold {units}" if outcome.value else "sold nothing"
    return came if isinstance(outcome.value, bool) else f"{came} (sell returned {outcome.value!r})"


class _Notes:
    """What both do, as it happens."""

    def __init__(self, file: ClerksFile, before: int) -> None:
        self._file, self._before, self._acted = file, before, set[str]()
        self.statements: list[Statement] = []

    def selling(self, sell: Sell, who: str, units: int) -> Clerk:
        """Return a clerk who sells so many units, and whose transaction is looked for when the sale has ended."""

        def clerk(file: sqlite3.Connection) -> Any:
            self._acted.add(who)
            try:
                return sell(file, PRODUCT, units)
            finally:
                with suppress(sqlite3.ProgrammingError):  # sell has closed it
                    if file.in_transaction:
                        self._note(who, LEFT_OPEN)

        return clerk

    def watch(self, clerk: int, sql: str) -> None:
        """Note a statement; and before it, that Cleo would have come here and cannot."""
        monas = sum(one.who == "Mona" for one in self.statements)
        if clerk == 0 and monas + 1 == self._before and "Cleo" not in self._acted:
            self._note("Cleo", WAITS)
        self._note(CLERKS[clerk], sql)

    def stock(self) -> int:
        """Return what is committed."""
        [[on_hand]] = self._file.rows("SELECT on_hand FROM stock")
        return int(on_hand)

    def _note(self, who: str, does: str) -> None:
        if len(self.statements) < MOST_STATEMENTS:
            self.statements.append(Statement(who, does, self.stock()))
