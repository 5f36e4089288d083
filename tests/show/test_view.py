"""A view works by plain calls, without a front end."""

import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import Control


@pytest.fixture
def view():
    def draw(width, height):
        area = pd.DataFrame({"area": [width * height]})
        return Picture(f"<p>{width} by {height}</p>", f"{width} times {height}", area)

    return View(draw, [Control("width", "Width", 1, 5, 2), Control("height", "Height", 0, 9, 3)])


def test_it_shows_the_picture_at_its_first_setting(view):
    assert (view.html, view.says, repr(view)) == ("<p>2 by 3</p>", "2 times 3", "2 times 3")
    assert view.values == {"width": 2, "height": 3}


def test_moving_a_control_draws_anew_and_leaves_the_others(view):
    view.move(width=5)
    assert view.values == {"width": 5, "height": 3}
    assert (view.html, view.says, view.frame().at[0, "area"]) == ("<p>5 by 3</p>", "5 times 3", 15)


def test_what_the_front_end_sets_is_drawn(view):
    view.set_state({"values": {"width": 4, "height": 4}})
    assert view.says == "4 times 4"


def test_a_look_at_another_setting_moves_nothing(view):
    assert view.at(height=9).says == "2 times 9"
    assert view.values == {"width": 2, "height": 3} and view.says == "2 times 3"


def test_the_frame_handed_out_is_a_copy(view):
    frame = view.frame()
    frame.loc[0, "area"] = 0
    assert view.frame().at[0, "area"] == 6


@pytest.mark.parametrize("setting", [{"width": 6}, {"width": 0}, {"height": -1}])
def test_a_value_out_of_bounds_is_refused_with_the_bounds(view, setting):
    with pytest.raises(InvalidArgument, match=r"give a whole number from \d to \d"):
        view.move(**setting)
    assert view.says == "2 times 3"


def test_an_unknown_control_is_refused_with_those_there_are(view):
    with pytest.raises(InvalidArgument, match="there is width, height"):
        view.at(depth=1)


def test_where_no_widget_can_be_shown_there_is_the_picture_and_its_sentence(view):
    data, _ = view._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "<p>2 by 3</p>" in data["text/html"] and data["text/plain"] == "2 times 3"


def test_the_front_end_gets_all_it_needs_to_draw_the_controls(view):
    assert [(one["name"], one["least"], one["most"]) for one in view.controls] == [("width", 1, 5), ("height", 0, 9)]
