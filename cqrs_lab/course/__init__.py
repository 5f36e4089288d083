"""The course: which lessons there are, and where on the picture of the pattern each takes place."""

from cqrs_lab.course.course_map import course_map
from cqrs_lab.course.lessons import LESSONS, Lesson

__all__ = ["LESSONS", "Lesson", "course_map"]
