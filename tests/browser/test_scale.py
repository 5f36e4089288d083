"""A control shows a quantity in its unit, and is set to it by typing, by slider and by button."""

import pandas as pd
import pytest

from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import Control, Scale

pytestmark = pytest.mark.browser


@pytest.fixture
def page(show):
    def draw(think):
        return Picture("<p>a picture</p>", f"{think}", pd.DataFrame())

    return show(View(draw, [Control("think", "Think time", 0, 30, 20, scale=Scale("s", 0.1))]))


def think(page):
    return page.evaluate("state.values.think")


def test_the_label_has_the_unit_and_the_field_the_quantity(page):
    assert page.locator("label").inner_text() == "Think time, s"
    assert page.get_by_role("spinbutton").input_value() == "2"
    assert page.get_by_role("slider").get_attribute("aria-valuetext") == "2 s"


@pytest.mark.parametrize(("typed", "whole"), [("0.3", 3), ("2.14", 21), ("99", 30), ("-1", 0), ("", 20)])
def test_what_is_typed_is_taken_in_the_unit_to_the_nearest_step_within_the_ends(page, typed, whole):
    field = page.get_by_role("spinbutton")
    field.fill(typed)
    field.press("Enter")
    page.keyboard.press("Tab")
    assert think(page) == whole
    assert field.input_value() == f"{whole / 10:g}"


def test_every_step_is_reached_by_the_arrow_keys_of_the_field(page):
    field = page.get_by_role("spinbutton")
    field.fill("0")
    seen = []
    for _ in range(30):
        field.press("ArrowUp")
        field.press("Enter")
        seen.append(think(page))
    assert seen == list(range(1, 31))


def test_slider_and_buttons_move_by_one_step(page):
    page.get_by_role("slider").press("ArrowRight")
    assert page.get_by_role("spinbutton").input_value() == "2.1"
    page.get_by_role("button", name="Back: Think time, s").click()
    assert page.get_by_role("spinbutton").input_value() == "2"
