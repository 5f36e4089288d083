"""An event as the log keeps it: the event itself, and where and when it was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

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
    """

    stream: str
    version: StreamVersion
    position: Position
    event: object
    recorded_at: float
    command_id: str | None = None
