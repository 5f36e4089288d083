"""Lesson 14 says of the recorded measurements what they show."""

import ast
import re

import pytest

from cqrs_lab.course.predictions import SAID_TO
from cqrs_lab.course.tasks import TASKS
from cqrs_lab.show import measured_beside_predicted
from cqrs_lab.simulation import simulate_lag
from cqrs_lab.simulation.measuring.recorded import recorded_lag
from tests.lessons import cells_of, prose_of, ran

CELLS, PROSE = cells_of("14"), prose_of("14")
REVEAL = re.compile(r'reveal\("(14\.\d)", (.*?)\)$', re.M | re.S)
VIEW = measured_beside_predicted()


@pytest.fixture(scope="module")
def names():
    """Run the lesson's code, with a recorded run in the place of each live one; return its names."""
    revealed = {}
    recorded = {"measure_lag": lambda **how: recorded_lag(40)}
    with ran("14", reveal=revealed.__setitem__, revealed=revealed, **recorded) as names:
        yield names


def test_what_is_revealed_has_its_reason(names):
    assert all(outcome in SAID_TO[key] for key, outcome in names["revealed"].items())
    assert len(names["revealed"]) == 4


def test_what_is_revealed_is_computed_and_never_a_literal():
    revealed = [found for cell in CELLS for found in REVEAL.findall(cell["source"])]
    assert len(revealed) == 4
    parsed = {key: ast.parse(f"({outcome})", mode="eval").body for key, outcome in revealed}
    assert [key for key, tree in parsed.items() if isinstance(tree, ast.Constant)] == []


def test_no_number_of_a_live_run_is_compared():
    """What a cell measures, or makes of it, differs from machine to machine."""
    live = ("measure_lag(", "yours", "again")
    measured = [cell for cell in CELLS if cell["cell_type"] == "code" and any(word in cell["source"] for word in live)]
    compared = [cell["source"] for cell in measured if "nbval-ignore-output" not in cell["metadata"].get("tags", [])]
    assert len(measured) >= 3
    assert [one for one in compared if "import" not in one and "URL and" not in one] == []


def test_the_run_that_judges_is_not_the_one_that_calibrates(names):
    assert names["calibrated"].handling.seconds == tuple(names["first"].steps["handling_seconds"])
    assert set(names["first"].steps["visible_at"]).isdisjoint(names["second"].steps["visible_at"])


def test_what_the_first_run_said_misses_and_what_the_second_run_says_of_itself_does_not(names):
    """Why the lesson's own prediction misses: the mean lag is past what chance does, until the work is as it was."""
    mean = names["second"].summary().loc["mean", "lag_seconds"]
    by_chance = (simulate_lag(names["calibrated"], 400, seed).summary() for seed in range(20))
    assert mean > max(one.loc["mean", "lag_seconds"] for one in by_chance)
    assert names["hindsight"].summary().loc["mean", "lag_seconds"] == pytest.approx(mean, rel=0.01)
    assert names["hindsight"].model.handling.mean > 1.1 * names["calibrated"].handling.mean
    assert "This is an explanation, and no prediction" in PROSE


def test_the_task_of_the_view_is_solved_by_what_the_lesson_is_about():
    task = TASKS["14.a"]
    assert task.solution["calibrated"] == 1 and task.solution["batch"] == 1
    assert not task.when(VIEW.frame()) and task.when(VIEW.at(**task.solution).frame)
