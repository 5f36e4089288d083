"""An event batch: a slice of the log as one DataFrame per event type."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TypeAlias
from weakref import WeakKeyDictionary

import pandas as pd

from cqrs_lab.arguments import check_range
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.guards.identity import check_read
from cqrs_lab.log.slice import EventSlice, Slice, read_slice
from cqrs_lab.read.frames.columns import check_frame, check_types, checked_events, rows_of

Frames: TypeAlias = dict[tuple[type, str | None], pd.DataFrame]
_kept: WeakKeyDictionary[object, Frames] = WeakKeyDictionary()


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
        self._slice: Slice = EventSlice(checked_events(events))
        self.frames: Frames = {}

    @classmethod
    def of(cls, part: Slice, frames: Frames | None = None) -> EventBatch:
        """Return a slice of a log as a batch, perhaps with frames that were made from it before."""
        batch = cls.__new__(cls)
        batch._slice = part
        # What is sealed never changes: its frames are made once, for every reader.
        kept = {} if part.sealed is None else _kept.setdefault(part.sealed, {})
        batch.frames = kept if frames is None else frames
        return batch

    def __len__(self) -> int:
        return len(self._slice.positions)

    def __iter__(self) -> Iterator[RecordedEvent]:
        return iter(self._slice)

    @property
    def last_position(self) -> int:
        """The position of the last event; 0 for an empty batch."""
        return self._slice.positions[-1] if len(self) else 0

    @property
    def upto(self) -> int:
        """The checkpoint of a reader who has this batch: the log holds nothing more up to here."""
        return self._slice.upto

    def after(self, position: int) -> EventBatch:
        """Return the batch without the events at or below this position."""
        position, _ = check_range(position, None)
        return EventBatch.of(self._slice.part(bisect_right(self._slice.positions, position), len(self)))

    def halves(self) -> tuple[EventBatch, EventBatch]:
        """Return the two halves of the batch."""
        middle = len(self) // 2
        return EventBatch.of(self._slice.part(0, middle)), EventBatch.of(self._slice.part(middle, len(self)))

    def recorded(self, event_type: type) -> Sequence[RecordedEvent]:
        """Return the events of exactly this type; the others are not even decoded."""
        return self._slice.of(event_type)

    def with_frames(self, frames: Frames) -> EventBatch:
        """Return the batch with these frames in place of those that its events make."""
        return EventBatch.of(self._slice, self.frames | frames)

    def holds(self, event_types: Sequence[type]) -> bool:
        """Return whether any event is of one of these types, which are all that a reader reads.

        A warning says if one of these types seems to be the new name of a type that is not among them.

        Raises
        ------
        DefinedAgain
            The class of such events was defined again since, so code that uses it would skip them.
        """
        check_types(event_types)
        there = self._slice.types()
        check_read(there, event_types, all_it_reads=True)
        return not there.keys().isdisjoint(event_types)

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
        check_read(self._slice.types(), [event_type])
        if (event_type, each) not in self.frames:
            self.frames[event_type, each] = rows_of(self._slice.of(event_type), event_type, each)
        return self.frames[event_type, each].copy(deep=False)


def read_batch(store: EventStore, *, after: int, limit: int | None = None) -> EventBatch:
    """Return the next events above position `after`: at most `limit`, and no more than the store hands out at once."""
    return EventBatch.of(read_slice(store, after=after, limit=limit))
