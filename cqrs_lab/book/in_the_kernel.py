"""Runs in the kernel of a lesson that becomes a page: what is shown is kept with all that it can show."""

from __future__ import annotations

from itertools import count
from typing import Any

from IPython import get_ipython

from cqrs_lab.book.asked_for import ASKED_FOR
from cqrs_lab.course.ask import Ask
from cqrs_lab.show.frozen.states import frozen
from cqrs_lab.show.view import View

VIEW = "application/vnd.cqrs-lab.view+json"
QUESTIONS = "application/vnd.cqrs-lab.questions+json"
"""The kinds of output that a lesson's page is made of, beside the usual ones."""


def freeze_what_is_shown(lesson: str) -> None:
    """Let every view that is shown from now on carry its states, and every form its questions."""
    numbers, asked_for = count(1), ASKED_FOR.get(lesson, {})

    def shown(view: View) -> dict[str, Any]:
        kept = frozen(view, asked_for.get(next(numbers), ()))
        return {VIEW: kept._asdict(), "text/plain": repr(view)}

    bundles = get_ipython().display_formatter.mimebundle_formatter
    bundles.for_type(View, shown)
    bundles.for_type(Ask, _questions)


def _questions(ask: Ask) -> dict[str, Any]:
    return {QUESTIONS: ask.questions, "text/plain": repr(ask)}


def first_cell(lesson: str) -> str:
    """Return what a lesson is run with before its first cell."""
    return f"from {__name__} import {freeze_what_is_shown.__name__}\n{freeze_what_is_shown.__name__}({lesson!r})"
