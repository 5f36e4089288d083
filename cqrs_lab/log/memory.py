"""The default store: the whole log in memory, safe for many threads and for *Interrupt kernel*."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

from cqrs_lab.arguments import check_range, check_stream, function, seconds
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.event_store import Appended, check_expected, checked_expected
from cqrs_lab.log.guards.recordable import events_in
from cqrs_lab.log.listeners import Listeners
from cqrs_lab.log.metadata import NO_METADATA, check_why
from cqrs_lab.log.slice import SLICE_EVENTS, EventSlice, Sealed


class MemoryEventStore:
    """An event store that lives as long as the process.

    Every method may be called from any thread, and no reader or writer waits for another: there is no lock. A commit
    is published in one step that no interrupt can split: all its events and its receipt are in the log, or nothing is.

    Parameters
    ----------
    clock : callable, optional
        Returns the seconds since 1970 that are recorded with each event.

    Examples
    --------
    >>> from cqrs_lab import Expected, MemoryEventStore
    >>> store = MemoryEventStore(clock=lambda: 0.0)
    >>> store.append("order-7", ["placed", "paid"], expected=Expected.NO_STREAM)
    Appended(stream='order-7', version=2, position=2)
    >>> [recorded.event for recorded in store.read_stream("order-7", after=1)]
    ['paid']
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = function("clock", clock, "a clock; give a function that returns seconds, such as time.time")
        # The log: its commits, numbered from 0, each until it is in the three indexes, which are made from it.
        self._commits: dict[int, tuple[RecordedEvent, ...]] = {}
        self._indexed = 0  # commits below this number are in them; perhaps more are
        self._events: list[RecordedEvent] = []
        self._streams: dict[str, list[RecordedEvent]] = {}
        self._receipts: dict[tuple[str, str | None], Appended] = {}
        self._sealed: dict[int, EventSlice] = {}
        self._listeners = Listeners()

    def append(
        self,
        stream: str,
        events: Sequence[object],
        *,
        expected: Any,
        command_id: str | None = None,
        caused_by: str | None = None,
        metadata: Mapping[str, str] = NO_METADATA,
    ) -> Appended:
        """Record the events as one commit at the end of the stream; see `EventStore.append`.

        If an interrupt comes after the commit was published, the commit stands: append it again under its id, and its
        receipt is returned.
        """
        check_stream(stream, command_id)
        expected, why = checked_expected(expected), check_why(caused_by, metadata)
        new = events_in(events, f"append to {stream!r}", "append")
        while True:
            number = self._index()
            recorded, known = self._streams.get(stream, []), self._receipts.get((stream, command_id))
            version = len(recorded)
            if len(self._commits) > number:
                continue  # another writer came between the two reads: they may not belong together
            if not new:
                return _end_of(stream, recorded[:version])
            if known:
                return replace(known, again=True)
            check_expected(stream, expected, version)
            name = recorded[0].stream if recorded else stream  # one string for all events of a stream
            commit = self._commit(name, version, new, (command_id, *why))
            # The one step: the first writer gets this number. Everything else was compared with the log below it, so
            # a writer who comes second compares again.
            if self._commits.setdefault(number, commit) is commit:
                self._listeners.announce()
                return _end_of(stream, commit)

    def _commit(self, stream: str, version: int, new: list[object], why: tuple[Any, ...]) -> tuple[RecordedEvent, ...]:
        now, head = seconds("the clock", self._clock(), "a time; make it return seconds"), len(self._events)
        return tuple([
            RecordedEvent(stream, StreamVersion(version + n), Position(head + n), event, now, *why)
            for n, event in enumerate(new, 1)
        ])

    def _index(self) -> int:
        """Bring the indexes up to the log, and return the number of its commits.

        An interrupt or several threads at once do no harm: each step writes what is in the log to its place in the
        indexes, and may be repeated.
        """
        first, commits = self._indexed, len(self._commits)
        for number in range(first, commits):
            if not (commit := self._commits[number]):
                continue  # another reader has just done it
            stream, command_id = commit[0].stream, commit[0].command_id
            recorded = self._streams.setdefault(stream, [])
            # In one slice, as a reader may look meanwhile.
            recorded[commit[0].version - 1 : commit[-1].version] = commit
            self._events[commit[0].position - 1 : commit[-1].position] = commit
            if command_id is not None:
                self._receipts[stream, command_id] = _end_of(stream, commit)
        self._indexed = commits
        for number in range(first, commits):
            self._commits[number] = ()  # the indexes hold its events now
        return commits

    def read_stream(self, stream: str, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield a stream's events above version `after`; see `EventStore.read_stream`."""
        check_stream(stream)
        after, limit = check_range(after, limit)
        self._index()
        return iter(self._streams.get(stream, [])[after : None if limit is None else after + limit])

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield the log's events above position `after`; see `EventStore.read_all`."""
        after, limit = check_range(after, limit)
        head = self.head()
        return self._between(after, head if limit is None else min(head, after + limit))

    def _between(self, after: int, upto: int) -> Iterator[RecordedEvent]:
        for start in range(after, upto, 1_000):  # few enough to stay in the processor's cache
            yield from self._events[start : min(start + 1_000, upto)]

    def read_slice(self, *, after: int, limit: int | None = None) -> EventSlice:
        """Return the next events as a slice; see `SlicingStore`. Whole ones are numbered, and the same each time."""
        after, limit = check_range(after, limit)
        number, start = divmod(after, SLICE_EVENTS)
        whole = (number + 1) * SLICE_EVENTS
        upto = min(self.head(), whole, whole if limit is None else after + limit)
        if start or upto < whole:
            return EventSlice(self._events[after:upto], after, max(after, upto))
        if number not in self._sealed:
            # Another reader may have made it meanwhile.
            self._sealed.setdefault(number, EventSlice(self._events[after:upto], after, upto, sealed=Sealed()))
        return self._sealed[number]

    def stream_version(self, stream: str) -> StreamVersion:
        """Return how many events the stream has; 0 if there is no such stream."""
        check_stream(stream)
        self._index()
        return StreamVersion(len(self._streams.get(stream, ())))

    def head(self) -> Position:
        """Return the position of the last event; 0 if the log is empty."""
        self._index()
        return Position(len(self._events))

    def subscribe(self, on_growth: Callable[[], None]) -> Callable[[], None]:
        """Call `on_growth` after each commit; see `AnnouncingStore.subscribe`."""
        return self._listeners.add(on_growth)

    def close(self) -> None:
        """Do nothing: a log in memory holds no file. Here so that whatever a URL opens can be closed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _end_of(stream: str, recorded: Sequence[RecordedEvent]) -> Appended:
    if not recorded:
        return Appended(stream, StreamVersion(0), Position(0), again=False)
    return Appended(stream, recorded[-1].version, recorded[-1].position, again=False)
