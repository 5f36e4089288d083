"""Exercise 10.2: rebuild a table that is in use."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from cqrs_lab.course.exercises.arguments import expect_arguments
from cqrs_lab.course.guard import NotYet, shown, what_it_means
from cqrs_lab.course.sending import written
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.merge import merge_rows
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.simulation.faults import (
    Abort,
    Crash,
    FaultRun,
    Poison,
    RebuildStory,
    Tables,
    by_function,
    simulate_rebuild,
    story_of,
)
from cqrs_lab.simulation.faults.broken_law import laws_of
from cqrs_lab.simulation.faults.plan import Fault
from cqrs_lab.simulation.faults.rebuild_run import NOT_BACK, ONCE, WHO_SERVES, WHOLE
from cqrs_lab.simulation.faults.sites import Unreadable
from cqrs_lab.words import count
from cqrs_lab.write.command_bus import CommandBus
from cqrs_lab.write.decider import Decider

BEFORE, MANY, MOST_READ = 8, 150, 4


@dataclass(frozen=True)
class _Sold:
    product_id: str
    units: int


class _Units:
    """Units of each product; version 2 has the number of orders, too."""

    name, events = "units", (_Sold,)

    def __init__(self, version: int) -> None:
        self.version, self._columns = version, ["units", "orders"][:version]
        self.schema = Schema(index=["product_id"], columns=dict.fromkeys(self._columns, "int64"))

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Add up: by a loop, which takes a tenth of what a frame and its groups take for a batch of one or two."""
        added: dict[str, tuple[int, int]] = {}
        for sold in (one.event for one in batch if isinstance(one.event, _Sold)):
            units, orders = added.get(sold.product_id, (0, 0))
            added[sold.product_id] = (units + sold.units, orders + 1)
        products = pd.Index(sorted(added), name="product_id", dtype="str")
        rows = np.array([added[product] for product in products], "int64").reshape(-1, 2)
        return pd.DataFrame(rows[:, : self.version], products, self._columns)

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Add up."""
        return merge_rows(table, rows, add=self._columns)


@dataclass(frozen=True)
class _Looked:
    """A visitor who only looks: nothing is recorded."""


@lru_cache(maxsize=2)
def _story(before: int = BEFORE) -> RebuildStory:
    """Eight orders are there, or more. Twelve come in while the table is built; between them it is quiet once."""
    units = {"jug": (1,) * (before + 1), "cup": (2, 3, 1, 4, 2, 1), "pot": (1, 2, 1), "mug": (1, 1)}
    sold = [_Sold(product, each) for product, many in units.items() for each in many]
    plain = story_of(sold, lambda: _Units(1))

    def register(bus: CommandBus) -> None:
        plain.register(bus)
        quiet: Decider[Any, Any, None] = Decider(None, lambda looked, nothing: [], lambda nothing, event: nothing)
        bus.register(_Looked, quiet, stream=lambda looked: "log")

    # An answer that pauses once too often has been overtaken: the next order comes at that pause.
    quiet_at = before + BEFORE
    commands = (*plain.commands[:quiet_at], _Looked(), *plain.commands[quiet_at:])
    return RebuildStory(register, commands, lambda: _Units(1), to=lambda: _Units(2), before=before)


KEPT = {"cup": (13, 6), "jug": (9, 9), "mug": (2, 2), "pot": (4, 3)}
"""What the story's orders come to, counted by hand: units and orders."""


