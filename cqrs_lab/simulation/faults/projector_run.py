"""A run in which things go wrong: real bus, store and worker, virtual time, and the laws checked after each step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import cycle
from typing import Any

import simpy
from simpy.events import ProcessGenerator

from cqrs_lab.errors import CommandRejected
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.read.batch import EventBatch, read_batch
from cqrs_lab.simulation.faults.faulty_stage import FaultyStage
from cqrs_lab.simulation.faults.given import built_by, check_story, sizes_of
from cqrs_lab.simulation.faults.laws import Laws
from cqrs_lab.simulation.faults.outcome import FaultRun
from cqrs_lab.simulation.faults.plan import (
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
from cqrs_lab.simulation.faults.steps import Step
from cqrs_lab.simulation.faults.story import Story
from cqrs_lab.simulation.faults.workers import MakeWorker, ProjectorWorker, Worker
from cqrs_lab.simulation.gappy_store import HoldingStore
from cqrs_lab.simulation.stage import at
from cqrs_lab.write.command_bus import Receipt

MakeStore = Callable[..., EventStore]
WORKER = ("table", "position", "skipped", "receive", "restart", "repaired")


def simulate_faults(
    story: Story,
    plan: FaultPlan | Fault | Iterable[Any] = (),
    worker: MakeWorker = ProjectorWorker,
    *,
    batch: int | Sequence[int] = 2,
    store: MakeStore = MemoryEventStore,
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
    return _Run(story, FaultPlan.of(plan, story.kinds, "a projector"), worker, sizes_of(batch), store).outcome()


class _Run(FaultyStage):
    """The state of one run: senders, and a courier who hands the log over to the worker."""

    def __init__(
        self, story: Story, plan: FaultPlan, worker: MakeWorker, sizes: tuple[int, ...], store: MakeStore
    ) -> None:
        super().__init__(story.register, plan, store)
        self.story, self.sizes, self.cut = story, sizes, cycle(sizes)
        instead = "on_disk(take_in) for a function take_in(disk, batch, projection) of yours"
        made_of = self.store, self.watched(story.projection()), self.sites
        self.worker: Worker = built_by(worker, WORKER, instead, *made_of)
        self.laws = Laws(self.store, story.fold, self.worker, self._tried_in_vain, lambda: self.now)
        self.writing = simpy.Resource(self)
        self.cursor, self.due, self.stopped = 0, list[tuple[int, EventBatch]](), False
        self.overtaken: tuple[EventBatch, list[Fault]] | None = None

    def outcome(self) -> FaultRun:
        senders = [self.enters(self._send(number, one)) for number, one in enumerate(self.story.commands, 1)]
        self.play(self._courier(self.all_of(senders)))
        trace = self.laws.in_the_end(self.story.expected)
        return FaultRun(self, self.sizes, self.worker.table, self.laws.broken, trace)

    def _tried_in_vain(self) -> set[int]:
        return {position for position in self.unreadable if Poison(position) in self.sites.struck}

    def _note(self, step: Step) -> None:
        self.note(step, self.worker.position, self.laws.agrees)

    def _send(self, number: int, command: object) -> ProcessGenerator:
        yield at(self, float(number))
        if isinstance(self.store, HoldingStore):
            with self.store.hold():
                receipt = self._record(number, command)
                yield from self.held(SlowCommit, number)
        else:
            # A store that hands out positions at the commit lets the others wait.
            with self.writing.request() as turn:
                yield turn
                yield from self.held(SlowCommit, number)
                receipt = self._record(number, command)
        for _ in self.strikes(LostReceipt, number):
            yield self.timeout(1)
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

    def _courier(self, sent: Any) -> ProcessGenerator:
        yield self.timeout(0.5)
        while not sent.processed or (self.cursor < self.store.head() and not self.stopped):
            yield from self._tick()
        yield from self._faults_stop()

    def _tick(self) -> ProcessGenerator:
        yield self.timeout(1)
        batch = read_batch(self.store, after=self.cursor, limit=next(self.cut))
        if not len(batch):
            return self._hand_over_what_was_overtaken()
        self.cursor = batch.last_position
        within = _positions(batch)
        yield from self.held(Delay, within)
        if self.overtaken is None and (reorders := self.taken(Reorder, within)):
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
        for _ in self.strikes(LostAcknowledgement, within):
            self._deliver(batch)
        now_due = [again for later, again in self.due if later <= 0]
        self.due = [(later - 1, again) for later, again in self.due if later > 0]
        self.due += [(fault.later, batch) for fault in self.strikes(Duplicate, within)]
        for again in now_due:
            self._deliver(again)

    def _deliver(self, batch: EventBatch) -> None:
        within = _positions(batch)
        self._try(Step("delivered", first=within[0], last=within[-1]), partial(self.worker.receive, batch))

    def _try(self, step: Step, work: Callable[[], None]) -> bool:
        """Let the worker work, and return whether it finished; if not, deliveries restart at its checkpoint."""
        step = self.tried(step, work, self.worker.restart)
        self.stopped, finished = step.stopped, not (step.site or step.stopped)
        if finished:
            self.laws.after(step.in_words())
        else:
            self.laws.meanwhile()
            self.cursor = min(self.cursor, self.worker.position)
        self._note(step)
        return finished

    def _faults_stop(self) -> ProcessGenerator:
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


def _positions(batch: EventBatch) -> range:
    return range(next(iter(batch)).position, batch.last_position + 1)
