"""Event objects as typed columns, by the annotations of their class."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument, SchemaError
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.guards.identity import check_read, check_whole
from cqrs_lab.log.guards.shape import fields_of, item_of, value_of
from cqrs_lab.read.frames.arrays import ColumnType, stored_columns
from cqrs_lab.read.frames.schema import dtype_named

_DTYPES = {bool: "bool", int: "int64", float: "float64", str: "str", datetime: "datetime64[us]", date: "datetime64[us]"}
_DTYPES_WITH_MISSING = _DTYPES | {bool: "boolean", int: "Int64"}
_ALSO_FITS: dict[type, tuple[type, ...]] = {
    bool: (np.bool_,),
    int: (np.integer,),
    float: (int, np.integer, np.floating),
}
# Subclasses in Python, but something else in a table: 1 for True, a time in a column of days, no value at all.
_NEVER_FITS: dict[type, tuple[type, ...]] = {
    int: (bool, np.timedelta64),
    float: (bool, np.timedelta64),
    datetime: (type(pd.NaT),),
    date: (datetime,),
}
_INT64 = np.iinfo("int64")
ACCEPTED = "bool, int, float, str, datetime, date (each also '| None'), or a tuple of these or of dataclasses"


@cache
def scalar_fields(event_type: type) -> dict[str, ColumnType]:
    """Return the columns of a dataclass; its tuples are left to `item_type`."""
    hints = fields_of(event_type)
    scalars = {name: hint for name, hint in hints.items() if item_of(hint) is None}
    return {name: _column_type(hint, f"{event_type.__name__}.{name}") for name, hint in scalars.items()}


@cache
def item_type(event_type: type, field: str) -> type:
    """Return the type of the items in this field's tuple."""
    hints = fields_of(event_type)
    found = item_of(hints.get(field))
    if found is None:
        tuples = ", ".join(name for name, hint in hints.items() if item_of(hint) is not None) or "none"
        raise InvalidArgument(f"{event_type.__name__} has no tuple field {field!r}; fields for each=: {tuples}")
    held: type = found
    return held


def item_columns(event_type: type, field: str) -> dict[str, ColumnType]:
    """Return the columns of the items in this field: those of a dataclass, or one with the name of the field."""
    held = item_type(event_type, field)
    if dataclasses.is_dataclass(held):
        return scalar_fields(held)
    return {field: _column_type(held, f"{event_type.__name__}.{field}")}


def check_frame(event_type: object, each: object) -> None:
    """Refuse an event type that is not a class, and a field name that is not a string."""
    if isinstance(event_type, str):
        raise InvalidArgument(f"{event_type!r} is a name; give the class itself, such as batch.frame({event_type})")
    if not isinstance(event_type, type):
        what, name = f"{shown(event_type)} is a {type(event_type).__name__}", type(event_type).__name__
        example = name if dataclasses.is_dataclass(event_type) else "Moved"
        raise InvalidArgument(f"{what}; give the class of the events, such as batch.frame({example})")
    if each is not None and not isinstance(each, str):
        raise InvalidArgument(f"each={shown(each)}: give the name of a field that holds a tuple, such as each='lines'")


def check_types(event_types: object) -> None:
    """Refuse what is not a series of event types."""
    types = event_types if isinstance(event_types, (tuple, list, set, frozenset)) else [event_types, ""]
    if not all(isinstance(one, type) for one in types):
        raise InvalidArgument(f"event_types={shown(event_types)}: give a tuple of event types: (Moved,)")


def checked_events(events: Any) -> list[RecordedEvent]:
    """Return recorded events as a list, or refuse what is none."""
    found = list(events) if isinstance(events, Iterable) else None
    by_type = {type(one): one for one in found or ()}
    wrong = [one for one in by_type.values() if not (hasattr(one, "event") and hasattr(one, "position"))]
    if found is None or wrong:
        what = shown(wrong[0] if wrong else events)
        raise InvalidArgument(f"{what} is not recorded; give a list of RecordedEvent, such as list(store.read_all())")
    return found


def rows_of(recorded: Sequence[RecordedEvent], event_type: type, each: str | None) -> pd.DataFrame:
    """Return one row per event, or per item of the tuple in the field `each`. Without events it is the same frame."""
    return _rows_of(recorded, event_type, each) if len(recorded) else _no_rows(event_type, each)


@cache
def _no_rows(event_type: type, each: str | None) -> pd.DataFrame:
    # Made once: a small batch is asked for several event types that it does not hold.
    return _rows_of([], event_type, each)


def _rows_of(recorded: Sequence[RecordedEvent], event_type: type, each: str | None) -> pd.DataFrame:
    items = {} if each is None else item_columns(event_type, each)
    columns = stored_columns(recorded, scalar_fields(event_type), each, items)
    if columns is None:
        events = list(recorded)
        columns = _event_columns(events, event_type)
        if each is not None:
            columns = _item_columns(columns, events, event_type, each)
    return pd.DataFrame(columns, copy=False)


def _event_columns(recorded: list[RecordedEvent], event_type: type) -> dict[str, Any]:
    """Return one row per event: where and when it was recorded, then its fields."""
    fields = scalar_fields(event_type)
    positions = [one.position for one in recorded]
    columns: dict[str, Any] = {
        "position": np.array(positions, dtype="int64"),
        "stream": pd.array([one.stream for one in recorded], dtype=dtype_named("str")),
        "version": np.array([one.version for one in recorded], dtype="int64"),
        "recorded_at": np.array([one.recorded_at for one in recorded], dtype="float64"),
    }
    _add_fields(columns, [one.event for one in recorded], fields, event_type.__name__, positions)
    return columns


