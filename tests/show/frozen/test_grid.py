"""Which settings are drawn ahead: all of few, and of many a grid that a reader can move through."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqrs_lab.show.frozen.grid import LINE, grid, thinned
from cqrs_lab.show.view import Control

MOST = 60


def controls(*sizes):
    return [Control(f"c{at}", "", 0, size - 1, 0) for at, size in enumerate(sizes)]


def settings(*sizes):
    made = controls(*sizes)
    return grid(made, {one.name: one.value for one in made}, (), MOST)


def test_of_few_settings_all_are_drawn_and_each_once():
    found = settings(4, 5, 2)
    assert found.of == 40
    assert {tuple(one.values()) for one in found.settings} == set(product(range(4), range(5), range(2)))
    assert len(found.settings) == 40


def test_where_an_end_depends_on_the_others_all_that_can_be_reached_are_drawn():
    made = [Control("run", "", 0, 2, 0), Control("step", "", 0, lambda values: values["run"] + 1, 0)]
    found = grid(made, {"run": 0, "step": 0}, (), MOST)
    there = [(run, step) for run in range(3) for step in range(run + 2)]
    assert [tuple(one.values()) for one in found.settings] == there
    assert found.of == 2 + 3 + 4


@given(st.lists(st.integers(1, 500), min_size=1, max_size=6), st.data())
def test_a_grid_has_the_start_first_what_is_wanted_and_both_ends_of_every_control(sizes, data):
    made = controls(*sizes)
    place = st.fixed_dictionaries({one.name: st.integers(0, one.most) for one in made})
    start, wanted = data.draw(place), data.draw(place)
    found = grid(made, start, [wanted], MOST)
    assert found.settings[0] == start and wanted in found.settings
    for one in made:
        alone = {each[one.name] for each in found.settings if {**each, one.name: 0} == {**start, one.name: 0}}
        assert {0, one.most} <= alone and len(alone) >= min(LINE, one.most + 1)
    assert len(found.settings) <= max(2 * MOST, 2 ** len(sizes)) + LINE * len(sizes) + 2


@given(st.integers(1, 300), st.integers(3, 40), st.data())
def test_a_thinned_control_keeps_its_ends_and_where_it_stands(size, most, data):
    kept = data.draw(st.integers(0, size - 1))
    chosen = thinned(range(size), most, kept)
    assert {0, size - 1, kept} <= set(chosen) and len(chosen) == len(set(chosen)) <= most and sorted(chosen) == chosen


def test_a_grid_of_two_is_both_ends_and_the_start_is_drawn_apart():
    assert thinned(range(9), 2, 0) == [0, 8]


def test_what_plays_is_drawn_whole_unless_it_alone_is_too_long():
    film = Control("film", "", 0, 20, 0, plays=True)
    beside = grid([film, *controls(500, 500)], {"film": 0, "c0": 0, "c1": 0}, (), MOST).settings
    there = {one["film"] for one in beside if one["c0"] == one["c1"] == 499}
    assert there == set(range(21))
    alone = grid([film._replace(most=9999)], {"film": 0}, (), MOST).settings
    assert LINE < len(alone) <= MOST + LINE


@pytest.mark.parametrize("size", [2 * MOST, 2 * MOST + 1])
def test_the_bound_is_where_it_says(size):
    assert (len(settings(size).settings) == size) == (size <= 2 * MOST)
