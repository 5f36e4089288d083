"""cqrs-lab lessons: the lessons, the parts of a path that fits a given time, or a folder of one's own."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cqrs_lab.course.lessons import Lesson
    from cqrs_lab.course.paths import PathPart

NOT_YET = "not written yet"
# Known without importing the course, so that help is shown at once.
NAMES = ("45", "90", "180", "professional")


def add(commands: Any) -> None:
    """Add the command to the parser."""
    lessons = commands.add_parser(
        "lessons",
        help="list the lessons, or the parts of a path for 45, 90 or 180 minutes; or copy them",
        description="List the lessons with their questions. With --path, list the parts of a way through the course: "
        "from which minute to which, the lesson and its heading, and the demos for a room. With --to, copy lessons.",
    )
    lessons.add_argument("--path", choices=NAMES, help="how many minutes there are, or professional (60 minutes)")
    to = "copy the lessons to a folder of your own: a file that you edited is never written to; the lesson, if it has "
    lessons.add_argument("--to", metavar="FOLDER", help=to + "changed since, stands beside it, with your answers")
    lessons.add_argument("--from", dest="source", metavar="FOLDER", default="notebooks", help="where the lessons are")
    lessons.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Print the list, or what was done to a folder of lessons."""
    if chosen.to is not None:
        for says in copied(Path(chosen.source), Path(chosen.to)):
            print(says)
        return 0
    print(every_lesson() if chosen.path is None else path(chosen.path))
    return 0


def copied(source: Path, to: Path) -> Iterator[str]:
    """Copy lessons, and say what was done; where nothing was, that the folder has them all."""
    from cqrs_lab.course.own_copies import copy_lessons

    done = False
    for says in copy_lessons(source, to):
        done = True
        yield says
    if not done:
        yield f"Your lessons are in {to}, as new as those in {source}."


def every_lesson() -> str:
    """Return the lessons, a line each."""
    from cqrs_lab.course.lessons import LESSONS

    wide = max(len(lesson.question) for lesson in LESSONS)
    return "\n".join(f"{one.number:<3} {one.question:<{wide}}  {_where(one)}" for one in LESSONS)


def path(name: str) -> str:
    """Return the parts of a path, each from its first minute to its last."""
    from cqrs_lab.course.paths import PATHS

    parts, now, lines = PATHS[name], 0, []
    for part in parts:
        lines += [f"{f'{now}–{now + part.minutes}':<9} {part.what}", *_details(part)]
        now += part.minutes
    last = f"{now} minutes. Each part runs alone; what to ask and say is in docs/instructors.md."
    every = f"cqrs-lab demo --path {name} starts all of its demos; N on the page leads from one to the next."
    return "\n".join([*lines, "", last, every])


def _details(part: PathPart) -> list[str]:
    from cqrs_lab.course.paths import lesson_of

    lesson = lesson_of(part)
    if lesson is None and not part.notebook:
        return []
    if lesson is not None and not lesson.written:
        return [f"{'':<9}   lesson {lesson.number} is {NOT_YET}: talk about its question instead"]
    where = f"notebooks/{part.notebook}.ipynb" if lesson is None else _where(lesson)
    heading = f', from "{part.heading}" on' if part.heading else ""
    return [f"{'':<9}   {where}{heading}", *(f"{'':<9}   cqrs-lab demo {name}" for name in part.demos)]


def _where(lesson: Lesson) -> str:
    return f"notebooks/{lesson.file}.ipynb" if lesson.written else NOT_YET
