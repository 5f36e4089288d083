"""A task is seen to tick, is said once, and shows its solution after a try, by keyboard and in a narrow page too."""

import pandas as pd
import pytest

from cqrs_lab.show import Picture, View
from cqrs_lab.show.tasks import Task
from cqrs_lab.show.view import MOST_AHEAD, Control

pytestmark = pytest.mark.browser

QUIET = 1000  # longer than a view waits for the movement to stop
WORDS = "Stop while the log knows Ben's order and his page does not show it, whatever the other tables have read."
FROM_THE_PAGE = ("values", "asked", "plays", "asks_how")
FROM_THE_KERNEL = ("values", "html", "says", "tasks", "asks_how", "answered")


class Shown:
    """A view with two tasks, whose page answers when the test lets it."""

    def __init__(self, show, most=5, **more):
        def draw(step, page):
            return Picture(f'<p data-key="p">step {step}</p>', f"step {step}", pd.DataFrame())

        controls = [Control("step", "Step", 0, most, 0, plays=True), Control("page", "Page", 0, 9, 0)]
        self.view = View(draw, controls)
        self.view.add_task(Task("a", WORDS, lambda frame, step, page: step == 3, {"step": 3}, **more))
        self.view.add_task(Task("b", "Go to page 2.", lambda frame, step, page: page == 2, {"page": 2}))
        self.page = show(self.view)
        self.page.add_style_tag(content=self.view._css)
        self.page.set_viewport_size({"width": 900, "height": 600})

    def answer(self):
        """Answer what the page has asked since, if it has."""
        state, messages = self.page.evaluate("[window.saved, sent.splice(0), window.saved = null]")[:2]
        told = []
        self.view.send = told.append
        if state is not None:
            self.view.set_state({name: state[name] for name in FROM_THE_PAGE})
        for message in messages:
            self.view._handle_custom_msg(message, [])
        self.page.evaluate("told => told.forEach(hear)", told)
        if state is not None or messages:
            self.tell()

    def tell(self):
        shown = {name: getattr(self.view, name) for name in FROM_THE_KERNEL}
        self.page.evaluate("shown => answer(shown)", shown)

    def press(self, key="ArrowRight", slider=0):
        self.page.get_by_role("slider").nth(slider).press(key)
        self.answer()

    def task(self, at=0):
        return self.page.get_by_role("listitem").nth(at)

    def how(self, at=0):
        return self.task(at).get_by_role("button", name="Show me how")

    def aloud(self):
        self.page.clock.run_for(QUIET)
        return self.page.locator(".only-read-out").first.evaluate("each => each.textContent")


@pytest.fixture
def shown(show):
    return lambda **more: Shown(show, **more)


def test_it_is_seen_to_tick_by_a_mark_and_a_word_and_is_said_once(shown):
    view = shown()
    assert view.task().inner_text().strip() == f"Task: {WORDS}" and view.task().get_attribute("class") == "task open"
    for _ in range(3):
        view.press()
    assert view.task().inner_text().split("\n")[0] == "✓" and f"Task done: {WORDS}" in view.task().inner_text()
    assert view.task(1).get_attribute("class") == "task open"
    assert view.aloud() == f"step 3 Task done: {WORDS}"
    view.press()
    assert view.aloud() == "step 4" and view.task().get_attribute("class") == "task done"


def test_what_was_done_earlier_is_ticked_and_not_said_again(shown):
    view = shown(state="done")
    assert view.task().get_attribute("class") == "task done"
    view.press()
    assert view.aloud() == "step 1"


def test_a_solution_is_offered_after_a_try_and_shown_by_keyboard(shown):
    view = shown()
    assert view.how().count() == 0 and view.how(1).count() == 0
    before = view.task().bounding_box()
    view.press()
    assert view.task().bounding_box() == before, "nothing jumps when the button comes"
    view.how().focus()
    assert view.how().evaluate("each => each.matches(':focus-visible')")
    view.page.keyboard.press("Enter")
    assert view.page.evaluate("document.activeElement.textContent") == "Show me how"
    view.answer()
    assert view.view.values == {"step": 3, "page": 0} and view.page.get_by_role("slider").first.input_value() == "3"
    assert view.task().get_attribute("class") == "task shown" and view.task().inner_text().startswith("→")
    assert view.aloud() == f"step 3 Task shown: {WORDS}"
    assert view.how().count() == 0 and view.how(1).is_visible()
    assert view.task().evaluate("each => each === document.activeElement"), "the focus is not lost with the button"


def test_a_button_keeps_the_focus_when_another_task_ticks(shown):
    view = shown()
    view.press()
    view.how(1).focus()
    view.view.move(step=3)
    view.tell()
    assert view.task().get_attribute("class") == "task done"
    assert view.how(1).evaluate("each => each === document.activeElement")


@pytest.mark.parametrize("most", [9, MOST_AHEAD + 9])
def test_a_play_ticks_where_it_is_paused_and_not_what_it_goes_past(shown, most):
    def play(steps):
        view.page.get_by_role("button", name="Play: Step").click()
        view.answer()
        for _ in range(steps):
            view.answer()
            view.page.clock.run_for(1500)
        view.answer()

    view = shown(most=most)
    play(4)
    assert view.task().get_attribute("class") == "task open"
    view.page.get_by_role("button", name="Pause: Step").click()
    view.answer()
    assert int(view.page.get_by_role("slider").first.input_value()) > 3
    assert view.task().get_attribute("class") == "task open"
    view.press("Home")
    play(2)
    view.page.get_by_role("button", name="Pause: Step").click()
    view.answer()
    assert view.page.get_by_role("slider").first.input_value() == "3"
    assert view.task().get_attribute("class") == "task done" and view.aloud().endswith(f"Task done: {WORDS}")


def test_what_plays_stops_for_a_solution(shown):
    view = shown()
    view.page.get_by_role("button", name="Play: Step").click()
    view.answer()
    view.how().click()
    view.answer()
    view.page.clock.run_for(9000)
    assert view.page.get_by_role("button", name="Play: Step").is_visible()
    assert view.page.get_by_role("slider").first.input_value() == "3" and view.view.values["step"] == 3


def test_an_error_stands_below_the_task_and_is_said(shown):
    view = shown()
    view.view._tasks["a"].when = lambda frame, step, page: 1 / 0
    view.press()
    told = "This cannot be judged here: ZeroDivisionError: division by zero."
    assert told in view.task().inner_text() and view.aloud() == f"step 1 {told}"
    view.press()
    assert view.aloud() == "step 2"


@pytest.mark.parametrize("width", [900, 450, 320])
def test_it_holds_in_a_narrow_page_and_at_twice_its_size(shown, width):
    view = shown()
    view.page.set_viewport_size({"width": width, "height": 600})
    view.press()
    assert view.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for at in (0, 1):
        box, words, button = (
            view.task(at).locator(each).evaluate("each => each.getBoundingClientRect().toJSON()")
            for each in (".tick", ".told", "button")
        )
        assert box["right"] <= words["left"] and words["right"] <= width and button["right"] <= width
        assert button["left"] >= words["right"] or button["top"] >= words["bottom"]
        assert button["height"] >= 24 and box["width"] == box["height"]
    assert view.task().locator(".told").bounding_box()["width"] > 0.7 * width, "the words have the line to themselves"


def test_a_view_without_tasks_has_no_list(show):
    page = show(View(lambda step: Picture("", "", pd.DataFrame()), [Control("step", "Step", 0, 9, 3)]))
    assert page.get_by_role("list").count() == 0
