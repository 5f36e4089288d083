"""Exercises of lesson 7: read the stairs, predict a p99, and size a projector for an objective."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cqrs_lab.course.accept import as_number
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.guard import NotYet, call, shown

# --- 07.1: a bank -----------------------------------------------------------------------------------------

Transfers = Sequence[tuple[float, float]]
SHOWN = "Does 'shown at that moment' count as shown?"
BOOKED = "Does 'booked at that moment' count as booked?"


def behind(answer: Any) -> None:
    """Judge a function of transfers, pairs of booked and shown at, and a moment: how many are booked and not shown."""
    three: Transfers = [(10, 40), (20, 40), (50, 80)]
    future = "The third is booked at 50 s. Is a page behind on what has not happened?"
    seconds = "That is a time. How many transfers is the page behind?"
    _count(answer, three, 33, 2, "Two are booked at 33 s. Which of them are shown?", {3: future, 13: seconds})
    _count(
        answer, three, 33, 2, "Called again, it gives another number. What does it remember from the first call?", {}
    )
    counted = "You count everything that is booked. What of it is on the page already?"
    since = "So it was at 33 s. What has been shown since?"
    _count(answer, three, 60, 1, "At 60 s three are booked and two shown. What is left?", {3: counted, 2: since})
    _count(answer, three, 40, 0, f"At 40 s the first two are shown. {SHOWN}", {})
    _count(answer, three, 10, 1, f"At 10 s the first is booked. {BOOKED}", {})
    overtook = "The second is shown before the first. What does the newest one shown say about those in front?"
    _count(answer, [(1, 9), (2, 3)], 4, 1, overtook, {})
    _count(answer, [(1, 9), (2, 9), (3, 4)], 3.5, 3, "All three are booked, and none is shown yet.", {})
    twins = "Two transfers were booked and shown at the same moments. Are they one?"
    _count(answer, [(1, 4), (1, 4), (0.5, 0.75)], 2, 2, twins, {})
    late = "The list is in no order. What do you take its first or last entry for?"
    _count(answer, [(7, 8), (1, 6), (3, 10)], 6.5, 1, late, {})
    _at_the_borders(answer)
    # A prime step visits the transfers in no order; each one is on its way for 75 s.
    many: Transfers = [(at * 7919 % 300, at * 7919 % 300 + 75) for at in range(300)]
    _count(answer, many, 150, 75, "There are 300 transfers in this list. How many of them do you look at?", {})


def _at_the_borders(answer: Any) -> None:
    _count(answer, [(5, 5)], 5, 0, f"It was booked and shown at once. {SHOWN}", {})
    _count(
        answer,
        [(0, 2)],
        0,
        1,
        "Time begins at 0 s, and this transfer is booked then. Which test of yours misses it?",
        {},
    )
    fractions = "Times have fractions. Which line of yours rounds one, or moves it a little?"
    for moment, expected in ((1.0624, 0), (1.0625, 1), (1.9374, 1), (1.9375, 0)):
        _count(answer, [(1.0625, 1.9375)], moment, expected, fractions, {})
    _count(answer, [], 4, 0, "Nothing was ever booked. How many can a page miss?", {})


def _count(
    answer: Any, transfers: Transfers, moment: float, expected: int, ask: str, misread: Mapping[float, str]
) -> None:
    given = shown(list(transfers))
    done = f"called behind({given}, {moment})"
    told = call(answer, list(transfers), moment, name="behind", returns="a number of transfers", ask=_raised(transfers))
    number = as_number(told, done, "a number of transfers")
    if number != expected:
        raise NotYet(done, number, expected, misread.get(number, ask))


def _raised(transfers: Transfers) -> str:
    return "" if transfers else "There is no transfer in this list. Which line of yours counts on one?"


# --- 07.2 -------------------------------------------------------------------------------------------------

Formula = Callable[[float, float], float]
HUNDREDTH = math.log(100)
NEAR_P99, NEAR_SLOWEST = 0.3, 0.15
"""How near is near enough, as the tasks say: a simulation of 10,000 events stays within it, whatever its seed."""
# The wrong turns, as formulas of rate and handling: what each of them says, and what it is told.
P99_INSTEAD: tuple[tuple[Formula, str], ...] = (
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
    # Busy for half of the time, for a tenth and for nearly nothing; in seconds, milliseconds and minutes.
    cases = ((0.5, 0.8), (2.5, 0.2), (1.5, 0.3), (0.1, 1.0), (40.0, 0.01), (0.001, 300.0))
    ask = "Simulate it with many events and look at the 99th of 100. What do you get?"
    _near(answer, "p99", cases, lambda rate, handling: HUNDREDTH / (1 / handling - rate), NEAR_P99, P99_INSTEAD, ask)


def _near(
    answer: Any,
    name: str,
    cases: Sequence[tuple[float, float]],
    right: Formula,
    near: float,
    instead: Sequence[tuple[Formula, str]],
    ask: str | Callable[[float, float], str],
) -> None:
    """Compare an answer with a formula; a wrong turn is named where it leads to the answer's number in every case."""
    told = []
    for case in cases:
        came = call(answer, *case, name=name, returns="a number of seconds")
        told.append(as_number(came, f"called {name}{case}", "a number of seconds"))
    for case, number in zip(cases, told, strict=True):
        expected = right(*case)
        if abs(number / expected - 1) > near:
            turns = (said for turn, said in instead if _all_near(told, [turn(*one) for one in cases]))
            general = ask if isinstance(ask, str) else ask(number, expected)
            raise NotYet(f"called {name}{case}", f"{number:.3g}", f"about {expected:.3g}", next(turns, general))


