"""The bank of lesson 2: write a command, its handler and a question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from cqrs_lab.course.exercises.arguments import expect_arguments
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.guard import NotYet
from cqrs_lab.errors import said

NAMES = ("source", "target", "pence")
BANK = {"ada": 700, "ben": 100, "dora": 50}


class Transfer(NamedTuple):
    """A transfer, the accounts after it (None: it has to be refused), and what is asked where they are others."""

    source: str
    target: str
    pence: int
    after: dict[str, int] | None
    ask: str
    refused: str = ""
    may_be_refused: bool = False
    """An account that is new, or one's own: the text leaves open whether a bank takes such a transfer."""


TRANSFERS = (
    Transfer(
        "ada",
        "ben",
        500,
        {"ada": 200, "ben": 600, "dora": 50},
        "Does what Ada gives arrive at Ben's, once?",
    ),
    Transfer(
        "ben",
        "dora",
        30,
        {"ada": 700, "ben": 70, "dora": 80},
        "Do you read from the command who gives, who gets, and how much?",
    ),
    Transfer(
        "ada",
        "ben",
        900,
        None,
        "Where is the rule that nobody gives what they do not have? A command can be refused: raise an error.",
    ),
    Transfer(
        "ada",
        "ben",
        700,
        {"ada": 0, "ben": 800, "dora": 50},
        "She has exactly that much. What is left of it, and what has arrived?",
        refused="She has exactly that much, so she may give it. Is your comparison too strict?",
    ),
    Transfer(
        "ben",
        "ada",
        -40,
        None,
        "Ben sent less than nothing, so Ada paid. Which line refuses that?",
    ),
    Transfer("eve", "ben", 10, None, "Eve has no account, so she has 0. Where did her money come from?"),
    Transfer(
        "ada",
        "cleo",
        200,
        {"ada": 500, "ben": 100, "cleo": 200, "dora": 50},
        "Cleo has no account yet, so she has 0. Where is the money that Ada gave?",
        may_be_refused=True,
    ),
    Transfer(
        "ada",
        "ada",
        300,
        BANK,
        "Ada gave herself 300, so she has as much as before. Do you work out both balances before you write either?",
        may_be_refused=True,
    ),
)
IRREGULAR = {"sent", "paid", "taken", "done", "made", "given", "gone"}
NOT_PAST = {"need", "feed", "seed", "speed", "proceed", "exceed", "red"}


def transfer(answer: Any) -> None:
    """Judge a command, its handler, and a query: (TransferMoney, handle, balance_of)."""
    if not isinstance(answer, tuple | list) or len(answer) != 3:
        expected = "three things: (TransferMoney, handle, balance_of)"
        raise NotYet("looked at your answer", repr(answer), expected, "Which of the three is missing?")
    command_type, handle, balance_of = answer
    if not isinstance(command_type, type):
        ask = "Did you hand over the class, or one object of it?"
        raise NotYet("looked at the command", repr(command_type), "a class", ask)
    for name, function in (("handle", handle), ("balance_of", balance_of)):
        if not callable(function):
            ask = f"Did you hand over {name} itself, without calling it?"
            raise NotYet(f"looked for {name}", repr(function), "a function", ask)
    expect_arguments(handle, "handle", "command", "accounts")
    expect_arguments(balance_of, "balance_of", "account", "accounts")
    _is_a_request(command_type.__name__)
    _stays_as_sent(command_type)
    for case in TRANSFERS:
        _moves(command_type, handle, case)
    _only_asks(balance_of)


def _is_a_request(name: str) -> None:
    for word in re.findall(r"[A-Z]?[a-z]+", name):
        if word.lower() in IRREGULAR or (word.endswith("ed") and word.lower() not in NOT_PAST):
            ask = "Has it happened already? A command asks for something, so its name is an imperative: transfer money."
            raise NotYet("read the name of the command", name, "an imperative", ask)


def _made(command_type: type, values: tuple[str, str, int]) -> Any:
    """Make a command by the names of its fields, in whatever order they stand; by their order, if it has no names."""
    try:
        return command_type(**dict(zip(NAMES, values, strict=True)))
    except TypeError as by_name:
        try:
            return command_type(*values)
        except TypeError:
            raise by_name from None


