"""Answers to the exercises of lesson 2: right ones in several styles, and wrong ones with what each is told."""

from dataclasses import dataclass
from typing import NamedTuple

# --- 02.1 -------------------------------------------------------------------------------------------------

KINDS = {
    "PlaceOrder": "command",
    "OrderPlaced": "event",
    "ListProducts": "query",
    "TakeNextInvoiceNumber": "command",
    "RecalculateTotals": "command",
    "StockLevels": "query",
    "PaymentRefused": "event",
}
BY_KIND = {
    "Commands": ["PlaceOrder", "TakeNextInvoiceNumber", "RecalculateTotals"],
    "Events": ("OrderPlaced", "PaymentRefused"),
    "Queries": {"ListProducts", "StockLevels"},
}
WRONG_KINDS = {
    "returns something, so a query": (KINDS | {"TakeNextInvoiceNumber": "query"}, "Returning something does not make"),
    "has no arguments, so a query": (KINDS | {"RecalculateTotals": "query"}, "It has no arguments, but"),
    "an event is a past command": (KINDS | {"OrderPlaced": "command"}, "not a command in the past tense"),
    "a refusal is a command": (KINDS | {"PaymentRefused": "command"}, "That something was refused has happened too"),
    "a question is a command": (KINDS | {"StockLevels": "command"}, "or only ask"),
    "not answered": (dict.fromkeys(KINDS), "What would change if it is sent"),
    "only a word": ("query", "Which kind is each"),
}

# --- 02.2 -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TransferMoney:
    source: str
    target: str
    pence: int


class MoveMoney(NamedTuple):
    source: str
    target: str
    pence: int


@dataclass(frozen=True)
class MoneyTransferred:
    source: str
    target: str
    pence: int


@dataclass
class ChangesOnItsWay:
    source: str
    target: str
    pence: int


def in_place(command, accounts):
    if accounts.get(command.source, 0) < command.pence:
        raise ValueError("not enough")
    accounts[command.source] -= command.pence
    accounts[command.target] = accounts.get(command.target, 0) + command.pence


def new_accounts(command, accounts):
    left = accounts.get(command.source, 0) - command.pence
    assert left >= 0
    return {**accounts, command.source: left, command.target: accounts.get(command.target, 0) + command.pence}


def half_done(command, accounts):
    accounts[command.source] -= command.pence
    if accounts[command.source] < 0:
        raise ValueError("not enough")
    accounts[command.target] += command.pence


def no_rule(command, accounts):
    accounts[command.source] -= command.pence
    accounts[command.target] += command.pence


def gives_only(command, accounts):
    return new_accounts(command, accounts) | {command.source: accounts[command.source]}


def asks(account, accounts):
    return accounts.get(account, 0)


def asks_otherwise(account, accounts):
    try:
        return accounts[account]
    except KeyError:
        return 0


def asks_and_writes(account, accounts):
    return accounts.setdefault(account, 0)


WRONG_TRANSFERS = {
    "past tense": ((MoneyTransferred, in_place, asks), "told in the imperative"),
    "mutable": ((ChangesOnItsWay, in_place, asks), "make it frozen"),
    "an instance": ((TransferMoney("a", "b", 1), in_place, asks), "the class, or one of it"),
    "a query that writes": ((TransferMoney, in_place, asks_and_writes), "What did the question change"),
    "fails on who has no account": ((TransferMoney, in_place, lambda a, b: b[a]), "who never had an account"),
    "another's money": ((TransferMoney, in_place, lambda a, b: 100), "Whose money"),
    "no rule": ((TransferMoney, no_rule, asks), "Where is the rule"),
    "half of it done": ((TransferMoney, half_done, asks), "half of it is done"),
    "money made": ((TransferMoney, gives_only, asks), "arrive at Ben's, once"),
    "raises": ((TransferMoney, lambda c: c, asks), "Which of your lines"),
    "one of three": (TransferMoney, "Which of the three"),
}

# --- 02.3 -------------------------------------------------------------------------------------------------


def by_type(role, message, commands):
    return role == "manager" or type(message) not in commands


def by_isinstance(role, message, commands):
    if isinstance(message, commands):
        return role == "manager"
    return True


WRONG_DOORS = {
    "everybody may": (lambda role, message, commands: True, "Whom does your door keep out"),
    "by the name of a query": (
        lambda role, message, commands: (
            role == "manager" or type(message).__name__.startswith(("Stock", "List", "Changes"))
        ),
        "ListProduct sounds like a question",
    ),
    "by the name of a command": (
        lambda role, message, commands: role == "manager" or not type(message).__name__.startswith(("Change", "List")),
        "ChangesOfPrice asks about changes",
    ),
    "no clerk, so allowed": (
        lambda role, message, commands: role != "clerk" or not isinstance(message, commands),
        "everybody who is no clerk",
    ),
    "managers only write": (
        lambda role, message, commands: (role == "manager") == isinstance(message, commands),
        "May a manager ask, too",
    ),
    "nobody may change": (
        lambda role, message, commands: not isinstance(message, commands),
        "if not the manager",
    ),
    "no function": (True, "What did you hand over"),
}

RIGHT = {
    "02.1": [KINDS, BY_KIND],
    "02.2": [(TransferMoney, in_place, asks), (MoveMoney, new_accounts, asks_otherwise)],
    "02.3": [by_type, by_isinstance],
}
WRONG = {"02.1": WRONG_KINDS, "02.2": WRONG_TRANSFERS, "02.3": WRONG_DOORS}
