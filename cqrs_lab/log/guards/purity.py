"""Is a function pure? Compares what an object holds before and after a call, and copies the initial state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from copy import deepcopy
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache, cached_property
from types import FunctionType, GeneratorType, ModuleType
from typing import Any
from uuid import UUID

from cqrs_lab.arguments import shown
from cqrs_lab.errors import CommandRejected, InvalidArgument
from cqrs_lab.log.guards.identity import outdated, what_happened

_PLAIN = (type(None), bool, int, float, complex, str, bytes, Enum, type, ModuleType)
_UNCHANGING = (*_PLAIN, FunctionType, date, time, timedelta, Decimal, Fraction, UUID, range)
_MOST_COMMON = frozenset({*_UNCHANGING, datetime})


class NotPure(AssertionError):
    """A function that has to be pure changed its arguments, or returned two results for the same ones."""


def fresh(state: Any) -> Any:
    """Return a copy of the initial state for one stream; the state itself if it cannot change or cannot be copied.

    Examples
    --------
    >>> from cqrs_lab.log.guards.purity import fresh
    >>> initial = []
    >>> fresh(initial).append("milk")
    >>> initial
    []
    """
    if _cannot_change(state):
        return state  # not only to save time: code may test `state is INITIAL`
    try:
        return deepcopy(state)
    except Exception:  # noqa: BLE001 - copying runs the code of the state's class; a pure evolve needs no copy
        return state


def _cannot_change(value: Any) -> bool:
    kind: Any = type(value)  # to mypy, a class is not hashable
    if kind in _MOST_COMMON:
        return True
    parts = _parts_of(kind)(value)
    return parts is not None and all(map(_cannot_change, parts))


@cache
def _parts_of(kind: Any) -> Callable[[Any], Iterable[Any] | None]:
    """Return a function for the parts that would have to change for an object to change; None if it can by itself.

    What depends on the class alone is looked up once: a process manager asks for a state at each event.
    """
    if issubclass(kind, _UNCHANGING):
        return lambda value: ()
    if issubclass(kind, (tuple, frozenset)):
        return lambda value: value
    if issubclass(kind, (Mapping, Sequence, Set, bytearray)):
        return lambda value: None
    if not is_dataclass(kind):
        return lambda value: None if _held(value) else ()  # a marker such as `NOTHING = object()` holds nothing
    if not kind.__dataclass_params__.frozen:  # type: ignore[union-attr]
        return lambda value: None
    names = _compared(kind)  # type: ignore[arg-type]  # to mypy, a class is not hashable
    return lambda value: [getattr(value, name, None) for name in names]


def picture(value: Any, within: tuple[int, ...] = ()) -> Any:
    """Return a description of what an object holds, so that a later one shows any change made in place.

    Two descriptions compare equal even if the objects are compared by identity.
    """
    if isinstance(value, _PLAIN):
        return value if value == value else "NaN"
    if id(value) in within:
        return "itself"
    within = (*within, id(value))
    if isinstance(value, Mapping):
        return type(value), [(picture(key, within), picture(held, within)) for key, held in value.items()]
    if isinstance(value, Set):
        return type(value), sorted((picture(one, within) for one in value), key=repr)
    if isinstance(value, Sequence):
        return type(value), [picture(one, within) for one in value]
    if held := _held(value):
        return type(value), [(name, picture(one, within)) for name, one in held.items()]
    # Numbers, times and arrays are described by their repr, without the address in memory.
    return type(value), re.sub(r" at 0x[0-9A-Fa-f]+", "", repr(value))


def watched(what: str, function: Callable[..., Any], **arguments: Any) -> Any:
    """Return what a function returns, and refuse it if it changed its arguments.

    Raises
    ------
    NotPure
    """
    before = {name: (picture(one), repr(one)) for name, one in arguments.items()}
    try:
        result = function(*arguments.values())
        # A generator has done nothing yet.
        return list(result) if isinstance(result, GeneratorType) else result
    finally:
        for name, one in arguments.items():
            if picture(one) != before[name][0]:
                seen = f"it changed the {name} it was given, from {before[name][1]} to {one!r}"
                raise NotPure(f"{what} is not pure: {seen}; leave it as it is, and return a new one")


def check_same(what: str, done: str, first: Any, second: Any) -> None:
    """Refuse a function that returned two results for the same arguments.

    Raises
    ------
    NotPure
    """
    if picture(first) != picture(second):
        step = "put time and other outside facts into the command"
        raise NotPure(f"{what} is not pure: {done} {first!r} and then {second!r}; {step}")


def decide_purely(decider: Any, events: Sequence[Any], command: object) -> tuple[list[Any], str | None]:
    """Fold and decide, twice, and return the decision: the events, or the reason for a rejection.

    Raises
    ------
    NotPure
        `evolve` or `decide` changes its arguments, or returns something else the second time.
    """
    once, twice = (_folded(decider, events) for _ in range(2))
    check_same("evolve", "folded twice, the same events came to", once, twice)
    first, second = (_decided(decider, command, state) for state in (once, twice))
    check_same("decide", f"asked twice about {command!r}, it returned", first, second)
    return first


def _folded(decider: Any, events: Sequence[Any]) -> Any:
    state = fresh(decider.initial_state)
    for event in events:
        state = watched("evolve", decider.evolve, state=state, event=event)
    return state


def _decided(decider: Any, command: object, state: Any) -> tuple[list[Any], str | None]:
    try:
        decided = watched("decide", decider.decide, command=command, state=state)
        return listed_events(decided, "decide returned {}"), None
    except CommandRejected as rejected:
        return [], rejected.reason


def listed_events(events: object, call: str) -> list[Any]:
    """Return events as a list, or refuse a single event; `call` is the call to show in the error."""
    if isinstance(events, Iterable) and not isinstance(events, (str, bytes)):
        return list(events)
    raise InvalidArgument(f"{call.format(shown(events))}: give a list of events, {call.format(f'[{shown(events)}]')}")


def outdated_within(value: Any, within: tuple[int, ...] = ()) -> type | None:
    """Return a class used anywhere in an object that was defined again after the object was made; None if none was."""
    kind = type(value)
    if kind in _PLAIN or id(value) in within:
        return None
    if (old := outdated(kind)) is not None or isinstance(value, _UNCHANGING):
        return old
    if isinstance(value, Mapping):
        parts = [*value, *value.values()]
    else:
        parts = list(value if isinstance(value, (Set, Sequence)) else _held(value).values())
    within = (*within, id(value))
    return next((old for one in parts if (old := outdated_within(one, within)) is not None), None)


def check_state(state: Any) -> None:
    """Refuse to continue with a state whose class was defined again: code that uses the class would not recognise it.

    Raises
    ------
    InvalidArgument
    """
    if (old := outdated(type(state))) is not None:
        step = "make the worker again; it then reads the log from the start"
        raise InvalidArgument(f"{what_happened(old, type(state))} after it began to keep its state; {step}")


def _held(value: Any) -> dict[str, Any]:
    """Return the attributes that make up an object's value, without those that it caches."""
    kind: Any = type(value)
    if is_dataclass(kind):
        compared = _compared(kind)  # type: ignore[arg-type]
        return {name: getattr(value, name) for name in compared if hasattr(value, name)}
    slots = [name for one in kind.__mro__ for name in _names(one.__dict__.get("__slots__", ()))]
    names = [*getattr(value, "__dict__", ()), *slots]
    found = [name for name in names if not isinstance(getattr(kind, name, None), cached_property)]
    return {name: getattr(value, name) for name in found if hasattr(value, name)}


@cache
def _compared(kind: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind) if one.compare)


def _names(slots: Any) -> list[str]:
    return [slots] if isinstance(slots, str) else [name for name in slots if not name.startswith("__")]
