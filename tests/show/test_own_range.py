"""A reader's own numbers: ranges in real units reach the model as they were given, and nonsense is refused."""

import math
import re

import numpy as np
import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.show import hockey_stick, lag_explorer
from cqrs_lab.show.own_range import ABOVE_0, Bounds, over, quantity
from cqrs_lab.show.view import Control
from cqrs_lab.simulation import Clockwork, Exponential, Fixed, LagModel, Pareto, Poisson, Polling, simulate_lag

HANDLING = Exponential(0.020)


def stick(handling=HANDLING, rates=(1, 45), **more):
    return hockey_stick(events=2_000, handling=handling, rates=rates, **more)


def explorer(controls=("rate", "handling"), **settings):
    return lag_explorer(list(controls), events=2_000, arrivals="at random", times="at random", **settings)


def number_for(view, name, wanted):
    """Return the whole number at which a control shows this quantity."""
    [control] = [one for one in view.controls if one["name"] == name]
    _, step, first = control["scale"]
    [found] = [
        value
        for value in range(control["least"], control["most"] + 1)
        if math.isclose(first + value * step, wanted, rel_tol=1e-9)
    ]
    return found


# --- ranges ---------------------------------------------------------------------------------------------------------

RANGES = [
    ((1, 45), (1, 45, 1.0)),
    ((1, 80), (1, 80, 1.0)),
    ((0.5, 5), (0.5, 5, 0.1)),
    ((100, 3_600), (100, 3_600, 50)),
    ((10, 100, 37), (10, 100, 1)),
    ((0.001, 0.1), (0.001, 0.1, 0.001)),
    ((1e6, 5e6), (1e6, 5e6, 1e5)),
    ((1, 100_000), (1, 100_000, 1)),
]


@pytest.mark.parametrize(("given", "wanted"), RANGES)
def test_a_range_has_round_steps_that_reach_both_ends(given, wanted):
    control = over(Control("rate", "Rate", 1, 30, 8), given, ABOVE_0)
    ends = quantity(control, control.least), quantity(control, control.most), control.scale.step
    assert ends == wanted


@pytest.mark.parametrize("given", [(1, 45), (1 / 3, 7.7), (math.pi, 1e5), (1e-9, 1e9), (0.1, 0.1000001), (7, 8)])
def test_any_range_reaches_both_ends_and_begins_within(given):
    control = over(Control("rate", "Rate", 1, 30, 8), given, ABOVE_0)
    assert quantity(control, control.least) == pytest.approx(given[0], rel=1e-11)
    assert quantity(control, control.most) == pytest.approx(given[1], rel=1e-11)
    assert control.least <= control.value <= control.most and 40 <= control.most - control.least <= 1_000_000


def test_a_range_begins_where_it_is_told_or_as_ever_or_in_the_middle():
    usual = Control("rate", "Rate", 1, 30, 8)
    controls = [over(usual, given, ABOVE_0) for given in ((1, 80, 33), (1, 80), (50, 90))]
    begins = [quantity(one, one.value) for one in controls]
    assert begins == [33, 8, 70]


NONSENSE = [
    ((45, 1), "is an empty range; give the smaller number first"),
    ((7, 7), "is an empty range"),
    ((0, 45), "goes too far; give numbers from above 0"),
    ((-3, 45), "goes too far"),
    ((1, 45, 60), "begins outside its range; give a third number from 1 to 45"),
    ((1,), "is not a range; give two numbers such as"),
    ((1, 2, 3, 4), "is not a range"),
    ((1, math.nan), "is not a range"),
    ((1, math.inf), "is not a range"),
    (("1", "45"), "is not a range"),
    ((True, 45), "is not a range"),
    ([None, 45], "is not a range"),
]


@pytest.mark.parametrize(("given", "said"), NONSENSE)
def test_a_range_without_meaning_is_refused(given, said):
    for make in (lambda: stick(rates=given), lambda: explorer(rate=given)):
        with pytest.raises(InvalidArgument, match=f"^rates?=.* {said}"):
            make()


@pytest.mark.parametrize("given", ["1-45", 45, {1: 45}, object(), pd.Series([1, 2]), np.array([1, 45])])
def test_what_is_no_range_is_refused_too(given):
    with pytest.raises(InvalidArgument, match="is not a range; give two numbers"):
        stick(rates=given)
    with pytest.raises(InvalidArgument, match="from 1 to 30, or a range of your own such as"):
        explorer(rate=given)


