"""Exercise 10.2: rebuild a table that is in use."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pandas as pd

from cqrs_lab.course.guard import NotYet
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.merge import merge_rows
from cqrs_lab.read.schema import Schema
from cqrs_lab.simulation.faults import (
    Abort,
    Crash,
    FaultRun,
    RebuildStory,
    Tables,
    by_function,
    simulate_rebuild,
    story_of,
)
from cqrs_lab.simulation.faults.broken_law import laws_of
from cqrs_lab.simulation.faults.rebuild_run import NOT_BACK, ONCE, WHO_SERVES, WHOLE
from cqrs_lab.write.command_bus import CommandBus
from cqrs_lab.write.decider import Decider


@dataclass(frozen=True)
class _Sold:
    product_id: str
    units: int


class _Units:
    """Units of each product; version 2 tells the number of orders besides."""

    name, events = "units", (_Sold,)

    def __init__(self, version: int) -> None:
        self.version, self._columns = version, ["units", "orders"][:version]
        self.schema = Schema(index=["product_id"], columns=dict.fromkeys(self._columns, "int64"))

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Add up."""
        return batch.frame(_Sold).assign(orders=1).groupby("product_id")[self._columns].sum()

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Add up."""
        return merge_rows(table, rows, add=self._columns)


@dataclass(frozen=True)
class _Looked:
    """A visitor who only looks: nothing is recorded."""


@lru_cache(maxsize=1)
def _story() -> RebuildStory:
    """Three orders are there. Eight come in while the table is built; between them it is quiet once."""
    units = {"cup": (2, 3, 1, 4, 2, 1), "pot": (1, 2, 1), "mug": (1, 1)}
    sold = [_Sold(product, each) for product, many in units.items() for each in many]
    plain = story_of(sold, lambda: _Units(1))

    def register(bus: CommandBus) -> None:
        plain.register(bus)
        quiet: Decider[Any, Any, None] = Decider(None, lambda looked, nothing: [], lambda nothing, event: nothing)
        bus.register(_Looked, quiet, stream=lambda looked: "log")

    # Whoever pauses once more after having caught up, is caught up with: the next order comes at that pause.
    commands = (*plain.commands[:6], _Looked(), *plain.commands[6:])
    return RebuildStory(register, commands, lambda: _Units(1), to=lambda: _Units(2), before=3)


KEPT = {"cup": (13, 6), "mug": (2, 2), "pot": (4, 3)}
"""What the story's orders come to, counted by hand: units and orders."""


class _Watch:
    """Lets the learner's generator go on step by step, and notes what it does to who serves and who sends mails."""

    def __init__(self, answer: Callable[..., Any]) -> None:
        self._answer = answer
        self.emptied = self.resent = False
        self.swapped_at: int | None = None
        self.began_at, self.behind = 0, 0

    def __call__(self, tables: Tables, store: Any, projection: Any) -> Iterator[None]:
        """Be the rebuild that is put to the test."""
        self.began_at = self.began_at or store.head()
        steps = self._answer(tables, store, projection)
        while True:
            serving, before, mailed = tables.serving, tables.serving.table, tables.mailer.checkpoint
            checkpoint = serving.checkpoint
            ended = next(steps, self) is self
            touched = serving.checkpoint != checkpoint or not serving.table.equals(before)
            self.emptied |= touched and serving is not tables.beside
            self.resent |= tables.mailer.checkpoint != mailed
            if tables.serving is not serving:
                self.swapped_at = tables.serving.checkpoint
                self.behind = store.head() - self.swapped_at
            if ended:
                return
            yield


