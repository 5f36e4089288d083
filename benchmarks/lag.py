"""The lag's engine against SimPy, Ciw and bare NumPy, in one run. Prints ratios, and fails where one is missed.

Every opponent simulates the same model as we do, and its mean lag is compared with theory before its time counts. Ciw
is optional: `pip install "cqrs-lab[bench]"`; without it its row is left out, and the output says so.
"""

import importlib.util
import statistics
import sys
import time

import numpy as np
import simpy
from tqdm import tqdm

from cqrs_lab.simulation import Exponential, Fixed, LagModel, Poisson, Polling, closed_form, simulate_lag
from cqrs_lab.simulation.draws import Draws
from cqrs_lab.simulation.reference import visible_at

EVENTS, ROUNDS, SLOW_ROUNDS, OWN_RUNS = 100_000, 41, 3, 9
RATE, MEAN = 0.8, 1.0
PUSHED = LagModel(Poisson(RATE), Exponential(MEAN))
INTERVAL = 0.05
POLLED = LagModel(Poisson(1000.0), Fixed(0.0002), polling=Polling(Fixed(INTERVAL)))


def ours_pushed():
    return simulate_lag(PUSHED, EVENTS, seed=1).visible_at


def bare_numpy():
    random = np.random.default_rng(1)
    committed = np.cumsum(random.standard_exponential(EVENTS) / RATE)
    handling = random.standard_exponential(EVENTS) * MEAN
    done = np.cumsum(handling)
    return done + np.maximum.accumulate(committed - (done - handling)) - committed


def simpy_resource():
    world, random = simpy.Environment(), np.random.default_rng(1)
    server, lags = simpy.Resource(world), []

    def event():
        came = world.now
        with server.request() as turn:
            yield turn
            yield world.timeout(random.exponential(MEAN))
        lags.append(world.now - came)

    def source():
        for _ in range(EVENTS):
            yield world.timeout(random.exponential(1 / RATE))
            world.process(event())

    world.process(source())
    world.run()
    return np.array(lags)


def ciw_queue():
    import ciw

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=RATE)],
        service_distributions=[ciw.dists.Exponential(rate=1 / MEAN)],
        number_of_servers=[1],
    )
    ciw.seed(1)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(EVENTS)
    return np.array([one.exit_date - one.arrival_date for one in simulation.get_all_records()])


def ours_polled():
    return simulate_lag(POLLED, EVENTS, seed=1).visible_at


def simpy_reference():
    draws = Draws(POLLED, EVENTS, seed=1)
    return visible_at(draws)[0] - draws.committed_at


def simpy_loop():
    """Poll with as little of SimPy as it takes: a source, and a projector with a list."""
    world, random = simpy.Environment(), np.random.default_rng(1)
    inbox, lags = [], []

    def source():
        for _ in range(EVENTS):
            yield world.timeout(random.exponential(0.001))
            inbox.append(world.now)

    def projector():
        tick = 0
        while len(lags) < EVENTS:
            tick = max(tick + 1, int(np.ceil(world.now / INTERVAL)))
            yield world.timeout(max(0.0, tick * INTERVAL - world.now))
            batch, inbox[:] = inbox[:], []
            for committed in batch:
                yield world.timeout(0.0002)
                lags.append(world.now - committed)

    world.process(source())
    world.process(projector())
    world.run()
    return np.array(lags)


# Name, opponent, ours, our model, rounds, and how many times as fast we have to be.
RACES = [
    ("SimPy, a Resource", simpy_resource, ours_pushed, PUSHED, SLOW_ROUNDS, 200),
    ("Ciw", ciw_queue, ours_pushed, PUSHED, SLOW_ROUNDS, 500),
    ("bare NumPy", bare_numpy, ours_pushed, PUSHED, ROUNDS, 1 / 1.5),
    ("SimPy, our reference", simpy_reference, ours_polled, POLLED, SLOW_ROUNDS, 50),
    # Shown so that nobody thinks it cannot be done faster in SimPy: this loop can nothing else. No demand.
    ("SimPy, a bare loop", simpy_loop, ours_polled, POLLED, SLOW_ROUNDS, 0),
]


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def check(name, opponent, model):
    """Refuse to race against another model: the means have to agree."""
    expected = closed_form.mean_of(model) or simulate_lag(model, EVENTS, seed=2).summary().loc["mean", "lag_seconds"]
    mean = opponent()[EVENTS // 20 :].mean()
    if abs(mean / expected - 1) > 0.15:
        raise SystemExit(f"{name}: mean lag {mean:.3f}, expected {expected:.3f}; this is another model")


def main():
    missed = False
    print(f"{EVENTS:,} events, random draws included")
    for name, opponent, ours, model, rounds, demanded in tqdm(RACES, leave=False):
        if name == "Ciw" and importlib.util.find_spec("ciw") is None:
            print('Ciw is not installed, its row is left out: pip install "cqrs-lab[bench]"')
            continue
        check(name, opponent, model)
        # In turns, so that whatever else the machine does meets both.
        theirs, own = [], []
        for _ in range(rounds):
            theirs.append(seconds(opponent))
            own += [seconds(ours) for _ in range(OWN_RUNS if rounds == SLOW_ROUNDS else 1)]
        ratio = statistics.median(theirs) / statistics.median(own)
        ok = ratio >= demanded
        missed |= not ok
        verdict = "ok" if ok else "MISSED"
        print(f"{name:<22} ours is {ratio:7.2f} times as fast; demanded {demanded:6.2f}: {verdict}")
    return missed


if __name__ == "__main__":
    sys.exit(main())
