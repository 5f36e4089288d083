"""Exercises of lesson 15: six cases, where a choice flips, and the part that needs it."""

from __future__ import annotations

from typing import Any

from cqrs_lab.course.accept import as_number, as_plain
from cqrs_lab.course.exercises.cases import Case, Turn, judge_cases
from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_15_cases import six_cases
from cqrs_lab.simulation.choice_cases import CASES as CASES_TO_DECIDE

# --- 15.2: a library --------------------------------------------------------------------------------------

Costs = tuple[float, float]
NEVER = "No read share from 0 to 1 makes the two equal here. What does your function return then?"
CASES = (
    Case(((1, 20), (8, 1), 2), 0.455, "Of 33 requests, 15 read. 15 × 20 + 18 × 1 against 2 × (15 × 1 + 18 × 8)?"),
    Case(((2, 6), (3, 1), 1), 0.167, "Of 6 requests, 1 reads. 6 + 5 × 2 against 1 + 5 × 3: what is on each side?"),
    Case(((1, 20), (8, 1), 1), 0.269, "The same library, and worth is 1. Where does `worth` stand in yours?"),
    Case(((1, 0.4), (4, 0.3), 2), None, NEVER),
    Case(((9, 20), (4, 1), 2), None, "Here CQRS is worth it at every read share. " + NEVER),
    Case(((5, 50), (40, 10), 4), 0.939, "31 × 50 + 2 × 5 and 4 × (31 × 10 + 2 × 40) are equal. What is yours?"),
    Case(
        ((1, 3), (1.5, 1), 3),
        None,
        "Here the two meet only where nobody writes. " + NEVER,
    ),
)


def _raw(crud: Costs, cqrs: Costs, worth: float) -> float:
    """Return where the two lines cross, also where no share of anything lies."""
    gap = worth * cqrs[0] - crud[0]
    return gap / (gap + crud[1] - worth * cqrs[1])


def _share(crud: Costs, cqrs: Costs, worth: float) -> float | None:
    share = _raw(crud, cqrs, worth)
    return round(share, 3) if 0 < share < 1 else None


def _as_percent(crud: Costs, cqrs: Costs, worth: float) -> float | None:
    share = _raw(crud, cqrs, worth)
    return round(100 * share, 3) if 0 < share < 1 else None


def _of_writes(crud: Costs, cqrs: Costs, worth: float) -> float | None:
    share = _raw(crud, cqrs, worth)
    return round(1 - share, 3) if 0 < share < 1 else None


TURNS: tuple[Turn, ...] = (
    (
        lambda crud, cqrs, worth: _share(crud, cqrs, 1),
        "You look for where the two are equal. How many times less does CQRS have to be?",
    ),
    (
        lambda crud, cqrs, worth: _share(crud, cqrs, 1 / worth),
        "You make CRUD `worth` times as dear. Which side has to be so much cheaper?",
    ),
    (
        _of_writes,
        "That is the share of the requests that write. Which number of a pair is for a write, and what is asked for?",
    ),
    (_as_percent, "You return percent. A share of all requests is a number from 0 to 1."),
    (
        lambda crud, cqrs, worth: round(_raw(crud, cqrs, worth), 3),
        "That is a share below 0 or above 1. Can that many of the requests read?",
    ),
    (
        lambda crud, cqrs, worth: round(cqrs[0] / (cqrs[0] + crud[1]), 3),
        "You compare the writes of one side with the reads of the other. What does each side do with 100 requests?",
    ),
    (
        lambda crud, cqrs, worth: 0.0 if crud[1] > cqrs[1] else None,
        "A read is cheaper there, and so it wins from the first one on? Who pays for the writes?",
    ),
    (
        lambda crud, cqrs, worth: None,
        "You return None for every library. What do 33 requests cost each side of the first?",
    ),
)


def turns_at(answer: Any) -> None:
    """Judge a function of both sides' costs, as (write, read), and of `worth`: the read share at the flip."""
    judge_cases(answer, ("turns_at", "crud", "cqrs", "worth"), CASES, TURNS, _share_or_none, returns="")


