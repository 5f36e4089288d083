"""A task is kept: whoever did it, or was shown how, finds it so in the next session."""

import importlib
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.course import progress as show_progress
from cqrs_lab.course import task
from cqrs_lab.course.tasks import TASKS
from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import Control

progress = importlib.import_module("cqrs_lab.course.progress")
SOLUTIONS = Path(__file__).parents[2] / "notebooks" / "solutions"


def a_view():
    return View(lambda step: Picture("", f"step {step}", pd.DataFrame()), [Control("step", "Step", 0, 9, 0)])


def asked(view=None, key="99.a", at=3):
    return task(view or a_view(), key, f"Go to {at}", when=lambda frame, step: step == at, solution={"step": at})


def state(view):
    return [one["state"] for one in view.tasks]


def a_new_session(monkeypatch, path):
    monkeypatch.setenv(progress.PLACE, str(path))
    monkeypatch.setattr(progress, "_kept", {})


def did(view):
    view.move(step=3)


def was_shown(view):
    view.show_how("99.a")


@pytest.mark.parametrize(("does", "became"), [(did, "done"), (was_shown, "shown")])
@pytest.mark.parametrize("restarts", [False, True])
def test_it_stays_so_when_the_cell_is_run_again_and_after_a_restart(monkeypatch, tmp_path, does, became, restarts):
    a_new_session(monkeypatch, tmp_path / "progress.jsonl")
    does(asked())
    if restarts:
        a_new_session(monkeypatch, tmp_path / "progress.jsonl")
    again = asked()
    assert state(again) == [became]
    did(again)
    was_shown(again)
    assert state(asked()) == [became]
    assert len((tmp_path / "progress.jsonl").read_text().splitlines()) == 1


def test_two_views_with_one_task_keep_it_once(monkeypatch, tmp_path):
    a_new_session(monkeypatch, tmp_path / "progress.jsonl")
    one, other = asked(), asked()
    was_shown(one)
    did(other)
    assert len((tmp_path / "progress.jsonl").read_text().splitlines()) == 1


def test_moves_that_do_not_do_it_leave_it_open_and_keep_nothing(monkeypatch, tmp_path):
    a_new_session(monkeypatch, tmp_path / "progress.jsonl")
    view = asked()
    for step in (1, 9, 2):
        view.move(step=step)
    assert state(asked(view)) == ["open"] and not (tmp_path / "progress.jsonl").exists()


def test_progress_counts_what_was_done_and_what_was_shown():
    for letter in "abc":
        asked(key=f"99.{letter}").move(step=3)
    asked(key="99.d").show_how("99.d")
    assert show_progress().frame.loc["99", ["tasks done", "tasks shown"]].to_list() == [3, 1]


def test_of_two_kernels_notes_the_first_counts(monkeypatch):
    notes = progress.notes()
    notes.add("task", "99.a", done=False)
    notes.add("task", "99.a", done=True)
    assert state(asked()) == ["shown"]
    assert show_progress().frame.loc["99", ["tasks done", "tasks shown"]].to_list() == [0, 1]


def test_where_it_cannot_be_kept_that_is_said(monkeypatch, tmp_path):
    a_new_session(monkeypatch, tmp_path)
    view = asked()
    view.move(step=3)
    assert state(view) == ["done"] and "kept for this session only" in view.tasks[0]["remark"]


def test_the_line_of_an_error_is_told():
    def when(frame, step):
        return step == 3 if step in (0, 3) else 1 / 0

    view = task(a_view(), "99.a", "Go to 3", when=when, solution={"step": 3})
    view.move(step=1)
    line = when.__code__.co_firstlineno + 1
    where = f"ZeroDivisionError: division by zero, at line {line} of test_task.py, in when: "
    assert view.tasks[0]["remark"].startswith(f"This cannot be judged here: {where}return step == 3")
    with pytest.raises(InvalidArgument, match=f"when of task '99.a' raised {where}"):
        task(a_view(), "99.a", "Go to 4", when=when, solution={"step": 4})


WRONG = {
    "no view": (lambda: task("99.a", a_view()), "view='99.a' is not a view; give one, such as scene"),
    "the key of a guess": (lambda: task(a_view(), "99.1"), "'99.1' is not the key of a task; give the lesson"),
    "no key": (lambda: task(a_view(), None), "None is not the key of a task"),
    "none of the course's": (lambda: task(a_view(), "99.z"), "the course has no task '99.z'; give words of your own"),
    "words alone": (lambda: task(a_view(), "99.a", "Go"), "when=None is not a function of"),
    "no solution": (lambda: task(a_view(), "99.a", "Go", when=lambda frame, step: step == 3), "solution=None is not"),
    "another lesson's": (lambda: task(a_view(), "07.a"), "write when=lambda frame, step: …"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_makes_no_task_is_refused(name):
    call, message = WRONG[name]
    with pytest.raises(InvalidArgument, match=re.escape(message)):
        call()


def cells(path):
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]


LESSONS = {path.name.partition("_")[0]: cells(path) for path in SOLUTIONS.glob("[0-9]*.ipynb")}


def test_every_task_of_the_course_stands_in_its_lesson_and_its_solution_does_not():
    found = {key for sources in LESSONS.values() for one in sources for key in re.findall(r'"(\d\db?\.[a-z])"', one)}
    assert found == set(TASKS)
    for number, sources in LESSONS.items():
        here = set(re.findall(r'"(\d\db?\.[a-z])"', " ".join(sources)))
        assert {key.partition(".")[0] for key in here} <= {number} and "solution=" not in "".join(sources)


def test_the_tasks_of_the_scene_tick_at_the_steps_that_the_lesson_looks_up():
    names = {"__name__": "__main__"}
    for source in LESSONS["00"]:
        exec(source, names)
        if "shown = steps" in source:
            break
    ticks = {"00.a": [], "00.b": []}
    for key, steps in ticks.items():
        for step in names["steps"].index:
            view = task(names["scene"](names["run"]), key)
            view.move(step=step)
            steps += [step] * (state(view) == ["done"])
            progress._kept.clear()
    assert ticks["00.a"] == list(range(names["safe"], names["shown"]))
    assert ticks["00.b"] == list(names["apart"])
