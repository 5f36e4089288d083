"""Given these events, when this command, then those events: a decider's rules as sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cqrs_lab.errors import CommandRejected
from cqrs_lab.write.decider import Decider


class ScenarioFailed(AssertionError):
    """The decider decided otherwise than the scenario says."""


def given(decider: Decider[Any, Any, Any], events: Iterable[Any] = ()) -> Given:
    """Begin a scenario with what has happened so far.

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
    return Given(decider, list(events))


class Given:
    """A decider and its history; next say `when`."""

    def __init__(self, decider: Decider[Any, Any, Any], events: list[Any]) -> None:
        self._decider, self._events = decider, events

    def when(self, command: object) -> When:
        """Let the decider decide, twice: a decision that differs from itself is not pure."""
        first, second = self._decide(command), self._decide(command)
        if first != second:
            raise ScenarioFailed(
                f"decide is not pure: asked twice about {command!r}, it gave {first!r} and then {second!r}; "
                "put time and other outside facts into the command"
            )
        count = len(self._events)
        history = "no events" if not count else "1 event" if count == 1 else f"{count} events"
        return When(f"given {history}, when {command!r}", *first)

    def _decide(self, command: object) -> tuple[list[Any], str | None]:
        try:
            return list(self._decider.decide(command, self._decider.fold(self._events))), None
        except CommandRejected as rejected:
            return [], rejected.reason


class When:
    """What the decider decided; now say what it should have been."""

    def __init__(self, story: str, events: list[Any], rejected: str | None) -> None:
        self._story, self._events, self._rejected = story, events, rejected

    def then(self, events: Iterable[Any]) -> Passed:
        """Expect exactly these events, in this order."""
        expected = list(events)
        return self._passed_if(self._rejected is None and self._events == expected, repr(expected))

    def then_rejected(self, reason: str = "") -> Passed:
        """Expect a `CommandRejected` whose reason contains this text."""
        fits = self._rejected is not None and reason in self._rejected
        return self._passed_if(fits, f"rejected: {self._rejected if fits else reason}")

    def then_nothing(self) -> Passed:
        """Expect that the command is fine and causes no event."""
        return self._passed_if(self._rejected is None and not self._events, "nothing")

    def _passed_if(self, fits: bool, expectation: str) -> Passed:
        if fits:
            return Passed(f"✓ {self._story}, then {expectation}")
        came = repr(self._events) if self._rejected is None else f"rejected: {self._rejected}"
        raise ScenarioFailed(f"{self._story}\n  expected: {expectation}\n  came:     {came}")


class Passed(str):
    """The scenario in one line, shown without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
