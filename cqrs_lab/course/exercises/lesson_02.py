"""Exercises of lesson 2: tell messages apart, write a command and its handler, decide who may send what."""

from __future__ import annotations

from dataclasses import dataclass, make_dataclass
from functools import partial
from numbers import Number
from typing import Any

from cqrs_lab.course.accept import NO_RETURN, as_plain
from cqrs_lab.course.exercises.arguments import expect_arguments
from cqrs_lab.course.exercises.by_thing import by_thing
from cqrs_lab.course.exercises.cases import errors_last
from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_02_bank import TRANSFER
from cqrs_lab.course.guard import NotYet, call, shown
from cqrs_lab.errors import CommandRejected

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
WHY_NOT = {
    ("PlaceOrder", "event"): "Nothing has happened yet: the shop may still refuse. Which tense is the name in?",
    ("PlaceOrder", "query"): "Send it twice. Is the shop as it was before?",
    ("OrderPlaced", "command"): "Can the shop still refuse it? An event is not a command in the past tense: "
    "a command can be refused, an event has happened.",
    ("OrderPlaced", "query"): "Who waits for an answer to this? It says that something happened.",
    ("ListProducts", "command"): "Which product is on sale now that was not before? It only lists what is there.",
    ("ListProducts", "event"): "It is not in the past tense, and nothing has happened. Somebody wants to see a list.",
    ("TakeNextInvoiceNumber", "query"): "It returns a number, but would the next person to send it get the same one? "
    "Returning something does not make a query; changing nothing does.",
    ("TakeNextInvoiceNumber", "event"): "Nobody has taken the number yet. Which tense is the name in?",
    ("RecalculateTotals", "query"): "It has no arguments, but what is different after it ran? "
    "Having nothing to say is not the same as having nothing to change.",
    ("RecalculateTotals", "event"): "Have the totals been recalculated, or does somebody ask for it?",
    ("StockLevels", "command"): "It has no arguments and returns numbers. Which of these numbers does it change?",
    ("StockLevels", "event"): "Nothing happens when it is sent, and somebody waits for an answer.",
    ("PaymentRefused", "command"): "Who would send this as a request? That something was refused has happened too.",
    ("PaymentRefused", "query"): "It asks nothing. It says how a request ended.",
}


def classify(answer: Any) -> None:
    """Judge a classification: a mapping of message to kind, or of kind to messages."""
    kinds = ("command", "event", "query")
    each, open_ = "Which kind is each message?", "What would change if it is sent?"
    judge_choices(by_thing(answer, kinds), KINDS, kinds, WHY_NOT, each=each, open_=open_)


# --- 02.3 -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ListProduct:
    """A command, though it sounds like a question."""


@dataclass(frozen=True)
class ChangePrice:
    """A command."""


@dataclass(frozen=True)
class ChangesOfPrice:
    """A query, though it speaks of changes."""


@dataclass(frozen=True)
class StockLevels:
    """A query."""


