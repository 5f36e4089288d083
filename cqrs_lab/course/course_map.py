"""The map of the course: the lessons, placed on the picture of the pattern."""

from __future__ import annotations

from html import escape

import pandas as pd

from cqrs_lab.course.lessons import LESSONS, Lesson
from cqrs_lab.show.picture import Picture, drawing
from cqrs_lab.show.style import LOG, READ, WRITE

NEUTRAL = "var(--faint)"
# Left, top, width, height, colour, and what its lessons are about.
PLACES = {
    "one model": (16, 20, 200, 96, NEUTRAL, "before: one model"),
    "write side": (262, 20, 200, 96, WRITE.paint, f"{WRITE.marker} write side"),
    "log": (508, 20, 160, 96, LOG.paint, f"{LOG.marker} log"),
    "read side": (714, 20, 230, 96, READ.paint, f"{READ.marker} read side"),
    "the lag": (508, 146, 436, 84, READ.paint, "the lag between log and read side"),
    "the whole": (16, 146, 446, 84, NEUTRAL, "the whole shop, and whether it pays"),
}


def course_map() -> Picture:
    """Draw the map of the course, with its seventeen questions as a table.

    Returns
    -------
    Picture
        `frame`: one row per lesson, by its number ("9b"); columns question, place, written.

    Examples
    --------
    >>> from cqrs_lab.course import course_map
    >>> len(course_map().frame)
    17
    """
    places = {place: [lesson for lesson in LESSONS if lesson.place == place] for place in PLACES}
    told = "; ".join(f"{place}: {', '.join(one.number for one in there)}" for place, there in places.items())
    says = f"The seventeen lessons, by where they take place. {told}."
    boxes = (_place(place, there) for place, there in places.items())
    ways = '<path class="way" d="M 462 68 H 500 M 668 68 H 706" style="stroke:var(--faint)"/>'
    rows = [(lesson.number, lesson.question, lesson.place, lesson.written) for lesson in LESSONS]
    frame = pd.DataFrame(rows, columns=["lesson", "question", "place", "written"]).set_index("lesson")
    return Picture(drawing(960, 240, says, [ways, *boxes]) + _table(), says, frame)


def _place(place: str, lessons: list[Lesson]) -> str:
    left, top, width, height, colour, title = PLACES[place]
    middle = left + width // 2
    parts = [
        f'<rect class="box" x="{left}" y="{top}" width="{width}" height="{height}" rx="6" style="stroke:{colour}"/>',
        f'<text x="{middle}" y="{top + 28}" text-anchor="middle" class="strong">{escape(title)}</text>',
    ]
    for at, lesson in enumerate(lessons):
        x, y = middle + 46 * at - 23 * (len(lessons) - 1), top + height - 28
        parts.append(f'<circle class="box" cx="{x}" cy="{y}" r="17" style="stroke:{colour}"/>')
        parts.append(f'<text x="{x}" y="{y + 5}" text-anchor="middle">{lesson.number}</text>')
    return "".join(parts)


def _table() -> str:
    rows = "".join(
        f'<tr><th scope="row" class="number">{lesson.number}</th>'
        f"<td>{_question(lesson)}</td><td>{lesson.place}</td></tr>"
        for lesson in LESSONS
    )
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("lesson", "question", "where"))
    return f"<table><caption>Seventeen questions.</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _question(lesson: Lesson) -> str:
    question = escape(lesson.question)
    return f'<a href="{lesson.file}.ipynb">{question}</a>' if lesson.written else question
