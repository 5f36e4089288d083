"""What a projection makes of pieces of a log: each is summarised, and the summaries are merged one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cqrs_lab.errors import recording_errors
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.projection import Projection
from cqrs_lab.show.compared import Compared
from cqrs_lab.show.pieces import Piece

Tried = pd.DataFrame | str  # a table, or why there is none


class Merging(NamedTuple):
    """Where the merging of pieces stands.

    Attributes
    ----------
    summaries : tuple of DataFrame
        Of the pieces so far, in the order of merging.
    table : DataFrame
        These summaries, merged into the empty table.
    comes_from : dict
        For each key, the number of the piece that was merged into its row last.
    stopped : str
        The error at which it stopped, or "".
    """

    summaries: tuple[pd.DataFrame, ...]
    table: pd.DataFrame
    comes_from: dict[Any, int]
    stopped: str


class Merger:
    """One projection and one log, tried with many cuts; a piece that comes again is summarised once."""

    def __init__(self, projection: Projection, log: Piece) -> None:
        self.projection = projection
        self.summaries: dict[tuple[int, ...], Tried] = {}
        whole = self.summary(log)
        self.no_whole = whole if isinstance(whole, str) else ""
        self.whole = projection.schema.empty() if isinstance(whole, str) else whole

    def summary(self, piece: Piece) -> Tried:
        """Return what a piece says by itself."""
        positions = tuple(one.position for one in piece)  # an event may not be hashable
        if positions not in self.summaries:
            self.summaries[positions] = self._table("summarise", lambda: self.projection.summarise(EventBatch(piece)))
        return self.summaries[positions]

    def _merged(self, table: pd.DataFrame, rows: pd.DataFrame) -> Tried:
        # Copies: a merge that writes into its arguments must not spoil what is shown of them.
        return self._table("merge", lambda: self.projection.merge(table.copy(deep=True), rows.copy(deep=True)))

    def _table(self, method: str, work: Callable[[], Any]) -> Tried:
        """Return what the learner's method returns, in the declared shape, or its error in words."""
        stopped: dict[str, str] = {}
        with recording_errors(stopped, method, f"{method} failed"):
            made = work()
            self.projection.schema.check(made, "its result")
            return pd.DataFrame(made.copy(deep=True))
        return stopped[method]

    def merging(self, pieces: Sequence[Piece]) -> Merging:
        """Summarise and merge these pieces, as far as there is no error."""
        summaries: list[pd.DataFrame] = []
        table, comes_from = self.projection.schema.empty(), dict[Any, int]()
        for number, piece in enumerate(pieces):
            rows = self.summary(piece)
            after = rows if isinstance(rows, str) else self._merged(table, rows)
            if isinstance(rows, str) or isinstance(after, str):
                return Merging(tuple(summaries), table, comes_from, str(after))
            summaries, table = [*summaries, rows], after
            comes_from |= dict.fromkeys(rows.index, number)
        return Merging(tuple(summaries), table, comes_from, "")

    def why(self, merged: Merging, pieces: Sequence[Piece], in_order: Sequence[Piece]) -> str:
        """Return what can be said of a table that differs, from what else was tried."""
        if len(pieces) == 1:
            return "Nothing is cut: merging with the empty table has changed it."
        if list(map(id, pieces)) != list(map(id, in_order)) and self._is_right(in_order):
            return "Merged as they were, the same pieces give the right table. How can a row say which piece is newer?"
        differs = Compared(merged.table, self.whole).differs
        floats = [name for name, dtype in merged.table.dtypes.items() if pd.api.types.is_float_dtype(dtype)]
        if any(_is_mean_of_means(merged, key, name) for name in floats for key in differs.index[differs[name]]):
            return (
                "The mean of means is not the mean: each merge gave both sides the same weight. "
                "What would a row have to keep?"
            )
        return "What would a row have to keep, so that two of them can become one?"

    def _is_right(self, pieces: Sequence[Piece]) -> bool:
        merged = self.merging(pieces)
        return not merged.stopped and Compared(merged.table, self.whole).equal


def _is_mean_of_means(merged: Merging, key: Any, column: Any) -> bool:
    values = [rows[column].at[key] for rows in merged.summaries if key in rows.index]
    if len(values) < 2 or key not in merged.table.index:
        return False
    mean, *others = values
    for value in others:
        mean = (mean + value) / 2
    return bool(np.isclose(merged.table[column].at[key], mean))
