"""A task of a view ticks when the reader makes it happen, never by itself, and stays ticked."""

from itertools import permutations, product

import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.show import Picture, View
from cqrs_lab.show.tasks import Task
from cqrs_lab.show.view import Control

SOLUTION = {"width": 3}


def area_is_six(frame, width, height):
    return frame.at[0, "area"] == 6


@pytest.fixture
def view():
    def draw(width, height):
        area = pd.DataFrame({"area": [width * height]})
        return Picture(f"<p>{width} by {height}</p>", f"{width} times {height}", area)

    return View(draw, [Control("width", "Width", 1, 4, 1), Control("height", "Height", 1, 3, 2)])


def a_task(key="a", when=area_is_six, solution=SOLUTION, **more):
    return Task(key, f"Make it {key}", when, solution, **more)


def states(view):
    return {one["key"]: one["state"] for one in view.tasks}


@pytest.mark.parametrize("by", ["a call", "the page"])
@pytest.mark.parametrize("size", list(product(range(1, 5), range(1, 4))))
def test_it_ticks_exactly_where_it_happens(view, size, by):
    view.add_task(a_task())
    values = dict(zip(("width", "height"), size, strict=True))
    view.move(**values) if by == "a call" else view.set_state({"values": values, "asked": 1})
    assert states(view) == {"a": "done" if size in [(2, 3), (3, 2)] else "open"}


def test_it_stays_ticked_and_of_several_each_ticks_by_itself(view):
    view.add_task(a_task())
    view.add_task(a_task("b", lambda frame, width, height: width == 4, {"width": 4}))
    for width, a, b in ((2, "open", "open"), (3, "done", "open"), (1, "done", "open"), (4, "done", "done")):
        view.move(width=width)
        assert states(view) == {"a": a, "b": b}
    assert [one["name"] for one in view.tasks] == ["Task done", "Task done"]


def test_what_became_of_it_is_kept_once_and_what_is_said_of_that_is_shown(view):
    kept = []
    view.add_task(a_task(keep=lambda state: kept.append(state) or "Kept for today."))
    for width in (3, 1, 3):
        view.move(width=width)
    view.show_how("a")
    assert kept == ["done"] and view.tasks[0]["remark"] == "Kept for today."


def test_where_its_solution_was_shown_it_is_not_the_readers_doing_and_never_becomes_it(view):
    kept = []
    view.add_task(a_task(keep=lambda state: kept.append(state) or ""))
    view.move(width=2)
    view.show_how("a")
    assert view.values == {"width": 3, "height": 2} and view.says == "3 times 2"
    view.move(width=1)
    view.move(width=3)
    assert states(view) == {"a": "shown"} and kept == ["shown"]


def test_a_solution_solves_it_wherever_the_other_controls_were_left(view):
    view.add_task(a_task())
    view.move(width=1, height=1)
    view.show_how("a")
    assert area_is_six(view.frame(), **view.values)


def test_the_page_asks_for_a_solution_and_may_ask_again(view):
    view.add_task(a_task())
    for asked in (1, 2):
        view.move(width=1)
        view.set_state({"asks_how": "a", "asked": asked})
        assert (view.says, view.answered, states(view)) == ("3 times 2", asked, {"a": "shown"})


@pytest.mark.parametrize("names", list(permutations(("plays", "values", "asked"))))
def test_what_a_play_goes_past_ticks_nothing_and_where_it_stops_does(view, names):
    def ask(**state):
        view.set_state({name: state[name] for name in names})

    view.add_task(a_task())
    for width in (2, 3, 4):
        ask(values={"width": width, "height": 2}, asked=width, plays=True)
        assert states(view) == {"a": "open"}
    ask(values={"width": 4, "height": 2}, asked=5, plays=False)
    assert states(view) == {"a": "open"}
    ask(values={"width": 3, "height": 2}, asked=6, plays=True)
    ask(values={"width": 3, "height": 2}, asked=7, plays=False)
    assert states(view) == {"a": "done"}


