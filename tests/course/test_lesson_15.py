"""Lesson 15 says of its two shops what the run has found, and its cases are decided as its prose says."""

import ast
import math
import re
from dataclasses import replace

import pytest

from cqrs_lab.course import task
from cqrs_lab.course.predictions import SAID_TO
from cqrs_lab.show import should_you
from cqrs_lab.simulation.choice import choose
from cqrs_lab.simulation.choice_cases import CASES
from tests.lessons import cells_of, prose_of, ran

CELLS, PROSE = cells_of("15"), prose_of("15")
REVEAL = re.compile(r'reveal\("(15\.\d)", (.*)\)$', re.M)


@pytest.fixture(scope="module")
def names():
    """Run the lesson's code; return its names, with what each reveal was given."""
    revealed = {}
    with ran("15", reveal=revealed.__setitem__, revealed=revealed) as names:
        yield names


def test_what_is_revealed_is_what_the_run_found_and_has_its_reason(names):
    assert names["revealed"] == {"15.1": "none", "15.2": "more than twice as much", "15.3": "the join", "15.4": "one"}
    assert all(outcome in SAID_TO[key] for key, outcome in names["revealed"].items())


def test_what_is_revealed_is_computed_and_never_a_literal():
    revealed = [found for cell in CELLS for found in REVEAL.findall(cell["source"])]
    assert len(revealed) == 4
    assert [key for key, outcome in revealed if isinstance(ast.parse(outcome, mode="eval").body, ast.Constant)] == []


def test_the_run_finds_what_the_prose_says_of_it_within_wide_bounds(names):
    """Ratios within one run, on any machine."""
    costs = {page: one.median() for page, one in names["measured"].costs.items()}
    sales, mine = costs["Sales by country"], costs["My orders"]
    assert "Of the four read models one is far cheaper than its join" in PROSE
    assert sales["crud_read"] > 4 * sales["cqrs_read"] and mine["crud_read"] < mine["cqrs_read"]
    assert "A poll costs many times what an order costs" in PROSE
    assert min(one["cqrs_poll"] for one in costs.values()) > 5
    assert names["made"]["Sales by country"].choice == "CQRS"


def test_the_answer_about_the_flips_is_what_the_run_found(names):
    costs, traffic = names["measured"].costs["Sales by country"], names["traffic"]
    made = choose(costs, traffic)
    assert "Where the line of the read share changes sides, it no longer pays" in PROSE
    flip = made.flip("read_share")
    assert 0 < flip.at < traffic.read_share and flip.low <= flip.at <= flip.high
    shares = 0.99 * flip.at, 1.01 * flip.at
    assert [choose(costs, replace(traffic, read_share=share)).choice for share in shares] == ["CRUD", "CQRS"]
    # Where CQRS is far cheaper on this machine, it stays so however many writers meet: then there is no flip.
    contention = made.flip("contention").at
    assert math.isnan(contention) or contention > 0.5, "and writers who meet speak for CRUD"
    never = choose(names["measured"].costs["My orders"], names["traffic"]).flips["at"]
    assert "For *My orders* there is none" in PROSE and never.isna().all()


def test_the_code_is_about_five_times_as_long(names):
    lines = names["price"](names["both"]).loc["lines of code"]
    assert "about five times as long" in PROSE and 4.5 < lines["CQRS"] / lines["CRUD"] < 5.8


def test_half_a_second_of_patience_decides_the_seat_map():
    flip = choose(CASES["seat map"].costs, CASES["seat map"].traffic).flip("staleness_seconds").at
    assert "Half a second of patience decides it" in PROSE and 0.45 < flip < 0.6


def test_the_task_of_the_seat_map_needs_the_reads_of_today():
    view = task(should_you(CASES["seat map"]), "15.a")
    states = []
    for moved in ({"read_share": 198}, {"read_share": 180, "staleness": 5}, {"staleness": 6}):
        view.move(**moved)
        states.append(view.tasks[0]["state"])
    assert states == ["open", "open", "done"]


def test_no_table_of_the_lesson_knows_more_than_its_rows(names):
    kinds = {type(event).__name__ for event in names["recorded"]}
    assert kinds == {"ProductTakenOver", "StockTakenOver", "OrderTakenOver"}


def test_the_misconceptions_of_the_lesson_are_met():
    assert "**CQRS is not faster.**" in PROSE and "## All or nothing?" in PROSE
    assert "It needs no log" in PROSE, "neither a log nor a second database is CQRS"
