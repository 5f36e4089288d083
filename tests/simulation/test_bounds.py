"""What a run costs goes with its events; what cannot be done is refused before it starts, with the number."""

import tracemalloc

import numpy as np
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.simulation import (
    Bursts,
    Crashes,
    Domain,
    Exponential,
    Fixed,
    LagModel,
    LogNormal,
    Mixture,
    Pareto,
    Poisson,
    Polling,
    RecordedTimes,
    Retries,
    quorum,
    simulate_lag,
    simulate_world,
)
from cqrs_lab.simulation.gap import Transaction, simulate_gap

HANDLING = Exponential(1.0)


class Counted:
    """A duration of a learner's own, which counts what is drawn of it."""

    def __init__(self, duration):
        self.duration, self.drawn = duration, 0
        self.mean, self.second_moment = duration.mean, duration.second_moment

    def draw(self, random, count):
        self.drawn += count
        return self.duration.draw(random, count)


class Undrawn(Counted):
    """The interval of a run that is refused: were it not, it would take minutes to fail."""

    def draw(self, random, count):
        raise AssertionError(f"{count} draws of a run that should have been refused")


def peak_megabytes(work):
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("mode", ["ticks", "sleep_after", "drain"])
@pytest.mark.parametrize("interval", [0.01, 0.001, 1e-9])
def test_looks_at_equal_intervals_that_find_nothing_cost_nothing(interval, mode):
    model = LagModel(Poisson(0.5), HANDLING, polling=Polling(Fixed(interval), mode=mode))
    assert peak_megabytes(lambda: simulate_lag(model, 20_000, 1)) < 10


@pytest.mark.parametrize("mode", ["ticks", "sleep_after", "drain"])
@pytest.mark.parametrize("crashes", [None, Crashes(0.001, Fixed(1.0))])
def test_random_looks_are_drawn_once_and_not_kept(mode, crashes):
    interval = Counted(Exponential(0.002))
    model = LagModel(Poisson(0.5), HANDLING, polling=Polling(interval, mode=mode), crashes=crashes)
    assert peak_megabytes(lambda: simulate_lag(model, 2_000, 1)) < 10
    assert interval.drawn < 2.2 * 4_000 / 0.002


def test_a_long_silence_is_passed_over():
    early, late = (
        simulate_lag(LagModel(RecordedTimes([0.0, at]), Fixed(0.1), polling=Polling(Fixed(0.25))), 2)
        for at in (1.0, 1e9)
    )
    assert (late.visible_at - late.committed_at)[0].tolist() == pytest.approx(
        (early.visible_at - early.committed_at)[0].tolist(), abs=1e-6
    )


@pytest.mark.parametrize("begins", [0.0, 32_400.0, 1_767_225_600.0])
def test_times_since_1970_lag_as_the_same_times_since_midnight(begins):
    times = np.arange(1_000) * 0.5
    model = {"polling": Polling(Exponential(0.3)), "crashes": Crashes(0.01, Fixed(2.0))}
    runs = [
        simulate_lag(LagModel(RecordedTimes(first + times), Fixed(0.4), outages=[(first + 100, 20)], **model), 1_000, 1)
        for first in (0.0, begins)
    ]
    assert runs[1].committed_at[0] == begins and runs[1].load == pytest.approx(runs[0].load)
    assert runs[0].events["lag_seconds"].tolist() == pytest.approx(runs[1].events["lag_seconds"].tolist(), abs=1e-5)


