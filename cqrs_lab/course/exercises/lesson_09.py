"""Exercises of lesson 9: a projection that may hear twice, a checkpoint in its place, and the skipped event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import pandas as pd

from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.folding import Folds
from cqrs_lab.course.guard import NotYet, call, what_it_means
from cqrs_lab.errors import said
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.merge import merge_rows
from cqrs_lab.read.schema import Schema
from cqrs_lab.simulation.faults import (
    Crash,
    Duplicate,
    FaultRun,
    LostAcknowledgement,
    Poison,
    on_disk,
    simulate_faults,
    story_of,
)
from cqrs_lab.simulation.faults.broken_law import laws_of
from cqrs_lab.simulation.faults.laws import TOLD

# --- 09.1: a bank -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BalanceChanged:
    """Money came in (or, below zero, went out), and this is what the account holds now."""

    account: str
    amount: int
    balance: int


def _booked(position: int, amount: int, balance: int, account: str = "ada") -> RecordedEvent:
    event = BalanceChanged(account, amount, balance)
    return RecordedEvent("bank", StreamVersion(position), Position(position), event, recorded_at=0.0)


IN, AGAIN, OUT = _booked(1, 300, 300), _booked(2, 300, 600), _booked(3, -100, 500)
BEN = _booked(4, 50, 50, "ben")
Heard = Sequence[Sequence[RecordedEvent]]


def heard_twice(answer: Any) -> None:
    """Judge a pair: a projection of changes, and a function of its table that gives what each account holds."""
    folds = Folds(answer, "(Balances(), balances), where balances(table) gives a number for each account", _money)
    _remembers_nothing(folds)
    for deliveries, expected, ask in (
        ([[IN, BEN]], {"ada": 300, "ben": 50}, "Ada paid in 300, Ben 50. What does your question read?"),
        ([[IN, AGAIN]], {"ada": 600}, "Ada paid in 300 twice, on two days. Are two equal amounts one and the same?"),
        ([[IN], [AGAIN]], {"ada": 600}, "Two amounts in two deliveries. What has become of the first?"),
        ([[IN, AGAIN], [OUT]], {"ada": 500}, "She took out 100, and your table has not noticed. What does it keep?"),
        (
            [[IN], [IN]],
            {"ada": 300},
            "The same event came twice, and counted twice. What is known about it but its amount?",
        ),
        ([[IN, IN]], {"ada": 300}, "It came twice in one delivery. Does your slice look at the positions?"),
        (
            [[IN, AGAIN], [OUT], [AGAIN]],
            {"ada": 500},
            "An old event came once more, after a newer one. Who wins, and why?",
        ),
        (
            [[OUT], [IN, AGAIN], [OUT]],
            {"ada": 500},
            "A later delivery came first. How does merge know which row is newer?",
        ),
    ):
        _hear(folds, deliveries, expected, ask)
    folds.obeys_law_5([one.event for one in (IN, AGAIN, OUT, BEN, _booked(5, 20, 70, "ben"))])


def _hear(folds: Folds, deliveries: Heard, expected: Mapping[str, int], ask: str) -> None:
    told = " | ".join(", ".join(_shown(one) for one in part) for part in deliveries)
    done, projection = f"delivered [{told}]", folds.projection
    try:
        table = projection.schema.empty()
        for part in deliveries:
            rows = projection.summarise(EventBatch(part))
            projection.schema.check(rows, "summarise")
            table = projection.merge(table, rows)
        came = _money(folds.question(table))
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        raise NotYet(done, said(error), expected, what_it_means(error)) from None
    if came != expected:
        raise NotYet(done, came, expected, ask)


def _shown(one: RecordedEvent) -> str:
    assert isinstance(one.event, BalanceChanged)
    return f"{one.position}: {one.event.amount:+}"


def _remembers_nothing(folds: Folds) -> None:
    """Refuse a memory in Python: a worker may die between any two deliveries, and that dies with it."""
    first, then = (_rows(folds) for _ in range(2))
    if first != then or not first:
        ask = "The process may die at any moment. Where is what you remember then, if not in the table?"
        raise NotYet("summarised the same slice twice", f"{first} rows, then {then}", f"{first} rows each time", ask)


def _rows(folds: Folds) -> int:
    done, expected = "summarised two changes of Ada's account", "rows, in a DataFrame"
    try:
        rows = folds.projection.summarise(EventBatch([IN, OUT]))
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        raise NotYet(done, said(error), expected, what_it_means(error)) from None
    if not isinstance(rows, pd.DataFrame):
        raise NotYet(done, rows, expected, "What is merged is what summarise gives back. Does yours return its rows?")
    return len(rows)


def _money(answer: Any) -> dict[str, int]:
    return {str(key): int(value) for key, value in answer.items()}


# --- 09.2: a library --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CopyMoved:
    """A copy of a book went to a member, or to the shelf."""

    copy: str
    to: str


class Places:
    """Where each copy is, as of the newest event about it: who hears of a move twice learns nothing new."""

    name, version, events = "places", 1, (CopyMoved,)
    schema = Schema(index=["copy"], columns={"place": "str", "at_position": "int64"})

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Keep the last move of each copy in this slice."""
        moved = batch.frame(CopyMoved).rename(columns={"to": "place", "position": "at_position"})
        return self.schema.conform(moved.drop_duplicates("copy", keep="last"))

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Let the newer one win."""
        return merge_rows(table, rows, latest={"at_position": ["place"]})


MOVES = (CopyMoved("c1", "ada"), CopyMoved("c2", "ben"), CopyMoved("c1", "shelf"), CopyMoved("c3", "ada"))
PLACES = {"c1": "shelf", "c2": "ben", "c3": "ada"}
LIBRARY = story_of(MOVES, Places)


def checkpoint_in_place(answer: Any) -> None:
    """Judge ``take_in(disk, batch, projection)`` on a disk that writes one thing at a time."""
    if not callable(answer):
        raise NotYet("looked for take_in", answer, "a function", "What did you hand over?")
    calm = simulate_faults(LIBRARY, [], on_disk(answer), batch=1)
    _without_faults(calm)
    for site in calm.visits:
        lost = "The checkpoint has passed an event that no table has. Who will deliver it again?"
        _right(_tried(answer, Crash(site, 2)), lost)
    _stays_in_its_place(_tried(answer, Duplicate(1, later=2)))
    told = _tried(answer, Poison(2))
    if TOLD in laws_of(told.broken):
        ask = "An event could not be read, and your worker went on as if it had been. Who hears of it?"
        raise NotYet("let an event be unreadable", "the checkpoint passed it", "a stop, with the error", ask)
    _right(told, "After a stop the same event comes again. Does yours begin where it stopped?")
    _right(_tried(answer, LostAcknowledgement(3)), "Nobody heard that it was done, so it came again. What did that do?")


def _tried(answer: Any, fault: Any) -> FaultRun:
    return simulate_faults(LIBRARY, [fault], on_disk(answer), batch=1)


def _without_faults(run: FaultRun) -> None:
    stops = run.steps["what"][run.steps["what"].str.contains("stopped")]
    if len(stops):
        raise NotYet("delivered four moves", stops.iloc[0], "no error", "Which line of yours raises it?")
    if any("both are written" in site for site in run.visits):
        ask = "This disk has no transaction. In which order do you write, if each write may be the last?"
        raise NotYet("watched the disk", "disk.save", "disk.table and disk.checkpoint, one after the other", ask)
    _right(run, "Nothing went wrong yet. Do you merge what was there with what is new, and write it?")
    at = int(run.steps["position"].iloc[-1])
    if at != len(MOVES):
        ask = "After a restart everything would be delivered again, from there on. Who says how far you are?"
        raise NotYet("delivered four moves, and looked at the checkpoint", at, len(MOVES), ask)


def _stays_in_its_place(run: FaultRun) -> None:
    at = run.steps["position"].tolist()
    back = [f"from {before} back to {after}" for before, after in zip(at, at[1:], strict=False) if after < before]
    if back:
        ask = "An old delivery came again, and your checkpoint went back with it. May it ever?"
        raise NotYet("delivered event 1 once more, later", back[0], "a checkpoint that stays where it is", ask)
    if at[-1] > len(MOVES):
        ask = "One delivery came twice, and your checkpoint counted both. Which event would be dropped next?"
        raise NotYet("delivered event 1 once more, later", f"checkpoint {at[-1]}", f"checkpoint {len(MOVES)}", ask)
    _right(run, "An old delivery came again. What did your worker do with it?")


def _right(run: FaultRun, ask: str) -> None:
    came = {str(copy): str(place) for copy, place in run.table["place"].items()}
    if came != PLACES:
        raise NotYet(f"let this go wrong: {run.plan}", came, PLACES, ask)


# --- 09.3 -------------------------------------------------------------------------------------------------

Commits = dict[int, float | None]
Polls = list[tuple[float, int]]
NEVER_USED = "That transaction gave up. A number may be missing from a log; is an event missing?"
LAG_ZERO = "The reader stands at 2, the log ends at 2, so its lag is zero. Has it ever read position 1?"
STILL_COMES = "No poll has passed it yet. What will the next one find?"
IN_TIME = "It committed after a later position, and before any poll. Which poll passed it?"
AT_THE_POLL = "What is committed at the very second of a poll is taken in by it. Which sign do you compare with?"
PASSED_EARLY = "A poll passed it before it was there. Does a later poll look back?"


def find_skipped(answer: Any) -> None:
    """Judge ``skipped(commits, polls)``: the positions that are committed, and that the reader never takes in."""
    cases: tuple[tuple[Commits, Polls, str], ...] = (
        ({1: None, 2: 1.2}, [(1.0, 0), (2.0, 2)], NEVER_USED),
        ({1: 2.4, 2: 1.7}, [(1.0, 0), (2.0, 2)], LAG_ZERO),
        ({1: 0.5, 2: 3.5}, [(1.0, 1), (2.0, 1)], STILL_COMES),
        ({1: 1.8, 2: 1.5}, [(1.0, 0), (2.0, 2)], IN_TIME),
        ({1: 2.0, 2: 1.5}, [(1.0, 0), (2.0, 2)], AT_THE_POLL),
        ({1: 2.5, 2: 1.5, 3: 2.7, 4: None}, [(1.0, 0), (2.0, 2), (3.0, 3)], PASSED_EARLY),
        ({1: 0.2, 2: 4.1, 3: 0.9, 4: 3.0, 5: 2.9, 6: 9.0}, [(1.0, 3), (2.0, 3), (3.0, 5), (5.0, 5)], PASSED_EARLY),
    )
    for commits, polls, ask in cases:
        told = call(answer, commits, polls, name="skipped")
        if not isinstance(told, set | list | tuple | frozenset) or not all(isinstance(one, Integral) for one in told):
            kind = "A position is a whole number, a key of commits. What did you put in?"
            raise NotYet(f"called skipped({commits}, {polls})", told, "positions, in a set or a list", kind)
        expected = _never_read(commits, polls)
        if set(told) != expected:
            raise NotYet(f"called skipped({commits}, {polls})", sorted(told) or "none", sorted(expected) or "none", ask)


def _never_read(commits: Commits, polls: Polls) -> set[int]:
    """Read as the reader does: at each poll, what is there above its position."""
    read, at = set[int](), 0
    for second, upto in polls:
        read |= {position for position, done in commits.items() if done is not None and done <= second} & set(
            range(at + 1, upto + 1)
        )
        at = upto
    return {position for position, done in commits.items() if done is not None and position <= at} - read


EXERCISES = (
    Exercise(
        "09.1",
        heard_twice,
        (
            "Adding an amount twice changes the sum. What could be written down twice without a change?",
            "The event carries its result too: the balance. Keep that, and the position it is from.",
            'The frame has a column position: keep it beside balance, and merge with latest={"position": ["balance"]}.',
        ),
        "Keep results by position, and hearing twice, or late, changes nothing: the projection is idempotent.",
    ),
    Exercise(
        "09.2",
        checkpoint_in_place,
        (
            "Between the two writes the process may die. Which of the two mistakes can this projection bear?",
            "It can hear an event twice, and it cannot miss one. So what must be on disk before the checkpoint is?",
            "new = batch.after(disk.checkpoint); if there is any, write disk.table, and then disk.checkpoint.",
        ),
        "At least once, and a projection that bears it: table first, then the checkpoint, which never goes back.",
    ),
    Exercise(
        "09.3",
        find_skipped,
        (
            "An event is skipped when a poll passes its position before it is committed.",
            "For each position: which is the first poll that stands at it or beyond? Was it committed by then?",
            "Skip what gave up (None), and what no poll has passed yet.",
        ),
        "A lag of zero says where the reader stands, and not what it has read.",
    ),
)
