"""Exercises of lesson 4: write a rule, write tests that catch a fault, choose between error, event and nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.guard import NotYet
from cqrs_lab.errors import CommandRejected, said
from cqrs_lab.write.decider import Decider

# --- 04.1: a library --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BorrowCopy:
    """A member wishes to take a copy home, on this day."""

    copy: str
    today: date


@dataclass(frozen=True)
class ReturnCopy:
    """A member brings a copy back, on this day."""

    copy: str
    today: date


@dataclass(frozen=True)
class CopyBorrowed:
    """A copy is with the member."""

    copy: str


@dataclass(frozen=True)
class CopyReturned:
    """A copy is back."""

    copy: str


MONDAY, SUNDAY = date(2026, 1, 5), date(2026, 1, 4)
FOUR = [CopyBorrowed(f"c{number}") for number in range(1, 5)]


def rule(answer: Any) -> None:
    """Judge a decider for one member: three copies at most, and none on a Sunday."""
    if not isinstance(answer, Decider):
        raise NotYet(
            "looked at your answer", answer, "lab.Decider(initial_state, decide, evolve)", "What holds a rule?"
        )
    _folds(answer)
    _expect(answer, [], BorrowCopy("c1", MONDAY), [CopyBorrowed("c1")], "May a member with nothing borrow on a Monday?")
    _expect(answer, FOUR[:2], BorrowCopy("c3", MONDAY), [CopyBorrowed("c3")], "Is the third copy allowed, or only two?")
    asks_elsewhere = (
        "Three are at home already. Where does your rule look: at the state, or at something else it can reach?"
    )
    _expect(answer, FOUR[:3], BorrowCopy("c4", MONDAY), None, asks_elsewhere)
    clock = "It was a Sunday when she asked. Which day did your rule look at? What it needs comes with the command."
    _expect(answer, [], BorrowCopy("c1", SUNDAY), None, clock)
    returned = [*FOUR[:3], CopyReturned("c2")]
    _expect(
        answer, returned, BorrowCopy("c4", MONDAY), [CopyBorrowed("c4")], "She brought one back. Who tells the state?"
    )
    _expect(
        answer, FOUR[:1], ReturnCopy("c1", SUNDAY), [CopyReturned("c1")], "May nobody bring a copy back on a Sunday?"
    )
    already = "It is so already: that is no fault, and no news either. What is there to record?"
    _expect(answer, FOUR[:3], BorrowCopy("c2", MONDAY), [], already)
    _expect(answer, [], ReturnCopy("c9", MONDAY), [], "A copy that is not with her comes back. What has changed?")


def _folds(decider: Decider[Any, Any, Any]) -> None:
    try:
        decider.fold([*FOUR, CopyReturned("c1")])
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        came = said(error)
        ask = (
            "These four happened before there was a rule. May evolve refuse what has happened? Only decide may say no."
        )
        raise NotYet("folded four loans and a return, from last year", came, "a state", ask) from None


def _expect(
    decider: Decider[Any, Any, Any], history: list[Any], command: Any, expected: list[Any] | None, ask: str
) -> None:
    """Compare a decision; None stands for a refusal."""
    done = f"given {len(history)} events, sent {command}"
    try:
        came = list(decider.decide(command, decider.fold(history)))
    except CommandRejected as refusal:
        if expected is not None:
            raise NotYet(done, f"refused: {refusal}", expected, ask) from None
        return
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        raise NotYet(done, said(error), expected or "lab.CommandRejected", ask) from None
    if expected is None:
        raise NotYet(done, came, "lab.CommandRejected", ask)
    if came != expected:
        raise NotYet(done, came, expected, ask)


# --- 04.2: a bank -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Withdraw:
    """A customer wishes to take out pence."""

    pence: int


@dataclass(frozen=True)
class Deposited:
    """Pence came in."""

    pence: int


@dataclass(frozen=True)
class Withdrawn:
    """Pence went out."""

    pence: int


def _balance(balance: int, event: Any) -> int:
    return balance + (event.pence if isinstance(event, Deposited) else -event.pence)


def _account(allowed: Any, evolve: Any = _balance) -> Decider[Any, Any, Any]:
    def decide(command: Withdraw, balance: int) -> list[Withdrawn]:
        if not allowed(command.pence, balance):
            raise CommandRejected("there is not that much in the account")
        return [Withdrawn(command.pence)]

    return Decider(0, decide, evolve)


ACCOUNT = _account(lambda pence, balance: 0 < pence <= balance)
FAULTY = {
    "never lets the last penny out": _account(lambda pence, balance: 0 < pence < balance),
    "forgets earlier withdrawals": _account(
        lambda pence, balance: 0 < pence <= balance,
        lambda balance, event: balance + (event.pence if isinstance(event, Deposited) else 0),
    ),
}
FURTHER_FAULTY = {
    "takes a negative amount": _account(lambda pence, balance: pence <= balance and pence != 0),
    "remembers the last deposit alone": _account(
        lambda pence, balance: 0 < pence <= balance,
        lambda balance, event: event.pence if isinstance(event, Deposited) else balance - event.pence,
    ),
    "records every withdrawal twice": Decider(
        0, lambda command, balance: [*ACCOUNT.decide(command, balance), *ACCOUNT.decide(command, balance)], _balance
    ),
    "refuses in silence": Decider(
        0, lambda command, balance: [Withdrawn(command.pence)] if 0 < command.pence <= balance else [], _balance
    ),
}


def tests(answer: Any) -> None:
    """Judge ``tests(account)``: silent for the right decider, failing for each faulty one."""
    _catches(answer, FAULTY)


def more_tests(answer: Any) -> None:
    """Judge ``tests(account)`` with all six faults."""
    _catches(answer, FAULTY | FURTHER_FAULTY)


ASK_OF_FAULT = {
    "takes a negative amount": "What must never be asked for, on any balance?",
    "remembers the last deposit alone": "It is right after one deposit. After how many is it wrong?",
    "records every withdrawal twice": "It decides right, and says too much. Do you compare what it records?",
    "refuses in silence": "Nothing happens, and nobody is told. What is the sender owed?",
}


def _catches(answer: Any, faulty: Mapping[str, Decider[Any, Any, Any]]) -> None:
    if not callable(answer):
        raise NotYet("looked at your answer", answer, "a function tests(account)", "What runs your scenarios?")
    try:
        answer(ACCOUNT)
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        ask = "This account keeps its rules. Which of your scenarios expects something else of it?"
        raise NotYet("ran your tests on a right account", said(error), "silence", ask) from None
    for fault, decider in faulty.items():
        try:
            answer(decider)
        except Exception:  # noqa: BLE001 - a test that was silent before and fails now has caught the fault
            continue
        edge = "Which scenario would tell it from a right one? Try the edge, and try what happened before."
        ask = ASK_OF_FAULT.get(fault, edge)
        raise NotYet(f"ran your tests on an account that {fault}", "silence", "a failing scenario", ask)


# --- 04.3 -------------------------------------------------------------------------------------------------

ENDS = {
    "cancel an order that is cancelled": "nothing",
    "order minus two cups": "error",
    "reserve five where three are left, and purchasing wants to know": "event",
    "change the price to what it is": "nothing",
    "ship an order that nobody has placed": "error",
    "a card is declined, and fraud control counts": "event",
}
WHY_END = {
    ("nothing", "error"): "Whoever sends it again gets what they wished for. Is that a fault of theirs?",
    ("nothing", "event"): "If it is recorded again, what would be different from before? An event tells of a change.",
    ("error", "event"): "Would anybody in the business ask for a list of these? Then no event is needed.",
    ("error", "nothing"): "The wish was not met. If the shop keeps silent, what will the sender believe?",
    ("event", "error"): "An error is gone with the screen. Somebody wants to count these: how would they?",
    ("event", "nothing"): "The wish was not met, and somebody wants to know of it. Where would they read it?",
}


def endings(answer: Any) -> None:
    """Judge which wishes end in an error, an event, or nothing."""
    why_not = {
        (wish, word): why for wish, end in ENDS.items() for (right, word), why in WHY_END.items() if right == end
    }
    judge_choices(
        answer,
        ENDS,
        ("error", "event", "nothing"),
        why_not,
        each="How does each of the six wishes end?",
        open_="Who is helped by an error, who by a record, and who by neither?",
    )


EXERCISES = (
    Exercise(
        "04.1",
        rule,
        (
            "Let the state be the copies a member has at home: a frozenset, or a tuple.",
            "evolve adds and takes away, and never refuses. All refusing is in decide.",
            "command.today.weekday() == 6 is a Sunday.",
        ),
        "The rule looks at the command and the state, and nothing else; so it decides the same on any day you test it.",
    ),
    Exercise(
        "04.2",
        tests,
        (
            "lab.given(account, [Deposited(100)]).when(Withdraw(100)).then([Withdrawn(100)])",
            "One fault shows only after an earlier withdrawal: put one into the history.",
        ),
        "Edges and histories are where deciders go wrong, and given-when-then has a place for both.",
    ),
    Exercise(
        "04.3",
        endings,
        (
            "Already so: nothing. Forbidden: an error. Refused, and the business cares: an event.",
            "Ask for each who would read a list of them.",
        ),
        "An error is for the sender, an event for the business, and what is so already needs neither.",
    ),
    Exercise(
        "04.4",
        more_tests,
        (
            "Each of the four needs one scenario more.",
            "then_rejected() fails if the decider keeps silent; then([...]) compares all that is recorded.",
            "Two deposits before; a negative amount; the exact list of events; a refusal.",
        ),
        "Six faults, and not one of them needed a database, a clock or a mock to be found.",
    ),
)
