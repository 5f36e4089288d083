"""Columns that a store has as arrays already, as the columns of a frame: no event becomes an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from cqrs_lab.read.frames.schema import dtype_named
from cqrs_lab.read.frames.unread import Unread, is_unread


class ColumnType(NamedTuple):
    """What an annotation says of a column's values.

    Its dtype, the Python type of each value, whether None may stand for a missing one, and the only values there are,
    if the annotation lists them.
    """

    dtype: str
    python: type
    optional: bool
    listed: frozenset[Any] = frozenset()


Fields = Mapping[str, ColumnType]
PLACE = {
    "position": ColumnType("int64", int, False),
    "stream": ColumnType("str", str, False),
    "version": ColumnType("int64", int, False),
    "recorded_at": ColumnType("float64", float, False),
}


@runtime_checkable
class StoredColumns(Protocol):
    """Events of one type, in order of position, whose fields the store has as arrays.

    An array is masked where a value is missing. None stands for columns that the store does not have: then the events
    have to be decoded.
    """

    def columns(self, names: Sequence[str]) -> Mapping[str, Any] | None:
        """Return columns of the envelope or of fields, a value for each event."""

    def items(self, field: str, names: Sequence[str]) -> tuple[Any, Mapping[str, Any]] | None:
        """Return how many items each event has in a field, and columns of the items, one after the other."""


def stored_columns(events: object, fields: Fields, each: str | None, items: Fields) -> dict[str, Any] | None:
    """Return the columns of a frame, one row per event or per item of the field `each`; None if there are no arrays."""
    if not isinstance(events, StoredColumns) or _overlap(fields, each, items):
        return None
    columns = _of_events(events, fields)
    if each is None or columns is None:
        return columns
    of_items = events.items(each, _decoded(items))
    if of_items is None:
        return None
    counts, inner = np.asarray(of_items[0], dtype="int64"), of_items[1]
    row_of_event = np.repeat(np.arange(len(counts)), counts)
    columns = {name: _repeated(values, row_of_event) for name, values in columns.items()}
    columns["ordinal"] = np.arange(len(row_of_event)) - (np.cumsum(counts) - counts)[row_of_event] + 1
    return columns | _typed(inner, items, len(row_of_event))


def _of_events(events: StoredColumns, fields: Fields) -> dict[str, Any] | None:
    wanted = {**PLACE, **fields}
    found = events.columns(_decoded(wanted))
    return None if found is None else _typed(found, wanted, len(found["position"]))


def _decoded(fields: Fields) -> list[str]:
    return [name for name, kind in fields.items() if kind.python is not str or not is_unread(name)]


def _typed(found: Mapping[str, Any], fields: Fields, length: int) -> dict[str, Any]:
    return {name: typed(found[name], kind) if name in found else Unread(name, length) for name, kind in fields.items()}


def _repeated(values: Any, row_of_event: Any) -> Any:
    return values.repeated(len(row_of_event)) if isinstance(values, Unread) else values.take(row_of_event)


def _overlap(fields: Fields, each: str | None, items: Fields) -> bool:
    """Return whether two columns would have one name, which is an error that the events' way says."""
    names = [*PLACE, *fields, *(["ordinal", *items] if each else [])]
    return len(set(names)) < len(names)


def typed(values: Any, kind: ColumnType) -> Any:
    """Return an array in the dtype that an annotation stands for."""
    if kind.python is str:
        return _text(values)
    plain, missing = np.ma.getdata(values), np.ma.getmaskarray(values)
    if kind.dtype == "Int64":
        return pd.arrays.IntegerArray(plain.astype("int64"), missing)
    if kind.dtype == "boolean":
        return pd.arrays.BooleanArray(plain.astype("bool"), missing)
    if kind.dtype.startswith("datetime64"):
        return pd.array(np.where(missing, np.datetime64("NaT"), plain), dtype=dtype_named(kind.dtype))
    return np.where(missing, np.nan, plain) if missing.any() else plain.astype(kind.dtype, copy=False)


def _text(values: Any) -> Any:
    if isinstance(values, np.ma.MaskedArray):
        values, missing = np.ma.getdata(values).copy(), np.ma.getmaskarray(values)
        values[missing] = None
    return pd.array(values, dtype=dtype_named("str"))
