"""Measured against predicted: the figures are those of the two runs, and the sentence says them."""

import numpy as np
import pytest

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show import measured_and_predicted, measured_beside_predicted
from cqrs_lab.show.measured import predict_by
from cqrs_lab.simulation import Empirical, Exponential, LagModel, Poisson, simulate_lag, theory
from cqrs_lab.simulation.measuring import recorded
from cqrs_lab.simulation.measuring.recorded import recorded_lag

MODEL = LagModel(Poisson(50), Exponential(0.01))


@pytest.fixture(scope="module")
def slow_and_fast():
    """A run that stands for the measured one, and a prediction that is exactly twice as fast."""
    fast = simulate_lag(MODEL, events=2_000, seed=1)
    slow = simulate_lag(LagModel(Poisson(25), Exponential(0.02)), events=2_000, seed=1)
    return slow, fast


def test_a_run_that_takes_twice_as_long_as_predicted_differs_by_100_per_cent(slow_and_fast):
    picture = measured_and_predicted(*slow_and_fast)
    assert np.allclose(picture.frame["difference"], 100)
    assert np.allclose(picture.frame["measured"], 2 * picture.frame["predicted"])
    assert "100% more than the " in picture.says


def test_theory_knows_the_mean_alone(slow_and_fast):
    exact = theory.pushed(50, 0.01)
    frame = measured_and_predicted(*slow_and_fast).frame
    assert frame.at["mean", "theory"] == pytest.approx(exact.mean)
    assert frame.at["p99", "theory"] == pytest.approx(exact.quantile(0.99))


def test_a_run_against_itself_is_as_predicted(slow_and_fast):
    picture = measured_and_predicted(slow_and_fast[0], slow_and_fast[0])
    assert (picture.frame["difference"] == 0).all() and picture.says.count(", as predicted") == 2
    assert picture.html.count("<td>0%</td>") == len(picture.frame)


def test_a_prediction_that_grows_without_end_has_no_theory_and_says_so(slow_and_fast):
    grows = simulate_lag(LagModel(Poisson(200), Exponential(0.01)), events=2_000, seed=1)
    picture = measured_and_predicted(slow_and_fast[1], grows)
    assert picture.frame["theory"].isna().all()
    assert picture.says.startswith("Predicted: events come 2 times as fast as they can be handled, and the lag grows; ")


def test_what_is_no_run_is_refused(slow_and_fast):
    for pair in ((None, slow_and_fast[1]), (slow_and_fast[0], slow_and_fast[0].events)):
        with pytest.raises(InvalidArgument, match="a (measured|simulated) run"):
            measured_and_predicted(*pair)


def test_a_view_compares_the_second_run_with_a_prediction_by_the_first():
    view = measured_beside_predicted(rate=1)
    first, second = (recorded_lag(40, run=run) for run in ("first", "second"))
    expected = measured_and_predicted(second, predict_by(first, second))
    assert view.frame().equals(expected.frame) and view.says == expected.says


def test_the_handling_of_another_setting_is_that_of_single_events_at_20_per_second():
    view = measured_beside_predicted(rate=2, batch=1, calibrated=1)
    model = LagModel(
        Poisson(60),
        Empirical(recorded_lag(20).steps["handling_seconds"].tolist()),
        polling=recorded_lag(60, 10).model.polling,
    )
    predicted = simulate_lag(model, events=20_000, seed=1)
    assert view.frame().at["p50", "predicted"] == pytest.approx(predicted.summary().at["p50", "lag_seconds"])


@pytest.mark.parametrize("setting", recorded.SETTINGS, ids=lambda setting: setting.key)
def test_a_recorded_run_has_the_frame_and_the_order_of_a_measured_one(setting):
    measured = recorded_lag(*setting)
    steps = measured.steps
    assert list(steps) == [
        "position",
        "due_at",
        "committed_at",
        "begun_at",
        "visible_at",
        "late_seconds",
        "handling_seconds",
    ]
    assert len(steps) == recorded.EVENTS and steps["visible_at"].is_monotonic_increasing
    assert (steps["committed_at"] >= steps["due_at"] + steps["late_seconds"] - 2e-6).all()
    assert (steps["visible_at"] > steps["begun_at"]).all() and measured.kept_rate > 0.95
    sizes = steps.groupby("visible_at").size()
    assert sizes.max() <= (setting.batch or 1) and measured.model.polling.batch_limit == setting.batch


@pytest.mark.parametrize("run", ["first", "second"])
@pytest.mark.parametrize("rate", recorded.RATES)
def test_the_work_that_was_drawn_is_a_part_of_the_handling_of_its_own_event(rate, run):
    handled = recorded_lag(rate, run=run).steps["handling_seconds"].to_numpy()
    rest = handled - recorded.drawn_work(run)
    assert (rest > 0).all() and rest.std() < handled.std()
    other = recorded.drawn_work("second" if run == "first" else "first")
    assert not (handled > other).all()


def test_a_setting_that_was_not_recorded_is_refused():
    with pytest.raises(InvalidArgument, match=r"recorded are the rates \(20, 40, 60, 120\)"):
        recorded_lag(30)
    for asked in (lambda: recorded_lag(40, run="third"), lambda: recorded.drawn_work("third")):
        with pytest.raises(InvalidArgument, match="run='third'"):
            asked()


def test_the_recording_says_when_and_on_what_it_was_made():
    assert recorded.machine().startswith("measured on ") and "processors, Python" in recorded.machine()
