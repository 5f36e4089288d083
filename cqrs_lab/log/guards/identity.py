"""Which class an event belongs to, when a class can be defined again: a cell run twice, a module reloaded."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from multiprocessing import parent_process
from typing import Any, NamedTuple, NoReturn, TypeVar, get_args, get_type_hints

from cqrs_lab.arguments import refuse
from cqrs_lab.errors import DefinedAgain, InvalidArgument, NotRegistered
from cqrs_lab.log.envelope import RecordedEvent

Route = TypeVar("Route")
Event = TypeVar("Event")
FROM_THE_STORE_ON = "run the cells again, starting with the one that makes the store"


def name_of(kind: type) -> tuple[str, str]:
    """Return a class's module and its name there. A class defined again shares both with the one before."""
    return kind.__module__, kind.__qualname__


def defined_now(kind: type) -> type | None:
    """Return the class that has this class's name now; None if there is none.

    A class defined in a function has no such name (`"f.<locals>.Moved"`), and neither has one in a doctest.
    """
    module, path = _place(kind)
    found: Any = sys.modules.get(module)
    for part in path:
        found = getattr(found, part, None)
    return found if isinstance(found, type) else None


@cache
def _place(kind: type) -> tuple[str, tuple[str, ...]]:
    return kind.__module__, tuple(kind.__qualname__.split("."))


def held_by(kind: type) -> tuple[type, ...]:
    """Return a class, and the classes that its fields hold, and theirs."""
    return _first_sight(kind).held


class _FirstSight(NamedTuple):
    """What was known of a class when it was first seen: the classes its fields hold, and whether its name led to it."""

    held: tuple[type, ...]
    had_its_name: bool
    beside: frozenset[str]
    """The names in its module at that time."""


@cache
def _first_sight(kind: type) -> _FirstSight:
    held: dict[type, None] = {}
    _add_held(kind, held)
    beside = frozenset(vars(sys.modules[kind.__module__])) if kind.__module__ in sys.modules else frozenset[str]()
    return _FirstSight(tuple(held), defined_now(kind) is kind, beside)


def _add_held(kind: type, held: dict[type, None]) -> None:
    held[kind] = None
    try:
        hints: Iterable[Any] = get_type_hints(kind).values()
    except (NameError, AttributeError, TypeError, SyntaxError):
        return  # annotations that cannot be read hold nothing that can be compared
    for one in (one for hint in hints for one in _classes_in(hint)):
        if one not in held and one.__module__ != "builtins":
            _add_held(one, held)


def _classes_in(hint: Any) -> Iterator[type]:
    if isinstance(hint, type):
        yield hint
    for part in get_args(hint):
        yield from _classes_in(part)


def outdated(kind: type) -> type | None:
    """Return this class, or one that its fields hold, if it has been defined again since; None if neither has."""
    seen = _first_sight(kind)
    for one in seen.held:
        if (now := defined_now(one)) is not one and (now is not None or (one is kind and seen.had_its_name)):
            return one
    return None


def what_happened(kind: type, holder: type | None = None) -> str:
    """Return a clause that says why this class is no longer the one its name stands for."""
    what = kind.__name__ if holder is None or holder is kind else f"{kind.__name__}, which {holder.__name__} holds,"
    if defined_now(kind) is None:
        return f"{what} is no longer defined in {kind.__module__}"
    if kind.__module__ == "__main__":
        return f"{what} was defined again"
    return f"{what} was defined again (its module {kind.__module__} was loaded again)"


def _next_step(kind: type, step: str) -> str:
    if defined_now(kind) is None:
        return f"if it has a new name, give its old events to an UpcastingStore; otherwise {step}"
    return step if kind.__module__ == "__main__" else f"import {kind.__name__} again, then {step}"


def adopt(kinds: Iterable[type]) -> None:
    """Let classes that a script or a notebook has sent to this process stand for their names here.

    A worker that was started by a script has run the script's definitions itself, and has a second class of each name.
    """
    if parent_process() is None:
        return
    for one in (held for kind in kinds for held in held_by(kind)):
        if one.__module__ == "__main__" and one.__name__ == one.__qualname__:
            setattr(sys.modules["__main__"], one.__name__, one)


