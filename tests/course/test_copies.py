"""A learner's copy has neither outputs nor answers, and all the rest of its solution."""

import copy
import json

import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.course.copies import STATE, VIEW, build, learners_copy, without_unseen_widgets


def code(source, tags=(), **more):
    metadata = {"tags": list(tags)} if tags else {}
    empty = {"outputs": [], "execution_count": None}
    return {"cell_type": "code", "id": source[:3], "metadata": metadata, "source": [source], **empty, **more}


def notebook(*cells):
    return {"cells": list(cells), "metadata": {"kernelspec": {"name": "python3"}}, "nbformat": 4, "nbformat_minor": 5}


ANSWERED = code("guess = None\n\n# An answer:\nguess = 7", tags=["exercise"], execution_count=3, outputs=[{"x": 1}])


def test_what_stands_above_the_answer_stays():
    [cell] = learners_copy(notebook(ANSWERED))["cells"]
    assert cell == code("gue") | {"source": ["guess = None"], "metadata": {"tags": ["exercise"]}}


def test_an_exercise_may_begin_empty():
    [cell] = learners_copy(notebook(code("# An answer:\nx = 1", tags=["exercise"])))["cells"]
    assert cell["source"] == []


def test_outputs_and_the_state_of_widgets_stay_behind_and_the_rest_is_kept():
    prose = {"cell_type": "markdown", "id": "p", "metadata": {"minutes": 2}, "source": ["# Why?"]}
    solution = notebook(prose, code("1 + 1", execution_count=1, outputs=[{"text": "2"}]))
    solution["metadata"]["widgets"] = {"state": {}}
    assert learners_copy(solution) == notebook(prose, code("1 + 1"))
    assert solution["metadata"]["widgets"] == {"state": {}}, "the solution itself is left alone"


def test_of_widgets_those_that_are_shown_keep_their_state_and_what_they_are_made_of():
    """A box shows a slider, which has a layout; a fourth one was made and never shown."""
    states = {name: {"state": {"value": name}} for name in ("box", "slider", "layout", "unseen")}
    states["box"]["state"]["children"] = ["IPY_MODEL_slider", "IPY_MODEL_gone"]
    states["slider"]["state"] |= {"layout": "IPY_MODEL_layout", "owner": "IPY_MODEL_box"}
    shown = {"output_type": "display_data", "data": {VIEW: {"model_id": "box"}}, "metadata": {}}
    notebook = {"metadata": {"widgets": {STATE: {"state": states}}}, "cells": [{"outputs": [shown]}, {"source": []}]}
    made = without_unseen_widgets(copy.deepcopy(notebook))
    assert made["metadata"]["widgets"][STATE]["state"] == {name: states[name] for name in ("box", "slider", "layout")}
    assert made["cells"] == notebook["cells"] and without_unseen_widgets({"metadata": {}, "cells": []})


def test_an_exercise_without_an_answer_is_refused_by_its_id():
    with pytest.raises(InvalidArgument, match="exercise cell gue has no line '# An answer:'"):
        learners_copy(notebook(code("guess = None", tags=["exercise"])))


def test_building_runs_the_solution_and_writes_the_copy_one_folder_up(tmp_path):
    path = tmp_path / "solutions" / "07_x.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps(notebook(code("6 * 7"), ANSWERED | {"outputs": [], "execution_count": None})))
    build([path], run=True)
    ran, made = (json.loads(one.read_text())["cells"] for one in (path, tmp_path / "07_x.ipynb"))
    assert ran[0]["outputs"][0]["data"]["text/plain"] == ["42"] and ran[1]["execution_count"] == 2
    assert [cell["outputs"] for cell in made] == [[], []] and made[1]["source"] == ["guess = None"]


A_BAR = "for n in range(3):\n    print(f'\\r{n}%|#', end='', flush=True)\nprint('\\r     \\rdone')\nprint('and more')"


def test_of_a_progress_bar_what_was_written_over_is_not_kept(tmp_path):
    path = tmp_path / "solutions" / "07_x.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps(notebook(code(A_BAR))))
    build([path], run=True)
    [output] = json.loads(path.read_text())["cells"][0]["outputs"]
    assert output["text"] == ["done\n", "and more\n"]


SHOWING_RAISES = "class Torn:\n    def _repr_mimebundle_(self, **kwargs): raise ValueError('no picture')\nTorn()"
OLD_ERROR = {"output_type": "error", "ename": "KeyError", "evalue": "'old'", "traceback": []}


@pytest.mark.parametrize(
    ("source", "raised"), [("1 / 0", "ZeroDivisionError: division by zero"), (SHOWING_RAISES, "ValueError: no picture")]
)
def test_the_cell_that_stops_the_run_and_its_error_are_named(tmp_path, source, raised):
    path = tmp_path / "solutions" / "07_x.ipynb"
    path.parent.mkdir()
    later = code("{}['old']", tags=["raises-exception"], outputs=[OLD_ERROR])
    path.write_text(before := json.dumps(notebook(code("6 * 7"), code(source), later)))
    with pytest.raises(InvalidArgument, match=rf"cell \[1\] raises {raised}; fix it"):
        build([path], run=True)
    assert path.read_text() == before


def test_making_copies_only_leaves_the_solution_as_it_is(tmp_path):
    path = tmp_path / "solutions" / "07_x.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps(notebook(code("6 * 7"))))
    before = path.read_text()
    build([path], run=False)
    assert path.read_text() == before and (tmp_path / "07_x.ipynb").exists()
