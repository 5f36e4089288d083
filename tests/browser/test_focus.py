"""Whoever presses a key stays in the widget: no press leaves the focus nowhere, and the keys that run a cell do."""

import nbformat
import pandas as pd
import pytest

import cqrs_lab
from cqrs_lab.course.ask import Ask, Question
from cqrs_lab.shop import fulfilment, one_order, read, week, write
from cqrs_lab.show import Picture, View, cut_and_merge, decision_table, process_lanes
from cqrs_lab.show.view import Control

pytestmark = pytest.mark.browser

IS_IN = "selector => document.querySelector(selector).matches(':focus-within')"


STEP = Control("step", "Step", 0, 2, 1)


def a_view(controls=(STEP,)):
    def draw(**values):
        return Picture(f"<p>{values}</p>", f"{values}", pd.DataFrame())

    return View(draw, controls)


@pytest.mark.parametrize(("name", "end"), [("Back: Step", 0), ("Next: Step", 2)])
@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_a_button_that_is_at_its_end_keeps_the_focus_and_says_so(show, name, end, key):
    page = show(a_view())
    button = page.get_by_role("button", name=name)
    button.focus()
    for _ in range(3):
        page.keyboard.press(key)
    assert page.evaluate("state.values.step") == end
    assert button.get_attribute("aria-disabled") == "true"
    assert page.evaluate("document.activeElement.ariaLabel") == name
    other = page.get_by_role("button", name="Back" if end else "Next")
    assert other.get_attribute("aria-disabled") == "false"


@pytest.mark.parametrize("controls", [(), (STEP,)], ids=["nothing to move", "a slider"])
def test_show_me_leads_to_what_it_shows(show, controls):
    view = a_view(controls)
    view.veil = "Your guess first."
    page = show(view)
    page.get_by_role("button", name="Show me").focus()
    page.keyboard.press("Enter")
    assert page.evaluate(IS_IN, "body > div:not([hidden], .only-read-out)")
    if controls:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.ariaLabel") == "Back: Step"
    page.clock.run_for(1000)
    assert page.locator(".only-read-out").text_content() == view.says


def test_a_veil_that_the_kernel_lifts_takes_the_focus_from_nobody(show):
    view = a_view()
    view.veil = "Your guess first."
    page = show(view)
    page.evaluate("answer({ veil: '' })")
    assert page.evaluate("document.activeElement === document.body")


QUESTIONS = [Question("02.1", "How many?", ("one", "two")), Question("02.2", "How much?", None, 0, 9)]


def test_an_answer_that_is_kept_leads_to_what_was_said_to_it(show):
    page = show(Ask(QUESTIONS, lambda question, answer: ""))
    page.get_by_label("two").check()
    page.get_by_role("button").first.focus()
    page.keyboard.press("Enter")
    page.evaluate("answer({ told: { '02.1': 'Kept: two.' } })")
    assert page.evaluate("document.activeElement.textContent") == "Kept: two."
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "number"


def test_another_question_keeps_the_focus_that_it_has(show):
    page = show(Ask(QUESTIONS, lambda question, answer: ""))
    page.get_by_role("spinbutton").focus()
    page.evaluate("answer({ told: { '02.1': 'Kept: two.' } })")
    assert page.evaluate("document.activeElement.type") == "number"


CELLS = [
    'from cqrs_lab.course import predict\npredict("03.1", "How many?", choices=["one", "two", "three"])',
    """
import pandas as pd
from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import Control
View(lambda step: Picture(f"<p>step {step}</p>", f"step {step}", pd.DataFrame()), [Control("step", "Step", 0, 9, 3)])
""",
    "print('the next cell has run')",
]


@pytest.fixture
def lesson(tmp_path, lab, open_lesson):
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    path = tmp_path / "keys.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    lab.serve(tmp_path)
    with open_lesson(path) as lesson:
        lesson.run()
        yield lesson


def active_cell(page):
    return page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex")


def test_in_jupyterlab_shift_enter_goes_on_from_a_kept_answer_and_from_a_view(lesson):
    page = lesson.page
    page.get_by_label("two").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Keep this answer").focus()
    page.keyboard.press("Space")
    page.get_by_text("Kept: two.").wait_for()
    assert active_cell(page) == 0
    page.keyboard.press("Shift+Enter")
    page.wait_for_function("jupyterapp.shell.currentWidget.content.activeCellIndex === 1")
    page.get_by_role("button", name="Next: Step").focus()
    page.keyboard.press("ArrowDown")
    assert active_cell(page) == 1
    page.keyboard.press("Shift+Enter")
    page.wait_for_function("jupyterapp.shell.currentWidget.content.activeCellIndex === 2")


