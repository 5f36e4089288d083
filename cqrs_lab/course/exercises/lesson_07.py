"""Exercises of lesson 7: read the stairs, tell a p99, and size a projector for an objective."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.guard import NotYet, call

# --- 07.1: a bank -----------------------------------------------------------------------------------------

Transfers = Sequence[tuple[float, float]]


def behind(answer: Any) -> None:
    """Judge a function of transfers, pairs of booked and shown at, and a moment: how many are booked and not shown."""
    three: Transfers = [(1, 4), (2, 4), (5, 8)]
    future = "The third is booked at 5 s. Is a page behind on what has not happened?"
    seconds = "That is a time. How many transfers is the page behind?"
    _count(answer, three, 3, 2, "Two are booked at 3 s. Which of them are shown?", {3: future, 1: seconds})
    counted = "You count everything that is booked. What of it is on the page already?"
    since = "So it was at 3 s. What has been shown since?"
    _count(answer, three, 6, 1, "At 6 s three are booked and two shown. What is left?", {3: counted, 2: since})
    shown = "At 4 s the first two are shown. Does 'shown at 4' hold at the moment 4?"
    _count(answer, three, 4, 0, shown, {})
    booked = "At 1 s the first is booked. Does 'booked at 1' hold at the moment 1?"
    _count(answer, three, 1, 1, booked, {})
    overtook = "The second is shown before the first. What does the newest one shown say about those in front?"
    _count(answer, [(1, 9), (2, 3)], 4, 1, overtook, {})
    _count(answer, [], 4, 0, "Nothing was ever booked. How many can a page miss?", {})


def _count(
    answer: Any, transfers: Transfers, moment: float, expected: int, ask: str, misread: Mapping[float, str]
) -> None:
    told = call(answer, list(transfers), moment, name="behind")
    number = _number(told, f"called behind({list(transfers)}, {moment})", "a number of transfers")
    if number != expected:
        raise NotYet(f"called behind({list(transfers)}, {moment})", told, str(expected), misread.get(number, ask))


def _number(told: Any, done: str, expected: str) -> float:
    try:
        number = float(told)
    except (TypeError, ValueError):
        raise NotYet(done, told, expected, "Which line of yours gives the result back?") from None
    return number


# --- 07.2 -------------------------------------------------------------------------------------------------

HUNDREDTH = math.log(100)
# The wrong turns, as formulas of rate and handling: what each of them says, and what it is told.
P99_INSTEAD: tuple[tuple[Callable[[float, float], float], str], ...] = (
    (
        lambda rate, handling: handling,
        "That is the handling alone. What does an event do while those in front of it are handled?",
    ),
    (lambda rate, handling: 1 / (1 / handling - rate), "That is the mean. How many in 100 lag more than that?"),
    (
        lambda rate, handling: 2 / (1 / handling - rate),
        "Twice the mean: 14 in 100 lag more than that. How far out are the last one in 100?",
    ),
    (
        lambda rate, handling: HUNDREDTH * handling,
        "That is the p99 of the handling, as if nobody ever stood in front. When would that be so?",
    ),
    (
        lambda rate, handling: math.log(20) / (1 / handling - rate),
        "5 in 100 lag more than that. Which one of a hundred, in order, do you look at?",
    ),
)


def p99(answer: Any) -> None:
    """Judge a function of rate and mean handling, both random: the p99 of the lag of a projector told at once."""
    for rate, handling in ((0.5, 1.0), (3.5, 0.2), (0.8, 1.0)):
        told = call(answer, rate, handling, name="p99")
        number = _number(told, f"called p99({rate}, {handling})", "a number of seconds")
        expected = HUNDREDTH / (1 / handling - rate)
        if abs(number / expected - 1) > 0.2:
            ask = "Simulate it with many events and look at the 99th of 100. What comes?"
            raise NotYet(
                f"called p99({rate}, {handling})",
                told,
                f"about {expected:.3g}",
                _said(P99_INSTEAD, rate, handling, number, ask),
            )


def _said(
    instead: tuple[tuple[Callable[[float, float], float], str], ...], rate: float, other: float, told: float, ask: str
) -> str:
    """Find the wrong turn that leads to this number."""
    for turn, sentence in instead:
        if math.isclose(told, turn(rate, other), rel_tol=0.06):
            return sentence
    return ask


# --- 07.3 -------------------------------------------------------------------------------------------------

SLOWEST_INSTEAD: tuple[tuple[Callable[[float, float], float], str], ...] = (
    (lambda rate, most: most, "Then every event takes the whole objective by itself. Who else is in front of it?"),
    (
        lambda rate, most: 0.9 / rate,
        "90 % busy sounds like room to spare. What does the hockey stick say at 90 %, for one event in 100?",
    ),
    (lambda rate, most: 1 / rate, "Busy all the time: the lag grows for ever. How much has to be left free?"),
    (
        lambda rate, most: 1 / (rate + 1 / most),
        "Now the mean is the objective. How many in 100 lag more than the mean?",
    ),
    (
        lambda rate, most: most / HUNDREDTH,
        "So it would be for an event that nobody stands in front of. How busy is your projector?",
    ),
)


def slowest(answer: Any) -> None:
    """Judge a function of rate and objective: the longest mean handling at which 99 in 100 are visible in time."""
    for rate, most in ((1.0, 2.0), (10.0, 2.0), (0.5, 12.0)):
        told = call(answer, rate, most, name="slowest")
        number = _number(told, f"called slowest({rate}, {most})", "a number of seconds")
        expected = 1 / (rate + HUNDREDTH / most)
        if not 0.9 * expected <= number <= 1.02 * expected:
            enough = 0 < number < expected
            ask = (
                "That is fast enough, and faster than it has to be. What does the slowest one that will do take?"
                if enough
                else "Put your number into p99(rate, handling). Does it keep the objective?"
            )
            said = _said(SLOWEST_INSTEAD, rate, most, number, ask)
            raise NotYet(f"called slowest({rate}, {most})", told, f"about {expected:.3g}", said)


EXERCISES = (
    Exercise(
        "07.1",
        behind,
        (
            "A transfer counts if it is booked by then, and not shown by then.",
            "booked <= moment and not shown <= moment, that is, shown > moment.",
            "sum(booked <= moment < shown for booked, shown in transfers)",
        ),
        "The vertical gap of the stairs: what is committed and not visible, whatever its order.",
    ),
    Exercise(
        "07.2",
        p99,
        (
            "A simulation will do: LagModel(Poisson(rate), Exponential(handling)), and the row p99 of its summary.",
            "Or theory: the lag is exponential with mean 1 / (1 / handling - rate). What is its last hundredth?",
            "theory.pushed(rate, handling).quantile(0.99)",
        ),
        "Not the handling, and not twice anything: 4.6 times the mean, and the mean grows with the load.",
    ),
    Exercise(
        "07.3",
        slowest,
        (
            "You have p99(rate, handling). Which handling gives the objective?",
            "Try handlings from long to short until p99 is small enough; or turn the formula round.",
            "p99 = ln(100) / (1 / handling - rate), so 1 / handling = rate + ln(100) / objective.",
        ),
        "An objective for the last one in 100 decides how much of its time a projector has to be free.",
    ),
)
