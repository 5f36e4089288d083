"""Handouts: one printed page a lesson, with its question, a picture, what to keep, questions, and terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

from cqrs_lab.course.lessons import LESSONS, Lesson
from cqrs_lab.course.questions import QUESTIONS
from cqrs_lab.course.recalled import Recalled
from cqrs_lab.course.reviews import REVIEWS
from cqrs_lab.in_class.page import page
from cqrs_lab.in_class.stored import StoredLesson, inline, markup_of, read_stored

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
KEPT = {
    "00": (0, 2, 3), "01": (1, 3, 4), "03": (0, 1, 3), "04": (0, 1, 4), "05": (1, 2, 3), "06": (1, 3, 4),
    "07": (0, 2, 3), "08": (1, 2, 3), "09": (0, 1, 3), "09b": (0, 2, 3), "10": (0, 1, 3), "11": (0, 1, 3),
    "12": (0, 1, 4), "13": (1, 2, 4), "14": (1, 2, 4), "15": (1, 2, 3),
}  # fmt: skip
"""Which three lines of a lesson's summary are on its page; of another lesson, the first three."""
DRAWN = {"08": 1}
"""Which of its drawings, where the first one shows how something begins."""
MOST_ASKED, MOST_TERMS, MOST_SAID = 3, 6, 260
DRAWING = re.compile(r'<svg [^>]*role="(?:img|group)".*?</svg>', re.S)
TABLE = re.compile(r"<table.*?</table>", re.S)
SAYS = re.compile(r'<p class="says[^"]*"[^>]*>(?!Task)(.*?)</p>', re.S)
BOLD = re.compile(r"\*\*(.+?)\*\*")
DEFINED = re.compile(r"^## (?P<term>.+?)\n+(?P<says>.+?)(?=\n## |\Z)", re.M | re.S)


class Handout(NamedTuple):
    """What the page of a lesson is made of."""

    lesson: Lesson
    picture: str
    says: str
    keep: list[str]
    questions: list[tuple[str, list[str], str]]
    terms: list[tuple[str, str]]


def handouts(lessons: Sequence[Path]) -> str:
    """Return the handouts of some lessons, a page each, as one file that needs no network.

    Raises
    ------
    InvalidArgument
        A path is no lesson with a solution.
    """
    return page("handout", title="Handouts", handouts=[handout(read_stored(path)) for path in lessons])


def handout(stored: StoredLesson) -> Handout:
    """Return what the handout of a lesson is made of."""
    lines, key = stored.summary, stored.lesson.key
    keep = [lines[at] for at in KEPT.get(key, (0, 1, 2)) if at < len(lines)]
    picture, says = _picture(stored.taught, DRAWN.get(key, 0))
    return Handout(stored.lesson, picture, says, keep, _questions(key), _terms(stored.cells))


def _picture(cells: Iterable[Any], number: int) -> tuple[str, str]:
    """Return a drawing of a lesson, or where nothing is drawn a table of a view; and what it says."""
    shown = [markup_of(output) for cell in cells for output in cell.get("outputs", ())]
    for looked_for in (DRAWING, TABLE):
        pictures = [html for html in shown if 'class="cqrs-lab"' in html and looked_for.search(html)]
        for html in pictures[number:]:
            [drawing, *_], says = looked_for.findall(html), SAYS.search(html)
            return drawing, _short(unescape(re.sub("<[^>]+>", "", says[1]))) if says else ""
    return "", ""


def _short(text: str) -> str:
    """Return as many of the first sentences as there is room for, one at least."""
    found = ""
    for sentence in re.split(r"(?<=[.?]) (?=[A-Z])", text):
        if found and len(found) + len(sentence) > MOST_SAID:
            break
        found = f"{found} {sentence}".strip()
    return found


def _questions(key: str) -> list[tuple[str, list[str], str]]:
    """Return the questions that open the next lesson, which look back at this one; after the last, those of its review.

    Each comes with its choices, and with the right one and why.
    """
    keys = [lesson.key for lesson in LESSONS]
    later = [QUESTIONS[one] for one in keys[keys.index(key) + 1 :] if one in QUESTIONS]
    recalled = later[0] if later else REVIEWS[key]
    return [(one.text, sorted(one.answers), _why(one)) for one in recalled[:MOST_ASKED]]


def _why(one: Recalled) -> str:
    return f"{one.right}: {one.answers[one.right].removeprefix('Right: ')}"


def _terms(cells: Iterable[Any]) -> list[tuple[str, str]]:
    """Return the terms that a lesson introduces in bold, and what the glossary says of them in a sentence."""
    bold = " | ".join(
        found.lower() for cell in cells if cell.cell_type == "markdown" for found in BOLD.findall(cell.source)
    )
    terms = []
    for one in DEFINED.finditer(GLOSSARY.read_text(encoding="utf-8")):
        names = [name.strip().lower() for name in one["term"].split(",")]
        places = [found.start() for name in names if (found := re.search(rf"\b{re.escape(name)}s?\b", bold))]
        if places:
            first = re.split(r"(?<=[.;:]) ", " ".join(one["says"].split()))[0]
            terms.append((min(places), one["term"], inline(f"{first.rstrip('.;:')}.")))
    return [(term, says) for _, term, says in sorted(terms)[:MOST_TERMS]]
