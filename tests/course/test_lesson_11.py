"""Lesson 11 says of its evening, its copies and its region what they show."""

import ast
import re

import numpy as np
import pytest

from cqrs_lab.course.predictions import SAID_TO
from cqrs_lab.course.tasks import TASKS
from tests.lessons import cells_of, ran

CELLS = cells_of("11")
REVEAL = re.compile(r'reveal\("(11\.\d)", (.*?)\)$', re.M | re.S)


@pytest.fixture(scope="module")
def names():
    """Run the lesson's code once, without checking its answers; return its names."""
    revealed = {}
    quiet = {"reveal": revealed.__setitem__, "check": lambda key, answer: None, "revealed": revealed}
    with ran("11", **quiet) as names:
        yield names


def test_what_is_revealed_has_its_reason(names):
    assert all(outcome in SAID_TO[key] for key, outcome in names["revealed"].items())
    assert names["revealed"] == {
        "11.1": "no",
        "11.2": "as far as before",
        "11.3": "later, but not twice",
        "11.4": "about 9 minutes",
    }


def test_what_is_revealed_is_computed_and_never_a_literal():
    revealed = [found for cell in CELLS for found in REVEAL.findall(cell["source"])]
    assert len(revealed) == 4
    parsed = {key: ast.parse(f"({outcome})", mode="eval").body for key, outcome in revealed}
    assert [key for key, tree in parsed.items() if isinstance(tree, ast.Constant)] == []


@pytest.mark.parametrize("key", ["11.a", "11.b", "11.c"])
def test_a_task_is_open_at_first_and_solved_by_what_the_lesson_is_about(names, key):
    view, task = names["read_side"](names["evening"]), TASKS[key]
    at_first = {one["name"]: one["value"] for one in view.controls}
    assert not task.when(view.frame(), **at_first)
    assert task.when(view.at(**task.solution).frame, **{**at_first, **task.solution})


@pytest.mark.parametrize(
    ("key", "moved"),
    [
        ("11.a", {"partitions": 12}),
        ("11.a", {"copies": 6}),
        ("11.a", {"by": 1}),
        ("11.b", {"partitions": 12}),
        ("11.b", {"by": 1, "handling": 5}),
        ("11.c", {"questions": 30}),
        ("11.c", {"copies": 6}),
    ],
)
def test_a_task_is_not_solved_by_doubling_another_part(names, key, moved):
    view = names["read_side"](names["evening"])
    at_first = {one["name"]: one["value"] for one in view.controls}
    assert not TASKS[key].when(view.at(**moved).frame, **{**at_first, **moved})


def test_the_copy_in_sydney_catches_up_as_long_after_as_the_rule_says(names):
    """Over many seeds: one run differs from it by chance."""
    model, simulate_lag = names["sydney"].model, names["simulate_lag"]
    minutes = []
    for seed in range(30):
        run = simulate_lag(model, events=2_500, seed=seed)
        late = (run.visible_at[0] - run.committed_at)[run.committed_at > 300]
        minutes.append((run.committed_at[run.committed_at > 300][late < 2][0] - 300) / 60)
    assert np.mean(minutes) == pytest.approx(9, rel=0.1)


def test_with_all_three_copies_a_product_of_chances_is_far_too_small(names):
    without = names["without"]
    assert without.all(axis=0).mean() > 5 * without.mean() ** 3
