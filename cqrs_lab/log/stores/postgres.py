"""The log on a PostgreSQL server, for many threads, processes and machines; needs `cqrs-lab[postgres]`.

A commit is one SQL statement, which the server makes whole or not at all: between two lines of Python no transaction is
open and no lock is held, wherever *Interrupt kernel* strikes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from cqrs_lab.arguments import check_range, check_stream, function, seconds
from cqrs_lab.errors import ConcurrencyError, InvalidArgument
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.event_store import Appended, Expected, checked_expected
from cqrs_lab.log.guards.recordable import events_in
from cqrs_lab.log.metadata import NO_METADATA, check_why
from cqrs_lab.log.stores.codec import EventCodec, EventTypes
from cqrs_lab.log.stores.open_store import OpenStore
from cqrs_lab.log.stores.postgres_news import News
from cqrs_lab.log.stores.postgres_schema import PostgresSchema
from cqrs_lab.log.stores.postgres_server import PostgresServer
from cqrs_lab.log.stores.sql_rows import Dialect, SqlRows, SqlSlice

MOST_VERSION = 2**63 - 1
EXPECTED = {Expected.NO_STREAM: (0, 0), Expected.STREAM_EXISTS: (1, MOST_VERSION), Expected.ANY: (0, MOST_VERSION)}
ARGUMENTS = (
    "%s::text, %s::bigint, %s::bigint, %s::text, %s::text, %s::uuid, %s::float8, %s::text, %s::text, %b::text[], "
    "%b::int[], %b::bytea[]"
)


class PostgresEventStore(OpenStore):
    """An event store on a PostgreSQL server, shared by every thread, process and machine that opens it.

    An append returns once the commit is in the server's write-ahead log. Positions are 1, 2, 3, … without gaps, and
    rise in commit order: writers wait for each other. Readers wait for nobody. If the server is restarted, a call waits
    for it, and an append whose answer was lost is recorded once.

    Parameters
    ----------
    url : str
        ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE``; what is left out is as libpq has it.
    events : mapping of str to type
        The name of each event type in the log, and its class; see `EventCodec`.
    clock : callable, optional
        Returns the seconds since 1970 that are recorded with each event.
    schema : str, optional
        The schema that holds the log; it is made if there is none. A database may hold many.

    Raises
    ------
    StoreUnavailable
        From any method: the server cannot be reached, or refuses. At first at once, later after half a minute.
    StoreUnreadable
        From any method: what is there is no event log of this version.

    Examples
    --------
    >>> from cqrs_lab.log.stores.postgres import PostgresEventStore
    >>> from cqrs_lab.shop.events import EVENTS
    >>> def what_happened_to(stream, url="postgresql://localhost:5432/shop"):
    ...     with PostgresEventStore(url, EVENTS) as store:
    ...         return [recorded.event for recorded in store.read_stream(stream)]
    """

    def __init__(
        self, url: str, events: EventTypes, clock: Callable[[], float] = time.time, *, schema: str = "cqrs_lab"
    ) -> None:
        self._clock = function("clock", clock, "a clock; give a function that returns seconds, such as time.time")
        self._codec = EventCodec(events)
        self._schema = PostgresSchema(schema)
        self._server = PostgresServer(url, self._schema)
        self._rows = SqlRows(self._server, self._codec, Dialect(self._schema.events, "payload", "%s"))
        self._append = f"SELECT * FROM {self._schema.append}({ARGUMENTS})"
        connect, channel = self._server.connect, self._schema.channel
        super().__init__(self._server, lambda: News(connect, channel))

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

        If an interrupt comes after the commit, the commit stands: append it again under its id, and its receipt is
        returned.

        Raises
        ------
        InvalidArgument
            An event's type is not declared, or it would not be read as it is now. Nothing was recorded.
        """
        check_stream(stream, command_id)
        expected, why = checked_expected(expected), check_why(caused_by, metadata)
        new = events_in(events, f"append to {stream!r}", "append")
        if not new:
            return self._last(stream)
        outcome, version, position = self._commit(stream, self._encoded(stream, new), expected, command_id, *why)
        if outcome == "refused":
            raise ConcurrencyError(stream, expected, version)
        if outcome == "recorded":
            self._announce(position)
        return Appended(stream, StreamVersion(version), Position(position), again=outcome == "again")

    def _encoded(self, stream: str, events: Sequence[object]) -> list[list[Any]]:
        try:
            encoded = self._codec.encode_all(events)
        except InvalidArgument as error:
            raise InvalidArgument(f"append to {stream!r}: {error}") from None
        return [list(column) for column in zip(*encoded, strict=True)]

    def _commit(
        self, stream: str, columns: list[list[Any]], expected: int | Expected, id: str | None, caused_by: str | None,
        metadata: Mapping[str, str],
    ) -> Any:  # fmt: skip
        """Record the events if the stream is as expected and does not hold the command; return what was done."""
        now = float(seconds("the clock", self._clock(), "a time; make it return seconds"))
        least, most = EXPECTED[expected] if isinstance(expected, Expected) else (min(expected, MOST_VERSION),) * 2
        stands_for = getattr(id, "stands_for", None)
        noted = json.dumps(dict(metadata)) if metadata else None
        # It names this call of append: if the answer is lost and the statement is sent again, it is recorded once.
        attempt = uuid4()
        what = None if id is None else str(id), stands_for, attempt, now, caused_by, noted
        with self._server.explaining():
            (outcome,) = self._server.execute(self._append, stream, least, most, *what, *columns)
        return outcome

    def _last(self, stream: str) -> Appended:
        where = f"FROM {self._schema.events} WHERE stream = %s ORDER BY version DESC LIMIT 1"
        rows = self._rows.select(f"SELECT version, position {where}", stream)
        version, position = rows[0] if rows else (0, 0)
        return Appended(stream, StreamVersion(version), Position(position), again=False)

    def read_stream(self, stream: str, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield a stream's events above version `after`; see `EventStore.read_stream`."""
        check_stream(stream)
        after, limit = check_range(after, limit)
        upto = self.stream_version(stream)
        where = "stream = %s AND version > %s AND version <= %s ORDER BY version"
        return self._rows.pages(where, (stream,), after, upto, limit, lambda last: last.version)

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield the log's events above position `after`; see `EventStore.read_all`.

        Raises
        ------
        UnreadableEvent
            An event is of a type that is not declared, or does not fit; the events before it have been returned.
        """
        after, limit = check_range(after, limit)
        return self._rows.between(after, self.head(), limit)

    def read_slice(self, *, after: int, limit: int | None = None) -> SqlSlice:
        """Return the next events as a slice; see `SlicingStore`. Of the whole ones, the last few are remembered."""
        after, limit = check_range(after, limit)
        return self._rows.slice(self.head(), after, limit)

    def stream_version(self, stream: str) -> StreamVersion:
        """Return how many events the stream has; 0 if there is no such stream."""
        check_stream(stream)
        return self._last(stream).version

    def head(self) -> Position:
        """Return the position of the last event; 0 if the log is empty."""
        return Position(self._rows.select(f"SELECT coalesce(max(position), 0) FROM {self._schema.events}")[0][0])

    def __repr__(self) -> str:
        return f"PostgresEventStore({self._server.where!r}, schema={self._schema.name!r})"
