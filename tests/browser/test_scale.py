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


REFUSED = {
    "2.14": "2.14 is between two steps: 2.1 is shown.",
    "99": "99 is more than 3: 3 is shown.",
    "-1": "-1 is less than 0: 0 is shown.",
    "": "This is not a number: 2 is shown.",
    "-": "This is not a number: 2 is shown.",
    "0.3": "",
    "2.1": "",
}


@pytest.mark.parametrize("keys", REFUSED)
def test_what_is_shown_instead_of_what_was_typed_is_said(page, keys):
    field = page.get_by_role("spinbutton")
    field.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.type(keys)
    assert page.locator(".refused").inner_text() == ""
    page.keyboard.press("Enter")
    assert page.locator(".refused").inner_text() == REFUSED[keys]
    page.get_by_role("slider").press("ArrowLeft")
    page.get_by_role("slider").press("ArrowRight")
    assert page.locator(".refused").inner_text() == ""


def test_a_comma_that_the_browser_leaves_out_is_said_once(page):
    field = page.get_by_role("spinbutton")
    for keys, says in (("0,5", "The comma is left out; write a point: 3 is shown."), ("2", "")):
        field.press("ControlOrMeta+a")
        page.keyboard.type(keys)
        page.keyboard.press("Enter")
        assert page.locator(".refused").inner_text() == says


def test_an_answer_that_comes_while_a_number_is_typed_writes_nothing_into_the_field(page):
    field = page.get_by_role("spinbutton")
    field.press("ControlOrMeta+a")
    page.keyboard.type("1.")
    page.evaluate("answer({ controls: [...state.controls], html: '<p>late</p>' })")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    assert think(page) == 15
