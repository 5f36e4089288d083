"""Exercises of lesson 3: append to a log, ask the past, and find what the last row has forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from operator import le, lt
from typing import Any

from cqrs_lab.course.accept import as_number
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_03_append import APPEND, HalfStore
from cqrs_lab.course.exercises.lesson_03_further import EXERCISES as FURTHER
from cqrs_lab.course.guard import NotYet, call, shown
from cqrs_lab.shop.events import (
    StockAdjusted,
    StockAdjustmentRefused,
    StockReceived,
    StockReleased,
    StockReservationRefused,
    StockReserved,
)

__all__ = ["EXERCISES", "HalfStore"]

# --- 03.2 -------------------------------------------------------------------------------------------------


def _january(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 1, day, hour)


SHELF: list[Any] = [
    StockReceived("cup", 12, _january(2)),
    StockReserved("cup", "o1", 5, _january(3)),
    StockAdjusted("cup", -2, "broken", "b1", _january(4)),
    StockReleased("cup", "o1", 5, _january(5)),
    StockReserved("cup", "o2", 4, _january(6)),
    StockReservationRefused("cup", "o3", 50, 44, _january(7)),
    StockReceived("cup", 30, _january(9)),
    StockAdjusted("cup", 1, "found", "f1", _january(9)),
    StockAdjustmentRefused("cup", -3, "test", "t1", _january(11)),
]
ON_SHELF = {
    _january(1): 0,
    _january(3): 12,
    _january(4, 9): 12,
    _january(4): 10,
    _january(8): 10,
    _january(9): 41,
    _january(12): 41,
}


AT_ONCE, LATER = datetime(2026, 1, 31, 8, 30, 15, 250), datetime(2026, 2, 1, 8, 30, 15, 250_700)
TINY = timedelta(microseconds=1)
FINE: list[Any] = [
    StockReceived("cup", 7, datetime(2025, 12, 30, 23, 59, 59, 999_999)),
    StockAdjusted("cup", -2, "broken", "b2", AT_ONCE),
    StockReceived("cup", 7, AT_ONCE),
    StockAdjusted("cup", -2, "a gift", "g1", LATER),
    StockReceived("cup", 100, datetime(2026, 3, 1, 0, 0, 0, 1)),
]
ON_FINE_SHELF = {
    datetime(2027, 1, 1): 110,
    datetime(2025, 12, 31): 7,
    datetime(2025, 3, 2): 0,
    datetime(2026, 1, 1): 7,
    AT_ONCE - timedelta(hours=1): 7,
    AT_ONCE - timedelta(seconds=40): 7,
    AT_ONCE - timedelta(seconds=1): 7,
    AT_ONCE - TINY: 7,
    AT_ONCE: 12,
    AT_ONCE + TINY: 12,
    LATER - TINY: 12,
    LATER: 10,
    datetime(2026, 3, 1): 10,
    datetime(2026, 3, 1, 12): 110,
}


def past(answer: Any) -> None:
    """Judge ``on_hand_at(facts, moment)``: what was received and adjusted up to and including a moment."""
    came = [_on_hand_at(answer, SHELF, moment) for moment in ON_SHELF]
    for (moment, expected), one in zip(ON_SHELF.items(), came, strict=True):
        if one != expected:
            ask = _ONE_DAY if len(set(came)) == 1 else _misread(came, _PASTS, ON_SHELF, _ADD_UP)
            raise NotYet(_asked_for(moment), one, expected, ask)
    if (two_broke := _on_hand_at(answer, SHELF[:3], _january(4))) != ON_SHELF[_january(4)]:
        ask = "The last of these facts happened at that very moment: two cups broke. Do you stop before it?"
        raise NotYet(f"called on_hand_at with {SHELF[:3]}, for 4 January, 12:00", two_broke, ON_SHELF[_january(4)], ask)
    if (empty := _on_hand_at(answer, [], _january(9))) != 0:
        ask = "Nothing has happened to this product yet. How many cups are on its shelf?"
        raise NotYet("called on_hand_at with no facts at all", empty, 0, ask)
    _to_the_microsecond(answer)


def _to_the_microsecond(answer: Any) -> None:
    for moment, expected in ON_FINE_SHELF.items():
        done = f"called on_hand_at with facts from 30 December 2025 to 1 March 2026, for {moment}"
        if (came := _on_hand_at(answer, FINE, moment)) != expected:
            ask = "A moment has a year and a month, seconds and microseconds. Which of them do you not compare?"
            twins = "All of this has happened by then. Two deliveries were of seven cups: do both of them count?"
            at_the_end = {105: twins, 112: _ADD_UP} if moment.year == 2027 else {}
            raise NotYet(done, came, expected, at_the_end.get(int(came), ask))


def _on_hand_at(answer: Any, facts: list[Any], moment: datetime) -> float:
    came = call(answer, facts, moment, name="on_hand_at", returns="a number of cups")
    return as_number(came, _asked_for(moment), "a number of cups")


def _asked_for(moment: datetime) -> str:
    return f"called on_hand_at with facts from 2 to 11 January, for {moment:%A, %d January, %H:%M}"


Rule = Callable[[Any], Any]


def _misread(came: Sequence[Any], rules: Sequence[tuple[Rule, str]], cases: Iterable[Any], other: str) -> str:
    """Find the misunderstanding that leads to exactly these results, and what is asked about it."""
    asked = list(cases)
    return next((ask for rule, ask in rules if [rule(case) for case in asked] == list(came)), other)


def _by_then(moment: datetime, by: Callable[[Any, Any], bool] = le) -> list[Any]:
    return [fact for fact in SHELF if by(next(getattr(fact, one) for one in fact.__slots__ if "_at" in one), moment)]


def _shelf(weights: dict[type, int], by: Callable[[Any, Any], bool] = le) -> Rule:
    """Make the rule that adds up quantities, each kind of fact with its weight."""
    return lambda moment: sum(weights.get(type(fact), 0) * fact.quantity for fact in _by_then(moment, by))


_ONE_DAY = (
    "The same number for every day: whose day is that? Which events had not happened yet at the moment asked for?"
)
_ADD_UP = "Add up by hand what had happened by then. Which event do you count differently?"
_MOVES = {StockReceived: 1, StockAdjusted: 1}
_ALL = {type(fact): 1 for fact in SHELF}
_PASTS: list[tuple[Rule, str]] = [
    (_shelf({StockReceived: 1}), "Two cups broke and one was found again. Which kind of event says so?"),
    (_shelf({StockAdjusted: 1}), "Twelve cups came in, and thirty more. Which kind of event says so?"),
    (_shelf(_MOVES, lt), "What happened at that very moment has happened. Is your comparison too strict?"),
    (
        _shelf(_MOVES, lambda at, moment: at.date() <= moment.date()),
        "At nine in the morning you count what happened at noon. Do you compare days, or moments?",
    ),
    (_shelf(_MOVES | {StockReserved: -1}), "Some cups were set aside for an order. Did they leave the shelf?"),
    (
        _shelf(_MOVES | {StockReserved: -1, StockReleased: 1}),
        "Some cups were set aside, and some of these are free again. Did any of them leave the shelf?",
    ),
    (_shelf(_ALL), "Setting aside and refusing have a quantity too. Which of all these events move a cup?"),
    (
        _shelf(_ALL | {StockReserved: 0}),
        "Some of these were refused or released, and moved no cup. Which two kinds move one?",
    ),
    (
        _shelf(_MOVES | {StockAdjusted: -1}),
        "The quantity of a broken cup is negative already. Do you subtract it a second time?",
    ),
    (
        lambda moment: sum(abs(fact.quantity) for fact in _by_then(moment) if type(fact) in _MOVES),
        "The quantity of a broken cup is negative. Where did you lose the minus?",
    ),
    (
        lambda moment: sum(type(fact) in _MOVES for fact in _by_then(moment)),
        "That is how many events there were. How many cups did each of them move?",
    ),
    (
        lambda moment: [0, *(fact.quantity for fact in _by_then(moment) if type(fact) in _MOVES)][-1],
        "That is what the last event moved. What was on the shelf before it?",
    ),
]


# --- 03.3: a bank -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MoneyMoved:
    """What a bank records: pence in, or out if negative."""

    pence: int


LOWEST: dict[tuple[int, ...], int] = {
    (500, -480, 300, -100): 20,
    (100, 50): 100,
    (300, -500, 900): -200,
    (400, -100, -150): 150,
    (200, 300, -100): 200,
    (-30, 100): -30,
    (70,): 70,
    (5_000_000, -1_000): 4_999_000,
    (50, -50, 30): 0,
    (100, -300, -300, 500): -500,
    (100, -30, -30, -30, 53): 10,
    (9_007, -9_000, 4): 7,
    (1_000_000_000_000, -1): 999_999_999_999,
    (*range(1, 120), *range(-201, 0), *range(1, 90)): -13_161,
}


def _balances(pence: Iterable[int]) -> list[int]:
    return list(accumulate(pence))


_LOWEST: list[tuple[Rule, str]] = [
    (sum, "That is the last balance, all that a row would have kept. Was the account ever lower?"),
    (min, "That is the largest withdrawal, not a balance. What was in the account after it?"),
    (
        lambda pence: min(0, *_balances(pence)),
        "Before the first event there is no account. After which event was the balance 0?",
    ),
    (lambda pence: min(_balances(pence)) / 100, "That is in pounds, and the events are in pence. What do you divide?"),
    (lambda pence: max(_balances(pence)), "That is the highest balance. Which is the lowest?"),
    (
        lambda pence: min(_balances(pence)[:-1] or _balances(pence)),
        "Do you stop before the last event? The balance after it counts too.",
    ),
    (
        lambda pence: min(_balances(pence)[1:] or _balances(pence)),
        "Do you begin after the second event? The balance after the first counts too.",
    ),
    (
        lambda pence: max(0, min(_balances(pence))),
        "This account went below zero. Where do you cut the balance off?",
    ),
    (
        lambda pence: min(map(abs, _balances(pence))),
        "A balance of -200 is lower than one of 100. Where did you lose the minus?",
    ),
    (lambda pence: min(_balances(map(abs, pence))), "A withdrawal has a minus. Do you add it all the same?"),
    (
        lambda pence: _balances(pence).index(min(_balances(pence))),
        "That is the number of the event. How much was in the account after it?",
    ),
    (
        lambda pence: _balances(pence)[list(pence).index(min(pence))],
        "That is the balance after the largest withdrawal. Can several small ones lead lower?",
    ),
    (lambda pence: min(_balances(sorted(pence))), "You sorted the events. In which order did they happen?"),
]


def lowest(answer: Any) -> None:
    """Judge ``lowest_balance(facts)``: the lowest balance the account ever had after an event."""
    came = [_lowest_balance(answer, pence) for pence in LOWEST]
    for (pence, expected), one in zip(LOWEST.items(), came, strict=True):
        if one != expected:
            ask = _misread(came, _LOWEST, LOWEST, "Write the balance down after each event. Which is the lowest?")
            raise NotYet(f"called lowest_balance after moving {shown(list(pence))} pence", one, expected, ask)


def _lowest_balance(answer: Any, pence: Sequence[int]) -> float:
    came = call(answer, [MoneyMoved(one) for one in pence], name="lowest_balance", returns="a number of pence")
    return as_number(came, f"called lowest_balance after moving {shown(list(pence))} pence", "a number of pence")


EXERCISES = (
    APPEND,
    Exercise(
        "03.2",
        past,
        (
            "Which events had happened by then? Each kind keeps its time under a name of its own.",
            "Receiving and adjusting move cups. Setting them aside does not.",
            "Add up quantity where received_at or adjusted_at is at or before the moment.",
        ),
        "The record answers a question about any day, even one that nobody thought of at the time.",
    ),
    Exercise(
        "03.3",
        lowest,
        (
            "One number at the end has forgotten how it came about.",
            "Keep a running balance, and note it after each event.",
            "itertools.accumulate gives the balance after each event.",
        ),
        "The last row knows where you are. Only the record knows where you have been.",
    ),
    *FURTHER,
)
