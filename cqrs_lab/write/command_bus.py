"""The command bus: load, fold, decide, append."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cqrs_lab.errors import ConcurrencyError, InvalidArgument, NotRegistered
from cqrs_lab.log.envelope import Position, StreamVersion
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.write.decider import Decider


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

    def __init__(self, store: EventStore, attempts: int = 10) -> None:
        if attempts < 1:
            raise InvalidArgument(f"attempts={attempts}: a command must be tried at least once")
        self._store = store
        self._attempts = attempts
        self._routes: dict[type, tuple[Decider[Any, Any, Any], Callable[[Any], str]]] = {}

    def register(self, command_type: type, decider: Decider[Any, Any, Any], *, stream: Callable[[Any], str]) -> None:
        """Send commands of this type to this decider, on the stream that `stream(command)` names."""
        if command_type in self._routes:
            raise InvalidArgument(f"{command_type.__name__} is registered already; one command has one decider")
        if not callable(stream):
            raise InvalidArgument(f"stream={stream!r}: give a function, such as lambda command: f'cart-{{command.id}}'")
        self._routes[command_type] = decider, stream

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
        """
        decider, stream_of = self._route(command)
        stream = stream_of(command)
        for attempt in range(1, self._attempts + 1):
            try:
                return self._handle(command, command_id, decider, stream)
            except ConcurrencyError:
                if attempt == self._attempts:
                    raise
        raise AssertionError("unreachable")

    def _handle(self, command: object, command_id: str | None, decider: Decider[Any, Any, Any], stream: str) -> Receipt:
        # 1. Load. The stream's own events say whether this command was handled before.
        history = list(self._store.read_stream(stream))
        version = history[-1].version if history else StreamVersion(0)
        if first := [recorded for recorded in history if command_id is not None and recorded.command_id == command_id]:
            return Receipt(stream, first[-1].version, first[-1].position, tuple(one.event for one in first))
        # 2. Fold and decide.
        events = decider.decide(command, decider.fold(recorded.event for recorded in history))
        if not isinstance(events, (list, tuple)):
            raise InvalidArgument(
                f"decide returned {events!r} for {type(command).__name__}; "
                "return a list of events, [] when there is nothing to do"
            )
        # 3. Append, if the stream is still as it was when we decided.
        if not events:
            return Receipt(stream, version, history[-1].position if history else Position(0), ())
        appended = self._store.append(stream, events, expected=version, command_id=command_id)
        if command_id is not None:
            # Another sender of the same id may have come first; then its events stand in the log, not ours.
            mine = self._store.read_stream(stream, after=version)
            events = [recorded.event for recorded in mine if recorded.command_id == command_id]
        return Receipt(stream, appended.version, appended.position, tuple(events))

    def _route(self, command: object) -> tuple[Decider[Any, Any, Any], Callable[[Any], str]]:
        route = self._routes.get(type(command))
        if route is None:
            known = ", ".join(sorted(one.__name__ for one in self._routes)) or "none yet"
            raise NotRegistered(f"no decider for {type(command).__name__}; registered commands: {known}")
        return route
