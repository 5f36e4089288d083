"""An event batch: a slice of the log as one DataFrame per event type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from cqrs_lab.arguments import check_range
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.identity import check_read
from cqrs_lab.log.segment import SEGMENT_EVENTS, Segment
from cqrs_lab.read.columns import check_frame, check_types, checked_events, rows_of


class EventBatch:
    """A slice of the log, in order of position.

    Iterate over it for the `RecordedEvent` objects, or get a DataFrame with `frame`.

    Parameters
    ----------
    events : sequence of RecordedEvent

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from cqrs_lab import EventBatch, RecordedEvent
    >>> @dataclass(frozen=True)
    ... class Deposited:
    ...     account: str
    ...     cents: int
    >>> batch = EventBatch([RecordedEvent("account-a", 1, 1, Deposited("a", 250), recorded_at=0.0)])
    >>> batch.frame(Deposited)
       position     stream  version  recorded_at account  cents
    0         1  account-a        1          0.0       a    250
    """

    def __init__(self, events: Sequence[RecordedEvent]) -> None:
        self._cut(Segment(found := checked_events(events)), 0, len(found))

    @classmethod
    def _of(cls, segment: Segment, start: int, stop: int) -> EventBatch:
        batch = cls.__new__(cls)
        batch._cut(segment, start, stop)
        return batch

    def _cut(self, segment: Segment, start: int, stop: int) -> None:
        self._segment, self._start, self._stop = segment, start, stop
        # A full segment never changes again: its frames are made once, for every reader.
        full = (start, stop) == (0, SEGMENT_EVENTS)
        self._kept: dict[Any, Any] = segment.kept if full else {}

    def __len__(self) -> int:
        return self._stop - self._start

    def __iter__(self) -> Iterator[RecordedEvent]:
        return iter(self._segment.events[self._start : self._stop])

    @property
    def last_position(self) -> int:
        """The position of the last event; 0 for an empty batch."""
        return self._segment.events[self._stop - 1].position if len(self) else 0

    def after(self, position: int) -> EventBatch:
        """Return the batch without the events at or below this position."""
        start, events, (position, _) = self._start, self._segment.events, check_range(position, None)
        while start < self._stop and events[start].position <= position:
            start += 1
        return EventBatch._of(self._segment, start, self._stop)

    def halves(self) -> tuple[EventBatch, EventBatch]:
        """Return the two halves of the batch."""
        middle = self._start + len(self) // 2
        return (
            EventBatch._of(self._segment, self._start, middle),
            EventBatch._of(self._segment, middle, self._stop),
        )

    def holds(self, event_types: Sequence[type]) -> bool:
        """Return whether any event is of one of these types, which are all that a reader reads.

        A warning says if one of these types seems to be the new name of a type that is not among them.

        Raises
        ------
        DefinedAgain
            The class of such events was defined again since, so code that uses it would skip them.
        """
        check_types(event_types)
        return not self._read_as(event_types, all_it_reads=True).keys().isdisjoint(event_types)

    def frame(self, event_type: type, *, each: str | None = None) -> pd.DataFrame:
        """Return the events of one type as a DataFrame.

        Parameters
        ----------
        event_type : type
            A dataclass; only events of exactly this type are included.
        each : str, optional
            The name of a field that holds a tuple.

        Returns
        -------
        DataFrame
            Without `each`: one row per event, ordered by position. Columns: position (int64), stream
            (str), version (int64), recorded_at (float64, seconds), then the event's fields, typed by
            their annotations (int is int64, float float64, bool bool, str str, datetime and date
            datetime64[us]; ``int | None`` is Int64, ``bool | None`` boolean). Fields that hold a tuple
            are left out. With `each`: one row per item of that tuple, with `ordinal` (int64, from 1 in each
            event) and the item's fields after the columns above. Typed even when empty. You may change it. If a field
            is declared ``str | None``, `groupby` drops the rows without a value: ``fillna("(none)")`` keeps them.

        Raises
        ------
        SchemaError
            A field has no column type, or a value is not what the annotation declares: of another type, None without
            ``| None``, or none of the values that a `Literal` or an enum lists. `append` does not look at annotations.
        DefinedAgain
            The class was defined again after events of it were recorded.
        InvalidArgument
            `event_type` is not a dataclass, or `each` is not a field that holds a tuple.
        """
        check_frame(event_type, each)
        events = self._read_as([event_type]).get(event_type, [])
        if (event_type, each) not in self._kept:
            self._kept[event_type, each] = rows_of(events, event_type, each)
        kept: pd.DataFrame = self._kept[event_type, each]
        return kept.copy(deep=False)

    def _read_as(self, event_types: Sequence[type], all_it_reads: bool = False) -> dict[type, list[RecordedEvent]]:
        by_type = self._by_type()
        check_read({kind: events[0].position for kind, events in by_type.items()}, event_types, all_it_reads)
        return by_type

    def _by_type(self) -> dict[type, list[RecordedEvent]]:
        if "by type" not in self._kept:
            found: dict[type, list[RecordedEvent]] = {}
            for recorded in self:
                found.setdefault(type(recorded.event), []).append(recorded)
            self._kept["by type"] = found
        by_type: dict[type, list[RecordedEvent]] = self._kept["by type"]
        return by_type


def read_batch(store: EventStore, *, after: int, limit: int | None = None) -> EventBatch:
    """Return the next events above position `after`: at most `limit`, and no more than one segment of the log.

    If the store keeps its log in segments, they are used as they are; any other store is read with `read_all`.
    """
    segment: Any = getattr(store, "segment", None)
    if segment is not None:
        after, limit = check_range(after, limit)
        head = store.head()
        if after >= head:
            return EventBatch([])
        return EventBatch._of(*segment(after, head if limit is None else min(head, after + limit)))
    most = SEGMENT_EVENTS if limit is None else min(limit, SEGMENT_EVENTS)
    return EventBatch(list(store.read_all(after=after, limit=most)))
