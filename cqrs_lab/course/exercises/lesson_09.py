"""Exercises of lesson 9: a projection that may hear an event twice, and a checkpoint in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cqrs_lab.course.accept import NO_RETURN, as_mapping, as_whole
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.folding import ASK_OF_LAW, QUICK_CUTS, Folds
from cqrs_lab.course.exercises.lesson_09_checkpoint import checkpoint_in_place
from cqrs_lab.course.guard import NotYet, shown, what_it_means
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.contract import check_projection
from cqrs_lab.read.frames.merge import merge_rows
from cqrs_lab.words import count

# --- 09.1: a bank -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BalanceChanged:
    """Money came in (or, below zero, went out), and this is what the account holds now."""

    account: str
    amount: int
    balance: int


def _booked(position: int, version: int, amount: int, balance: int, account: str = "ada") -> RecordedEvent:
    event = BalanceChanged(account, amount, balance)
    return RecordedEvent(f"account-{account}", StreamVersion(version), Position(position), event, recorded_at=0.0)


IN, AGAIN, BEN = _booked(1, 1, 300, 300), _booked(2, 2, 300, 600), _booked(3, 1, 50, 50, "ben")
OUT, ALL, OVER = _booked(4, 3, -100, 500), _booked(5, 4, -500, 0), _booked(6, 5, -200, -200)
Heard = Sequence[Sequence[RecordedEvent]]
CASES: tuple[tuple[Heard, dict[str, int], str], ...] = (
    ([[IN, BEN]], {"ada": 300, "ben": 50}, "Ada paid in 300, Ben 50. What does your question read?"),
    ([[IN, AGAIN]], {"ada": 600}, "Ada paid in 300 twice, on two days. Are two equal amounts one and the same?"),
    ([[IN], [AGAIN]], {"ada": 600}, "Two amounts in two deliveries. What happened to the first?"),
    (
        [[IN, AGAIN], [BEN]],
        {"ada": 600, "ben": 50},
        "The second delivery was about Ben alone. What does merge do with an account that only the table has?",
    ),
    ([[IN, AGAIN], [OUT]], {"ada": 500}, "She took out 100, and your table has not noticed. What does it keep?"),
    ([[IN, AGAIN, OUT], [ALL, OVER]], {"ada": -200}, "She took out more than she had. Who made it zero?"),
    (
        [[IN], [IN]],
        {"ada": 300},
        "The same event came twice, and counted twice. What else is known about it, besides its amount?",
    ),
    ([[IN, IN]], {"ada": 300}, "It came twice in one delivery. Does your slice look at the positions?"),
    ([[IN, AGAIN], [IN]], {"ada": 600}, "An old event came again, after a newer one. Who wins, and why?"),
    ([[IN, AGAIN], [OUT], [AGAIN]], {"ada": 500}, "An old event came again, after a newer one. Who wins, and why?"),
    ([[OUT], [IN, AGAIN], [OUT]], {"ada": 500}, "A later delivery came first. How does merge know which row is newer?"),
    (
        [[IN, AGAIN, OUT, ALL], [OUT]],
        {"ada": 0},
        "She had taken out everything, and an old event came again. Does your table still know when it was emptied?",
    ),
)


def heard_twice(answer: Any) -> None:
    """Judge a pair: a projection of changes, and a function of its table that returns what each account holds."""
    folds = Folds(answer, "(Balances(), balances), where balances(table) returns a number for each account", _money)
    _remembers_nothing(folds)
    for deliveries, expected, ask in CASES:
        _hear(folds, deliveries, expected, ask)
    further = _booked(7, 2, 20, 70, "ben")
    report = check_projection(folds.projection, [IN, AGAIN, BEN, OUT, ALL, OVER, further], cuts=QUICK_CUTS)
    for fault in report.faults:
        ask = ASK_OF_LAW.get(fault.law, "Which line of yours depends on how the log was cut?")
        done = f"tried whether this holds: {fault.law.partition(': ')[2]}. {fault.done}"
        raise NotYet(done, fault.came, fault.expected, ask)


def _hear(folds: Folds, deliveries: Heard, expected: Mapping[str, int], ask: str) -> None:
    heard = " | ".join(", ".join(_shown(one) for one in part) for part in deliveries)
    done, projection = f"delivered [{heard}]", folds.projection
    try:
        table = projection.schema.empty()
        for part in deliveries:
            rows = projection.summarise(EventBatch(part))
            projection.schema.check(rows, "summarise")
            table = projection.merge(table, rows)
            if table is None:
                raise NotYet(f"{done}, then merged", None, "a DataFrame", NO_RETURN)
            projection.schema.check(table, "merge")
        came = _money(folds.question(table))
    except NotYet:
        raise
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        raise NotYet(done, error, expected, what_it_means(error)) from None
    # An account that holds nothing may be left out of the answer.
    if {who: holds for who, holds in came.items() if holds} != {who: holds for who, holds in expected.items() if holds}:
        raise NotYet(done, came, expected, ask)


def _shown(one: RecordedEvent) -> str:
    assert isinstance(one.event, BalanceChanged)
    return f"{one.position}: {one.event.account} {one.event.amount:+}"


def _remembers_nothing(folds: Folds) -> None:
    """Refuse a memory in Python: a worker may die between any two deliveries, and that dies with it."""
    first, then = (_rows(folds) for _ in range(2))
    if first != then or not first:
        ask = "The process may die at any moment. Where is what you remember then, if not in the table?"
        rows = count(first, "row")
        raise NotYet("summarised the same slice twice", f"{rows}, then {then}", f"{rows} each time", ask)


def _rows(folds: Folds) -> int:
    done, expected = "summarised two changes of Ada's account", "rows, in a DataFrame"
    try:
        rows = folds.projection.summarise(EventBatch([IN, OUT]))
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        raise NotYet(done, error, expected, what_it_means(error)) from None
    if not isinstance(rows, pd.DataFrame):
        ask = "What is merged is what summarise returns. Does yours return its rows?"
        raise NotYet(done, shown(rows), expected, ask)
    return len(rows)


def _money(answer: Any) -> dict[str, int]:
    done, expected = "asked your table what each account holds", "a number for each account"
    return {str(key): as_whole(value, done) for key, value in as_mapping(answer, done, expected).items()}


class _BalancesOfTheCell:
    def summarise(self, batch: Any) -> Any:
        return batch.frame(BalanceChanged).groupby("account")[["amount"]].sum()

    def merge(self, table: Any, rows: Any) -> Any:
        return merge_rows(table, rows, add=["amount"])


def _take_in_of_the_cell(disk: Any, batch: Any, projection: Any) -> None:
    disk.checkpoint = batch.last_position
    disk.table = projection.merge(disk.table, projection.summarise(batch))


EXERCISES = (
    Exercise(
        "09.1",
        heard_twice,
        (
            "Adding an amount twice changes the sum. What could you write down twice without changing anything?",
            "The event carries its result too: the balance. Keep that, and the position it is from.",
            'The frame has a column position: keep it beside balance, and merge with latest={"position": ["balance"]}.',
        ),
        "Keep each result with its position, and hearing an event twice or late changes nothing: the projection is "
        "idempotent.",
        untouched=(_BalancesOfTheCell, lambda table: table["amount"]),
    ),
    Exercise(
        "09.2",
        checkpoint_in_place,
        (
            "Between the two writes the process may die. Which of the two mistakes can this projection survive?",
            "It survives an event heard twice, but not one that is missed. So what must be on disk before the "
            "checkpoint is?",
            "new = batch.after(disk.checkpoint); if there is any, write disk.table, and then disk.checkpoint.",
        ),
        "At least once, and a projection that survives it: table first, then the checkpoint, which never goes back.",
        untouched=_take_in_of_the_cell,
        own_seconds=6.0,
    ),
)
