"""Judges how many partitions and copies a read side needs to keep a promise about events, and one about questions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cqrs_lab.course.accept import as_items, as_plain, as_whole
from cqrs_lab.course.exercises.cases import Case, Turn, judge_cases
from cqrs_lab.course.guard import NotYet, shown

FIVE_IN_100, ONE_IN_100, AVERAGE = math.log(20), math.log(100), 1.0
"""How many times its mean an exponential lag takes at most, for all but so many events; the mean itself takes one."""
RETURNED = "how many partitions, and how many copies"


class Needs(NamedTuple):
    """What is asked of a read side: events and questions per second, seconds, and what a copy can answer."""

    rate: float
    handling: float
    objective: float
    questions: float
    per_copy: float

    def partitions(self, late: float = ONE_IN_100) -> int:
        """Return the fewest partitions of which each shows its events in time."""
        return math.ceil(self.rate / (1 / self.handling - late / self.objective))

    def busy(self, share: float) -> int:
        """Return the fewest partitions of which none is busy for more than this share of its time."""
        return math.ceil(self.rate * self.handling / share)

    @property
    def copies(self) -> int:
        """The fewest copies that answer all questions."""
        return math.ceil(self.questions / self.per_copy)


# With a partition less the p99 is a third above the promise or more, and with these it is a quarter below: a simulation
# of ten thousand events will do. The last promise is so long that a projector may be nearly always busy.
SHOP, EXACT, ONE_COPY, ONE_PARTITION, LITTLE, NEARLY_FULL, PATIENT = NEEDS = (
    Needs(24, 0.1, 1.5, 150, 60),
    Needs(6, 0.4, 6.3, 40, 10),
    Needs(45, 0.02, 0.25, 90, 100),
    Needs(5, 0.1, 1.3, 500, 80),
    Needs(12, 0.15, 2.5, 30, 100),
    Needs(19.5, 0.1, 1.8, 210, 100),
    Needs(28.5, 0.1, 30, 55, 50),
)
ASKS = {
    SHOP: "24 events a second, 0.1 s each. How late is 1 event in 100 with as many partitions as you say?",
    EXACT: "Four copies answer just as many questions as there are. And how late is 1 event in 100?",
    ONE_COPY: "One copy can answer all of these questions. Can one projector keep the other promise?",
    ONE_PARTITION: "One projector keeps this promise. What do the many questions ask for?",
    LITTLE: "12 events a second, 0.15 s each. How late is 1 event in 100 with as many partitions as you say?",
    NEARLY_FULL: "Two projectors would have nearly nothing free. How many does it take, and how many copies?",
    PATIENT: "30 s is a long time. How busy may a projector be?",
}
CASES = tuple(Case(one, (one.partitions(), one.copies), ASKS[one]) for one in NEEDS)


def _turn(numbers: Callable[[Needs], tuple[int, int]], ask: str) -> Turn:
    return (lambda *given: numbers(Needs(*given))), ask


TURNS = (
    _turn(
        lambda one: (one.partitions(AVERAGE), one.copies),
        "Now the mean keeps the promise. How many in 100 events are later than the mean?",
    ),
    _turn(
        lambda one: (one.busy(1), one.copies),
        "Just enough for the work, so nearly nothing is left free. And lag = handling ÷ free share?",
    ),
    _turn(
        lambda one: (one.busy(0.9), one.copies),
        "90 % busy, whatever was promised. How late is 1 event in 100 then?",
    ),
    _turn(
        lambda one: (one.partitions(FIVE_IN_100), one.copies),
        "Now 5 in 100 may be late. How many in 100 did the shop promise?",
    ),
    _turn(
        lambda one: (one._replace(rate=one.rate / one.copies).partitions(), one.copies),
        "You let the copies share the events. Which events can a copy leave out, and still answer every question?",
    ),
    _turn(
        lambda one: (one.partitions() * one.copies, one.copies),
        "That is how many projectors run in all copies together. Into how many parts is the log cut?",
    ),
    _turn(
        lambda one: (one.copies, one.partitions()),
        "These are the right numbers in the other order. Which one does the task ask for first?",
    ),
    _turn(
        lambda one: (one.partitions(), 1),
        "One copy for all questions. How many of them can it answer in a second?",
    ),
    _turn(
        lambda one: (one.partitions(), math.ceil(one.questions / one.per_copy / one.partitions())),
        "You divide the questions by the partitions too. Does a question go to one partition, or to a whole copy?",
    ),
    _turn(
        lambda one: (one.partitions(), int(one.questions / one.per_copy)),
        "Two and a half copies became two. Which way do you round, if all questions are to be answered?",
    ),
    _turn(
        lambda one: (one.partitions(), int(one.questions / one.per_copy) + 1),
        "Where the copies are just enough, you add another one. What would it answer?",
    ),
)


def how_many(answer: Any) -> None:
    """Judge a function that sizes a read side: the fewest partitions and copies that keep a promise."""
    judge_cases(answer, ("how_many", *Needs._fields), CASES, TURNS, _two_numbers, returns=RETURNED)


def _two_numbers(came: Any, done: str, *given: Any) -> tuple[int, ...]:
    plain = as_plain(came)
    items = list(plain.values()) if isinstance(plain, Mapping) else as_items(plain, done, RETURNED)
    if len(items) != 2:
        raise NotYet(done, shown(came), RETURNED, "Two numbers are asked for. Which of yours are they?")
    return tuple(as_whole(one, done, RETURNED) for one in items)
