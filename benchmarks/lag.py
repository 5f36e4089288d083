"""The lag's engine against SimPy, Ciw and bare NumPy, in one run: ratios of medians.

Every contender draws its own random numbers and gives the lag of every event. All take turns, so that whatever else the
machine does meets all of them. Every mean lag, ours too, is compared with theory: nobody races against a wrong model.
"ours" gives arrays, "our .events" the DataFrame with a row for each event.
"""

import importlib
import math
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import simpy
from simpy.events import ProcessGenerator
from tools.claims import missing, row
from tqdm import tqdm

from cqrs_lab.simulation import Exponential, Fixed, LagModel, Poisson, Polling, simulate_lag
from cqrs_lab.simulation.draws import Draws
from cqrs_lab.simulation.durations import Seconds
from cqrs_lab.simulation.reference import visible_at

EVENTS, ROUNDS, TURNS = 100_000, 5, 10
"""In each round every engine of ours has so many turns, a slow opponent one, a fast one as many."""
TOLERANCE = 0.05  # four standard errors of the mean of five runs of M/M/1 at this load

RATE, MEAN = 0.8, 1.0
PUSHED = LagModel(Poisson(RATE), Exponential(MEAN))
PUSHED_LAG = 1 / (1 / MEAN - RATE)

POLLED_RATE, HANDLING, INTERVAL = 1000.0, 0.0002, 0.05
POLLED = LagModel(Poisson(POLLED_RATE), Fixed(HANDLING), polling=Polling(Fixed(INTERVAL)))
# An event waits half an interval for its tick, then for those of its batch that came before it: half a batch. That is
# exact as long as a batch of 50 on average never grows to 250, which is more than an interval's work.
POLLED_LAG = INTERVAL / 2 + (POLLED_RATE * INTERVAL / 2 + 1) * HANDLING


def ours_pushed(seed: int) -> Seconds:
    run = simulate_lag(PUSHED, events=EVENTS, seed=seed)
    return run.visible_at[0] - run.committed_at


def ours_polled(seed: int) -> Seconds:
    run = simulate_lag(POLLED, events=EVENTS, seed=seed)
    return run.visible_at[0] - run.committed_at


def our_events(seed: int) -> Seconds:
    return simulate_lag(PUSHED, events=EVENTS, seed=seed).events["lag_seconds"].to_numpy()


def bare_numpy(seed: int) -> Seconds:
    draw = np.random.default_rng(seed)
    committed = np.cumsum(draw.exponential(1 / RATE, EVENTS))
    handling = draw.exponential(MEAN, EVENTS)
    done = np.cumsum(handling)
    return done + np.maximum.accumulate(committed - (done - handling)) - committed


def simpy_resource(seed: int) -> Seconds:
    """One process per event. `random` is twice as fast as NumPy for one number at a time."""
    world, draw = simpy.Environment(), random.Random(seed)
    server, lags = simpy.Resource(world, capacity=1), []

    def event() -> ProcessGenerator:
        committed = world.now
        with server.request() as turn:
            yield turn
            yield world.timeout(draw.expovariate(1 / MEAN))
        lags.append(world.now - committed)

    def source() -> ProcessGenerator:
        for _ in range(EVENTS):
            yield world.timeout(draw.expovariate(RATE))
            world.process(event())

    world.process(source())
    world.run()
    return np.array(lags)


def ciw_queue(seed: int) -> Seconds:
    ciw = importlib.import_module("ciw")
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=RATE)],
        service_distributions=[ciw.dists.Exponential(rate=1 / MEAN)],
        number_of_servers=[1],
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(EVENTS)
    return np.array([record.exit_date - record.arrival_date for record in simulation.get_all_records()])


def simpy_reference(seed: int) -> Seconds:
    draws = Draws(POLLED, EVENTS, seed)
    return visible_at(draws)[0] - draws.committed_at


