"""Judges a function by cases: what goes in, and what should come back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from cqrs_lab.course.exercises.arguments import expect_arguments
from cqrs_lab.course.guard import NotYet, Raised, call, shown


class Case(NamedTuple):
    """What goes into an answer, what should come back, and what is asked if something else does."""

    given: tuple[Any, ...]
    expected: Any
    ask: str


Turn = tuple[Callable[..., Any], str]
"""A wrong turn, as a function of what goes in, and what is asked of an answer that takes it."""


def errors_last(judgements: Iterable[Callable[[], None]]) -> None:
    """Run judgements in their order, and go on after an answer that raises an error.

    So an answer that fails at an edge, such as an empty list, is told first what it misunderstands elsewhere.

    Parameters
    ----------
    judgements : iterable of callable
        Each raises `Raised` if the answer raises an error, and `NotYet` if it is wrong.

    Raises
    ------
    NotYet
        From the first judgement that finds the answer wrong, unless most of them so far ended in an error.
    Raised
        The first error, where nothing else is wrong.
    """
    errors: list[Raised] = []
    for count, judge in enumerate(judgements, 1):
        try:
            judge()
        except Raised as error:
            errors.append(error)
        except NotYet as found:
            if not errors:
                raise
            if 2 * len(errors) > count:
                break
            also = f"I also {errors[0].done}, and got {errors[0].came}."
            raise NotYet(found.done, found.came, found.expected, f"{found.ask} {also}") from None
    if errors:
        raise errors[0]


def judge_cases(
    function: Any,
    called: Sequence[str],
    cases: Sequence[Case],
    turns: Sequence[Turn],
    read: Callable[..., Any],
    returns: str,
    explain: Callable[[Sequence[Case], Sequence[Any]], str] = lambda cases, results: "",
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
        The first one that returns what the answer does, in every case where this raises no error, is named.
    read : callable
        ``read(result, done, *given)`` returns a result in the form in which it is compared.
    returns : str
        What the function should return.
    explain : callable, optional
        What is asked where all results together show a misunderstanding that is no function of one case; "" otherwise.

    Raises
    ------
    NotYet
        At the first case with another result than expected; for an error in the answer see `errors_last`.
    """
    name, *arguments = called
    if callable(function):
        expect_arguments(function, name, *arguments)
    answered: list[tuple[Case, str, Any]] = []

    def ask(case: Case) -> None:
        done = f"called {name}({', '.join(map(shown, case.given))})"
        came = read(call(function, *case.given, name=name, returns=returns), done, *case.given)
        answered.append((case, done, came))

    def compare() -> None:
        asked, results = [case for case, _, _ in answered], [came for _, _, came in answered]
        for case, done, came in answered:
            if came != case.expected:
                taken = (ask for turn, ask in turns if [turn(*one.given) for one in asked] == results)
                ask_why = explain(asked, results) or next(taken, case.ask)
                raise NotYet(done, shown(came), shown(case.expected), ask_why)

    errors_last([*(partial(ask, case) for case in cases), compare])
