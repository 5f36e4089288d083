"""What is asked of an answer that goes wrong when two clerks meet: both exercises of lesson 1 ask it."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Sequence
from typing import Any, NoReturn

from cqrs_lab.course.accept import NO_RETURN, as_plain
from cqrs_lab.course.exercises.used_words import first_words, mentions, names_in
from cqrs_lab.course.guard import NotYet, shown, what_it_means
from cqrs_lab.simulation.clerks import ClerkOutcome, ClerksFile

OPEN_WHEN = {
    True: "The transaction is still open, and nobody else can write. Which line of yours commits?",
    False: "You refused, and left the transaction open: nobody else can write. Does every path end it?",
}
PYTHON_S_LOCKS = (type(threading.Lock()), type(threading.RLock()), threading.Semaphore, threading.Condition)
CLOSED = "You closed the connection. It is the clerk's, and the next customer is waiting: whose task is it to close it?"
READS_FIRST = (
    "A transaction that begins with reading sees the file as it was then. Somebody has written since, so SQLite does "
    "not let it write, and waiting would not help. Which BEGIN takes the write lock before it reads?"
)
SLEEPS = "You sleep, and so does the other clerk: both wake up and know what they knew before. What did waiting change?"
LOCKS = (
    "A lock of Python's is known to one process, and the other clerk works in another. Which lock do both of them see?"
)
BEFORE_BEGIN = (
    "You read before BEGIN IMMEDIATE. The lock keeps others out from then on, and what you know is older than that. "
    "Which of the two comes first?"
)
KEPT_OPEN = (
    "On a new connection, each of these calls is right. This one has been used before. What does your function still "
    "know of an earlier call?"
)
# By what a function asks its connection, and which is about more than the statement that it has just made.
REMEMBERS = {
    r"\btotal_changes\b": "total_changes counts every row that was changed since the connection was opened, and this "
    "one has been used before. How many rows did your statement change, in this call?",
    r"\b(lastrowid|last_insert_rowid)\b": "If a call inserts no row, the connection still knows the row that an "
    "earlier call inserted. What says whether this one did?",
    r"\bchanges\b": "changes() is about the latest statement that wrote, and that may have been in an earlier call. "
    "Did this call write at all?",
}


def kept_open(answer: Any, statements: Sequence[str]) -> str:
    """Return what is asked of an answer that is right on a new connection, and wrong on one that was used before."""
    used = " ".join([*statements, *names_in(answer)])
    return next((ask for pattern, ask in REMEMBERS.items() if re.search(pattern, used, re.I)), KEPT_OPEN)


def answered(outcome: ClerkOutcome, done: str, refusal: str, rule: str) -> bool:
    """Return what an answer said, True or False; refuse an error, an open transaction, or anything else.

    Parameters
    ----------
    outcome : ClerkOutcome
    done : str
    refusal : str
        What is asked of an answer that raises an error of its own in place of a refusal.
    rule : str
        What is asked of an answer that lets a rule of the table raise.
    """
    value, error, left = outcome
    if left == "closed":
        raise NotYet(f"{done}, then looked at the connection", "it is closed", "it is open", CLOSED)
    if isinstance(error, sqlite3.IntegrityError):
        raise NotYet(done, error, "True or False", rule) from error
    if isinstance(error, ValueError | AssertionError | RuntimeError | LookupError) and not isinstance(error, KeyError):
        raise NotYet(done, error, "True or False", refusal) from error
    if error is not None:
        raise NotYet(done, error, "True or False", _means(error)) from error
    came = as_plain(value)
    if not isinstance(came, int) or came not in (0, 1):
        ask = "Python would take that for a yes or a no, and the task asks for one. Return True or False."
        raise NotYet(done, shown(value), "True or False", NO_RETURN if value is None else ask)
    if left == "in a transaction":
        raise NotYet(f"{done}, then looked at the connection", "an open transaction", "none", OPEN_WHEN[bool(came)])
    return bool(came)


def _means(error: BaseException) -> str:
    name = getattr(error, "sqlite_errorname", "")
    if name == "SQLITE_BUSY_SNAPSHOT":
        return READS_FIRST
    if name == "SQLITE_BUSY":
        return "Somebody holds the write lock and does not give it back. Is it another connection of yours?"
    return what_it_means(error)


def no_lock_of_python(answer: Any) -> None:
    """Refuse a function that uses a lock of Python's: clerks who meet in one process would block each other."""
    names = answer.__globals__ if hasattr(answer, "__globals__") else {}
    for name, value in names.items():
        if isinstance(value, PYTHON_S_LOCKS) and mentions(answer, name):
            raise NotYet(f"looked at what your function uses: {name}", shown(value), "no lock of Python's", LOCKS)


def gave_up(done: str, came: str, expected: str) -> NoReturn:
    """Raise what is said of an answer that refuses although there is room for everybody."""
    ask = "There was enough for everybody. The other clerk was faster, and yours gave up. When does it look again?"
    raise NotYet(done, came, expected, ask)


def lost(done: str, came: str, expected: str, answer: Any, statements: Sequence[str], otherwise: str) -> NoReturn:
    """Raise what is said of a meeting that ended as no order of the clerks would, by what was tried against that."""
    words, ask = first_words(statements), otherwise
    if mentions(answer, "sleep"):
        ask = SLEEPS
    elif mentions(answer, "Lock", "RLock", "Semaphore", "threading"):
        ask = LOCKS
    elif "BEGIN" in words and "SELECT" in words[: words.index("BEGIN")]:
        ask = BEFORE_BEGIN
    raise NotYet(done, came, expected, ask)


def rows(file: ClerksFile, sql: str) -> list[tuple[Any, ...]]:
    """Return what the table holds; refuse an answer that has changed the table itself."""
    try:
        return file.rows(sql)
    except sqlite3.DatabaseError as error:
        ask = "The table itself is not as it was. Which of your statements drops it, or changes its columns?"
        raise NotYet("looked into the table", error, "its rows", ask) from None


def when(statements: Sequence[str], places: Sequence[int]) -> str:
    """Return when the others acted: "before your statement 2 (UPDATE)"."""
    words = first_words(statements)
    found = [f"before your statement {place} ({words[place - 1]})" for place in places if place <= len(words)]
    return " and ".join(found) or "after it"


def places_to_meet(statements: int, others: int) -> list[tuple[int, ...]]:
    """Return before which statements of the first clerk the others act; a second one acts later than the first."""
    firsts = range(1, min(statements, 8) + 1)
    return [(one,) for one in firsts] if others == 1 else [(one, one + more) for one in firsts for more in range(1, 7)]
