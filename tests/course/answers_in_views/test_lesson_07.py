"""A learner's answer to 07.2 lies as squares along the hockey stick."""

import math
import re

import numpy as np
import pytest

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show import hockey_stick
from cqrs_lab.simulation import Exponential, LagModel, Poisson
from tests.lessons import code_of

from ..exercises import answers_07 as answers

CODE = code_of("07", solved=False)
# By hand: a hundredth of exp(-lag * (1 - busy)), at handling of one second.
P99 = {busy: math.log(100) / (1 - busy) for busy in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)}


def stick(busy):
    return LagModel(Poisson(busy), Exponential(mean=1.0))


def picture_of(answer):
    """Run the lesson's cell, with shorter runs of the kit's own."""

    def shorter(*given, **named):
        return hockey_stick(*given, events=2_000, **named)

    names = {"hockey_stick": shorter, "LagModel": LagModel, "Poisson": Poisson, "Exponential": Exponential}
    return eval(CODE["lesson-07-38a"], {**names, "p99": answer})


def said(picture):
    """Return what the learner's function says at each place where it was asked."""
    column = picture.frame["mine"].iloc[1::2]
    assert np.allclose(column.index, list(P99)), "nine places, also where the curve is steep"
    return column.to_numpy()


def along_the_curve(picture):
    """Up to 80 % busy: beyond it, a simulation of 10,000 events, which the task allows, is far off by chance."""
    return np.allclose(said(picture)[:-1], list(P99.values())[:-1], rtol=0.3)


def squares(picture):
    drawn = re.search(r'<g id="mine">(.*?)</g>\s*</g>', picture.html, re.DOTALL)
    return re.findall(r'<use [^>]*x="([\d.]+)" y="([\d.]+)"', drawn[1]) if drawn else []


@pytest.mark.parametrize("number", range(len(answers.RIGHT["07.2"])))
def test_a_right_answer_lies_along_the_curve(number):
    picture = picture_of(answers.RIGHT["07.2"][number])
    assert along_the_curve(picture)
    assert len(squares(picture)) >= 8 and "Your function says " in picture.says


WRONG = [name for name, (answer, _) in answers.WRONG["07.2"].items() if callable(answer)]


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_seen_beside_the_curve(name):
    answer = answers.WRONG["07.2"][name][0]
    assert not along_the_curve(picture_of(answer))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("no return", "it returned None, which is no number of seconds"),
        ("a run", "it failed: TypeError: "),
        ("not a number", "it returned nan, which is no length of time"),
        ("a name that is not there", "it failed: AttributeError: "),
    ],
)
def test_what_is_no_answer_is_a_sentence_and_no_square(name, why):
    picture = picture_of(answers.WRONG["07.2"][name][0])
    assert f"Your function gives no p99: {why}" in picture.says and squares(picture) == []


def test_how_far_off_it_is_is_said_at_each_setting():
    view = hockey_stick(stick, events=2_000, mine=lambda rate, handling: 3 * math.log(100) / (1 / handling - rate))
    times = [float(re.search(r", ([\d.]+) times the p99", view.at(busy=busy).says)[1]) for busy in (20, 50)]
    assert np.allclose(times, 3, rtol=0.3)
    assert "Your function" not in view.at(busy=110).says, "no p99 would hold there"


def test_a_square_stands_where_the_function_says():
    low, high = (squares(picture_of(lambda rate, handling, times=times: times)) for times in (1, 2))
    assert len(low) == len(high) == len(P99)
    assert [x for x, _ in low] == [x for x, _ in high]
    assert all(float(one) > float(other) for (_, one), (_, other) in zip(low, high, strict=True)), "twice as high up"


def test_what_is_no_function_of_two_is_refused():
    with pytest.raises(InvalidArgument, match="a function of rate and handling"):
        picture_of(9.21)


def test_without_an_answer_there_are_no_squares():
    view = hockey_stick(stick, events=2_000)
    assert "mine" not in view.frame() and squares(view.picture) == [] and "Your" not in view.says
