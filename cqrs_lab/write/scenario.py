"""Given these events, when this command, then those events: tests of a decider's rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from cqrs_lab.arguments import having, refuse
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.guards.identity import check_made
from cqrs_lab.log.guards.purity import decide_purely, listed_events
from cqrs_lab.words import count
from cqrs_lab.write.decider import Decider


class ScenarioFailed(AssertionError):
    """The decider did not decide what the scenario expects."""


def given(decider: Decider[Any, Any, Any], events: Iterable[Any] = ()) -> Given:
    """Return a scenario that begins with what has happened so far.

    Raises
    ------
    InvalidArgument
        `decider` is not a decider, or `events` is not a list of events.

    Examples
    --------
    >>> from cqrs_lab import CommandRejected, Decider, given
    >>> def decide(command, is_open):
    ...     if is_open:
    ...         raise CommandRejected("the door is open already")
    ...     return ["opened"]
    >>> door = Decider(False, decide, lambda is_open, event: event == "opened")
    >>> given(door, []).when("open").then(["opened"])
    ✓ given no events, when 'open', then ['opened']
    >>> given(door, ["opened"]).when("open").then_rejected("open already")
    ✓ given 1 event, when 'open', then rejected: the door is open already
    """
    having("decider", decider, ["decide", "evolve"], "a decider; begin with it: given(decider, [event])")
    return Given(decider, listed_events(events, "given(decider, {})"))


class Given:
    """A decider and its history; next say `when`."""

    def __init__(self, decider: Decider[Any, Any, Any], events: list[Any]) -> None:
        self._decider, self._events = decider, events

    def when(self, command: object) -> When:
        """Let the decider decide, check that both of its functions are pure, and return the decision.

        Raises
        ------
        NotPure
            `evolve` or `decide` changes its arguments, or returns something else the second time.
        """
        if isinstance(command, type):
            raise InvalidArgument(f"{command.__name__} is a class; give a command: .when({command.__name__}(…))")
        check_made([command], "command")
        check_made(self._events)
        decided, rejected = decide_purely(self._decider, self._events, command)
        history = count(len(self._events), "event") if self._events else "no events"
        return When(f"given {history}, when {command!r}", decided, rejected)

    def then(self, *expected: object) -> NoReturn:
        """Refuse to expect something before there is a command."""
        raise InvalidArgument("nothing is decided yet; say .when(command) first, and then what you expect")

    then_rejected = then_nothing = then


class When:
    """What the decider decided; next say what you expect."""

    def __init__(self, story: str, events: list[Any], rejected: str | None) -> None:
        self._story, self._events, self._rejected = story, events, rejected

    def when(self, command: object) -> NoReturn:
        """Refuse a second command: what the first one caused is history by then."""
        raise InvalidArgument(f"a scenario has one command; give the events before {command!r} to given(decider, […])")

    def then(self, events: Iterable[Any]) -> Passed:
        """Expect exactly these events, in this order."""
        expected = listed_events(events, ".then({})")
        check_made([*expected, *self._events])
        return self._passed_if(self._rejected is None and self._events == expected, repr(expected))

    def then_rejected(self, reason: str = "") -> Passed:
        """Expect a `CommandRejected` whose reason contains this text."""
        if not isinstance(reason, str):
            raise refuse("reason", reason, "a string; give part of the reason, such as 'sold out'")
        fits = self._rejected is not None and reason in self._rejected
        return self._passed_if(fits, f"rejected: {self._rejected if fits else reason}")

    def then_nothing(self) -> Passed:
        """Expect that the command is accepted and causes no events."""
        return self._passed_if(self._rejected is None and not self._events, "nothing")

    def _passed_if(self, fits: bool, expectation: str) -> Passed:
        if fits:
            return Passed(f"✓ {self._story}, then {expectation}")
        came = repr(self._events) if self._rejected is None else f"rejected: {self._rejected}"
        raise ScenarioFailed(f"{self._story}\n  expected: {expectation}\n  got:      {came}")


class Passed(str):
    """The scenario in one line, shown without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
