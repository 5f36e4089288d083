"""p50 and p99 become a log-normal distribution that has exactly these two."""

import pytest
from scipy import stats

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.own_system.fitted import fitted
from cqrs_lab.simulation import Fixed


@pytest.mark.parametrize(("p50", "p99"), [(8, 40), (1, 1.01), (0.5, 400)])
def test_the_distribution_has_this_p50_and_this_p99(p50, p99):
    found = fitted("handling_ms", (p50, p99), 1_000)
    median = found.mean * 1_000 / stats.lognorm(found.sigma).mean()
    assert stats.lognorm(found.sigma, scale=median).ppf([0.5, 0.99]) == pytest.approx([p50, p99])


def test_one_number_and_a_pair_of_equal_ones_are_always_the_same():
    assert fitted("think_seconds", 3) == fitted("think_seconds", (3, 3)) == Fixed(3.0)
    assert fitted("handling_ms", 8, 1_000) == Fixed(0.008)
    assert fitted("think_seconds", 0, zero=True) == Fixed(0.0)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((40, 8), "p99, 8, is below p50, 40, and 99 in 100 take no longer than p99; give the pair as"),
        ((1, 1_001), "p99 is more than 1,000 times p50"),
        (0, "give two numbers above 0, p50 and p99"),
        ((0, 5), "give two numbers above 0"),
        ((-1, 5), "give two numbers above 0"),
        ((8, 40, 80), "give two numbers"),
        ("8", "handling_ms='8': give two numbers"),
        ((8, float("nan")), "give two numbers"),
        ((True, 8), "give two numbers"),
        (None, "handling_ms=None: give two numbers"),
    ],
)
def test_what_is_no_p50_and_p99_is_refused_with_what_to_give(given, says):
    with pytest.raises(InvalidArgument) as refused:
        fitted("handling_ms", given, 1_000)
    assert says in str(refused.value)
