"""Judges an answer in the process where it runs, and returns the finding as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cqrs_lab.course.exercises import EXERCISES
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.untouched import is_untouched
from cqrs_lab.course.guard import NotYet, shown, what_it_means
from cqrs_lab.course.own_line import own_call, own_place
from cqrs_lab.raised import Place

AS_IT_WAS = "Write your answer there in place of what it holds, run that cell, and then this one. hint({key!r}) helps."
NO_ERROR_OF_YOURS = "What kind of thing is asked for?"


@dataclass(frozen=True, slots=True)
class Found:
    """What a judge found: texts, the learner's line that raised an error, and what outlives the process."""

    passed: bool
    ask: str
    done: str = ""
    came: str = ""
    expected: str = ""
    place: Place | None = None
    left: Any = None


def judge(key: str, answer: Any) -> Found:
    """Return what the judge of an exercise finds in an answer."""
    exercise = EXERCISES[key]
    found = _judged(exercise, exercise.judge, answer)
    if not found.passed and is_untouched(answer, exercise.untouched):
        return Found(False, AS_IT_WAS.format(key=key), "looked at your answer", "the cell as it was", "your own lines")
    return found


def judge_after_restart(key: str, answer: Any, left: Any) -> Found:
    """Judge how an answer goes on in this process, with what it left behind in another one."""
    exercise = EXERCISES[key]
    return _judged(exercise, exercise.after_restart, answer, left)


def _judged(exercise: Exercise, judged_by: Any, *arguments: Any) -> Found:
    try:
        left = judged_by(*arguments)
    except NotYet as not_yet:
        return Found(False, not_yet.ask, not_yet.done, not_yet.came, not_yet.expected, own_place(not_yet))
    except BaseException as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        called = own_call(error)
        ask = what_it_means(error) if called else NO_ERROR_OF_YOURS
        return Found(False, ask, called or "looked at your answer", shown(error), "no error", own_place(error))
    return Found(True, exercise.showed, left=left)
