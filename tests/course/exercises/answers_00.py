"""Answers to the exercises of lesson 0: right ones in several styles, and wrong ones with what each is told."""

from collections import OrderedDict
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import pandas as pd

ORDER = {"events this adds to the log": 1, "orders on her page, asked at once": 0, "cups fewer in stock": 5}
EVENTS, AT_ONCE, FEWER = ORDER
NOTHING = {"events this adds to the log": 1, "orders on his page": 0}
PAGE = "orders on his page"
MESSAGES = {
    "BorrowCopy": "command",
    "CopyBorrowed": "event",
    "WhoHasCopy": "query",
    "LoanRefused": "event",
    "ReturnCopy": "command",
}


class Kind(StrEnum):
    COMMAND = "command"
    EVENT = "event"
    QUERY = "query"


RIGHT_ORDERS = [
    (5, ORDER),
    (2, dict(zip(ORDER, [1, 0, 2], strict=True))),
    [9, ORDER | {FEWER: 9}],
    (np.int64(5), {name: np.int64(number) for name, number in ORDER.items()}),
    (5, dict(zip(ORDER, np.array([1, 0, 5]), strict=True))),
    (3.0, ORDER | {EVENTS: 1.0, AT_ONCE: Decimal(0), FEWER: Fraction(3)}),
    (6, MappingProxyType(OrderedDict(reversed((ORDER | {FEWER: 6}).items())))),
    (5, ORDER | {"orders on her page, a minute later": 1}),
    (5, pd.Series(ORDER)),
    (np.array(5), {name: np.array(number) for name, number in ORDER.items()}),
]
RIGHT_NOTHINGS = [
    NOTHING,
    dict(reversed(NOTHING.items())),
    {name: np.int64(number) for name, number in NOTHING.items()},
    dict(zip(NOTHING, (1.0, 0.0), strict=True)),
    MappingProxyType(NOTHING),
    OrderedDict(NOTHING, note="refused"),
    pd.Series(NOTHING),
]
RIGHT_MESSAGES = [
    MESSAGES,
    {message: kind.title() for message, kind in MESSAGES.items()},
    {message: f" {kind.upper()} " for message, kind in MESSAGES.items()},
    {message: Kind(kind) for message, kind in MESSAGES.items()},
    MappingProxyType(dict(reversed(MESSAGES.items()))),
    {message: np.str_(kind) for message, kind in MESSAGES.items()},
    {message: f"an {kind}" if kind == "event" else f"a {kind}" for message, kind in MESSAGES.items()},
    {"commands": ["BorrowCopy", "ReturnCopy"], "events": ["CopyBorrowed", "LoanRefused"], "queries": ["WhoHasCopy"]},
]
WRONG_ORDERS = {
    "a fact per cup": ((5, ORDER | {EVENTS: 5}), "One event per cup?"),
    "no fact": ((5, ORDER | {EVENTS: 0}), "Where else would it be written down"),
    "the line is an event too": ((5, ORDER | {EVENTS: 2}), "The line is part of the order"),
    "all of the log": ((5, ORDER | {EVENTS: 4}), "What does the log hold"),
    "the receipt reaches the page": ((5, ORDER | {AT_ONCE: 1}), "Who has told the table"),
    "the page counts cups": ((5, ORDER | {AT_ONCE: 5}), "The page lists orders, not cups"),
    "Ada's order on her page": ((5, ORDER | {AT_ONCE: 2}), "Which events has her table read"),
    "stock counts orders": ((5, ORDER | {FEWER: 1}), "You count orders"),
    "stock never catches up": ((5, ORDER | {FEWER: 0}), "until its table catches up"),
    "what is left": ((5, ORDER | {FEWER: 7}), "how many are left"),
    "a minus": ((5, ORDER | {FEWER: -5}), "is a minus already"),
    "twice": ((5, ORDER | {FEWER: 10}), "How many cups are hers"),
    "one cup": ((1, ORDER), "two of the answers look alike"),
    "no pair": (ORDER, "The check takes both, as a pair"),
    "untouched": ((2, dict.fromkeys(ORDER)), "in place of each None"),
    "a word": ((5, ORDER | {EVENTS: "one"}), "Write how many, as a number. What does the log hold"),
    "yes": ((5, ORDER | {AT_ONCE: True}), "Write how many, as a number. Which events"),
    "one left open": ((5, ORDER | {FEWER: None}), "Write how many, as a number. How many cups"),
    "another key": ((5, {EVENTS: 1, AT_ONCE: 0, "cups": 5}), "Keep the dict's keys"),
}
WRONG_NOTHINGS = {
    "no trace": (NOTHING | {EVENTS: 0}, "What could it count"),
    "an order and a refusal": (NOTHING | {EVENTS: 2}, "it never became an order"),
    "many facts": (NOTHING | {EVENTS: 3}, "How many events is that"),
    "an order": (NOTHING | {PAGE: 1}, "Was this table made for"),
    "fewer than none": (NOTHING | {PAGE: -1}, "How many orders took place"),
    "no page": ({EVENTS: 1}, "Keep the dict's keys as they are. How many orders"),
    "no log": ({PAGE: 0}, "Keep the dict's keys as they are. A refusal"),
    "no dict": ([1, 0], "Write both numbers into the dict"),
    "untouched": (dict.fromkeys(NOTHING), "in place of what it holds"),
    "a word": (NOTHING | {EVENTS: "one"}, "Write how many, as a number. A refusal"),
    "no": (NOTHING | {PAGE: False}, "Write how many, as a number. How many orders"),
}
WRONG_MESSAGES = {
    "a command is an event": (MESSAGES | {"BorrowCopy": "event"}, "May the library still say no"),
    "a command is a query": (MESSAGES | {"BorrowCopy": "query"}, "on the shelf as before"),
    "an event is a command": (MESSAGES | {"CopyBorrowed": "command"}, "Who could refuse this"),
    "an event is a query": (MESSAGES | {"CopyBorrowed": "query"}, "Nobody waits for an answer"),
    "a query is a command": (MESSAGES | {"WhoHasCopy": "command"}, "a hundred times"),
    "a query is an event": (MESSAGES | {"WhoHasCopy": "event"}, "Has anything happened when somebody asks"),
    "a refusal is a command": (MESSAGES | {"LoanRefused": "command"}, "Nobody asks for a refusal"),
    "a refusal is a query": (MESSAGES | {"LoanRefused": "query"}, "how a request ended"),
    "a return is an event": (MESSAGES | {"ReturnCopy": "event"}, "It is not back yet"),
    "a return is a query": (MESSAGES | {"ReturnCopy": "query"}, "who has the copy"),
    "no answer": (MESSAGES | {"ReturnCopy": None}, "or want to know something"),
    "no dict": (list(MESSAGES.values()), "each of the five"),
    "another word": (MESSAGES | {"ReturnCopy": "request"}, "comes closest"),
}
# The same misunderstandings, written down otherwise.
ALSO_WRONG = {
    "00.1": [
        ((2, ORDER | {EVENTS: 2}), "One event per cup?"),
        ((12, ORDER), "two of the answers look alike"),
        ((1, ORDER), "two of the answers look alike"),
        ((2.5, ORDER), "as a whole number"),
        (("5", ORDER), "as a whole number"),
        ((True, ORDER), "as a whole number"),
        ((None, ORDER), "as a whole number"),
        ((5, [1, 0, 5]), "The check takes both, as a pair"),
        (None, "in place of what it holds"),
        ((5, ORDER | {FEWER: float("nan")}), "How many cups are hers"),
        ((6, ORDER | {EVENTS: np.int64(6), FEWER: 6}), "One event per cup?"),
    ],
    "00.2": [
        (NOTHING | {EVENTS: float("nan")}, "How many events is that"),
        (NOTHING | {EVENTS: 0, PAGE: 1}, "What could it count"),
        (NOTHING | {PAGE: np.int64(1)}, "Was this table made for"),
        ({}, "Keep the dict's keys as they are"),
        (None, "in place of what it holds"),
        ((1, 0), "Write both numbers into the dict"),
    ],
    "00.3": [
        (dict.fromkeys(MESSAGES), "in place of what it holds"),
        (dict.fromkeys(MESSAGES, "command"), "Who could refuse this"),
        (dict.fromkeys(MESSAGES, "event"), "May the library still say no"),
        (dict.fromkeys(MESSAGES, "query"), "on the shelf as before"),
        (MESSAGES | {"LoanRefused": "Command "}, "Nobody asks for a refusal"),
    ],
}

RIGHT = {"00.1": RIGHT_ORDERS, "00.2": RIGHT_NOTHINGS, "00.3": RIGHT_MESSAGES}
WRONG = {"00.1": WRONG_ORDERS, "00.2": WRONG_NOTHINGS, "00.3": WRONG_MESSAGES}