def _stays_as_sent(command_type: type) -> None:
    name, values = command_type.__name__, ("ada", "ben", 500)
    called = ", ".join(f"{field}={value!r}" for field, value in zip(NAMES, values, strict=True))
    try:
        command = _made(command_type, values)
    except TypeError as error:
        ask = "The fields are called source, target and pence. Are yours?"
        raise NotYet(f"called {name}({called})", said(error), "a command", ask) from error
    for field, value, other in zip(NAMES, values, ("eve", "eve", 1), strict=True):
        if getattr(command, field, None) != value:
            came = repr(getattr(command, field, f"no {field}"))
            ask = "What was handed over is what should arrive. Where does your class keep it?"
            raise NotYet(f"called {name}({called}), and read its {field}", came, repr(value), ask)
        try:
            setattr(command, field, other)
        except Exception:  # noqa: BLE001 - whatever refuses the change will do: every kind of class has its own error
            continue
        ask = "Who else could change it on its way? What was sent should be what arrives: make it frozen."
        raise NotYet(f"sent a {name} and changed its {field}", "it changed", "an error", ask)


def _moves(command_type: type, handle: Any, case: Transfer) -> None:
    done = f"moved {case.pence} from {case.source} to {case.target} in {BANK}"
    accounts = dict(BANK)
    try:
        returned = handle(_made(command_type, (case.source, case.target, case.pence)), accounts)
    except (NameError, AttributeError):
        raise  # a slip of the pen, and no refusal
    except Exception as error:  # noqa: BLE001 - any other error is a refusal; which one is the learner's choice
        _refused(done, accounts, error, case)
        return
    after = returned if isinstance(returned, Mapping) and accounts == BANK else accounts
    if case.after is None:
        came = f"no error, and the accounts {dict(after)}"
        raise NotYet(done, came, "an error, and the accounts as they were", case.ask)
    if isinstance(returned, Mapping) and _money(returned) != _money(after):
        half = "You changed the accounts, and returned others. Which of the two is the bank now? Do one or the other."
        raise NotYet(done, f"{accounts}, and returned {dict(returned)}", repr(case.after), half)
    if _money(after) != _money(case.after):
        came = repr(after) if returned is None or after is returned else f"{after}, and returned {returned!r}"
        gone = [name for name in BANK if name not in (case.source, case.target) and name not in after]
        ask = f"{gone[0].title()} had nothing to do with it. Where is the account of {gone[0].title()}?" if gone else ""
        raise NotYet(done, came, repr(case.after), ask or case.ask)


def _refused(done: str, accounts: dict[str, int], error: Exception, case: Transfer) -> None:
    came = f"{said(error)}, and the accounts {accounts}"
    if accounts != BANK and case.after is None:
        ask = "You refused, and part of it is done. When do you look: before the first change, or after?"
        raise NotYet(done, came, f"the accounts {BANK}, as they were", ask) from error
    if accounts != BANK:
        ask = f"Your code stopped halfway. {case.ask}"
        raise NotYet(done, came, f"{case.after}, or the accounts as they were", ask) from error
    if case.after is not None and not case.may_be_refused:
        ask = "Nothing forbids this transfer. Which of your lines refuses it?"
        raise NotYet(done, said(error), repr(case.after), case.refused or ask) from error


def _money(accounts: Mapping[str, int]) -> dict[str, int]:
    """Leave out who has 0: it is the same as having no account."""
    return {name: pence for name, pence in accounts.items() if pence != 0}


def _only_asks(balance_of: Any) -> None:
    questions = (
        ("ada", BANK, 700, "Whose money did you look at?"),
        ("ben", {"ada": 5, "ben": 35}, 35, "Another bank, another balance. Which accounts did you look at?"),
        ("cleo", BANK, 0, "What does somebody have who never had an account here? Return 0, and not an error."),
    )
    for account, bank, expected, ask in questions:
        accounts, done = dict(bank), f"asked for the balance of {account!r} in {bank}"
        try:
            came = balance_of(account, accounts)
        except KeyError as error:
            raise NotYet(done, said(error), repr(expected), ask) from error
        if accounts != bank:
            changed = (
                "What did the question change? Ask twice, or let a thousand robots ask: the bank must stay as it was."
            )
            raise NotYet(f"{done}, then looked at the bank", repr(accounts), "as before", changed)
        if isinstance(came, bool) or came != expected:
            raise NotYet(done, repr(came), repr(expected), ask)


TRANSFER = Exercise(
    "02.2",
    transfer,
    (
        "@dataclass(frozen=True) makes a message that nobody changes on its way.",
        "Look before you change: raise an error while the accounts are still as they were. Then: does the target "
        "have an account, and is it another one than the source?",
        "accounts.get(account, 0) asks; accounts.setdefault(account, 0) writes.",
    ),
    "A request that can be refused, a handler that does all of it or nothing, a question that leaves no trace.",
)