def a_table_of_parts():
    """A table of two rows and two columns whose cells set both controls."""

    def draw(row, column):
        chosen = row, column
        cells = [
            f'<td data-set=\'{{"row":{r},"column":{c}}}\' tabindex="{0 if (r, c) == chosen else -1}">cell {r}{c}</td>'
            for r in (0, 1)
            for c in (0, 1)
        ]
        rows = "".join(f"<tr>{''.join(cells[at : at + 2])}</tr>" for at in (0, 2))
        return Picture(f'<table role="grid">{rows}</table>', f"row {row}, column {column}", pd.DataFrame())

    return View(draw, [Control("row", "Row", 0, 1, 0), Control("column", "Column", 0, 1, 0)])


FOCUSED = "document.activeElement.textContent"


@pytest.mark.parametrize("press", ["Enter", "Space", "a click"])
def test_a_part_of_a_picture_sets_what_it_says_in_one_move_and_the_new_picture_keeps_the_focus_there(show, press):
    view = a_table_of_parts()
    page = show(view)
    part = page.get_by_role("gridcell", name="cell 10")
    part.focus()
    part.click() if press == "a click" else page.keyboard.press(press)
    assert page.evaluate("[state.values, state.asked]") == [{"row": 1, "column": 0}, 1]
    now = view.at(row=1, column=0)
    page.evaluate("changes => answer(changes)", {"html": now.html, "says": now.says, "answered": 1})
    assert page.evaluate(FOCUSED) == "cell 10"
    page.clock.run_for(1000)
    assert now.says in page.locator(".only-read-out").text_content()


def test_the_arrow_keys_go_from_part_to_part_and_stop_at_the_edge_and_tab_leaves_them(show):
    page = show(a_table_of_parts())
    page.get_by_role("gridcell", name="cell 00").focus()
    for key, name in zip(
        ("ArrowUp", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft"), (0, 1, 11, 11, 10), strict=True
    ):
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED) == f"cell {name:02d}"
    page.keyboard.press("Tab")
    assert "cell" not in page.evaluate(FOCUSED)


def test_the_arrow_keys_stay_in_their_column_where_rows_have_cells_that_set_nothing(show):
    page = show(process_lanes(fulfilment.process, one_order))
    page.locator("table.crashes tr").nth(3).locator("td[data-set]").nth(8).focus()
    focused = "JSON.parse(document.activeElement.dataset.set)"
    came = [page.evaluate(focused)]
    for key in ("ArrowUp", "ArrowLeft", "ArrowUp", "ArrowLeft", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
        came.append(page.evaluate(focused))
    assert [(one["failure"], one["crash"]) for one in came] == [
        *((2, 8), (1, 7), (1, 6), (0, 6), (0, 5), (0, 5), (1, 5))
    ]


def test_a_cell_of_the_decision_table_is_picked_by_key_and_by_a_click_on_its_words(show):
    switch = cqrs_lab.Decider(False, lambda command, is_on: [command], lambda is_on, event: event == "on")
    view = decision_table(switch, {"dark": [], "lit": ["on"]}, {"on": "on", "off": "off"})
    page = show(view)
    page.locator("td[data-set]").nth(1).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert page.evaluate("state.values") == {"state": 1, "command": 0}
    page.locator("td[data-set] span.event").nth(3).click()
    assert page.evaluate("state.values") == {"state": 1, "command": 1}


def test_another_picture_takes_the_focus_from_nobody_outside_it(show):
    page = show(a_table_of_parts())
    page.get_by_role("button", name="Next: Row").focus()
    page.evaluate("answer({ html: '<p data-set=\"{}\" tabindex=0>other</p>' })")
    assert page.evaluate("document.activeElement.ariaLabel") == "Next: Row"


def three_facts():
    store = cqrs_lab.MemoryEventStore()
    bus = cqrs_lab.CommandBus(store)
    write.register(bus)
    for command in week.commands()[1:4]:
        bus.send(command)
    return store


def test_a_cut_is_made_and_taken_back_by_the_keyboard_at_one_place(show):
    view = cut_and_merge(read.InventoryLevels(), three_facts())
    page = show(view)
    page.get_by_role("option", name="Cut after event 2").focus()
    here = "[document.activeElement.ariaLabel, document.activeElement.ariaSelected]"
    for selected, cuts in (("false", (1, 2)), ("true", (1, 0))):
        assert page.evaluate(here) == ["Cut after event 2", selected]
        page.keyboard.press("Enter")
        assert page.evaluate("[state.values.first, state.values.second]") == list(cuts)
        now = view.at(**page.evaluate("state.values"))
        page.evaluate("changes => answer(changes)", {"html": now.html, "says": now.says})
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(here) == ["Cut after event 1", "true"]
