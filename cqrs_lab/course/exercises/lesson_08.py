"""Exercises of lesson 8: name the broken guarantee, repair a session, and choose what a bank should wait for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pandas as pd

from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.guard import NotYet
from cqrs_lab.errors import CommandRejected

# --- 08.1: four traces of a library -----------------------------------------------------------------------

COLUMNS = ["session", "op", "key", "invoke", "ret", "version"]
LENDS, SHELF = ("Ada", "w", "book", 0, 1, 1), ("Ben", "w", "book", 3, 4, 2)


def _trace(*rows: tuple[Any, ...], applied: tuple[int, ...] = ()) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS)
    if applied:
        column: list[Any] = [None] * (len(rows) - 1) + [applied]
        frame["applied"] = column
    return frame


TRACES = {
    "A": _trace(LENDS, ("Ada", "r", "book", 2, 2, 0)),
    "B": _trace(LENDS, ("Cleo", "r", "book", 2, 2, 1), ("Cleo", "r", "book", 3, 3, 0)),
    "C": _trace(LENDS, ("Cleo", "r", "book", 2, 2, 0)),
    "D": _trace(LENDS, ("Ben", "w", "shelf", 3, 4, 2), ("Cleo", "r", "shelf", 5, 5, 2), applied=(2,)),
}
"""What members of a library wrote and read. In D the read shows the whole table, and `applied` says what is in it."""

BROKEN = {"A": "read your writes", "B": "monotonic reads", "C": "none", "D": "consistent prefix"}
WHY_NOT = {
    ("A", "monotonic reads"): "Ada read once. Who has to read twice to go back in time?",
    ("A", "none"): "Ada wrote, and then read. Whose write does she miss?",
    ("B", "read your writes"): "Cleo wrote nothing. Which of her two reads shows more?",
    ("B", "none"): "A first look shows the loan, a second one does not. May time run backwards for a reader?",
    ("C", "read your writes"): "It was Ada who wrote. Whose write does Cleo miss, and was she promised to see it?",
    ("C", "monotonic reads"): "Cleo read once. What did she see earlier that is gone now?",
    ("D", "none"): "Position 2 is there. What lies in front of it in the log?",
    ("D", "read your writes"): "Cleo wrote nothing. Compare what she is shown with the log.",
}


def name_it(answer: Any) -> None:
    """Judge a mapping from each trace to the guarantee that is broken in it, or none."""
    judge_choices(
        answer,
        BROKEN,
        ("read your writes", "monotonic reads", "consistent prefix", "none"),
        WHY_NOT,
        each="Which guarantee is broken in each of A, B, C and D?",
        open_="Go through it by session: who wrote or saw what before that read?",
    )


# --- 08.2 -------------------------------------------------------------------------------------------------


@dataclass
class _Page:
    """A small shop whose table is one step behind, until somebody waits for a position."""

    steps: int = 3

    def __post_init__(self) -> None:
        self.log: list[str] = ["older order"]
        self.position, self.now, self.asked, self.peeked, self.slept = 0, 0.0, list[int](), False, 0.0

    def send(self, order: str) -> SimpleNamespace:
        """Accept an order; one that is there already leads to no event; an empty one is refused."""
        if not order:
            raise CommandRejected("an order needs a line")
        new = order not in self.log
        if new:
            self.log.append(order)
        position = self.log.index(order) + 1
        return SimpleNamespace(position=position, events=(order,) if new else (), version=position, stream="ada")

    def ask(self, at_least: int = 0) -> SimpleNamespace:
        """Answer as of where the table stands, or wait until it reflects a position."""
        self.asked.append(at_least)
        if at_least > len(self.log):
            return SimpleNamespace(value=None, position=self.position, freshness="timeout")
        self.position = max(self.position, at_least)
        return SimpleNamespace(value=tuple(self.log[: self.position]), position=self.position, freshness="fresh")

    def sleep(self, seconds: float) -> None:
        """Let time pass; the table catches up a little, some day."""
        self.slept += seconds

    def read_the_log(self) -> tuple[str, ...]:
        """Read the write side's own record."""
        self.peeked = True
        return tuple(self.log)


def session(answer: Any) -> None:
    """Judge ``order_and_look(shop, order)``: it sends the order and gives the orders that the page shows."""
    shop = _Page()
    shown = _run(answer, shop, "tea")
    if shop.slept and "tea" not in shown:
        ask = "You slept, and the table was still behind. How long is long enough, if nobody knows the lag?"
        raise NotYet("let you sleep, and looked at the page", shown, "her order", ask)
    if shop.peeked:
        ask = "You read the write side's own record. Who answers questions then, and what is the read model for?"
        raise NotYet("watched what you read", "shop.read_the_log()", "an answer of shop.ask", ask)
    if "tea" not in shown:
        raise NotYet(
            "ordered tea, and looked", shown, "her order", "What does the receipt tell that an answer can wait for?"
        )
    if any(at_least > len(shop.log) for at_least in shop.asked):
        raise NotYet("watched what you asked for", shop.asked, "a position there is", "Which position has her order?")
    if shop.slept:
        ask = "It waits for the position and sleeps as well. What is the sleep for?"
        raise NotYet("ordered tea, and looked", f"slept {shop.slept:g} s", "no sleep", ask)
    _again_and_refused(answer, shop)