def check_current(kind: type, position: int) -> None:
    """Refuse an event whose class has been defined again since: code that uses the class would skip the event.

    Raises
    ------
    DefinedAgain
    """
    if (old := outdated(kind)) is not None:
        why = f"{what_happened(old, kind)} after events of it were recorded, so your code no longer recognises them"
        raise DefinedAgain(kind.__name__, position, f"{why}; {_next_step(old, FROM_THE_STORE_ON)}")


def check_whole(event: object, position: int) -> None:
    """Refuse an event that lacks a field of its class: `%autoreload` makes old objects instances of the new class.

    Raises
    ------
    DefinedAgain
    """
    if (name := _lacking(event)) is not None:
        kind = type(event).__name__
        why = f"{kind} was defined again after the event at position {position} was recorded, which has no {name!r}"
        raise DefinedAgain(kind, position, f"{why}; {FROM_THE_STORE_ON}")


def _lacking(event: Any) -> str | None:
    kind: Any = type(event)
    for name in _names_set(kind):
        if not hasattr(event, name):
            return name
    return None


@cache
def _names_set(kind: type) -> tuple[str, ...]:
    # A field that is not an argument of `__init__` may never have been set.
    return tuple(one.name for one in fields(kind) if one.init) if is_dataclass(kind) else ()


def check_read(there: Mapping[type, int], asked: Sequence[type], all_it_reads: bool = False) -> None:
    """Refuse to read events by a class that has the same name as theirs but is another class.

    Parameters
    ----------
    there : mapping of type to int
        The classes of the events at hand, each with the position of its first event.
    asked : sequence of type
        The classes that a reader asks for.
    all_it_reads : bool, optional
        Whether it reads no others. Then a warning says if a class that it reads seems to be the new name of another.

    Raises
    ------
    DefinedAgain
    """
    if all_it_reads:
        _warn_renamed(there, asked)
    by_name: dict[tuple[str, str], list[type]] = {}
    for one in asked:
        by_name.setdefault(name_of(one), []).append(one)
    for kind, position in there.items():
        names = by_name.get(name_of(kind))
        if names is not None or (defined_now(kind) is None and _first_sight(kind).had_its_name):
            check_current(kind, position)
        if names is not None and kind not in names:
            _two_of_a_name(kind, names[0], position)


def _warn_renamed(there: Mapping[type, int], asked: Sequence[type]) -> None:
    """Warn if a reader passes over events whose class has the fields of one that it reads, and that came later.

    In a notebook, a cell edited to another name leaves the class of the old name where it is.
    """
    for old, position in there.items():
        for new in asked if old not in asked and _may_have_a_new_name(old) else ():
            later = new.__name__ not in _first_sight(old).beside and there.get(new, position) >= position
            if later and _is_named_beside(new, old) and _have_the_same_fields(old, new):
                what = f"events of {old.__name__} (the first at position {position}) are not read, and {new.__name__}"
                step = f"UpcastingStore(store, {{{old.__name__}: …}}) reads them as {new.__name__}"
                why = "has the same fields and was defined after they were recorded. If it is their new name"
                warnings.warn(f"{what} {why}, {step}, or {FROM_THE_STORE_ON}.", stacklevel=3)


def _may_have_a_new_name(kind: type) -> bool:
    return bool(_names_set(kind)) and _first_sight(kind).had_its_name and defined_now(kind) is kind


def _is_named_beside(new: type, old: type) -> bool:
    return new.__module__ == old.__module__ and defined_now(new) is new and "." not in new.__qualname__


def _have_the_same_fields(old: type, new: type) -> bool:
    """Return whether two classes have the same fields, or one of them has some more."""
    one, other = set(_names_set(old)), set(_names_set(new))
    return bool(one) and (one <= other or (bool(other) and other <= one))


