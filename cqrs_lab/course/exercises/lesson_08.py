"""Exercises of lesson 8: name the broken guarantee, repair a session, and choose what a bank should wait for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import isgenerator
from types import SimpleNamespace
from typing import Any

import pandas as pd

from cqrs_lab.course.accept import as_items
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
ALSO = {
    "read your writes": ("read your own writes",),
    "monotonic reads": ("monotonic read",),
    "none": ("nothing", "no guarantee"),
}
"""Other ways to write the same."""
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
    if isinstance(answer, Mapping):
        answer = {trace: "none" if name is None else name for trace, name in answer.items()}
    judge_choices(
        answer,
        {trace: (name, *ALSO.get(name, ())) for trace, name in BROKEN.items()},
        ("read your writes", "monotonic reads", "consistent prefix", "none"),
        WHY_NOT,
        each="Which guarantee is broken in each of A, B, C and D?",
        open_="Go through it by session: who wrote or saw what before that read?",
    )


# --- 08.2 -------------------------------------------------------------------------------------------------


@dataclass
class _Page:
    """A small shop whose table is behind, until somebody waits for a position, or for very long."""

    def __post_init__(self) -> None:
        self.log = ["older order", "somebody else's order"]
        self.position, self.asked, self.peeked, self.slept = 0, list[int](), False, 0.0
        self.answered: set[tuple[str, ...]] = set()

    def send(self, order: str) -> SimpleNamespace:
        """Accept an order; one that is there already leads to no event; an empty one is refused."""
        if not order:
            raise CommandRejected("an order needs a line")
        new = order not in self.log
        if new:
            self.log.append(order)
        position = self.log.index(order) + 1
        # The other customer's order is in the log, and not in her stream.
        version = position if position == 1 else position - 1
        return SimpleNamespace(position=position, events=(order,) if new else (), version=version, stream="ada")

    def ask(self, at_least: int = 0) -> SimpleNamespace:
        """Answer as of where the table stands, or wait until it reflects a position."""
        self.asked.append(at_least)
        if at_least > len(self.log):
            return SimpleNamespace(value=None, position=self.position, freshness="timeout")
        late = len(self.log) if self.slept > 60 or len(self.asked) > MOST_ASKED else 0
        self.position = max(self.position, at_least, late)
        shown = tuple(self.log[: self.position])
        self.answered.add(shown)
        return SimpleNamespace(value=shown, position=self.position, freshness="fresh")

    def sleep(self, seconds: float) -> None:
        """Let time pass; the table catches up after a minute, which nobody knows."""
        self.slept += seconds

    def read_the_log(self) -> tuple[str, ...]:
        """Read the write side's own record."""
        self.peeked = True
        return tuple(self.log)


MOST_ASKED = 200


def session(answer: Any) -> None:
    """Judge ``order_and_look(shop, order)``: it sends the order and returns the orders that the page shows."""
    shop = _Page()
    shown = _run(answer, shop, "tea")
    _how_it_looked(shop, shown)
    if "tea" not in shown:
        raise NotYet("ordered tea, and looked", shown, "her order", _why_not_there(shop))
    if shown not in shop.answered:
        ask = "You put it there yourself: an optimistic screen. What has to be asked so that the read model shows it?"
        raise NotYet("compared what is shown with the answers of shop.ask", shown, "one of those answers", ask)
    if len(shop.asked) > 3:
        ask = "You ask until it is there. What does the receipt say that a single question can wait for?"
        raise NotYet("ordered tea, and looked", f"{len(shop.asked)} questions", "one that waits", ask)
    if shop.log.count("tea") != 1 or len(shop.log) != 3:
        raise NotYet("counted the orders", shop.log[2:], "one order of tea", "How often did you send it, and which?")
    _again_and_refused(answer, shop)


