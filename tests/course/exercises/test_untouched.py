"""The cells of a lesson are known as untouched, compiled as a kernel compiles them: one statement at a time."""

import ast
import json
import re
from pathlib import Path

import pytest

from cqrs_lab import show
from cqrs_lab.course.exercises import EXERCISES
from cqrs_lab.course.exercises.untouched import is_untouched

LESSONS = sorted((Path(__file__).parents[3] / "notebooks").glob("*.ipynb"))

# Cells that no other one needs: a check, and an answer in a view or a table, which goes on from cells of the lesson.
VIEWS = [name for name in show.__all__ if name.islower()]
OF_THE_LESSON = re.compile(rf"^(?:task\()*(?:check|mine = lab\.Projector|{'|'.join(VIEWS)})\(", re.M)


def exercises(path):
    """Return for each exercise of a lesson: key, the cells that it needs, its own the last, and what is handed over."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    begin = next((at for at, cell in enumerate(cells) if "".join(cell["source"]).startswith("## Exercises")), 0)
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    own = ["".join(cell["source"]) for cell in cells[begin:] if cell["cell_type"] == "code"]
    for at, source in enumerate(own):
        if asked := re.match(r'check\("(\d\db?\.\d)", (.+)\)$', source):
            yield asked[1], [code[0], *(one for one in own[:at] if not OF_THE_LESSON.search(one))], asked[2]


CELLS = {key: (sources, given) for path in LESSONS for key, sources, given in exercises(path)}


def run(source, names):
    for statement in ast.parse(source).body:
        exec(compile(ast.Module([statement], []), "<ipython-input>", "exec"), names)


def test_every_exercise_is_looked_at():
    assert set(CELLS) == set(EXERCISES)


# Those of lesson 0 go on from cells of the lesson.
DECLARED = [key for key in sorted(CELLS) if EXERCISES[key].untouched is not None and not key.startswith("00")]


@pytest.mark.parametrize("key", DECLARED)
def test_the_cell_as_it_was_is_untouched(key):
    sources, given = CELLS[key]
    names = {"__name__": "__main__"}
    for source in sources:
        run(source, names)
    assert is_untouched(eval(given, names), EXERCISES[key].untouched)


def test_another_number_of_arguments_is_no_cell_as_it_was():
    assert not is_untouched(lambda transfers: len(transfers), EXERCISES["07.1"].untouched)