def _all_near(told: Sequence[float], turned: Sequence[float]) -> bool:
    return all(math.isclose(one, other, rel_tol=0.06) for one, other in zip(told, turned, strict=True))


# --- 07.3 -------------------------------------------------------------------------------------------------

SLOWEST_INSTEAD: tuple[tuple[Formula, str], ...] = (
    (lambda rate, most: most, "Then every event takes the whole objective by itself. Who else is in front of it?"),
    (
        lambda rate, most: 0.9 / rate,
        "90 % busy sounds like room to spare. What does the hockey stick say at 90 %, for one event in 100?",
    ),
    (lambda rate, most: 1 / rate, "Busy all the time: the lag grows forever. How much has to be left free?"),
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
        "That is right for an event with nobody in front of it. How busy is your projector?",
    ),
)


def slowest(answer: Any) -> None:
    """Judge a function of rate and objective: the longest mean handling at which 99 in 100 are visible in time."""
    # No projector is busy for more than half of its time: there ten thousand events are enough, by any seed.
    cases = ((1.0, 2.0), (2.0, 2.0), (0.5, 6.0), (50.0, 0.06), (0.002, 900.0))
    _near(
        answer, "slowest", cases, lambda rate, most: 1 / (rate + HUNDREDTH / most), NEAR_SLOWEST, SLOWEST_INSTEAD, _slow
    )


def _slow(number: float, expected: float) -> str:
    if number <= 0:
        return "Handling an event takes some time. What is left if you give it none?"
    if number < expected:
        return "That is fast enough, and faster than it has to be. What does the slowest one that will do take?"
    if math.isclose(number, 1000 * expected, rel_tol=NEAR_SLOWEST):
        return "Those are milliseconds. The task asks for seconds."
    return "Put your number into p99(rate, handling). Does it keep the objective?"


EXERCISES = (
    Exercise(
        "07.1",
        behind,
        (
            "A transfer counts if it is booked by then, and not shown by then.",
            "booked <= moment and not shown <= moment, that is, shown > moment.",
            "sum(booked <= moment < shown for booked, shown in transfers)",
        ),
        "That is the vertical gap between the staircases: what is committed but not yet visible, in any order.",
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
        "It is 4.6 times the mean lag, and the mean lag grows with the load.",
        untouched=lambda rate, handling: 2 * handling,
        own_seconds=5.0,
    ),
    Exercise(
        "07.3",
        slowest,
        (
            "You have p99(rate, handling). Which handling gives the objective?",
            "Try handlings from long to short until p99 is small enough; or rearrange the formula.",
            "p99 = ln(100) / (1 / handling - rate), so 1 / handling = rate + ln(100) / objective.",
        ),
        "An objective for the last one in 100 decides how much of its time a projector has to be free.",
        untouched=lambda rate, objective: 0.9 / rate,
        own_seconds=10.0,
    ),
)
