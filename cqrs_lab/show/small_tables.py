"""Small tables in a drawing, all with the same rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from cqrs_lab.read.why import in_words
from cqrs_lab.show.shapes import label
from cqrs_lab.words import count, shortened

LETTER, ROW, FIRST_ROW = 8.6, 22, 60


class SmallTables(NamedTuple):
    """What is shown of every table: these keys, as far as a table has them, and these columns.

    Attributes
    ----------
    keys, columns : list
    are_more : bool
        Whether a table may have other keys, too.
    """

    keys: list[Any]
    columns: list[str]
    are_more: bool

    @property
    def height(self) -> int:
        """The height of a box."""
        return FIRST_ROW - 10 + ROW * (len(self.keys) + self.are_more or 1)

    def of(self, rows: pd.DataFrame) -> list[Any]:
        """Return the keys that are shown of a table."""
        return [key for key in self.keys if key in rows.index]

    def _column(self, width: int) -> float:
        return (width - 12) / (len(self.columns) + 1)

    def box(self, width: int, title: str, paint: str, rows: pd.DataFrame, dashes: str = "") -> str:
        """Return the box of a table: its title, the names of its columns, and what has no room."""
        names = [str(rows.index.names[0]), *self.columns]
        room, shown = int(self._column(width) / LETTER), self.of(rows)
        more = count(len(rows) - len(shown), "more row")
        left_out = f"and {more}" if len(shown) < len(rows) else "" if len(rows) else "no rows"
        return (
            f'<rect class="box" width="{width}" height="{self.height}" rx="8"{dashes} style="stroke:{paint}"/>'
            + label(10, 19, title, "strong small", "start")
            + "".join(
                label(10 + at * self._column(width), 39, shortened(one, room), "small faint", "start")
                for at, one in enumerate(names)
            )
            + label(10, FIRST_ROW + len(shown) * ROW, left_out, "small faint", "start")
        )

    def outline(self, x: float, y: float, width: int, title: str) -> str:
        """Return where a table will stand that nobody has made yet."""
        return (
            f'<g transform="translate({x:g} {y:g})"><rect width="{width}" height="{self.height}" rx="8" fill="none"'
            f' stroke="var(--line)" stroke-width="2" stroke-dasharray="2 6"/>'
            + label(width / 2, self.height / 2 - 4, title, "small faint")
            + label(width / 2, self.height / 2 + 16, "not summarised yet", "small faint")
            + "</g>"
        )

    def row(self, width: int, y: float, key: Any, texts: Sequence[str], wrong: Sequence[bool] = ()) -> str:
        """Return a row of a table; a cell that differs has a mark, a frame and slanted bars."""
        step = self._column(width)
        drawn = label(10, y, shortened(in_words(key), int(step / LETTER)), "strong small", "start")
        for at, text in enumerate(texts, 1):
            x = 10 + at * step
            if at <= len(wrong) and wrong[at - 1]:
                drawn += _barred(x - 4, y - 16, min(step - 2, 116))
                drawn += label(x + 10, y, f"✕ {shortened(text, int(step / LETTER) - 3)}", "strong", "start")
            else:
                drawn += label(x, y, shortened(text, int(step / LETTER)), "small", "start")
        return drawn


def _barred(x: float, y: float, width: float) -> str:
    """Return the frame of a cell that differs, with slanted bars at its side."""
    bars = " ".join(f"M {x + 2:g} {at:g} l 8 -6" for at in (y + 8, y + 14, y + 20))
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="22" rx="4" fill="none" stroke-width="2"'
        f' style="stroke:var(--bad)"/><path d="{bars}" style="stroke:var(--bad)" stroke-width="2"/>'
    )
