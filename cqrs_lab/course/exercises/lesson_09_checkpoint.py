"""Exercise 09.2: place a checkpoint on a disk that writes one thing at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cqrs_lab.course.exercises.arguments import expect_arguments
from cqrs_lab.course.exercises.folding import recorded
from cqrs_lab.course.exercises.lives import Lives
from cqrs_lab.course.guard import NotYet, what_it_means
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.merge import merge_rows
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.read.projection import Projection
from cqrs_lab.simulation.faults import (
    Crash,
    Duplicate,
    FaultRun,
    LostAcknowledgement,
    Poison,
    simulate_faults,
    story_of,
)
from cqrs_lab.simulation.faults.broken_law import laws_of
from cqrs_lab.simulation.faults.laws import REPORTED
from cqrs_lab.simulation.faults.plan import Fault
from cqrs_lab.simulation.faults.sites import Sites, Unreadable
from cqrs_lab.simulation.faults.workers import Disk, DiskWorker


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
LIBRARY = story_of(MOVES, Places, stream=lambda moved: f"copy-{moved.copy}")


class _Worker(DiskWorker):
    """A worker whose process really dies: what its function remembered is gone."""

    def __init__(self, take_in: _TakeIn, projection: Projection, sites: Sites) -> None:
        super().__init__(take_in, projection, sites)
        self._lives = take_in.lives

    def restart(self) -> None:
        self._lives.die()


class _TakeIn:
    """The answer; the first error of its own is kept, since a run with faults only notes it."""

    def __init__(self, answer: Any) -> None:
        self.lives = Lives(answer, "take_in")
        self.error: Exception | None = None

    def __call__(self, disk: Any, batch: EventBatch, projection: Any) -> None:
        try:
            self.lives(disk, batch, projection)
        except Exception as error:
            if not _is_of_the_event(error):
                self.error = self.error or error
            raise


def _is_of_the_event(error: BaseException | None) -> bool:
    """Return whether an error, or one that it was raised from, is that an event cannot be read."""
    return isinstance(error, Unreadable) or (error is not None and _is_of_the_event(error.__context__))


def checkpoint_in_place(answer: Any) -> None:
    """Judge ``take_in(disk, batch, projection)`` on a disk that writes one thing at a time."""
    take_in = _TakeIn(answer)
    expect_arguments(answer, "take_in", "disk", "batch", "projection")
    for batch in (1, 3):
        calm = _tried(take_in, batch=batch)
        _without_faults(calm)
        for site in calm.visits:
            lost = "The checkpoint has passed an event that no table has. Who will deliver it again?"
            # Where the disk is written, a crash is tried at each write; elsewhere at the second visit.
            visits = range(1, calm.visits[site] + 1) if site.endswith("written") else [min(2, calm.visits[site])]
            for visit in visits:
                _right(_tried(take_in, Crash(site, visit), batch=batch), lost)
        _stays_in_its_place(_tried(take_in, Duplicate(1, later=2), batch=batch))
    unread = _tried(take_in, Poison(2))
    if REPORTED in laws_of(unread.broken):
        ask = "An event could not be read, and your worker went on as if it had been. Who hears about that?"
        raise NotYet("let an event be unreadable", "the checkpoint passed it", "a stop, with the error", ask)
    _right(unread, "After a stop the same event comes again. Does yours begin where it stopped?")
    unheard = "Nobody heard that it was done, so it came again. What did that do?"
    for batch in (1, 3):
        _right(_tried(take_in, LostAcknowledgement(3), batch=batch), unheard)
    _overlaps(take_in)


def _tried(take_in: _TakeIn, *faults: Fault, batch: int = 1) -> FaultRun:
    take_in.lives.die()

    def worker(store: Any, projection: Projection, sites: Sites) -> _Worker:
        return _Worker(take_in, projection, sites)

    run = simulate_faults(LIBRARY, faults, worker, batch=batch)
    if take_in.error:
        try:
            raise take_in.error
        except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
            each = f", {batch} at a time" if batch > 1 else ""
            done = f"delivered four moves{each}{f'; what went wrong: {run.plan}' * bool(len(run.plan))}"
            raise NotYet(done, error, "no error", what_it_means(error)) from None
    return run


def _overlaps(take_in: _TakeIn) -> None:
    """Deliver an old event and new ones in one batch."""
    moves = recorded(MOVES)
    disk, projection = Disk(Places().schema.empty(), Sites()), Places()
    for part in (moves[:2], moves[1:]):
        take_in.lives(disk, EventBatch(part), projection)
    ask = "One batch held an event that you had read and two that you had not. Which part of it did you drop?"
    _places(disk.table, "delivered moves 1 and 2, then 2 to 4", ask)


def _without_faults(run: FaultRun) -> None:
    if any("both are written" in site for site in run.visits):
        ask = "This disk has no transaction. In which order do you write, if each write may be the last?"
        raise NotYet("watched the disk", "disk.save", "disk.table and disk.checkpoint, one after the other", ask)
    _right(run, "Nothing has gone wrong yet. Do you merge what was there with what is new, and write it?")
    at = int(run.steps["position"].iloc[-1])
    done = "delivered four moves, and looked at the checkpoint"
    if at < len(MOVES):
        ask = "After a restart everything would be delivered again, from there on. Who says how far you are?"
        raise NotYet(done, at, len(MOVES), ask)
    if at > len(MOVES):
        ask = "Your checkpoint is beyond the last event. What will the next one be taken for when it comes?"
        raise NotYet(done, at, len(MOVES), ask)


def _stays_in_its_place(run: FaultRun) -> None:
    at = run.steps["position"].tolist()
    back = [f"from {before} back to {after}" for before, after in zip(at, at[1:], strict=False) if after < before]
    if back:
        ask = "An old delivery came again, and your checkpoint went back with it. May it ever?"
        raise NotYet("delivered event 1 again, later", back[0], "a checkpoint that stays where it is", ask)
    if at[-1] > len(MOVES):
        ask = "One delivery came twice, and your checkpoint counted both. Which event would be dropped next?"
        raise NotYet("delivered event 1 again, later", f"checkpoint {at[-1]}", f"checkpoint {len(MOVES)}", ask)
    _right(run, "An old delivery came again. What did your worker do with it?")


def _right(run: FaultRun, ask: str) -> None:
    _places(run.table, f"let this go wrong: {run.plan}" if len(run.plan) else "delivered four moves", ask)


def _places(table: pd.DataFrame, done: str, ask: str) -> None:
    came = {str(copy): str(place) for copy, place in table["place"].items()}
    if came != PLACES:
        raise NotYet(done, came, PLACES, ask)
