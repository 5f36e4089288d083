"""What is drawn ahead is what the kernel draws."""

import json

import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.show import Picture, View
from cqrs_lab.show.frozen import frozen, page_script, page_states
from cqrs_lab.show.frozen.packing import packed
from cqrs_lab.show.tasks import Task
from cqrs_lab.show.view import Control


def draw(run, step):
    rows = "".join(f"<tr><td>{run}</td><td>{at}</td></tr>" for at in range(step))
    return Picture(f"<table>{rows}</table><p>It's {run} < {step}</p>", f"{run}, {step}", pd.DataFrame({"step": [step]}))


@pytest.fixture
def view():
    return View(draw, [Control("run", "Run", 0, 2, 1), Control("step", "Step", 0, lambda values: values["run"] + 3, 4)])


def markup(view, runs):
    pieces = view["pieces"]
    return "".join("".join(pieces[at : at + many]) for at, many in zip(runs[::2], runs[1::2], strict=True))


def test_each_state_is_the_picture_of_its_setting(view):
    kept = frozen(view)
    assert kept.whole and kept.drawn == len(kept.view["states"]) == 4 + 5 + 6
    for numbers, ends, runs, says, _ in kept.view["states"]:
        values = dict(zip(kept.view["names"], numbers, strict=True))
        picture = view.at(**values)
        assert (markup(kept.view, runs), says) == (picture.html, picture.says)
        assert dict(zip(kept.view["names"], ends, strict=True)) == {"run": 2, "step": values["run"] + 3}


def test_the_view_is_as_it_was_and_its_present_state_comes_first(view):
    kept = frozen(view)
    assert (view.values, view.says) == ({"run": 1, "step": 4}, "1, 4")
    assert kept.still == view.html == markup(kept.view, kept.view["states"][0][2])


def test_a_state_names_the_tasks_that_it_fulfils(view):
    view.add_task(Task("a", "Go to 2", lambda frame, run, step: frame.at[0, "step"] == 2, {"step": 2}))
    kept = frozen(view)
    assert {numbers[1] for numbers, *_, happens in kept.view["states"] if happens == ["a"]} == {2}
    assert kept.view["solutions"] == {"a": {"run": 1, "step": 2}}
    assert view.tasks[0]["state"] == "open"


def test_the_solution_of_a_task_is_drawn_where_not_all_is():
    view = View(draw, [Control("run", "", 0, 999, 0), Control("step", "", 0, 9, 0)])
    view.add_task(Task("a", "Go there", lambda frame, run, step: (run, step) == (517, 3), {"run": 517, "step": 3}))
    kept = frozen(view)
    assert not kept.whole and kept.drawn < 10_000
    assert [517, 3] in [numbers for numbers, *_ in kept.view["states"]]


@pytest.mark.parametrize(
    "texts", [[], [""], ["no markup"], ["<b>1</b>", "", "<b>1</b>"], ["a<b>1</b><b>1</b><i/>", "<i/>a<b>1</b>"]]
)
def test_what_was_cut_into_pieces_is_put_together_again(texts):
    pieces, runs = packed(texts)
    assert [markup({"pieces": pieces}, run) for run in runs] == texts
    assert len(set(pieces)) == len(pieces)


def test_states_that_differ_in_one_place_share_the_rest():
    long = "".join(f"<li>{at}</li>" for at in range(500))
    pieces, runs = packed(f"{long}<b>{at}</b>" for at in range(100))
    assert len(pieces) == 600 and max(map(len, runs)) == 4


def test_what_is_no_view_is_refused():
    with pytest.raises(InvalidArgument, match="view"):
        frozen(draw(1, 2))


def test_the_scripts_are_classic_and_the_states_plain_data(view):
    assert "export" not in page_script() and "import" not in page_script()
    script = page_states("view-1", frozen(view).view)
    name, data = json.loads(script.replace("showFrozenView(", "[").replace(");\n", "]"))
    assert (name, data["names"]) == ("view-1", ["run", "step"])
