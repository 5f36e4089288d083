"""What the hand may set is drawn, and the next step while the reader looks: painted before the kernel answers."""

import pandas as pd
import pytest

from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import Control

from .test_motion import SEEN
from .test_play import QUIET, Kernel, button, stepping

pytestmark = pytest.mark.browser

A_MOMENT, A_REST, A_LONG_TIME = 20, 60, 60_000  # milliseconds


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
    kernel.page.clock.run_for(A_MOMENT)
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


def point_at(kernel, element, share=0.5):
    box = element.bounding_box()
    kernel.page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
    kernel.page.evaluate(SEEN)  # the browser tells the page with its next frame


def rest(kernel, element, share=0.5):
    """Let the mouse rest on an element, at a share of its width, and return the moves that the page asks for."""
    point_at(kernel, element, share)
    kernel.page.clock.run_for(A_REST)
    return [message["beside"] for message in kernel.answer()]


def press(kernel):
    kernel.page.mouse.down()
    kernel.page.mouse.up()


@pytest.mark.parametrize("most", [9, 400])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.37, 0.5, 0.83, 0.99])
def test_the_place_under_the_mouse_is_the_one_that_the_slider_goes_to(show, most, share):
    kernel = Kernel(show, stepping(most, most // 4))
    before = kernel.view.html
    slider = kernel.page.get_by_role("slider").first
    [moved] = rest(kernel, slider, share)
    press(kernel)
    assert slider.input_value() == str(moved["step"])
    assert f"step {moved['step']}<" in kernel.shown() and kernel.view.html == before
    kernel.answer()
    assert kernel.is_on_a_par()


def test_a_mouse_that_rests_on_a_button_has_its_step_drawn_and_then_the_next(kernel):
    assert rest(kernel, button(kernel.page, "Next: Step")) == [{"step": 3, "page": 0}]
    press(kernel)
    assert "step 3" in kernel.shown() and "step 2" in kernel.view.html
    kernel.answer()
    kernel.page.clock.run_for(A_REST)
    assert [message["beside"]["step"] for message in kernel.answer()] == [4]
    assert rest(kernel, button(kernel.page, "Back: Page")) == [], "there is nothing before the first page"


def test_a_slider_that_the_keyboard_comes_to_has_both_its_neighbours_drawn(kernel):
    kernel.page.get_by_role("slider").first.focus()
    kernel.page.clock.run_for(A_REST)
    asked = [message["beside"]["step"] for _ in range(3) for message in kernel.answer()]
    assert asked == [3, 1]
    kernel.page.keyboard.press("ArrowLeft")
    assert "step 1" in kernel.shown() and "step 2" in kernel.view.html


def test_a_mouse_that_only_passes_by_or_drags_asks_for_nothing(kernel):
    slider = kernel.page.get_by_role("slider").first
    point_at(kernel, slider, 0.9)
    kernel.page.clock.run_for(A_MOMENT)
    kernel.page.mouse.move(1, 1)
    kernel.page.evaluate(SEEN)
    kernel.page.clock.run_for(A_LONG_TIME)
    assert kernel.answer() == []
    point_at(kernel, slider, 0.9)
    kernel.page.mouse.down()
    point_at(kernel, slider, 0.5)
    kernel.page.clock.run_for(A_REST)
    kernel.page.mouse.up()
    assert kernel.answer() == []


def test_the_choices_of_a_list_are_drawn_one_after_the_other(show):
    def draw(way):
        return Picture(f"<p>way {way}</p>", f"way {way}", pd.DataFrame())

    kernel = Kernel(show, View(draw, [Control.among("way", "Way", ["bus", "train", "boat"])]))
    assert rest(kernel, kernel.page.get_by_label("Way", exact=True)) == [{"way": 1}]
    assert [message["beside"] for message in kernel.answer()] == [{"way": 2}]
    assert kernel.answer() == []
    kernel.page.get_by_label("Way", exact=True).select_option("boat")
    assert "way 2" in kernel.shown() and "way 0" in kernel.view.html


def test_a_part_under_the_mouse_is_drawn_and_nothing_of_a_part_that_is_gone(show):
    def draw(row):
        says = f"row {row}"
        parts = "".join(f"""<button data-set='{{"row": {there}}}'>{there}</button>""" for there in range(4 - row))
        return Picture(f"<p>{says}</p>{parts}", says, pd.DataFrame())

    kernel = Kernel(show, View(draw, [Control("row", "Row", 0, 3, 0)]))
    assert rest(kernel, kernel.page.locator("[data-set]").last) == [{"row": 3}]
    press(kernel)
    assert "row 3" in kernel.shown() and "row 0" in kernel.view.html
    kernel.answer()
    kernel.page.clock.run_for(A_REST)
    assert kernel.answer() == []


def test_a_move_that_comes_while_its_picture_is_drawn_is_painted_when_that_is_there(kernel):
    point_at(kernel, button(kernel.page, "Next: Step"))
    kernel.page.clock.run_for(A_REST)
    press(kernel)
    assert "step 2" in kernel.shown()
    [asked] = kernel.page.evaluate("sent.splice(0)")
    told = []
    kernel.view.send = told.append
    kernel.view._handle_custom_msg(asked, [])
    kernel.page.evaluate("told => told.forEach(hear)", told)
    assert "step 3" in kernel.shown() and "step 2" in kernel.view.html


def test_a_picture_that_was_asked_for_from_another_place_is_not_kept(show):
    def draw(cuts, step):
        says = f"{cuts} cuts, step {step}"
        return Picture(f"<p>{says}</p>", says, pd.DataFrame())

    controls = [Control("cuts", "Cuts", 0, 5, 4), Control("step", "Step", 0, lambda values: values["cuts"], 2)]
    kernel = Kernel(show, View(draw, controls))
    point_at(kernel, button(kernel.page, "Next: Cuts"))
    kernel.page.clock.run_for(A_REST)
    [late] = kernel.page.evaluate("sent.splice(0)")
    kernel.page.get_by_role("slider").first.fill("2")
    kernel.answer()
    told = []
    kernel.view.send = told.append
    kernel.view._handle_custom_msg(late, [])
    kernel.page.evaluate("told => told.forEach(hear)", told)
    kernel.page.get_by_role("slider").first.fill("5")
    assert "5 cuts" not in kernel.shown(), "it was drawn where step 2 was not its end, and would stay"
    kernel.answer()
    assert "5 cuts, step 5" in kernel.shown()


def test_a_mouse_on_the_thumb_of_a_slider_asks_for_nothing_since_a_press_there_moves_nothing(show):
    kernel = Kernel(show, stepping(400, 100))
    slider = kernel.page.get_by_role("slider").first
    width = slider.bounding_box()["width"]
    assert rest(kernel, slider, (8 + 0.25 * (width - 16) + 5) / width) == []
    press(kernel)
    assert slider.input_value() == "100"


def test_a_kernel_that_draws_slowly_for_the_hand_is_left_in_peace_until_its_next_answer(kernel):
    slider = kernel.page.get_by_role("slider").first
    point_at(kernel, slider, 0.9)
    kernel.page.clock.run_for(A_LONG_TIME)
    assert len(kernel.answer()) == 1
    assert rest(kernel, slider, 0.5) == []
    slider.fill("8")
    kernel.answer()
    assert rest(kernel, slider, 0.6) == [{"step": 6, "page": 0}]
