"""The events of a log in a database, from its rows: one after another, or as a slice that decodes what is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from cqrs_lab.errors import DecodingFailed
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.guards.command_id import CommandId
from cqrs_lab.log.metadata import NO_METADATA, Metadata
from cqrs_lab.log.slice import SLICE_EVENTS, Sealed
from cqrs_lab.log.stores.codec import EventCodec

MOST_SEALED = 16
"""So many slices, a million events, keep what their readers made of them; a log of any length takes little memory."""

PAGE_EVENTS = 1_000
"""Events are read in pages of this size, so that a log of any length takes little memory."""
COLUMNS = (
    "position, stream, version, type, type_version, {payload}, recorded_at, command_id, stands_for, caused_by, metadata"
)


class Database(Protocol):
    """Where the rows are."""

    def execute(self, sql: str, *parameters: Any) -> list[Any]:
        """Run one statement, and return its rows."""

    def explaining(self) -> AbstractContextManager[None]:
        """Raise what the database says as an error of the kit."""


class Dialect(NamedTuple):
    """How a database writes what is not the same in all of them.

    Attributes
    ----------
    table : str
        Of the events.
    payload : str
        The column's bytes.
    mark : str
        Stands for a value in a statement.
    """

    table: str
    payload: str
    mark: str


def _position(recorded: RecordedEvent) -> int:
    return recorded.position


class SqlRows:
    """The rows of a log, and the events in them.

    Parameters
    ----------
    source : Database
    codec : EventCodec
    dialect : Dialect

    Attributes
    ----------
    page_events : int
        How many events are read at once.
    """

    page_events = PAGE_EVENTS

    def __init__(self, source: Database, codec: EventCodec, dialect: Dialect) -> None:
        self.source, self.codec, self.dialect = source, codec, dialect
        self._sealed: dict[int, Sealed] = {}
        self.within = f"position > {dialect.mark} AND position <= {dialect.mark}"

    def select(self, sql: str, *parameters: Any) -> list[Any]:
        """Return the rows of a statement."""
        with self.source.explaining():
            return self.source.execute(sql, *parameters)

    def slice(self, head: int, after: int, limit: int | None) -> SqlSlice:
        """Return the next events of a log that ends at `head` as a slice; the last few whole ones are remembered."""
        number, start = divmod(after, SLICE_EVENTS)
        whole = (number + 1) * SLICE_EVENTS
        upto = min(head, whole, whole if limit is None else after + limit)
        if start or upto < whole:
            return SqlSlice(self, after, max(after, upto))
        sealed = self._sealed.setdefault(number, Sealed())
        for old in list(self._sealed)[:-MOST_SEALED]:
            self._sealed.pop(old, None)
        return SqlSlice(self, after, upto, sealed)

    def pages(
        self, where: str, first: tuple[Any, ...], after: int, upto: int, limit: int | None,
        place: Callable[[RecordedEvent], int],
    ) -> Iterator[RecordedEvent]:  # fmt: skip
        """Yield the events of a place above `after` and up to `upto`, a page at a time."""
        table, payload, mark = self.dialect
        sql = f"SELECT {COLUMNS.format(payload=payload)} FROM {table} WHERE {where} LIMIT {mark}"
        left = upto if limit is None else min(limit, upto)
        while after < upto and left > 0:
            rows = self.select(sql, *first, after, upto, page := min(left, self.page_events))
            for recorded in self.all_recorded(rows):
                yield recorded
            if len(rows) < page:
                return
            after, left = place(recorded), left - len(rows)

    def between(self, after: int, upto: int, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield the events of the log above position `after` and up to `upto`."""
        return self.pages(f"{self.within} ORDER BY position", (), after, upto, limit, _position)

    def all_recorded(self, rows: list[Any]) -> Iterable[RecordedEvent]:
        """Return the events of these rows; one by one if not all of them can be decoded at once."""
        payloads: dict[tuple[str, int], list[bytes]] = {}
        for row in rows:
            payloads.setdefault((row[3], row[4]), []).append(row[5])
        found = {place: self.codec.decode_at_once(*place, own) for place, own in payloads.items()}
        if any(own is None for own in found.values()):
            return (self._recorded(row, self.codec.decode(row[3], row[4], row[5], row[0])) for row in rows)
        events = {place: iter(own) for place, own in found.items() if own is not None}
        return (self._recorded(row, next(events[row[3], row[4]])) for row in rows)

    @staticmethod
    def _recorded(row: tuple[Any, ...], event: Any) -> RecordedEvent:
        position, stream, version, name, shape, _, at, id, stands_for, caused_by, noted = row
        id = id if stands_for is None or id is None else CommandId(id, stands_for)
        try:
            metadata = NO_METADATA if noted is None else Metadata(json.loads(noted))
        except (ValueError, RecursionError):
            raise DecodingFailed(name, shape, position, "metadata", "is no JSON object of texts") from None
        return RecordedEvent(stream, StreamVersion(version), Position(position), event, at, id, caused_by, metadata)


