"""The course: its lessons, its questions, and the checks of its exercises."""

from cqrs_lab.course.check import Verdict, check, hint
from cqrs_lab.course.course_map import course_map
from cqrs_lab.course.lessons import LESSONS, Lesson
from cqrs_lab.course.predict import predict, reveal, veiled
from cqrs_lab.course.progress import progress
from cqrs_lab.course.recall import recall, review
from cqrs_lab.course.task import task

__all__ = [
    "predict",
    "reveal",
    "veiled",
    "task",
    "recall",
    "review",
    "check",
    "hint",
    "Verdict",
    "progress",
    "course_map",
    "LESSONS",
    "Lesson",
]
