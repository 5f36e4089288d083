"""The lag's figures agree with closed forms and with a queue in plain NumPy, and their intervals hold."""

import math

import numpy as np
import pytest

from cqrs_lab.own_system.given import Promises, Reading, given
from cqrs_lab.own_system.headroom import headroom
from cqrs_lab.own_system.measured import MISSED, Estimate, figures
from cqrs_lab.own_system.rebuilding import rebuild_hours
from cqrs_lab.own_system.remedy import locked, remedy, watermarked
from cqrs_lab.simulation import RecordedTimes, simulate_lag
from cqrs_lab.simulation.gap import Transaction, simulate_gap

from .plain_queue import lags, moments

P50, P99 = 0.008, 0.040


def a_system(*, rate=60, times=None, events=20_000, seed=1, **other):
    reading = dict(
        poll_seconds=0, polls="at fixed times", batch=None, replicas=1, retries=0, backoff_seconds=0,
        handling_ms=(1_000 * P50, 1_000 * P99), events_per_command=1,
    )  # fmt: skip
    promises = dict(
        think_seconds=0.05, log_events=1_000_000, rebuild_per_second=None, transaction_ms=5, objective_seconds=0.2
    )
    asked = {name: other[name] for name in other if name in promises}
    parts = Reading(**reading | {name: other[name] for name in other if name in reading}), Promises(**promises | asked)
    return given(times, None if times else rate, "second", *parts, events, seed)


def all_of(system, names=("mean", "p50", "p99", MISSED)):
    return figures(system, system.model, names)


def held(found, truth):
    return found.low <= truth <= found.high


@pytest.fixture(scope="module")
def truth():
    """The lag of a long run in plain NumPy, its first part left out."""
    return lags(np.random.default_rng(1), 60, P50, P99, 2_000_000)[100_000:]


def test_the_mean_is_that_of_pollaczek_and_khinchine():
    first, second = moments(P50, P99)
    exact = first + 60 * second / (2 * (1 - 60 * first))
    assert held(all_of(a_system(events=100_000))["mean"], exact)


def test_intervals_of_p50_p99_and_missed_reads_hold_the_truth_95_times_in_100(truth):
    """A true interval of 95 % is outside 178 to 199 of 200 once in 4,000 (decision 0021)."""
    exact = dict(zip(("p50", "p99"), np.quantile(truth, [0.5, 0.99]), strict=True)) | {MISSED: (truth > 0.05).mean()}
    names = list(exact)
    found = [all_of(a_system(seed=seed), names) for seed in range(200)]
    hits = {name: sum(held(one[name], exact[name]) for one in found) for name in names}
    assert all(178 <= count <= 199 for count in hits.values()), hits


def test_readers_who_think_for_different_times_miss_as_often_as_in_plain_numpy(truth):
    think = np.exp(np.random.default_rng(2).normal(math.log(0.02), math.log(10) / 2.326347874, len(truth)))
    assert held(all_of(a_system(think_seconds=(0.02, 0.2), events=100_000))[MISSED], (truth > think).mean())


def test_a_poll_alone_is_uniform_and_misses_one_minus_t_over_the_interval():
    found = all_of(a_system(poll_seconds=1, handling_ms=0.001, think_seconds=0.25, events=100_000, rate=20))
    assert held(found["p50"], 0.5) and held(found["p99"], 0.99) and held(found[MISSED], 0.75)


def test_a_run_that_is_too_short_says_how_long_it_would_have_to_be_and_that_is_enough():
    short = all_of(a_system(rate=88, events=20_000))["p99"]
    assert math.isnan(short.low) and "it takes about" in short.too_short
    assert f"give events={short.needed_events:.0f}." in short.too_short
    longer = figures(*(lambda one: (one, one.model))(a_system(rate=88, events=20_000)), ["p99"], longer=100)["p99"]
    assert longer.low < longer.value < longer.high and not longer.too_short


def test_of_recorded_times_the_interval_holds_what_ten_thousand_such_days_show(tmp_path):
    moments_of_a_day = np.cumsum(np.random.default_rng(3).exponential(1 / 60, 1_000))
    moments_of_a_day -= moments_of_a_day[0]
    path = tmp_path / "day.csv"
    path.write_text("time,command\n" + "".join(f"{one!r},PlaceOrder\n" for one in moments_of_a_day.tolist()))
    rng = np.random.default_rng(4)
    days = [lags(rng, None, P50, P99, 1_000, moments_of_a_day)[50:] for _ in range(3_000)]
    exact = {"p99": np.mean([np.quantile(one, 0.99) for one in days]), MISSED: np.mean([one > 0.05 for one in days])}
    found = [all_of(a_system(times=str(path), seed=seed), list(exact)) for seed in range(60)]
    hits = {name: sum(held(one[name], exact[name]) for one in found) for name in exact}
    assert all(51 <= count <= 60 for count in hits.values()), hits


