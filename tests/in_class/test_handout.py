"""A handout has what is worth keeping of a lesson: its question, a picture, three lines, three questions, its terms."""

import re
from pathlib import Path

import pytest

from cqrs_lab.course.lessons import LESSONS
from cqrs_lab.course.questions import QUESTIONS
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.in_class.handout import KEPT, handout, handouts
from cqrs_lab.in_class.stored import read_stored

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
WRITTEN = [lesson for lesson in LESSONS if lesson.written]
OUTSIDE = re.compile(r'(?:src|href)="(?!data:|#|https?://)[^"]+"|<link[^>]+stylesheet|<(?:script|img)[^>]+src|@import|url\(http')


def of(lesson):
    return handout(read_stored(NOTEBOOKS / f"{lesson.file}.ipynb"))


@pytest.mark.parametrize("lesson", WRITTEN, ids=lambda one: one.key)
def test_every_lesson_has_each_part(lesson):
    found = of(lesson)
    assert found.lesson == lesson and len(found.keep) == 3 and len(found.questions) == 3
    assert "aria-label=" in found.picture or "<caption" in found.picture
    assert not found.says.startswith("Task") and all(len(choices) > 1 for _, choices, _ in found.questions)
    assert all(says.endswith(".") and "*" not in says for _, says in found.terms)


def test_the_questions_are_those_that_open_the_next_lesson_with_the_right_answer_and_why():
    recalled = QUESTIONS["04"][0]
    text, choices, answer = of(LESSONS[3]).questions[0]
    assert (text, choices) == (recalled.text, sorted(recalled.answers))
    assert answer.startswith(f"{recalled.right}: ") and "Right:" not in answer


def test_the_lines_to_keep_are_of_lessons_that_there_are_and_lines_that_they_have():
    assert KEPT.keys() <= {lesson.key for lesson in LESSONS}
    for lesson in WRITTEN:
        lines = read_stored(NOTEBOOKS / f"{lesson.file}.ipynb").summary
        assert max(KEPT.get(lesson.key, (0, 1, 2))) < len(lines), lesson.key


def test_one_file_holds_the_pages_of_several_lessons_and_asks_nobody_for_anything():
    html = handouts([NOTEBOOKS / f"{lesson.file}.ipynb" for lesson in WRITTEN[:2]])
    assert re.findall(r'<article id="([^"]+)"', html) == ["lesson-00", "lesson-01"]
    assert OUTSIDE.findall(html) == [] and "<script" not in html


@pytest.mark.parametrize("name", ["99_nothing.ipynb", "your_system.ipynb", "03_events_are_the_record.txt"])
def test_what_is_no_lesson_is_refused(name):
    with pytest.raises(InvalidArgument, match="is no lesson of the course; give notebooks/NN"):
        read_stored(NOTEBOOKS / name)


def test_a_lesson_without_a_solution_or_with_a_broken_one_is_refused(tmp_path):
    path = tmp_path / f"{LESSONS[0].file}.ipynb"
    with pytest.raises(InvalidArgument, match="cannot be read .*; give a lesson with a solution"):
        read_stored(path)
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / path.name).write_text("{")
    with pytest.raises(InvalidArgument, match="is no notebook; build it again"):
        read_stored(path)
