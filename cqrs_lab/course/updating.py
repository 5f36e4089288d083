"""A newer lesson with the answers of somebody who began with an older one, and what has changed, cell by cell."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

Notebook = dict[str, Any]
Cell = dict[str, Any]


class Updated(NamedTuple):
    """A newer lesson, with the answers that still fit it, and a sentence for each cell that has changed."""

    notebook: Notebook
    says: list[str]


def updated(given: Notebook, mine: Notebook, lesson: Notebook) -> Updated:
    """Carry answers over to a newer lesson: those in cells that the lesson has left as they were.

    Cells are the same where their ids are. An answer to a cell that has changed, or that is gone, stays where it is: in
    the learner's own file, which nobody writes to.

    Parameters
    ----------
    given : dict
        The lesson as the learner got it.
    mine : dict
        What they made of it.
    lesson : dict
        The lesson as it is now. None of the three is changed.

    Returns
    -------
    Updated

    Examples
    --------
    >>> def lesson(**sources):
    ...     return {"cells": [{"id": key, "cell_type": "code", "source": [text]} for key, text in sources.items()]}
    >>> given, now = lesson(a="level = ...", b="check(level)"), lesson(a="level = ...", b="check('3.1', level)")
    >>> found = updated(given, lesson(a="level = sum", b="check(level)"), now)
    >>> ["".join(cell["source"]) for cell in found.notebook["cells"]], found.says
    (['level = sum', "check('3.1', level)"], ['Cell b: its code has changed.'])
    """
    before, own, made = _by_id(given), _by_id(mine), copy.deepcopy(lesson)
    says = []
    for cell in made["cells"]:
        key = cell["id"]
        if key not in before:
            says.append(f"Cell {key} is new.")
        elif not _alike(before[key], cell):
            says.append(f"Cell {key}: its {_kind(cell)} has changed{_stays(before[key], own.get(key))}.")
        elif key in own and not _alike(own[key], cell):
            cell["source"], cell["cell_type"] = own[key]["source"], own[key]["cell_type"]
            _without_outputs(cell)
    now = _by_id(made)
    says += [f"Cell {key} is gone{_stays(cell, own.get(key))}." for key, cell in before.items() if key not in now]
    says += list(_moved(list(before), list(now)))
    says += _added(mine, before, made)
    return Updated(made, says)


def _by_id(notebook: Notebook) -> dict[str, Cell]:
    """Return the cells that have an id: an editor may have dropped it."""
    return {cell["id"]: cell for cell in notebook["cells"] if "id" in cell}


def source(cell: Cell) -> str:
    """Return what stands in a cell; a file may have it as lines or as one text."""
    return "".join(cell["source"])


def _alike(one: Cell, other: Cell) -> bool:
    return one["cell_type"] == other["cell_type"] and source(one).rstrip() == source(other).rstrip()


def _kind(cell: Cell) -> str:
    return "code" if cell["cell_type"] == "code" else "text"


def _stays(before: Cell, own: Cell | None) -> str:
    edited = own is not None and not _alike(before, own)
    return ", and what you wrote there stays in your file alone" if edited else ""


def _without_outputs(cell: Cell) -> None:
    for name, empty in (("outputs", []), ("execution_count", None)):
        cell.pop(name, None)
        if cell["cell_type"] == "code":
            cell[name] = empty


def _moved(before: list[str], now: list[str]) -> Iterator[str]:
    """Say which cells come after another one than before, of those that are in both."""
    there = set(now)
    was = [key for key in before if key in there]
    known = set(was)
    stays = [key for key in now if key in known]
    follows = dict(zip(was[1:], was, strict=False))
    for key, after in zip(stays[1:], stays, strict=False):
        if follows.get(key) != after and was.index(key) < was.index(after):
            yield f"Cell {key} now comes after {after}."


def _added(mine: Notebook, before: dict[str, Cell], made: Notebook) -> list[str]:
    """Take over the learner's own cells, each behind the cell that it stood behind."""
    left, after = 0, None
    for cell in mine["cells"]:
        if cell.get("id") in before:
            after = cell["id"]
        elif source(cell).strip():
            places = [at for at, one in enumerate(made["cells"]) if one["id"] == after]
            if "id" not in cell or (after is not None and not places):
                left += 1
                continue
            own = {"metadata": {}} | {name: copy.deepcopy(cell[name]) for name in ("id", "cell_type", "source")}
            _without_outputs(own)
            made["cells"].insert(places[0] + 1 if places else 0, own)
            after = own["id"]
    if not left:
        return []
    many = "1 cell of your own stays" if left == 1 else f"{left} cells of your own stay"
    return [f"{many} in your file alone: it cannot be told where to put {'it' if left == 1 else 'them'}."]