def test_the_headroom_is_where_the_p99_of_a_plain_queue_crosses_the_promise():
    """What a long plain run says at two rates near by; between them the p99 is nearly straight."""
    near, rng = (1.29, 1.35), np.random.default_rng(5)
    p99 = [np.quantile(lags(rng, 60 * times, P50, P99, 4_000_000)[200_000:], 0.99) for times in near]
    exact = float(np.interp(0.2, p99, near))
    found = [headroom(a_system(seed=seed)) for seed in range(15)]
    assert sum(held(one, exact) for one in found) >= 13
    assert np.mean([one.value for one in found]) == pytest.approx(exact, rel=0.02)


def test_where_no_rate_keeps_the_promise_or_every_one_does_the_headroom_says_so():
    system = a_system(objective_seconds=0.039)
    assert headroom(system)[:2] == (0.0, 0.0)
    system = a_system(objective_seconds=1_000)
    assert headroom(system).value == pytest.approx(system.saturation, rel=0.01)
    assert headroom(system).high == system.saturation == pytest.approx(1 / (60 * moments(P50, P99)[0]))


def test_a_rebuild_takes_the_events_divided_by_what_is_free():
    """1,000 a second are built and 500 come in, so 500 a second are worked off."""
    found = rebuild_hours(a_system(rate=500, handling_ms=1, log_events=3_600_000))
    assert found.value == pytest.approx(2.0) and found.low < 2.0 < found.high < 2.01
    assert rebuild_hours(a_system(rate=50, rebuild_per_second=150, log_events=360_000)).value == pytest.approx(1.0)
    for as_fast in (60, 59):
        never = rebuild_hours(a_system(rate=60, rebuild_per_second=as_fast))
        assert math.isinf(never.value) and math.isnan(never.low)


def test_95_of_100_rebuilds_end_within_the_interval():
    log, rng, ends = 2_000, np.random.default_rng(6), []
    for _ in range(400):
        handling = P50 * np.exp(rng.normal(0, math.log(P99 / P50) / 2.326347874, 9_000))
        arrivals, done = np.cumsum(rng.exponential(1 / 60, 12_000)), np.cumsum(handling)
        behind = log + np.searchsorted(arrivals, done) - np.arange(1, 9_001)
        ends.append(done[np.argmax(behind <= 0)] / 3_600)
    found = rebuild_hours(a_system(rate=60, log_events=log))
    assert 366 <= sum(found.low <= one <= found.high for one in ends) <= 392


def ein(x):
    """Return the integral of (1 - e^-u) / u from 0 to x, by its series."""
    return sum((-1) ** (n + 1) * x**n / (n * math.factorial(n)) for n in range(1, 60))


@pytest.mark.parametrize("busy", [0.05, 0.4, 0.8])
def test_what_lock_and_watermark_cost_is_known_exactly(busy):
    """A lock is an M/M/1 queue; with a watermark an event waits for the last of those begun before it (M/M/∞)."""
    found = remedy(a_system(rate=20, transaction_ms=1_000 * busy / 20, events=100_000))
    seconds = busy / 20
    lock, watermark = seconds * busy / (1 - busy), seconds * (ein(busy) - 1 + (1 - math.exp(-busy)) / busy)
    assert found.busy == pytest.approx(busy) and held(found.dearer, lock - watermark)


def test_lock_or_watermark_by_a_tenth_of_the_promise_and_never_a_lock_that_is_always_held():
    assert remedy(a_system(rate=20, transaction_ms=20, objective_seconds=1)).name == "lock"
    assert remedy(a_system(rate=20, transaction_ms=20, objective_seconds=0.01)).name == "low watermark"
    always = remedy(a_system(rate=40, transaction_ms=100))
    assert always.name == "low watermark" and always.busy == pytest.approx(4) and math.isinf(always.dearer.value)


class Listed:
    """These durations, one after the other."""

    def __init__(self, seconds):
        self.seconds = np.array(seconds)
        self.mean, self.second_moment = float(self.seconds.mean()), float((self.seconds**2).mean())

    def draw(self, random, count):
        return self.seconds[:count]


@pytest.mark.parametrize(("name", "model"), [("lock", locked), ("low watermark", watermarked)])
def test_a_remedy_here_is_that_of_lesson_9b_event_by_event(name, model):
    """The real projector polls a store with gaps every 2 ms; an event is visible at the first poll from then on."""
    rng = np.random.default_rng(7)
    begun, lasts = np.cumsum(rng.exponential(0.05, 60)), rng.exponential(0.04, 60)
    run = simulate_lag(model(RecordedTimes(begun.tolist()), Listed(lasts)), len(begun))
    transactions = [Transaction(*both) for both in zip(begun.tolist(), lasts.tolist(), strict=True)]
    real = simulate_gap(transactions, name, interval_seconds=0.002, patience_seconds=0)
    later = real.events["visible_at"].to_numpy() - run.visible_at[0]
    assert (later > -1e-9).all() and (later < 0.002 + 1e-9).all()
    assert len(set(np.round(run.visible_at[0], 6))) < 60 or name == "lock"


def test_a_run_longer_than_any_here_is_not_advised():
    said = Estimate(1.0, math.nan, math.nan, 5_500_000).too_short
    why = "No run here is long enough for an interval (NaN in the table)"
    assert said == f" {why}: it would take about 5,500,000 events."
