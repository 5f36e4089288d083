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


@pytest.mark.parametrize(
    ("typed", "number", "date"),
    [
        ("2010-12-01", 1, "2010-12-01"),
        ("2011-03-01", 91, "2011-03-01"),
        ("2011-03-28", 118, "2011-03-28"),  # the day after clocks went forward
        ("2011-10-31", 335, "2011-10-31"),  # and the day after they went back
        ("2011-12-09", 374, "2011-12-09"),
        ("2012-01-01", 374, "2011-12-09"),
        ("2009-12-31", 1, "2010-12-01"),
        ("", 90, "2011-02-28"),
    ],
)
def test_a_date_that_is_typed_is_its_day_within_the_ends(page, typed, number, date):
    field(page).fill(typed)
    page.keyboard.press("Tab")
    assert (day(page), field(page).input_value()) == (number, date)


def test_slider_and_buttons_go_from_day_to_day(page):
    page.get_by_role("slider").press("ArrowRight")
    assert field(page).input_value() == "2011-03-01"
    for _ in range(2):
        page.get_by_role("button", name="Back: At the end of").click()
    assert (day(page), field(page).input_value()) == (89, "2011-02-27")
