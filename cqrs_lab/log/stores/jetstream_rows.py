"""The events of commits in JetStream: one after another, or as a slice that decodes what is asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice, repeat

from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.stores.codec import EventCodec
from cqrs_lab.log.stores.jetstream_commits import Commit

DECODED_EVENTS = 1_000
"""So many are decoded at once: few enough that a reader who stops has not waited for many more."""


StoredEvent = tuple[Commit, int]
"""One event, not decoded yet: its commit, and its place there, from 0."""


def position_of(stored: StoredEvent) -> int:
    """Return the place in the log of an event."""
    commit, number = stored
    return commit.first_position + number


def rows_of(commits: Iterable[Commit], after: int = 0) -> Iterator[StoredEvent]:
    """Yield the events of commits above a position."""
    for commit in commits:
        yield from zip(repeat(commit), range(max(0, after - commit.first_position + 1), len(commit.payloads)))


def rows_above(commits: Iterable[Commit], version: int) -> Iterator[StoredEvent]:
    """Yield the events of a stream's commits above a version."""
    for commit in commits:
        yield from zip(repeat(commit), range(max(0, version - commit.head.before), len(commit.payloads)))


def recorded(codec: EventCodec, rows: Sequence[StoredEvent]) -> Iterator[RecordedEvent]:
    """Yield the events of rows; one by one if not all of them can be decoded at once."""
    payloads: dict[tuple[str, int], list[bytes]] = {}
    kinds = [commit.types[number] for commit, number in rows]
    for kind, (commit, number) in zip(kinds, rows, strict=True):
        payloads.setdefault(kind, []).append(commit.payloads[number])
    found = {kind: codec.decode_at_once(*kind, own) for kind, own in payloads.items()}
    if any(own is None for own in found.values()):
        return _recorded(rows, (_decoded(codec, stored) for stored in rows))
    events = {kind: iter(own) for kind, own in found.items() if own is not None}
    return _recorded(rows, (next(events[kind]) for kind in kinds))


def _decoded(codec: EventCodec, stored: StoredEvent) -> object:
    commit, number = stored
    return codec.decode(*commit.types[number], commit.payloads[number], position_of(stored))


def _recorded(rows: Sequence[StoredEvent], events: Iterator[object]) -> Iterator[RecordedEvent]:
    """Yield decoded events as they are recorded; what a commit's events share is looked up once."""
    before = None
    for (commit, number), event in zip(rows, events, strict=True):
        if commit is not before:
            before, head, first = commit, commit.head, commit.first_position
            stream, version, at = head.stream, head.before + 1, head.at
            why = commit.command_id, head.caused_by, commit.metadata
        yield RecordedEvent(stream, StreamVersion(version + number), Position(first + number), event, at, *why)


def in_portions(codec: EventCodec, rows: Iterable[StoredEvent], limit: int | None = None) -> Iterator[RecordedEvent]:
    """Yield the events of rows, at most `limit`, decoding some at a time."""
    left = islice(rows, None if limit is None else min(limit, sys.maxsize))
    while some := list(islice(left, DECODED_EVENTS)):
        yield from recorded(codec, some)


class JetStreamSlice:
    """Consecutive events of a log; see `Slice`. Events of types that nobody asks for are not decoded.

    Parameters
    ----------
    codec : EventCodec
    rows : sequence of StoredEvent
    after, upto : int
    sealed : object, optional
    """

    def __init__(
        self, codec: EventCodec, rows: Sequence[StoredEvent], after: int, upto: int, sealed: object | None = None
    ) -> None:
        self._codec, self._rows, self._found = codec, rows, dict[type, list[RecordedEvent]]()
        self.after, self.upto, self.sealed = Position(after), Position(upto), sealed

    def __iter__(self) -> Iterator[RecordedEvent]:
        return in_portions(self._codec, self._rows)

    @cached_property
    def positions(self) -> Sequence[int]:
        """The positions of its events, in order."""
        return [position_of(row) for row in self._rows]

    @cached_property
    def _by_class(self) -> dict[type, list[StoredEvent]]:
        found: dict[type, list[StoredEvent]] = {}
        kinds: dict[tuple[str, int], type | None] = {}
        for row in self._rows:
            commit, number = row
            kind = commit.types[number]
            if kind not in kinds:
                kinds[kind] = self._codec.kind_of(*kind)
            if (known := kinds[kind]) is not None:
                found.setdefault(known, []).append(row)
        return found

    def types(self) -> Mapping[type, int]:
        """Return the types of its events, each with the position of its first event.

        A version of a type that this program does not know counts as the newest that it knows: who reads that must
        not pass over it.
        """
        return {kind: position_of(rows[0]) for kind, rows in self._by_class.items()}

    def of(self, event_type: type) -> Sequence[RecordedEvent]:
        """Return the events of exactly this type.

        Raises
        ------
        UnreadableEvent
            One of them cannot be read, or is of a version that this program does not know.
        """
        if event_type not in self._found:
            self._found[event_type] = list(recorded(self._codec, self._by_class.get(event_type, [])))
        return self._found[event_type]

    def part(self, start: int, stop: int) -> JetStreamSlice:
        """Return a slice of the events numbered from `start` to before `stop`, counted from 0."""
        if (start, stop) == (0, len(self._rows)):
            return self
        after = position_of(self._rows[start - 1]) if start else self.after
        last = position_of(self._rows[stop - 1]) if stop > start else after
        upto = self.upto if stop == len(self._rows) else last
        return JetStreamSlice(self._codec, self._rows[start:stop], after, upto)
