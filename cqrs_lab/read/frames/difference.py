"""The differences between two tables: key by key, or the first row in which they do not agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_float_dtype

from cqrs_lab.arguments import refuse
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.words import count

ROUNDING = {"float64": 1e-9, "Float64": 1e-9, "float32": 1e-5, "Float32": 1e-5, "float16": 1e-2}


def compare_tables(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return what differs between two tables with the same index names, such as two versions of a read model.

    Parameters
    ----------
    old, new : DataFrame
        Each with one row per key; columns may differ.

    Returns
    -------
    DataFrame
        One row per key that differs, sorted by key: `change` (str: "added", "removed" or "changed"), then for each
        column of either table, in their order, its `_old` and its `_new` value (with missing values where a table has
        no such row or column). Empty if the tables agree.

    Raises
    ------
    InvalidArgument
        The indexes are not about the same thing, or a key occurs twice.

    Examples
    --------
    >>> import pandas as pd
    >>> from cqrs_lab import compare_tables
    >>> old = pd.DataFrame({"units": [2, 1]}, index=pd.Index(["cup", "pot"], name="product"))
    >>> new = pd.DataFrame({"units": [3, 1]}, index=pd.Index(["cup", "pot"], name="product"))
    >>> compare_tables(old, new).to_dict("index")
    {'cup': {'change': 'changed', 'units_old': 2, 'units_new': 3}}
    """
    for name, table in (("old", old), ("new", new)):
        if not isinstance(table, pd.DataFrame):
            raise refuse(name, table, "a table; give two DataFrames, such as projector.table")
    if list(old.index.names) != list(new.index.names):
        raise InvalidArgument(f"one table is about {list(old.index.names)}, the other about {list(new.index.names)}")
    for name, table in (("old", old), ("new", new)):
        if not table.index.is_unique:
            raise InvalidArgument(f"the {name} table has two rows for {table.index[table.index.duplicated()][0]!r}")
    columns = [*old.columns, *(name for name in new.columns if name not in old.columns)]
    keys = old.index.union(new.index).sort_values()
    was, now = (table.convert_dtypes().reindex(index=keys, columns=columns) for table in (old, new))
    same = was.eq(now).fillna(False).astype(bool) | (was.isna() & now.isna())
    change = pd.Series("changed", index=keys, dtype="str")
    change[~keys.isin(old.index)] = "added"
    change[~keys.isin(new.index)] = "removed"
    both = {f"{name}_{which}": table[name] for name in columns for which, table in (("old", was), ("new", now))}
    differs = ~same.all(axis=1) | (change != "changed")
    return pd.DataFrame({"change": change, **both})[differs]


def difference(expected: pd.DataFrame, came: pd.DataFrame) -> tuple[str, str] | None:
    """Return the first row in which two tables of one schema differ, in any order of rows; None if they agree.

    Floating-point columns may differ by rounding, 1e-9 relative and 1e-9 absolute (1e-5 in float32): a sum depends on
    its order, and if it cancels, only rounding is left.
    """
    if _are_equal(expected, came):
        return None  # forty times as fast as what follows
    ours, theirs = expected.sort_index(), came.sort_index()
    if _are_equal(ours, theirs):
        return None
    if list(ours) != list(theirs):
        return f"columns {list(ours)}", f"columns {list(theirs)}"
    for only, here, there in ((ours, "a row for", "no such row"), (theirs, "no row for", "one")):
        missing = only.index.difference((theirs if only is ours else ours).index)
        if len(missing):
            return f"{here} {missing[0]!r}", there
    if not ours.index.equals(theirs.index):
        return f"{count(len(ours), 'row')}, one for each key", f"{count(len(theirs), 'row')}"
    unequal = _unequal(ours, theirs)
    if unequal.any():
        row = int(unequal.any(axis=1).argmax())
        names, key = ours.columns[unequal[row]], ours.index[row]
        here, there = (f"{key!r}: {frame[names].iloc[row].to_dict()}" for frame in (ours, theirs))
        return here, there
    rounding = max((_rounding(frame[name]) for frame in (ours, theirs) for name in frame), default=0.0)
    try:
        pd.testing.assert_frame_equal(ours, theirs, rtol=rounding, atol=rounding)
    except AssertionError as error:
        return "tables of one shape", str(error)
    return None


def differing_cells(expected: pd.DataFrame, came: pd.DataFrame) -> pd.DataFrame:
    """Return which cells of two tables of one schema differ by more than rounding; all of a row that only one has."""
    both = expected.index.intersection(came.index)
    differs = pd.DataFrame(True, index=expected.index.union(came.index), columns=expected.columns).sort_index()
    differs.loc[differs.index.isin(both)] = _unequal(*(one.loc[both].sort_index() for one in (expected, came)))
    return differs


def changed(before: pd.DataFrame, now: pd.DataFrame, sort: bool = False) -> tuple[str, str] | None:
    """Return what differs between two tables that should be the same, to the last digit and in the same order."""
    one, other = (before.sort_index(), now.sort_index()) if sort else (before, now)
    if _are_equal(one, other):
        return None
    return difference(before, now) or ("the same to the last digit, in the same order", _order_or_names(one, other))


def _are_equal(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return one.equals(other) and one.index.names == other.index.names


def _order_or_names(one: pd.DataFrame, other: pd.DataFrame) -> str:
    if list(one.index) != list(other.index):
        return f"rows in the order {list(other.index)[:4]}, not {list(one.index)[:4]}"
    names = [str(name) for name in one if not one[name].equals(other[name])]
    return f"other values in {', '.join(names)}"


def _unequal(ours: pd.DataFrame, theirs: pd.DataFrame) -> Any:
    """Return where values differ by more than rounding."""
    unequal = (ours != theirs).fillna(True).astype(bool) & ~(ours.isna() & theirs.isna())
    for name in ours:
        if is_float_dtype(ours[name]) and is_float_dtype(theirs[name]):
            unequal[name] = ~np.isclose(
                theirs[name], ours[name], rtol=_rounding(ours[name]), atol=_rounding(ours[name]), equal_nan=True
            )
    return unequal.to_numpy()


def _rounding(column: pd.Series[Any]) -> float:
    return ROUNDING.get(str(column.dtype), 0.0)
