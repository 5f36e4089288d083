"""Recall: three questions open a lesson, and now and then a review mixes those of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cqrs_lab.course.ask import Ask, Question
from cqrs_lab.course.progress import notes
from cqrs_lab.course.questions import QUESTIONS, Recalled
from cqrs_lab.course.reviews import REVIEWS
from cqrs_lab.errors import InvalidArgument


def recall(lesson: str) -> Ask:
    """Ask the three questions that open a lesson; each is met at once, and the first answer is kept.

    After a wrong answer the right one is told too, with its reason.

    Parameters
    ----------
    lesson : str
        Its two digits: "02".
    """
    return _ask(lesson, QUESTIONS, "open")


def review(lesson: str) -> Ask:
    """Ask the mixed questions that close a stretch of the course, as `recall` does.

    Parameters
    ----------
    lesson : str
        The two digits of the lesson that the stretch ends with: "05".
    """
    return _ask(lesson, REVIEWS, "close", "R")


def _ask(lesson: str, questions: Mapping[str, Sequence[Recalled]], what: str, mark: str = "") -> Ask:
    if lesson not in questions:
        raise InvalidArgument(f"no questions {what} lesson {lesson!r}; there are some for {', '.join(questions)}")
    asked = {f"{lesson}.{mark}{number}": one for number, one in enumerate(questions[lesson], 1)}

    def respond(question: Question, answer: Any) -> str:
        one = asked[question.key]
        if notes().first("recall", question.key) is None:
            notes().add("recall", question.key, answer=answer, right=answer == one.right)
        return one.meet(answer)

    return Ask([Question(key, one.text, tuple(sorted(one.answers))) for key, one in asked.items()], respond)
