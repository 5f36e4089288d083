"""Tries a learner's decider on histories and commands."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cqrs_lab.course.guard import NotYet, shown, what_it_means
from cqrs_lab.errors import CommandRejected
from cqrs_lab.write.decider import Decider

A_DECIDER = "lab.Decider(initial_state, decide, evolve)"
REFUSED = "lab.CommandRejected raised"
EVENTS_IN_A_LIST = f"a list of events, or {REFUSED}"
# What a learner raises on purpose; any other error is a slip.
DELIBERATE = (CommandRejected, ValueError, AssertionError, RuntimeError, PermissionError)


def as_decider(answer: Any) -> Decider[Any, Any, Any]:
    """Return an answer as a decider, or ask for one."""
    if isinstance(answer, type) or not all(hasattr(answer, name) for name in ("initial_state", "decide", "evolve")):
        parts = isinstance(answer, tuple | list) and any(map(callable, answer))
        ask = f"Wrap them: {A_DECIDER}." if parts else "Which three things make a decider?"
        raise NotYet("looked at your answer", shown(answer), A_DECIDER, ask)
    return Decider(answer.initial_state, answer.decide, answer.evolve)


def state_after(decider: Decider[Any, Any, Any], history: Sequence[Any], refuses: str) -> Any:
    """Fold step by step; refuse an evolve that raises, returns nothing, or changes what it was given.

    Parameters
    ----------
    decider : Decider
    history : sequence of event
    refuses : str
        What is asked of an evolve that refuses an event.
    """
    state = _copy_of(decider.initial_state)  # the learner's own stays as it is, whatever this does to it
    for event in history:
        before, done = _copy_of(state), f"called evolve({state!r}, {event!r})"
        try:
            following = decider.evolve(state, event)
        except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
            ask = refuses if isinstance(error, DELIBERATE) else what_it_means(error)
            raise NotYet(done, error, "the next state", ask) from None
        if not _same(before, state):
            ask = "evolve changed the state it was given, and the next member begins with that. Can it make a new one?"
            raise NotYet(f"{done}, then looked at what went in", repr(state), repr(before), ask)
        if following is None and decider.initial_state is not None:
            raise NotYet(done, "None", "the next state", "Is there a return on every path through your evolve?")
        state = following
    return state


def expect(
    decider: Decider[Any, Any, Any], state: Any, done: str, command: Any, expected: list[Any] | None, ask: str
) -> None:
    """Compare a decision with the one expected.

    Parameters
    ----------
    decider : Decider
    state : Any
        As `state_after` returned it.
    done : str
        What led to the state and what was sent; it follows "I".
    command : Any
    expected : list of events or None
        None stands for a refusal.
    ask : str
        What is asked of another decision.
    """
    before, wanted = _copy_of(state), REFUSED if expected is None else repr(expected)
    try:
        came = _events(decider.decide(command, state), done)
    except CommandRejected as refusal:
        if expected is not None:
            raise NotYet(done, f"refused: {refusal}", wanted, ask) from None
        came = None
    except NotYet:
        raise
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        other = "The bus takes lab.CommandRejected for a refusal. Any other error is a fault in the program."
        refuses = expected is None and isinstance(error, DELIBERATE)
        raise NotYet(done, error, wanted, other if refuses else _of_an_error(error)) from None
    if not _same(before, state):
        changed = "decide changed the state. Who moves the state on, decide or evolve?"
        raise NotYet(f"{done}, then looked at the state", repr(state), repr(before), changed)
    if came != expected:
        if expected is None and not came:
            ask = "Nothing is recorded, and nobody is told. What will the sender read?"
        raise NotYet(done, repr(came), wanted, _of_their_own(came, command) or ask)


def _of_an_error(error: Exception) -> str:
    """Say what an error in decide means; a refusal without a reason is one."""
    if isinstance(error, TypeError) and "CommandRejected" in str(error) and "reason" in str(error):
        return 'CommandRejected needs a reason that the customer can read: lab.CommandRejected("…").'
    return what_it_means(error)


def _events(came: Any, done: str) -> list[Any]:
    """Return what was decided as a list, or say what came in its place."""
    if came is None:
        ask = "decide returned None. Is there a return on every path? [] says that there is nothing to record."
    elif isinstance(came, CommandRejected) or came is CommandRejected:
        ask = "A refusal is raised, not returned: the bus would try to record what you return."
    elif not isinstance(came, Iterable) or isinstance(came, str | Mapping):
        ask = "decide returns a list of events, even for one event or none. What does yours return?"
    else:
        events = list(came)
        if not any(isinstance(one, type | CommandRejected) for one in events):
            return events
        came = events
        ask = "A class is not an event yet: make an object of it, with its fields. And a refusal is raised."
    raise NotYet(done, repr(came), EVENTS_IN_A_LIST, ask)


def _of_their_own(came: list[Any] | None, command: object) -> str:
    """Ask about an event that the task does not have."""
    own = [type(one).__name__ for one in came or () if type(one).__module__ != type(command).__module__]
    return f"The task has no event {own[0]}. Which events does it have, and how does a rule refuse?" if own else ""


def _copy_of(state: Any) -> Any:
    try:
        return copy.deepcopy(state)
    except TypeError:
        return state  # what cannot be copied cannot be compared either


def _same(one: Any, other: Any) -> bool:
    """Compare two states; of a class without `==`, what they hold."""
    return bool(one == other) or (hasattr(one, "__dict__") and vars(one) == vars(other))
