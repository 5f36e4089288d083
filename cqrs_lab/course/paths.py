"""Ways through the course for a given time: which parts, in which order, for how many minutes."""

from __future__ import annotations

from typing import NamedTuple

from cqrs_lab.course.lessons import LESSONS, Lesson


class PathPart(NamedTuple):
    """A part of a path: a stretch of a lesson from one of its headings on, and the demos that show it to a room.

    A part without a lesson is a talk, a break, or another notebook. Each part runs alone: it needs none of the parts
    before.
    """

    minutes: int
    what: str
    lesson: str = ""
    heading: str = ""
    demos: tuple[str, ...] = ()
    notebook: str = ""


OWN_PAGE = "your_system"
START = PathPart(5, "What happens when Ada presses Order", "00", "Inside the shop")
CRUD = PathPart(10, "What still hurts in a fixed CRUD shop", "01", "Twelve cups")
DUEL = PathPart(10, "Two buyers and the last cup", "03", "The duel", ("duel",))
TABLES = PathPart(15, "Tables from one log", "05", "An average under the scissors", ("scissors", "tables", "why"))
STAIRS = PathPart(12, "How far behind the readers are", "07", "Two staircases", ("staircases", "queues"))
SAW = PathPart(10, "Which promises readers see broken", "08", "A small world", ("fronts", "who-saw-what"))
CRASH = PathPart(15, "A crash between two writes", "09", "Break it yourself", ("crash",))
REBUILD = PathPart(20, "A table rebuilt while it serves", "10", "The rebuild studio", ("rebuild",))
VERDICT = PathPart(8, "When the benefits outweigh the price", "15", "Where does it flip?", ("verdict",))
TALK = PathPart(5, "Talk")
EXERCISES = {key: PathPart(15, f"Exercises of lesson {int(key)}", key, "Exercises") for key in ("03", "05", "08")}
RECALL = PathPart(10, "Recall: three questions, without looking back", "10")

PATHS: dict[str, tuple[PathPart, ...]] = {
    "45": (START, DUEL, STAIRS, SAW, VERDICT),
    "90": (START, CRUD, DUEL, TABLES, STAIRS, SAW, CRASH, VERDICT, TALK),
    "180": (
        *(START, CRUD, DUEL, EXERCISES["03"], TABLES, EXERCISES["05"]),
        PathPart(15, "Break"),
        *(STAIRS, SAW, EXERCISES["08"], CRASH, REBUILD, RECALL, VERDICT, TALK),
    ),
    "professional": (
        VERDICT._replace(minutes=10),
        PathPart(15, "How far behind the readers are", "07", "A little busier", ("stick", "lag")),
        PathPart(15, "What each remedy costs", "08", "Six remedies", ("remedies", "who-saw-what")),
        PathPart(10, "A crash between two writes", "09", "Break it yourself", ("crash",)),
        PathPart(10, "Your own rates", heading="Your numbers", notebook=OWN_PAGE),
    ),
}


def lesson_of(part: PathPart) -> Lesson | None:
    """Return the lesson of a part; None for a talk or a break."""
    return next((lesson for lesson in LESSONS if lesson.key == part.lesson), None)
