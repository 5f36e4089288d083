"""The command bus: load, fold, decide, append."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import dropwhile, takewhile
from typing import Any

from cqrs_lab.errors import ConcurrencyError, InvalidArgument, NotRegistered
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.identity import find_route, forget_outdated
from cqrs_lab.write.decider import Decider
from cqrs_lab.write.snapshot import Snapshots


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a sender gets back: what happened, and where to look for it.

    Attributes
    ----------
    stream : str
    version : StreamVersion
        The stream's version after the command.
    position : Position
        The position of the stream's last event: a read model that has reached it reflects this command,
        also if the command recorded nothing because all was so already.
    events : tuple
        The events the command caused; empty if it recorded nothing.
    """

    stream: str
    version: StreamVersion
    position: Position
    events: tuple[Any, ...]


class CommandBus:
    """Takes each command to its decider and records what was decided.

    If the stream moves on between load and append, the command is decided anew on the new state.

    Parameters
    ----------
    store : EventStore
    attempts : int, optional
        How often one command is decided before the conflict is the caller's.
    snapshots : iterable of Snapshots, optional
        For deciders with long streams, one to a decider. Without them each load begins with the first event.

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

    def __init__(self, store: EventStore, attempts: int = 10, *, snapshots: Iterable[Snapshots] = ()) -> None:
        if attempts < 1:
            raise InvalidArgument(f"attempts={attempts}: a command must be tried at least once")
        self._store, self._attempts, given = store, attempts, list(snapshots)
        self._snapshots = {id(one.decider): one for one in given}
        self._unused = set(self._snapshots)
        if len(self._snapshots) < len(given):
            raise InvalidArgument(f"snapshots {[one.shape for one in given]}: two have one decider; keep one of them")
        self._routes: dict[type, tuple[Snapshots, Callable[[Any], str]]] = {}

    def register(self, command_type: type, decider: Decider[Any, Any, Any], *, stream: Callable[[Any], str]) -> None:
        """Send commands of this type to this decider, on the stream that `stream(command)` names."""
        forget_outdated(self._routes, command_type)
        if command_type in self._routes:
            raise InvalidArgument(f"{command_type.__name__} is registered already; one command has one decider")
        if not callable(stream):
            raise InvalidArgument(f"stream={stream!r}: give a function, such as lambda command: f'cart-{{command.id}}'")
        snapshots = self._snapshots.get(id(decider)) or Snapshots(decider, shape="never saved", every=None)
        self._unused.discard(id(decider))
        self._routes[command_type] = snapshots, stream

    def send(self, command: object, command_id: str | None = None) -> Receipt:
        """Let the command's decider decide, and record the events.

        Parameters
        ----------
        command : object
        command_id : str, optional
            A command sent twice under one id is handled once: the second time the first receipt comes
            back, and nothing is decided. A command that recorded nothing is decided anew.

        Raises
        ------
        CommandRejected
            A rule forbids the command. Nothing was recorded.
        ConcurrencyError
            Other writers were faster, `attempts` times. Nothing was recorded.
        NotRegistered
            No decider is registered for this type of command.
        InvalidArgument
            Snapshots were given whose decider is registered for no command.
        """
        snapshots, stream_of = self._route(command)
        stream = stream_of(command)
        for _ in range(self._attempts - 1):
            with suppress(ConcurrencyError):
                return self._handle(command, command_id, snapshots, stream)
        return self._handle(command, command_id, snapshots, stream)  # the last attempt; its conflict is the caller's

    def _handle(self, command: object, command_id: str | None, snapshots: Snapshots, stream: str) -> Receipt:
        # 1. Load and fold. The stream's own events say whether this command was handled before.
        now = snapshots.load(self._store, stream)
        if command_id is not None and command_id in now.handled:
            first = self._recorded_by(command_id, stream, after=now.handled[command_id])
            return Receipt(stream, first[-1].version, first[-1].position, tuple(one.event for one in first))
        # 2. Decide.
        events = snapshots.decider.decide(command, now.state)
        if not isinstance(events, (list, tuple)):
            raise InvalidArgument(
                f"decide returned {events!r} for {type(command).__name__}; "
                "return a list of events, [] when there is nothing to do"
            )
        # 3. Append, if the stream is still as it was when we decided.
        if not events:
            return Receipt(stream, now.version, now.position, ())
        appended = self._store.append(stream, events, expected=now.version, command_id=command_id)
        if command_id is not None:
            # Another sender of the same id may have come first; then its events stand in the log, not ours.
            events = [one.event for one in self._recorded_by(command_id, stream, after=now.version)]
        return Receipt(stream, appended.version, appended.position, tuple(events))

    def _recorded_by(self, command_id: str, stream: str, after: int) -> list[RecordedEvent]:
        """Read a command's events back: one commit, so they stand side by side."""
        rest = dropwhile(lambda one: one.command_id != command_id, self._store.read_stream(stream, after=after))
        return list(takewhile(lambda one: one.command_id == command_id, rest))

    def _route(self, command: object) -> tuple[Snapshots, Callable[[Any], str]]:
        if self._unused:
            shapes = ", ".join(repr(self._snapshots[one].shape) for one in self._unused)
            raise InvalidArgument(f"snapshots {shapes} would never be used; register a command with their very decider")
        if (route := find_route(self._routes, type(command), "command")) is None:
            known = ", ".join(sorted(one.__name__ for one in self._routes)) or "none yet"
            raise NotRegistered(f"no decider for {type(command).__name__}; registered commands: {known}")
        return route
