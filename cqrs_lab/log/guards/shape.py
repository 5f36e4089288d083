"""What an event class is made of: its fields and their annotations, what tuples hold, what stands beside the fields."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Sequence
from enum import EnumType, Flag
from functools import cached_property
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from cqrs_lab.errors import InvalidArgument, SchemaError


class Value(NamedTuple):
    """What an annotation says of a value.

    Its class (or the annotation itself, if it is no class), whether None may stand for a missing one, and the only
    values there are, if the annotation lists them.
    """

    kind: Any
    optional: bool = False
    listed: frozenset[Any] = frozenset()


def fields_of(event_type: Any) -> dict[str, Any]:
    """Return the annotation of each field of a dataclass, in order.

    Raises
    ------
    InvalidArgument
        It is not a dataclass.
    SchemaError
        Its annotations use a name that cannot be found.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from cqrs_lab.log.guards.shape import fields_of
    >>> @dataclass(frozen=True)
    ... class Deposited:
    ...     account: str
    ...     cents: int
    >>> fields_of(Deposited)
    {'account': <class 'str'>, 'cents': <class 'int'>}
    """
    if not isinstance(event_type, type) or not dataclasses.is_dataclass(event_type):
        raise InvalidArgument(f"{event_type!r} is not a dataclass; declare events with @dataclass(frozen=True)")
    try:
        hints = get_type_hints(event_type)
    except NameError as error:
        raise SchemaError(
            f"{event_type.__name__}: its annotations use {error.name!r}, which cannot be found; "
            "declare events and what they hold at the top of a module or a notebook cell"
        ) from None
    return {field.name: hints[field.name] for field in dataclasses.fields(event_type)}


def item_of(hint: Any) -> Any:
    """Return X for tuple[X, ...], list[X] or Sequence[X]; None for anything else."""
    if get_origin(hint) in (tuple, list, Sequence):
        held = [one for one in get_args(hint) if one is not Ellipsis]
        return held[0] if len(held) == 1 else None
    return None


def value_of(hint: Any) -> Value:
    """Return what an annotation says of a value: unions with None, literals, enums and new types are taken apart.

    Examples
    --------
    >>> from cqrs_lab.log.guards.shape import value_of
    >>> value_of(int | None)
    Value(kind=<class 'int'>, optional=True, listed=frozenset())
    """
    declared, optional, listed = hint, False, frozenset[Any]()
    if get_origin(hint) in (Union, types.UnionType):
        optional = type(None) in get_args(hint)
        rest = [one for one in get_args(hint) if one is not type(None)]
        literals = all(get_origin(one) is Literal for one in rest)
        hint = Literal[tuple(value for one in rest for value in get_args(one))] if literals else rest[0]
        hint = hint if literals or len(rest) == 1 else declared
    if get_origin(hint) is Literal:
        optional = optional or None in get_args(hint)
        listed = frozenset(get_args(hint)) - {None}
        found = {type(value) for value in get_args(hint) if value is not None}
        hint = found.pop() if len(found) == 1 else declared
    while hasattr(hint, "__supertype__"):  # a NewType has the values of the type it renames
        hint = hint.__supertype__
    if isinstance(hint, EnumType) and not issubclass(hint, Flag):
        listed = listed or frozenset(hint)  # type: ignore[call-overload]  # to mypy, any class
    return Value(hint, optional, listed)


def beside_the_fields(event: Any) -> list[str]:
    """Return the attributes that are set beside an event's fields; what it caches is no part of it."""
    held = getattr(event, "__dict__", None)
    if not held:
        return []
    kind, known = type(event), {one.name for one in dataclasses.fields(event)}
    beside = [name for name in held if name not in known]
    return [name for name in beside if not isinstance(getattr(kind, name, None), cached_property)]
