"""Judges a function by cases: what goes in, and what should come back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from cqrs_lab.course.exercises.arguments import expect_arguments
from cqrs_lab.course.guard import NotYet, call, shown


class Case(NamedTuple):
    """What goes into an answer, what should come back, and what is asked if something else does."""

    given: tuple[Any, ...]
    expected: Any
    ask: str


Turn = tuple[Callable[..., Any], str]
"""A wrong turn, as a function of what goes in, and what is asked of an answer that takes it."""


def judge_cases(
    function: Any,
    called: Sequence[str],
    cases: Sequence[Case],
    turns: Sequence[Turn],
    read: Callable[..., Any],
    returns: str,
    explain: Callable[[Sequence[Any]], str] = lambda results: "",
) -> None:
    """Compare what a function returns with what is expected; name a wrong turn if it leads to the same results.

    Parameters
    ----------
    function : Any
        The learner's.
    called : sequence of str
        What the task calls it, and its arguments.
    cases : sequence of Case
    turns : sequence of (callable, str)
        The first one that returns what the answer does, in every case, is the one that is named.
    read : callable
        ``read(result, done, *given)`` returns a result in the form in which it is compared.
    returns : str
        What the function should return.
    explain : callable, optional
        What is asked where all results together show a misunderstanding that is no function of one case; "" otherwise.

    Raises
    ------
    NotYet
        At the first case with another result than expected.
    """
    name, *arguments = called
    if callable(function):
        expect_arguments(function, name, *arguments)
    done = [f"called {name}({', '.join(map(shown, one.given))})" for one in cases]
    results = [
        read(call(function, *one.given, name=name, returns=returns), what, *one.given)
        for one, what in zip(cases, done, strict=True)
    ]
    for case, what, came in zip(cases, done, results, strict=True):
        if came != case.expected:
            taken = (ask for turn, ask in turns if [turn(*one.given) for one in cases] == results)
            raise NotYet(what, shown(came), shown(case.expected), explain(results) or next(taken, case.ask))