def _two_of_a_name(kind: type, other: type, position: int) -> NoReturn:
    if outdated(other) is not None:
        why = f"{what_happened(other)} after the code that reads it was defined"
        step = _next_step(other, f"run the cell that uses it (a projection, an upcaster), and {FROM_THE_STORE_ON}")
    else:
        why = f"two classes are called {kind.__qualname__}, and these events belong to both"
        step = f"give one of them another name, or {FROM_THE_STORE_ON}"
    raise DefinedAgain(kind.__name__, position, f"{why}; {step}")


def current(log: Iterable[RecordedEvent]) -> Iterator[RecordedEvent]:
    """Yield recorded events, and stop at one whose class was defined again; each class is looked up once.

    Raises
    ------
    DefinedAgain
    """
    known: set[type] = set()
    for recorded in log:
        if type(recorded.event) not in known:
            check_current(kind := type(recorded.event), recorded.position)
            check_whole(recorded.event, recorded.position)
            for other in named_alike(known, kind):
                _two_of_a_name(kind, other, recorded.position)
            known.add(kind)
        yield recorded


def recognised(events: Iterable[Event]) -> Iterator[Event]:
    """Yield events, and stop at one that was made before its class was defined again.

    Raises
    ------
    InvalidArgument
    """
    if isinstance(events, (str, bytes)) or not isinstance(events, Iterable):
        raise refuse("events", events, "a list of events; give one, in brackets even if there is only one event")
    known: set[type] = set()
    for event in events:
        if type(event) not in known:
            check_made([event])
            known.add(type(event))
        yield event


def check_made(values: Iterable[object], what: str = "event") -> None:
    """Refuse events or commands that were made before their class was defined again.

    Raises
    ------
    InvalidArgument
    """
    for kind, value in {type(value): value for value in values}.items():
        if kind.__module__ == "builtins":
            continue  # a built-in type is never defined again
        if (name := _lacking(value)) is not None:
            since = f"{kind.__name__} was defined again after this {what} was made, which has no {name!r}"
            raise InvalidArgument(f"{since}; make the {what} again")
        if (old := outdated(kind)) is not None:
            step = f"make the {what} again" if old is kind else f"run the cell of {kind.__name__} too"
            since = f"this {what} was made" if old is kind else f"{kind.__name__}, which holds it"
            raise InvalidArgument(f"{what_happened(old)} after {since}; {_next_step(old, step)}")


def named_alike(kinds: Iterable[type], kind: type) -> list[type]:
    """Return the other classes with this class's name."""
    name = name_of(kind)
    return [one for one in kinds if one is not kind and one.__qualname__ == name[1] and name_of(one) == name]


def check_declared(kinds: Iterable[type], kind: type, what: str) -> None:
    """Refuse to record an event if nothing is declared for its class, but something is for another class of its name.

    Raises
    ------
    InvalidArgument
    """
    if named_alike(kinds, kind):
        raise InvalidArgument(
            f"this {kind.__name__} belongs to another class than the {kind.__name__} that {what}; if the class was "
            "defined again, run the cell that makes this store; if it is a new shape, give it a name of its own"
        )


def find_route(routes: Mapping[type, Route], kind: type, what: str) -> Route | None:
    """Return what is registered for a class; None if nothing is, not even under its name.

    Raises
    ------
    NotRegistered
        The class, or the registered class of that name, was defined again since.
    """
    route = routes.get(kind)
    others = [kind] if route is not None else named_alike(routes, kind)
    if not others:
        return None
    if (old := outdated(kind) or (outdated(others[0]) if route is None else None)) is not None:
        step = _next_step(old, f"run the cell that registers it, and make the {what} again")
        raise NotRegistered(f"{what_happened(old)} after it was registered, or after this {what} was made; {step}")
    if route is None:
        raise NotRegistered(
            f"two classes are called {kind.__qualname__}, and the one registered is not this {what}'s; "
            "register this one too, or give it another name"
        )
    return route


def forget_outdated(routes: dict[type, Any], kind: type) -> None:
    """Drop what was registered for this class before it was defined again."""
    for one in named_alike(routes, kind):
        if outdated(one) is not None:
            del routes[one]
