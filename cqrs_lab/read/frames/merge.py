"""Two rules for merging the rows of one key, so that the order of merging does not matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cqrs_lab.arguments import refuse
from cqrs_lab.errors import InvalidArgument, SchemaError


def merge_rows(
    table: pd.DataFrame,
    rows: pd.DataFrame,
    *,
    add: Sequence[str] = (),
    latest: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Return two tables merged by the two rules that keep the law: add numbers, or keep the greatest position.

    Parameters
    ----------
    table, rows : DataFrame
        Of one schema. Neither is changed.
    add : sequence of str
        Columns to add up.
    latest : mapping of str to sequence of str
        For each position column, the columns that go with it: all come from the row in which that position
        is greater. `add` and `latest` together list every column once.

    Returns
    -------
    DataFrame
        One row per index value of either table.

    Raises
    ------
    SchemaError
        A sum is larger than 64 bits can hold.

    Examples
    --------
    >>> import pandas as pd
    >>> from cqrs_lab import merge_rows
    >>> old = pd.DataFrame({"sold": [2], "price": [9], "price_position": [4]}, index=["tea"])
    >>> new = pd.DataFrame({"sold": [1, 5], "price": [8, 3], "price_position": [6, 7]}, index=["tea", "rice"])
    >>> merge_rows(old, new, add=["sold"], latest={"price_position": ["price"]})
          sold  price  price_position
    tea      3      8               6
    rice     5      3               7
    """
    _check_tables(table, rows)
    _check_columns("add", add)
    if latest is not None and not isinstance(latest, Mapping):
        raise refuse("latest", latest, "a mapping; give {'price_position': ['price']}, the columns of each position")
    for position, others in (latest or {}).items():
        _check_columns(f"latest[{position!r}]", others)
    groups = {position: [position, *columns] for position, columns in (latest or {}).items()}
    named = [*add, *(column for group in groups.values() for column in group)]
    if sorted(named) != sorted(table.columns):
        raise InvalidArgument(f"name each column once: the table has {list(table.columns)}, you named {named}")
    at = table.index.get_indexer(rows.index)
    known = at >= 0
    if not known.any():
        return pd.concat([table, rows]) if len(table) else rows.copy()
    ours, theirs = {name: column.array.take(at[known]) for name, column in table.items()}, those(rows, known)
    columns = {name: _sum(ours[name], theirs[name]) for name in add}
    for position, group in groups.items():
        newer = theirs[position].to_numpy() > ours[position].to_numpy()
        columns |= {name: _where(newer, theirs[name].array, ours[name]) for name in group}
    kept = _with_values(table, at[known], columns)
    return kept if known.all() else pd.concat([kept, those(rows, ~known)])


def upsert(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the table with these rows in place of those with the same index value, and the others appended."""
    if not len(rows) or not len(table):
        return table if len(table) else rows
    at = table.index.get_indexer(rows.index)
    known = at >= 0
    if not known.any():
        return pd.concat([table, rows])
    kept = _with_values(table, at[known], {name: rows[name].array[known] for name in table})
    return kept if known.all() else pd.concat([kept, those(rows, ~known)])


def those(rows: pd.DataFrame, wanted: Any) -> pd.DataFrame:
    """Return the rows for which an array says so; all of them uncopied."""
    return rows if wanted.all() else rows.take(np.flatnonzero(wanted))


def _with_values(table: pd.DataFrame, at: Any, values: Mapping[Any, Any]) -> pd.DataFrame:
    columns = {name: column.array.copy() for name, column in table.items()}
    for name, column in columns.items():
        column[at] = values[name]
    return pd.DataFrame(columns, index=table.index, copy=False)


def check_overflow(table: pd.DataFrame, rows: pd.DataFrame, merged: pd.DataFrame, whose: str) -> None:
    """Refuse a merge that turned two numbers of one sign into one of the other: 64 bits could not hold their sum.

    Only numbers above half of what fits are checked, so a merge that does something other than adding is not mistaken
    for one that adds. An overflow inside `summarise` is found by `overflow.check_sums`.

    Raises
    ------
    SchemaError
    """
    for name, dtype in merged.dtypes.items():
        if dtype.kind != "i" or not any(_is_large(one[name]) for one in (table, rows)):
            continue
        both = table.index.intersection(rows.index)
        ours, theirs, came = (one[name].reindex(both) for one in (table, rows, merged))
        _refuse_overflow(ours, theirs, came, whose)


def _is_large(column: Any) -> bool:
    """Return whether it holds a number above half of what fits: two below that can be added."""
    numbers, half = numbers_in(column), 2 ** (_bits(column) - 2)
    return bool(len(numbers)) and bool(numbers.max() >= half or numbers.min() <= -half)


def numbers_in(column: pd.Series[Any]) -> Any:
    """Return the whole numbers of a column as an array, with 0 for a missing one."""
    if isinstance(column.dtype, np.dtype):
        return column.to_numpy()
    return column.to_numpy(dtype="uint64" if column.dtype.kind == "u" else "int64", na_value=0)


def _bits(column: Any) -> int:
    dtype: Any = column.dtype
    return 8 * int(dtype.itemsize)


def _refuse_overflow(ours: pd.Series[Any], theirs: pd.Series[Any], came: pd.Series[Any], whose: str) -> None:
    numbers = [numbers_in(one) for one in (ours, theirs, came)]
    signs = [one < 0 for one in numbers]
    wrong = (signs[0] == signs[1]) & (signs[2] != signs[0])
    if ours.dtype.kind == "u":
        wrong = numbers[2] < numbers[0]
    if wrong.any():
        at = int(wrong.argmax())
        sum_of = f"{ours.iloc[at]} and {theirs.iloc[at]} came to {came.iloc[at]}"
        raise SchemaError(
            f"{whose}: {ours.name!r} of {ours.index[at]!r} is more than {_bits(ours)} bits can hold ({sum_of}); "
            "declare the column float64, or count in a larger unit"
        )


def _sum(ours: Any, theirs: pd.Series[Any]) -> Any:
    added = ours + theirs.array
    if ours.dtype.kind in "iu" and (_is_large(ours) or _is_large(theirs)):
        before, after = (pd.Series(one, index=theirs.index, name=theirs.name) for one in (ours, added))
        _refuse_overflow(before, theirs, after, "merge_rows")
    return added


def _check_columns(name: str, columns: object) -> None:
    if isinstance(columns, str):
        raise refuse(name, columns, f"a list of columns; give [{columns!r}]")
    if not isinstance(columns, Sequence) or not all(isinstance(one, str) for one in columns):
        raise refuse(name, columns, "a list of columns; give their names, such as ['price']")


def _check_tables(table: pd.DataFrame, rows: pd.DataFrame) -> None:
    for name, one in (("table", table), ("rows", rows)):
        if not isinstance(one, pd.DataFrame):
            raise refuse(name, one, "a DataFrame; give two tables of one schema")
        if not one.index.is_unique:
            twice = one.index[one.index.duplicated()][0]
            raise InvalidArgument(f"{name} has two rows for {twice!r}; give one row per key")
    if set(rows.columns) != set(table.columns):
        raise InvalidArgument(f"the rows have {list(rows.columns)}, the table {list(table.columns)}; give one schema")


def _where(condition: Any, yes: Any, no: Any) -> Any:
    chosen = no.copy()
    chosen[condition] = yes[condition]
    return chosen
