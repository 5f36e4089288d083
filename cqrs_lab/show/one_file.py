"""One file: readers and writers meet in an SQLite file, step by step, in either journal mode."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import cache
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

import pandas as pd

from cqrs_lab.show.picture import Picture, drawing, key, table
from cqrs_lab.show.style import READ, WRITE, Part
from cqrs_lab.show.view import Control, View

MODES: dict[str, Literal["delete", "wal"]] = {"rollback journal": "delete", "write-ahead log (WAL)": "wal"}
MOST_READERS, MOST_WRITERS, STOCK = 3, 2, 12
LOOKS = 3


class _Moment(NamedTuple):
    """What somebody tried in a step, what came of it, and the committed stock in the file after it."""

    step: int
    who: str
    does: str
    came: str
    waits: bool
    in_the_file: int


class Person:
    """A reader or a writer with a connection of their own, which waits for nobody: a lock is an error at once."""

    def __init__(self, name: str, starts: int, connection: sqlite3.Connection) -> None:
        self.name, self.starts, self.connection = name, starts, connection
        self.is_reader = name.startswith("reader")
        self._left = ["looks"] * LOOKS + ["closes"] if self.is_reader else ["sells one", "commits"]

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to do."""
        return not self._left

    def act(self) -> tuple[str, str, bool]:
        """Try the next thing; return what it was, what came of it, and whether a lock was in the way."""
        does = self._left[0]
        try:
            came = self._do(does)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            # A reader that is refused has a transaction that has read nothing yet; it begins again at the next step.
            if self.is_reader:
                self.connection.rollback()
            return does, str(error), True
        del self._left[0]
        return does, came, False

    def _do(self, does: str) -> str:
        if does == "looks":
            if not self.connection.in_transaction:
                self.connection.execute("BEGIN")
            return str(_on_hand(self.connection))
        if does == "sells one":
            self.connection.execute("BEGIN IMMEDIATE")
            self.connection.execute("UPDATE stock SET on_hand = on_hand - 1")
            return str(_on_hand(self.connection))
        self.connection.execute("COMMIT")
        return "done"


def one_file() -> View:
    """Let readers and writers meet in one SQLite file, and show who is locked out and who sees which stock.

    Every setting is really played, with a connection for each person. A reader opens a transaction, looks at the stock
    three times and closes it; a writer sells one and commits a step later. If a lock is in the way, they try again in
    the next step. Within a step the writers act first.

    Returns
    -------
    View
        `frame()`: one row per attempt; columns step, who, does, came, waits, in_the_file (the committed stock).

    Examples
    --------
    >>> from cqrs_lab.show import one_file
    >>> view = one_file()
    >>> int(view.frame()["waits"].sum()), int(view.at(journal=1, step=1).frame["waits"].sum())
    (2, 0)
    """

    @cache
    def played(journal: int, readers: int, writers: int) -> list[_Moment]:
        return list(_play(list(MODES.values())[journal], readers, writers))

    def last(values: Mapping[str, int]) -> int:
        moments = played(values["journal"], values["readers"], values["writers"])
        return moments[-1].step if moments else 0

    def draw(journal: int, readers: int, writers: int, step: int) -> Picture:
        moments = played(journal, readers, writers)
        names = _names(readers, writers)
        seen = [one for one in moments if one.step <= step]
        says = _says(seen, list(MODES)[journal])
        html = f'<p class="says">{escape(says)}</p>{_lanes(seen, names, says)}{_numbers(seen, names)}'
        return Picture(html, says, _frame_of(seen))

    start = {"journal": 0, "readers": 1, "writers": 1}
    return View(
        draw,
        [
            Control.among("journal", "Journal mode", tuple(MODES)),
            Control("readers", "Readers", 0, MOST_READERS, start["readers"]),
            Control("writers", "Writers", 0, MOST_WRITERS, start["writers"]),
            Control("step", "Step", 0, last, last(start), plays=True),
        ],
    )


def _frame_of(seen: Sequence[_Moment]) -> pd.DataFrame:
    kinds = {"step": "int64", "waits": "bool", "in_the_file": "int64"}  # a frame without rows has them, too
    return pd.DataFrame(seen, columns=list(_Moment._fields)).astype(kinds)


def _names(readers: int, writers: int) -> list[str]:
    """Return who takes part, in the order in which they act within a step."""
    return [*(f"writer {at + 1}" for at in range(writers)), *(f"reader {at + 1}" for at in range(readers))]


STARTS = {"writer 1": 2, "writer 2": 2, "reader 1": 1, "reader 2": 3, "reader 3": 5}


def _play(journal: str, readers: int, writers: int) -> Iterator[_Moment]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, ExitStack() as open_ones:

        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(Path(folder, "shop.db"), timeout=0, isolation_level=None)
            open_ones.enter_context(closing(connection))
            connection.execute("PRAGMA synchronous = OFF")  # no power cut in a picture
            return connection

        connect().executescript(
            f"PRAGMA journal_mode = {journal}; CREATE TABLE stock (on_hand INTEGER); INSERT INTO stock VALUES ({STOCK})"
        )
        people = [Person(name, STARTS[name], connect()) for name in _names(readers, writers)]
        step, in_the_file = 0, STOCK
        while not all(person.is_done for person in people):
            step += 1
            for person in people:
                if person.starts <= step and not person.is_done:
                    does, came, waits = person.act()
                    in_the_file -= does == "commits" and not waits
                    yield _Moment(step, person.name, does, came, waits, in_the_file)


