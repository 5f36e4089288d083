"""A run in which things go wrong: real bus, store and worker, virtual time, and the laws checked after each step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import cycle
from typing import Any

import pandas as pd
import simpy

from cqrs_lab.errors import CommandRejected, ProjectionFailed
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.read.batch import EventBatch, read_batch
from cqrs_lab.simulation.faults.broken_law import BrokenLaw
from cqrs_lab.simulation.faults.given import built_by, check_story, sizes_of
from cqrs_lab.simulation.faults.laws import Laws
from cqrs_lab.simulation.faults.outcome import Outcome
from cqrs_lab.simulation.faults.plan import (
    Crash,
    Delay,
    Duplicate,
    Fault,
    FaultPlan,
    LostAcknowledgement,
    LostReceipt,
    Poison,
    Reorder,
    SlowCommit,
)
from cqrs_lab.simulation.faults.readers import command_id
from cqrs_lab.simulation.faults.sites import Crashed, Sites, Unreadable, Watched
from cqrs_lab.simulation.faults.steps import Step
from cqrs_lab.simulation.faults.story import Story
from cqrs_lab.simulation.faults.workers import MakeWorker, ProjectorWorker, Worker
from cqrs_lab.simulation.virtual_time import Process, at
from cqrs_lab.write.command_bus import CommandBus, Receipt

WORKER = ("table", "position", "skipped", "receive", "restart", "repaired")
COLUMNS = {
    "seconds": "float64",
    "kind": "str",
    "number": "int64",
    "first": "int64",
    "last": "int64",
    "site": "str",
    "error": "str",
    "position": "int64",
    "head": "int64",
    "agrees": "bool",
}
Moment = tuple[float, Step, int, int, bool]
"""A step with its second, and then the position, the head of the log, and whether the table agreed with it."""


class FaultRun(Outcome):
    """The outcome of a run with faults.

    Attributes
    ----------
    plan : FaultPlan
    steps : DataFrame
        One row per step: seconds (float64); kind (str), number, first and last (int64), site and error (str), as in
        `Step`; position and head (int64), agrees (bool: the table was the fold of the log up to its position, when
        the worker last did something). `in_words` has a sentence for each.
    trace : DataFrame or None
        What a reader saw who looked after each step, and what each sender saw who asked with the receipt's position:
        one row per operation, as `guarantees.check` and `show.who_saw_what` take it. None for a rebuild, where
        each answer is judged by itself.
    table : DataFrame
        The read model at the end.
    broken : tuple of BrokenLaw
        The laws that did not hold, each with what came instead.
    visits : mapping of str to int
        The sites at which the worker could have died, and how often it passed each.
    first_error : str
        What the worker itself raised first, and at which step; "" if it raised nothing but what a fault made it
        raise. A law that is broken because a function raised does not show the cause; this does.
    """

    def __init__(
        self,
        plan: FaultPlan,
        batch: tuple[int, ...],
        steps: list[Moment],
        table: pd.DataFrame,
        broken: tuple[BrokenLaw, ...],
        sites: Sites,
        first_error: str,
        trace: pd.DataFrame | None = None,
    ) -> None:
        super().__init__(plan, broken, sites, {"batch": list(batch)}, first_error)
        self._steps, self.table, self.trace = steps, table, trace

    @cached_property
    def steps(self) -> pd.DataFrame:
        """The steps as a table."""
        rows = [(seconds, *step, *state) for seconds, step, *state in self._steps]
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)

    def in_words(self) -> pd.Series:
        """Return each step as a sentence, for the rows of `steps`.

        Examples
        --------
        >>> from cqrs_lab.shop import read, week, write
        >>> from cqrs_lab.simulation.faults import Crash, Story, simulate_faults
        >>> run = simulate_faults(Story(write.register, week.commands(), read.InventoryLevels), Crash("before save"))
        >>> run.in_words().tolist()[:2]
        ['command 1 recorded up to 1', 'delivered 1: crashed before save']
        """
        return pd.Series([step.in_words() for _, step, *_ in self._steps], name="what", dtype="str")

    @property
    def head(self) -> int:
        """How long the log was at the end."""
        return int(self.steps["head"].max())

    def record(self) -> str:
        """Return every step and the table as text."""
        return str(self.steps.to_csv() + self.table.to_csv())


def simulate_faults(
    story: Story,
    plan: FaultPlan | Fault | Iterable[Any] = (),
    worker: MakeWorker = ProjectorWorker,
    *,
    batch: int | Sequence[int] = 2,
    store: Callable[..., EventStore] = MemoryEventStore,
) -> FaultRun:
    """Simulate a story while faults strike, let the faults stop, and check whether the laws held.

    The log is handed over in batches, one a second, in order and at least once: after a crash, from the worker's
    checkpoint on. When every command is sent and every fault has struck, the projection is fixed, the worker is
    restarted, and the rest of the log is handed over.

    Parameters
    ----------
    story : Story
    plan : FaultPlan, fault or faults, optional
    worker : callable, optional
        What applies the batches: the kit's projector; `parking`, or `on_disk(take_in)` for a function of yours.
    batch : int or sequence of int, optional
        Events in a delivery; several sizes take turns.
    store : callable, optional
        ``store(clock=…)`` makes the event store.

    Returns
    -------
    FaultRun
        The same for the same arguments, step by step.

    Raises
    ------
    InvalidArgument
        An argument is of the wrong kind, such as a function without `on_disk`, or a fault that cannot strike here.

    Examples
    --------
    >>> from cqrs_lab.shop import read, week, write
    >>> from cqrs_lab.simulation.faults import Crash, Story, simulate_faults
    >>> story = Story(write.register, week.commands(), read.InventoryLevels)
    >>> simulate_faults(story, [Crash("before save", visit=2)]).ok
    True
    """
    check_story(story, Story, "simulate_faults")
    return _Run(story, FaultPlan.of(plan, story.kinds, "a projector"), worker, sizes_of(batch), store).run()


class _Run:
    """The state of one run."""

    def __init__(
        self,
        story: Story,
        plan: FaultPlan,
        worker: MakeWorker,
        sizes: tuple[int, ...],
        store: Callable[..., EventStore],
    ) -> None:
        self.clock = simpy.Environment()
        self.story, self.plan, self.sizes, self.cut = story, plan, sizes, cycle(sizes)
        self.store = store(clock=lambda: self.clock.now)
        self.bus = CommandBus(self.store)
        story.register(self.bus)
        self.sites = Sites(fault for fault in plan if isinstance(fault, Crash))
        self.unreadable = {fault.position for fault in plan if isinstance(fault, Poison)}
        watched = Watched(story.projection(), self.sites, self.unreadable)
        instead = "on_disk(take_in) for a function take_in(disk, batch, projection) of yours"
        self.worker: Worker = built_by(worker, WORKER, instead, self.store, watched, self.sites)
        self.laws = Laws(self.store, story.fold, self.worker, self._tried_in_vain, lambda: self.clock.now)
        self.left: list[Any] = [fault for fault in plan if not isinstance(fault, Crash | Poison)]
        self.writing = simpy.Resource(self.clock)
        self.cursor, self.steps, self.due = 0, list[Moment](), list[tuple[int, EventBatch]]()
        self.overtaken: tuple[EventBatch, list[Fault]] | None = None
        self.stopped, self.first_error = False, ""

    def run(self) -> FaultRun:
        senders = [self.clock.process(self._send(at, command)) for at, command in enumerate(self.story.commands, 1)]
        sent = self.clock.all_of(senders)
        self.clock.run(until=self.clock.process(self._courier(sent)))
        trace = self.laws.in_the_end(self.story.expected)
        broken, table = tuple(self.laws.broken), self.worker.table
        return FaultRun(self.plan, self.sizes, self.steps, table, broken, self.sites, self.first_error, trace)

    def _tried_in_vain(self) -> set[int]:
        return {position for position in self.unreadable if Poison(position) in self.sites.struck}

    def _note(self, step: Step) -> None:
        self.steps.append((self.clock.now, step, self.worker.position, self.store.head(), self.laws.agrees))

    def _strikes(self, kind: type, number: int | range) -> Any:
        """Return the faults of a kind that strike now, and remove them: each strikes once."""
        hit = self._taken(kind, number)
        self.sites.struck.update(hit)
        return hit

    def _taken(self, kind: type, number: int | range) -> list[Any]:
        numbers = number if isinstance(number, range) else range(number, number + 1)
        hit = [one for one in self.left if isinstance(one, kind) and _where(one) in numbers]
        self.left = [one for one in self.left if all(one is not other for other in hit)]
        return hit

    def _send(self, number: int, command: object) -> Process:
        yield at(self.clock, float(number))
        slow = sum(fault.seconds for fault in self._strikes(SlowCommit, number))
        hold = getattr(self.store, "hold", None)
        if hold is None:
            # A store that hands out positions at the commit lets the others wait.
            with self.writing.request() as turn:
                yield turn
                yield self.clock.timeout(slow)
                receipt = self._record(number, command)
        else:
            with hold():
                receipt = self._record(number, command)
                yield self.clock.timeout(slow)
        for _ in self._strikes(LostReceipt, number):
            yield self.clock.timeout(1)
            receipt = self._record(number, command)
        if receipt is not None:
            self.laws.received(number, receipt.position)

    def _record(self, number: int, command: object) -> Receipt | None:
        try:
            receipt = self.bus.send(command, command_id=command_id(number))
        except CommandRejected as rejected:
            self._note(Step("rejected", number, error=rejected.reason))
            return None
        last = receipt.position
        self._note(Step("recorded", number, last - max(len(receipt.events) - 1, 0), last))
        return receipt

    def _courier(self, sent: Any) -> Process:
        yield self.clock.timeout(0.5)
        while not sent.processed or (self.cursor < self.store.head() and not self.stopped):
            yield from self._tick()
        yield from self._faults_stop()

    def _tick(self) -> Process:
        yield self.clock.timeout(1)
        batch = read_batch(self.store, after=self.cursor, limit=next(self.cut))
        if not len(batch):
            return self._hand_over_what_was_overtaken()
        self.cursor = batch.last_position
        within = _positions(batch)
        yield self.clock.timeout(sum(fault.seconds for fault in self._strikes(Delay, within)))
        if self.overtaken is None and (reorders := self._taken(Reorder, within)):
            self.overtaken = batch, reorders
            return None
        self._hand_over(batch)
        if self.overtaken is not None:
            self.sites.struck.update(self.overtaken[1])  # the last of all waits for a next one in vain
        return self._hand_over_what_was_overtaken()

    def _hand_over_what_was_overtaken(self) -> None:
        if self.overtaken is not None:
            (batch, _), self.overtaken = self.overtaken, None
            self._hand_over(batch)

    def _hand_over(self, batch: EventBatch) -> None:
        within = _positions(batch)
        self._deliver(batch)
        for _ in self._strikes(LostAcknowledgement, within):
            self._deliver(batch)
        now_due = [again for later, again in self.due if later <= 0]
        self.due = [(later - 1, again) for later, again in self.due if later > 0]
        self.due += [(fault.later, batch) for fault in self._strikes(Duplicate, within)]
        for again in now_due:
            self._deliver(again)

    def _deliver(self, batch: EventBatch) -> None:
        within = _positions(batch)
        self._try(Step("delivered", first=within[0], last=within[-1]), self.worker.receive, batch)

    def _try(self, step: Step, work: Callable[..., None], *arguments: Any) -> bool:
        """Let the worker work, and return whether it finished; if not, deliveries restart at its checkpoint."""
        self.stopped = False
        try:
            work(*arguments)
        except Crashed as crash:
            self.worker.restart()
            self.laws.meanwhile()
            self._note(step._replace(site=crash.site))
        except ProjectionFailed as failed:
            self.stopped = True
            self.laws.meanwhile()
            self._note(step._replace(error=failed.why))
            if not isinstance(failed.__cause__, Unreadable):
                self.first_error = self.first_error or f"{step.in_words()}: {failed.why}"
        else:
            self.laws.after(step.in_words())
            self._note(step)
            return True
        self.cursor = min(self.cursor, self.worker.position)
        return False

    def _faults_stop(self) -> Process:
        self._hand_over_what_was_overtaken()
        for _, again in self.due:
            self._deliver(again)
        self.left.clear()
        stood = any(step.stopped for _, step, *_ in self.steps)
        self.unreadable.clear()
        # After a crash the repair is tried again. One that never succeeds shows in the laws at the end.
        for _ in range(1 + len(self.plan)):
            if self._try(Step("fixed" if stood else "faults over"), self.worker.repaired):
                break
        self.worker.restart()
        self.cursor, self.cut = self.worker.position, cycle((self.store.head() or 1,))
        # Twice: a crash may be left in the plan for a site that is only passed now.
        for _ in range(2 + len(self.plan)):
            if self.cursor < self.store.head():
                yield from self._tick()


def _where(fault: Any) -> int:
    return int(getattr(fault, "position", 0) or getattr(fault, "command", 0))


def _positions(batch: EventBatch) -> range:
    return range(next(iter(batch)).position, batch.last_position + 1)
