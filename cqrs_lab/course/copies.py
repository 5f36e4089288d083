"""The learner's copies of the lessons, made from their solutions."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, cast

from cqrs_lab.course.progress import NOWHERE, PLACE
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.whole import write_whole

ANSWER = "# An answer:"
EXERCISE = "exercise"
EXPECTED_TO_RAISE = "raises-exception"
FOLDER = "solutions"
VIEW, STATE = (f"application/vnd.jupyter.widget-{kind}+json" for kind in ("view", "state"))
RUN: Any = {
    "kernel_name": "python3",
    "record_timing": False,
    "coalesce_streams": True,
    # A kernel on this machine need not warn that what it says to us is not encrypted.
    "extra_arguments": ["--IPKernelApp.log_level=ERROR"],
}
OVERWRITTEN = r"[^\n]*\r(?=[^\n])"
"""What a progress bar wrote before it wrote over it; how often it did depends on the machine."""
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
    """Run solutions from scratch, keep their outputs, and write the learner's copy of each one folder up.

    Parameters
    ----------
    solutions : sequence of Path
    run : bool, optional
        False leaves the outputs as they are and writes the copies only.
    progress : callable, optional
        Wraps the paths, to show how far it is.

    Raises
    ------
    InvalidArgument
        One of the paths is not a notebook in a folder of solutions, a cell raises, or a file cannot be written.
    """
    for path in solutions:
        # All are looked at before the first one runs, which takes a while.
        _copied(path)
    for path in progress(solutions):
        if run:
            _run(path)
        write(_folder(path) / path.name, _copied(path))


def _copied(path: Path) -> Notebook:
    solution = _read(path)
    try:
        return learners_copy(solution)
    except InvalidArgument as error:
        raise InvalidArgument(f"{path}: {error}") from None


def _folder(path: Path) -> Path:
    """Return the folder of the learner's copy."""
    return path.resolve().parents[1]


def _read(path: Path) -> Notebook:
    if path.resolve().parent.name != FOLDER:
        why = f"is not in a folder {FOLDER!r}; the learner's copy stands one folder above it"
        raise InvalidArgument(f"{path} {why}: move the notebook to notebooks/{FOLDER}")
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidArgument(f"{path} cannot be read ({error.strerror}); expected a notebook that is there") from None
    except ValueError:
        raise InvalidArgument(f"{path} is not JSON; expected an .ipynb as Jupyter saves it") from None
    if not _is_notebook(notebook):
        why = "is not a notebook of format 4.5; open it in JupyterLab, save it, and build it again"
        raise InvalidArgument(f"{path} {why}")
    return cast(Notebook, notebook)


def _is_notebook(read: Any) -> bool:
    if not isinstance(read, dict) or read.get("nbformat") != 4 or not isinstance(read.get("metadata"), dict):
        return False
    cells = read.get("cells")
    parts = {"cell_type", "id", "metadata", "source"}
    return isinstance(cells, list) and all(isinstance(cell, dict) and parts <= cell.keys() for cell in cells)


def _run(path: Path) -> None:
    """Run a notebook where the learner's copy will stand, and write it back with its outputs."""
    import nbformat

    notebook = executed(path)
    # The Python that built it is not part of the lesson.
    notebook["metadata"]["language_info"] = {"name": "python"}
    made: Notebook = json.loads(nbformat.writes(notebook))  # type: ignore[no-untyped-call]
    write(path, without_unseen_widgets(made))


def without_unseen_widgets(notebook: Notebook) -> Notebook:
    """Return a notebook without the state of widgets that no output shows; the kernel hands over that of every one."""
    kept = notebook["metadata"].get("widgets", {}).get(STATE)
    if kept is not None:
        every = kept["state"]
        outputs = (output for cell in notebook["cells"] for output in cell.get("outputs", ()))
        wanted = [output["data"][VIEW]["model_id"] for output in outputs if VIEW in output.get("data", {})]
        seen: dict[str, Any] = {}
        while wanted:
            if (name := wanted.pop()) in every and name not in seen:
                seen[name] = every[name]
                wanted += re.findall(r"IPY_MODEL_(\w+)", json.dumps(every[name]))
        kept["state"] = seen
    return notebook


def executed(path: Path, first: str = "") -> Any:
    """Run a solution in a kernel of its own, as somebody who begins, and return it with its outputs.

    Parameters
    ----------
    path : Path
        A notebook in a folder of solutions. It runs where the learner's copy stands.
    first : str, optional
        Code to run before its first cell; it does not become part of the notebook.

    Returns
    -------
    NotebookNode

    Raises
    ------
    InvalidArgument
        A cell raises, or the kernel dies.
    """
    # nbclient starts kernels; only who builds lessons waits for it.
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:  # an old error in a cell that is not reached would be taken for the one that stops it
        if cell.cell_type == "code":
            cell.outputs = []
    if first:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(first))  # type: ignore[no-untyped-call]
    folder = {"metadata": {"path": str(_folder(path))}}
    # Stored outputs are those of someone who begins.
    beginner = {**os.environ, PLACE: NOWHERE}
    try:
        client = NotebookClient(notebook, resources=folder, **RUN)
        # `execute` would leave the event loop of a thread open.
        asyncio.run(client.async_execute(env=beginner))
    except CellExecutionError:
        at, raised = _failed(notebook)
        at -= bool(first)
        why = f"cell [{at}] raises {raised}; fix it, or tag it {EXPECTED_TO_RAISE}"
        raise InvalidArgument(f"{path}: {why}; the notebook is as it was") from None
    except DeadKernelError:
        raise InvalidArgument(f"{path}: the kernel died; run the notebook in JupyterLab to see in which cell") from None
    if first:
        del notebook.cells[0]
    return _of_any_machine(notebook)


def _of_any_machine(notebook: Any) -> Any:
    """Return a notebook without what a progress bar wrote over, and without the folder that the checkout is in."""
    import nbformat

    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                output.text = re.sub(OVERWRITTEN, "", output.text)
    text = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    here = f"{Path(__file__).parents[2]}/"  # tracebacks show it
    return nbformat.reads(text.replace(here, ""), as_version=4)  # type: ignore[no-untyped-call]


def _failed(notebook: Notebook) -> tuple[int, str]:
    """Return the index of the cell that stopped the run, the last one with an error, and that error.

    The kernel's reply names no error where showing a value has raised it; the cell's output does.
    """
    errors = [
        (at, output)
        for at, cell in enumerate(notebook["cells"])
        for output in cell.get("outputs", ())
        if output["output_type"] == "error"
    ]
    at, last = errors[-1]
    return at, f"{last['ename']}: {' '.join(last['evalue'].split())}"


def write(path: Path, notebook: Notebook) -> None:
    """Write a notebook so that a change shows as a small difference, and whole or not at all.

    Raises
    ------
    InvalidArgument
        The disk is full, or the folder or the file may not be written.
    """
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    try:
        write_whole(path, text)
    except OSError as error:
        why = f"cannot be written ({error.strerror}); expected a folder with room where you may write"
        raise InvalidArgument(f"{path} {why}; it is as it was") from None
