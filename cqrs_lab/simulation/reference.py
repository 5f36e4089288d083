"""The slow, obviously right engine: everything that happens is a process in SimPy. The fast engine must equal it."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import simpy
from simpy.events import ProcessGenerator

from cqrs_lab.simulation.draws import Draws
from cqrs_lab.simulation.durations import Fixed, Seconds
from cqrs_lab.simulation.stage import AFTER_ALL_ELSE, at


def visible_at(draws: Draws) -> Seconds:
    """Return when each event is visible, from the same draws as the fast engine.

    Returns
    -------
    array of float
        One row per replica, one column per event, by position.
    """
    world = simpy.Environment()
    visible = np.empty((draws.model.replicas, draws.events))
    readers: dict[int, list[_Reader]] = {partition: [] for partition in range(len(draws.model.shares))}
    finished = []
    for partition, some in readers.items():
        expected = int((draws.partition == partition).sum())
        for replica in range(draws.model.replicas if expected else 0):
            reader = _Reader(world, draws, partition, replica, visible[replica])
            some.append(reader)
            finished += [world.process(reader.follow()) for _ in range(draws.model.consumers)]
    world.process(_log(world, draws, readers))
    world.run(until=world.all_of(finished))
    return visible


def _log(world: simpy.Environment, draws: Draws, readers: dict[int, list[_Reader]]) -> ProcessGenerator:
    """Commit events, one by one."""
    relay = simpy.Resource(world)
    before: dict[int, simpy.Event] = {}
    for event in range(draws.events):
        yield at(world, float(draws.committed_at[event]))
        partition = int(draws.partition[event])
        way = world.process(_way(world, draws, relay, event, before.get(partition), readers[partition]))
        if draws.model.delivery_in_order:
            before[partition] = way


def _way(
    world: simpy.Environment,
    draws: Draws,
    relay: simpy.Resource,
    event: int,
    before: simpy.Event | None,
    readers: list[_Reader],
) -> ProcessGenerator:
    """Take one event from the log to its projectors; where order is kept, not before the one in front of it."""
    with relay.request() as turn:
        yield turn
        yield world.timeout(0.0 if draws.relay is None else float(draws.relay[event]))
    yield world.timeout(0.0 if draws.delivery is None else float(draws.delivery[event]))
    if before is not None:
        yield before
    for reader in readers:
        reader.receive(event)


class _Reader:
    """One projector, or the consumers that compete for its queue."""

    def __init__(self, world: simpy.Environment, draws: Draws, partition: int, replica: int, visible: Seconds) -> None:
        self.world, self.model, self.visible = world, draws.model, visible
        work = draws.work(replica)
        self.handling, self.backoff = work.handling.tolist(), work.backoff.tolist()
        self.inbox: deque[int] = deque()
        self.to_come = int((draws.partition == partition).sum())
        self.news = world.event()
        self.up, self.back = True, world.event()
        self.down_for: set[str] = set()
        self.outages = draws.outages
        self.outage, self.outage_over, self.outage_begins = False, world.event(), world.event()
        self.interruptible: list[simpy.Process] = []
        self.until, self.repairs = draws.until_crash(partition, replica), draws.repairs(partition, replica)
        self.crash = 0
        self.clock_left = self.until[0] if self._crashes_by("handling") else float("inf")
        world.process(self._planned())
        if self._crashes_by("always"):
            world.process(self._crash_by_the_clock())
        if self.model.polling is not None:
            self.intervals = draws.intervals(partition, replica)
            self.slept, self.naps = 0, 0
            self.asleep_since: float | None = None
            self.next_tick, self.tick_at = 0, 0.0

    def _crashes_by(self, when: str) -> bool:
        return self.model.crashes is not None and self.model.crashes.when == when

    @property
    def _loses(self) -> bool:
        return self.model.crashes is not None and self.model.crashes.then == "redeliver"

    def receive(self, event: int) -> None:
        self.inbox.append(event)
        self.news.succeed()
        self.news = self.world.event()

    # --- going down, and coming back ---

    def _planned(self) -> ProcessGenerator:
        for begin, seconds in self.outages:
            yield at(self.world, begin)
            self.outage = True
            self.outage_begins.succeed()
            self._stop("outage", lost=False)
            yield at(self.world, begin + seconds)
            self.outage, self.outage_begins = False, self.world.event()
            self.outage_over.succeed()
            self.outage_over = self.world.event()
            self._start("outage")

    def _crash_by_the_clock(self) -> ProcessGenerator:
        while True:
            yield from self._while_no_outage(self.until[self.crash])
            self._stop("crash", lost=self._loses)
            yield from self._while_no_outage(self.repairs[self.crash])
            self.crash += 1
            self._start("crash")

    def _while_no_outage(self, seconds: float) -> ProcessGenerator:
        """Let this number of seconds pass; in an outage everything stands still."""
        while True:
            while self.outage:
                yield self.outage_over
            begun, begins = self.world.now, self.outage_begins
            over = self.world.timeout(seconds)
            yield over | begins
            if over.processed:
                return
            seconds -= self.world.now - begun

    def _stop(self, why: str, lost: bool) -> None:
        self.down_for.add(why)
        for process in self.interruptible:
            process.interrupt(lost)
        self.interruptible.clear()

    def _start(self, why: str) -> None:
        self.down_for.discard(why)
        if not self.down_for:
            self.back.succeed()
            self.back = self.world.event()

    def _wait_until_up(self) -> ProcessGenerator:
        while self.down_for:
            yield self.back

    def _pass(self, moment: float, priority: Any = 1) -> ProcessGenerator:
        """Wait until a moment; give None, or else whether what was in hand is lost by a stop."""
        me = self.world.active_process
        assert me is not None
        self.interruptible.append(me)
        try:
            yield at(self.world, moment, priority)
        except simpy.Interrupt as stop:
            return stop.cause
        self.interruptible.remove(me)
        return None

    # --- following the log ---

    def follow(self) -> ProcessGenerator:
        """Take events until none is to come."""
        while self.to_come:
            if self.model.polling is None:
                while not self.inbox:
                    if not self.to_come:
                        return
                    yield self.news
                yield from self._handle([self._take()])
            else:
                yield from self._tick() if self.model.polling.mode == "ticks" else self._sleep()
                yield from self._poll()

    def _take(self) -> int:
        self.to_come -= 1
        if not self.to_come and not self.news.triggered:
            self.news.succeed()  # so that competing consumers go home
        return self.inbox.popleft()

    def _poll(self) -> ProcessGenerator:
        polling = self.model.polling
        assert polling is not None
        while self.inbox:
            most = len(self.inbox) if polling.batch_limit is None else min(polling.batch_limit, len(self.inbox))
            yield from self._handle([self._take() for _ in range(most)])
            if polling.mode != "drain":
                return
            yield at(self.world, self.world.now, AFTER_ALL_ELSE)

    def _handle(self, batch: list[int]) -> ProcessGenerator:
        self.asleep_since = None
        done, by_batch = 0, self.model.polling is not None and self.model.polling.commit == "batch"
        yield from self._wait_until_up()
        while done < len(batch):
            lost = yield from self._work(self.handling[batch[done]], self.backoff[batch[done]])
            if lost:
                done = 0 if by_batch else done
                continue
            self.visible[batch[done]] = self.world.now
            done += 1
        if by_batch:
            self.visible[batch] = self.world.now

    def _work(self, handling: float, backoff: float) -> ProcessGenerator:
        """Handle one event, with whatever comes between; give whether it is lost, and has to be begun again."""
        while handling > 0 or backoff > 0:
            begun, step = self.world.now, min(handling, self.clock_left) if handling > 0 else backoff
            stopped = yield from self._pass(begun + step)
            spent = self.world.now - begun
            if handling > 0:
                handling = 0.0 if stopped is None and step == handling else handling - spent
                self.clock_left -= spent
            else:
                backoff = 0.0 if stopped is None else backoff - spent
            if stopped is None and handling > 0:
                stopped = self._loses
                yield from self._while_no_outage(self.repairs[self.crash])
                self.crash += 1
                self.clock_left = self.until[self.crash]
            if stopped is not None:
                lost = yield from self._begin_again()
                if stopped or lost:
                    return True
        return False

    def _begin_again(self) -> ProcessGenerator:
        """Wait until it is up, and under ticks for the next tick; give whether another stop lost the work."""
        lost = False
        while True:
            yield from self._wait_until_up()
            if self.model.polling is None or self.model.polling.mode != "ticks":
                return lost
            stopped = yield from self._pass(self._tick_from(self.world.now), AFTER_ALL_ELSE)
            if stopped is None:
                return lost
            lost = lost or stopped

    # --- waking up ---

    def _tick_from(self, moment: float) -> float:
        """Return the first tick at or after a moment; ticks are never counted back."""
        while self.next_tick == 0 or self.tick_at < moment:
            self._count_tick()
        return self.tick_at

    def _count_tick(self) -> None:
        self.next_tick += 1
        self.tick_at = self._later(0.0, self.tick_at, self.next_tick, self.intervals[self.next_tick - 1])

    def _later(self, begin: float, last: float, number: int, interval: float) -> float:
        """Return the end of an interval. Equal ones are multiplied and not added up: rounding may then not pile up."""
        return begin + number * interval if isinstance(self.intervals.duration, Fixed) else last + interval

    def _tick(self) -> ProcessGenerator:
        """Wait for the next tick that finds the projector up; it is one poll."""
        while True:
            yield at(self.world, self._tick_from(self.world.now), AFTER_ALL_ELSE)
            self._count_tick()
            if not self.down_for and self.inbox:
                return

    def _sleep(self) -> ProcessGenerator:
        """Sleep once; a stop cuts the sleep short, and the projector asks as soon as it is up again."""
        yield from self._wait_until_up()
        if self.asleep_since is None:
            self.asleep_since, self.naps = self.world.now, 0
        self.slept, self.naps = self.slept + 1, self.naps + 1
        wakes = self._later(self.asleep_since, self.world.now, self.naps, self.intervals[self.slept - 1])
        stopped = yield from self._pass(wakes, AFTER_ALL_ELSE)
        if stopped is not None:
            self.asleep_since = None
            yield from self._wait_until_up()
            yield at(self.world, self.world.now, AFTER_ALL_ELSE)