def rebuilding(answer: Any) -> None:
    """Judge a generator ``rebuild(tables, store, projection)``."""
    if not inspect.isgeneratorfunction(answer):
        ask = "Where does it pause, so that orders can come in and questions be answered?"
        raise NotYet("looked at your answer", type(answer).__name__, "a function that yields between its steps", ask)
    watch = _Watch(answer)
    run = simulate_rebuild(_story(), (), by_function(watch))
    _while_it_runs(run, watch)
    if not run.ok:
        raise NotYet("rebuilt while orders came in", *_plainly(run), _late(run, watch))
    came = {str(key): (int(units), int(orders)) for key, units, orders in run.table.itertuples()}
    if came != KEPT:
        raise NotYet("rebuilt while orders came in", came, KEPT, "Does the table say what the events say?")
    for site in ("after the table is written: beside", "after the checkpoint is written: beside", "before swap"):
        run = simulate_rebuild(_story(), [Crash(site, visit=2 if "beside" in site else 1)], by_function(answer))
        if not run.ok:
            ask = "It died between the table and its checkpoint, or forgot where it was. What belongs together?"
            raise NotYet(f"let it die {site}", *_plainly(run), ask)
    run = simulate_rebuild(_story(), [Abort(1)], by_function(answer))
    if not run.ok:
        raise NotYet("gave the rebuild up", *_plainly(run), "Who serves if you are told to stop?")


def _while_it_runs(run: FaultRun, watch: _Watch) -> None:
    """Look at what no rebuild may do, whatever comes of it."""
    done = "rebuilt while orders came in"
    stopped = run.steps.loc[run.steps["what"].str.contains("of the rebuild: stopped, "), "what"]
    if watch.resent or ONCE in laws_of(run.broken):
        ask = (
            "Mails went out twice, or not at all. Whose checkpoint did you move, and what did they have to do with it?"
        )
        raise NotYet(done, "the mailer's checkpoint was moved", "each mail sent once", ask)
    if watch.emptied:
        ask = "You wrote into the serving table. What does a visitor read until it is full again?"
        came = _plainly(run)[0] if run.broken else "the serving table was written"
        raise NotYet(done, came, "answers as before", ask)
    _swaps(run, watch, done)
    if len(stopped):
        told = str(stopped.iloc[0]).partition("stopped, ")[2]
        raise NotYet(done, told, "no error", "Which line raises it, and at which step?")


def _swaps(run: FaultRun, watch: _Watch, done: str) -> None:
    """Look at when the learner swapped, and how often."""
    swaps = run.visits.get("before swap", 0)
    built = any(site.endswith("written: beside") for site in run.visits)
    if watch.swapped_at == 0 or (swaps and not built):
        ask = "You swapped before anything was built. What stood beside by then, and what does a visitor make of it?"
        raise NotYet(done, "an empty table was put in place of the full one", "a swap when all is built", ask)
    if swaps > 1:
        back = "" if "orders" in run.table else ", and the old table serves again"
        ask = "What served before the first swap stands beside after it. What does another swap bring back?"
        raise NotYet(done, f"{swaps} calls of tables.swap(){back}", "one", ask)


def _plainly(run: FaultRun) -> tuple[str, str]:
    """Tell what came and what was expected where a law was broken, in the words of a visitor."""
    broken = run.broken[0]
    if broken.law == NOT_BACK:
        before, now = next(pair for pair in pairwise(run.steps["position"]) if pair[1] < pair[0])
        return f"an answer as of event {now}, after one as of event {before}", "answers that never go back"
    if broken.done == WHO_SERVES:
        return f"{broken.came.replace('one', 'version')} serves", f"{broken.expected} serves"
    return broken.came, broken.expected


def _late(run: FaultRun, watch: _Watch) -> str:
    """Find the sentence for a table that was complete too early, or never."""
    if watch.swapped_at is None:
        return "The table is built, and nobody reads it. Who lets it serve?"
    if WHOLE in laws_of(run.broken):
        return "Its checkpoint says more than the table has read, or less. Which event was the last that is in it?"
    if watch.swapped_at == watch.began_at:
        return "You have read all there was when you began. What came in the meantime?"
    if watch.behind == 1:
        return "One order came in between your last look at the log and the swap. What lies between the two?"
    return "It served before it had caught up, and readers went back in time. How far was the old version by then?"