# --- the hockey stick -----------------------------------------------------------------------------------------------


def test_the_stick_of_a_system_has_theory_worked_out_by_hand():
    frame = stick().frame()
    assert frame.index.name == "rate" and frame.index[0] == 1 and frame.index[-1] == 45
    # A projector that takes 50 a second leaves an event waiting 1 / (50 - rate) seconds, if both are random.
    assert frame["theory_mean"].tolist() == pytest.approx([1 / (50 - rate) for rate in frame.index])
    assert {10, 20, 30, 40} <= set(frame.index)


def test_the_dot_is_the_run_at_that_rate_in_milliseconds():
    picture = stick().at(rate=40)
    mean = simulate_lag(LagModel(Poisson(40), Exponential(0.020)), 2_000, 1).summary().loc["mean", "lag_seconds"]
    assert picture.says.startswith("40 events per second, busy 80% of the time: ")
    assert f"visible after {1000 * mean:.3g} ms on average" in picture.says
    for words in ("lag, milliseconds", "events per second; the projector can take 50"):
        assert f">{words}</text>" in picture.html


def test_no_line_is_cut_at_the_top_where_the_whole_range_is_shown():
    html = stick().picture.html  # up to 90 % busy, where a short run's p99 is far below that of theory
    [top] = [float(y) for y in re.findall(r'<rect x="[\d.]+" y="([\d.]+)"', html)]
    lines = re.findall(r'<path d="([^"]+)" clip-path', html)
    highest = [min(float(y) for y in re.findall(r"[ML] [-\d.]+ ([-\d.]+)", line)) for line in lines]
    assert len(lines) == 3 and sum(y <= top for y in highest) == 1, "only the line of the present setting gets there"


@pytest.mark.parametrize(("per", "seconds"), [("second", 1), ("minute", 60), ("hour", 3_600), ("day", 86_400)])
def test_a_rate_is_per_second_minute_hour_or_day(per, seconds):
    view = stick(Exponential(0.020 * seconds), per=per)
    assert view.frame().loc[40, "theory_mean"] == pytest.approx(seconds / 10)
    assert f"events per {per};" in view.picture.html and view.controls[0]["label"] == f"Events per {per}"


def test_beyond_what_the_projector_can_take_the_lag_grows_and_the_limit_is_drawn():
    view = stick(rates=(10, 90))
    assert "there is no steady state" in view.at(rate=number_for(view, "rate", 60)).says
    assert "there is no steady state" in view.at(rate=number_for(view, "rate", 50)).says
    assert ">limit</text>" in view.at(rate=number_for(view, "rate", 20)).html
    assert view.frame().index.max() < 50 and ">limit</text>" not in stick().picture.html


@pytest.mark.parametrize("rates", [(0.1, 1_000), (49, 60), (49.9, 50.1), (1, 2)])
def test_a_range_far_beyond_or_close_to_the_limit_is_drawn_too(rates):
    frame = stick(rates=rates).frame()
    assert len(frame) > 15 and frame.index.is_monotonic_increasing and frame.index.is_unique and frame.index.max() < 50


@pytest.mark.parametrize("handling", [Fixed(0.02), Exponential(0.02), Pareto(0.01, 2.5)])
def test_handling_may_take_any_duration(handling):
    assert stick(handling).frame()["mean"].is_monotonic_increasing


TOO_MUCH = [
    ({"handling": Exponential(20)}, "takes 20,000 ms on average, so the projector can take 0.05 per second, and rates"),
    ({"handling": Exponential(1.0)}, "all as many or more: the lag grows at every one; give lower rates or shorter"),
    ({"rates": (50, 90)}, "the projector can take 50 per second"),
    ({"handling": Pareto(0.01, 1)}, "the projector can take 0 per second"),
    ({"handling": Fixed(0)}, "handling takes no time, so nothing waits; give"),
    ({"handling": 0.02}, "handling=0.02: give a duration, such as"),
    ({"handling": Exponential}, "handling=the class Exponential: give a duration"),
    ({"handling": None}, "handling and rates belong together; give handling="),
    ({"rates": None}, "handling and rates belong together; give rates="),
    ({"model_at": lambda busy: None}, "two ways to say the same; give one"),
    ({"per": "fortnight"}, "per='fortnight': give one of 'second', 'minute', 'hour', 'day'"),
    ({"handling": None, "rates": None}, "model_at=None is not a function of a utilisation; let model_at"),
]


