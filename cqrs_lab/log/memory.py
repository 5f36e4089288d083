"""The embedded default: the whole log in memory, safe for many threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.event_store import Appended, check_expected, check_range
from cqrs_lab.log.identity import check_made

SEGMENT_EVENTS = 65_536


@dataclass(slots=True)
class Segment:
    """A stretch of the log, and what its readers have made of it.

    The log only ever grows, so whatever is computed from a full segment stays true: readers keep it in
    `kept` (see `read.batch`), and the next reader of a million events touches a few arrays instead of a
    million objects.
    """

    events: list[RecordedEvent] = field(default_factory=list)
    kept: dict[Any, Any] = field(default_factory=dict)


class MemoryEventStore:
    """An event store that lives as long as the process.

    Every method may be called from any thread. A reader never waits for a writer longer than it takes to
    note where the log ends.

    Parameters
    ----------
    clock : callable, optional
        Gives the seconds since 1970 that are written on each event.

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
        self._clock = clock
        self._lock = threading.Lock()
        self._head = 0
        self._segments = [Segment()]
        self._streams: dict[str, list[RecordedEvent]] = {}
        self._receipts: dict[tuple[str, str], Appended] = {}
        self._subscribers: tuple[Callable[[], None], ...] = ()

    def append(
        self, stream: str, events: Sequence[object], *, expected: Any, command_id: str | None = None
    ) -> Appended:
        """Record the events as one commit at the end of the stream; see `EventStore.append`."""
        if not isinstance(stream, str) or not stream:
            raise InvalidArgument(f"stream={stream!r} is not a name; give a string such as 'order-7'")
        if isinstance(events, (str, bytes)):
            raise InvalidArgument(f"events={events!r} is one text; give a list of events")
        new = list(events)
        check_made(new)
        with self._lock:
            recorded = self._streams.get(stream, [])
            known = self._receipts.get((stream, command_id)) if new and command_id is not None else None
            if not new or known:
                return known or self._end_of(stream, recorded)
            check_expected(stream, expected, len(recorded))
            self._record(stream, new, command_id)
            receipt = self._end_of(stream, self._streams[stream])
            if command_id is not None:
                self._receipts[stream, command_id] = receipt
        for on_growth in self._subscribers:
            on_growth()
        return receipt

    def _record(self, stream: str, events: list[object], command_id: str | None) -> None:
        now = self._clock()
        recorded = self._streams.setdefault(stream, [])
        for event in events:
            if len(self._segments[-1].events) == SEGMENT_EVENTS:
                self._segments.append(Segment())
            version, position = StreamVersion(len(recorded) + 1), Position(self._head + 1)
            entry = RecordedEvent(stream, version, position, event, now, command_id)
            self._segments[-1].events.append(entry)
            recorded.append(entry)
            self._head += 1

    @staticmethod
    def _end_of(stream: str, recorded: list[RecordedEvent]) -> Appended:
        position = recorded[-1].position if recorded else Position(0)
        return Appended(stream, StreamVersion(len(recorded)), position)

    def read_stream(self, stream: str, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield a stream's events above version `after`; see `EventStore.read_stream`."""
        check_range(after, limit)
        with self._lock:
            recorded = self._streams.get(stream, [])
            return islice(iter(recorded[after:]), limit)

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield the log's events above position `after`; see `EventStore.read_all`."""
        check_range(after, limit)
        head = self.head()
        return self._between(after, head if limit is None else min(head, after + limit))

    def _between(self, after: int, upto: int) -> Iterator[RecordedEvent]:
        while after < upto:
            segment, start, stop = self.segment(after, upto)
            yield from islice(segment.events, start, stop)
            after += stop - start

    def segment(self, after: int, upto: int) -> tuple[Segment, int, int]:
        """Find the segment that holds position `after` + 1, and which of its events lie in (after, upto]."""
        number, start = divmod(after, SEGMENT_EVENTS)
        return self._segments[number], start, min(start + upto - after, SEGMENT_EVENTS)

    def stream_version(self, stream: str) -> StreamVersion:
        """Tell how many events the stream has; 0 if there is no such stream."""
        with self._lock:
            return StreamVersion(len(self._streams.get(stream, ())))

    def head(self) -> Position:
        """Tell the position of the last event; 0 if the log is empty."""
        with self._lock:
            return Position(self._head)

    def subscribe(self, on_growth: Callable[[], None]) -> Callable[[], None]:
        """Call `on_growth` after each commit; see `AnnouncingStore.subscribe`."""
        with self._lock:
            self._subscribers += (on_growth,)

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers = tuple(one for one in self._subscribers if one is not on_growth)

        return unsubscribe
