"""Which Parquet column each field of an event becomes, by its annotation; needs nothing beside the standard library."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeAlias
from urllib.parse import quote, unquote

from cqrs_lab.log.guards.shape import fields_of, item_of, value_of

Shape: TypeAlias = str | list[Any] | dict[str, Any]
"""A type of DuckDB; a list of one shape, for a list; or a name and a shape for each field of a struct."""

ENVELOPE = ("position", "stream", "version", "recorded_at")
"""The columns that stand before the fields in the files of a type; the rest of the envelope is in `log`."""
_TYPES = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "VARCHAR", datetime: "TIMESTAMP", date: "DATE"}
_ANYTHING_ELSE = "VARCHAR"  # as JSON has it: a Decimal, a UUID, a set


@cache
def columns_of(event_type: type) -> dict[str, Any] | None:
    """Return the shape of each field; None if two of the names are one to a reader that ignores case, as DuckDB does.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from cqrs_lab.log.stores.archive_schema import columns_of
    >>> @dataclass(frozen=True)
    ... class Sold:
    ...     products: tuple[str, ...]
    ...     cents: int | None
    >>> columns_of(Sold)
    {'products': ['VARCHAR'], 'cents': 'BIGINT'}
    """
    columns = _of_fields(event_type)
    return columns if _differ([*ENVELOPE, *columns]) and _inner_names_differ(columns) else None


def _of_fields(kind: Any) -> dict[str, Any]:
    return {name: _shape(hint) for name, hint in fields_of(kind).items()}


def _shape(hint: Any) -> Shape:
    kind = value_of(hint).kind
    if (held := item_of(kind)) is not None:
        return [_shape(held)]
    if isinstance(kind, type) and issubclass(kind, Enum):
        kind = type(next(iter(kind)).value)
    return _of_fields(kind) if is_dataclass(kind) else _TYPES.get(kind, _ANYTHING_ELSE)


def _inner_names_differ(shape: Shape) -> bool:
    if isinstance(shape, Mapping):
        return _differ(shape) and all(map(_inner_names_differ, shape.values()))
    return _inner_names_differ(shape[0]) if isinstance(shape, list) else True


def _differ(names: Iterable[str]) -> bool:
    folded = [name.lower() for name in names]
    return len(set(folded)) == len(folded) and all(folded)


def without_offsets(value: Any, shape: Shape) -> Any:
    """Return what JSON holds for some fields, with a time that has an offset as the same instant in UTC, without one.

    DuckDB reads such a time as a TIMESTAMP and passes over the offset, so it would be another instant.

    Examples
    --------
    >>> from cqrs_lab.log.stores.archive_schema import without_offsets
    >>> without_offsets({"at": ["2011-07-04T12:00:00+02:00"]}, {"at": ["TIMESTAMP"]})
    {'at': ['2011-07-04T10:00:00']}
    """
    if value is None:
        return None
    if isinstance(shape, dict):
        return {name: without_offsets(value[name], inner) for name, inner in shape.items()}
    if isinstance(shape, list):
        return [without_offsets(one, shape[0]) for one in value]
    if shape != _TYPES[datetime] or (moment := datetime.fromisoformat(value)).tzinfo is None:
        return value
    try:
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    except OverflowError:
        return None  # before the year 1, or after 9999


def as_written(shape: Shape) -> str:
    """Return a shape as `from_json` of DuckDB takes it."""
    return json.dumps(shape, ensure_ascii=False)


@cache
def data_of(name: str, version: int) -> str:
    """Return the name of the data set of an event type, which is the name of its folder.

    Examples
    --------
    >>> from cqrs_lab.log.stores.archive_schema import data_of, type_of
    >>> data_of("order/placed", 2), type_of("order%2Fplaced.2")
    ('order%2Fplaced.2', ('order/placed', 2))
    """
    return f"{quote(name, safe='')}.{version}"


def type_of(data: str) -> tuple[str, int]:
    """Return the name and the version of the event type whose data set this is."""
    name, _, version = data.rpartition(".")
    return unquote(name), int(version)


def identifier(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