@pytest.mark.parametrize(("given", "said"), TOO_MUCH)
def test_a_system_that_cannot_be_is_refused(given, said):
    with pytest.raises(InvalidArgument, match=said):
        hockey_stick(**{"events": 500, "handling": Exponential(0.020), "rates": (1, 45)} | given)


# --- the explorer ---------------------------------------------------------------------------------------------------


def test_the_explorer_simulates_the_reader_s_own_numbers():
    view = explorer(["rate", "handling", "poll"], rate=(1, 80, 60), handling=(0.5, 5), poll=(0, 60, 30), per="minute")
    view.move(handling=number_for(view, "handling", 2.5), poll=number_for(view, "poll", 15))
    model = LagModel(Poisson(1.0), Exponential(0.0025), polling=Polling(Fixed(15.0)))
    expected = simulate_lag(model, 2_000, 1).summary().loc["mean", "lag_seconds"]
    assert view.frame().loc["mean", "lag_seconds"] == pytest.approx(expected)
    shown = [(one["label"].split()[0], one["scale"][0]) for one in view.controls]
    assert shown == [("Events", ""), ("Handling", "ms"), ("Polling", "s")]
    assert view.controls[0]["label"] == "Events per minute"


def test_a_range_of_what_is_not_there_is_where_it_stands():
    view = lag_explorer(["poll"], events=500, arrivals="by the clock", handling=0, rate=(1, 80, 20), poll=10)
    # Twenty events between two polls a second apart, the last of them at the poll itself.
    assert view.frame().loc["mean", "lag_seconds"] == pytest.approx(9.5 / 20, abs=0.01)


def test_bursts_are_as_long_as_what_the_rate_is_per():
    lags = []
    for per, seconds in (("second", 1), ("hour", 3_600)):
        view = lag_explorer(["rate"], events=2_000, per=per, rate=(1, 80, 40), arrivals="in bursts",
                            handling=(1, 50 * seconds, 20 * seconds))  # fmt: skip
        lags.append(view.frame().loc["mean", "lag_seconds"] / seconds)
    assert lags[0] == pytest.approx(lags[1]) and lags[0] > 1


WHOLE = Bounds(1, most=1_000, whole=True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"partitions": (0, 8)}, "partitions=.*goes too far; give numbers from 1 to 1,000"),
        ({"partitions": (1, 2.5)}, "is not made of whole numbers; give"),
        ({"replicas": (1, 101)}, "goes too far; give numbers from 1 to 100"),
        ({"handling": (-1, 5)}, "handling=.*goes too far; give numbers from 0"),
        ({"rate": 45}, r"from 1 to 30, or a range of your own such as \(1, 80\)"),
        ({"per": "s"}, "per='s': give one of"),
        ({"rate": (60, 90), "handling": (20, 90)}, "can take 50 events per second at most, and 60 or more come"),
        ({"handling": (2_000, 9_000)}, "can take 0.5 events per second at most, and 1 or more come"),
        ({"rate": (60, 90), "handling": (20, 90), "partitions": 1}, "give a lower rate or shorter handling"),
        ({"mode": (1, 2)}, "accepted are"),
    ],
)
def test_the_explorer_refuses_ranges_in_which_there_is_nothing_to_see(wrong, said):
    with pytest.raises(InvalidArgument, match=said):
        explorer(**wrong)


def test_partitions_that_can_be_added_are_a_way_to_keep_up():
    view = explorer(["rate", "partitions"], rate=(60, 90), handling=20, partitions=(1, 16))
    assert ["no steady state" in one.says for one in (view.picture, view.at(partitions=4))] == [True, False]
    assert view.at(partitions=4).frame.loc["mean", "theory"] == pytest.approx(1 / (50 - 75 / 4))


def test_a_batch_has_whole_steps():
    control = over(Control("partitions", "Partitions", 1, 8, 1), (1, 9), WHOLE)
    assert (control.least, control.most, control.scale.step) == (1, 9, 1)


def test_events_by_the_clock_come_as_often_as_the_rate_says():
    view = lag_explorer(["rate"], events=500, arrivals="by the clock", rate=(1, 80, 60), per="hour", handling=30)
    assert view.frame().loc["mean", "lag_seconds"] == pytest.approx(0.03)
    expected = simulate_lag(LagModel(Clockwork(60.0), Fixed(0.03)), 500, 1).summary().loc["mean", "lag_seconds"]
    assert view.frame().loc["mean", "lag_seconds"] == pytest.approx(expected)
