"""The state of a stream, folded from its events."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Self

from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.guards.identity import current
from cqrs_lab.log.guards.purity import fresh
from cqrs_lab.write.decider import Decider


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """The state of a stream up to a version.

    Attributes
    ----------
    state : State
    version, position
        Those of the last event; 0 for no events.
    last : RecordedEvent or None
        The last event.
    handled : mapping of str to int
        For each command id among the events, the version before its first event, from where its receipt is read.
    """

    state: Any
    version: StreamVersion = StreamVersion(0)
    position: Position = Position(0)
    last: RecordedEvent | None = None
    handled: MutableMapping[str, int] = field(default_factory=dict)

    def extend(self, events: Sequence[RecordedEvent], evolve: Callable[[Any, Any], Any]) -> Self:
        """Return the state after the events that follow."""
        if not events:
            return self
        state, last = reduce(evolve, (one.event for one in events), self.state), events[-1]
        # From the end, so that the first of a command's events is the one that stays.
        handled = {one.command_id: one.version - 1 for one in reversed(events) if one.command_id is not None}
        both = ChainMap(handled, self.handled)  # ten thousand ids are not copied for each command
        return replace(self, state=state, version=last.version, position=last.position, last=last, handled=both)


@dataclass(eq=False)
class Loader:
    """Loads the states of one decider's streams, each from its first event."""

    decider: Decider[Any, Any, Any]

    def load(self, store: EventStore, stream: str) -> StreamState:
        """Return the current state of the stream."""
        events = list(current(store.read_stream(stream)))
        return StreamState(state=fresh(self.decider.initial_state)).extend(events, self.decider.evolve)
