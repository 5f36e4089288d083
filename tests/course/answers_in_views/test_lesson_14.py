"""A learner's answer to 14.1 predicts the recorded measurements, beside what was measured."""

import numpy as np
import pytest

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show import measured_and_predicted, measured_beside_predicted
from cqrs_lab.simulation import Empirical, LagModel, simulate_lag
from cqrs_lab.simulation.measuring.recorded import recorded_lag
from tests.lessons import code_of

from ..exercises import answers_14 as answers

CODE = code_of("14", solved=False)
FIRST, SECOND = (recorded_lag(40, run=run) for run in ("first", "second"))  # where the controls begin


def view_of(answer):
    """Run the lesson's cell."""
    names = {"measured_beside_predicted": measured_beside_predicted, "calibrate": answer}
    return eval(CODE["lesson-14-30a"], names)


def predicted_by(times):
    """Return what a simulation with these handling times predicts, beside the run that judges."""
    model = LagModel(SECOND.model.arrivals, Empirical(list(times)), polling=SECOND.model.polling)
    return measured_and_predicted(SECOND, simulate_lag(model, 20_000, 1)).frame


def near(one, other, within):
    return np.allclose(one["predicted"], other["predicted"], rtol=within)


@pytest.mark.parametrize("number", range(len(answers.RIGHT["14.1"])))
def test_a_right_answer_predicts_what_the_first_run_does(number):
    frame = view_of(answers.RIGHT["14.1"][number]).frame()
    assert near(frame, predicted_by(FIRST.steps["handling_seconds"]), 0.1)
    assert frame["measured"].equals(predicted_by([0.001])["measured"]), "the run that judges stays what it is"


CHEATS = ("as it was", "calibrating on the run that validates")
FAILS = ("one average", "the whole table", "the wait alone")
HARDLY_SEEN = ("both runs", "without the longest")  # the check says what is wrong with them
SEEN = set(answers.WRONG["14.1"]) - {*CHEATS, *FAILS, *HARDLY_SEEN}


@pytest.mark.parametrize("name", sorted(SEEN))
def test_a_wrong_answer_predicts_something_else(name):
    answer = answers.WRONG["14.1"][name][0]
    view, right = view_of(answer), measured_beside_predicted(rate=1)
    settings = ({}, {"rate": 3, "batch": 1})  # the whole poll is one event's, where a poll takes one
    assert not all(near(view.at(**one).frame, right.at(**one).frame, 0.1) for one in settings)


@pytest.mark.parametrize("name", CHEATS)
def test_who_takes_the_times_of_the_run_that_judges_sees_it_predict_itself(name):
    frame = view_of(answers.WRONG["14.1"][name][0]).frame()
    assert near(frame, predicted_by(SECOND.steps["handling_seconds"]), 1e-9)


@pytest.mark.parametrize("name", FAILS)
def test_what_is_no_series_of_times_is_a_sentence(name):
    view = view_of(answers.WRONG["14.1"][name][0])
    assert view.says.startswith("Your function predicts nothing: it failed: ") and "<svg" not in view.picture.html


def test_every_recorded_setting_is_predicted_by_it_and_not_by_another_choice():
    view = view_of(answers.the_column)
    for rate, batch in ((0, 1), (3, 0), (3, 1)):
        here, own = view.at(rate=rate, batch=batch).frame, measured_beside_predicted().at(rate=rate, batch=batch).frame
        assert near(here, own, 1e-9)
    with pytest.raises(InvalidArgument, match="calibrated"):
        view.at(calibrated=1)


def test_an_answer_that_changes_what_it_is_given_spoils_nothing():
    def spoils(first, second):
        times = first["handling_seconds"].tolist()
        first["handling_seconds"] = second["handling_seconds"] = 9.0
        return times

    view = view_of(spoils)
    assert near(view.frame(), view.at(poll=0).frame, 1e-9) and view.frame().at["p50", "predicted"] < 1


def test_what_is_no_function_of_two_is_refused():
    with pytest.raises(InvalidArgument, match="a function of two runs' steps"):
        view_of(0.011)
