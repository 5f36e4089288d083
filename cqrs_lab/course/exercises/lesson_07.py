"""Exercises of lesson 7: read the stairs, predict a p99, and size a projector for an objective."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cqrs_lab.course.accept import as_number
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.guard import NotYet, call

# --- 07.1: a bank -----------------------------------------------------------------------------------------

Transfers = Sequence[tuple[float, float]]
SHOWN = "Does 'shown at that moment' count as shown?"
BOOKED = "Does 'booked at that moment' count as booked?"


def behind(answer: Any) -> None:
    """Judge a function of transfers, pairs of booked and shown at, and a moment: how many are booked and not shown."""
    three: Transfers = [(1, 4), (2, 4), (5, 8)]
    future = "The third is booked at 5 s. Is a page behind on what has not happened?"
    seconds = "That is a time. How many transfers is the page behind?"
    _count(answer, three, 3, 2, "Two are booked at 3 s. Which of them are shown?", {3: future, 1: seconds})
    counted = "You count everything that is booked. What of it is on the page already?"
    since = "So it was at 3 s. What has been shown since?"
    _count(answer, three, 6, 1, "At 6 s three are booked and two shown. What is left?", {3: counted, 2: since})
    _count(answer, three, 4, 0, f"At 4 s the first two are shown. {SHOWN}", {})
    _count(answer, three, 1, 1, f"At 1 s the first is booked. {BOOKED}", {})
    overtook = "The second is shown before the first. What does the newest one shown say about those in front?"
    _count(answer, [(1, 9), (2, 3)], 4, 1, overtook, {})
    _count(answer, [(1, 9), (2, 9), (3, 4)], 3.5, 3, "All three are booked, and none is shown yet.", {})
    twins = "Two transfers were booked and shown at the same moments. Are they one?"
    _count(answer, [(1, 4), (1, 4), (0.5, 0.75)], 2, 2, twins, {})
    late = "The list is in no order. What do you take its first or last entry for?"
    _count(answer, [(7, 8), (1, 6), (3, 10)], 6.5, 1, late, {})
    _count(answer, [(5, 5)], 5, 0, f"It was booked and shown at once. {SHOWN}", {})
    _count(answer, [], 4, 0, "Nothing was ever booked. How many can a page miss?", {})


def _count(
    answer: Any, transfers: Transfers, moment: float, expected: int, ask: str, misread: Mapping[float, str]
) -> None:
    done = f"called behind({list(transfers)}, {moment})"
    told = call(answer, list(transfers), moment, name="behind", returns="a number of transfers", ask=_raised(transfers))
    number = as_number(told, done, "a number of transfers")
    if number != expected:
        raise NotYet(done, number, expected, misread.get(number, ask))


def _raised(transfers: Transfers) -> str:
    return "" if transfers else "There is no transfer in this list. Which line of yours counts on one?"


# --- 07.2 -------------------------------------------------------------------------------------------------

HUNDREDTH = math.log(100)
NEAR_P99, NEAR_SLOWEST = 0.3, 0.15
"""How near is near enough, as the tasks say: a simulation of 10,000 events stays within it, whatever its seed."""
# The wrong turns, as formulas of rate and handling: what each of them says, and what it is told.
P99_INSTEAD: tuple[tuple[Callable[[float, float], float], str], ...] = (
    (
        lambda rate, handling: handling,
        "That is the handling alone. What does an event do while those in front of it are handled?",
    ),
    (
        lambda rate, handling: 2 * handling,
        "That is twice the handling. What does an event do while those in front of it are handled?",
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
    for rate, handling in ((0.5, 0.8), (2.5, 0.2), (1.5, 0.3)):
        number = as_number(
            call(answer, rate, handling, name="p99", returns="a number of seconds"),
            f"called p99({rate}, {handling})",
            "a number of seconds",
        )
        expected = HUNDREDTH / (1 / handling - rate)
        if abs(number / expected - 1) > NEAR_P99:
            ask = "Simulate it with many events and look at the 99th of 100. What comes?"
            raise NotYet(
                f"called p99({rate}, {handling})",
                f"{number:.3g}",
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
        lambda rate, most: 1 / (rate + math.log(20) / most),
        "Now 5 in 100 may miss it. How many in 100 did the shop promise?",
    ),
    (
        lambda rate, most: most / HUNDREDTH,
        "So it would be for an event that nobody stands in front of. How busy is your projector?",
    ),
)


def slowest(answer: Any) -> None:
    """Judge a function of rate and objective: the longest mean handling at which 99 in 100 are visible in time."""
    # No projector is busy for more than half of its time: there ten thousand events are enough, by any seed.
    for rate, most in ((1.0, 2.0), (2.0, 2.0), (0.5, 6.0)):
        number = as_number(
            call(answer, rate, most, name="slowest", returns="a number of seconds"),
            f"called slowest({rate}, {most})",
            "a number of seconds",
        )
        expected = 1 / (rate + HUNDREDTH / most)
        if abs(number / expected - 1) > NEAR_SLOWEST:
            ask = (
                "That is fast enough, and faster than it has to be. What does the slowest one that will do take?"
                if 0 < number < expected
                else "Put your number into p99(rate, handling). Does it keep the objective?"
            )
            said = _said(SLOWEST_INSTEAD, rate, most, number, ask)
            raise NotYet(f"called slowest({rate}, {most})", f"{number:.3g}", f"about {expected:.3g}", said)


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
        untouched=lambda transfers, moment: len(transfers),
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
        untouched=lambda rate, handling: 2 * handling,
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
        untouched=lambda rate, objective: 0.9 / rate,
    ),
)
