"""A store's log as far as it can be trusted: a store of one's own may break the laws, and a picture says where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from cqrs_lab.arguments import shown
from cqrs_lab.errors import recording_errors
from cqrs_lab.log.envelope import Position, RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.words import count


class LogSoFar:
    """The events of a store up to the first that breaks a law of the log; it can be read like a store.

    Attributes
    ----------
    events : tuple of RecordedEvent
    fault : str
        What is wrong after these events, or "".
    """

    def __init__(self, store: EventStore, stream: str) -> None:
        events: list[RecordedEvent] = []
        stopped: dict[str, str] = {}
        with recording_errors(stopped, "read", "reading it failed"):
            if not (wrong := _first_fault(store.read_all(), events)):
                wrong = _other_fault(store, stream, events)
            if wrong:
                stopped["read"] = wrong
        self.events, self.fault = tuple(events), stopped.get("read", "")

    def told(self) -> str:
        """Return what is wrong as a sentence, or ""."""
        there = count(len(self.events), "event")
        return f"✕ This store breaks a law after {there}: {self.fault}." if self.fault else ""

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Return the events above a position."""
        return iter([one for one in self.events if one.position > after][:limit])

    def head(self) -> Position:
        """Return the position of the last of these events."""
        return self.events[-1].position if self.events else Position(0)


def _first_fault(log: Iterable[Any], events: list[RecordedEvent]) -> str:
    """Collect events up to the first that breaks a law, and return what is wrong with that one."""
    versions, last = Counter[str](), 0
    for one in log:
        if not isinstance(one, RecordedEvent):
            return f"{shown(one)} is in the log, and is not a RecordedEvent"
        name = f"{type(one.event).__name__} on {one.stream}"
        if one.position <= last:
            after = f"position {last}" if last else "the start"
            return f"{name} is at position {one.position}, after {after}: positions count the whole log, from 1"
        if one.version != (before := versions[one.stream]) + 1:
            return f"{name} is version {one.version}, after version {before}: each stream counts its own events"
        versions[one.stream], last = one.version, one.position
        events.append(one)
    return ""


def _other_fault(store: EventStore, stream: str, events: list[RecordedEvent]) -> str:
    """Return where the store contradicts its own log."""
    last = events[-1].position if events else 0
    if (head := store.head()) < last:  # above it, if something was recorded since
        return f"head() returns {head}, and the last position is {last}"
    if not hasattr(store, "read_stream"):
        return ""
    own = [one for one in events if one.stream == stream]
    if (read := list(store.read_stream(stream)))[: len(own)] != own:
        there = f"which are not the {len(own)} that the log has of it"
        return f"read_stream({stream!r}) returns {count(len(read), 'event')}, {there}"
    return ""
