"""A segment of the log, and what its readers have computed from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore

SEGMENT_EVENTS = 65_536


@dataclass(slots=True)
class Segment:
    """Consecutive events, and a place for what is computed from them.

    The log only ever grows, so whatever is computed from a full segment stays true: readers keep it in
    `kept` (see `read.batch`), and the next reader of a million events touches a few arrays instead of a
    million objects.
    """

    events: list[RecordedEvent] = field(default_factory=list)
    kept: dict[Any, Any] = field(default_factory=dict)


class Segments:
    """The full segments of a log whose positions are 1, 2, 3, …, each made when a reader first asks for it."""

    def __init__(self) -> None:
        self._full: dict[int, Segment] = {}

    def find(self, store: EventStore, after: int, upto: int, size: int) -> tuple[Segment, int, int]:
        """Return the segment that holds position `after` + 1, and which of its events lie in (after, upto].

        If it is not full yet, return a segment of these events alone.
        """
        number, start = divmod(after, size)
        stop = min(start + upto - after, size)
        if store.head() < (number + 1) * size:
            return Segment(list(store.read_all(after=after, limit=stop - start))), 0, stop - start
        if number not in self._full:
            events = list(store.read_all(after=number * size, limit=size))
            self._full.setdefault(number, Segment(events))  # another reader may have made it meanwhile
        return self._full[number], start, stop