COMMANDS = (ListProduct, ChangePrice)
MANY_COMMANDS = tuple(
    make_dataclass(name, [], frozen=True) for name in ("Restock", "Rename", "OrdersOfToday", "Refund", "GetReady")
)
CALLED_ALIKE = make_dataclass("ChangePrice", [], frozen=True)
# Role, message, the types that are commands, whether it may be sent, and what is asked otherwise.
SENT: tuple[tuple[str, type, tuple[type, ...], bool, str], ...] = (
    (
        "clerk",
        ChangePrice,
        COMMANDS,
        False,
        "Who does your door keep out? A clerk may ask anything, and change nothing.",
    ),
    ("clerk", StockLevels, COMMANDS, True, "Anybody may ask. What did the clerk want to change?"),
    (
        "clerk",
        ListProduct,
        COMMANDS,
        False,
        "Do you go by the name? ListProduct sounds like a question, and puts a product on sale.",
    ),
    (
        "clerk",
        ChangesOfPrice,
        COMMANDS,
        True,
        "Do you go by the name? ChangesOfPrice asks about changes and makes none.",
    ),
    ("manager", ChangePrice, COMMANDS, True, "Who may change things, if not the manager?"),
    ("manager", ListProduct, COMMANDS, True, "There are two commands in the tuple. May the manager send both?"),
    ("manager", StockLevels, COMMANDS, True, "May a manager ask, too?"),
    (
        "visitor",
        ChangePrice,
        COMMANDS,
        False,
        "Who may change things by your rule: managers, or everybody who is not a clerk?",
    ),
    ("visitor", StockLevels, COMMANDS, True, "Anybody may ask, and a visitor is somebody. Who does your rule list?"),
    (
        "",
        ChangePrice,
        COMMANDS,
        False,
        "Nobody has logged in, and the price is changed. Do you look for the role inside the word, or compare?",
    ),
    *(
        (role, ChangePrice, COMMANDS, False, f'Is "{role}" the word "manager"? Compare the whole word.')
        for role in ("assistant manager", "manager's assistant", "managers", "manage", "man", "m", "cashier")
    ),
    *(
        (role, ChangePrice, COMMANDS, False, f'"{role}" may be a manager elsewhere. Which one role does the task name?')
        for role in ("owner", "admin", "boss")
    ),
    (
        "clerk",
        StockLevels,
        (StockLevels,),
        False,
        "This shop's tuple holds StockLevels, so here it is a command. Do you look into `commands`?",
    ),
    (
        "clerk",
        ChangePrice,
        (StockLevels,),
        True,
        "This shop's tuple does not hold ChangePrice. Which tuple did you look into?",
    ),
    *(
        ("clerk", kind, MANY_COMMANDS, False, "This shop has more commands in its tuple. Do you look at all of them?")
        for kind in MANY_COMMANDS
    ),
    (
        "clerk",
        ChangePrice,
        (),
        True,
        "This shop has no commands at all, so this is none. What does your code make of an empty tuple?",
    ),
    (
        "clerk",
        CALLED_ALIKE,
        COMMANDS,
        True,
        "This is another type that is called ChangePrice too, and is not in the tuple. Do you compare types, or names?",
    ),
    (
        " manager ".strip(),
        ChangePrice,
        COMMANDS,
        True,
        "This is the same word at another place in memory. Do you compare with `is`, or with `==`?",
    ),
)


def doors(answer: Any) -> None:
    """Judge ``may(role, message, commands)``."""
    if not callable(answer):
        ask = "Did you hand over may itself, without calling it?"
        raise NotYet("looked for may", repr(answer), "a function", ask)
    expect_arguments(answer, "may", "role", "message", "commands")
    errors_last(partial(_may, answer, *sent) for sent in SENT)


def _may(answer: Any, role: str, kind: type, commands: tuple[type, ...], expected: bool, ask: str) -> None:
    done = f"called may({role!r}, {kind.__name__}(), commands={shown(commands)})"
    came = _answered(answer, role, kind(), commands, done)
    if not _is_yes_or_no(came):
        ask = "Python would take that for a yes or a no, and the task asks for one. Return True or False."
        if isinstance(came, str):
            ask = "Python treats any text as true, even the text 'no'. Return True or False."
        raise NotYet(done, shown(came), "True or False", NO_RETURN if came is None else ask)
    if bool(came) != expected:
        raise NotYet(done, repr(came), repr(expected), ask)


def _answered(answer: Any, role: str, message: Any, commands: tuple[type, ...], done: str) -> Any:
    try:
        return call(answer, role, message, commands, name="may")
    except NotYet as not_yet:
        error = not_yet.__context__
        if isinstance(error, CommandRejected | PermissionError):
            ask = "May it pass or not is a question, and its answer is True or False. Who would catch this error?"
            raise NotYet(done, error, "True or False", ask) from None
        raise


def _is_yes_or_no(came: Any) -> bool:
    return isinstance(as_plain(came), Number) and as_plain(came) in (0, 1)


EXERCISES = (
    Exercise(
        "02.1",
        classify,
        (
            "Imagine sending it twice. Is anything different after the second time?",
            "Three ask for a change, two say something that nobody can refuse any more, two only ask.",
            "TakeNextInvoiceNumber and RecalculateTotals leave something changed behind.",
        ),
        "What makes a query is that it changes nothing, whatever it returns and whatever it looks like.",
        untouched=dict.fromkeys(KINDS),
    ),
    TRANSFER,
    Exercise(
        "02.3",
        doors,
        (
            "Names mislead: `commands` holds the types that change something.",
            "isinstance(message, commands) is true for a command.",
            "Anything that is not a command is allowed; a command is allowed only for a manager.",
        ),
        "With two doors, who may do what is a question of which door they are given.",
    ),
)
