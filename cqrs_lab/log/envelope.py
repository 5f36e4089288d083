"""An event as the log keeps it: the event itself, where and when it was recorded, and what led to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType

from cqrs_lab.log.metadata import NO_METADATA

StreamVersion = NewType("StreamVersion", int)
"""The number of events in a stream: the first event makes version 1; 0 means no stream."""

Position = NewType("Position", int)
"""A place in the whole log: rises in commit order, from 1, never reused; 0 is before the first event."""

@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One event in the log.

    Attributes
    ----------
    stream : str
        The stream it belongs to.
    version : StreamVersion
        Its number within the stream: 1, 2, 3, … without gaps.
    position : Position
        Its place in the whole log.
    event : object
        The event: what happened, in the words of the business.
    recorded_at : float
        Seconds since 1970 by the store's clock.
    command_id : str or None
        The command that caused it, if the sender gave an id.
    caused_by : str or None
        What led to it, if the writer said so: the `event_id` of an earlier event, or an id from outside.
    metadata : mapping of str to str
        What the writer noted beside it, such as who and why. No rule reads it.
    """

    stream: str
    version: StreamVersion
    position: Position
    event: object
    recorded_at: float
    command_id: str | None = None
    caused_by: str | None = None
    metadata: Mapping[str, str] = NO_METADATA

    @property
    def event_id(self) -> str:
        """Its name in every copy of the log: the stream and the version, such as "order-7@3"."""
        return f"{self.stream}@{self.version}"


def with_event(recorded: RecordedEvent, event: object) -> RecordedEvent:
    """Return the same record with another event in it, as an upcaster makes one."""
    # As dataclasses.replace does, in a third of the time: a rebuild does this a million times.
    stream, version, position, at = recorded.stream, recorded.version, recorded.position, recorded.recorded_at
    why = recorded.command_id, recorded.caused_by, recorded.metadata
    return RecordedEvent(stream, version, position, event, at, *why)
