"""While the reader looks, the next step is drawn: then it is painted before the kernel answers, as is the way back."""

import pandas as pd
import pytest

from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import Control

from .test_play import QUIET, Kernel, button, stepping

pytestmark = pytest.mark.browser

A_LONG_TIME = 60_000  # milliseconds


@pytest.fixture
def kernel(show):
    return Kernel(show, stepping(9, 2))


def move(kernel, name):
    """Move, let the kernel answer, and look at the picture until the page asks for the one beside it."""
    button(kernel.page, name).press("Enter")
    kernel.answer()
    kernel.page.clock.run_for(QUIET)
    return kernel.answer()


def test_while_the_reader_looks_the_page_asks_for_the_next_picture_in_the_same_direction(kernel):
    [message] = move(kernel, "Next: Step")
    assert message["beside"] == message["values"] == {"step": 4, "page": 0}
    [message] = move(kernel, "Back: Step")
    assert message["beside"] == {"step": 1, "page": 0}
    [message] = move(kernel, "Next: Page")
    assert message["beside"] == {"step": 2, "page": 2}


@pytest.mark.parametrize(("name", "step"), [("Next: Step", 4), ("Back: Step", 2)])
def test_a_step_further_and_the_way_back_are_painted_before_the_kernel_answers(kernel, name, step):
    move(kernel, "Next: Step")
    button(kernel.page, name).press("Enter")
    assert f"step {step}" in kernel.shown() and "step 3" in kernel.view.html
    kernel.answer()
    assert kernel.is_on_a_par() and f"step {step}" in kernel.shown()


def test_what_is_not_beside_waits_for_the_kernel_and_shows_no_other_picture(kernel):
    move(kernel, "Next: Step")
    button(kernel.page, "Next: Page").press("Enter")
    assert "step 3" in kernel.shown()
    slider = kernel.page.get_by_role("slider").first
    slider.fill("8")
    assert "step 3" in kernel.shown()
    kernel.answer()
    assert "step 8" in kernel.shown() and kernel.is_on_a_par()


def test_a_step_that_is_taken_back_before_the_kernel_answers_shows_what_the_kernel_says(kernel):
    move(kernel, "Next: Step")
    button(kernel.page, "Next: Step").press("Enter")
    button(kernel.page, "Next: Step").press("Enter")
    kernel.answer()
    assert "step 5" in kernel.shown() and kernel.is_on_a_par()


def test_the_words_are_read_out_when_the_kernel_has_answered(kernel):
    move(kernel, "Next: Step")
    button(kernel.page, "Next: Step").press("Enter")
    kernel.page.clock.run_for(QUIET)
    assert "step 4" not in kernel.aloud()
    kernel.answer()
    kernel.page.clock.run_for(QUIET)
    assert "step 4" in kernel.aloud()


def test_where_the_kernel_draws_something_else_by_now_its_picture_stays(kernel):
    move(kernel, "Next: Step")
    kernel.view._draw = lambda step, page: Picture(f"<p>mended {step}</p>", "mended", pd.DataFrame({"step": [step]}))
    button(kernel.page, "Next: Step").press("Enter")
    assert "step 4" in kernel.shown()
    kernel.answer()
    assert "mended 4" in kernel.shown()


def test_a_control_that_stands_at_its_end_follows_in_the_next_picture_too(show):
    def draw(cuts, step):
        says = f"{cuts} cuts, step {step}"
        return Picture(f"<p>{says}</p>", says, pd.DataFrame({"step": [step]}))

    controls = [Control("cuts", "Cuts", 0, 5, 3), Control("step", "Step", 0, lambda values: values["cuts"], 2)]
    kernel = Kernel(show, View(draw, controls))
    [message] = move(kernel, "Back: Cuts")
    assert message["values"] == {"cuts": 1, "step": 1}
    button(kernel.page, "Back: Cuts").press("Enter")
    assert "1 cuts, step 1" in kernel.shown() and "2 cuts, step 2" in kernel.view.html
    kernel.answer()
    assert "1 cuts, step 1" in kernel.shown() == kernel.view.html


def test_at_the_end_of_a_control_nothing_is_asked_for(show):
    kernel = Kernel(show, stepping(4, 3))
    assert move(kernel, "Next: Step") == []


def test_nobody_asks_who_moves_on_at_once_and_nobody_asks_a_kernel_that_is_slow(kernel):
    button(kernel.page, "Next: Step").press("Enter")
    kernel.answer()
    kernel.page.clock.run_for(100)
    button(kernel.page, "Next: Step").press("Enter")
    kernel.page.clock.run_for(A_LONG_TIME)
    assert kernel.answer() == []
    kernel.page.clock.run_for(A_LONG_TIME)
    assert kernel.answer() == []


def test_a_part_of_a_picture_that_sets_two_controls_has_no_direction(show):
    def draw(row, column):
        says = f"row {row}, column {column}"
        return Picture(f"""<button data-set='{{"row": 1, "column": 1}}'>{says}</button>""", says, pd.DataFrame())

    kernel = Kernel(show, View(draw, [Control("row", "Row", 0, 3, 0), Control("column", "Column", 0, 3, 0)]))
    kernel.page.locator("[data-set]").click()
    kernel.answer()
    kernel.page.clock.run_for(QUIET)
    assert kernel.answer() == [] and "row 1, column 1" in kernel.shown()
