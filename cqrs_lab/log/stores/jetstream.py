"""A durable store on NATS JetStream: the log on one server, or on three replicas; needs `cqrs-lab[jetstream]`.

A commit is one message: JetStream keeps it whole or not at all. A writer says twice for which place it is, the end of
the stream that it has seen: as what it expects there, and in the id of its message. Each alone lets two writers
through, the one on three replicas, the other on one server. If the answer is not a plain yes, the writer looks who
stands there.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any
from uuid import uuid4

from cqrs_lab.arguments import check_range, check_stream, function, refuse, seconds, whole_number
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.event_store import Appended, check_expected, checked_expected
from cqrs_lab.log.guards.recordable import events_in
from cqrs_lab.log.metadata import NO_METADATA, check_why
from cqrs_lab.log.slice import SLICE_EVENTS, Sealed
from cqrs_lab.log.stores.codec import Encoded, EventCodec, EventTypes
from cqrs_lab.log.stores.jetstream_client import JetStreamClient
from cqrs_lab.log.stores.jetstream_commits import EVENTS_A_COMMIT, Commit, Head, subject_of, types_of, written
from cqrs_lab.log.stores.jetstream_ids import JetStreamIds
from cqrs_lab.log.stores.jetstream_log import JetStreamLog
from cqrs_lab.log.stores.jetstream_place import JetStreamPlace
from cqrs_lab.log.stores.jetstream_rows import (
    JetStreamSlice,
    StoredEvent,
    in_portions,
    position_of,
    rows_above,
    rows_of,
)
from cqrs_lab.log.stores.jetstream_writer import JetStreamWriter
from cqrs_lab.log.stores.open_store import OpenStore
from cqrs_lab.words import count

MOST_SEALED = 16
"""So many slices keep what their readers made of them; a log of any length takes little memory."""
SLICE_BYTES = 32_000_000


class JetStreamEventStore(OpenStore):
    """An event store on NATS JetStream, shared by every thread, process and machine that opens it.

    An append returns once the server, or most of three replicas, have the commit. They have it in the memory of their
    operating systems, and write it to their disks within two minutes (JetStream's ``sync_interval``): it survives that
    a server is killed, and with three replicas that one machine loses its power; not that all lose it at once.

    Positions rise and skip: the last event of the commit in message 7 is at 700,000, the one before it at 699,999.
    A commit holds at most 100,000 events, and as many bytes as the server's ``max_payload`` allows (1 MB if nobody
    has changed it).

    Parameters
    ----------
    url : str
        The servers, and the JetStream stream that holds the log; it is made if there is none:
        ``nats://localhost:4222/SHOP``, ``nats://user:password@one:4222,two:4222,three:4222/SHOP``.
    events : mapping of str to type
        The name of each event type in the log, and its class; see `EventCodec`.
    clock : callable, optional
        Returns the seconds since 1970 that are recorded with each event.
    replicas : int, optional
        How many servers keep the log if it is made now; by default 3 in a cluster, and 1 without one. A log that is
        there is refused if it has another number.

    Raises
    ------
    StoreUnavailable
        From any method: no server answers, or not for 25 seconds, or the stream has settings that could lose events.
        Of an append it says whether nothing was recorded, or that this is not known.
    StoreUnreadable
        From any method: the stream holds something that is no event log.

    Examples
    --------
    >>> from cqrs_lab.log.stores.jetstream import JetStreamEventStore
    >>> from cqrs_lab.shop.events import EVENTS
    >>> def what_happened_to(stream, url="nats://localhost:4222/SHOP"):
    ...     with JetStreamEventStore(url, EVENTS) as store:
    ...         return [recorded.event for recorded in store.read_stream(stream)]
    """

    def __init__(
        self, url: str, events: EventTypes, clock: Callable[[], float] = time.time, *, replicas: int | None = None
    ) -> None:
        self._clock = function("clock", clock, "a clock; give a function that returns seconds, such as time.time")
        if replicas is not None:
            replicas = whole_number("replicas", replicas, "a number of servers; give 1, 3 or 5", least=1)
        self._codec = EventCodec(events)
        self._client = JetStreamClient(JetStreamPlace.of(url))
        self._log = JetStreamLog(self._client, replicas)
        self._writer, self._ids = JetStreamWriter(self._client, self._log), JetStreamIds(self._log)
        self._sealed: dict[tuple[int, int], Sealed] = {}
        super().__init__(self._client)

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

        If an interrupt comes after the commit was sent, it may be recorded: append it again under its id, and its
        receipt is returned.

        Raises
        ------
        InvalidArgument
            An event's type is not declared, or it would not be read as it is now; or the commit is longer than a
            message may be. Nothing was recorded.
        StoreUnavailable
            No answer came. Whether the commit is recorded is said; if it is not known, append it again under its id.
        """
        check_stream(stream, command_id)
        expected, why = checked_expected(expected), _why(command_id, *check_why(caused_by, metadata))
        new = self._encoded(stream, events_in(events, f"append to {stream!r}", "append"))
        subject = subject_of(self._log.name, stream)
        while True:
            last = self._log.last_on(subject)
            end = _receipt(stream, last)
            if not new:
                return end
            # Looked up after the stream's end: if this finds nothing, and the stream still ends there at the commit,
            # no other writer has recorded the command.
            if command_id is not None and last and (known := self._ids.receipt(subject, last, str(command_id))):
                return known
            check_expected(stream, expected, end.version)
            previous = last.sequence if last else 0
            head = Head(uuid4().hex, stream, end.version, previous, self._now(), types_of(new), **why)
            if sequence := self._writer.commit(subject, previous, head.commit, written(head, new)):
                return self._announced(stream, end.version + len(new), sequence)
            # Another writer came between the look and the commit: look again.

    def _announced(self, stream: str, version: int, sequence: int) -> Appended:
        self._log.seen(sequence)
        position = Position(sequence * EVENTS_A_COMMIT)
        self._announce(position)
        return Appended(stream, StreamVersion(version), position, again=False)

    def _encoded(self, stream: str, events: Sequence[object]) -> list[Encoded]:
        if len(events) > EVENTS_A_COMMIT:
            many = f"{count(len(events), 'event')} are more than a commit can have, {EVENTS_A_COMMIT:,}"
            raise InvalidArgument(f"append to {stream!r}: {many}; append them in several commits")
        try:
            return self._codec.encode_all(events)
        except InvalidArgument as error:
            raise InvalidArgument(f"append to {stream!r}: {error}") from None

    def _now(self) -> float:
        now = float(seconds("the clock", self._clock(), "a time; make it return seconds"))
        if not math.isfinite(now):  # JSON has no such number
            raise refuse("the clock", now, "a time; make it return seconds")
        return now

    def read_stream(self, stream: str, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield a stream's events above version `after`; see `EventStore.read_stream`."""
        check_stream(stream)
        after, limit = check_range(after, limit)
        subject = subject_of(self._log.name, stream)
        last = self._log.last_on(subject)
        if last is None or last.version <= after:
            return iter(())
        pages = self._log.of_stream(subject, last, after)
        return in_portions(self._codec, rows_above(chain.from_iterable(pages), after), limit)

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield the log's events above position `after`; see `EventStore.read_all`.

        Raises
        ------
        UnreadableEvent
            An event is of a type that is not declared, or does not fit; the events before it have been returned.
        """
        after, limit = check_range(after, limit)
        pages = self._log.between(after // EVENTS_A_COMMIT, self._log.newest(), limit)
        return in_portions(self._codec, rows_of(chain.from_iterable(pages), after), limit)

    def read_slice(self, *, after: int, limit: int | None = None) -> JetStreamSlice:
        """Return the next events as a slice; see `SlicingStore`. Of the whole ones, the last few are remembered."""
        after, limit = check_range(after, limit)
        newest, rows, size = self._log.newest(), list[StoredEvent](), 0
        most = SLICE_EVENTS if limit is None else min(limit, SLICE_EVENTS)
        for page in self._log.between(after // EVENTS_A_COMMIT, newest, most):
            rows += rows_of(page, after)
            size += sum(len(payload) for one in page for payload in one.payloads)
            if len(rows) >= most or size > SLICE_BYTES:
                break
        rows = rows[:most]
        upto = position_of(rows[-1]) if rows else after
        return JetStreamSlice(self._codec, rows, after, upto, self._sealed_of(after, upto, len(rows)))

    def _sealed_of(self, after: int, upto: int, events: int) -> Sealed | None:
        """Return what stands for the events of a whole slice; shorter ones grow, and nobody asks for them again."""
        if events < SLICE_EVENTS:
            return None
        sealed = self._sealed.setdefault((after, upto), Sealed())
        for old in list(self._sealed)[:-MOST_SEALED]:
            self._sealed.pop(old, None)
        return sealed

    def stream_version(self, stream: str) -> StreamVersion:
        """Return how many events the stream has; 0 if there is no such stream."""
        check_stream(stream)
        return _receipt(stream, self._log.last_on(subject_of(self._log.name, stream))).version

    def head(self) -> Position:
        """Return the position of the last event; 0 if the log is empty."""
        return Position(self._log.newest() * EVENTS_A_COMMIT)

    def __repr__(self) -> str:
        return f"JetStreamEventStore({str(self._client.place)!r})"



def _receipt(stream: str, last: Commit | None) -> Appended:
    if last is None:
        return Appended(stream, StreamVersion(0), Position(0), again=False)
    return Appended(stream, StreamVersion(last.version), Position(last.position), again=False)


def _why(command_id: str | None, caused_by: str | None, metadata: Mapping[str, str]) -> dict[str, Any]:
    """Return what a head says of the command and the cause."""
    id = None if command_id is None else str(command_id)
    stands_for = getattr(command_id, "stands_for", None)
    return {"command_id": id, "stands_for": stands_for, "caused_by": caused_by, "metadata": dict(metadata)}