@pytest.mark.parametrize("names", [("plays", "values"), ("values", "plays")])
def test_a_hand_that_takes_a_play_elsewhere_is_judged_by_where_it_went(view, names):
    view.add_task(a_task())
    view.set_state({"values": {"width": 3, "height": 2}, "plays": True})
    state = {"values": {"width": 4, "height": 2}, "plays": False}
    view.set_state({name: state[name] for name in names})
    assert states(view) == {"a": "open"}


def test_an_error_of_when_is_told_and_the_view_goes_on(view):
    view.add_task(a_task(when=lambda frame, width, height: 6 / (width - 2) == 6))
    view.move(width=2)
    assert view.says == "2 times 2" and states(view) == {"a": "open"}
    assert view.tasks[0]["remark"] == "This cannot be judged here: ZeroDivisionError: division by zero."
    view.move(width=4)
    assert view.tasks[0]["remark"] == ""
    view.move(width=3)
    assert states(view) == {"a": "done"}


def test_when_cannot_change_what_the_view_shows(view):
    def spoils(frame, width, height):
        frame.loc[:, "area"] = 0
        return width == 3

    view.add_task(a_task(when=spoils))
    view.move(width=2)
    assert view.frame().at[0, "area"] == 4


WRONG = {
    "it happens already": (
        {"when": lambda frame, **values: True},
        "task 'a' would tick by itself: when is already true, of width=1, height=2; let the view begin elsewhere",
    ),
    "its solution does not solve it": (
        {"solution": {"width": 4}},
        "when of task 'a' is not true of its solution, width=4, height=2; give a setting of which it is",
    ),
    "it never happens": ({"when": lambda frame, **values: None}, "is not true of its solution"),
    "it raises": ({"when": lambda frame, **values: {}["x"]}, "when of task 'a' raised KeyError: 'x', for width=1"),
    "it does not take the controls": (
        {"when": lambda frame, step: True},
        "a function of the picture's numbers and of each control; write when=lambda frame, width, height: …",
    ),
    "it is no function": ({"when": True}, "when=True is not a function of"),
    "there is no solution": ({"solution": None}, "solution=None is not a setting of the controls; give one such as"),
    "the solution names another control": ({"solution": {"step": 3}}, "no control 'step'; give one of width, height"),
    "the solution is out of bounds": ({"solution": {"width": 9}}, "width=9: give a whole number from 1 to 4"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_task_that_no_reader_can_do_is_refused(view, name):
    changes, message = WRONG[name]
    with pytest.raises(InvalidArgument) as refused:
        view.add_task(a_task(**changes))
    assert message in str(refused.value) and view.tasks == [] and view.values == {"width": 1, "height": 2}


@pytest.mark.parametrize("words", ["", None, 3])
def test_a_task_without_words_is_refused(view, words):
    with pytest.raises(InvalidArgument, match="is not what to make happen; give a text"):
        view.add_task(Task("a", words, area_is_six, SOLUTION))


def test_a_solution_that_is_not_there_is_refused_with_those_that_are(view):
    view.add_task(a_task())
    with pytest.raises(InvalidArgument, match="no task 'b' here; give one of a"):
        view.show_how("b")
    assert states(view) == {"a": "open"}


def test_a_task_of_the_same_key_replaces_it(view):
    view.add_task(a_task())
    view.add_task(Task("a", "Another", area_is_six, SOLUTION))
    assert [one["words"] for one in view.tasks] == ["Another"]


def test_where_no_widget_can_be_shown_it_is_a_line_of_text(view):
    view.add_task(Task("a", "Make it 3 < 4", area_is_six, SOLUTION))
    data, _ = view._repr_mimebundle_()
    assert '<p class="says">Task: Make it 3 &lt; 4</p><p>1 by 2</p>' in data["text/html"]
    assert data["text/plain"] == repr(view) == "Task: Make it 3 < 4\n1 times 2"
    view.move(width=3)
    assert repr(view) == "Task done: Make it 3 < 4\n3 times 2"
