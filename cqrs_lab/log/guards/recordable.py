"""What can be recorded: facts that no longer change.

An event is a value: a string, a number, a time, a tuple of these, or a frozen dataclass of these. Objects of an
ordinary class are none: they can be changed, and two with the same content are not equal. A class that is compared and
hashed by what it holds (its own `__hash__`) vouches for its objects.
"""

from __future__ import annotations

from collections import UserString
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Iterator,
    MutableMapping,
    MutableSequence,
    MutableSet,
    Sequence,
    ValuesView,
)
from dataclasses import fields, is_dataclass
from datetime import date, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache, cached_property, partial
from itertools import chain
from operator import attrgetter
from types import (
    BuiltinFunctionType,
    EllipsisType,
    FunctionType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    NotImplementedType,
)
from typing import Any, NamedTuple
from uuid import UUID
from weakref import ReferenceType

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.guards.identity import check_made, outdated

# No values, whatever they hold.
_CODE = (FunctionType, BuiltinFunctionType, MethodType, MethodWrapperType, partial, ModuleType, ReferenceType)
# Values that are given by mistake, each with what to do instead.
_SLIPS: tuple[tuple[tuple[type, ...], str], ...] = (
    ((type(None), EllipsisType, NotImplementedType), "is not an event; {} what has happened, or an empty list"),
    ((type,), "is not an event; {} an object of it, with its facts"),
    ((BaseException,), "is an error and no event; raise it"),
    ((RecordedEvent,), "is recorded already; {} its .event"),
    ((Iterator, Awaitable, AsyncIterator), "is not an event; {} the events that come from it"),
    (_CODE, "is not an event; {} what it returns"),
)
_PLAIN = frozenset({type(None), bool, int, float, complex, str, bytes})
_PLAIN_EVENTS = _PLAIN - {type(None)}
_UNCHANGING = (*_PLAIN, date, time, timedelta, tzinfo, Decimal, Fraction, UUID, range, Enum, EllipsisType)
_CONTAINERS = (MutableSequence, MutableMapping, MutableSet, UserString)
_CHANGEABLE = "could still be changed once it is recorded"
_INSTEAD = f"{_CHANGEABLE}; {{}} a frozen dataclass, or a plain value such as a string or a tuple"


def events_in(given: Any, whose: str, do: str) -> list[object]:
    """Return the events as a list, or refuse what cannot be recorded.

    Parameters
    ----------
    given : sequence or iterator of events
    whose, do : str
        How the error begins, and what the caller should do with events, such as "return".

    Raises
    ------
    InvalidArgument
        `given` is not a list, or holds something that is not an event, can still be changed, or was made before its
        class was defined again.

    Examples
    --------
    >>> from cqrs_lab.log.guards.recordable import events_in
    >>> events_in(("on", 3), "lamp-1", "append")
    ['on', 3]
    >>> events_in([None], "lamp-1", "append")
    Traceback (most recent call last):
        ...
    cqrs_lab.errors.InvalidArgument: lamp-1: None is not an event; append what has happened, or an empty list
    """
    if type(given) is not list and not is_many(given):
        example = "[] for none" if given is None else "in brackets even if there is only one"
        raise InvalidArgument(f"{whose}: {shown(given)} is not a list of events; {do} a list of events, {example}")
    events: list[Any] = list(given)
    kinds = set(map(type, events)) - _PLAIN_EVENTS
    if not kinds or (all(map(_may_stand, kinds)) and _unchanging(events)):
        return events
    kind: Any  # to mypy, a class is not hashable
    for kind, event in zip(map(type, events), events, strict=True):
        if outdated(kind) is not None:
            check_made(events)  # says what to do
        if wrong := _shape(kind).slip or _changeable(event):
            raise InvalidArgument(f"{whose}: {shown(event)} {wrong.format(do)}")
    return events


def _may_stand(kind: Any) -> bool:
    return not _shape(kind).slip and outdated(kind) is None


def _unchanging(values: Collection[Any]) -> bool:
    """Return whether nothing in these values can change: all values of a class are looked at together, for speed."""
    for kind in set(map(type, values)) - _PLAIN:
        shape = _shape(kind)
        if shape.changes or shape.more:
            return False  # or perhaps: `_changeable` looks closer
        try:
            held = list(chain.from_iterable(map(shape.held, [one for one in values if type(one) is kind])))
        except (TypeError, AttributeError, ValueError):  # one cannot be hashed, or lacks a field
            return False
        if held and not _unchanging(held):
            return False
    return True