def simpy_loop(seed: int) -> Seconds:
    """Poll with as little of SimPy as it takes: a source, and a projector with a list. It can do nothing else."""
    world, draw = simpy.Environment(), random.Random(seed)
    inbox: list[float] = []
    lags: list[float] = []

    def source() -> ProcessGenerator:
        for _ in range(EVENTS):
            yield world.timeout(draw.expovariate(POLLED_RATE))
            inbox.append(world.now)

    def projector() -> ProcessGenerator:
        tick = 0
        while len(lags) < EVENTS:
            tick = max(tick + 1, math.ceil(world.now / INTERVAL))
            yield world.timeout(max(0.0, tick * INTERVAL - world.now))
            batch, inbox[:] = inbox[:], []
            for committed in batch:
                yield world.timeout(HANDLING)
                lags.append(world.now - committed)

    world.process(source())
    world.process(projector())
    world.run()
    return np.array(lags)


@dataclass
class Contender:
    """Who races, and the seconds and mean lag of each of its turns."""

    name: str
    run: Callable[[int], Seconds]
    seconds: list[float] = field(default_factory=list)
    means: list[float] = field(default_factory=list)

    def take_turn(self, seed: int) -> None:
        start = time.perf_counter()
        lags = self.run(seed)
        self.seconds.append(time.perf_counter() - start)
        assert len(lags) == EVENTS, f"{self.name}: {len(lags):,} events, not {EVENTS:,}"
        self.means.append(float(lags.mean()))

    def check(self, expected: float) -> None:
        """Refuse to count the time of another model."""
        mean = statistics.mean(self.means)
        if abs(mean / expected - 1) > TOLERANCE:
            raise SystemExit(f"{self.name}: mean lag {mean:.4g} s, theory {expected:.4g} s; this is another model")


@dataclass
class Race:
    """Ours against an opponent with so many turns a round.

    `limit` is how many times as fast we have to be; of bare NumPy, how many times as long we may take.
    """

    what: str
    expected: float
    ours: Contender
    theirs: Contender
    limit: float | None
    turns: int = 1

    def round(self, number: int) -> None:
        for turn in range(TURNS):
            seed = number * TURNS + turn
            if turn < self.turns:
                self.theirs.take_turn(seed)
            self.ours.take_turn(seed)

    def show(self) -> None:
        for contender in (self.ours, self.theirs):
            contender.check(self.expected)
        own, other = (statistics.median(contender.seconds) for contender in (self.ours, self.theirs))
        if self.theirs.run is bare_numpy:
            row(f"lag, {self.what}: {self.ours.name} : {self.theirs.name}", own / other, self.limit)
        else:
            row(f"lag, {self.what}: {self.theirs.name} : {self.ours.name}", other / own, self.limit, least=True)


def races() -> list[Race]:
    pushed, polled = "M/M/1, pushed", "polled by 50"
    ours, resource, numpy = ("ours", ours_pushed), ("SimPy, a Resource", simpy_resource), ("bare NumPy", bare_numpy)
    frame, batches = ("our .events", our_events), ("ours", ours_polled)
    listed = [
        (pushed, PUSHED_LAG, frame, numpy, 1.3, TURNS),
        (pushed, PUSHED_LAG, frame, resource, 250),
        (pushed, PUSHED_LAG, ours, numpy, 1.3, TURNS),
        (polled, POLLED_LAG, batches, ("SimPy, our reference", simpy_reference), 50),
        (polled, POLLED_LAG, batches, ("SimPy, a lean loop", simpy_loop), None),
    ]
    if not missing("ciw"):
        listed.append((pushed, PUSHED_LAG, ours, ("Ciw", ciw_queue), 500))
    return [Race(what, lag, Contender(*own), Contender(*other), *rest) for what, lag, own, other, *rest in listed]


def main() -> None:
    field_of_races = races()
    for number in tqdm(range(ROUNDS), leave=False, disable=None):
        for race in field_of_races:
            race.round(number)
    print(f"{EVENTS:,} events, random draws included; medians of {ROUNDS} rounds")
    for race in field_of_races:
        race.show()


if __name__ == "__main__":
    main()
