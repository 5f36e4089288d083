"""The bank of lesson 2: write a command, its handler and a question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cqrs_lab.course.accept import NO_RETURN, as_number
from cqrs_lab.course.exercises.arguments import expect_arguments
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_02_transfers import AMOUNTS, ANY_AMOUNT, BANK, OTHER_BANK, TRANSFERS, Transfer
from cqrs_lab.course.guard import NotCopied, NotYet, shown
from cqrs_lab.errors import said

NAMES = ("source", "target", "pence")
IRREGULAR = {"sent", "paid", "taken", "done", "made", "given", "gone"}
NOT_PAST = {"need", "feed", "seed", "speed", "proceed", "exceed", "red"}


def transfer(answer: Any) -> None:
    """Judge a command, its handler, and a query: (TransferMoney, handle, balance_of)."""
    if not isinstance(answer, tuple | list) or len(answer) != 3:
        expected = "three things: (TransferMoney, handle, balance_of)"
        named = isinstance(answer, Mapping) and len(answer) == 3
        ask = "Hand them over without names, in this order." if named else "Which of the three is missing?"
        raise NotYet("looked at your answer", shown(answer), expected, ask)
    _in_order(answer)
    command_type, handle, balance_of = answer
    if not isinstance(command_type, type):
        ask = "Did you hand over the class, or one object of it?"
        raise NotYet("looked at the command", shown(command_type), "a class", ask)
    for name, function in (("handle", handle), ("balance_of", balance_of)):
        if not callable(function):
            ask = f"Did you hand over {name} itself, without calling it?"
            raise NotYet(f"looked for {name}", shown(function), "a function", ask)
    expect_arguments(handle, "handle", "command", "accounts")
    expect_arguments(balance_of, "balance_of", "account", "accounts")
    _is_a_request(command_type.__name__)
    _stays_as_sent(command_type)
    for case in TRANSFERS:
        _moves(command_type, handle, case)
    _any_amount(command_type, handle)
    _only_asks(balance_of)


def _in_order(three: Sequence[Any]) -> None:
    names = [getattr(one, "__name__", "") for one in three]
    late_class = not isinstance(three[0], type) and any(isinstance(one, type) for one in three[1:])
    if late_class or names[1] == "balance_of" or names[2] == "handle":
        came = f"({', '.join(map(shown, three))})"
        ask = "Hand them over in this order: the class, the handler, the query."
        raise NotYet("looked at your answer", came, "(TransferMoney, handle, balance_of)", ask)


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


def _any_amount(command_type: type, handle: Any) -> None:
    bank = wanted = OTHER_BANK | {"fay": 2 * sum(AMOUNTS)}
    for pence in AMOUNTS:
        wanted = wanted | {"fay": wanted["fay"] - pence, "hal": wanted["hal"] + pence}
        bank = _moves(command_type, handle, Transfer("fay", "hal", pence, wanted, ANY_AMOUNT, ANY_AMOUNT, bank=bank))


def _moves(command_type: type, handle: Any, case: Transfer) -> dict[str, int]:
    """Let the learner's handler move money, and return the accounts after it."""
    done = f"moved {case.pence} from {case.source} to {case.target} in {case.bank}"
    accounts = dict(case.bank)
    try:
        returned = handle(_made(command_type, (case.source, case.target, case.pence)), accounts)
    except Exception as error:
        if _is_a_slip(error):
            raise
        _refused(done, accounts, error, case)
        return accounts
    returned = returned.to_dict() if isinstance(returned, pd.Series) else returned
    after = returned if isinstance(returned, Mapping) and accounts == case.bank else accounts
    if case.after is None:
        came = f"no error, and the accounts {dict(after)}"
        raise NotYet(done, came, "an error, and the accounts as they were", case.ask)
    if isinstance(returned, Mapping) and _money(returned) != _money(after):
        half = "You changed the accounts, and returned others. Which of the two is the bank now? Do one or the other."
        raise NotYet(done, f"{accounts}, and returned {dict(returned)}", repr(case.after), half)
    if _money(after) != _money(case.after):
        came = repr(after) if returned is None or after is returned else f"{after}, and returned {returned!r}"
        gone = [name for name in case.bank if name not in (case.source, case.target) and name not in after]
        ask = f"{gone[0].title()} had nothing to do with it. Where is the account of {gone[0].title()}?" if gone else ""
        raise NotYet(done, came, repr(case.after), ask or case.ask)
    return dict(after)


def _is_a_slip(error: Exception) -> bool:
    """Return whether an error is a slip of the pen; any other is a refusal, and which one is the learner's choice."""
    return isinstance(error, NameError | AttributeError | NotCopied) or "derive from BaseException" in str(error)


def _refused(done: str, accounts: dict[str, int], error: Exception, case: Transfer) -> None:
    came = f"{said(error)}, and the accounts {accounts}"
    if accounts != case.bank and case.after is None:
        opened = ", ".join(name.title() for name in accounts if name not in case.bank)
        ask = "You refused, but part of it is done already. When do you look: before the first change, or after?"
        if _money(accounts) == _money(case.bank):
            ask = f"You refused, and the bank has an account more: {opened}. Which line opens it, and when?"
        raise NotYet(done, came, f"the accounts {case.bank}, as they were", ask) from error
    if accounts != case.bank:
        ask = f"Your code stopped halfway. {case.ask}"
        raise NotYet(done, came, repr(case.after), ask) from error
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
        ("ada", {"ada": 5_000_000}, 5_000_000, "Ada has far more at this bank. Where does your number come from?"),
        ("gus", OTHER_BANK, 0, "His account is empty. What does he have?"),
        ("cleo", BANK, 0, "How much does somebody have without an account here? Return 0, not an error."),
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
        if came is None and account in bank:
            raise NotYet(done, None, repr(expected), NO_RETURN)
        if came is None or as_number(came, done, repr(expected)) != expected:
            in_pounds = came is not None and expected != 0 and came * 100 == expected
            pounds = "That is in pounds, and accounts are kept in pence. What do you divide?"
            raise NotYet(done, shown(came), repr(expected), pounds if in_pounds else ask)


TRANSFER = Exercise(
    "02.2",
    transfer,
    (
        "@dataclass(frozen=True) makes a message that nobody changes on its way.",
        "Look before you change: raise an error while the accounts are still as they were. Then: the target may have "
        "no account yet, and may be the source.",
        "accounts.get(account, 0) asks; accounts.setdefault(account, 0) writes.",
    ),
    "A request that can be refused, a handler that does all of it or nothing, a question that leaves no trace.",
)
