"""All that chance decides in a run, drawn before it begins: the fast engine and the reference are fed the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import LARGEST
from cqrs_lab.simulation.arrivals import RecordedTimes
from cqrs_lab.simulation.durations import Duration, Exponential, Fixed, Seconds
from cqrs_lab.simulation.model import LagModel

Integers = NDArray[np.int64]
MOST_POLLS = 100_000_000
"""Random intervals are drawn, those of polls that find nothing too; they are not kept."""
LEAST_CHUNK, MOST_CHUNK = 1_024, 65_536


def child(seed: int, component: str, *which: int) -> np.random.Generator:
    """Return a component's own random numbers: switching another component on changes nothing for it."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(crc32(component.encode()), *which)))


class LazyDraws:
    """Draws of which nobody knows beforehand how many will be needed; the first ones are always the same."""

    def __init__(self, duration: Duration, random: np.random.Generator, most: float = math.inf) -> None:
        self.duration, self._random, self._most = duration, random, most
        self._chunks: list[Seconds] = []
        self._drawn, self._joined = 0, np.empty(0)

    def next_chunk(self) -> Seconds:
        """Draw some more, and keep none of them: their number grows to a bound, no matter who asks."""
        size = min(max(LEAST_CHUNK, self._drawn), MOST_CHUNK)
        self._drawn += size
        if self._drawn > self._most:
            raise InvalidArgument(
                f"this draws more than {self._most:.0e} of {shown(self.duration)}, which is mostly far below its mean: "
                "make it longer, or ask for fewer events"
            )
        return self.duration.draw(self._random, size)

    def first(self, count: int) -> Seconds:
        """Return the first ones, and keep them."""
        if self._drawn < count:
            while self._drawn < count:
                self._chunks.append(self.next_chunk())
            self._joined = np.concatenate(self._chunks)
            self._chunks = [self._joined]
        return self._joined[:count]

    def __getitem__(self, at: int) -> float:
        if at >= len(self._joined):
            self.first(max(at + 1, 2 * len(self._joined)))
        return float(self._joined[at])


@dataclass(frozen=True)
class ProjectorWork:
    """What handling an event takes, at one projector: one entry per event, by position.

    Attributes
    ----------
    handling : array of float
        Seconds of handling, all attempts together.
    waiting : array of float, optional
        Seconds of waiting between attempts.
    """

    handling: Seconds
    waiting: Seconds | None = None

    @property
    def backoff(self) -> Seconds:
        """Seconds of waiting between attempts."""
        return np.zeros(len(self.handling)) if self.waiting is None else self.waiting

    @property
    def total(self) -> Seconds:
        """How long the events behind are held up."""
        return self.handling if self.waiting is None else self.handling + self.waiting

    def of(self, events: Integers | slice) -> ProjectorWork:
        """Take some of the events."""
        return ProjectorWork(self.handling[events], None if self.waiting is None else self.waiting[events])


class Draws:
    """The draws of a run.

    Parameters
    ----------
    model : LagModel
    events : int
    seed : int

    Attributes
    ----------
    origin : float
        The moment at which the clock of the run shows 0: for recorded times, the first of them.
    committed_at : array of float
        One entry per event, by position, on the clock of the run.
    partition : array of int
    relay, delivery : array of float, or None
        Seconds; None without.
    """

    def __init__(self, model: LagModel, events: int, seed: int) -> None:
        self.model, self.events, self.seed = model, events, seed
        size = min(model.events_per_command, events)
        commands = -(-events // size)
        times = model.arrivals.draw(child(seed, "arrivals"), commands)
        self.origin = float(times[0]) if isinstance(model.arrivals, RecordedTimes) else 0.0
        times = times - self.origin if self.origin else times
        self.committed_at = np.repeat(times, size)[:events] if size > 1 else times
        partition = self._partitions(commands)
        self.partition = np.repeat(partition, size)[:events] if size > 1 else partition
        self.relay = self._per_event(model.relay, "relay")
        self.delivery = self._per_event(model.delivery, "delivery")

    @property
    def outages(self) -> tuple[tuple[float, float], ...]:
        """The planned outages on the clock of the run, without what is over before it begins."""
        ends = [(start - self.origin, start + seconds - self.origin) for start, seconds in self.model.outages]
        return tuple((max(start, 0.0), end - max(start, 0.0)) for start, end in ends if end > 0)

    def _partitions(self, commands: int) -> Integers:
        shares = self.model.shares
        if len(shares) == 1:
            return np.zeros(commands, dtype="int64")
        picked = child(self.seed, "partition").random(commands)
        return np.searchsorted(np.cumsum(shares)[:-1], picked, side="right").astype("int64")

    def _per_event(self, duration: Duration | None, component: str) -> Seconds | None:
        return None if duration is None else duration.draw(child(self.seed, component), self.events)

    def work(self, replica: int) -> ProjectorWork:
        """Return what each event takes at a replica; every replica has times of its own."""
        model, random = self.model, child(self.seed, "handling", replica)
        handling = model.handling.draw(random, self.events)
        if model.retries is None or model.retries.probability == 0:
            return ProjectorWork(handling)
        again = child(self.seed, "retries", replica).geometric(1 - model.retries.probability, self.events) - 1
        ends = np.cumsum(again)
        more = np.append(0.0, np.cumsum(model.handling.draw(child(self.seed, "attempts", replica), int(ends[-1]))))
        return ProjectorWork(handling + more[ends] - more[ends - again], again * model.retries.backoff_seconds)

    def intervals(self, partition: int, replica: int) -> LazyDraws:
        """Return a projector's polling intervals."""
        assert self.model.polling is not None
        most = MOST_POLLS / (len(self.model.shares) * self.model.replicas)
        return LazyDraws(self.model.polling.interval, child(self.seed, "polling", partition, replica), most)

    def until_crash(self, partition: int, replica: int) -> LazyDraws:
        """Return how long a projector's crash clock runs from one crash to the next."""
        crashes = self.model.crashes
        lifetime: Duration = Fixed(LARGEST) if crashes is None else Exponential(1 / crashes.rate_per_second)
        return LazyDraws(lifetime, child(self.seed, "crashes", partition, replica))

    def repairs(self, partition: int, replica: int) -> LazyDraws:
        """Return how long a projector's repairs take."""
        crashes = self.model.crashes
        return LazyDraws(
            Fixed(0.0) if crashes is None else crashes.repair, child(self.seed, "repairs", partition, replica)
        )
