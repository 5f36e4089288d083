"""Commands commit when their arrivals say, in order, and at the rate they state."""

import numpy as np
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.simulation import Bursts, Clockwork, Poisson, RecordedTimes

BURSTS = Bursts(high_rate=9, low_rate=1, mean_high_seconds=2, mean_low_seconds=6)


def drawn(arrivals, count=200_000, seed=3):
    return arrivals.draw(np.random.default_rng(seed), count)


@pytest.mark.parametrize("arrivals", [Poisson(2.5), Clockwork(0.4), BURSTS], ids=lambda one: type(one).__name__)
def test_times_rise_at_the_rate_they_state(arrivals):
    times = drawn(arrivals)
    assert (np.diff(times) >= 0).all() and times[0] >= 0
    assert len(times) / times[-1] == pytest.approx(arrivals.rate_per_second, rel=0.03)
    assert times[:50].tolist() == drawn(arrivals, 50).tolist()


def test_poisson_gaps_vary_as_much_as_their_mean_and_clockwork_not_at_all():
    assert np.diff(drawn(Poisson(2.0))).std() == pytest.approx(0.5, rel=0.02)
    assert np.diff(drawn(Clockwork(0.5))).std() == pytest.approx(0, abs=1e-9)


def test_bursts_are_burstier_than_chance_and_know_both_rates():
    counts = np.bincount(drawn(BURSTS).astype(int))
    assert counts.var() > 3 * counts.mean()
    gaps = np.diff(drawn(BURSTS))
    assert np.median(gaps) == pytest.approx(np.log(2) / 9, rel=0.5)


def test_a_quiet_time_may_be_silent():
    times = drawn(Bursts(5, 0, 1, 1), 50_000)
    assert len(times) / times[-1] == pytest.approx(2.5, rel=0.05)


def test_recorded_times_come_back_as_they_are():
    assert drawn(RecordedTimes([0.5, 0.5, 2.0]), 2).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("begins", [0.0, 0.5, 32_400.0, 1_767_225_600.0])
def test_recorded_times_may_count_from_anywhere_and_their_rate_counts_from_the_first(begins):
    assert RecordedTimes([begins + 2 * n for n in range(101)]).rate_per_second == 0.5
    assert RecordedTimes([begins]).rate_per_second == 0 and RecordedTimes([begins] * 2).rate_per_second == np.inf


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Poisson(0), "rate_per_second=0"),
        (lambda: Clockwork(-1), "interval_seconds=-1"),
        (lambda: Bursts(0, 0, 1, 1), "high_rate=0"),
        (lambda: Bursts(1, -1, 1, 1), "low_rate=-1"),
        (lambda: RecordedTimes([]), "at least one"),
        (lambda: RecordedTimes([2, 1]), "the earliest first"),
        (lambda: drawn(RecordedTimes([1.0]), 2), "2 commands, and 1 recorded"),
    ],
)
def test_nonsense_is_refused_with_what_is_accepted(wrong, says):
    with pytest.raises(InvalidArgument, match=says):
        wrong()
