"""Answers to the exercises of lesson 2: right ones in several styles, and wrong ones with what each is told."""

import operator
import sys
from collections import Counter, defaultdict, namedtuple
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import reduce
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

import cqrs_lab as lab

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


class Kind(StrEnum):
    COMMAND = "command"
    EVENT = "event"
    QUERY = "query"


RIGHT_KINDS = [
    KINDS,
    BY_KIND,
    {message: Kind(kind) for message, kind in KINDS.items()},
    {message: f" {kind.title()} " for message, kind in KINDS.items()},
    MappingProxyType(dict(reversed(KINDS.items()))),
    {kind: dict.fromkeys(messages).keys() for kind, messages in BY_KIND.items()},
    {message: np.str_(kind) for message, kind in KINDS.items()},
    {message: f"the {kind}s".replace("querys", "queries") for message, kind in KINDS.items()},
    pd.Series(KINDS),
]
WRONG_KINDS = {
    "an order is an event": (KINDS | {"PlaceOrder": "event"}, "Nothing has happened yet"),
    "an order is a query": (KINDS | {"PlaceOrder": "query"}, "Is the shop as it was before"),
    "an event is a past command": (KINDS | {"OrderPlaced": "command"}, "not a command in the past tense"),
    "an event asks": (KINDS | {"OrderPlaced": "query"}, "Who waits for an answer to this"),
    "a list is a command": (KINDS | {"ListProducts": "command"}, "Which product is on sale now"),
    "a list is an event": (KINDS | {"ListProducts": "event"}, "Somebody wants to see a list"),
    "returns something, so a query": (KINDS | {"TakeNextInvoiceNumber": "query"}, "Returning something does not make"),
    "a number is an event": (KINDS | {"TakeNextInvoiceNumber": "event"}, "Nobody has taken the number yet"),
    "has no arguments, so a query": (KINDS | {"RecalculateTotals": "query"}, "It has no arguments, but"),
    "totals are an event": (KINDS | {"RecalculateTotals": "event"}, "Have the totals been recalculated"),
    "a question is a command": (KINDS | {"StockLevels": "command"}, "Which of these numbers does it change"),
    "a question is an event": (KINDS | {"StockLevels": "event"}, "somebody waits for an answer"),
    "a refusal is a command": (KINDS | {"PaymentRefused": "command"}, "That something was refused has happened too"),
    "a refusal is a query": (KINDS | {"PaymentRefused": "query"}, "It says how a request ended"),
    "one left open": (KINDS | {"StockLevels": None}, "What would change if it is sent"),
    "another word": (KINDS | {"ListProducts": "getter"}, "comes closest"),
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


@dataclass(frozen=True, kw_only=True, slots=True)
class ByName:
    pence: int
    target: str
    source: str


@dataclass(frozen=True)
class NoLessThanOne:
    pence: int
    source: str
    target: str
    note: str = field(default="", compare=False)

    def __post_init__(self):
        if self.pence < 1:
            raise ValueError("at least one penny")


class ByHand:
    __slots__ = ("_values",)

    def __init__(self, source, target, pence):
        object.__setattr__(self, "_values", (source, target, pence))

    def __setattr__(self, name, value):
        raise RuntimeError("nobody changes what was sent")

    source = property(lambda self: self._values[0])
    target = property(lambda self: self._values[1])
    pence = property(lambda self: self._values[2])


Pay = namedtuple("Pay", "target source pence")


@dataclass(frozen=True)
class MoneyTransferred:
    source: str
    target: str
    pence: int


class TransferredMoney(MoveMoney):
    pass


class MoneySent(MoveMoney):
    pass


@dataclass
class ChangesOnItsWay:
    source: str
    target: str
    pence: int


class Halves:
    """Only the money cannot be changed."""

    def __init__(self, source, target, pence):
        vars(self).update(source=source, target=target, pence=pence)

    def __setattr__(self, name, value):
        if name == "pence":
            raise AttributeError(name)
        object.__setattr__(self, name, value)


@dataclass(frozen=True)
class OtherNames:
    payer: str
    payee: str
    pence: int
    currency: str


class Forgets:
    def __init__(self, source, target, pence):
        pass


def in_place(command, accounts):
    if command.pence < 1 or accounts.get(command.source, 0) < command.pence:
        raise ValueError("not enough")
    accounts[command.source] -= command.pence
    accounts[command.target] = accounts.get(command.target, 0) + command.pence


def new_accounts(command, accounts):
    assert 0 < command.pence <= accounts.get(command.source, 0)
    after = {**accounts, command.source: accounts[command.source] - command.pence}
    return {**after, command.target: after.get(command.target, 0) + command.pence}


def by_counter(command, accounts):
    if command.pence <= 0:
        raise lab.CommandRejected("nothing to transfer")
    after = Counter(accounts)
    after[command.source] -= command.pence
    after[command.target] += command.pence
    if after[command.source] < 0:
        raise lab.CommandRejected("not enough money")
    return after


def by_defaultdict(command, accounts):
    after = defaultdict(int, accounts)
    for account, pence in ((command.source, -command.pence), (command.target, command.pence)):
        after[account] += pence
    if min(after.values()) < 0 or command.pence < 0:
        raise PermissionError("the bank lends nothing")
    return MappingProxyType({account: pence for account, pence in after.items() if pence})


def not_to_oneself(command, accounts):
    if command.source == command.target:
        raise ValueError("to oneself?")
    if not 1 <= command.pence <= accounts[command.source]:
        raise ValueError("not that much")
    accounts[command.target] = accounts.get(command.target, 0) + command.pence
    accounts[command.source] -= command.pence
    return accounts


def takes_back(command, accounts):
    before = dict(accounts)
    try:
        accounts[command.source] -= command.pence
        accounts.setdefault(command.target, 0)
        accounts[command.target] += command.pence
        if accounts[command.source] < 0 or command.pence < 1:
            raise ValueError("not enough")
    except (KeyError, ValueError):
        accounts.clear()
        accounts.update(before)
        raise


class Bank:
    def __call__(self, command, accounts):
        new = {name: np.int64(pence) for name, pence in accounts.items()}
        have = new.get(command.source, 0)
        if command.source == command.target and 0 < command.pence <= have:
            return accounts
        if command.pence < 1 or have - command.pence < 0:
            raise OverflowError
        return new | {
            command.source: have - command.pence,
            command.target: new.get(command.target, 0) + command.pence,
        }


def penny_by_penny(command, accounts):
    if command.pence < 1 or accounts.get(command.source, 0) < command.pence:
        raise lab.CommandRejected("no")
    for _ in range(command.pence):
        accounts[command.source] -= 1
        accounts[command.target] = accounts.get(command.target, 0) + 1


def coin_by_coin(command, accounts):
    if command.pence < 1 or accounts.get(command.source, 0) < command.pence:
        raise lab.CommandRejected("no")
    coins, left = (10**9, 10**6, 1_000, 1), command.pence
    while left:
        coin = next(coin for coin in coins if coin <= left)
        left -= coin
        accounts[command.source] -= coin
        accounts[command.target] = accounts.get(command.target, 0) + coin


def by_pandas(command, accounts):
    if command.pence < 1 or accounts.get(command.source, 0) < command.pence:
        raise ValueError("no")
    moves = [pd.Series({command.source: -command.pence}), pd.Series({command.target: command.pence})]
    return reduce(lambda after, move: after.add(move, fill_value=0), moves, pd.Series(accounts))


def known_accounts_only(command, accounts):
    if command.target not in accounts:
        raise LookupError(f"{command.target} has no account")
    in_place(command, accounts)


def opens_at_once(command, accounts):
    accounts.setdefault(command.target, 0)
    in_place(command, accounts)


def moves_nothing(command, accounts):
    if command.pence < 0 or accounts.get(command.source, 0) < command.pence:
        raise ValueError("no")
    return new_accounts_unchecked(command, accounts)


def two_at_least(command, accounts):
    if command.pence <= 1:
        raise ValueError("too little")
    in_place(command, accounts)


def fee_above(limit):
    def handle(command, accounts):
        in_place(command, accounts)
        accounts[command.target] -= 5 if command.pence > limit else 0

    return handle


def refuses_above(limit):
    def handle(command, accounts):
        if command.pence > limit:
            raise ValueError("too much at once")
        in_place(command, accounts)

    return handle


def cut_to_size(command, accounts):
    in_place(command, accounts)
    accounts[command.target] %= 100_000


def raises_a_text(command, accounts):
    if command.pence < 1 or accounts.get(command.source, 0) < command.pence:
        raise "not enough"  # noqa: B016 - that is the mistake
    in_place(command, accounts)


def ends_the_process(command, accounts):
    if command.pence < 1 or accounts.get(command.source, 0) < command.pence:
        sys.exit(1)
    in_place(command, accounts)


class RemembersBalances:
    def __init__(self):
        self.seen = {}

    def __call__(self, account, accounts):
        return self.seen.setdefault(account, accounts.get(account, 0))


def half_done(command, accounts):
    accounts[command.source] -= command.pence
    if accounts[command.source] < 0:
        raise ValueError("not enough")
    accounts[command.target] += command.pence


def no_rule(command, accounts):
    accounts[command.source] -= command.pence
    accounts[command.target] += command.pence


def no_rule_but_silence(command, accounts):
    if accounts[command.source] >= command.pence:
        no_rule(command, accounts)


def gives_only(command, accounts):
    return new_accounts(command, accounts) | {command.source: accounts[command.source]}


def takes_only(command, accounts):
    in_place(command, accounts)
    accounts[command.target] -= command.pence


def money_gone(command, accounts):
    if not 0 < command.pence <= accounts[command.source]:
        raise ValueError("not enough")
    no_rule(command, accounts)


def below_zero(command, accounts):
    if accounts.get(command.source, 0) < command.pence:
        raise ValueError("not enough")
    return new_accounts_unchecked(command, accounts)


def new_accounts_unchecked(command, accounts):
    after = {**accounts, command.source: accounts.get(command.source, 0) - command.pence}
    return {**after, command.target: after.get(command.target, 0) + command.pence}


def too_strict(command, accounts):
    if command.pence < 1 or accounts.get(command.source, 0) <= command.pence:
        raise ValueError("not enough")
    return new_accounts_unchecked(command, accounts)


def anybody_has_money(command, accounts):
    if command.pence < 1 or accounts.get(command.source, command.pence) < command.pence:
        raise ValueError("not enough")
    return new_accounts_unchecked(command, accounts)


def twice_from_one_number(command, accounts):
    if not 0 < command.pence <= accounts.get(command.source, 0):
        raise ValueError("not enough")
    moved = {command.source: -command.pence, command.target: command.pence}
    return accounts | {name: accounts.get(name, 0) + pence for name, pence in moved.items()}


def new_target_lost(command, accounts):
    in_place(command, accounts)
    if command.target == "cleo":
        del accounts["cleo"]


def only_ada_to_ben(command, accounts):
    if command.pence > 700:
        raise ValueError
    return accounts | {"ada": accounts["ada"] - command.pence, "ben": accounts["ben"] + command.pence}


def the_other_way(command, accounts):
    in_place(MoveMoney(command.target, command.source, command.pence), accounts)


def both_ways(command, accounts):
    if not 0 < command.pence <= accounts.get(command.source, 0):
        raise ValueError
    accounts[command.source] -= command.pence
    return {**accounts, command.target: accounts.get(command.target, 0) + command.pence}


def returns_no_money(command, accounts):
    in_place(command, dict(accounts))
    return [MoneyTransferred(command.source, command.target, command.pence)]


def opens_and_refuses(command, accounts):
    accounts.setdefault(command.target, 0)
    accounts.setdefault(command.source, 0)
    in_place(command, accounts)


def only_the_two(command, accounts):
    after = new_accounts(command, accounts)
    return {command.source: after[command.source], command.target: after[command.target]}


def mistyped(command, accounts):
    if accounts.get(command.source, 0) < command.pence or command.pence < 1:
        raise NotEnoughMoney  # noqa: F821 - that is the mistake
    return new_accounts_unchecked(command, accounts)


def asks(account, accounts):
    return accounts.get(account, 0)


def asks_otherwise(account, accounts):
    try:
        return accounts[account]
    except KeyError:
        return 0


def asks_in_a_loop(account, accounts):
    return sum(pence for name, pence in accounts.items() if name == account)


def asks_and_writes(account, accounts):
    return accounts.setdefault(account, 0)


def balance_of(account, accounts):
    return accounts.get(account, 0)


def asks_and_counts(account, accounts):
    accounts["asked"] = accounts.get("asked", 0) + 1
    return accounts.get(account, 0)


RIGHT_TRANSFERS = [
    (TransferMoney, in_place, asks),
    (MoveMoney, new_accounts, asks_otherwise),
    [ByName, by_counter, lambda account, accounts: {account: 0, **accounts}[account]],
    (NoLessThanOne, by_defaultdict, lambda account, accounts: Counter(accounts)[account]),
    (ByHand, not_to_oneself, asks_in_a_loop),
    (Pay, takes_back, lambda account, accounts: accounts.get(account) or 0),
    (TransferMoney, Bank(), lambda account, accounts: np.int64(accounts.get(account, 0))),
    (TransferMoney, penny_by_penny, asks),
    (TransferMoney, coin_by_coin, asks),
    (MoveMoney, by_pandas, lambda account, accounts: pd.Series(accounts).get(account, 0)),
    (NoLessThanOne, moves_nothing, lambda account, accounts: Fraction(accounts.get(account, 0))),
]
WRONG_TRANSFERS = {
    "past tense": ((MoneyTransferred, in_place, asks), "its name is an imperative"),
    "mutable": ((ChangesOnItsWay, in_place, asks), "make it frozen"),
    "an instance": ((TransferMoney("a", "b", 1), in_place, asks), "the class, or one object of it"),
    "other fields": ((OtherNames, in_place, asks), "called source, target and pence"),
    "keeps nothing": ((Forgets, in_place, asks), "Where does your class keep it"),
    "the class last": ((in_place, asks, TransferMoney), "in this order: the class, the handler, the query"),
    "a handler that was called": ((TransferMoney, None, asks), "Did you hand over handle itself"),
    "a question that was asked": ((TransferMoney, in_place, 700), "Did you hand over balance_of itself"),
    "a query that writes": ((TransferMoney, in_place, asks_and_writes), "What did the question change"),
    "fails on who has no account": ((TransferMoney, in_place, lambda a, b: b[a]), "without an account here"),
    "another's money": ((TransferMoney, in_place, lambda a, b: 100), "Whose money"),
    "one bank for all": ((TransferMoney, in_place, lambda a, b: {"ada": 700, "ben": 100}.get(a, 0)), "Another bank"),
    "no rule": ((TransferMoney, no_rule, asks), "Where is the rule"),
    "half of it done": ((TransferMoney, half_done, asks), "part of it is done"),
    "money made": ((TransferMoney, gives_only, asks), "arrive at Ben's, once"),
    "only Ada to Ben": ((TransferMoney, only_ada_to_ben, asks), "who gives, who gets, and how much"),
    "the other way": ((TransferMoney, the_other_way, asks), "Nothing forbids this transfer"),
    "less than nothing": ((TransferMoney, below_zero, asks), "so Ada paid"),
    "too strict": ((TransferMoney, too_strict, asks), "Is your comparison too strict"),
    "money from nowhere": ((TransferMoney, anybody_has_money, asks), "Where did her money come from"),
    "money gone": ((TransferMoney, money_gone, asks), "Your code stopped halfway"),
    "an account not opened": ((TransferMoney, new_target_lost, asks), "Cleo has no account yet, so she has 0"),
    "to oneself": ((TransferMoney, twice_from_one_number, asks), "before you write either"),
    "two accounts left": ((TransferMoney, only_the_two, asks), "had nothing to do with it"),
    "two banks": ((TransferMoney, both_ways, asks), "Which of the two is the bank now"),
    "one of three": (TransferMoney, "Which of the three"),
    "known accounts only": ((TransferMoney, known_accounts_only, asks), "anybody can be paid"),
    "an account of one refused": ((TransferMoney, opens_at_once, asks), "an account more: Cleo"),
    "none at all": ((TransferMoney, moves_nothing, asks), "of 1 penny or more"),
    "one penny": ((TransferMoney, two_at_least, asks), "not too little"),
    "a fee": ((TransferMoney, fee_above(1000), asks), "in its amount alone"),
    "pounds": ((TransferMoney, in_place, lambda a, b: b.get(a, 0) / 100), "That is in pounds"),
    "nothing returned": ((TransferMoney, in_place, lambda a, b: None), "Is there a return"),
    "a text": ((TransferMoney, in_place, lambda a, b: str(b.get(a, 0))), "That is not a number"),
    "remembers": ((TransferMoney, in_place, RemembersBalances()), "far more at this bank"),
    "ends the process": ((TransferMoney, ends_the_process, asks), "would end the whole kernel"),
}

# --- 02.3 -------------------------------------------------------------------------------------------------


def by_type(role, message, commands):
    return role == "manager" or type(message) not in commands


def by_isinstance(role, message, commands):
    if isinstance(message, commands):
        return role == "manager"
    return True


def by_loop(role, message, commands):
    allowed = True
    for command in commands:
        if isinstance(message, command):
            allowed = role == "manager"
    return allowed


def by_match(role, message, commands):
    match role, isinstance(message, commands):
        case ("manager", _) | (_, False):
            return 1
    return 0


def by_set(role, message, commands):
    return not ({type(message)} & set(commands)) or role in {"manager"}


def by_union(role, message, commands):
    return np.bool_(not isinstance(message, reduce(operator.or_, commands, type(None))) or role == "manager")


class Door:
    def __call__(self, rôle, message, commandes):
        print("at the door:", rôle)
        return np.True_ if type(message) not in commandes else np.equal(len(rôle), 7) & (rôle == self.manager)

    manager = "manager"


def from_the_front(role, message, commands):
    if not commands:
        return True
    return role == "manager" if type(message) is commands[0] else from_the_front(role, message, commands[1:])


def says_nothing_for_no(role, message, commands):
    if role == "manager" or not any(issubclass(type(message), one) for one in commands):
        return True


def raises_for_no(role, message, commands):
    if role != "manager" and isinstance(message, commands):
        raise PermissionError(role)
    return True


WRONG_DOORS = {
    "everybody may": (lambda role, message, commands: True, "Who does your door keep out"),
    "nobody may": (lambda role, message, commands: False, "What did the clerk want to change"),
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
        "everybody who is not a clerk",
    ),
    "managers only write": (
        lambda role, message, commands: (role == "manager") == isinstance(message, commands),
        "May a manager ask, too",
    ),
    "nobody may change": (
        lambda role, message, commands: not isinstance(message, commands),
        "if not the manager",
    ),
    "the last command only": (
        lambda role, message, commands: (
            type(message) is commands[-1] and role == "manager" or not isinstance(message, commands)
        ),
        "May the manager send both",
    ),
    "a list of roles": (
        lambda role, message, commands: role == "manager" or (role == "clerk" and not isinstance(message, commands)),
        "a visitor is somebody",
    ),
    "looks inside the word": (
        lambda role, message, commands: role in "manager" or not isinstance(message, commands),
        "inside the word",
    ),
    "part of the word": (
        lambda role, message, commands: role.endswith("manager") or not isinstance(message, commands),
        "Compare the whole word",
    ),
    "the names of this lesson": (
        lambda role, message, commands: (
            role == "manager" or type(message).__name__ not in ("ListProduct", "ChangePrice")
        ),
        "Do you look into `commands`",
    ),
    "both tuples": (
        lambda role, message, commands: (
            role == "manager" or not (type(message) in commands or type(message).__name__ == "ChangePrice")
        ),
        "Which tuple did you look into",
    ),
    "the same object": (
        lambda role, message, commands: role is sys.intern("manager") or not isinstance(message, commands),
        "with `is`, or with `==`",
    ),
    "a word for an answer": (
        lambda role, message, commands: "yes" if role == "manager" or not isinstance(message, commands) else "no",
        "even the text 'no'",
    ),
    "no answer for a no": (says_nothing_for_no, "Is there a return"),
    "the message back": (
        lambda role, message, commands: [message] if role == "manager" or not isinstance(message, commands) else [],
        "the task asks for one",
    ),
    "an error for a no": (raises_for_no, "Who would catch this error"),
    "the first two of the tuple": (
        lambda role, message, commands: role == "manager" or not isinstance(message, commands[:2]),
        "Do you look at all of them",
    ),
    "by the same name": (
        lambda role, message, commands: (
            role == "manager" or type(message).__name__ not in [one.__name__ for one in commands]
        ),
        "Do you compare types, or names",
    ),
    "another role": (
        lambda role, message, commands: role in ("manager", "admin", "owner") or not isinstance(message, commands),
        "Which one role does the task name",
    ),
    "no function": (True, "Did you hand over may itself"),
}
# The same misunderstandings, written down otherwise.
ALSO_WRONG = {
    "02.1": [
        (dict.fromkeys(KINDS), "in place of what it holds"),
        (BY_KIND | {"Queries": ["ListProducts"]}, "What would change if it is sent"),
        (BY_KIND | {"Queries": list(KINDS)}, "comes closest"),
        (
            {
                **BY_KIND,
                "Commands": ["PlaceOrder", "RecalculateTotals"],
                "Queries": [*BY_KIND["Queries"], "TakeNextInvoiceNumber"],
            },
            "Returning something",
        ),
        (list(KINDS.values()), "Which kind is each"),
        (None, "in place of what it holds"),
        (dict.fromkeys(KINDS, "command"), "not a command in the past tense"),
        (dict.fromkeys(KINDS, "query"), "Is the shop as it was before"),
        (dict.fromkeys(KINDS, "event"), "Nothing has happened yet"),
    ],
    "02.2": [
        ((TransferMoney, lambda command: command, asks), "Which arguments does the task name"),
        ((TransferMoney, in_place, lambda account: 0), "Which arguments does the task name"),
        (None, "in place of what it holds"),
        ((TransferMoney, in_place), "Which of the three"),
        (
            {"TransferMoney": TransferMoney, "handle": in_place, "balance_of": asks},
            "Hand them over without names, in this order",
        ),
        ((TransferredMoney, in_place, asks), "its name is an imperative"),
        ((MoneySent, in_place, asks), "its name is an imperative"),
        ((Halves, in_place, asks), "make it frozen"),
        ((TransferMoney, no_rule_but_silence, asks), "Where is the rule"),
        ((TransferMoney, takes_only, asks), "arrive at Ben's, once"),
        ((TransferMoney, lambda command, accounts: accounts, asks), "arrive at Ben's, once"),
        ((TransferMoney, lambda command, accounts: True, asks), "arrive at Ben's, once"),
        ((TransferMoney, returns_no_money, asks), "arrive at Ben's, once"),
        ((TransferMoney, opens_and_refuses, asks), "an account more: Eve"),
        ((TransferMoney, in_place, asks_and_counts), "What did the question change"),
        ((TransferMoney, balance_of, in_place), "in this order: the class, the handler, the query"),
        ((asks, TransferMoney, in_place), "in this order: the class, the handler, the query"),
        ((TransferMoney, in_place, lambda a, b: b.pop(a, 0)), "What did the question change"),
        ((TransferMoney, in_place, lambda a, b: b.get(a)), "without an account here"),
        ((TransferMoney, in_place, lambda a, b: a in b), "How many, or how much"),
        ((TransferMoney, in_place, lambda a, b: 850), "Whose money"),
        *[
            ((TransferMoney, limit(pence), asks), "in its amount alone")
            for limit in (fee_above, refuses_above)
            for pence in (999, 1_000, 5_000, 10_000, 1_000_000, 1_000_001, 3_000_000)
        ],
        ((TransferMoney, cut_to_size, asks), "in its amount alone"),
        ((TransferMoney, raises_a_text, asks), "Try that line alone"),
        ((TransferMoney, in_place, lambda a, b: min(1000, b.get(a, 0))), "far more at this bank"),
    ],
    "02.3": [
        (lambda role, message: True, "Which arguments does the task name"),
        (None, "in place of what it holds"),
        (lambda role, message, commands: message not in commands or role == "manager", "Who does your door keep out"),
        (lambda role, message, commands: role == "manager", "What did the clerk want to change"),
        (lambda role, message, commands: role != "manager" or isinstance(message, commands), "Who does your door"),
        (lambda role, message, commands: None, "Is there a return"),
        *[
            (lambda role, message, commands, fits=fits: fits(role) or not isinstance(message, commands), "whole word")
            for fits in (
                lambda role: role.startswith("man"),
                lambda role: role.startswith("manager"),
                lambda role: role[:1] == "m",
                lambda role: role.rstrip("s") == "manager",
                lambda role: role.endswith("er") and "a" in role,
            )
        ],
        (lambda role, message, commands: role == "manager" or (commands and type(message) not in commands), "for one"),
        (
            lambda role, message, commands: role in ("manager", "visitor") or not isinstance(message, commands),
            "not a clerk",
        ),
        (lambda role, message, commands: "manager" in role or not isinstance(message, commands), "the whole word"),
    ],
}
RIGHT = {
    "02.1": RIGHT_KINDS,
    "02.2": RIGHT_TRANSFERS,
    "02.3": [by_type, by_isinstance, by_loop, by_match, by_set, by_union, Door(), from_the_front],
}
WRONG = {"02.1": WRONG_KINDS, "02.2": WRONG_TRANSFERS, "02.3": WRONG_DOORS}
