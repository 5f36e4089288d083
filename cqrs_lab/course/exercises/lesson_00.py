"""Exercises of lesson 0: predict what an order does to the shop, and tell a library's messages apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.guard import NotYet

EVENTS, AT_ONCE, FEWER = "events this adds to the log", "orders on her page, asked at once", "cups fewer in stock"


def order(answer: Any) -> None:
    """Judge a pair: how many cups Cleo orders, and what that does to log, page and stock."""
    if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], Mapping)):
        raise NotYet("looked at your answer", answer, "(quantity, predicted)", "How many cups, and what follows?")
    quantity, predicted = answer
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 2 <= quantity <= 9:
        ask = "With one cup, two of the answers look alike. How many shall she order?"
        raise NotYet("looked at quantity", quantity, "a whole number from 2 to 9", ask)
    per_cup = "One per cup? Her order is one fact, with a line that says how many."
    trusts = "The receipt reached Cleo, and the fact reached the log. Who has told the table that her page reads?"
    orders = "You count orders. What does a storeroom count?"
    unread = "That is so until its table reads on. What does it know then?"
    _compare(predicted, EVENTS, 1, {quantity: per_cup}, "What does the log hold of an order that is accepted?")
    _compare(predicted, AT_ONCE, 0, {1: trusts}, "Which facts has the table read when she asks at once?")
    _compare(predicted, FEWER, quantity, {1: orders, 0: unread}, "How many cups are spoken for that were free before?")


NOTHING_ORDERED = "orders on his page"


def nothing(answer: Any) -> None:
    """Judge what an order of zero cups leaves in the log and on the page."""
    if not isinstance(answer, Mapping):
        raise NotYet("looked at your answer", answer, "a dict", "What is in the log, and what is on the page?")
    no_trace = "Many shops keep no trace. This one wants to count what it refused: what would it count, if not facts?"
    same = "The log and the page are not the same thing. Was this table made for orders that did not take place?"
    _compare(answer, EVENTS, 1, {0: no_trace}, "A refusal is one thing that happened. How many facts is that?")
    _compare(answer, NOTHING_ORDERED, 0, {1: same}, "How many orders took place?")


def _compare(said: Mapping[Any, Any], name: str, expected: int, misread: Mapping[int, str], ask: str) -> None:
    found = said.get(name)
    if not isinstance(found, int) or isinstance(found, bool):
        raise NotYet(f"looked up: {name}", found, "a number", ask)
    if found != expected:
        raise NotYet(f"looked up: {name}", found, "another number", misread.get(found, ask))


KINDS = {
    "BorrowCopy": "command",
    "CopyBorrowed": "event",
    "WhoHasCopy": "query",
    "LoanRefused": "event",
    "ReturnCopy": "command",
}
WHY_NOT = {
    ("BorrowCopy", "event"): "May the library still say no? What has happened cannot be refused; this can.",
    ("BorrowCopy", "query"): "Is the copy on the shelf as before, once this was sent and let through?",
    ("CopyBorrowed", "command"): "Who could refuse this? It has happened.",
    ("WhoHasCopy", "command"): "Send it a hundred times. What is different in the library?",
    ("LoanRefused", "command"): "Nobody wishes for this. That something was refused has happened too.",
}


def messages(answer: Any) -> None:
    """Judge the kinds of five messages."""
    wished = "Does it wish for a change, tell of one that has happened, or only ask?"
    kinds = ("command", "event", "query")
    judge_choices(answer, KINDS, kinds, WHY_NOT, each="Which kind is each of the five?", open_=wished)


EXERCISES = (
    Exercise(
        "00.1",
        order,
        (
            "An accepted order is one fact, whatever it holds.",
            "A page shows its table, and a table shows what it has read.",
            "The stock counts units: every cup of hers is one less.",
        ),
        "One fact, no row yet, and a stock that follows when its table reads on.",
    ),
    Exercise(
        "00.2",
        nothing,
        (
            "Look at the line that says what was recorded.",
            "A fact is for whoever wants to read it. Which table would want this one?",
        ),
        "What was refused is a fact too, and each table takes the facts that it was made for.",
    ),
    Exercise(
        "00.3",
        messages,
        (
            "Ask of each: may it still be refused? And: what is different afterwards?",
            "A command is a wish, an event has happened, a query only asks.",
        ),
        "A wish, a fact, a question: only the first can be refused, only the second lasts.",
    ),
)
