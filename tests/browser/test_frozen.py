"""A frozen view in a page answers every move as its kernel would, or with the nearest setting that was drawn."""

import random

import pandas as pd
import pytest

from cqrs_lab.show import Picture, View
from cqrs_lab.show.frozen import frozen, page_script, page_states
from cqrs_lab.show.tasks import Task
from cqrs_lab.show.view import Control

pytestmark = pytest.mark.browser

PAGE = '<div class="view"><div id="one"></div><p class="nearest" role="status"></p></div>'
SET = """([at, value]) => {
  const control = document.querySelectorAll(".controls > .control > :is([type=range], select)")[at];
  control.value = value;
  control.dispatchEvent(new Event(control.matches("select") ? "change" : "input"));
}"""


def drawn(**values):
    said = ", ".join(f"{name} {value}" for name, value in values.items())
    return Picture(f"<p>{said}</p>", said, pd.DataFrame([values]))


@pytest.fixture
def show(blank):
    """A function that shows a frozen view on an empty page."""

    def show(view):
        blank.goto("about:blank")
        blank.set_content(PAGE)
        blank.add_script_tag(content=page_script())
        blank.add_script_tag(content=page_states("one", frozen(view).view))
        return blank

    return show


def seen(page):
    return page.locator(".stage > div").first.inner_text()


def run_and_step():
    kind, run = Control.among("kind", "Kind", ["red", "green", "blue"]), Control("run", "Run", 0, 3, 1)
    step = Control("step", "Step", 0, lambda values: 2 + values["run"] * (1 + values["kind"]), 3, plays=True)
    return View(drawn, [kind, run, step])


@pytest.mark.parametrize("seed", range(3))
def test_where_all_is_drawn_it_goes_where_the_kernel_goes(show, seed):
    view, dice = run_and_step(), random.Random(seed)
    page = show(view)
    for _ in range(60):
        at = dice.randrange(3)
        control = view.controls[at]
        value = dice.randint(control["least"], control["most"])
        page.evaluate(SET, [at, value])
        view.set_state({"values": {**view.values, control["name"]: value}})
        assert seen(page) == view.says
        ends = page.locator("[type=range]").evaluate_all("all => all.map((one) => Number(one.max))")
        assert ends == [one["most"] for one in view.controls if not one["choices"]]


def test_a_slider_goes_on_to_the_next_setting_that_is_drawn(show):
    view = View(drawn, [Control("rate", "Rate", 0, 1000, 500), Control("wait", "Wait", 0, 1000, 500)])
    page = show(view)
    slider = page.locator("[type=range]").first
    places = [slider.input_value()]
    for key in ["ArrowRight"] * 4 + ["ArrowLeft"] * 8:
        slider.press(key)
        places.append(slider.input_value())
    numbers = list(map(int, places))
    assert numbers[:5] == sorted(set(numbers[:5])) and numbers[4:] == sorted(set(numbers[4:]), reverse=True)
    assert numbers[8] == numbers[0]
    assert seen(page) == f"rate {numbers[-1]}, wait 500"


def test_what_moved_along_is_said(show):
    view = View(drawn, [Control(name, name.title(), 0, 100, 40) for name in ("one", "two", "six", "ten", "odd", "few")])
    page = show(view)
    first, second, *_ = page.locator("[type=range]").all()
    note = page.locator(".nearest")
    for _ in range(3):
        first.press("ArrowRight")
    assert note.inner_text() == ""
    place = first.input_value()
    second.press("End")
    assert (first.input_value() == place) == (note.inner_text() == "")
    assert second.input_value() == "100"
    assert "One" in note.inner_text()


def test_a_choice_from_a_list_is_what_was_chosen(show):
    kind = Control.among("kind", "Kind", [str(number) for number in range(9)])
    page = show(View(drawn, [kind, Control("rate", "Rate", 0, 1000, 500), Control("wait", "Wait", 0, 99, 0)]))
    page.locator("[type=range]").first.press("ArrowRight")
    for chosen in (7, 2, 8, 0, 1):
        page.evaluate(SET, [0, chosen])
        assert seen(page).startswith(f"kind {chosen},")


def test_a_task_ticks_and_is_shown_as_by_the_kernel(show):
    view = run_and_step()
    view.add_task(Task("a", "Go to 2", lambda frame, step, **others: step == 2, {"step": 2}))
    view.add_task(Task("b", "Go to 0", lambda frame, step, **others: step == 0, {"step": 0}))
    page = show(view)
    page.evaluate(SET, [2, 2])
    assert page.locator(".told").all_inner_texts() == ["Task done: Go to 2", "Task: Go to 0"]
    page.get_by_role("button", name="Show me how: Go to 0").press("Enter")
    assert page.locator(".told").all_inner_texts() == ["Task done: Go to 2", "Task shown: Go to 0"]
    assert seen(page) == "kind 0, run 1, step 0"


def test_a_veil_is_lifted(show):
    view = run_and_step()
    view.veil = "Decide."
    page = show(view)
    assert not page.locator(".stage").is_visible()
    page.get_by_role("button", name="Show me").press("Enter")
    assert page.locator(".stage").is_visible()


def test_it_plays_to_its_end_and_pauses(show):
    page = show(run_and_step())
    page.evaluate(SET, [2, 0])
    page.get_by_role("button", name="Play").press("Enter")
    page.clock.run_for(2_000)
    page.get_by_role("button", name="Pause").press("Enter")
    assert "step 2" in seen(page) or "step 1" in seen(page)
    page.get_by_role("button", name="Play").press("Enter")
    page.clock.run_for(20_000)
    assert seen(page) == "kind 0, run 1, step 3"


def test_it_never_waits_for_a_kernel(show):
    page = show(run_and_step())
    page.evaluate(SET, [1, 3])
    page.clock.run_for(10_000)
    assert page.locator(".silence").inner_text() == ""