class _Watch:
    """Lets the learner's generator go on step by step, and notes what it does to who serves and who sends mails.

    Each call is a life of its own: what an earlier one remembered in Python is gone.
    """

    def __init__(self, answer: Callable[..., Any]) -> None:
        self._as_made = written(answer)
        self.emptied = self.resent = False
        self.swapped_at: int | None = None
        self.began_at, self.behind, self.most_read = 0, 0, 0
        self.error: Exception | None = None
        self.no_steps: Any = self

    def __call__(self, tables: Tables, store: Any, projection: Any) -> Iterator[None]:
        """Be the rebuild that is put to the test."""
        self.began_at = self.began_at or store.head()
        counted = _Counted(store)
        steps = self._noting(pickle.loads(self._as_made), tables, counted, projection)
        if not isinstance(steps, Iterator):
            self.no_steps = steps
            return
        while True:
            serving, before, mailed = tables.serving, tables.serving.table, tables.mailer.writes
            checkpoint = serving.checkpoint
            ended = self._noting(next, steps, self) is self
            self.most_read, counted.read = max(self.most_read, counted.read), 0
            touched = serving.checkpoint != checkpoint or not serving.table.equals(before)
            self.emptied |= touched and serving is not tables.beside
            self.resent |= tables.mailer.writes != mailed
            if tables.serving is not serving:
                self.swapped_at = tables.serving.checkpoint
                self.behind = store.head() - self.swapped_at
            if ended:
                return
            yield

    def _noting(self, work: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return work(*arguments)
        except Exception as error:
            if not is_of_the_event(error):
                self.error = self.error or error
            raise


class _Counted:
    """The store; it counts the events that are read from it."""

    def __init__(self, store: Any) -> None:
        self._store, self.read = store, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def read_all(self, **asked: Any) -> Iterator[Any]:
        """Hand on, and count."""
        for one in self._store.read_all(**asked):
            self.read += 1
            yield one


def is_of_the_event(error: BaseException | None) -> bool:
    """Return whether an error, or one that it was raised from, is that an event cannot be read."""
    return isinstance(error, Unreadable) or (error is not None and is_of_the_event(error.__context__))


DONE = "rebuilt while orders came in"


def rebuilding(answer: Any) -> None:
    """Judge a generator ``rebuild(tables, store, projection)``."""
    if not callable(answer):
        ask = "What did you hand over: the function, or what it returned?"
        raise NotYet("looked at your answer", shown(answer), "a function rebuild(tables, store, projection)", ask)
    expect_arguments(answer, "rebuild", "tables", "store", "projection")
    run, watch = _tried(answer)
    _while_it_runs(run, watch)
    if not run.ok:
        raise NotYet(DONE, *_plainly(run), _late(run, watch))
    came = {str(key): (int(units), int(orders)) for key, units, orders in run.table.itertuples()}
    if came != KEPT:
        raise NotYet(DONE, came, KEPT, "Does the table say what the events say?")
    if watch.most_read > MOST_READ:
        ask = "All that time nobody could order or ask. What if the log had twelve million events?"
        expected = f"{MOST_READ} at most between two yields"
        raise NotYet(f"{DONE}, and counted", f"{count(watch.most_read, 'event')} read in one go", expected, ask)
    _dies(answer)
    run, _ = _tried(answer, Abort(1))
    if not run.ok:
        raise NotYet("gave the rebuild up", *_plainly(run), "Who serves if you are told to stop?")
    _unreadable(answer)
    run, watch = _tried(answer, story=_story(MANY))
    if not run.ok:
        raise NotYet(f"did the same with a log of {MANY} events", *_plainly(run), _late(run, watch))


def _tried(answer: Any, *faults: Fault, story: RebuildStory | None = None) -> tuple[FaultRun, _Watch]:
    watch = _Watch(answer)
    run = simulate_rebuild(story or _story(), faults, by_function(watch))
    if watch.no_steps is not watch:
        ask = "Where does it pause, so that orders can come in and questions be answered?"
        raise NotYet("called your function", shown(watch.no_steps), "a generator: a function with a yield", ask)
    if watch.error and not watch.resent and not watch.emptied:
        try:
            raise watch.error
        except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
            done = f"{DONE}{f'; what went wrong: {run.plan}' if faults else ''}"
            raise NotYet(done, error, "no error", _of_error(error)) from None
    return run, watch


def _of_error(error: Exception) -> str:
    if isinstance(error, InvalidArgument) and "is not a projector" in str(error):
        return "lab.rebuild works on a projector, and these followers are plain tables. Which loop does it run?"
    return what_it_means(error)


DEATHS = {
    "after the table is written: beside": "right after it wrote the table of tables.beside",
    "after the checkpoint is written: beside": "right after it wrote the checkpoint of tables.beside",
    "after both are written: beside": "right after it saved tables.beside",
    "before swap": "right before the swap",
}


def _dies(answer: Any) -> None:
    for site, when in DEATHS.items():
        run, _ = _tried(answer, Crash(site, visit=2 if "beside" in site else 1))
        if not len(run.idle) and not run.steps["site"].any():
            ask = "The process was gone, and your except went on as if it were not. What does a bare except catch?"
            raise NotYet(f"let it die {when}", "it went on", "an end of this call", ask)
        if not run.ok:
            ask = "It died between the table and its checkpoint, or forgot where it was. What belongs together?"
            if site == "before swap":
                ask = "Called again, it found everything built, and nothing left to read. What did it save then?"
            raise NotYet(f"let it die {when}", *_plainly(run), ask)


def _unreadable(answer: Any) -> None:
    """Let the new version fail at an event, for a while."""
    run, _ = _tried(answer, Poison(5))
    done, expected = "let the new version fail at event 5, for a while", "the error, and nothing left out"
    if not run.steps["error"].any():
        ask = "An event could not be read, and your function went on as if it had been. Who hears about that?"
        raise NotYet(done, "no error came out", expected, ask)
    if not run.ok:
        raise NotYet(done, *_plainly(run), "Once it can be read, your function is called again. Where does it begin?")


def _while_it_runs(run: FaultRun, watch: _Watch) -> None:
    """Look at what no rebuild may do, whatever comes of it."""
    if watch.resent or ONCE in laws_of(run.broken):
        ask = (
            "The mailer's checkpoint says which emails are sent: move it, and some go out twice, or not at all. What "
            "has it to do with your rebuild?"
        )
        raise NotYet(DONE, "tables.mailer was written", "each email sent once", ask)
    if watch.emptied:
        ask = "You wrote into the serving table. What does a visitor read until it is full again?"
        read = run.broken and run.broken[0].done != WHO_SERVES
        came = _plainly(run)[0] if read else "the serving table was written"
        raise NotYet(DONE, came, "answers as before", ask)
    _swaps(run, watch)


def _swaps(run: FaultRun, watch: _Watch) -> None:
    """Look at when the learner swapped, and how often."""
    swaps = run.visits.get("before swap", 0)
    built = any(site.endswith("written: beside") for site in run.visits)
    if watch.swapped_at == 0 or (swaps and not built):
        ask = (
            "You swapped before anything was built. What did the table beside hold by then, and what does a visitor "
            "make of it?"
        )
        raise NotYet(DONE, "an empty table was put in place of the full one", "a swap when all is built", ask)
    if watch.swapped_at is not None and not swaps:
        ask = "A crash may come between any two assignments. Which call swaps both tables in one write?"
        raise NotYet(DONE, "tables.serving was assigned", "tables.swap()", ask)
    if swaps > 1:
        back = "" if "orders" in run.table else ", and the old table serves again"
        ask = "What served before the first swap stands beside after it. What does another swap bring back?"
        raise NotYet(DONE, f"{swaps} calls of tables.swap(){back}", "one", ask)


def _plainly(run: FaultRun) -> tuple[str, str]:
    """Say what came and what was expected where a law was broken, in the words of a visitor."""
    broken = run.broken[0]
    if broken.law == NOT_BACK:
        before, now = next(pair for pair in pairwise(run.steps["position"]) if pair[1] < pair[0])
        return f"an answer as of event {now}, after one as of event {before}", "answers that never go back"
    if broken.done == WHO_SERVES:
        return f"{broken.came} serves", f"{broken.expected} serves"
    return broken.came, broken.expected


def _late(run: FaultRun, watch: _Watch) -> str:
    """Find the sentence for a table that was complete too early, or never."""
    if watch.swapped_at is None:
        if not any(site.endswith("written: beside") for site in run.visits):
            return "Nothing was written beside, and nothing swapped. Where does your function build the new table?"
        return "The table is built, and nobody reads it. Who lets it serve?"
    if WHOLE in laws_of(run.broken):
        return "Its checkpoint says more than the table has read, or less. Which event was the last that is in it?"
    if watch.swapped_at == watch.began_at:
        return "You have read all there was when you began. What came in the meantime?"
    if watch.behind == 1:
        return "One order came in between your last look at the log and the swap. What lies between the two?"
    return "It served before it had caught up, and readers went back in time. How far was the old version by then?"