class SqlSlice:
    """Consecutive rows of a log; see `Slice`. Rows of types that nobody asks for stay in the database.

    Parameters
    ----------
    rows : SqlRows
    after, upto : int
    sealed : object, optional
    """

    def __init__(self, rows: SqlRows, after: int, upto: int, sealed: object | None = None) -> None:
        self._rows, self._found = rows, dict[type, list[RecordedEvent]]()
        self.after, self.upto, self.sealed = Position(after), Position(upto), sealed

    def __iter__(self) -> Iterator[RecordedEvent]:
        return self._rows.between(self.after, self.upto)

    @cached_property
    def _places(self) -> dict[tuple[str, int], tuple[int, int]]:
        """The first position and the number of events of each type that it holds, by recorded name and version."""
        return self._counted()

    def _counted(self) -> dict[tuple[str, int], tuple[int, int]]:
        table, within = self._rows.dialect.table, self._rows.within
        sql = f"SELECT type, type_version, min(position), count(*) FROM {table} WHERE {within} GROUP BY 1, 2"
        return {(name, version): place for name, version, *place in self._rows.select(sql, self.after, self.upto)}

    @cached_property
    def positions(self) -> Sequence[int]:
        """The positions of its events, in order."""
        if sum(count for _, count in self._places.values()) == self.upto - self.after:
            return range(self.after + 1, self.upto + 1)
        # Somebody has deleted rows by hand.
        sql = f"SELECT position FROM {self._rows.dialect.table} WHERE {self._rows.within} ORDER BY position"
        return [position for (position,) in self._rows.select(sql, self.after, self.upto)]

    def types(self) -> Mapping[type, int]:
        """Return the types of its events, each with the position of its first event.

        A version of a type that this program does not know counts as the newest that it knows: who reads that must
        not pass over it.
        """
        found: dict[type, int] = {}
        for place, (first, _) in self._places.items():
            if (kind := self._rows.codec.kind_of(*place)) is not None:
                found[kind] = min(first, found.get(kind, first))
        return found

    def of(self, event_type: type) -> Sequence[RecordedEvent]:
        """Return the events of exactly this type.

        Raises
        ------
        UnreadableEvent
            One of them cannot be read, or is of a version that this program does not know.
        """
        if event_type not in self._found:
            places = [place for place in self._places if self._rows.codec.kind_of(*place) is event_type]
            # All of its versions in one: if two events cannot be read, the earlier one is the one that is said.
            mark = self._rows.dialect.mark
            pairs = ", ".join([f"({mark}, {mark})"] * len(places))
            where = f"(type, type_version) IN (VALUES {pairs}) AND {self._rows.within}"
            of_type = tuple(one for place in places for one in place)
            found = self._rows.pages(f"{where} ORDER BY position", of_type, self.after, self.upto, None, _position)
            self._found[event_type] = list(found) if places else []
        return self._found[event_type]

    def part(self, start: int, stop: int) -> SqlSlice:
        """Return a slice of the events numbered from `start` to before `stop`, counted from 0."""
        positions = self.positions
        if (start, stop) == (0, len(positions)):
            return self
        after = positions[start - 1] if start else self.after
        last = positions[stop - 1] if stop > start else after
        return type(self)(self._rows, after, self.upto if stop == len(positions) else last)
