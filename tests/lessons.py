"""The lessons as a test reads them, and what is left when it has run their cells."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cqrs_lab.shop.crud import CrudShop

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
WIDGETS, SHOWN = "application/vnd.jupyter.widget-state+json", "application/vnd.jupyter.widget-view+json"


def cells_of(lesson: str, *, solved: bool = True) -> list[dict[str, Any]]:
    """Return the cells of a lesson, the source of each in one piece; `lesson` is its number, as in "09b"."""
    [path] = (NOTEBOOKS / "solutions" if solved else NOTEBOOKS).glob(f"{lesson}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in cells]


def code_of(lesson: str, *, solved: bool = True) -> dict[str, str]:
    """Return the code of a lesson by the ids of its cells, in their order."""
    return {one["id"]: one["source"] for one in cells_of(lesson, solved=solved) if one["cell_type"] == "code"}


def prose_of(lesson: str) -> str:
    """Return what stands between the code."""
    return "\n\n".join(one["source"] for one in cells_of(lesson) if one["cell_type"] == "markdown")


def controls_on(lesson: str) -> list[dict[str, Any]]:
    """Return the controls of each view that a solution shows, by their names, in the order of the page.

    `lesson` is the name of its file, as in "05_read_models".
    """
    notebook = json.loads((NOTEBOOKS / "solutions" / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    kept = notebook["metadata"]["widgets"][WIDGETS]["state"]
    outputs = [one for cell in notebook["cells"] for one in cell.get("outputs", []) if SHOWN in one.get("data", {})]
    states = [kept[one["data"][SHOWN]["model_id"]]["state"] for one in outputs]
    return [{one["name"]: one for one in state["controls"]} for state in states if "controls" in state]


@contextmanager
def ran(lesson: str, *, until: str = "", **instead: Any) -> Iterator[dict[str, Any]]:
    """Run a solution, up to a cell whose source has these words; yield its names, and let go of what they hold.

    `instead` are names that replace those which the first cell has imported.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        for source in code_of(lesson).values():
            exec(source, names)
            names |= instead
            if until and until in source:
                break
        yield names
    finally:
        let_go(names)


def let_go(names: Mapping[str, Any]) -> None:
    """Close the files of a lesson and remove its folder, which a kernel does when it ends."""
    for one in names.values():
        if isinstance(one, (sqlite3.Connection, CrudShop)):
            one.close()
    for one in names.values():
        if isinstance(one, TemporaryDirectory):
            one.cleanup()
