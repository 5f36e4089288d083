"""The rows of a table in memory: no row ever moves, so what an event costs is what it touches."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from cqrs_lab.read.frames.keys import Keys, joined
from cqrs_lab.read.frames.merge import those, upsert

# How many rows are changed before the change is worked into the long columns, unless somebody asks for the table.
_RECENT = 4096
_FEW = 16  # changes of a text column


class Rows:
    """The rows of a table: long columns in which no row ever moves, and the few rows that are newer than these.

    So an event costs what it touches, not what is there. The columns take the newer rows in when these are many, or
    when the table is asked for; then only the columns in which a value has changed are copied.
    """

    def __init__(self, keys: Keys, columns: pd.DataFrame, recent: pd.DataFrame) -> None:
        self._keys, self._columns, self._recent = keys, columns, recent

    @classmethod
    def of(cls, table: pd.DataFrame) -> Self:
        """Return the rows of a table."""
        return cls(Keys.of(table.index), table.set_axis(pd.RangeIndex(len(table))), table.iloc[:0])

    def of_keys(self, keys: pd.Index) -> pd.DataFrame:
        """Return the rows of these keys."""
        newer = self._recent.index.get_indexer(keys)
        recent = self._recent.take(newer[newer >= 0])
        if not len(self._columns):
            return recent
        at = self._keys.find(keys)
        return upsert(self._columns.take(at[at >= 0]).set_axis(keys[at >= 0]), recent)

    def with_rows(self, rows: pd.DataFrame | None) -> Rows:
        """Return the rows with these in place of those with the same keys, and the others added."""
        if rows is None or not len(rows):
            return self
        base = vars(self).get("_settled", self)
        following = Rows(base._keys, base._columns, upsert(base._recent, rows))
        return following._settled if len(following._recent) > _RECENT else following

    @property
    def table(self) -> pd.DataFrame:
        """All rows in one table."""
        return self._settled._whole

    @cached_property
    def _whole(self) -> pd.DataFrame:
        return self._columns.set_axis(self._keys.index)

    @cached_property
    def _settled(self) -> Rows:
        """The same rows, all of them in the long columns."""
        if not len(self._recent):
            return self
        if not len(self._columns):
            return Rows.of(self._recent)
        at = self._keys.find(self._recent.index)
        known = at >= 0
        columns, new = _changed(self._columns, at[known], those(self._recent, known)), those(self._recent, ~known)
        if len(new):
            longer = {name: joined(column, new[name]) for name, column in columns.items()}
            columns = pd.DataFrame(longer, index=pd.RangeIndex(len(columns) + len(new)), copy=False)
        return Rows(self._keys.extended(new.index), columns, self._recent.iloc[:0])


def _changed(columns: pd.DataFrame, at: Any, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the columns with these rows at these places; a column that says the same already is not copied."""
    changed = columns.copy(deep=False)
    for name in columns if len(rows) else ():
        old, new = columns[name].array, rows[name].array
        if not old.take(at).equals(new):
            changed[name] = _replaced(columns[name], at, new)
    return changed


def _replaced(column: pd.Series[Any], at: Any, new: Any) -> pd.Series[Any]:
    """Return the column with these values at these places."""
    if isinstance(column.dtype, pd.StringDtype) and len(at) <= _FEW:
        # Arrow cannot write into text, and copies it slowly; the stretches between the changes need no copy.
        parts, start = [], 0
        for one in np.argsort(at):
            parts += [column.iloc[start : at[one]], pd.Series(new[one : one + 1])]
            start = at[one] + 1
        whole: pd.Series[Any] = joined(*parts, column.iloc[start:])
        return whole
    values = column.array.copy()
    values[at] = new
    return pd.Series(values, index=column.index, copy=False)
