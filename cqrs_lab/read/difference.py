"""How two tables differ: what a rebuild has changed, key by key."""

from __future__ import annotations

import pandas as pd

from cqrs_lab.arguments import refuse
from cqrs_lab.errors import InvalidArgument


def compare_tables(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Tell what differs between two tables with the same index names, such as two versions of a read model.

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
        The indexes are not about the same thing, or a key stands twice.

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
