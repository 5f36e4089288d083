"""Two tables of one schema, one made piece by piece and one at once: what differs, in words and in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from cqrs_lab.read.frames.difference import difference, differing_cells
from cqrs_lab.read.why import in_words

NO_ROW = "no row"


class Compared:
    """The table that pieces were merged into, and that of the whole log.

    Parameters
    ----------
    merged, whole : DataFrame
    """

    def __init__(self, merged: pd.DataFrame, whole: pd.DataFrame) -> None:
        self.merged, self.whole = merged, whole
        self.equal = difference(whole, merged) is None
        self.differs = differing_cells(whole, merged)

    def keys(self) -> list[Any]:
        """Return the keys of both, sorted."""
        return list(self.differs.index)

    def texts(self, key: Any, column: str) -> tuple[str, str]:
        """Return a cell of either table as a text, with enough digits to tell the two apart."""
        one, other = (frame.at[key, column] if key in frame.index else None for frame in (self.merged, self.whole))
        texts = in_digits(one, 2), in_digits(other, 2)
        for digits in (4, 9, 16):
            if texts[0] != texts[1] or not self.differs.at[key, column]:
                break
            texts = in_digits(one, digits), in_digits(other, digits)
        return texts

    def told(self, most: int) -> list[str]:
        """Return the first cells that differ in words, and how many more there are."""
        told = list(self._told())
        more = [f"{len(told) - most:,} more"] if len(told) > most else []
        return [*told[:most], *more]

    def _told(self) -> Iterator[str]:
        for key in self.keys():
            both = [key in frame.index for frame in (self.merged, self.whole)]
            if not all(both):
                here, there = ("a row" if found else NO_ROW for found in both)
                yield f"{in_words(key)}: {here} here, {there} there"
                continue
            for column in self.differs.columns:
                if self.differs.at[key, column]:
                    here, there = self.texts(key, column)
                    yield f"{column} of {in_words(key)}: {here} here, {there} there"

    def frame(self, judged: bool) -> pd.DataFrame:
        """Return one row per cell: its texts and, once it is judged, whether they differ."""
        names = ["key", "column", "merged", "whole_log", "differs"]
        rows = [
            (in_words(key), str(column), *self.texts(key, column), bool(cell) if judged else None)
            for key in self.keys()
            for column, cell in self.differs.loc[key].items()
        ]
        made = pd.DataFrame(rows, columns=names)
        kinds = {name: "str" for name in names[:-1]} | {"differs": "boolean"}
        return made.astype(kinds).set_index(["key", "column"])


def in_digits(value: Any, digits: int) -> str:
    """Return the value of a cell as a text; a float rounded."""
    if value is None:
        return NO_ROW
    return in_words(round(value, digits) if isinstance(value, float) else value)
