"""Dull but needed: how a list of event objects becomes typed columns, by the annotations of their class."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd

from cqrs_lab.errors import InvalidArgument, SchemaError


class ColumnType(NamedTuple):
    """A column's dtype, the Python type its values must have, and whether None may stand for a missing one."""

    dtype: str
    python: type
    optional: bool


_DTYPES = {bool: "bool", int: "int64", float: "float64", str: "str", datetime: "datetime64[us]", date: "datetime64[us]"}
_DTYPES_WITH_MISSING = _DTYPES | {bool: "boolean", int: "Int64"}
_ALSO_FITS: dict[type, tuple[type, ...]] = {bool: (np.bool_,), int: (np.integer,), float: (int, np.number)}
ACCEPTED = "bool, int, float, str, datetime, date (each also '| None'), or a tuple of these or of dataclasses"


@cache
def scalar_fields(event_type: type) -> dict[str, ColumnType]:
    """Tell the columns of a dataclass; its tuples are left to `item_type`."""
    hints = _hints(event_type)
    scalars = {name: hint for name, hint in hints.items() if _item(hint) is None}
    return {name: _column_type(hint, f"{event_type.__name__}.{name}") for name, hint in scalars.items()}


@cache
def item_type(event_type: type, field: str) -> type:
    """Tell what the tuple in this field holds."""
    hints = _hints(event_type)
    found = _item(hints.get(field))
    if found is None:
        tuples = ", ".join(name for name, hint in hints.items() if _item(hint) is not None) or "none"
        raise InvalidArgument(f"{event_type.__name__} has no tuple field {field!r}; fields for each=: {tuples}")
    held: type = found
    return held


def item_columns(event_type: type, field: str) -> dict[str, ColumnType]:
    """Tell the columns of the items in this field: those of a dataclass, or one named like the field."""
    held = item_type(event_type, field)
    if dataclasses.is_dataclass(held):
        return scalar_fields(held)
    return {field: _column_type(held, f"{event_type.__name__}.{field}")}


def column(values: list[Any], kind: ColumnType, whose: str) -> Any:
    """Make a typed array of the values; a value of another type is an error, never converted."""
    fits = (kind.python, *_ALSO_FITS.get(kind.python, ()), *([type(None)] if kind.optional else []))
    for found in set(map(type, values)) - {kind.python}:
        if not issubclass(found, fits):
            wrong = next(value for value in values if type(value) is found)
            raise SchemaError(f"{whose} is {wrong!r}, a {found.__name__}, but declared as {kind.python.__name__}")
    if kind.dtype == "datetime64[us]" and any(getattr(value, "tzinfo", None) for value in values):
        raise SchemaError(f"{whose} has a time zone; record times without one, all in the same zone")
    if kind.dtype in ("int64", "float64", "bool"):
        return np.array(values, dtype=kind.dtype)
    return pd.array(values, dtype=kind.dtype)  # type: ignore[call-overload]


def _hints(event_type: type) -> dict[str, Any]:
    if not dataclasses.is_dataclass(event_type):
        raise InvalidArgument(f"{event_type!r} is not a dataclass; declare events with @dataclass(frozen=True)")
    try:
        hints = get_type_hints(event_type)
    except NameError as error:
        raise SchemaError(
            f"{event_type.__name__}: its annotations name {error.name!r}, which cannot be found; "
            "declare events and what they hold at the top of a module or a notebook cell"
        ) from None
    return {field.name: hints[field.name] for field in dataclasses.fields(event_type)}


def _item(hint: Any) -> Any:
    """Tell X for tuple[X, ...], list[X] or Sequence[X]; None for anything else."""
    if get_origin(hint) in (tuple, list, Sequence):
        held = [one for one in get_args(hint) if one is not Ellipsis]
        return held[0] if len(held) == 1 else None
    return None


def _column_type(hint: Any, whose: str) -> ColumnType:
    optional = False
    if get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint):
        optional = True
        rest = [one for one in get_args(hint) if one is not type(None)]
        hint = rest[0] if len(rest) == 1 else hint
    if get_origin(hint) is Literal:
        hint = type(get_args(hint)[0])
    hint = getattr(hint, "__supertype__", hint)  # a NewType is a column of what it renames
    for python in (bool, int, float, str, datetime, date):  # most special first: a bool is an int too
        if isinstance(hint, type) and issubclass(hint, python):
            return ColumnType((_DTYPES_WITH_MISSING if optional else _DTYPES)[python], python, optional)
    raise SchemaError(f"{whose}: {hint!r} cannot be a column; use {ACCEPTED}")