def _on_hand(connection: sqlite3.Connection) -> int:
    # Read to the end, so that no statement stays open.
    [[on_hand]] = connection.execute("SELECT on_hand FROM stock").fetchall()
    return int(on_hand)


def _says(seen: Sequence[_Moment], mode: str) -> str:
    if not seen:
        return f"{mode[0].upper()}{mode[1:]}: {STOCK} in the file. Nobody has done anything yet."
    here = [one for one in seen if one.step == seen[-1].step]
    told = "; ".join(f"{one.who} {_phrase(one)}" for one in here)
    waits = sum(one.waits for one in seen)
    so_far = f"Locked out so far: {waits} {'time' if waits == 1 else 'times'}."
    return f"{mode[0].upper()}{mode[1:]}, step {here[0].step}: {told}. In the file: {here[-1].in_the_file}. {so_far}"


def _phrase(one: _Moment) -> str:
    if one.waits:
        return "is locked out"
    if one.does == "looks":
        return f"sees {one.came}{' (old)' if _is_old(one) else ''}"
    return f"sells one, {one.came} left but not committed" if one.does == "sells one" else one.does


def _is_old(one: _Moment) -> bool:
    return one.does == "looks" and not one.waits and one.came != str(one.in_the_file)


COLUMNS, LEFT, TOP, WIDE, HIGH = 9, 92, 36, 80, 46


def _lanes(seen: Sequence[_Moment], names: Sequence[str], says: str) -> str:
    """Return a lane for each person; steps go to the right, with room for the longest run."""
    right = LEFT + WIDE * COLUMNS
    parts = [
        f'<text x="{LEFT + WIDE * at + WIDE / 2}" y="22" text-anchor="middle" class="small faint">step {at + 1}</text>'
        for at in range(COLUMNS)
    ]
    # People who are not there keep an empty lane, so that nothing moves when somebody comes.
    everybody = _names(MOST_READERS, MOST_WRITERS)
    for at, name in enumerate(["in the file", *everybody]):
        y = TOP + HIGH * at
        weight = "strong" if at == 0 or name in names else "faint"
        parts.append(f'<text x="0" y="{y + 26}" class="small {weight}">{name}</text>')
        parts.append(f'<path class="way" d="M {LEFT} {y + HIGH} H {right}" style="stroke:var(--rule)"/>')
    held = {one.step: one.in_the_file for one in seen}
    parts += [
        f'<text x="{LEFT + WIDE * (step - 0.5)}" y="{TOP + 26}" text-anchor="middle" class="strong"'
        f"{key('in the file', step)}>{stock}</text>"
        for step, stock in held.items()
    ]
    parts += [_cell(one, TOP + HIGH * (1 + everybody.index(one.who))) for one in seen]
    return drawing(right + 4, TOP + HIGH * (1 + len(everybody)) + 4, says, parts)


def _cell(one: _Moment, y: int) -> str:
    x, part = LEFT + WIDE * (one.step - 1), READ if one.who.startswith("reader") else WRITE
    above, below = _words(one)
    middle = x + WIDE / 2
    return (
        f"<g{key(one.who, one.step)}>{_frame(one, part, x, y)}"
        f'<text x="{middle}" y="{y + 20}" text-anchor="middle" class="small">{above}</text>'
        f'<text x="{middle}" y="{y + 36}" text-anchor="middle" class="small strong">{below}</text></g>'
    )


def _frame(one: _Moment, part: Part, x: int, y: int) -> str:
    """Return the frame of a step that worked, as that side is drawn; a step that waits has a thin grey one."""
    style = f"stroke:{part.colour}" if not one.waits else "stroke:var(--faint);stroke-width:1"
    dashes = "2 3" if one.waits else part.dashes
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    size = f'width="{WIDE - 4}" height="{HIGH - 6}"'
    return f'<rect class="box" x="{x + 2}" y="{y + 3}" {size} rx="4" style="{style}"{dashed}/>'


def _words(one: _Moment) -> tuple[str, str]:
    if one.waits:
        return one.does, "✗ locked"
    if one.does == "looks":
        return "sees", f"{one.came}, old" if _is_old(one) else one.came
    return (one.does, f"{one.came} left") if one.does == "sells one" else (one.does, "✓")


def _numbers(seen: Sequence[_Moment], names: Sequence[str]) -> str:
    rows = [(sum(one.who == who for one in seen), sum(one.waits for one in seen if one.who == who)) for who in names]
    frame = pd.DataFrame(rows, columns=["tries", "locked out"], index=pd.Index(names, name="who"))
    tries = table(frame, "How often were they locked out?", nothing="nobody is there", name="tries")
    return f'<div class="tables">{tries}</div>'
