"""A slice of the log: consecutive events, in whatever form the store keeps them; only what is asked for is decoded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol, runtime_checkable

from cqrs_lab.arguments import check_range
from cqrs_lab.log.envelope import Position, RecordedEvent
from cqrs_lab.log.event_store import EventStore

SLICE_EVENTS = 65_536
"""The most events that a store hands out at once."""


class Sealed:
    """Stands for the events of one slice that can never change."""


class Slice(Protocol):
    """Consecutive events of the log; an event that cannot be read is an error only to a reader that asks for it.

    Attributes
    ----------
    after, upto : Position
        It follows `after`, and says everything up to `upto`, also where it holds nothing: that is the new checkpoint.
    sealed : object or None
        Not None: these events can never change. What is made of them may be kept for as long as this object lives; it
        is the same for all slices with the same events.
    positions : sequence of int
        Of its events, in order.
    """

    after: Position
    upto: Position
    sealed: object | None

    @property
    def positions(self) -> Sequence[int]:
        """The positions of its events, in order."""

    def __iter__(self) -> Iterator[RecordedEvent]:
        """Yield all its events, in order of position."""

    def types(self) -> Mapping[type, int]:
        """Return the types of its events, each with the position of its first event."""

    def of(self, event_type: type) -> Sequence[RecordedEvent]:
        """Return the events of exactly this type, in order of position, without a look at the others."""

    def part(self, start: int, stop: int) -> Slice:
        """Return a slice of the events numbered from `start` to before `stop`, counted from 0."""


@runtime_checkable
class SlicingStore(Protocol):
    """A store that hands out slices: a reader then decodes only the types of events that it reads."""

    def read_slice(self, *, after: int, limit: int | None = None) -> Slice:
        """Return the next events above position `after`: at most `limit`, and at most `SLICE_EVENTS`."""


class EventSlice:
    """A slice of events that are objects already.

    Parameters
    ----------
    events : iterable of RecordedEvent
    after, upto : int, optional
        By default, the positions around the events.
    sealed : object, optional

    Examples
    --------
    >>> from cqrs_lab import RecordedEvent
    >>> from cqrs_lab.log.slice import EventSlice
    >>> some = EventSlice([RecordedEvent("lamp", 1, 7, "on", 0.0), RecordedEvent("lamp", 2, 9, 100, 0.0)], upto=12)
    >>> some.upto, some.types(), [one.event for one in some.of(int)]
    (12, {<class 'str'>: 7, <class 'int'>: 9}, [100])
    """

    def __init__(
        self, events: Iterable[RecordedEvent], after: int = 0, upto: int | None = None, sealed: object | None = None
    ) -> None:
        self._events = events if isinstance(events, list) else list(events)
        self.after, self.sealed = Position(after), sealed
        self.upto = Position((self._events[-1].position if self._events else after) if upto is None else upto)

    def __iter__(self) -> Iterator[RecordedEvent]:
        return iter(self._events)

    @cached_property
    def positions(self) -> Sequence[int]:
        """The positions of its events, in order."""
        return [one.position for one in self._events]

    @cached_property
    def _by_type(self) -> dict[type, list[RecordedEvent]]:
        found: dict[type, list[RecordedEvent]] = {}
        for recorded in self._events:
            found.setdefault(type(recorded.event), []).append(recorded)
        return found

    def types(self) -> Mapping[type, int]:
        """Return the types of its events, each with the position of its first event."""
        return {kind: events[0].position for kind, events in self._by_type.items()}

    def of(self, event_type: type) -> Sequence[RecordedEvent]:
        """Return the events of exactly this type."""
        return self._by_type.get(event_type, [])

    def part(self, start: int, stop: int) -> EventSlice:
        """Return a slice of the events numbered from `start` to before `stop`."""
        if (start, stop) == (0, len(self._events)):
            return self
        after = self._events[start - 1].position if start else self.after
        return EventSlice(self._events[start:stop], after, self.upto if stop == len(self._events) else None)


def read_slice(store: EventStore, *, after: int, limit: int | None = None) -> Slice:
    """Return the next events of any store as a slice; one of five plain methods is read event by event."""
    if isinstance(store, SlicingStore):
        return store.read_slice(after=after, limit=limit)
    after, limit = check_range(after, limit)
    most = SLICE_EVENTS if limit is None else min(limit, SLICE_EVENTS)
    return EventSlice(store.read_all(after=after, limit=most), after)
