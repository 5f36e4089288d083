"""Exercises of lesson 8: name the broken guarantee, repair a session, and choose what a bank should wait for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cqrs_lab.course.exercises.choices import is_none, judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_08_session import session

# --- 08.1: four traces of a library -----------------------------------------------------------------------

COLUMNS = ["session", "op", "key", "invoke", "ret", "position"]
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
    "none": ("nothing", "none of them", "none of these", "no guarantee", "no promise"),
}
"""Other ways to write the same."""
WHY_NOT = {
    ("A", "monotonic reads"): "Ada read once. Who has to read twice to go back in time?",
    ("A", "none"): "Ada wrote, and then read. Whose write does she miss?",
    ("B", "read your writes"): "Cleo wrote nothing. Which of her two reads shows more?",
    ("B", "none"): "A first look shows the loan, a second one does not. May time run backwards for a reader?",
    ("C", "read your writes"): "It was Ada who wrote. Whose write does Cleo miss, and did anybody promise it to her?",
    ("C", "monotonic reads"): "Cleo read once. What did she see earlier that is gone now?",
    ("D", "none"): "Position 2 is there. What lies in front of it in the log?",
    ("D", "read your writes"): "Cleo wrote nothing. Compare what she is shown with the log.",
}


def name_it(answer: Any) -> None:
    """Judge a mapping from each trace to the guarantee that is broken in it, or none."""
    if isinstance(answer, Mapping | pd.Series):
        answer = {trace: "none" if is_none(name) else name for trace, name in answer.items()}
    judge_choices(
        answer,
        {trace: (name, *ALSO.get(name, ())) for trace, name in BROKEN.items()},
        ("read your writes", "monotonic reads", "consistent prefix", "none"),
        WHY_NOT,
        each="Which guarantee is broken in each of A, B, C and D?",
        open_="Go through it by session: who wrote or saw what before that read?",
    )


# --- 08.2 -------------------------------------------------------------------------------------------------


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
READS_ALSO = {
    RATES: ("eventual consistency", "eventually consistent"),
    LIST: ("token", "sticky"),
    EXCEEDS: (
        "no read",
        "no read at all",
        "no read at all, because it is decided by the command",
        "decided by the command",
    ),
}
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
    (RATES, "waiting command"): "Then a change of rates waits for all copies. Who is hurt by a rate a second old?",
    (RATES, "sticky replica"): "It would work; but what would go wrong if the next look went to another copy?",
    (LIST, "eventual"): "The second page may come from an older copy. What happens to a line at the edge of the page?",
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
        none="None is not one of the four words. If you mean no read at all: what decides instead? Write that word.",
    )


EXERCISES = (
    Exercise(
        "08.1",
        name_it,
        (
            "Take one reader at a time. What did this session write, or see, before?",
            "Missing somebody else's write only means that the answer is old; it breaks no session guarantee.",
            "Put each trace into guarantees.check(…) and look at what broken_by says.",
        ),
        "Old is not wrong: these promises are about what somebody wrote or saw before, and about order.",
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
        "Wait for what you know, not for a while: the receipt's position is right even if nothing was recorded.",
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