def is_many(given: object) -> bool:
    """Return whether an object is a series of events, and not one event that has parts."""
    if isinstance(given, tuple):  # a NamedTuple and a struct_time are one thing with parts
        return not hasattr(given, "_fields") and not hasattr(given, "n_fields")
    if isinstance(given, (str, bytes, bytearray, memoryview, UserString)) or is_dataclass(given):
        return False
    return isinstance(given, (Sequence, Iterator, ValuesView))


class _Shape(NamedTuple):
    """What is known of all objects of a class."""

    slip: str
    """Why none of them is an event; "" if they may be."""
    changes: str
    """Why each of them can be changed; "" if that depends on what it holds."""
    names: tuple[str, ...] = ()
    """The fields of a dataclass."""
    held: Callable[[Any], Iterable[Any]] = lambda value: ()
    """Returns what an object holds."""
    closed: bool = True
    """Whether nothing can be set beside the fields."""
    more: bool = False
    """Whether an object may hold more than its fields."""


@cache
def _shape(kind: type) -> _Shape:
    slip = next((wrong for kinds, wrong in _SLIPS if issubclass(kind, kinds)), "")
    if issubclass(kind, _UNCHANGING) or kind is RecordedEvent:
        return _Shape(slip, "")
    if slip or issubclass(kind, _CONTAINERS):
        return _Shape(slip, _INSTEAD)
    if is_dataclass(kind):
        return _dataclass_shape(kind)
    if issubclass(kind, (tuple, frozenset)):
        return _Shape("", "", held=tuple)
    if kind.__hash__ is object.__hash__:
        return _Shape("", f"{_INSTEAD} (write @dataclass(frozen=True) above class {kind.__name__})")
    return _Shape("", "", held=_vouched)


def _dataclass_shape(kind: Any) -> _Shape:
    # The class whose rule for setting attributes holds: its own, or one it inherits.
    setter = next(one for one in kind.__mro__ if "__setattr__" in vars(one))
    declared = vars(setter).get("__dataclass_params__")
    if declared is None or not declared.frozen:
        return _Shape("", f"{_CHANGEABLE}; write @dataclass(frozen=True) above class {kind.__name__}")
    names = tuple(one.name for one in fields(kind))
    # With one name, attrgetter would return the value and not a tuple.
    held: Callable[[Any], Iterable[Any]] = attrgetter(*names, names[0]) if names else lambda value: ()
    closed = setter is kind
    # The __init__ that `dataclass` writes sets the fields alone, unless a __post_init__ follows.
    written = getattr(getattr(kind.__init__, "__code__", None), "co_filename", "") == "<string>"
    more = not closed or not written or hasattr(kind, "__post_init__")
    return _Shape("", "", names, held, closed, more and bool(kind.__dictoffset__))


def _vouched(value: Any) -> Iterable[Any]:
    hash(value)
    return ()


def _changeable(value: Any) -> str:
    """Return what makes this value changeable; "" if nothing does."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return ""
    shape = _shape(kind)
    if shape.changes:
        return shape.changes
    try:
        held = shape.held(value)
        if not _PLAIN.issuperset(map(type, held)) and any(map(_changeable, held)):
            return _of_its_fields(value, shape) or _INSTEAD
    except (TypeError, AttributeError, ValueError):  # it cannot be hashed, or lacks a field
        return _of_its_fields(value, shape) or _INSTEAD
    return _beside_its_fields(value, shape) if shape.more else ""


def _of_its_fields(value: Any, shape: _Shape) -> str:
    check_made([value])
    for name in shape.names:
        if not hasattr(value, name):
            return f"has no value in its field {name}; set every field when the event is made"
        if _changeable(held := getattr(value, name)):
            return _holds("field", name, held)
    return ""


def _beside_its_fields(value: Any, shape: _Shape) -> str:
    """Return which attribute that is no field makes a dataclass changeable; what it caches is no part of it."""
    kind = type(value)
    for name, held in value.__dict__.items():
        if name in shape.names or isinstance(getattr(kind, name, None), cached_property):
            continue
        if not shape.closed:
            return f"{_CHANGEABLE}: {name} is no field; write @dataclass(frozen=True) above class {kind.__name__} too"
        if _changeable(held):
            return _holds("attribute", name, held)
    return ""


def _holds(what: str, name: str, held: object) -> str:
    kept = "keep a tuple, a frozen dataclass or a plain value there"
    return f"{_CHANGEABLE}: its {what} {name} holds a {type(held).__name__}; {kept}"
