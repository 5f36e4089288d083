"""Exercises of lesson 9b: find the skipped event, choose a remedy, and write the rule of a reader."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from cqrs_lab.course.accept import as_items, as_whole
from cqrs_lab.course.exercises.cases import errors_last
from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.guard import NotYet, call, shown

# --- 09b.1 ------------------------------------------------------------------------------------------------

Commits = dict[int, float | None]
Polls = list[tuple[float, int]]
NEVER_USED = "That transaction gave up. A number may be missing from a log; is an event missing?"
LAG_ZERO = "The reader stands at 2, the log ends at 2, so its lag is zero. Has it ever read position 1?"
STILL_COMES = "No poll has passed it yet. What will the next one find?"
IN_TIME = "It committed after a later position, and before any poll. Which poll passed it?"
AT_THE_POLL = "A poll reads what is committed in the very same second. Which sign do you compare with?"
LATER_PART = "This part of the log begins at position 41. What do you count from?"
NO_POLL = "Nobody has polled yet. Which line of yours counts on a poll?"
# Two events a second, each poll a second; every third event commits when the next poll has passed it.
MANY: tuple[Commits, Polls] = (
    {at: at / 2 - 0.25 + (1.75 if at % 3 == 0 else 0) for at in range(1, 61)},
    [(float(second), second * 2) for second in range(1, 33)],
)
PASSED_EARLY = "A poll passed it before it was there. Does a later poll look back?"


def find_skipped(answer: Any) -> None:
    """Judge ``skipped(commits, polls)``: the positions that are committed, and that the reader never reads."""
    cases: tuple[tuple[Commits, Polls, str], ...] = (
        ({1: None, 2: 1.2}, [(1.0, 0), (2.0, 2)], NEVER_USED),
        ({1: 2.4, 2: 1.7}, [(1.0, 0), (2.0, 2)], LAG_ZERO),
        ({1: 0.5, 2: 3.5}, [(1.0, 1), (2.0, 1)], STILL_COMES),
        ({1: 1.8, 2: 1.5}, [(1.0, 0), (2.0, 2)], IN_TIME),
        ({1: 2.0, 2: 1.5}, [(1.0, 0), (2.0, 2)], AT_THE_POLL),
        ({1: 2.5, 2: 1.5, 3: 2.7, 4: None}, [(1.0, 0), (2.0, 2), (3.0, 3)], PASSED_EARLY),
        ({1: 0.2, 2: 4.1, 3: 0.9, 4: 3.0, 5: 2.9, 6: 9.0}, [(1.0, 3), (2.0, 3), (3.0, 5), (5.0, 5)], PASSED_EARLY),
        ({41: 7.5, 42: 6.5, 43: 8.5, 44: 7.0}, [(6.0, 40), (7.0, 44), (9.0, 44)], LATER_PART),
        ({1: 0.5}, [], NO_POLL),
        ({}, [(1.0, 0)], "Nothing is in this log. Which line of yours counts on an event?"),
        (*MANY, "There are many polls and events here. Which of them do you look at?"),
    )
    kind = "A position is a whole number, a key of commits. What did you put in?"
    for commits, polls, ask in cases:
        done = f"called skipped({shown(commits)}, {shown(polls)})"
        raised = "" if commits and polls else ask
        came = as_items(
            call(answer, commits, polls, name="skipped", returns="positions", ask=raised), done, "positions"
        )
        try:
            positions = {as_whole(one, done) for one in came}
        except NotYet:
            raise NotYet(done, shown(came), "positions, such as {3, 4}", kind) from None
        expected = _never_read(commits, polls)
        if positions != expected:
            raise NotYet(done, sorted(positions) or "none", sorted(expected) or "none", ask)


def _never_read(commits: Commits, polls: Polls) -> set[int]:
    """Read as the reader does: at each poll, what is there above its position."""
    read, at = set[int](), 0
    for second, upto in polls:
        read |= {position for position, done in commits.items() if done is not None and done <= second} & set(
            range(at + 1, upto + 1)
        )
        at = upto
    return {position for position, done in commits.items() if done is not None and position <= at} - read


def _skipped_of_the_cell(commits: Any, polls: Any) -> Any:
    second, upto = polls[-1]
    return {position for position in commits if position > upto}


# --- 09b.2: stores outside the shop -----------------------------------------------------------------------

REMEDIES = ("lock", "low watermark", "gap-aware reader", "none needed")
STORES = {
    "a library": "lock",
    "a ticket office": "low watermark",
    "a clinic": "gap-aware reader",
    "a diary": "none needed",
}
WHY_NOT: Mapping[tuple[str, str], str] = {
    ("a library", "low watermark"): "Its database cannot say which transactions are open. What would the mark be?",
    ("a library", "gap-aware reader"): "After a rollback its reader would wait, and the desk wants the shelf at once. "
    "How busy would a lock be here?",
    ("a library", "none needed"): "Two desks write at the same time, and each gets its number first. What if the first "
    "one commits last?",
    ("a ticket office", "lock"): "40 a second, of 0.1 s each. How much of the time would one writer at a time need?",
    ("a ticket office", "gap-aware reader"): "Who may lose no ticket must not give up on one. When does this reader?",
    ("a ticket office", "none needed"): "Many write at once, and numbers come before commits. What does a poll pass?",
    ("a clinic", "lock"): "Its own writers would queue, and 50 wards write all the time. Who would wait for whom?",
    ("a clinic", "low watermark"): "A report in the same database stays open all night. Where would the mark stand?",
    ("a clinic", "none needed"): "Numbers come before commits here too. What could a poll pass?",
    ("a diary", "lock"): "There is one writer. Whom would the lock keep out?",
    ("a diary", "low watermark"): "Below which open transaction would a second one commit, if there is only one?",
    ("a diary", "gap-aware reader"): "Which number could be late, if one writer finishes before it begins again?",
}


def choose(answer: Any) -> None:
    """Judge a mapping from each store to the remedy that fits it."""
    judge_choices(
        answer,
        STORES,
        REMEDIES,
        WHY_NOT,
        each="Which remedy does each of the four need?",
        open_="Ask three things: how busy would a lock be, can the database say what is open, may an event be lost?",
    )


# --- 09b.3 ------------------------------------------------------------------------------------------------

Positions = list[int]
NOTHING_OPEN = "Nothing is open, and both are committed. What does your reader wait for?"
ROLLED_BACK = "Number 2 was rolled back: nobody has it any more. Why does your reader stop at 1?"
BEGINS_AT_41 = "This part of the log begins at position 41. What do you count from?"
PASSES = "A transaction is still open below that. If it commits later, who will read its event?"
OLDEST = "Two transactions are open. Which of them does your reader stop before?"
BELOW = "Nothing can be added below the oldest open transaction. Why does your reader wait there?"
LONG = "This log is long. Which part of it do you look at?"
COUNTS_ON_ONE = "Nothing is open here. Which line of yours counts on an open transaction?"
RULE_CASES: tuple[tuple[Positions, Positions, str], ...] = (
    ([2], [1], PASSES),
    ([1, 2], [], NOTHING_OPEN),
    ([1, 2, 4], [3], PASSES),
    ([1, 3], [], ROLLED_BACK),
    ([1, 2, 3, 5], [4, 6], OLDEST),
    ([1, 2, 4, 6, 8], [5, 7], OLDEST),
    ([2, 3, 5], [4], PASSES),
    ([1, 2], [3, 4], OLDEST),
    ([41, 43, 44], [42], BEGINS_AT_41),
    ([41, 43], [], BEGINS_AT_41),
    ([at for at in range(1, 400) if at % 7 and at != 333], [333], LONG),
    ([at for at in range(1, 400) if at % 7], [], LONG),
)


def reads_up_to(answer: Any) -> None:
    """Judge ``upto(committed, still_open)`` by what is read up to there; no more and no less is right."""
    errors_last(partial(_reads_up_to, answer, *case) for case in RULE_CASES)


def _reads_up_to(answer: Any, committed: Positions, still_open: Positions, ask: str) -> None:
    done = f"called upto({shown(committed)}, {shown(still_open)})"
    raised = "" if still_open else COUNTS_ON_ONE
    came = as_whole(call(answer, committed, still_open, name="upto", returns="a position", ask=raised), done)
    expected = [at for at in committed if all(at < one for one in still_open)]
    read = [at for at in committed if at <= came]
    if read != expected:
        waits = len(read) < len(expected) and ask in (PASSES, OLDEST)
        told = f"{came}, and so it reads {_positions(read)}"
        raise NotYet(done, told, f"it reads {_positions(expected)}", BELOW if waits else ask)


def _positions(read: Positions) -> str:
    if len(read) > 8:
        return f"{len(read)} events, up to {read[-1]}"
    return ", ".join(map(str, read)) or "nothing"


def _upto_of_the_cell(committed: Any, still_open: Any) -> Any:
    return max(committed)


EXERCISES = (
    Exercise(
        "09b.1",
        find_skipped,
        (
            "An event is skipped when a poll passes its position before it is committed.",
            "For each position: which is the first poll that stands at it or beyond? Was it committed by then?",
            "Skip what gave up (None), and what no poll has passed yet.",
        ),
        "A lag of zero says where the reader is, but not what it has read.",
        untouched=_skipped_of_the_cell,
    ),
    Exercise(
        "09b.2",
        choose,
        (
            "How busy is a lock? Transactions a second, times the seconds that each is open.",
            "A low watermark needs somebody who knows what is open, and it waits for the oldest. A gap-aware reader "
            "gives up, and must be right to do so.",
            "One writer alone cannot overtake itself. 40 a second of 0.1 s each are too many for a lock.",
        ),
        "Each remedy lets somebody else wait: the writers, the readers, or the readers until they give up.",
        untouched={"a library": None, "a ticket office": None, "a clinic": None, "a diary": None},
    ),
    Exercise(
        "09b.3",
        reads_up_to,
        (
            "Which event could still appear below a position that your reader has passed?",
            "Only one whose transaction is open now. A number that is in neither list was rolled back.",
            "If something is open, stop before the first of still_open. If not, read all that is committed.",
        ),
        "That is a low watermark: below the oldest open transaction nothing can appear any more.",
        untouched=_upto_of_the_cell,
    ),
)