def _how_it_looked(shop: _Page, shown: tuple[str, ...]) -> None:
    if shop.slept:
        ask = "You slept, and the table was still behind. How long is long enough, if nobody knows the lag?"
        if "tea" in shown:
            ask = "It slept as well. What is the sleep for, if the receipt says what to wait for?"
        raise NotYet("let you sleep, and looked at the page", f"slept {shop.slept:g} s, saw {shown}", "no sleep", ask)
    if shop.peeked:
        ask = "You read the write side's own record. Who answers questions then, and what is the read model for?"
        raise NotYet("watched what you read", "shop.read_the_log()", "an answer of shop.ask", ask)
    if not shop.asked:
        ask = "The page has asked nobody. Whose answer does it show?"
        raise NotYet("watched what you asked for", "no shop.ask(…)", "an answer of shop.ask", ask)


def _why_not_there(shop: _Page) -> str:
    if any(at_least > len(shop.log) for at_least in shop.asked):
        return "No such position is in the log yet. Which position has her order?"
    if max(shop.asked) == 2:
        return "A version counts the events of one stream, a position all in the log. Which of them does ask take?"
    return "What does the receipt say that an answer can wait for?"


def _again_and_refused(answer: Callable[..., Any], shop: _Page) -> None:
    shop.log += ["a later order", "another one"]
    shop.position, asked, known = 0, len(shop.asked), max(shop.asked)
    shown = _run(answer, shop, "older order")
    waited = max(shop.asked[asked:], default=0)
    if "older order" not in shown or waited > max(known, 1):
        ask = "The order was there already, so nothing new was recorded. Which position does the receipt name then?"
        raise NotYet(
            "sent an order that is there already", f"asked for position {waited}, saw {shown}", "position 1", ask
        )
    try:
        told = answer(shop, "")
        told = list(told) if isgenerator(told) else told
    except CommandRejected:
        return
    ask = "A refused order looks like any other now. Who tells the customer?"
    raise NotYet("sent an order that is refused", told, "CommandRejected", ask)


def _run(answer: Any, shop: _Page, order: str) -> tuple[str, ...]:
    if not callable(answer):
        raise NotYet("looked for order_and_look", answer, "a function", "What did you hand over?")
    told = answer(shop, order)
    told = getattr(told, "value", told)
    if told is None and shop.asked and shop.asked[-1] > len(shop.log):
        raise NotYet(f"called order_and_look(shop, {order!r})", None, "the orders shown", _why_not_there(shop))
    return tuple(as_items(told, f"called order_and_look(shop, {order!r})", "the orders shown"))


def _as_it_was(shop, order):  # type: ignore[no-untyped-def]
    shop.send(order)
    return shop.ask().value


# --- 08.3: a bank -----------------------------------------------------------------------------------------

READS = {
    "her transfer, on the page that opens after she has sent it": "token",
    "the exchange rates on the front page": "eventual",
    "a list she scrolls, page by page": "sticky replica",
    "whether a transfer that is being sent exceeds the balance": "command",
}
TRANSFER, RATES, LIST, EXCEEDS = READS
READS_ALSO = {LIST: ("token",), TRANSFER: ("a token",), EXCEEDS: ("no read", "no read at all", "the command")}
"""A token works for the list as well: the position of the first page's answer."""
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
    (LIST, "waiting command"): "No command is being sent. Who should wait?",
}


def policies(answer: Any) -> None:
    """Judge a choice for four questions of a bank: eventual, token, sticky replica, or no read at all: command."""
    judge_choices(
        answer,
        {read: (needs, *READS_ALSO.get(read, ())) for read, needs in READS.items()},
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
        untouched=dict.fromkeys(BROKEN, ""),
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
        untouched=_as_it_was,
    ),
    Exercise(
        "08.3",
        policies,
        (
            "Who has just written something, or seen what must not go away? They have a position to wait for.",
            "If you look once, and wrote nothing, you need nothing.",
            "A rule is kept where the command is decided: that is no read at all.",
        ),
        "Most reads need nothing. A token is for those who wrote or saw something, and a rule never asks a page.",
        untouched=dict.fromkeys(READS, "token"),
    ),
)
