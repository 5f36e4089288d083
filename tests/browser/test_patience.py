"""A question or a view on a page says so when no answer comes, and takes the answer when it does."""

import pandas as pd
import pytest

from cqrs_lab.course.ask import Ask, Question
from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import Control

pytestmark = pytest.mark.browser

NO_ANSWER = "If it was restarted, run this cell again, after all the cells above it."


@pytest.fixture
def page(show):
    return show(Ask([Question("02.1", "How many?", ("one", "two"))], lambda question, answer: ""))


def give(page):
    page.get_by_label("two").check()
    page.get_by_role("button").click()


def test_without_an_answer_it_asks_to_run_the_cell_again(page):
    give(page)
    status = page.get_by_role("status")
    page.clock.run_for(3000)
    assert NO_ANSWER not in status.inner_text()
    page.clock.run_for(2000)
    assert NO_ANSWER in status.inner_text()
    page.evaluate("answer({ told: { '02.1': 'Kept: two.' } })")
    assert status.inner_text() == "Kept: two."


def test_an_answer_in_time_is_all_that_is_said(page):
    give(page)
    page.evaluate("answer({ told: { '02.1': 'Kept: two.' } })")
    page.clock.run_for(10000)
    assert page.get_by_role("status").inner_text() == "Kept: two."


def test_a_refusal_is_shown_and_the_button_stays(page):
    give(page)
    page.evaluate("answer({ refused: { '02.1': 'no answer; give one of one, two' } })")
    page.clock.run_for(10000)
    assert page.get_by_role("status").inner_text().startswith("no answer")
    assert page.get_by_role("button").is_enabled()


@pytest.fixture
def view(show):
    def draw(step, kind):
        return Picture(f"<p>step {step}</p>", f"step {step}", pd.DataFrame())

    return show(View(draw, [Control("step", "Step", 0, 9, 3), Control.among("kind", "Kind", ("old", "new"))]))


def said(view):
    return view.locator(".silence").inner_text()


MOVES = {
    "button": lambda page: page.get_by_role("button", name="Next: Step").click(),
    "slider": lambda page: page.get_by_role("slider").press("ArrowRight"),
    "number": lambda page: page.get_by_role("spinbutton").fill("5"),
    "list": lambda page: page.get_by_label("Kind").select_option("new"),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_a_view_asks_to_run_the_cell_again_whichever_control_was_moved(view, move):
    move(view)
    view.keyboard.press("Tab")
    view.clock.run_for(3000)
    assert said(view) == ""
    view.clock.run_for(2000)
    assert NO_ANSWER in said(view)
    assert view.locator(".silence").get_attribute("role") == "status"


def test_a_view_takes_a_late_answer_and_what_it_said_goes_away(view):
    MOVES["button"](view)
    view.clock.run_for(9000)
    view.evaluate("answer({ html: '<p>step 4</p>', answered: state.asked })")
    assert said(view) == "" and view.get_by_text("step 4").is_visible()


def test_an_answer_with_the_same_picture_is_an_answer(view):
    MOVES["list"](view)
    view.evaluate("answer({ answered: state.asked })")
    view.clock.run_for(9000)
    assert said(view) == ""


def test_the_answer_to_an_earlier_move_is_not_the_answer_to_the_last(view):
    MOVES["button"](view)
    earlier = view.evaluate("state.asked")
    MOVES["button"](view)
    view.evaluate("earlier => answer({ answered: earlier })", earlier)
    view.clock.run_for(9000)
    assert NO_ANSWER in said(view)


def test_what_a_view_said_stays_while_it_is_moved_without_an_answer(view):
    MOVES["button"](view)
    view.clock.run_for(9000)
    MOVES["button"](view)
    assert NO_ANSWER in said(view)
