"""A schema: the declared shape of a read model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

from cqrs_lab.arguments import refuse, shown, text
from cqrs_lab.errors import InvalidArgument, SchemaError
from cqrs_lab.words import count


@dataclass(frozen=True, init=False)
class Schema:
    """The declared shape of a read model: its index and its columns, each with a dtype.

    Parameters
    ----------
    index : sequence of str, or mapping of str to dtype
        What one row is about. Names alone mean dtype str.
    columns : mapping of str to dtype
        Such as int64, float64, bool, str, datetime64[us]; not object.

    Examples
    --------
    >>> from cqrs_lab import Schema
    >>> Schema(index=["order_id"], columns={"total_mills": "int64"}).empty().dtypes.to_dict()
    {'total_mills': dtype('int64')}
    """

    index: Mapping[str, str]
    columns: Mapping[str, str]

    def __init__(self, index: Sequence[str] | Mapping[str, str], columns: Mapping[str, str]) -> None:
        names = "a list of names, such as ['order_id'], or a mapping of names to dtypes"
        if isinstance(index, (str, bytes)) or not isinstance(index, (Mapping, Sequence)) or not len(index):
            raise refuse("index", index, names)
        if not isinstance(columns, Mapping):
            raise refuse("columns", columns, "a mapping of names to dtypes, such as {'total_mills': 'int64'}")
        every = [*index, *columns]
        for name in every:
            text("index" if name in index else "columns", name, f"the name of a column; give {names}")
            if every.count(name) > 1:
                raise InvalidArgument(f"{name!r} is named twice in index and columns; give each name once")
        levels = dict(index) if isinstance(index, Mapping) else dict.fromkeys(index, "str")
        for name, dtype in {**levels, **columns}.items():
            _check_dtype(name, dtype)
        object.__setattr__(self, "index", levels)
        object.__setattr__(self, "columns", dict(columns))

    def empty(self) -> pd.DataFrame:
        """Return a table without rows: index and columns as declared."""
        return self._without_rows.copy()

    @cached_property
    def _without_rows(self) -> pd.DataFrame:
        every = {**self.index, **self.columns}
        return self._table({name: pd.array([], dtype=dtype) for name, dtype in every.items()})  # type: ignore[call-overload]

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a frame in the declared shape: pick and order the columns, set the index, cast the dtypes.

        Index levels may be index levels or columns of the frame. If a value would not survive the cast (2.5 or a
        missing value in int64, a number above 64 bits), nothing is cast.

        Raises
        ------
        SchemaError
            A column is missing, occurs twice, or holds values that do not fit its dtype.
        """
        if not isinstance(frame, pd.DataFrame):
            raise refuse("frame", frame, "a DataFrame; give one with the columns of the schema")
        flat = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
        wanted = {**self.index, **self.columns}
        if missing := [name for name in wanted if name not in flat]:
            raise SchemaError(f"no column {missing[0]!r}; the frame has {', '.join(map(str, flat))}")
        if not flat.columns.is_unique and (twice := [name for name in wanted if list(flat).count(name) > 1]):
            raise SchemaError(f"two columns {twice[0]!r}; rename or drop one of them")
        return self._table({name: cast(flat[name], dtype) for name, dtype in wanted.items()})

    def _table(self, arrays: dict[str, Any]) -> pd.DataFrame:
        levels = [arrays[name] for name in self.index]
        one_level = len(levels) == 1
        index = pd.Index(levels[0]) if one_level else pd.MultiIndex.from_arrays(levels)
        columns = {name: arrays[name] for name in self.columns}
        return pd.DataFrame(columns, index=index.set_names(list(self.index)), copy=False)

    def check(self, frame: object, whose: str) -> None:
        """Refuse a table that does not have exactly the declared shape.

        Raises
        ------
        SchemaError
            The message shows the first difference in index, columns or dtypes, or an index value that is missing or
            occurs twice.
        """
        if not isinstance(frame, pd.DataFrame):
            raise SchemaError(f"{whose}: a {type(frame).__name__}; return a DataFrame of the declared schema")
        levels = frame.index.levels if isinstance(frame.index, pd.MultiIndex) else [frame.index]
        came = {name: _name_of(level.dtype) for name, level in zip(frame.index.names, levels, strict=True)}
        columns = [(name, _name_of(dtype)) for name, dtype in frame.dtypes.items()]
        for part, declared, found in (("index", self.index, list(came.items())), ("columns", self.columns, columns)):
            if list(declared.items()) != found:
                raise SchemaError(
                    f"{whose}: {part} {_words(found)}; declared: {_words(declared.items())}. "
                    "schema.conform(frame) brings a frame into shape"
                )
        for level, name in enumerate(self.index):
            if (values := frame.index.get_level_values(level)).hasnans:
                lost = count(int(np.sum(values.isna())), "row")
                raise SchemaError(
                    f"{whose}: {lost} without a value in the index {name!r}, and no query can ask for them; "
                    "give them a value of their own, such as '(none)', or leave the events out"
                )
        if not frame.index.is_unique:
            twice = frame.index[frame.index.duplicated()][0]
            raise SchemaError(f"{whose}: two rows for {twice!r}; return one row per {', '.join(self.index)}")


def cast(values: Any, dtype: str) -> Any:
    """Return a column cast to a dtype, and refuse to change a value on the way.

    Raises
    ------
    SchemaError
        The message shows the column, both dtypes and a value that would be lost.
    """
    wanted, came = dtype_named(dtype), values.dtype
    if came == wanted:
        return values.array
    what = f"column {values.name!r} is {came} and declared {dtype}"
    numbers = getattr(wanted, "kind", "O") in "iub"
    if numbers and (missing := int(values.isna().sum())) and wanted == getattr(wanted, "numpy_dtype", wanted):
        raise SchemaError(f"{what}, and {count(missing, 'row')} without a value; fill them, for example with fillna(0)")
    try:
        cast_values = values.astype(wanted)
    except (ValueError, TypeError, OverflowError) as error:
        raise SchemaError(f"{what}: {error}; convert it first") from error
    if numbers and getattr(came, "kind", "O") in "iufb":
        changed = (cast_values != values).fillna(False)
        if changed.any():
            lost = values[changed].iloc[0]
            raise SchemaError(f"{what}, which cannot hold {lost!r}; declare another dtype, or round it first")
    return cast_values.array


@cache
def dtype_named(name: Any) -> Any:
    """Return a dtype by its name; once, since pandas asks each of its own dtypes whether it goes by that name."""
    return pd.api.types.pandas_dtype(name)


@cache
def _name_of(dtype: Any) -> str:
    """Return the name of a dtype; once, since NumPy makes a new text each time."""
    return str(dtype)


def _check_dtype(name: str, dtype: Any) -> None:
    try:
        kind = dtype_named("None" if dtype is None else dtype)  # to pandas, None is float64
    except (TypeError, ValueError):
        raise InvalidArgument(f"{name!r}: {shown(dtype)} is not a dtype; give one such as 'int64' or 'str'") from None
    if kind == np.dtype(object):
        raise InvalidArgument(f"{name!r}: object columns are shared between tables; use str or a number")


def _words(columns: Iterable[tuple[Any, str]]) -> str:
    return ", ".join(f"{name} ({dtype})" for name, dtype in columns) or "none"
