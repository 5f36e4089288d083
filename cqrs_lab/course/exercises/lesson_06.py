"""Exercises of lesson 6: pick the cheapest way, tell when a kept answer is stale, and which copies are wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cqrs_lab.course.accept import as_plain, as_word
from cqrs_lab.course.exercises.cases import Case, Turn, judge_cases
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_06_copies import Kept, Written, is_stale, wrong_copies
from cqrs_lab.course.guard import NotYet, shown

__all__ = ["EXERCISES", "Kept", "Written"]

# --- 06.1 -------------------------------------------------------------------------------------------------

Ways = Mapping[str, tuple[int, int]]
PAIR: Ways = {"log": (10_000, 0), "own table": (5, 3)}
ALL: Ways = {"joined tables": (36, 6), "own table": (13, 3), "log": (9_000, 0), "kept answer": (2, 17)}
CLOSE: Ways = {"x": (3_000_000, 3), "y": (3_000_000, 2)}
CASES = (
    Case((PAIR, 200, 100), "own table", "It writes nothing. What does each of the 200 reads touch?"),
    Case((PAIR, 1, 5_000), "log", "One read, and 5,000 writes. What does the table cost before anybody reads it?"),
    Case((ALL, 10, 10), "own table", "Ten reads and ten writes. Work out the four by hand: which is lowest?"),
    Case((ALL, 90, 10), "kept answer", "Nine reads for each write. Which way has cheap reads, and dear writes?"),
    Case((ALL, 1, 4_000), "log", "Nearly nobody asks. Which way writes nothing?"),
    Case((ALL, 0, 10), "log", "Nobody reads. What does the shop pay for each copy?"),
    Case((ALL, 70, 0), "kept answer", "Nobody writes. Which way reads the fewest rows?"),
    Case(({"z": (7, 2), "a": (1, 9), "m": (40, 1)}, 3, 3), "z", "It is 27, 30 and 123 rows. Which one is lowest?"),
    Case(({"a": (6, 6), "b": (1, 10)}, 5, 6), "b", "It is 30 + 36 rows against 5 + 60. What do you work out for each?"),
    Case(({"b": (1, 20), "a": (3, 3)}, 4, 4), "a", "It is 4 + 80 rows against 12 + 12. Which one is lower?"),
    Case(({"only": (7, 7)}, 4, 4), "only", "There is one way to choose from. What does yours return?"),
    Case((CLOSE, 10**6, 10**5), "y", "Large numbers that differ little. Which line rounds, or stops counting?"),
)


def _weighing(weigh: Callable[[int, int], tuple[int, int]]) -> Callable[..., str]:
    """Return a way to choose that counts a read and a write as often as `weigh(reads, writes)` says."""

    def choose(ways: Ways, reads: int, writes: int) -> str:
        read, write = weigh(reads, writes)
        return min(ways, key=lambda one: read * ways[one][0] + write * ways[one][1])

    return choose


def _by_one_part(part: Callable[[int, int], int]) -> Callable[..., str]:
    """Return a way to choose that compares one of the two parts of what a way costs."""
    return lambda ways, reads, writes: min(ways, key=lambda one: part(reads * ways[one][0], writes * ways[one][1]))


TURNS: tuple[Turn, ...] = (
    (
        _weighing(lambda reads, writes: (1, 0)),
        "Its reads are the cheapest. Who pays for writing the copy, with each order?",
    ),
    (_weighing(lambda reads, writes: (0, 1)), "It writes the fewest rows. What does each read touch in return?"),
    (
        _weighing(lambda reads, writes: (1, 1)),
        "You add up one read and one write. How often does each of them happen?",
    ),
    (
        _weighing(lambda reads, writes: (writes, reads)),
        "Which number of a pair is for a read? You count it as often as there are writes.",
    ),
    (
        _weighing(lambda reads, writes: (-reads, -writes)),
        "That is the dearest of them. Which end of your list do you take?",
    ),
    (
        lambda ways, reads, writes: min(ways, key=lambda one: reads * ways[one][0] * writes * ways[one][1]),
        "You multiply what is read by what is written. What would it cost to do one, and then the other?",
    ),
    (
        _by_one_part(max),
        "You compare the larger part of each cost, and leave out the smaller. Who pays for that one?",
    ),
    (
        _by_one_part(min),
        "You compare the smaller part of each cost, and leave out the larger. Who pays for that one?",
    ),
    (
        lambda ways, reads, writes: next(iter(ways)),
        "That is the first one, whatever it costs. What do you compare?",
    ),
    (
        lambda ways, reads, writes: list(ways)[-1],
        "That is the last one, whatever it costs. What do you compare the ways by?",
    ),
    (
        lambda ways, reads, writes: min(ways),
        "That is the first in the alphabet. By which number do you put the ways in order?",
    ),
    (
        _weighing(lambda reads, writes: (1, 0) if reads >= writes else (0, 1)),
        "You look at the more frequent of the two alone. By how much do the ways differ in the other?",
    ),
)


def cheapest(answer: Any) -> None:
    """Judge a function of ways (rows per read and per write of each), reads and writes: the way that costs least."""
    judge_cases(answer, ("cheapest", "ways", "reads", "writes"), CASES, TURNS, _name_of_way, "the name of a way")


def _name_of_way(came: Any, done: str, ways: Ways, reads: int, writes: int) -> str:
    came, wanted = as_plain(came), f"one of {', '.join(ways)}"
    if isinstance(came, bool):
        raise NotYet(done, shown(came), wanted, "That is a yes or a no. Which of the ways do you mean?")
    if isinstance(came, int | float):
        raise NotYet(done, shown(came), wanted, "That is a number. Which way does it belong to?")
    if not isinstance(came, str):
        ask = "The task asks for a single name. Where in what you return does it stand?"
        raise NotYet(done, shown(came), wanted, ask)
    names = {as_word(one): one for one in ways}
    if as_word(came) not in names:
        raise NotYet(done, shown(came), wanted, "No way has that name. Which of the keys of `ways` do you mean?")
    return names[as_word(came)]


EXERCISES = (
    Exercise(
        "06.1",
        cheapest,
        (
            "What a way costs: its rows per read, as often as somebody reads, and its rows per write, as often as "
            "something is written.",
            "reads * rows_read + writes * rows_written, for each way. Then take the way with the smallest.",
            "min(ways, key=lambda way: reads * ways[way][0] + writes * ways[way][1])",
        ),
        "A copy moves work from the reads to the writes. Which side happens more often decides whether it pays.",
        untouched=lambda ways, reads, writes: next(iter(ways)),
    ),
    Exercise(
        "06.2",
        is_stale,
        (
            "The clock does not change an answer. What does?",
            "Look for an event with a greater position than the answer's, in one of the answer's streams.",
            "any(one.position > answer.position and one.stream in answer.streams for one in log)",
        ),
        "A kept answer is good exactly as long as nothing that it depends on has moved: a second, or a year.",
        untouched=lambda answer, log, now_seconds: now_seconds - answer.at_seconds > 60,
    ),
    Exercise(
        "06.3",
        wrong_copies,
        (
            "A copy says two things: a balance, and the position at which the account held it.",
            "Add up the amounts whose position is not greater than the copy's. That is what it should say.",
            "[name for name, (at, balance) in copies.items() if balance != sum(x for p, x in log if p <= at)]",
        ),
        "Behind is not wrong. With its position, each copy can be checked against the log, whatever the others say.",
        untouched=lambda log, copies: [name for name, copy in copies.items() if copy != max(copies.values())],
    ),
)