def _share_or_none(came: Any, done: str, *given: Any) -> float | None:
    came = as_plain(came)
    return None if came is None else round(as_number(came, done, "a share from 0 to 1, or None"), 3)


# --- 15.3 -------------------------------------------------------------------------------------------------

WAYS = ("rows", "read model", "events")
LIBRARY = {
    "Who has this copy now? Asked at each loan.": "rows",
    "The 50 books most borrowed this year, on the front page.": "read model",
    "How often was a fee waived, by whom, and was it taken back?": "events",
    "A member's address.": "rows",
    "Two people ask for the last copy in the same second.": "rows",
    "Search 200,000 titles by any word, 80 times a second.": "read model",
    "What did the catalogue say on the day of the complaint?": "events",
}
_NOW, _TOP, _FEES, _ADDRESS, _LAST, _SEARCH, _THEN = LIBRARY
WHY_NOT = {
    (_NOW, "read model"): "One row, found by its key. What would a second copy be faster at, and who waits for it?",
    (_NOW, "events"): "It is asked for what is true now, and the row says that. Who asks how it came about?",
    (_TOP, "rows"): "Then each visitor adds up a year of loans. May that list be a minute old?",
    (_TOP, "events"): "The loans are in rows, and rows can be added up into a table. What is missing from them?",
    (_FEES, "rows"): "A row holds the fee as it is today. Where is one that was waived, and then taken back?",
    (_FEES, "read model"): "Made from what? A row that was overwritten can fill no table.",
    (_ADDRESS, "read model"): "It is read as it is written: one row, for one member. What is there to join?",
    (_ADDRESS, "events"): "All or nothing? An address is looked up and changed. Who must know the one before?",
    (_LAST, "read model"): "A read model may be late. Who gets the copy if both are told that it is there?",
    (_LAST, "events"): "A version check does it too. What does a statement that looks and writes do?",
    (_SEARCH, "rows"): "No index finds a word in the middle of a title. What shape does this question want?",
    (_SEARCH, "events"): "The titles are all there, in rows. It is their shape that is wrong. What changes a shape?",
    (_THEN, "rows"): "The row says what it says today. What did it say then?",
    (_THEN, "read model"): "A table of today's rows, in another shape, still shows today. What was not kept?",
}  # fmt: skip


def which_part(answer: Any) -> None:
    """Judge what each part of a library is given: its rows, a read model beside them, or events."""
    judge_choices(
        answer,
        LIBRARY,
        WAYS,
        WHY_NOT,
        each="For each part of the library: rows, a read model beside them, or events?",
        open_="Is it about how things are, about a shape that is dear to work out, or about how they came to be so?",
    )


EXERCISES = (
    Exercise(
        "15.1",
        six_cases,
        (
            'should_you(CASES[name], unit="ms") shows a case, and its table has both numbers.',
            'choose(case.costs, case.traffic) returns the same: .choice, .crud, .cqrs and .flip("read_share").at.',
            "Take CQRS only where crud is more than twice cqrs. Where no read share flips it, write None.",
        ),
        "Two numbers decide, and a third one says how long the decision holds. Write all three down.",
        untouched={name: ("", 0, 0, None) for name in CASES_TO_DECIDE},
    ),
    Exercise(
        "15.2",
        turns_at,
        (
            "At a read share s, a request takes s × read + (1 - s) × write. Write that down for both sides.",
            "Set CRUD's equal to worth times that of CQRS, and solve for s. If s is not between 0 and 1: None.",
            "gap = worth * cqrs[0] - crud[0]; s = gap / (gap + crud[1] - worth * cqrs[1])",
        ),
        "A flip says how far you are from deciding otherwise. That is worth more than the decision.",
        untouched=lambda crud, cqrs, worth: 0.0 if crud[1] > cqrs[1] else None,
    ),
    Exercise(
        "15.3",
        which_part,
        (
            "Ask of each part what hurts: nothing, a shape that has to be worked out again and again, or a lost past.",
            "Whatever must not be late stays with the rows and their transaction.",
            "Two want a read model, two want events, and the rest is well where it is.",
        ),
        "Most of a system may stay as it is. CQRS is a choice for a part, and so is event sourcing.",
        untouched=dict.fromkeys(LIBRARY, ""),
    ),
)