TOO_MUCH = {
    "polls": (
        LagModel(Poisson(0.5), HANDLING, polling=Polling(Undrawn(Exponential(0.0001)))),
        100_000,
        r"2\.0e\+09 polls",
    ),
    "polls of many": (
        LagModel(Poisson(0.5), HANDLING, polling=Polling(Undrawn(Exponential(0.01))), replicas=10),
        100_000,
        r"2\.0e\+08 polls; at most 1e\+08 can be: make the interval longer, or ask for fewer events",
    ),
    "polls in an outage": (
        LagModel(Poisson(0.5), HANDLING, polling=Polling(Undrawn(Exponential(0.01))), outages=[(10, 1e9)]),
        1_000,
        r"1\.0e\+11 polls",
    ),
    "crashes": (LagModel(Poisson(0.5), HANDLING, crashes=Crashes(1e6, Fixed(1))), 100_000, "e.1[67] crashes; at most"),
    "crashes at work": (
        LagModel(Poisson(0.5), Fixed(1), crashes=Crashes(1e6, Fixed(1), when="handling")),
        100_000,
        "crash less often, or ask for fewer events",
    ),
    "redelivery": (
        LagModel(Poisson(0.5), Fixed(1), crashes=Crashes(20, Fixed(0), when="handling", then="redeliver")),
        100_000,
        "crashes; at most",
    ),
    "retries": (LagModel(Poisson(0.5), Fixed(1e-9), retries=Retries(0.999999)), 100_000, r"1\.0e\+11 attempts"),
    "bursts": (LagModel(Bursts(1, 0, 1e-9, 1e-9), Fixed(0)), 100_000, "busy and quiet times"),
    "events": (LagModel(Poisson(0.5), HANDLING), 10**12, r"1\.0e\+12 events; at most 5e\+07"),
    "events of many": (LagModel(Poisson(0.5), HANDLING, replicas=100), 10**6, "or for fewer replicas"),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_what_cannot_be_drawn_is_refused_with_the_number_before_anything_is(what):
    model, events, says = TOO_MUCH[what]

    def refused():
        with pytest.raises(InvalidArgument, match=says):
            simulate_lag(model, events, 0)

    assert peak_megabytes(refused) < 10


def test_a_heavy_tail_may_poll_though_its_mean_is_infinite():
    model = LagModel(Poisson(0.5), Pareto(1, 1), polling=Polling(Exponential(1.0)))
    assert np.isfinite(simulate_lag(model, 1_000, 0).visible_at).all()


def test_more_partitions_consumers_or_replicas_than_can_be_looked_at_are_refused():
    for more in ("partitions", "consumers", "replicas"):
        with pytest.raises(InvalidArgument, match=f"{more}=1000000000: give a whole number, 1 or more, 10,000 at most"):
            LagModel(Poisson(0.5), HANDLING, **{more: 10**9})


def test_a_quorum_and_a_world_know_what_they_cost():
    with pytest.raises(InvalidArgument, match=r"3\.0e\+09 ways; at most 2e\+07"):
        quorum.simulate(Fixed(0), Fixed(0), Fixed(0), Fixed(0), n=3, r=1, w=1, samples=10**9)
    nobody = Domain(lambda bus: None, lambda number, person, key: None, lambda: None, keys=("cup",))
    with pytest.raises(InvalidArgument, match="10,000,000 reads; at most 100,000"):
        simulate_world(LagModel(Poisson(1), Fixed(0.1)), nobody, visits=10_000, reads=1_000, think=Fixed(1))


MOSTLY_SHORT = [Pareto(1e-9, 1.0), LogNormal(1.0, 10.0), Mixture([(1e9, Fixed(1e-9)), (1, Fixed(1e9))])]


@pytest.mark.parametrize("mode", ["ticks", "sleep_after", "drain"])
@pytest.mark.parametrize("interval", MOSTLY_SHORT)
def test_looks_that_come_far_more_often_than_their_mean_says_end_at_a_bound(monkeypatch, interval, mode):
    monkeypatch.setattr("cqrs_lab.simulation.draws.MOST_POLLS", 1_000_000)
    model = LagModel(Poisson(0.001), HANDLING, polling=Polling(interval, mode=mode))
    with pytest.raises(InvalidArgument, match="this draws more than 1e.06 of .* mostly far below its mean"):
        simulate_lag(model, 1_000, 1)


@pytest.mark.parametrize("model", [LagModel(Poisson(1), HANDLING, partitions=10_000, replicas=11)])
def test_more_projectors_than_can_be_looked_at_are_refused(model):
    with pytest.raises(InvalidArgument, match=r"1.1e\+05 projectors; at most 1e\+05"):
        simulate_lag(model, 100, 1)


@pytest.mark.parametrize(
    "model",
    [
        LagModel(Poisson(1e-9), Exponential(1e-3)),
        LagModel(Bursts(1e6, 0, 1e-6, 1e9), Exponential(1e-8)),
        LagModel(RecordedTimes([1.7e9 + at for at in range(100)]), Fixed(1e-6)),
        LagModel(RecordedTimes([1.7e12 + at for at in range(100)]), Fixed(0.1)),
    ],
)
def test_a_lag_that_would_be_lost_in_rounding_is_refused_with_what_to_do(model):
    with pytest.raises(InvalidArgument, match="numbers are .* apart: too coarse for a lag of about .*count times from"):
        simulate_lag(model, 100, 1)


def test_times_since_1970_are_fine_enough_for_a_millisecond():
    run = simulate_lag(LagModel(RecordedTimes([1.7e9 + at for at in range(100)]), Fixed(1e-3)), 100, 1)
    assert run.summary().loc["mean", "lag_seconds"] == pytest.approx(1e-3, rel=1e-3)


def test_a_world_of_more_projectors_than_can_catch_up_is_refused():
    with pytest.raises(InvalidArgument, match="1,000 real projectors would catch up with 100 events.*at most 10,000"):
        simulate_world(
            LagModel(Poisson(1), HANDLING, replicas=1_000),
            Domain(lambda bus: None, lambda *_: None, lambda: None, ("a",)),
            visits=100,
            think=Fixed(1),
        )


def test_more_transactions_than_a_projector_can_read_are_refused():
    with pytest.raises(InvalidArgument, match="more than 10,000 transactions"):
        simulate_gap([Transaction(float(at), 0.1) for at in range(10_001)], interval_seconds=1_000)


def test_crashes_that_end_nothing_overflow_without_a_warning(recwarn):
    crashes = Crashes(2_000.0, Exponential(1.0), then="redeliver")
    with pytest.raises(InvalidArgument, match="crashes"):
        simulate_lag(LagModel(Poisson(0.5), Exponential(1.0), crashes=crashes), seed=1)
    assert not recwarn.list
