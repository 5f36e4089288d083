"""Exercises of lesson 4: fix a rule, write one, write tests that catch a fault, and say how a command ends."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import cqrs_lab as lab
from cqrs_lab.course.exercises.by_thing import by_thing
from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_04_library import rule
from cqrs_lab.course.exercises.lesson_04_order import one_cell
from cqrs_lab.course.guard import NotYet, shown, what_it_means
from cqrs_lab.errors import CommandRejected
from cqrs_lab.write.decider import Decider

# --- 04.4: a bank -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Withdraw:
    """A customer asks to take out pence."""

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
# As right as the other: tests are about what an account does, not about which one it is.
SAME_ACCOUNT = _account(lambda pence, balance: pence in range(1, balance + 1))
FAULTY = {
    "never lets the last penny out": _account(lambda pence, balance: 0 < pence < balance),
    "forgets earlier withdrawals": _account(
        lambda pence, balance: 0 < pence <= balance,
        lambda balance, event: balance + (event.pence if isinstance(event, Deposited) else 0),
    ),
}
FURTHER_FAULTY = {
    "pays out negative amounts": _account(lambda pence, balance: pence <= balance and pence != 0),
    "remembers only the last deposit": _account(
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
    "never lets the last penny out": "It is wrong at one amount only. Does any scenario of yours empty the account?",
    "forgets earlier withdrawals": "It is right until something is taken out. Which history of yours holds a "
    "Withdrawn, and which command then asks for more than is left?",
    "pays out negative amounts": "What must never be asked for, on any balance?",
    "remembers only the last deposit": "It is right after one deposit. After how many is it wrong?",
    "records every withdrawal twice": "It pays out once and records it twice. Do you compare all that it records?",
    "refuses in silence": "It refuses, and nobody hears of it. What does the sender have to get?",
}


def _catches(answer: Any, faulty: Mapping[str, Decider[Any, Any, Any]]) -> None:
    if not callable(answer):
        raise NotYet("looked at your answer", shown(answer), "a function tests(account)", "What runs your scenarios?")
    for fault, decider in faulty.items():
        # Again before each: tests that fail whenever they run for a second time would seem to catch everything.
        _is_silent(answer, ACCOUNT)
        _is_silent(answer, SAME_ACCOUNT)
        try:
            returned = answer(decider)
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001 - a test fails by raising, and what pytest raises is no Exception
            continue
        done = f"ran your tests on an account that {fault}"
        ask = _without_then(answer) or _why_silent(returned) or ASK_OF_FAULT[fault]
        raise NotYet(done, "your tests passed", "one of them fails", ask)


def _is_silent(answer: Callable[[Any], Any], account: Decider[Any, Any, Any]) -> None:
    try:
        answer(account)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        ask = "This account keeps its rules. Which of your scenarios expects something else from it?"
        expects = isinstance(error, AssertionError | CommandRejected) or not isinstance(error, Exception)
        raise NotYet(
            "ran your tests on a correct account", error, "they pass", ask if expects else what_it_means(error)
        ) from None


def _without_then(answer: Callable[[Any], Any]) -> str:
    """Ask about tests that decide, and do not say what they expect: what they write down, step by step."""
    code = getattr(answer, "__code__", None)
    said = [str(step.argval) for step in dis.get_instructions(code)] if code else []
    if said.count("when") > sum(said.count(name) for name in ("then", "then_rejected", "then_nothing")):
        return "A scenario of yours expects nothing: it ends without then. What should come of the command?"
    return ""


def _why_silent(returned: Any) -> str:
    if inspect.isgenerator(returned):
        return "Your function holds a yield, so calling it runs nothing. Can it do without?"
    scenarios = returned if isinstance(returned, list | tuple) else [returned]
    if returned is None or all(str(one).startswith("✓") for one in scenarios):
        return ""
    return "Your function returns what it found, and nobody reads that. A test fails by raising: given … then does."


# --- 04.3 -------------------------------------------------------------------------------------------------

ENDS = {
    "cancel an order that is cancelled": "nothing",
    "order minus two cups; the shop keeps a list of refused lines": "event",
    "pay less than is due; only the payer needs to know": "error",
    "set the price of a cup to what it is": "nothing",
    "ship an order number that does not exist; a slip of the clerk's": "error",
    "charge a card that the bank declines; fraud control counts these": "event",
}
WHY_END = {
    ("nothing", "error"): "The sender gets the very thing asked for: it was there before. Which rule was broken?",
    ("nothing", "event"): "Read the record before and after. What has changed, that an event could say?",
    ("error", "event"): "Who would ever read a list of these? Where nobody would, no event is needed.",
    ("error", "nothing"): "The sender did not get what they asked for. If the shop is silent, what will they believe?",
    ("event", "error"): "An error is gone with the screen. Somebody reads these, or counts them: where?",
    ("event", "nothing"): "It was refused, and somebody needs to know. Where would they read it?",
}


def endings(answer: Any) -> None:
    """Judge which commands end in an error, an event, or nothing."""
    why_not = {
        (command, word): why for command, end in ENDS.items() for (right, word), why in WHY_END.items() if right == end
    }
    open_ = "Who is helped by an error, who by a record, and who by neither?"
    each = "How does each of the six commands end?"
    words = ("error", "event", "nothing")
    judge_choices(by_thing(answer, words), ENDS, words, why_not, each=each, open_=open_)


# What stands in the cells of 04.4 and 04.5 at first.


def _one_scenario(account: Any) -> None:
    lab.given(account, [Deposited(100)]).when(Withdraw(40)).then([Withdrawn(40)])


def _the_tests_of_two(account: Any) -> None:
    tests(account)


EXERCISES = (
    Exercise(
        "04.1",
        one_cell,
        (
            "The cell is *pay* on *cancelled*. decide asks whether the order is paid before it takes the money, and "
            "never whether it is over.",
            "Your own decide may put one case in front, and leave the rest to order.decide(command, state).",
            'case Pay(), Order(paid=False, stage="cancelled"): raise lab.CommandRejected("it is cancelled")',
        ),
        "One cell turned and fourteen stayed: the table shows what a change of the rules changes, and what it does "
        "not.",
    ),
    Exercise(
        "04.2",
        rule,
        (
            "Let the state be the copies a member has at home: a frozenset, or a tuple.",
            "evolve adds a copy or takes it away, and never refuses. All refusing is in decide.",
            "command.today.weekday() == 6 is a Sunday. A member may have four at home: compare with >=.",
        ),
        "The rule looks at the command and the state alone, so it decides the same on whatever day you test it.",
    ),
    Exercise(
        "04.3",
        endings,
        (
            "Already the case: nothing. Forbidden: an error. Refused, and the business wants to know: an event.",
            "Read the words after the semicolon: who needs to know?",
        ),
        "An error is for the sender and an event for the business. What is already the case needs neither.",
        untouched=dict.fromkeys(ENDS),
    ),
    Exercise(
        "04.4",
        tests,
        (
            "lab.given(account, [Deposited(100)]).when(Withdraw(100)).then([Withdrawn(100)])",
            "One fault shows only after an earlier withdrawal: put one into the history.",
        ),
        "Edges and histories are where deciders go wrong, and given-when-then has a place for both.",
        untouched=_one_scenario,
    ),
    Exercise(
        "04.5",
        more_tests,
        (
            "Each of the four needs one more scenario.",
            "then_rejected() fails if the decider keeps silent; then([...]) compares everything it records.",
            "Two deposits before; a negative amount; the exact list of events; a refusal.",
        ),
        "Six faults, and none of them needed a database, a clock or a mock to be found.",
        untouched=_the_tests_of_two,
    ),
)
