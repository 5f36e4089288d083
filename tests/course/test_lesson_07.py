"""The numbers of a system that a learner knows are what lesson 7 draws: right ones, wrong ones, and impossible ones."""

import re

import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.show import hockey_stick
from cqrs_lab.simulation import Exponential
from tests.lessons import code_of

OFFERED = "handling_ms, busiest_minute = 20, 2_700"


def view_of(numbers):
    """Run the cell of the learner's copy with other numbers than those it offers."""
    source = code_of("07", solved=False)["own-numbers"]
    assert OFFERED in source
    namespace = {"Exponential": Exponential, "hockey_stick": lambda **given: hockey_stick(events=5_000, **given)}
    exec(source.replace(OFFERED, f"handling_ms, busiest_minute = {numbers}"), namespace)
    return namespace["yours"]


def highest(view):
    """Return how high the picture's axis goes, in milliseconds, by the last number written at it."""
    times = {"milliseconds": 1, "seconds": 1000}
    unit = re.search(r">lag, (\w+)</text>", view.picture.html).group(1)
    ticks = re.findall(r'<g id="ytick_\d+">.*?>([\d.,]+)</text>', view.picture.html, re.S)
    return float(ticks[-1].replace(",", "")) * times[unit]


# By hand, for the first: 20 ms for each of 45 events a second is 0.9 of every second, and 20 ms ÷ 0.1 is 200 ms.
SYSTEMS = [("20, 2_700", 90, 200), ("20, 600", 20, 25), ("5, 6_000", 50, 10)]


@pytest.mark.parametrize(("numbers", "busy", "mean_ms"), SYSTEMS)
def test_a_system_that_keeps_up_has_its_own_lag_in_the_picture(numbers, busy, mean_ms):
    view, rate = view_of(numbers), int(numbers.split(", ")[1].replace("_", ""))
    assert view.picture.says.startswith(f"{rate:,} events per minute, busy {busy}% of the time")
    assert view.frame().loc[rate, "theory_mean"] == pytest.approx(mean_ms / 1000)
    assert f">{mean_ms}<" in view.picture.html


def test_numbers_that_are_off_are_seen_in_the_picture():
    right, twice, seconds = view_of("20, 600"), view_of("40, 600"), view_of("2_000, 25")
    assert highest(right) < highest(twice) < highest(seconds)
    assert "events per minute; the projector can take 3,000" in right.picture.html
    assert "events per minute; the projector can take 1,500" in twice.picture.html
    assert "lag, milliseconds" in right.picture.html and "lag, seconds" in seconds.picture.html


def test_a_minute_that_is_too_busy_is_seen_to_grow_and_its_limit_is_in_the_picture_of_a_quieter_one():
    view = view_of("20, 4_000")
    assert "there is no steady state" in view.picture.says
    assert ">limit</text>" in view.at(rate=2_000).html


def test_handling_that_never_keeps_up_is_refused_with_what_the_projector_can_take():
    with pytest.raises(InvalidArgument, match="takes 60,000 ms on average, so the projector can take 1 per minute"):
        view_of("60_000, 30")