def _item_columns(events: dict[str, Any], recorded: list[RecordedEvent], event_type: type, each: str) -> dict[str, Any]:
    """Return one row per item of the tuple in the field `each`: the event's row, then the item."""
    held, fields = item_type(event_type, each), item_columns(event_type, each)
    tuples = [_items(one, event_type, each) for one in recorded]
    counts = np.array([len(items) for items in tuples], dtype="int64")
    row_of_event = np.repeat(np.arange(len(counts)), counts)
    columns = {name: values.take(row_of_event) for name, values in events.items()}
    first_row = np.cumsum(counts) - counts
    columns["ordinal"] = np.arange(len(row_of_event)) - first_row[row_of_event] + 1
    items, positions = [item for items in tuples for item in items], columns["position"]
    if dataclasses.is_dataclass(held):
        _check_items(items, held, f"{event_type.__name__}.{each}", positions)
        _add_fields(columns, items, fields, held.__name__, positions)
    else:
        columns[each] = column(items, fields[each], f"{event_type.__name__}.{each}", positions)
    return columns


def _items(recorded: RecordedEvent, event_type: type, each: str) -> Sequence[Any]:
    items = getattr(recorded.event, each, None)
    if not isinstance(items, (tuple, list)):
        where = f"{event_type.__name__}.{each} at position {recorded.position}"
        raise SchemaError(f"{where} is {items!r}, but declared as a tuple; record () where there are none")
    return items


def _check_items(items: list[Any], held: type, whose: str, positions: Sequence[int]) -> None:
    for found in set(map(type, items)) - {held}:
        position = next(position for item, position in zip(items, positions, strict=True) if type(item) is found)
        check_read({found: position}, [held])
        if not issubclass(found, held):
            raise SchemaError(f"{whose} at position {position} holds a {found.__name__}, declared as {held.__name__}")


def _add_fields(
    columns: dict[str, Any],
    objects: list[Any],
    fields: dict[str, ColumnType],
    owner: str,
    positions: Sequence[int],
) -> None:
    if twice := sorted(columns.keys() & fields.keys()):
        raise SchemaError(f"two columns would be called {twice[0]!r}, one of them {owner}.{twice[0]}; rename the field")
    for name, kind in fields.items():
        try:
            values = [getattr(one, name) for one in objects]
        except AttributeError:
            for one, position in zip(objects, positions, strict=True):
                check_whole(one, position)
            raise SchemaError(f"{owner}.{name} was never set; give the field a default") from None
        columns[name] = column(values, kind, f"{owner}.{name}", positions)


def column(values: list[Any], kind: ColumnType, whose: str, positions: Sequence[int]) -> Any:
    """Return the values as a typed array; refuse a value of another type, or one that the array would change."""
    fits = (kind.python, *_ALSO_FITS.get(kind.python, ()), *([type(None)] if kind.optional else []))
    never = () if kind.optional and kind.python is datetime else _NEVER_FITS.get(kind.python, ())
    types = set(map(type, values))

    def refuse(wrong: Callable[[Any], object], because: str) -> None:
        for value, position in zip(values, positions, strict=True):
            if wrong(value):
                raise SchemaError(f"{whose} at position {position} is {value!r}, a {type(value).__name__}, {because}")

    for found in types - {kind.python}:
        if not issubclass(found, fits) or issubclass(found, never):
            declared = f"but declared as {kind.python.__name__}{' | None' if kind.optional else ''}"
            refuse(lambda value, found=found: type(value) is found, declared)  # type: ignore[misc]
    if kind.listed and not kind.listed.issuperset(values):
        listed = ", ".join(sorted(map(repr, kind.listed)))
        others = kind.listed | ({None} if kind.optional else set())
        refuse(lambda value: value not in others, f"but declared as one of {listed}")
    if kind.python is datetime and any([getattr(value, "tzinfo", None) for value in values]):
        refuse(lambda value: getattr(value, "tzinfo", None), "with a time zone; record times of one zone, without it")
    if kind.python is datetime and types - {datetime, type(None)}:
        refuse(lambda value: getattr(value, "nanosecond", 0) > 0, "which has nanoseconds; a column keeps microseconds")
    if kind.python is float and int in types:
        refuse(lambda value: type(value) is int and not _is_exact(value), "equal to no float; declare it as int")
    try:
        return _array(values, types, kind)
    except OverflowError:
        refuse(lambda value: value is not None and not _fits_int64(value), "more than 64 bits hold; declare it as str")
        raise


def _array(values: list[Any], types: set[type], kind: ColumnType) -> Any:
    # Members of enums and numbers of other sizes become the plain value they equal.
    if kind.python is str and types - {str, type(None)}:
        values = [None if value is None else str.__str__(value) for value in values]
    if kind.python is int and types - {int, type(None)}:
        values = [None if value is None else int(value) for value in values]
    if kind.dtype in ("int64", "float64", "bool"):
        return np.array(values, dtype=kind.dtype)
    return pd.array(values, dtype=dtype_named(kind.dtype))


def _is_exact(value: int) -> bool:
    try:
        return int(float(value)) == value
    except OverflowError:
        return False


def _fits_int64(value: Any) -> bool:
    return bool(_INT64.min <= int(value) <= _INT64.max)


def _column_type(hint: Any, whose: str) -> ColumnType:
    kind, optional, listed = value_of(hint)
    for python in (bool, int, float, str, datetime, date):  # most specific first: a bool is an int too
        if isinstance(kind, type) and issubclass(kind, python):
            return ColumnType((_DTYPES_WITH_MISSING if optional else _DTYPES)[python], python, optional, listed)
    raise SchemaError(f"{whose}: {hint!r} cannot be a column; use {ACCEPTED}")
