"""The library of lesson 1: nobody may have more than three loans, and no column counts them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from cqrs_lab.course.exercises.arguments import expect_arguments
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_01_meeting import (
    answered,
    gave_up,
    kept_open,
    lost,
    no_lock_of_python,
    places_to_meet,
    rows,
    when,
)
from cqrs_lab.course.guard import NotYet
from cqrs_lab.simulation.clerks import Clerk, ClerksFile, clerks_file

LOANS = "CREATE TABLE loans (copy TEXT PRIMARY KEY, member TEXT NOT NULL);"
MOST = 3
REFUSAL = "That a member has enough, or that a copy is out, is an everyday answer. Return False."
OUT = (
    "The table refuses a second row for a copy, and the member reads IntegrityError. What should borrow return to them?"
)
STOLEN = "The copy was out, and now another member has it. Which of your statements writes over a row?"
COUNTED_LATE = (
    "Before you took the loan back, everybody could see four, and another desk would have refused because of it. "
    "Who sees a row before its transaction commits?"
)
BETWEEN = (
    "Between your count and your INSERT the other desk lent one. How many loans did you believe there were? "
    "No row that you read has changed: one has been added. Let one statement count and write, or keep others out."
)


class Visit(NamedTuple):
    """One desk alone: who has which copy, who wants which, whether they get it, and what is asked otherwise."""

    loans: dict[str, str]
    copy: str
    member: str
    lent: bool
    ask: str


THREE = {"dune": "ada", "emma": "ada", "kim": "ada"}
VISITS = (
    Visit({}, "dune", "ada", True, "The copy was there, and Ada had nothing. Where is the loan?"),
    Visit({"emma": "ada", "kim": "ada"}, "dune", "ada", True, "Ada had two loans. May she have a third?"),
    Visit(THREE, "she", "ada", False, "Ada had three loans already. How many may she have?"),
    Visit(THREE, "she", "ben", True, "Ada has three loans, and Ben has none. Whose loans did you count?"),
    Visit({"dune": "ben"}, "dune", "ada", False, STOLEN),
    Visit({"dune": "ada"}, "dune", "ada", False, "Ada has this copy already. What did you lend?"),
    Visit({}, "", "al", True, "Another copy, another member. Which of the two did you write?"),
)


# Members at one desk, which keeps the connection open: each refusal comes after a loan.
DAY = (
    ("dune", "ada", True),
    ("dune", "ada", False),
    ("emma", "ada", True),
    ("kim", "ada", True),
    ("she", "ada", False),
    ("she", "ben", True),
    ("she", "ada", False),
)


class Rush(NamedTuple):
    """Desks at once: the loans before, who wants which copy, and how many of them get it."""

    loans: dict[str, str]
    wanted: tuple[tuple[str, str], ...]
    lent: int


TWO = {"emma": "ada", "kim": "ada"}
RUSHES = (
    Rush(TWO, (("dune", "ada"), ("she", "ada")), 1),
    Rush({}, (("dune", "ada"), ("she", "ada")), 2),
    Rush({}, (("dune", "ada"), ("dune", "ben")), 1),
    Rush(TWO, (("dune", "ada"), ("she", "ben")), 2),
    Rush({"kim": "ada"}, (("dune", "ada"), ("she", "ben"), ("emma", "ada")), 3),
    Rush({"kim": "ada"}, (("dune", "ada"), ("she", "ada"), ("emma", "ada")), 2),
)


def borrow(answer: Any) -> None:
    """Judge ``borrow(file, copy, member)``, alone and beside other desks that run the same function."""
    if not callable(answer):
        ask = "Did you hand over borrow itself, without calling it?"
        raise NotYet("looked for borrow", repr(answer), "a function", ask)
    expect_arguments(answer, "borrow", "file", "copy", "member")
    with clerks_file(LOANS) as file:
        longest = max(_lends_alone(file, answer, visit) for visit in VISITS)
        _lends_all_day(file, answer)
        no_lock_of_python(answer)
        for rush in RUSHES:
            for places in places_to_meet(longest, len(rush.wanted) - 1):
                _lends_in_a_rush(file, answer, rush, places)


def _fill(file: ClerksFile, loans: dict[str, str]) -> None:
    rows = ", ".join(f"('{copy}', '{member}')" for copy, member in loans.items())
    file.run("DELETE FROM loans;" + (f"INSERT INTO loans VALUES {rows}" if rows else ""))


def _loans(file: ClerksFile) -> dict[str, str]:
    return dict(rows(file, "SELECT copy, member FROM loans ORDER BY copy"))


def _lends_alone(file: ClerksFile, answer: Any, visit: Visit) -> int:
    """Check one visit, and return how many statements it took."""
    _fill(file, visit.loans)
    done = f"called borrow(file, {visit.copy!r}, {visit.member!r}) with the loans {visit.loans}"
    met = file.meet(lambda connection: answer(connection, visit.copy, visit.member))
    lent = answered(met.outcomes[0], done, REFUSAL, OUT)
    after = visit.loans | {visit.copy: visit.member} if visit.lent else visit.loans
    if (lent, _loans(file)) != (visit.lent, after):
        ask = visit.ask
        if lent and not visit.lent and _loans(file) == visit.loans:
            ask = "You said yes, and no row was written. What does rowcount say about that?"
        raise NotYet(done, f"{lent}, and the loans {_loans(file)}", f"{visit.lent}, and {after}", ask)
    _is_watched(file, answer, visit, len(met.statements))
    return len(met.statements)


def _is_watched(file: ClerksFile, answer: Any, visit: Visit, statements: int) -> None:
    """Let a reader count before each statement: the rule holds at every moment, not only in the end."""
    _fill(file, visit.loans)
    readers = [(place, _most_loans) for place in range(1, statements + 1)]
    met = file.meet(lambda connection: answer(connection, visit.copy, visit.member), readers)
    for place in range(1, statements + 1):
        if met.outcomes[place].value > MOST:
            done = f"called borrow(file, {visit.copy!r}, {visit.member!r}) with the loans {visit.loans}, and looked"
            done += f" {when(met.statements, [place])}"
            raise NotYet(done, f"{met.outcomes[place].value} loans", f"{MOST} at most", COUNTED_LATE)


def _lends_all_day(file: ClerksFile, answer: Any) -> None:
    _fill(file, {})
    loans: dict[str, str] = {}
    statements: list[str] = []

    def to(copy: str, member: str) -> Clerk:
        return lambda connection: answer(connection, copy, member)

    outcomes = file.one_after_the_other([to(*visit[:2]) for visit in DAY], statements.append)
    for (copy, member, lent), outcome in zip(DAY, outcomes, strict=True):
        done = f"called borrow(file, {copy!r}, {member!r}) with the loans {loans}, on a connection used before"
        came, loans = answered(outcome, done, REFUSAL, OUT), loans | ({copy: member} if lent else {})
        if (came, _loans(file)) != (lent, loans):
            ask = kept_open(answer, statements)
            raise NotYet(done, f"{came}, and the loans {_loans(file)}", f"{lent}, and {loans}", ask)


def _most_loans(connection: sqlite3.Connection) -> int:
    sql = "SELECT max(loans) FROM (SELECT count(*) AS loans FROM loans GROUP BY member)"
    [[most]] = connection.execute(sql).fetchall()
    return most or 0


def _lends_in_a_rush(file: ClerksFile, answer: Any, rush: Rush, places: Sequence[int]) -> None:
    _fill(file, rush.loans)
    mine, *theirs = rush.wanted
    others = [
        (place, lambda connection, wants=wants: answer(connection, *wants))
        for place, wants in zip(places, theirs, strict=True)
    ]
    met = file.meet(lambda connection: answer(connection, *mine), others)
    done = (
        f"called borrow(file, {mine[0]!r}, {mine[1]!r}) with the loans {rush.loans}, and let other desks lend "
        f"{' and '.join(f'{copy!r} to {member}' for copy, member in theirs)} {when(met.statements, places)}"
    )
    said = [answered(one, done, REFUSAL, OUT) for one in met.in_order()]
    after = _loans(file)
    promised = rush.loans | {copy: member for (copy, member), lent in zip(rush.wanted, said, strict=True) if lent}
    came, expected = f"{sum(said)} lent, the loans {after}", f"{rush.lent} lent, and a row for each"
    if sum(said) == rush.lent and after == promised:
        return
    if sum(said) < rush.lent and after == promised:
        gave_up(done, came, expected)
    lost(done, came, expected, answer, met.statements, BETWEEN)


LIBRARY = Exercise(
    "01.3",
    borrow,
    (
        "There is no row to compare here: the count changes by a row that is added. Which lock keeps new rows out?",
        "BEGIN IMMEDIATE before you count; ROLLBACK or COMMIT on every path.",
        "Or one statement: INSERT INTO loans SELECT ?, ? WHERE (SELECT count(*) FROM loans WHERE member = ?) < 3. "
        "ON CONFLICT DO NOTHING leaves a copy that is out with its reader.",
    ),
    "A rule over several rows holds when nobody can add one between the count and the loan.",
)
