"""Exercises of lesson 0: predict what an order does to the shop, and tell a library's messages apart."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Number
from typing import Any

from cqrs_lab.course.accept import as_mapping, as_plain
from cqrs_lab.course.exercises.by_thing import by_thing
from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.guard import NotYet, shown

EVENTS, AT_ONCE, FEWER = "events this adds to the log", "orders on her page, asked at once", "cups fewer in stock"
SHOP = "the number the shop shows beside yours, in the table above"


def order(answer: Any) -> None:
    """Judge a pair: how many cups Cleo orders, and what that does to log, page and stock."""
    pair_of = "How many cups, and what follows from it? The check takes both, as a pair."
    if not (isinstance(answer, tuple | list) and len(answer) == 2):
        raise NotYet("looked at your answer", shown(answer), "(quantity, predicted)", pair_of)
    quantity, predicted = as_plain(answer[0]), _predicted(answer[1], "three numbers", pair_of)
    _expect_quantity(quantity)
    if predicted and all(value is None for value in predicted.values()):
        ask = "What do you expect? Write a number in place of each None; a wrong one teaches you more than none."
        raise NotYet("looked at your answer", "the cell as it was: nothing but None", "three numbers", ask)
    facts = {
        0: "The shop accepts her order. Where else would it be written down?",
        2: "One event for the order and one for its line? The line is part of the order.",
        quantity: "One event per cup? Her order is one fact, with a line that says how many.",
    }
    page = {
        1: "The receipt reached Cleo, and the event reached the log. Who has told the table that her page reads?",
        quantity: "The page lists orders, not cups. And which events has its table read when she asks at once?",
    }
    stock = {
        1: "You count orders. What does a storeroom count?",
        0: "That is right until its table catches up. What does it know afterwards?",
        -quantity: "The word 'fewer' is a minus already. How many fewer cups are there?",
        12 - quantity: "Is that how many are left, or how many fewer there are than before?",
    }
    _compare(predicted, EVENTS, 1, facts, "What does the log hold of an order that is accepted?")
    _compare(predicted, AT_ONCE, 0, page, "Which events has her table read when she asks at once?")
    _compare(predicted, FEWER, quantity, stock, "How many cups are hers now that were free before?")


def _expect_quantity(quantity: Any) -> None:
    if _is_number(quantity) and quantity in range(2, 10):
        return
    ask = "How many cups does she order? Write it as a whole number."
    if _is_number(quantity) and quantity in range(100):
        ask = "With one cup, two of the answers look alike, and twelve is all there is. How many does she order?"
    raise NotYet("looked at quantity", shown(quantity), "a whole number from 2 to 9", ask)


NOTHING_ORDERED = "orders on his page"


def nothing(answer: Any) -> None:
    """Judge what an order of zero cups leaves in the log and on the page."""
    both = "What is in the log, and what is on the page? Write both numbers into the dict."
    predicted = _predicted(answer, "two numbers", both)
    facts = {
        0: "Many shops keep no trace of a refusal. This one wants to count what it refused. What could it count?",
        2: "Do you count the order as well? It was not accepted, so it never became an order.",
    }
    page = {
        1: "The log and the page are different things. Was this table made for orders that did not take place?",
    }
    _compare(predicted, EVENTS, 1, facts, "A refusal is one thing that happened. How many events is that?")
    _compare(predicted, NOTHING_ORDERED, 0, page, "How many orders took place?")


def _predicted(answer: Any, numbers: str, ask: str) -> dict[Any, Any]:
    try:
        return as_mapping(answer, "")
    except NotYet:
        raise NotYet("looked at your answer", shown(answer), f"a dict with {numbers}", ask) from None


def _compare(said: Mapping[Any, Any], name: str, expected: int, misread: Mapping[int, str], ask: str) -> None:
    if name not in said:
        raise NotYet(
            f"looked for {name!r}", f"{list(said)}", "this key too", f"Keep the dict's keys as they are. {ask}"
        )
    found = said[name]
    if not _is_number(found):
        raise NotYet(f"looked up {name!r}", repr(found), "a number", f"Write how many, as a number. {ask}")
    if found != expected:
        raise NotYet(f"looked up {name!r}", repr(found), SHOP, misread.get(found, ask))


def _is_number(value: object) -> bool:
    return isinstance(value, Number) and not isinstance(value, bool)


KINDS = {
    "BorrowCopy": "command",
    "CopyBorrowed": "event",
    "WhoHasCopy": "query",
    "LoanRefused": "event",
    "ReturnCopy": "command",
}
WHY_NOT = {
    ("BorrowCopy", "event"): "May the library still say no? What has happened cannot be refused; this can.",
    ("BorrowCopy", "query"): "Once this is sent and accepted, is the copy on the shelf as before?",
    ("CopyBorrowed", "command"): "Who could refuse this? It has happened.",
    ("CopyBorrowed", "query"): "Nobody waits for an answer to this. It says what happened, and to which copy.",
    ("WhoHasCopy", "command"): "Send it a hundred times. What is different in the library?",
    ("WhoHasCopy", "event"): "Has anything happened when somebody asks this? Somebody wants to know, that is all.",
    ("LoanRefused", "command"): "Nobody asks for a refusal. That something was refused is a thing that happened.",
    ("LoanRefused", "query"): "It asks nothing. It says how a request ended. Can that still change?",
    ("ReturnCopy", "event"): "It is not back yet: the desk may still find that it is somebody else's copy.",
    ("ReturnCopy", "query"): "Once it is accepted, who has the copy? Something is different then.",
}


def messages(answer: Any) -> None:
    """Judge the kinds of five messages."""
    open_ = "Does it ask for a change, say that something happened, or want to know something?"
    kinds = ("command", "event", "query")
    judge_choices(by_thing(answer, kinds), KINDS, kinds, WHY_NOT, each="Which kind is each of the five?", open_=open_)


EXERCISES = (
    Exercise(
        "00.1",
        order,
        (
            "An accepted order is one fact, however many cups it is for.",
            "A page shows its table, and a table shows the events it has read.",
            "The stock counts cups: every one of hers is one fewer.",
        ),
        "One event, no row yet, and a stock that follows when its table catches up.",
    ),
    Exercise(
        "00.2",
        nothing,
        (
            "Look at the line that says what was recorded.",
            "Each table is made for a question. Which question is this event an answer to?",
        ),
        "A refusal is a fact too, and each table uses the facts that its question needs.",
        untouched={EVENTS: None, NOTHING_ORDERED: None},
    ),
    Exercise(
        "00.3",
        messages,
        (
            "Ask of each: can it still be refused? And: what is different afterwards?",
            "A command asks for a change, an event has happened, a query wants to know.",
        ),
        "A request, a fact, a question: only the first can be refused, only the second is kept.",
        untouched=dict.fromkeys(KINDS),
    ),
)
