"""A control that is a day is set by typing a date, by slider and by button, and says its date."""

import pandas as pd
import pytest

from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import Control

pytestmark = pytest.mark.browser


@pytest.fixture
def page(show):
    def draw(day):
        return Picture("<p>a picture</p>", f"{day}", pd.DataFrame())

    return show(View(draw, [Control("day", "At the end of", 1, 374, 90, first_day="2010-12-01")]))


def day(page):
    return page.evaluate("state.values.day")


def field(page):
    return page.get_by_label("At the end of: date")


def test_the_field_and_the_slider_say_the_date(page):
    assert page.locator("label").inner_text() == "At the end of"
    assert field(page).input_value() == page.get_by_role("slider").get_attribute("aria-valuetext") == "2011-02-28"
    assert (field(page).get_attribute("min"), field(page).get_attribute("max")) == ("2010-12-01", "2011-12-09")


LEAVE = {
    "Enter": lambda page: page.keyboard.press("Enter"),
    "another place": lambda page: page.get_by_role("slider").focus(),
}


@pytest.mark.parametrize(
    ("typed", "number", "date"),
    [
        ("2010-12-01", 1, "2010-12-01"),
        ("2011-03-01", 91, "2011-03-01"),
        ("2011-03-28", 118, "2011-03-28"),  # the day after clocks went forward
        ("2011-10-31", 335, "2011-10-31"),  # and the day after they went back
        ("2011-12-09", 374, "2011-12-09"),
        ("2012-01-01", 90, "2011-02-28"),
        ("2009-12-31", 90, "2011-02-28"),
        ("", 90, "2011-02-28"),
    ],
)
def test_a_date_within_the_ends_is_taken_and_another_is_not(page, typed, number, date):
    field(page).fill(typed)
    LEAVE["another place"](page)
    assert (day(page), field(page).input_value()) == (number, date)


def test_slider_and_buttons_go_from_day_to_day(page):
    page.get_by_role("slider").press("ArrowRight")
    assert field(page).input_value() == "2011-03-01"
    for _ in range(2):
        page.get_by_role("button", name="Back: At the end of").click()
    assert (day(page), field(page).input_value()) == (89, "2011-02-27")


# The keys of a person, in the browser's order of month, day and year. On the way there are other dates: one within the
# ends moves the picture as well.
ENDS = "is outside 1 December 2010 to 9 December 2011"
TYPED = {
    "03012011": (91, ""),
    "03312011": (121, ""),
    "12092011": (374, ""),
    "03012015": (91, f"1 March 2015 {ENDS}: 1 March 2011 is shown."),
    "11302010": (365, f"30 November 2010 {ENDS}: 30 November 2011 is shown."),
    "02312011": (65, "This is not a full date: 3 February 2011 is shown."),
}


def begin_at(page, number):
    LEAVE["another place"](page)
    page.evaluate("number => answer({ values: { day: number } })", number)
    field(page).focus()


def refused(page):
    return page.locator(".refused").inner_text()


@pytest.mark.parametrize("begins", [1, 32, 90, 374])
@pytest.mark.parametrize("leave", LEAVE.values(), ids=LEAVE)
def test_a_date_is_typed_key_by_key_from_any_day(page, begins, leave):
    begin_at(page, begins)
    page.keyboard.type("03012011")
    assert field(page).input_value() == "2011-03-01" and day(page) == 91
    leave(page)
    assert (field(page).input_value(), day(page), refused(page)) == ("2011-03-01", 91, "")


@pytest.mark.parametrize("keys", TYPED)
@pytest.mark.parametrize("leave", LEAVE.values(), ids=LEAVE)
def test_what_is_not_taken_is_said_when_the_field_is_left_and_the_day_of_the_picture_is_back(page, keys, leave):
    begin_at(page, 90)
    page.keyboard.type(keys)
    assert refused(page) == ""
    leave(page)
    number, says = TYPED[keys]
    assert (day(page), refused(page)) == (number, says)
    assert page.get_by_role("slider").get_attribute("aria-valuetext") == field(page).input_value()
    assert page.locator(".refused").get_attribute("role") == "status"


def test_a_part_is_emptied_and_typed_again(page):
    begin_at(page, 90)
    page.keyboard.press("Backspace")
    assert field(page).input_value() == ""
    page.keyboard.type("03")
    assert (day(page), field(page).input_value()) == (118, "2011-03-28")


def test_an_answer_that_comes_while_a_date_is_typed_writes_nothing_into_the_field(page):
    begin_at(page, 90)
    page.keyboard.type("0301201")
    page.evaluate("answer({ controls: [...state.controls], html: '<p>late</p>' })")
    page.keyboard.type("1")
    assert day(page) == 91


def test_arrows_move_the_picture_within_the_ends_and_what_was_said_goes_with_the_next_move(page):
    begin_at(page, 374)
    page.keyboard.press("ArrowDown")
    assert (day(page), field(page).input_value()) == (344, "2011-11-09")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert (day(page), field(page).input_value()) == (40, "2011-01-09")
    begin_at(page, 1)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert day(page) == 1 and refused(page).startswith("1 January 2010 is outside")
    page.get_by_role("button", name="Next: At the end of").click()
    assert refused(page) == ""
