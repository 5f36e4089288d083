"""Each duration draws what its two moments say, and refuses what has no meaning."""

import math

import numpy as np
import pytest
from scipy import stats

from cqrs_lab import InvalidArgument
from cqrs_lab.simulation import Empirical, Erlang, Exponential, Fixed, LogNormal, Mixture, Pareto, Uniform

MEASURED = (0.1, 0.1, 0.4, 2.0)
ALL = [
    Fixed(0.3),
    Exponential(2.0),
    Erlang(3, 2.0),
    LogNormal(1.5, 0.8),
    Uniform(0.5, 1.5),
    Pareto(0.5, 4.5),
    Mixture([(9, Exponential(0.5)), (1, Fixed(5.5))]),
    Empirical(MEASURED),
]
# The same distributions as SciPy knows them.
KNOWN = {
    1: stats.expon(scale=2.0),
    2: stats.gamma(3, scale=2.0 / 3),
    3: stats.lognorm(0.8, scale=1.5 * math.exp(-0.32)),
    4: stats.uniform(0.5, 1.0),
    5: stats.pareto(4.5, scale=0.5),
}


def drawn(duration, count=200_000, seed=7):
    return duration.draw(np.random.default_rng(seed), count)


@pytest.mark.parametrize("duration", ALL, ids=lambda one: type(one).__name__)
def test_its_moments_are_those_of_what_it_draws(duration):
    seconds = drawn(duration)
    assert seconds.shape == (200_000,) and seconds.min() >= 0
    moments = (duration.mean, duration.second_moment, duration.third_moment)
    for said, values in zip(moments, (seconds, seconds**2, seconds**3), strict=True):
        assert said == pytest.approx(values.mean(), abs=8 * values.std() / math.sqrt(len(values)) + 1e-12)


@pytest.mark.parametrize("at", KNOWN)
def test_it_is_the_distribution_that_scipy_knows(at):
    assert stats.kstest(drawn(ALL[at]), KNOWN[at].cdf).pvalue > 1e-4
    assert ALL[at].mean == pytest.approx(KNOWN[at].mean())
    assert ALL[at].second_moment == pytest.approx(KNOWN[at].moment(2))
    assert ALL[at].third_moment == pytest.approx(KNOWN[at].moment(3))


@pytest.mark.parametrize("duration", ALL, ids=lambda one: type(one).__name__)
def test_the_first_draws_are_the_same_however_many_follow(duration):
    assert drawn(duration, 100).tolist() == drawn(duration, 5_000)[:100].tolist()


def test_what_was_measured_comes_back_in_its_shares():
    values, counts = np.unique(drawn(Empirical(MEASURED)), return_counts=True)
    assert values.tolist() == [0.1, 0.4, 2.0]
    assert counts / counts.sum() == pytest.approx([0.5, 0.25, 0.25], abs=0.01)


def test_a_tail_may_be_too_heavy_for_a_moment():
    assert Pareto(1, 1).mean == Pareto(1, 2).second_moment == Pareto(1, 3).third_moment == math.inf


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Fixed(-1), "seconds=-1: give a number of 0 or more"),
        (lambda: Exponential(0), "mean=0: give a number above 0"),
        (lambda: Exponential(math.nan), "mean=nan"),
        (lambda: Exponential("1"), "mean='1'"),
        (lambda: Erlang(1.5, 1), "k=1.5: give a whole number"),
        (lambda: LogNormal(1, -1), "sigma=-1"),
        (lambda: Uniform(2, 1), "lower bound first"),
        (lambda: Pareto(1, 0), "shape=0"),
        (lambda: Mixture([]), "give pairs"),
        (lambda: Mixture([(0, Fixed(1))]), "weight=0"),
        (lambda: Empirical([]), "at least one"),
        (lambda: Empirical([1, -1]), "none below 0"),
    ],
)
def test_nonsense_is_refused_with_what_is_accepted(wrong, says):
    with pytest.raises(InvalidArgument, match=says):
        wrong()
