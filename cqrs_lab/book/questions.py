"""Questions in the book: each choice, or the answer, opens on a click."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from cqrs_lab.course.questions import QUESTIONS
from cqrs_lab.course.recalled import Recalled
from cqrs_lab.course.reviews import REVIEWS

NOBODY_GUESSED = " (You didn't guess first.)"
REVEALS = re.compile(r'\breveal\(\s*"(?P<key>[\w.]+)"')
RECALLED: dict[str, Recalled] = {
    one.text: one for table in (QUESTIONS, REVIEWS) for asked in table.values() for one in asked
}


def form(questions: Iterable[Mapping[str, Any]], answers: Mapping[str, str]) -> str:
    """Return questions as markup.

    Parameters
    ----------
    questions : iterable of mapping
        As `Ask.questions`.
    answers : mapping of str to str
        What `reveal` says of each prediction, by its key.
    """
    return "".join(_question(one, answers) for one in questions)


def _question(question: Mapping[str, Any], answers: Mapping[str, str]) -> str:
    text = question["text"]
    if text in RECALLED:
        below = "".join(_opens(choice, RECALLED[text].answers[choice]) for choice in question["choices"])
    else:
        below = _choices(question) + _opens("Decide, then open the answer", answers[question["key"]])
    return f'<div class="question"><p class="asked">{escape(text)}</p>{below}</div>'


def _choices(question: Mapping[str, Any]) -> str:
    if question["choices"] is None:
        return f"<p>A number from {question['least']:g} to {question['most']:g}</p>"
    return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in question['choices'])}</ul>"


def _opens(summary: str, text: str) -> str:
    return f"<details><summary>{escape(summary)}</summary><p>{escape(text)}</p></details>"


def answers_in(cells: Iterable[Any]) -> dict[str, str]:
    """Return what each `reveal` of a lesson says, by the key of its question."""
    found = {}
    for cell in cells:
        if cell.cell_type == "code" and (asks := REVEALS.search(cell.source)):
            said = [output.data["text/plain"] for output in cell.outputs if "text/plain" in output.get("data", {})]
            found[asks["key"]] = without_a_guess(said[-1])
    return found


def without_a_guess(text: str) -> str:
    """Return what `reveal` says, without the remark that nobody has guessed: in a book nobody can."""
    return text.replace(NOBODY_GUESSED, "").replace(escape(NOBODY_GUESSED), "")