def _again_and_refused(answer: Callable[..., Any], shop: _Page) -> None:
    shop.position = 0
    asked = len(shop.asked)
    shown = _run(answer, shop, "older order")
    waited = max(shop.asked[asked:], default=0)
    if "older order" not in shown or waited > 1:
        ask = "The order was there already, so nothing new was recorded. Which position does the receipt name then?"
        raise NotYet(
            "sent an order that is there already", f"asked for position {waited}, saw {shown}", "position 1", ask
        )
    if len(shop.log) != 2:
        raise NotYet("counted the orders", len(shop.log), "2", "How often did you send it?")
    asked = len(shop.asked)
    try:
        answer(shop, "")
    except CommandRejected:
        return
    ask = "A refused order looks like any other now. Who tells the customer?"
    raise NotYet("sent an order that is refused", "no CommandRejected", "CommandRejected", ask)


def _run(answer: Any, shop: _Page, order: str) -> tuple[str, ...]:
    if not callable(answer):
        raise NotYet("looked for order_and_look", answer, "a function", "What did you hand over?")
    shown = answer(shop, order)
    shown = getattr(shown, "value", shown)
    if not isinstance(shown, tuple | list):
        raise NotYet(
            "called order_and_look", shown, "the orders shown", "What does the answer hold, and do you give it back?"
        )
    return tuple(shown)


# --- 08.3: a bank -----------------------------------------------------------------------------------------

READS = {
    "her transfer, on the page that opens after she has sent it": "token",
    "the exchange rates on the front page": "eventual",
    "a list she scrolls, page by page": "sticky replica",
    "whether a transfer that is being sent exceeds the balance": "command",
}
TRANSFER, RATES, LIST, EXCEEDS = READS
STALE = "A stale screen cannot corrupt that: the rule decides on the stream, not on a page. Where are rules kept?"
RATHER = {
    **{(EXCEEDS, word): STALE for word in ("eventual", "token", "sticky replica", "waiting command")},
    (TRANSFER, "eventual"): "She has sent it, and the page says no such thing. What will she do: send it again?",
    (TRANSFER, "sticky replica"): "Her replica may be the slowest of all. Has it got her transfer yet?",
    (
        TRANSFER,
        "waiting command",
    ): "That keeps it, and everybody who sends waits for the slowest copy. Who needs to see it?",
    (RATES, "token"): "Every reader of the front page would wait, for whose write? She has written nothing.",
    (RATES, "waiting command"): "Whoever changes a rate waits for all copies. Who is hurt by a rate a second old?",
    (RATES, "sticky replica"): "It would do; but what would go wrong if the next look met another copy?",
    (LIST, "eventual"): "The second page may come from an older copy. What happens to a line on the border?",
    (LIST, "token"): "She has written nothing, so which position should she wait for?",
    (LIST, "waiting command"): "No command is being sent. Who should wait?",
}


def policies(answer: Any) -> None:
    """Judge a choice for four questions of a bank: eventual, token, sticky replica, or no read at all: command."""
    judge_choices(
        answer,
        READS,
        ("eventual", "token", "sticky replica", "command"),
        RATHER,
        each="What does each of the four need?",
        open_="What would the customer notice, and who would wait?",
    )


EXERCISES = (
    Exercise(
        "08.1",
        name_it,
        (
            "Take one reader at a time. What did this session write, or see, before?",
            "Missing somebody else's write is stale, and breaks none of the sessions' guarantees.",
            "Put each trace into guarantees.check(…) and look at what broken_by says.",
        ),
        "A guarantee is a promise to a session. Stale alone breaks none.",
    ),
    Exercise(
        "08.2",
        session,
        (
            "The receipt has a position. What can ask do with it?",
            "shop.ask(at_least=receipt.position) waits for just that, and no longer.",
            "receipt = shop.send(order), then return shop.ask(at_least=receipt.position).value",
        ),
        "Wait for what you know, not for a while: the receipt's position is right also where nothing was recorded.",
    ),
    Exercise(
        "08.3",
        policies,
        (
            "Who has just written something? Only they have a position to wait for.",
            "Somebody who only looks, twice, must not go back in time; who looks once needs nothing.",
            "A rule is kept where the command is decided: that is no read at all.",
        ),
        "Most reads need nothing. Who has just written needs a token; and a rule never asks a page.",
    ),
)
