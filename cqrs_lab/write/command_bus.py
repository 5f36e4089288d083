"""The command bus: load, fold, decide, append."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import dropwhile, takewhile
from typing import Any

from cqrs_lab.arguments import function, having, items, kind, name_from, shown, whole_number
from cqrs_lab.errors import ConcurrencyError, InvalidArgument, NotRegistered
from cqrs_lab.log.envelope import Position, StreamVersion
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.guards.command_id import CommandId
from cqrs_lab.log.guards.identity import find_route, forget_outdated
from cqrs_lab.log.guards.recordable import events_in
from cqrs_lab.log.metadata import NO_METADATA
from cqrs_lab.log.wrappers.read_through import may_be_tracing
from cqrs_lab.write.decider import Decider
from cqrs_lab.write.loading import Loader


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a command: what happened, and where to look for it.

    Attributes
    ----------
    stream : str
    version : StreamVersion
        The stream's version after the command.
    position : Position
        The position of the stream's last event: a read model that has reached it reflects this command,
        even if the command recorded nothing because there was nothing to do.
    events : tuple
        The events the command caused; empty if it recorded nothing.
    """

    stream: str
    version: StreamVersion
    position: Position
    events: tuple[Any, ...]


class CommandBus:
    """Takes each command to its decider and records what was decided.

    If the stream moves on between load and append, the command is decided again on the new state.

    Parameters
    ----------
    store : EventStore
    attempts : int, optional
        How often one command is decided before the conflict is raised.
    snapshots : iterable of Snapshots, optional
        For deciders with long streams, one for each decider. Without them every load begins with the first event.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from cqrs_lab import CommandBus, Decider, MemoryEventStore
    >>> @dataclass(frozen=True)
    ... class SwitchOn:
    ...     lamp: str
    >>> lamp = Decider(False, lambda command, is_on: [] if is_on else ["SwitchedOn"], lambda is_on, event: True)
    >>> bus = CommandBus(MemoryEventStore())
    >>> bus.register(SwitchOn, lamp, stream=lambda command: f"lamp-{command.lamp}")
    >>> bus.send(SwitchOn("hall"))
    Receipt(stream='lamp-hall', version=1, position=1, events=('SwitchedOn',))
    >>> bus.send(SwitchOn("hall")).events
    ()
    """

    def __init__(self, store: EventStore, attempts: int = 10, *, snapshots: Iterable[Loader] = ()) -> None:
        self._store = having("store", store, ("append", "read_stream"), "an event store; give one: MemoryEventStore()")
        self._attempts = whole_number("attempts", attempts, "a number of attempts; give 1 or more", least=1)
        given = items("snapshots", snapshots, Loader, "a list of Snapshots; give one: [Snapshots(…)]")
        self._loaders = {id(one.decider): one for one in given}
        self._unused = set(self._loaders)
        if len(self._loaders) < len(given):
            raise InvalidArgument(f"{', '.join(map(str, given))}: two share a decider; keep one of them")
        self._routes: dict[type, tuple[Loader, Callable[[Any], str]]] = {}

    def register(self, command_type: type, decider: Decider[Any, Any, Any], *, stream: Callable[[Any], str]) -> None:
        """Send commands of this type to this decider, on the stream that `stream(command)` returns."""
        kind("command_type", command_type, "a class; give the type of the commands, such as PlaceOrder")
        forget_outdated(self._routes, command_type)
        if command_type in self._routes:
            raise InvalidArgument(f"{command_type.__name__} is registered already; one command has one decider")
        having("decider", decider, ("decide", "evolve"), "a decider; give a Decider(initial_state, decide, evolve)")
        function("stream", stream, "a function; give a function, such as lambda command: f'cart-{command.id}'")
        loader = self._loaders.get(id(decider)) or Loader(decider)
        self._unused.discard(id(decider))
        self._routes[command_type] = loader, stream

    def send(
        self,
        command: object,
        command_id: str | None = None,
        *,
        caused_by: str | None = None,
        metadata: Mapping[str, str] = NO_METADATA,
    ) -> Receipt:
        """Handle a command: let its decider decide, record the events, and return the receipt.

        Parameters
        ----------
        command : object
        command_id : str, optional
            A command sent twice under one id is handled once: the second time the first receipt is returned, and
            nothing is decided. So you can repeat an interrupted `send`. A command that recorded nothing is decided
            again. A store that keeps only the text of ids, and not the `CommandId`, cannot say which command an id
            stands for; then any command under that id gets the first receipt.
        caused_by : str, optional
            What led to the command: the `event_id` of an event, or an id from outside. It is recorded with the events.
        metadata : mapping of str to str, optional
            What to note beside the events, such as who sent it and why.

        Raises
        ------
        CommandRejected
            A rule forbids the command. Nothing was recorded.
        CommandIdReused
            Another command is recorded under this id.
        ConcurrencyError
            Other writers were faster, `attempts` times. Nothing was recorded.
        NotRegistered
            No decider is registered for this type of command.
        InvalidArgument
            `decide` did not return a list of events, or `stream` did not return a name; or the decider of some
            snapshots is not registered for any command; or the store cannot keep what led to it. Nothing was recorded.
        """
        loader, stream_of = self._route(command)
        stream = name_from("stream", stream_of, command)
        known_as = CommandId.of(command, command_id)
        why = self._what_led_to_it(caused_by=caused_by, metadata=metadata)
        for left in reversed(range(self._attempts)):
            # 1. Load and fold. The stream's own events say whether this command was handled before.
            now = loader.load(self._store, stream)
            if known_as is not None and known_as in now.handled:
                return self._first_receipt(known_as, command, stream, after=now.handled[known_as])
            # 2. Decide.
            decision = loader.decider.decide(command, now.state)
            events = events_in(decision, f"decide for {type(command).__name__}", "return")
            if not events:
                return Receipt(stream, now.version, now.position, ())
            # 3. Append, if the stream is still as it was when we decided.
            try:
                appended = self._store.append(stream, events, expected=now.version, command_id=known_as, **why)
                break
            except ConcurrencyError as conflict:
                # A conflict in another append, such as a listener's, does not mean that this one failed.
                if not left or (conflict.stream, conflict.expected) != (stream, now.version):
                    raise
        # Another sender of the same id may have come first; then its events are in the log, not ours.
        if known_as is not None and appended.again is not False:
            return self._first_receipt(known_as, command, stream, after=now.version)
        return Receipt(stream, appended.version, appended.position, tuple(events))

    def _first_receipt(self, command_id: CommandId, command: object, stream: str, after: int) -> Receipt:
        """Return the receipt of a recorded command, from its events: one commit, so they are side by side."""
        rest = dropwhile(lambda one: one.command_id != command_id, self._store.read_stream(stream, after=after))
        first = list(takewhile(lambda one: one.command_id == command_id, rest))
        command_id.check(first, stream, command)
        return Receipt(stream, first[-1].version, first[-1].position, tuple(one.event for one in first))

    def _route(self, command: object) -> tuple[Loader, Callable[[Any], str]]:
        if self._unused:
            unused = ", ".join(str(self._loaders[one]) for one in self._unused)
            raise InvalidArgument(f"{unused} would never be used; register a command with the same decider")
        if isinstance(command, type) and command in self._routes:
            raise NotRegistered(f"{shown(command)} is not a command; make one: {command.__name__}(…)")
        if (route := find_route(self._routes, type(command), "command")) is None:
            known = ", ".join(sorted(one.__name__ for one in self._routes)) or "none yet"
            raise NotRegistered(f"no decider for {type(command).__name__}; registered commands: {known}")
        return route

    def _what_led_to_it(self, **given: Any) -> dict[str, Any]:
        """Return what was given of these: a store of one's own may do without, and is asked to keep only that."""
        why = {name: one for name, one in given.items() if one not in (None, NO_METADATA)}
        if why and not may_be_tracing(self._store):
            what, names = f"{type(self._store).__name__}.append takes no {' and no '.join(why)}", " and ".join(why)
            raise InvalidArgument(f"{what}; let it keep them with each event, or send without {names}")
        return why
