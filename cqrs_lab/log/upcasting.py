"""Upcasting: an event of an old shape becomes one of the current shape as it is read; the record stays as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any

from cqrs_lab.arguments import refuse
from cqrs_lab.errors import InvalidArgument, UpcastFailed, said
from cqrs_lab.log.envelope import RecordedEvent, with_event
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.identity import check_declared, check_read, named_alike
from cqrs_lab.log.read_through import ReadThroughStore, listed
from cqrs_lab.log.segment import SEGMENT_EVENTS, Segment

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
        self._upcasters = dict(upcasters)
        self._given: set[type] = set()
        self._passed: set[type] = set()
        self._kept: tuple[Hashable, dict[int, Segment]] = (None, {})

    def _written(self, stream: str, events: Sequence[object], command_id: str | None) -> Sequence[object]:
        events = listed(stream, events)
        for event in events:
            if type(event) in self._upcasters:
                raise InvalidArgument(f"{type(event).__name__} is an old shape; record the current one")
            check_declared(self._upcasters, type(event), "has an upcaster")
        return events

    def segment(self, after: int, upto: int) -> tuple[Segment, int, int]:
        """Return the segment of the log after position `after`, and which of its events lie in (after, upto].

        If the inner store has segments (in memory), a full one is upcast once and kept, and its columns with it: the
        second reader of a million events touches arrays, as with the inner store alone.
        """
        beneath: Any = getattr(self._store, "segment", None)
        if beneath is None:
            events = list(self.read_all(after=after, limit=min(upto - after, SEGMENT_EVENTS)))
            return Segment(events), 0, len(events)
        # Taken before reading: a person forgotten in between then makes this entry stale.
        reads_as: Hashable = getattr(self._store, "reads_as", None)
        segment, start, stop = beneath(after, upto)
        if (start, stop) != (0, SEGMENT_EVENTS):
            return Segment([self._read(one) for one in segment.events[start:stop]]), 0, stop - start
        # Once the inner store forgets a person, what was kept still holds them. Another reader may replace
        # `_kept` meanwhile, so this one continues with the part that belongs to its own `reads_as`.
        if (kept := self._kept)[0] != reads_as:
            kept = self._kept = (reads_as, {})
        segments = kept[1]
        if after not in segments:
            old = any(type(one.event) in self._upcasters for one in segment.events)
            segments[after] = Segment([self._read(one) for one in segment.events]) if old else segment
        return segments[after], start, stop

    def _reads_as(self) -> Hashable:
        return frozenset((old.__module__, old.__qualname__) for old in self._upcasters)

    def _read(self, recorded: RecordedEvent) -> RecordedEvent:
        if type(recorded.event) not in self._upcasters:
            self._check_name(recorded)
            return recorded
        event, shapes = recorded.event, [type(recorded.event)]
        while (upcast := self._upcasters.get(type(event))) is not None:
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

    def _check_name(self, recorded: RecordedEvent) -> None:
        """Refuse an event without an upcaster if a class of its name has one: the class was defined again."""
        kind = type(recorded.event)
        if kind not in self._passed:  # each type is looked at once
            check_read({kind: recorded.position}, named_alike(self._upcasters, kind))
            self._passed.add(kind)


def _no_event(given: type) -> str | None:
    """Return what an upcaster returned, in words, if that is not an event; None if it is one."""
    if given is type(None):
        return "None"
    if issubclass(given, type):
        return "a class"
    return f"a {given.__name__}" if given in _MANY or issubclass(given, _NO_EVENT) else None
