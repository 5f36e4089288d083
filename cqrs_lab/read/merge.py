"""Two rules by which rows of one key become one, so that the order of merging does not matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cqrs_lab.errors import InvalidArgument


def merge_rows(
    table: pd.DataFrame,
    rows: pd.DataFrame,
    *,
    add: Sequence[str] = (),
    latest: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Merge two tables by the two rules that keep the law: add numbers, or keep what has the greatest position.

    Parameters
    ----------
    table, rows : DataFrame
        Of one schema. Neither is changed.
    add : sequence of str
        Columns to add up.
    latest : mapping of str to sequence of str
        For each position column, the columns that go with it: all are taken from the row in which that
        position is greater. Together with `add`, every column is named once.

    Returns
    -------
    DataFrame
        One row per index value of either table.

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
    groups = {position: [position, *columns] for position, columns in (latest or {}).items()}
    named = [*add, *(column for group in groups.values() for column in group)]
    if sorted(named) != sorted(table.columns):
        raise InvalidArgument(f"name each column once: the table has {list(table.columns)}, named were {named}")
    at = table.index.get_indexer(rows.index)
    known = at >= 0
    if table.empty or not known.any():
        return rows.copy() if table.empty else pd.concat([table, rows])
    ours, theirs = table.take(at[known]), rows[known]
    columns = {name: ours[name].array + theirs[name].array for name in add}
    for position, group in groups.items():
        newer = theirs[position].to_numpy() > ours[position].to_numpy()
        columns |= {name: _where(newer, theirs[name].array, ours[name].array) for name in group}
    merged = pd.DataFrame({name: columns[name] for name in table.columns}, index=ours.index, copy=False)
    return upsert(upsert(table, merged), rows[~known])


def upsert(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Put rows in the place of those with the same index value, and append the others."""
    if rows.empty or table.empty:
        return rows if table.empty else table
    at = table.index.get_indexer(rows.index)
    known = at >= 0
    columns = {name: table[name].array.copy() for name in table.columns}
    for name, values in columns.items():
        values[at[known]] = rows[name].array[known]
    kept = pd.DataFrame(columns, index=table.index, copy=False)
    return kept if known.all() else pd.concat([kept, rows[~known]])


def _where(condition: Any, yes: Any, no: Any) -> Any:
    chosen = no.copy()
    chosen[condition] = yes[condition]
    return chosen
