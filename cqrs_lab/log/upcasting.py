"""Upcasting: an event of an old shape becomes one of the current shape as it is read; the record stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cqrs_lab.errors import InvalidArgument, UpcastFailed
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.event_store import Appended, EventStore

Upcasters = Mapping[type, Callable[[Any], object]]


class UpcastingStore:
    """Any event store, read through upcasters: deciders and projections meet the current shapes alone.

    Parameters
    ----------
    store : EventStore
    upcasters : mapping of type to function
        For each old event type a pure function from an event of it to one of a newer type: a field renamed, split,
        merged, or added. They follow on one another, so each names the next shape only.

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
        for old, upcast in upcasters.items():
            if not isinstance(old, type) or not callable(upcast):
                raise InvalidArgument(f"{old!r}: {upcast!r} is no upcaster; give an event type and a function of it")
        self._store, self._upcasters = store, dict(upcasters)

    def append(
        self, stream: str, events: Sequence[object], *, expected: Any, command_id: str | None = None
    ) -> Appended:
        """Record the events as they are, if they have the current shape; see `EventStore.append`."""
        for event in events if isinstance(events, (list, tuple)) else ():
            if type(event) in self._upcasters:
                raise InvalidArgument(f"{type(event).__name__} is an old shape; record the current one")
        return self._store.append(stream, events, expected=expected, command_id=command_id)

    def read_stream(self, stream: str, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield a stream's events in their current shape; see `EventStore.read_stream`."""
        return map(self._current, self._store.read_stream(stream, after=after, limit=limit))

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield the log's events in their current shape; see `EventStore.read_all`."""
        return map(self._current, self._store.read_all(after=after, limit=limit))

    def stream_version(self, stream: str) -> StreamVersion:
        """Tell how many events the stream has."""
        return self._store.stream_version(stream)

    def head(self) -> Position:
        """Tell the position of the last event."""
        return self._store.head()

    def subscribe(self, on_growth: Callable[[], None]) -> Callable[[], None]:
        """Call `on_growth` after each commit, if the store announces them; see `AnnouncingStore.subscribe`."""
        subscribe: Any = getattr(self._store, "subscribe", None)
        if subscribe is None:
            raise InvalidArgument(
                f"{type(self._store).__name__} does not announce its growth; call catch_up() yourself"
            )
        unsubscribe: Callable[[], None] = subscribe(on_growth)
        return unsubscribe

    def _current(self, recorded: RecordedEvent) -> RecordedEvent:
        event, shapes = recorded.event, [type(recorded.event)]
        while (upcast := self._upcasters.get(type(event))) is not None:
            try:
                event = upcast(event)
            except Exception as error:
                raise UpcastFailed(
                    shapes[-1].__name__, recorded.position, f"{type(error).__name__}: {error}"
                ) from error
            if type(event) in shapes:
                names = " to ".join(shape.__name__ for shape in [*shapes, type(event)])
                raise UpcastFailed(shapes[-1].__name__, recorded.position, f"it goes round in a circle, from {names}")
            shapes.append(type(event))
        return recorded if event is recorded.event else replace(recorded, event=event)
