"""A decider: the business rules of one stream, as two pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

from cqrs_lab.arguments import function
from cqrs_lab.log.guards.identity import recognised

Command = TypeVar("Command")
Event = TypeVar("Event")
State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Decider(Generic[Command, Event, State]):
    """The rules for one kind of stream.

    Both functions are pure: same arguments, same result, nothing changed and nothing looked up. The time and
    every other outside fact come with the command.

    Attributes
    ----------
    initial_state : State
        The state before the first event.
    decide : callable
        ``decide(command, state)`` returns the list of events that the command causes: ``[]`` if there is
        nothing to do. It raises `CommandRejected` if a rule forbids the command.
    evolve : callable
        ``evolve(state, event)`` returns the state after the event. It never refuses: the event has happened.

    Notes
    -----
    The pattern and its name are Jérémie Chassaing's (2021),
    https://thinkbeforecoding.com/post/2021/12/17/functional-event-sourcing-decider

    Examples
    --------
    >>> from cqrs_lab import Decider
    >>> lamp = Decider(
    ...     initial_state="off",
    ...     decide=lambda command, state: [] if command == state else [command],
    ...     evolve=lambda state, event: event,
    ... )
    >>> lamp.decide("on", lamp.fold(["on", "off"]))
    ['on']
    """

    initial_state: State
    decide: Callable[[Command, State], Sequence[Event]]
    evolve: Callable[[State, Event], State]

    def __post_init__(self) -> None:
        function("decide", self.decide, "a function; give one of command and state that returns a list of events")
        function("evolve", self.evolve, "a function; give one of state and event that returns the next state")

    def fold(self, events: Iterable[Event]) -> State:
        """Return the state after these events."""
        return reduce(self.evolve, recognised(events), self.initial_state)
