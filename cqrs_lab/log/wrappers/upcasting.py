"""Upcasting: an event of an old shape becomes one of the current shape as it is read; the record stays as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from cqrs_lab.arguments import refuse
from cqrs_lab.errors import InvalidArgument, UpcastFailed, said
from cqrs_lab.log.envelope import RecordedEvent, with_event
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.guards.identity import check_declared, check_read, named_alike
from cqrs_lab.log.slice import Sealed, Slice, read_slice
from cqrs_lab.log.wrappers.read_through import ReadThroughStore

Upcasters = Mapping[type, Callable[[Any], object]]

# What an upcaster returns by mistake; no reader would handle it. Subclasses of the first group may well be events.
_MANY = (list, tuple, set, frozenset, dict)
_NO_EVENT = (type, BaseException, Iterator, Awaitable, AsyncIterator, RecordedEvent)


class UpcastingStore(ReadThroughStore):
    """An event store read through upcasters: deciders and projections see only the current shapes.

    Parameters
    ----------
    store : EventStore
    upcasters : mapping of type to function
        For each old event type a pure function from an event of it to one of a newer type: a field renamed, split,
        merged or added. They are chained, so each returns only the next shape. One event becomes one event.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from cqrs_lab import Expected, MemoryEventStore, UpcastingStore
    >>> @dataclass(frozen=True)
    ... class Registered1:
    ...     name: str
    >>> @dataclass(frozen=True)
    ... class Registered:
    ...     given: str
    ...     family: str
    >>> store = MemoryEventStore(clock=lambda: 0.0)
    >>> store.append("ada", [Registered1("Ada Lovelace")], expected=Expected.NO_STREAM).version
    1
    >>> today = UpcastingStore(store, {Registered1: lambda old: Registered(*old.name.split(" ", 1))})
    >>> [recorded.event for recorded in today.read_all()]
    [Registered(given='Ada', family='Lovelace')]
    """

    def __init__(self, store: EventStore, upcasters: Upcasters) -> None:
        if not isinstance(upcasters, Mapping):
            raise refuse("upcasters", upcasters, "a mapping of old event types to functions; give {OldShape: function}")
        for old, upcast in upcasters.items():
            if not isinstance(old, type) or not callable(upcast):
                raise InvalidArgument(f"{old!r}: {upcast!r} is not an upcaster; give an event type and a function")
        super().__init__(store)
        self.upcasters = dict(upcasters)
        self._given: set[type] = set()
        self._passed: set[type] = set()
        # What a sealed slice reads as today; nothing in it may hold the slice, or it would never go.
        self._kept: WeakKeyDictionary[object, _Lifted] = WeakKeyDictionary()

    def _written(self, stream: str, events: Sequence[object], command_id: str | None) -> Sequence[object]:
        for event in events:
            if type(event) in self.upcasters:
                raise InvalidArgument(f"{type(event).__name__} is an old shape; record the current one")
            check_declared(self.upcasters, type(event), "has an upcaster")
        return events

    def read_slice(self, *, after: int, limit: int | None = None) -> Slice:
        """Return the next events as a slice; see `SlicingStore`. What can never change is upcast once, and kept."""
        beneath = read_slice(self._store, after=after, limit=limit)
        if beneath.sealed is None:
            return UpcastSlice(beneath, self, _Lifted())
        kept = self._kept.setdefault(beneath.sealed, _Lifted())
        # Where nothing is old, readers share what they keep with those of the inner store.
        old = not beneath.types().keys().isdisjoint(self.upcasters)
        return UpcastSlice(beneath, self, kept, kept if old else beneath.sealed)

    def _schema_version(self) -> Hashable:
        return frozenset((old.__module__, old.__qualname__) for old in self.upcasters)

    def _read(self, recorded: RecordedEvent) -> RecordedEvent:
        return self.upcast(recorded)

    def upcast(self, recorded: RecordedEvent) -> RecordedEvent:
        """Return the event in its current shape."""
        if type(recorded.event) not in self.upcasters:
            self.check_name(type(recorded.event), recorded.position)
            return recorded
        event, shapes = recorded.event, [type(recorded.event)]
        while (upcast := self.upcasters.get(type(event))) is not None:
            try:
                event = upcast(event)
            except Exception as error:
                raise UpcastFailed(shapes[-1].__name__, recorded.position, said(error)) from error
            if type(event) not in self._given:  # each type is looked at once, since a rebuild upcasts a million times
                if (gave := _no_event(type(event))) is not None:
                    why = f"it returned {gave}; return an event of the next shape"
                    raise UpcastFailed(shapes[-1].__name__, recorded.position, why)
                self._given.add(type(event))
            if type(event) in shapes:
                names = " to ".join(shape.__name__ for shape in [*shapes, type(event)])
                raise UpcastFailed(shapes[-1].__name__, recorded.position, f"it goes round in a circle, from {names}")
            shapes.append(type(event))
        return with_event(recorded, event)

    def check_name(self, kind: type, position: int) -> None:
        """Refuse an event without an upcaster if a class of its name has one: the class was defined again."""
        if kind not in self._passed:  # each type is looked at once
            check_read({kind: position}, named_alike(self.upcasters, kind))
            self._passed.add(kind)


class _Lifted(Sealed):
    """The events of a slice that were of an old type, by their new one; None until somebody asks for them."""

    by_type: dict[type, list[RecordedEvent]] | None = None


class UpcastSlice:
    """A slice read through upcasters: of the types that have none, nothing is decoded that nobody asks for."""

    def __init__(self, beneath: Slice, store: UpcastingStore, kept: _Lifted, sealed: object | None = None) -> None:
        self._beneath, self._store, self._kept, self.sealed = beneath, store, kept, sealed
        self.after, self.upto = beneath.after, beneath.upto

    def __iter__(self) -> Iterator[RecordedEvent]:
        return map(self._store.upcast, self._beneath)

    @property
    def positions(self) -> Sequence[int]:
        """The positions of its events, in order."""
        return self._beneath.positions

    @property
    def _lifted(self) -> dict[type, list[RecordedEvent]]:
        if self._kept.by_type is None:
            self._kept.by_type = self._lift()
        return self._kept.by_type

    def _lift(self) -> dict[type, list[RecordedEvent]]:
        found: dict[type, list[RecordedEvent]] = {}
        for kind, position in self._beneath.types().items():
            if kind not in self._store.upcasters:
                self._store.check_name(kind, position)
                continue
            for recorded in map(self._store.upcast, self._beneath.of(kind)):
                found.setdefault(type(recorded.event), []).append(recorded)
        return {kind: sorted(events, key=_position) for kind, events in found.items()}

    def types(self) -> Mapping[type, int]:
        """Return the types of its events as they are read, each with the position of its first event."""
        first: dict[type, int] = {kind: events[0].position for kind, events in self._lifted.items()}
        for kind, position in self._beneath.types().items():
            if kind not in self._store.upcasters:
                first[kind] = min(position, first.get(kind, position))
        return first

    def of(self, event_type: type) -> Sequence[RecordedEvent]:
        """Return the events that are read as exactly this type, in order of position."""
        lifted = self._lifted.get(event_type, [])
        as_it_is = [] if event_type in self._store.upcasters else self._beneath.of(event_type)
        return sorted([*as_it_is, *lifted], key=_position) if lifted else as_it_is

    def part(self, start: int, stop: int) -> Slice:
        """Return a slice of the events numbered from `start` to before `stop`."""
        whole = (start, stop) == (0, len(self.positions))
        return self if whole else UpcastSlice(self._beneath.part(start, stop), self._store, _Lifted())


def _position(recorded: RecordedEvent) -> int:
    return recorded.position


def _no_event(given: type) -> str | None:
    """Return what an upcaster returned, in words, if that is not an event; None if it is one."""
    if given is type(None):
        return "None"
    if issubclass(given, type):
        return "a class"
    return f"a {given.__name__}" if given in _MANY or issubclass(given, _NO_EVENT) else None
