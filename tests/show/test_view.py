"""A view works by plain calls, without a front end."""

import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import Control, Scale


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


@pytest.mark.parametrize(
    "setting", [{"width": 6}, {"width": 0}, {"height": -1}, {"width": 2.5}, {"width": "3"}, {"width": None}]
)
def test_a_value_out_of_bounds_is_refused_with_the_bounds(view, setting):
    with pytest.raises(InvalidArgument, match=r"give a whole number from \d to \d"):
        view.move(**setting)
    assert view.says == "2 times 3"


def test_an_unknown_control_is_refused_with_those_there_are(view):
    with pytest.raises(InvalidArgument, match="give one of width, height"):
        view.at(depth=1)


def test_where_no_widget_can_be_shown_there_is_the_picture_and_its_sentence(view):
    data, _ = view._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "<p>2 by 3</p>" in data["text/html"] and data["text/plain"] == "2 times 3"


def test_the_front_end_gets_all_it_needs_to_draw_the_controls(view):
    assert [(one["name"], one["least"], one["most"]) for one in view.controls] == [("width", 1, 5), ("height", 0, 9)]


@pytest.fixture
def book():
    """Two chapters, of nine pages and of four."""

    def draw(chapter, page):
        return Picture(f"<p>{chapter}, {page}</p>", f"page {page} of chapter {chapter}", pd.DataFrame())

    pages = Control("page", "Page", 1, lambda at: {1: 9, 2: 4}[at["chapter"]], 9)
    return View(draw, [pages, Control("chapter", "Chapter", 1, 2, 1)])


def ends(view):
    return [one["most"] for one in view.controls]


def test_a_control_whose_end_depends_on_another_stays_at_its_end(book):
    assert ends(book) == [9, 2]
    assert book.at(chapter=2).says == "page 4 of chapter 2" and ends(book) == [9, 2]
    book.move(chapter=2)
    assert (book.says, ends(book)) == ("page 4 of chapter 2", [4, 2])
    book.set_state({"values": {"page": 4, "chapter": 1}})
    assert (book.values["page"], book.says, ends(book)) == (9, "page 9 of chapter 1", [9, 2])


def test_a_control_in_its_midst_stays_where_it_is_as_long_as_it_can(book):
    book.move(page=3)
    assert book.at(chapter=2).says == "page 3 of chapter 2"
    book.move(page=7)
    assert book.at(chapter=2).says == "page 4 of chapter 2"


def test_an_end_is_that_of_the_setting_that_is_asked_for(book):
    assert book.at(chapter=2, page=2).says == "page 2 of chapter 2"
    with pytest.raises(InvalidArgument, match="page=5: give a whole number from 1 to 4"):
        book.at(page=5, chapter=2)
    with pytest.raises(InvalidArgument, match="chapter=3: give a whole number from 1 to 2"):
        book.at(page=5, chapter=3)


def test_every_request_of_the_page_is_answered_also_where_the_picture_stays_the_same(view):
    view.set_state({"values": {"width": 4, "height": 4}, "asked": 1})
    assert (view.says, view.answered) == ("4 times 4", 1)
    view.set_state({"values": {"width": 4, "height": 4}, "asked": 2})
    assert (view.says, view.answered) == ("4 times 4", 2)


def test_a_setting_out_of_bounds_is_refused_with_the_unit_of_a_step():
    def draw(think):
        return Picture("<p>", f"{think / 10} s", pd.DataFrame())

    view = View(draw, [Control("think", "Think time", 0, 30, 5, scale=Scale("s", 0.1))])
    assert view.at(think=20).says == "2.0 s"
    with pytest.raises(InvalidArgument, match=r"think=31: give a whole number from 0 to 30, in steps of 0\.1 s"):
        view.move(think=31)


def test_a_day_begins_at_a_date_and_goes_to_the_front_end_with_it():
    def draw(day):
        return Picture("<p>", f"day {day}", pd.DataFrame())

    view = View(draw, [Control("day", "Day", 1, 9, 1, first_day="2010-12-01")])
    assert view.controls[0]["first_day"] == "2010-12-01"
    for wrong in ("1 December 2010", "2010-02-30", 20101201):
        with pytest.raises(InvalidArgument, match="give the first day as a text such as '2010-12-01'"):
            View(draw, [Control("day", "Day", 1, 9, 1, first_day=wrong)])
