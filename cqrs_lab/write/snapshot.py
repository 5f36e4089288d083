"""A snapshot: a stream's state, saved with its version, so that loading need not begin with the first event."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, MutableMapping
from copy import deepcopy
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any

from cqrs_lab.arguments import having, text, whole_number
from cqrs_lab.errors import InvalidArgument, recording_errors
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.guards.identity import current, what_happened
from cqrs_lab.log.guards.purity import fresh, outdated_within
from cqrs_lab.log.wrappers.read_through import schema_version_of
from cqrs_lab.write.loading import Loader, StreamState


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(StreamState):
    """The state of a stream up to a version, saved; with its last event, to recognise a log that it does not belong to.

    Attributes
    ----------
    shape : str
        The name of the state's shape; see `Snapshots`.
    schema_version : hashable
        How the store read old events at that time; see `Snapshots`.
    """

    shape: str
    schema_version: Hashable


@dataclass(eq=False)
class Snapshots(Loader):
    """The snapshots of one decider's streams: a cache that may be deleted at any moment and never changes an answer.

    Parameters
    ----------
    decider : Decider
        The same object that is registered with the bus.
    shape : str
        A name for today's shape of the state and version of `evolve`. Choose a new name when either changes: what was
        saved under the old name is then upcast, or dropped. The store itself reports (`schema_version`) when an
        upcaster is added or removed, or a person forgotten, and what was saved before is dropped; if you change an
        upcaster, choose a new name too.
    every : int or None, optional
        A snapshot is saved when at least this many events had to be read. None: no new ones are saved.
    upcast : mapping of str to function, optional
        From the name of an old shape to a pure function from a state of it to one of today's shape.
    kept : mutable mapping of str to Snapshot, optional
        Where they are kept, by stream: a new dict by default; a `shelve.Shelf` keeps them in a file. Use one for each
        log, and one for each decider if two of them read the same stream: they would load each other's states.

    Attributes
    ----------
    dropped : dict of str to str
        By stream, why a snapshot was not used, or could not be saved, the last time that happened. The stream was then
        read from its events: no problem with a snapshot makes a command fail.

    Examples
    --------
    >>> from cqrs_lab import CommandBus, Decider, MemoryEventStore, Snapshots
    >>> counter = Decider(0, lambda command, count: [command], lambda count, event: count + event)
    >>> counts = Snapshots(counter, shape="count 1", every=3)
    >>> bus = CommandBus(MemoryEventStore(), snapshots=[counts])
    >>> bus.register(int, counter, stream=lambda command: "counter")
    >>> receipts = [bus.send(number) for number in (1, 2, 3, 4, 5)]
    >>> counts.kept["counter"].state, counts.kept["counter"].version
    (6, 3)
    >>> counts.kept.clear()  # at any moment
    >>> bus.send(6).version
    6
    """

    _: KW_ONLY
    shape: str
    every: int | None = 100
    upcast: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    kept: MutableMapping[str, Snapshot] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        having("decider", self.decider, ["decide", "evolve"], "a decider; give the same one that is registered")
        text("shape", self.shape, "a name; give one for today's state and evolve, such as 'cart 1'")
        having("kept", self.kept, ["get", "__setitem__"], "a place to keep snapshots; give a dict, or a shelve.Shelf")
        having("upcast", self.upcast, ["get"], "a mapping; give {'cart 1': function}, from an old shape's name")
        if self.every is not None:
            whole_number("every", self.every, "a number of events; give 1 or more, or None to save none", least=1)
        if self.shape in self.upcast:
            raise InvalidArgument(f"upcast begins with {self.shape!r}, which is today's shape; name old shapes there")

    def __str__(self) -> str:
        return f"snapshots {self.shape!r}"

    def load(self, store: EventStore, stream: str) -> Snapshot:
        """Return the current state of the stream: from its snapshot, and the events after it."""
        schema_version = schema_version_of(store)
        start, events = None, list[RecordedEvent]()
        with recording_errors(self.dropped, stream, "it could not be used"):
            if (saved := self.kept.get(stream)) is not None:
                # With its last event, so that one read says whether it belongs to this log, and what came after it.
                events = list(current(store.read_stream(stream, after=saved.version - 1)))
                start = self._opened(saved, stream, schema_version, events.pop(0) if events else None)
        if start is None:
            new = fresh(self.decider.initial_state)
            start = Snapshot(state=new, shape=self.shape, schema_version=schema_version)
            events = list(current(store.read_stream(stream)))
        now = start.extend(events, self.decider.evolve)
        # Only what was read from the log is saved: the append that follows may be refused.
        if self.every is not None and len(events) >= self.every:
            with recording_errors(self.dropped, stream, "it could not be saved"):
                self.kept[stream] = replace(now, state=deepcopy(now.state), handled=dict(now.handled))
        return now

    def _opened(
        self, saved: Snapshot, stream: str, schema_version: Hashable, last: RecordedEvent | None
    ) -> Snapshot | None:
        """Return what was saved, ready for use; None if it does not fit, and why in `dropped`."""
        if saved.schema_version != schema_version:
            self.dropped[stream] = "the store now reads old events differently"
        elif last is None or last != saved.last:
            self.dropped[stream] = f"it ends with version {saved.version} at position {saved.position} of another log"
        elif saved.shape != self.shape and saved.shape not in self.upcast:
            self.dropped[stream] = f"its shape is {saved.shape!r}, not {self.shape!r}, and no upcast is declared for it"
        elif (old := outdated_within(saved.state)) is not None:
            self.dropped[stream] = f"{what_happened(old)} after the state was saved"
        else:
            # A copy: an `evolve` that changes the state it is given must not change what is kept.
            upcast = self.upcast.get(saved.shape, lambda state: state)
            return replace(saved, state=upcast(deepcopy(saved.state)), shape=self.shape)
        return None
