"""Any cell of a lesson can be run twice, and a lesson resumes after its kernel was restarted."""

import copy
import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from cqrs_lab.course.progress import PLACE

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))


def run(notebook, notes):
    """Run a notebook in a new kernel, for a learner whose notes are kept in a file."""
    client = NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOKS)}})
    client.execute(env={**os.environ, PLACE: str(notes)})


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_cell_runs_twice_and_again_after_a_restart(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    twice = copy.deepcopy(notebook)
    twice.cells = [nbformat.from_dict(cell | {"id": f"{cell.id}-{n}"}) for cell in notebook.cells for n in (1, 2)]
    run(twice, tmp_path / "notes.jsonl")
    run(notebook, tmp_path / "notes.jsonl")
