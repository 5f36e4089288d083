"""The learner's own folder of lessons: copied once, never written over, with newer lessons beside what they edited."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count, takewhile
from pathlib import Path
from typing import Any

from cqrs_lab.course.updating import Notebook, updated
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.whole import write_whole

GIVEN = ".given"
"""The folder in the learner's folder that holds each lesson as it was given, under the name of the learner's file."""
NEW = ".new"


def copy_lessons(lessons: Path, to: Path) -> Iterator[str]:
    """Copy what a learner does not have yet; where a lesson has changed since, put the new one beside their file.

    A file that is not byte for byte as it was given is the learner's, and nothing is written to it. The new lesson is
    ``03_name.new.ipynb``, with the answers in cells that have not changed; one that nobody has touched is replaced.

    Parameters
    ----------
    lessons : Path
        The folder of the lessons as they are now.
    to : Path
        The learner's folder; it is made where there is none.

    Yields
    ------
    str
        What was done, a sentence each.

    Raises
    ------
    InvalidArgument
        There are no lessons, or the folder cannot be written to.
    """
    paths = sorted(lessons.glob("*.ipynb"))
    if not paths:
        raise InvalidArgument(f"{lessons} holds no lessons; run this in the folder of the kit, or give --from")
    try:
        (to / GIVEN).mkdir(parents=True, exist_ok=True)
        for path in paths:
            yield from _copied(path.read_text(encoding="utf-8"), _newest(to, path.stem), path.stem)
    except OSError as error:
        why = f"cannot be used ({error.strerror}); expected a folder where you may write"
        raise InvalidArgument(f"{error.filename or to} {why}; your files are as they were") from None


def _beside(to: Path, name: str) -> Iterator[Path]:
    """Yield the files that newer lessons are put into, one after the other."""
    yield to / f"{name}{NEW}.ipynb"
    yield from (to / f"{name}{NEW}.{number}.ipynb" for number in count(2))


def _newest(to: Path, name: str) -> Path:
    """Return the newest file of a lesson: its own name, or the last one that was put beside it."""
    there = list(takewhile(Path.exists, _beside(to, name)))
    return there[-1] if there else to / f"{name}.ipynb"


def _copied(lesson: str, newest: Path, name: str) -> Iterator[str]:
    given = newest.parent / GIVEN / newest.name
    before = given.read_text(encoding="utf-8") if given.exists() else None
    if not newest.exists():
        if before is not None:
            yield f"{newest.name} was renamed or deleted: the lesson is there again, and no other file was touched."
        _give(newest, lesson)
        return
    if before == lesson:
        return
    mine = newest.read_bytes()
    if before is not None and mine == before.encode():
        yield f"{newest.name} has changed, and you had not touched it: it is the new lesson now."
        _give(newest, lesson)
        return
    if mine == lesson.encode():  # an earlier run ended half-way, or the learner has copied it themselves
        _give(newest, lesson)
        return
    beside = next(path for path in _beside(newest.parent, name) if not path.exists())
    text, says = _with_answers(before, mine, lesson)
    write_whole(beside, text)
    write_whole(beside.parent / GIVEN / beside.name, lesson)
    yield f"{newest.name} is as you left it; the lesson has changed, and stands beside it as {beside.name}."
    yield from (f"  {one}" for one in says)


def _give(path: Path, lesson: str) -> None:
    # What was given comes last: a run that ends in between gives the lesson again.
    write_whole(path, lesson)
    write_whole(path.parent / GIVEN / path.name, lesson)


def _with_answers(before: str | None, mine: bytes, lesson: str) -> tuple[str, list[str]]:
    """Return the new lesson with the learner's answers, where they can be told, and what has changed."""
    own = _notebook(mine)
    if own is None:
        return lesson, ["Your file is no notebook that can be read, so no answer could be taken over from it."]
    if before is None:
        return lesson, ["How you got your file is not known, so no answer could be taken over from it."]
    if not any("id" in cell for cell in own["cells"]):
        return lesson, ["An editor has dropped the ids of your cells, so no answer could be taken over from them."]
    made = updated(json.loads(before), own, json.loads(lesson))
    return json.dumps(made.notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n", made.says


def _notebook(content: bytes) -> Notebook | None:
    try:
        read: Any = json.loads(content)
    except ValueError:
        return None
    cells = read.get("cells") if isinstance(read, dict) else None
    parts = {"cell_type", "source"}
    if not isinstance(cells, list) or not all(isinstance(one, dict) and parts <= one.keys() for one in cells):
        return None
    return dict(read)
