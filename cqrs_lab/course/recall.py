"""Recall: three questions open a lesson, and now and then a review mixes those of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cqrs_lab.course.ask import Ask, Question
from cqrs_lab.course.progress import notes
from cqrs_lab.course.questions import QUESTIONS
from cqrs_lab.course.recalled import Recalled
from cqrs_lab.course.reviews import REVIEWS
from cqrs_lab.errors import InvalidArgument


def recall(lesson: str) -> Ask:
    """Ask the three questions that open a lesson; each answer gets a reply at once, and the first one is kept.

    After a wrong answer the reply includes the right one, with its reason.

    Parameters
    ----------
    lesson : str
        What its keys begin with: "02", "09b".
    """
    return _ask(lesson, QUESTIONS, "open")


def review(lesson: str) -> Ask:
    """Ask the mixed questions that close a stretch of the course, in the same way as `recall`.

    Parameters
    ----------
    lesson : str
        What the keys of the lesson begin with that the stretch ends with: "05".
    """
    return _ask(lesson, REVIEWS, "close", "R")


def _ask(lesson: str, questions: Mapping[str, Sequence[Recalled]], what: str, mark: str = "") -> Ask:
    if not isinstance(lesson, str) or lesson not in questions:
        raise InvalidArgument(
            f"no questions {what} lesson {lesson!r}; give a text, one of {', '.join(questions)}"
        )
    asked = {f"{lesson}.{mark}{number}": one for number, one in enumerate(questions[lesson], 1)}

    def respond(question: Question, answer: Any) -> str:
        one = asked[question.key]
        not_kept = ""
        if notes().first("recall", question.key) is None:
            not_kept = notes().add("recall", question.key, answer=answer, right=answer == one.right)
        return f"{one.meet(answer)} {not_kept}".rstrip()

    return Ask([Question(key, one.text, tuple(sorted(one.answers))) for key, one in asked.items()], respond)
