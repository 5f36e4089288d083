"""What all stores that change events as they are read have in common."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from inspect import signature
from typing import Any, TypeGuard

from cqrs_lab.arguments import check_range, check_stream, function, having
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.event_store import (
    Appended,
    EventStore,
    TracingStore,
    checked_expected,
    is_announcing,
    is_reinterpreting,
)
from cqrs_lab.log.guards.recordable import events_in
from cqrs_lab.log.metadata import NO_METADATA, check_why


class ReadThroughStore:
    """An event store around another one: readers get what `_read` returns for each recorded event.

    It refuses wrong arguments itself, as the kit's stores do: the store within may be thirty lines that do not.

    Parameters
    ----------
    store : EventStore
    """

    def __init__(self, store: EventStore) -> None:
        methods = ("append", "read_stream", "read_all", "stream_version", "head")
        self._store: EventStore = having(
            "store", store, methods, "an event store; give one, such as MemoryEventStore()"
        )

    def _read(self, recorded: RecordedEvent) -> RecordedEvent:
        raise NotImplementedError

    def _schema_version(self) -> Hashable:
        raise NotImplementedError

    @property
    def schema_version(self) -> Hashable:
        """A value that changes when an upcaster is added or removed, or a person is forgotten.

        What was computed from old events is stale then. A rewritten upcaster for the same old type is not noticed.
        """
        return schema_version_of(self._store), self._schema_version()

    def _written(self, stream: str, events: Sequence[object], command_id: str | None) -> Sequence[object]:
        """Return what is recorded for these events."""
        return events

    def append(
        self, stream: str, events: Sequence[object], *, expected: Any, command_id: str | None = None, **why: Any
    ) -> Appended:
        """Record the events as one commit; see `EventStore.append`."""
        check_stream(stream, command_id)
        expected = checked_expected(expected)
        check_why(why.get("caused_by"), why.get("metadata", NO_METADATA))
        written = self._written(stream, events_in(events, f"append to {stream!r}", "append"), command_id)
        return self._store.append(stream, written, expected=expected, command_id=command_id, **why)

    def read_stream(self, stream: str, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield a stream's events as they are read today; see `EventStore.read_stream`."""
        check_stream(stream)
        after, limit = check_range(after, limit)
        return map(self._read, self._store.read_stream(stream, after=after, limit=limit))

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield the log's events as they are read today; see `EventStore.read_all`."""
        after, limit = check_range(after, limit)
        return map(self._read, self._store.read_all(after=after, limit=limit))

    def stream_version(self, stream: str) -> StreamVersion:
        """Return how many events the stream has; 0 if there is no such stream."""
        check_stream(stream)
        return self._store.stream_version(stream)

    def head(self) -> Position:
        """Return the position of the last event; 0 if the log is empty."""
        return self._store.head()

    def subscribe(self, on_growth: Callable[[], None]) -> Callable[[], None]:
        """Call `on_growth` after each commit, if the store within announces them; see `AnnouncingStore.subscribe`."""
        function("on_growth", on_growth, "a function; give one without arguments")
        return self._store.subscribe(on_growth) if is_announcing(self._store) else lambda: None


def is_tracing(store: EventStore) -> TypeGuard[TracingStore]:
    """Return whether this store keeps what led to each commit: one of thirty lines need not."""
    if isinstance(store, ReadThroughStore):
        return is_tracing(store._store)
    return {"caused_by", "metadata"} <= signature(store.append).parameters.keys()


def may_be_tracing(store: EventStore) -> bool:
    """Return whether this store can be given what led to a commit; one that takes any argument may hand it on."""
    any_argument = any(one.kind is one.VAR_KEYWORD for one in signature(store.append).parameters.values())
    return is_tracing(store) or (any_argument and not isinstance(store, ReadThroughStore))


def schema_version_of(store: EventStore) -> Hashable:
    """Return the version of the way in which a store reads its record; None if it reads it as it was written."""
    return store.schema_version if is_reinterpreting(store) else None
