"""What can be recorded: facts that no longer change.

An event is hashable: among Python's values those are the ones that cannot change (strings, numbers, tuples, and frozen
dataclasses of these), and one call of `hash` looks through all fields. A class with its own `__hash__` vouches for
itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence, ValuesView
from dataclasses import fields, is_dataclass
from functools import lru_cache, partial
from types import BuiltinFunctionType, EllipsisType, FunctionType, MethodType, ModuleType, NotImplementedType
from typing import Any

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.identity import check_made

# Hashable values that are given by mistake, each with what to do instead.
_SLIPS: tuple[tuple[tuple[type, ...], str], ...] = (
    ((type(None), EllipsisType, NotImplementedType), "is no event; {} what has happened, or an empty list"),
    ((type,), "is no event; {} an object of it, with its facts"),
    ((BaseException,), "is an error and no event; raise it"),
    ((RecordedEvent,), "is recorded already; {} its .event"),
    ((Iterator, Awaitable, AsyncIterator), "is no event; {} the events that come from it"),
    ((FunctionType, BuiltinFunctionType, MethodType, partial, ModuleType), "is no event; {} what it returns"),
)
_CHANGEABLE = "could still be changed once it is recorded"


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
    >>> from cqrs_lab.log.recordable import events_in
    >>> events_in(("on", 3), "lamp-1", "append")
    ['on', 3]
    >>> events_in([None], "lamp-1", "append")
    Traceback (most recent call last):
        ...
    cqrs_lab.errors.InvalidArgument: lamp-1: None is no event; append what has happened, or an empty list
    """
    many = isinstance(given, (list, tuple, Sequence, Iterator, ValuesView))
    if isinstance(given, tuple) and hasattr(given, "_fields"):
        many = False  # a NamedTuple is one event
    if not many or isinstance(given, (str, bytes, bytearray, memoryview)):
        example = "[] for none" if given is None else "in brackets even if there is only one"
        raise InvalidArgument(f"{whose}: {shown(given)} is not a list of events; {do} a list of events, {example}")
    events = list(given)
    check_made(events)
    for event in events:
        wrong = _slip(type(event)) or _changeable(event)  # type: ignore[arg-type]  # a class is hashable
        if wrong:
            raise InvalidArgument(f"{whose}: {shown(event)} {wrong.format(do)}")
    return events


@lru_cache(maxsize=1024)
def _slip(kind: type) -> str:
    """Return what is wrong with every object of a type; "" if nothing is. Looked up once for each type."""
    for kinds, wrong in _SLIPS:
        if issubclass(kind, kinds):
            return wrong
    declared = getattr(kind, "__dataclass_params__", None)
    if declared is not None and not declared.frozen:
        return f"{_CHANGEABLE}; write @dataclass(frozen=True) above class {kind.__name__}"
    return ""


def _changeable(event: object) -> str:
    """Return what makes this event changeable; "" if nothing does."""
    try:
        hash(event)
    except (TypeError, AttributeError):
        for name in (one.name for one in fields(event)) if is_dataclass(event) else ():
            if not hasattr(event, name):
                return f"has no value in its field {name}; set every field when the event is made"
            if _changeable(held := getattr(event, name)):
                what = type(held).__name__
                return f"{_CHANGEABLE}: its field {name} holds a {what}; keep a tuple or a frozen dataclass there"
        return f"{_CHANGEABLE}; {{}} a frozen dataclass, or a plain value such as a string or a tuple"
    return ""
