"""A durable store: the log in one SQLite file, for many threads and many processes; needs `cqrs-lab[sqlite]`.

A commit is one SQL statement, which SQLite makes whole or not at all: between two lines of Python no transaction is
open and no lock is held, wherever *Interrupt kernel* strikes.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from cqrs_lab.arguments import check_range, check_stream, function, refuse, seconds
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.event_store import Appended, check_expected, checked_expected
from cqrs_lab.log.guards.recordable import events_in
from cqrs_lab.log.metadata import NO_METADATA, check_why
from cqrs_lab.log.stores.codec import EventCodec, EventTypes
from cqrs_lab.log.stores.open_store import OpenStore
from cqrs_lab.log.stores.sql_rows import Dialect, SqlRows, SqlSlice
from cqrs_lab.log.stores.sqlite_file import SqliteFile

Result = TypeVar("Result")
ROWS = Dialect("events", "CAST(payload AS BLOB)", "?")
APPEND = """
    INSERT INTO main.events (
        stream, version, type, type_version, payload, recorded_at, command_id, stands_for, caused_by, metadata
    )
    SELECT ?, ? + number, type, type_version, payload, ?, ?, ?, ?, ? FROM temp.new ORDER BY number
"""


class SqliteEventStore(OpenStore):
    """An event store in one file, shared by every thread and process that opens it.

    An append returns once the commit is on the disk (write-ahead log, ``synchronous=FULL``). Positions are 1, 2, 3, …
    without gaps. Readers wait for nobody; writers wait for each other.

    Parameters
    ----------
    path : str or path
        The file; it is made if there is none. Beside it SQLite keeps ``-wal`` and ``-shm``, which belong to it: to copy
        a log in use, use SQLite's ``VACUUM INTO`` or backup.
    events : mapping of str to type
        The name of each event type in the log, and its class; see `EventCodec`.
    clock : callable, optional
        Returns the seconds since 1970 that are recorded with each event.

    Raises
    ------
    StoreUnavailable
        From any method: the file cannot be used now. It is locked for too long, or read-only, or the disk is full.
    StoreUnreadable
        From any method: the file is damaged, or is no event log of this version.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from cqrs_lab import Expected
    >>> from cqrs_lab.log.stores.sqlite import SqliteEventStore
    >>> @dataclass(frozen=True)
    ... class Deposited:
    ...     cents: int
    >>> store = SqliteEventStore("bank.db", events={"deposited": Deposited})
    >>> store.append("account-a", [Deposited(250), Deposited(5)], expected=Expected.NO_STREAM)
    Appended(stream='account-a', version=2, position=2)
    >>> store.close()
    >>> again = SqliteEventStore("bank.db", events={"deposited": Deposited})
    >>> [recorded.event for recorded in again.read_stream("account-a", after=1)]
    [Deposited(cents=5)]
    >>> again.close()
    """

    def __init__(
        self, path: str | os.PathLike[str], events: EventTypes, clock: Callable[[], float] = time.time
    ) -> None:
        if not isinstance(path, (str, os.PathLike)) or not str(path) or str(path).startswith(":"):
            raise refuse("path", path, "a file; give its path, or use MemoryEventStore() for a log in memory")
        self._clock = function("clock", clock, "a clock; give a function that returns seconds, such as time.time")
        self._codec = EventCodec(events)
        self._file = SqliteFile(Path(path).absolute())
        self._rows = SqlRows(self._file, self._codec, ROWS)
        super().__init__(self._file)
        self.head()  # a file that is no event log is refused at once

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
        rows = self._rows_of(stream, new)
        with self._file.explaining():
            while True:
                end = self._last(stream)
                if not new:
                    return end
                # Looked up after the stream's end: if this finds nothing, and the stream still ends there at the
                # commit, no other writer has recorded the command.
                if command_id is not None and (known := self._last(stream, "command_id", command_id)).version:
                    return replace(known, again=True)
                check_expected(stream, expected, end.version)
                if self._commit(stream, end.version, rows, (command_id, *why)):
                    break
                # Another writer came between the look and the commit: look again.
            end = self._last(stream, "version", end.version + len(new))
        if not self._file.together:
            self._announce(end.position)
        return end

    def together(self, work: Callable[[], Result]) -> Result:
        """Return what some work returns, and record all its appends together: one wait for the disk, not one for each.

        Nobody else sees them before the work ends, and other writers wait for it. Their receipts hold from then on; if
        the work raises, is interrupted or killed, none of them is recorded.

        Parameters
        ----------
        work : callable
            A function without arguments. What it appends in this thread belongs together.

        Examples
        --------
        >>> from datetime import datetime
        >>> from cqrs_lab import CommandBus
        >>> from cqrs_lab.log.stores.sqlite import SqliteEventStore
        >>> from cqrs_lab.shop import write
        >>> from cqrs_lab.shop.events import EVENTS
        >>> store = SqliteEventStore("stock.db", events=EVENTS)
        >>> bus = CommandBus(store)
        >>> write.register(bus)
        >>> noon = datetime(2026, 1, 5, 12)
        >>> delivery = [write.ReceiveStock(product, 12, noon) for product in ("cup", "pot")]
        >>> [receipt.position for receipt in store.together(lambda: [bus.send(one) for one in delivery])]
        [1, 2]
        >>> store.close()
        """
        function("work", work, "work to do; give a function without arguments, such as lambda: [bus.send(one), …]")
        with self._file.explaining():
            result = self._file.one_transaction(work)
        self._announce(self.head())
        return result

    def _rows_of(self, stream: str, events: Sequence[object]) -> list[tuple[int, str, int, str]]:
        try:
            encoded = self._codec.encode_all(events)
        except InvalidArgument as error:
            raise InvalidArgument(f"append to {stream!r}: {error}") from None
        return [(number, one.name, one.version, one.payload.decode()) for number, one in enumerate(encoded, 1)]

    def _commit(self, stream: str, version: int, rows: list[Any], why: tuple[Any, ...]) -> bool:
        """Record the rows after this version of the stream; return False if it has moved on."""
        now = float(seconds("the clock", self._clock(), "a time; make it return seconds"))
        id, caused_by, metadata = why
        id = None if id is None else str(id), getattr(id, "stands_for", None)
        noted = json.dumps(dict(metadata)) if metadata else None
        self._file.keep_for_later(rows)
        try:
            self._file.execute(APPEND, stream, version, now, *id, caused_by, noted)
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorname != "SQLITE_CONSTRAINT_UNIQUE":
                raise
            return False
        return True

    def _last(self, stream: str, column: str = "stream", value: str | int | None = None) -> Appended:
        """Return the last place in a stream, or the last one with this value in a column; 0 and 0 if there is none."""
        sql = f"SELECT version, position FROM events WHERE stream = ? AND {column} = ? ORDER BY version DESC LIMIT 1"
        rows = self._file.execute(sql, stream, stream if value is None else value)
        version, position = rows[0] if rows else (0, 0)
        return Appended(stream, StreamVersion(version), Position(position), again=False)

    def read_stream(self, stream: str, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield a stream's events above version `after`; see `EventStore.read_stream`."""
        check_stream(stream)
        after, limit = check_range(after, limit)
        upto = self.stream_version(stream)
        where = "stream = ? AND version > ? AND version <= ? ORDER BY version"
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
        with self._file.explaining():
            return self._last(stream).version

    def head(self) -> Position:
        """Return the position of the last event; 0 if the log is empty."""
        with self._file.explaining():
            return Position(self._file.execute("SELECT ifnull(max(position), 0) FROM events")[0][0])

    def __repr__(self) -> str:
        return f"SqliteEventStore({str(self._file.path)!r})"
