"""Exercises of lesson 2: tell messages apart, write a command and its handler, decide who may send what."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.guard import NotYet, call
from cqrs_lab.errors import said

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
    (
        "TakeNextInvoiceNumber",
        "query",
    ): "It gives a number back, but would it give the same number to the next who asks? "
    "Returning something does not make a query; changing nothing does.",
    ("RecalculateTotals", "query"): "It has no arguments, but what is different after it ran? "
    "Nothing to say is not the same as nothing to change.",
    ("OrderPlaced", "command"): "Can the shop still refuse it? An event is not a command in the past tense: "
    "one may be refused, the other has happened.",
    ("PaymentRefused", "command"): "Who would send this as a wish? That something was refused has happened too.",
}


def classify(answer: Any) -> None:
    """Judge a classification: a mapping of message to kind, or of kind to messages."""
    kinds = ("command", "event", "query")
    other = {
        (message, kind): "Does it wish for a change, tell of one, or only ask?" for message in KINDS for kind in kinds
    }
    judge_choices(
        _by_message(answer) if isinstance(answer, Mapping) else answer,
        KINDS,
        kinds,
        other | WHY_NOT,
        each="Which kind is each message?",
        open_="What would change if it is sent?",
    )


def _by_message(answer: Mapping[Any, Any]) -> dict[str, str]:
    said: dict[str, str] = {}
    for key, value in answer.items():
        if str(key).lower().rstrip("s") in ("command", "event", "query", "querie") and not isinstance(value, str):
            kind = str(key).lower().rstrip("s").replace("querie", "query")
            said |= {str(message): kind for message in value}
        elif value is not None:
            said[str(key)] = str(value).lower()
    return said


# --- 02.2: a bank -----------------------------------------------------------------------------------------

PAST = ("ed", "Sent", "Paid", "Taken", "Done", "Made")


def transfer(answer: Any) -> None:
    """Judge a command, its handler, and a query: (TransferMoney, handle, balance_of)."""
    if not isinstance(answer, tuple) or len(answer) != 3:
        expected = "three things: (TransferMoney, handle, balance_of)"
        raise NotYet("looked at your answer", type(answer).__name__, expected, "Which of the three is missing?")
    command_type, handle, balance_of = answer
    command = _command(command_type)
    _moves(handle, command)
    _refuses(handle, command_type)
    _only_asks(balance_of)


def _command(command_type: Any) -> Any:
    if not isinstance(command_type, type):
        raise NotYet("looked at the command", command_type, "a class", "What do you send: the class, or one of it?")
    name = command_type.__name__
    if name.endswith(PAST):
        ask = "Has it happened already? A command is a wish, and a wish is told in the imperative."
        raise NotYet("read the name of the command", name, "an imperative", ask)
    command = call(command_type, "ada", "ben", 500, name=name)
    names = [field.name for field in dataclasses.fields(command)] if dataclasses.is_dataclass(command) else []
    try:
        setattr(command, (names or ["pence"])[-1], 1)
    except (AttributeError, TypeError):
        return command
    ask = "Who else could change it on its way? What was sent should be what arrives: make it frozen."
    raise NotYet(f"sent a {name} and changed it afterwards", "it changed", "an error", ask)


def _moves(handle: Any, command: Any) -> None:
    accounts = {"ada": 700, "ben": 100}
    after = _after(handle, command, accounts)
    if after != {"ada": 200, "ben": 600}:
        ask = "Does what Ada loses arrive at Ben's, once?"
        raise NotYet("moved 500 from ada (700) to ben (100)", after, {"ada": 200, "ben": 600}, ask)


def _refuses(handle: Any, command_type: Any) -> None:
    accounts = {"ada": 700, "ben": 100}
    command = command_type("ada", "ben", 900)
    try:
        came = handle(command, accounts)
    except Exception:  # noqa: BLE001 - any error is a refusal; which one is the learner's choice
        came = None
        if accounts == {"ada": 700, "ben": 100}:
            return
        ask = "You refused, and half of it is done. When do you look: before the first change, or after?"
        raise NotYet("moved 900 from ada, who has 700", f"a refusal, and {accounts}", "nothing changed", ask) from None
    ask = "Where is the rule that nobody gives what they do not have? A command may be refused."
    raise NotYet("moved 900 from ada, who has 700", came or accounts, "a refusal: raise an error", ask)


def _only_asks(balance_of: Any) -> None:
    for account, expected in (("ada", 700), ("cleo", 0)):
        accounts = {"ada": 700, "ben": 100}
        try:
            came = balance_of(account, accounts)
        except KeyError as error:
            came = f"KeyError: {error}"
        if accounts != {"ada": 700, "ben": 100}:
            ask = "What did the question change? Ask twice, or let a thousand robots ask: the bank must stay as it was."
            raise NotYet(f"asked for the balance of {account}, then looked at the bank", accounts, "as before", ask)
        if came != expected:
            ask = (
                "What has somebody who never had an account here?"
                if account == "cleo"
                else "Whose money did you look at?"
            )
            raise NotYet(f"asked for the balance of {account}", came, expected, ask)


def _after(handle: Any, command: Any, accounts: dict[str, int]) -> Any:
    """Give the accounts after a command: the handler may change them, or give new ones."""
    try:
        given = handle(command, accounts)
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        came = said(error)
        ask = "Which of your lines raises it, and what does it expect?"
        raise NotYet("moved 500 from ada (700) to ben (100)", came, "no error", ask) from None
    return given if isinstance(given, dict) else accounts


# --- 02.3 -------------------------------------------------------------------------------------------------


class ListProduct:
    """A command, though it sounds like a question."""


class ChangePrice:
    """A command."""


class ChangesOfPrice:
    """A query, though it speaks of changes."""


class StockLevels:
    """A query."""


COMMANDS = (ListProduct, ChangePrice)
MAY = {
    ("clerk", StockLevels): True,
    ("clerk", ChangesOfPrice): True,
    ("clerk", ChangePrice): False,
    ("clerk", ListProduct): False,
    ("manager", ChangePrice): True,
    ("manager", ListProduct): True,
    ("manager", StockLevels): True,
    ("visitor", ChangePrice): False,
}


def doors(answer: Any) -> None:
    """Judge ``may(role, message, commands)``."""
    for (role, kind), expected in MAY.items():
        came = _may(answer, role, kind)
        if bool(came) != expected:
            what = "command" if kind in COMMANDS else "query"
            raise NotYet(f"let a {role} send {kind.__name__}, a {what}", came, expected, _why(role, kind))


def _may(answer: Any, role: str, kind: type) -> Any:
    if not callable(answer):
        raise NotYet("looked for may", answer, "a function", "What did you hand over?")
    return answer(role, kind(), COMMANDS)


def _why(role: str, kind: type) -> str:
    if kind is ListProduct:
        return "Do you go by the name? ListProduct sounds like a question, and puts a product on sale."
    if kind is ChangesOfPrice:
        return "Do you go by the name? ChangesOfPrice asks about changes and makes none."
    if role == "clerk" and kind is ChangePrice:
        return "Whom does your door keep out? A clerk may ask whatever they like, and change nothing."
    if role == "visitor":
        return "Who is allowed to change, by your rule: managers, or everybody who is no clerk?"
    return "May a manager ask, too?" if kind is StockLevels else "Who may change things, if not the manager?"


EXERCISES = (
    Exercise(
        "02.1",
        classify,
        (
            "Send it twice in your mind. Is anything different after the second time?",
            "Three wish for a change, two tell of something that nobody can refuse any more, two only ask.",
            "TakeNextInvoiceNumber and RecalculateTotals leave something changed behind.",
        ),
        "What makes a query is that it changes nothing, whatever it returns and however it looks.",
    ),
    Exercise(
        "02.2",
        transfer,
        (
            "@dataclass(frozen=True) makes a message that nobody changes on its way.",
            "Look before you change: raise an error while the accounts are still as they were.",
            "accounts.get(account, 0) asks; accounts.setdefault(account, 0) writes.",
        ),
        "A wish that may be refused, a handler that does all of it or nothing, and a question that leaves no trace.",
    ),
    Exercise(
        "02.3",
        doors,
        (
            "Names deceive: `commands` holds the types that change something.",
            "isinstance(message, commands) is true for a command.",
            "Everything is allowed that is no command; a command only for a manager.",
        ),
        "With two doors, who may do what is a question of which door they are given.",
    ),
)
