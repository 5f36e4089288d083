"""The learner's copies of the lessons, made from their solutions."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from cqrs_lab.course.progress import NOWHERE, PLACE
from cqrs_lab.errors import InvalidArgument

ANSWER = "# An answer:"
EXERCISE = "exercise"
Notebook = dict[str, Any]


def learners_copy(solution: Notebook) -> Notebook:
    """Take outputs and answers out of a solution; in an exercise cell, what stands above "# An answer:" stays.

    Raises
    ------
    InvalidArgument
        An exercise cell has no such line.
    """
    made = copy.deepcopy(solution)
    made["metadata"].pop("widgets", None)
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
            if EXERCISE in cell["metadata"].get("tags", []):
                cell["source"] = _without_answer(cell)
    return made


def _without_answer(cell: Notebook) -> list[str]:
    lines = "".join(cell["source"]).splitlines()
    if ANSWER not in lines:
        raise InvalidArgument(f"exercise cell {cell['id']} has no line {ANSWER!r}; put it between stub and answer")
    given = "\n".join(lines[: lines.index(ANSWER)]).rstrip()
    return given.splitlines(keepends=True)


def build(
    solutions: Sequence[Path], *, run: bool = True, progress: Callable[[Sequence[Path]], Iterable[Path]] = iter
) -> None:
    """Run solutions anew, keep their outputs, and write the learner's copy of each one folder up.

    Parameters
    ----------
    solutions : sequence of Path
    run : bool, optional
        False leaves the outputs as they are and writes the copies only.
    progress : callable, optional
        Wraps the paths, to show how far it is.
    """
    for path in progress(solutions):
        if run:
            _run(path)
        write(path.parents[1] / path.name, learners_copy(json.loads(path.read_text(encoding="utf-8"))))


def _run(path: Path) -> None:
    """Run a notebook where the learner's copy will stand, and write it back with its outputs."""
    # nbclient starts kernels; only who builds lessons waits for it.
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    folder = {"metadata": {"path": str(path.parents[1])}}
    # Stored outputs are those of someone who begins.
    beginner = {**os.environ, PLACE: NOWHERE}
    NotebookClient(notebook, kernel_name="python3", resources=folder, record_timing=False).execute(env=beginner)
    # The Python that built it is not part of the lesson.
    notebook["metadata"]["language_info"] = {"name": "python"}
    text = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    # Nor is the folder that the checkout happens to be in, which tracebacks tell.
    write(path, json.loads(text.replace(f"{Path(__file__).parents[2]}/", "")))


def write(path: Path, notebook: Notebook) -> None:
    """Write a notebook so that a change shows as a small difference."""
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
