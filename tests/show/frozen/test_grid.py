"""Which settings are drawn ahead: all of few, and of many those that a reader is likely to ask for."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.frozen.grid import combined, first_moves, grid, thinned
from cqrs_lab.show.view import Control, Scale

MOST = 60


def controls(*sizes):
    return [Control(f"c{at}", "", 0, size - 1, 0) for at, size in enumerate(sizes)]


def begins(made):
    return {one.name: one.value for one in made}


def of(made, wanted=(), asked=(), most=MOST):
    return grid(made, begins(made), wanted, asked, most)


def test_of_few_settings_all_are_drawn_and_each_once():
    found = of(controls(4, 5, 2))
    assert found.whole
    assert {tuple(one.values()) for one in found.settings} == set(product(range(4), range(5), range(2)))
    assert len(found.settings) == 40


def test_where_an_end_depends_on_the_others_all_that_can_be_reached_are_drawn():
    made = [Control("run", "", 0, 2, 0), Control("step", "", 0, lambda values: values["run"] + 1, 0)]
    found = of(made)
    there = {(run, step) for run in range(3) for step in range(run + 2)}
    assert found.whole and {tuple(one.values()) for one in found.settings} == there
    assert len(found.settings) == 2 + 3 + 4


@given(st.lists(st.integers(1, 500), min_size=1, max_size=6), st.data())
def test_first_comes_what_a_reader_meets_first_and_then_no_more_than_asked_for(sizes, data):
    made = controls(*sizes)
    place = st.fixed_dictionaries({one.name: st.integers(0, one.most) for one in made})
    start, wanted = data.draw(place), data.draw(place)
    first, found = first_moves(made, start, [wanted]), grid(made, start, [wanted], [], MOST)
    assert found.settings[: len(first)] == first and first[0] == start and wanted in first
    for one in made:
        alone = {each[one.name] for each in found.settings if {**each, one.name: 0} == {**start, one.name: 0}}
        beside = {min(start[one.name] + 1, one.most), max(0, start[one.name] - 1)}
        assert {0, one.most} | beside <= alone and len(alone) >= min(3, one.most + 1)
    assert len({tuple(each.values()) for each in found.settings}) == len(found.settings) <= 2 * MOST + len(first)


def test_every_word_of_a_list_is_a_first_move():
    made = [Control.among("kind", "", [str(number) for number in range(40)]), *controls(500, 500)]
    assert {one["kind"] for one in first_moves(made, begins(made), ())} == set(range(40))


def test_an_end_that_takes_a_run_is_not_asked_for_more_often_than_there_are_settings_to_draw():
    asked = []

    def end(values):
        asked.append(values)
        return 9

    made = [*controls(11, 11, 11, 11), Control("step", "", 0, end, 9, plays=True)]
    found = of(made)
    assert not found.whole and len(asked) < 10 * len(found.settings)


@given(st.lists(st.integers(1, 60), min_size=3, max_size=3), st.integers(0, 9), st.sampled_from([20, 200, 2000]))
def test_no_setting_is_beyond_an_end(sizes, value, most):
    step = Control("step", "", 0, lambda values: 9 + values["c0"] - values["c1"] // 10, value, plays=True)
    made = [*controls(*sizes), step]
    found = of(made, [{"c0": 0, "c1": 0, "c2": sizes[2] - 1, "step": 3}], most=most)
    assert all(0 <= one["step"] <= step.end(one) for one in found.settings)
    there = sum(sizes[2] * (10 + c0 - c1 // 10) for c0 in range(sizes[0]) for c1 in range(sizes[1]))
    assert found.whole == (there <= 2 * most) and (not found.whole or len(found.settings) == there)


def test_what_stood_at_its_end_stays_there_when_another_control_moves():
    made = [Control("run", "", 0, 900, 0), Control("step", "", 0, lambda values: values["run"] + 5, 5)]
    assert all(one["step"] == one["run"] + 5 for one in first_moves(made, {"run": 0, "step": 5}, ()) if one["run"])


def test_two_controls_move_together_where_all_of_them_cannot():
    found = of(controls(*[3] * 6), most=100)
    moved = {tuple(name for name in one if one[name]) for one in found.settings}
    assert set(combinations([f"c{at}" for at in range(6)], 2)) <= moved and max(map(len, moved)) == 2
    assert any(all(one.values()) for one in of(controls(30, 30, 30), most=600).settings)


@given(st.integers(1, 300), st.integers(3, 40), st.data())
def test_a_thinned_control_keeps_its_ends_and_where_it_stands(size, most, data):
    kept = data.draw(st.integers(0, size - 1))
    chosen = thinned(range(size), most, kept)
    assert {0, size - 1, kept} <= set(chosen) and len(chosen) == len(set(chosen)) <= most and sorted(chosen) == chosen


@pytest.mark.parametrize(
    ("most", "chosen"), [(1, [7]), (2, [7, 99]), (3, [0, 7, 99]), (14, [0, 6, 7, 8, *range(10, 91, 10), 99])]
)
def test_where_it_stands_comes_first_then_its_ends_then_round_numbers_then_what_is_beside_it(most, chosen):
    assert thinned(range(100), most, kept=7) == chosen


def test_round_is_what_the_reader_sees():
    rate = Control("rate", "", 0, 95, 0, scale=Scale("ms", 0.5, first=2.5))
    places = thinned(range(96), 12, rate.value, zero=5)
    assert {2.5 + 0.5 * one for one in places} - {2.5, 50.0, 3.0} == set(map(float, range(5, 50, 5)))
    assert set(places) <= {one["rate"] for one in of([rate], most=30).settings}


def test_a_film_is_drawn_whole_from_the_start_and_from_what_is_wanted_unless_it_alone_is_too_long():
    film = Control("film", "", 0, 20, 0, plays=True)
    wanted = {"film": 20, "c0": 499, "c1": 3}
    found = of([film, *controls(500, 500)], [wanted]).settings
    for place in ((499, 3), (0, 0)):
        assert {one["film"] for one in found if (one["c0"], one["c1"]) == place} == set(range(21))
    steps = [one["film"] for one in of([film._replace(most=9999)]).settings]
    assert set(range(0, 9999, 167)) | {9999} <= set(steps) and len(steps) <= 2 * MOST


@pytest.mark.parametrize("size", [2 * MOST, 2 * MOST + 1])
def test_the_bound_is_where_it_says(size):
    assert of(controls(size)).whole == (size <= 2 * MOST)


def test_what_is_asked_for_is_drawn_in_all_combinations_and_what_is_not_named_stays():
    made = [*controls(900, 900), Control("step", "", 0, lambda values: 9 + values["c0"], 9, plays=True)]
    asked = list(combined(made, begins(made), {"c0": [3, 400], "c1": [7, 8]}))
    assert [tuple(one[name] for name in ("c0", "c1", "step")) for one in asked] == [
        (3, 7, 12),
        (3, 8, 12),
        (400, 7, 409),
        (400, 8, 409),
    ]
    assert all(one in of(made, asked=asked).settings for one in asked)
    film = list(combined(made, begins(made), {"c0": [3], "step": None}))
    assert [one["step"] for one in film] == list(range(13))


def test_a_control_that_is_not_there_is_refused():
    with pytest.raises(InvalidArgument, match="no control 'rate'; give some of c0"):
        combined(controls(3), {"c0": 0}, {"rate": None})
