"""A projector that asks: it wakes up, takes what is there, handles it one by one, and sleeps again."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from cqrs_lab.simulation.clocks import Downtime
from cqrs_lab.simulation.draws import LazyDraws, ProjectorWork
from cqrs_lab.simulation.durations import Seconds
from cqrs_lab.simulation.model import Crashes, Polling
from cqrs_lab.simulation.polls import Sleeps, Ticks
from cqrs_lab.simulation.pushed import check_repeats

Stop = tuple[float, float, bool]
"""When it begins, when it ends, and whether the work in hand is lost."""
NEVER: Stop = (math.inf, math.inf, False)


def visible(
    arrived: Seconds,
    work: ProjectorWork,
    polling: Polling,
    intervals: LazyDraws,
    crashes: Crashes | None,
    until: LazyDraws,
    repairs: LazyDraws,
    outages: Downtime,
) -> Seconds:
    """Return when each event is visible; events in the order in which they come, on the clock without outages."""
    stops = _stops(crashes, until, repairs, outages)
    clock = _handling_clock(crashes, until, repairs)
    projector = _Polled(arrived, work, polling, intervals, outages, stops, clock)
    projector.crashes, projector.lost = crashes, crashes is not None and crashes.then == "redeliver"
    return projector.run()


def _stops(crashes: Crashes | None, until: LazyDraws, repairs: LazyDraws, outages: Downtime) -> Iterator[Stop]:
    """Return the stops that happen by the clock, in order: crashes, and the points to which outages have shrunk."""
    planned = [(float(at), float(at), False) for at in outages.starts]
    up, crash = 0.0, 0
    while crashes is not None and crashes.when == "always":
        begin = up + until[crash]
        end = begin + repairs[crash]
        while planned and planned[0][0] < begin:
            yield planned.pop(0)
        yield begin, end, crashes.then == "redeliver"
        planned = [stop for stop in planned if stop[0] >= end]
        up, crash = end, crash + 1
    yield from planned


def _handling_clock(crashes: Crashes | None, until: LazyDraws, repairs: LazyDraws) -> Iterator[tuple[float, float]]:
    """Return the crashes that happen by handling time: how much until the next, and its repair."""
    crash = 0
    while crashes is not None and crashes.when == "handling":
        yield until[crash], repairs[crash]
        crash += 1


class _Polled:
    """One projector; time only moves on."""

    crashes: Crashes | None = None
    lost = False  # whether a crash by the handling clock loses the event in hand

    def __init__(
        self,
        arrived: Seconds,
        work: ProjectorWork,
        polling: Polling,
        intervals: LazyDraws,
        outages: Downtime,
        stops: Iterator[Stop],
        clock: Iterator[tuple[float, float]],
    ) -> None:
        self.arrived, self.polling = arrived, polling
        self.handling, self.backoff = work.handling, work.backoff
        self.ticks, self.sleeps, self.outages = Ticks(intervals), Sleeps(intervals), outages
        self.stops, self.stop = stops, next(stops, NEVER)
        self.clock = clock
        self.left, self.repair = next(clock, (math.inf, 0.0))
        self.done = np.empty(len(arrived))

    def run(self) -> Seconds:
        event, now, count = 0, 0.0, len(self.arrived)
        limit = self.polling.batch_limit or count
        while event < count:
            now = self._tick(now, event) if self.polling.mode == "ticks" else self._sleep(now, event)
            while event < count and self.arrived[event] <= now:
                end = min(int(np.searchsorted(self.arrived, now, side="right")), event + limit)
                now = self._handle(event, end, now)
                event = end
                if self.polling.mode != "drain":
                    break
        return self.done

    # --- waking up ---

    def _tick(self, now: float, event: int) -> float:
        """Return the first tick that finds the projector up and idle, and the event there; each tick is one poll."""
        tick = self._after(max(now, float(self.arrived[event])))
        while (up := self._up(self._shown(tick))) != self._shown(tick):
            tick = self._after(up)
        self.ticks.take(tick)
        return self._shown(tick)

    def _up(self, moment: float) -> float:
        """Return the moment itself, or the end of the stop that it falls into."""
        while self.stop[1] <= moment:
            self.stop = next(self.stops, NEVER)
        return self.stop[1] if self.stop[0] <= moment else moment

    def _sleep(self, now: float, event: int) -> float:
        """Sleep until something is there; a stop cuts a sleep short, and the projector asks when it is up again."""
        while True:
            while self.stop[1] < now:
                self.stop = next(self.stops, NEVER)
            now = self.sleeps.until(now, min(float(self.arrived[event]), math.nextafter(self.stop[0], math.inf)))
            if now > self.stop[0]:
                now = self.stop[1]
                self.stop = next(self.stops, NEVER)
            if self.arrived[event] <= now:
                return now

    # --- handling ---

    def _handle(self, begin: int, end: int, now: float) -> float:
        """Handle a batch, note when each event is visible, and give the moment after."""
        handling, backoff = self.handling[begin:end], self.backoff[begin:end]
        finish: Seconds = np.add.accumulate(np.append(now, handling + backoff))[1:]
        spent = float(handling.sum())
        if self.stop[0] >= finish[-1] and self.left >= spent:
            self.left -= spent
        else:
            finish = self._interrupted(begin, end, now)
        self.done[begin:end] = finish[-1] if self.polling.commit == "batch" else finish
        return float(finish[-1])

    def _interrupted(self, begin: int, end: int, now: float) -> Seconds:
        """Handle a batch event by event, with the stops that fall into it; of an event, backoff comes last."""
        finish, event = np.empty(end - begin), begin
        (handling, backoff), repeats = self._work_of(event), 0
        while True:
            while self.stop[1] < now:
                self.stop = next(self.stops, NEVER)
            by_work = now + self.left if self.left < handling else math.inf
            done = now + handling + backoff
            if min(by_work, self.stop[0]) >= done:
                self.left -= handling
                finish[event - begin] = now = done
                event, repeats = event + 1, 0 if self.polling.commit == "each" else repeats
                if event == end:
                    return finish
                handling, backoff = self._work_of(event)
                continue
            if by_work <= self.stop[0]:
                worked, up, lost = self.left, by_work + self.repair, self.lost
                self.left, self.repair = next(self.clock)
            else:
                worked, up, lost = self.stop[0] - now, self.stop[1], self.stop[2]
                self.left -= min(worked, handling)
                self.stop = next(self.stops, NEVER)
            now, lost_waiting = self._begin_again(up)
            handling, backoff = max(0.0, handling - worked), backoff - max(0.0, worked - handling)
            if lost or lost_waiting:
                repeats = check_repeats(repeats + 1, self.crashes)
                event = begin if self.polling.commit == "batch" else event
                handling, backoff = self._work_of(event)

    def _work_of(self, event: int) -> tuple[float, float]:
        return float(self.handling[event]), float(self.backoff[event])

    def _begin_again(self, up: float) -> tuple[float, bool]:
        """Return when work goes on after a stop, and whether another stop before that has lost it."""
        now, lost = up, False
        while True:
            now = self._shown(self._after(now)) if self.polling.mode == "ticks" else now
            if self.stop[0] > now:
                return now, lost
            lost = lost or self.stop[2]
            now = max(now, self.stop[1])
            self.stop = next(self.stops, NEVER)

    def _after(self, moment: float) -> int:
        """Return the first tick at or after a moment, whether the projector is up or not; none falls into an outage."""
        if not len(self.outages.starts):
            return self.ticks.at_or_after(moment)
        # Putting outages back may round up, beyond the tick that was looked for.
        earliest = float(self.outages.put_back(moment)) * (1 - 1e-12)
        while True:
            tick = self.ticks.at_or_after(earliest)
            at = self.ticks.moment(tick)
            earliest = self.outages.over(at)
            if earliest == at:
                if self._shown(tick) >= moment:
                    return tick
                earliest = math.nextafter(at, math.inf)

    def _shown(self, tick: int) -> float:
        """Return when a tick comes, on the clock without outages."""
        at = self.ticks.moment(tick)
        return float(self.outages.working_time(at)) if len(self.outages.starts) else at
