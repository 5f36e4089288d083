"""Slides go through a lesson in its order: a question comes before its answer, and no exercise is among them."""

from pathlib import Path

import nbformat
import pytest

from cqrs_lab.course.lessons import LESSONS
from cqrs_lab.in_class.slides import slides, slides_of
from cqrs_lab.in_class.stored import StoredLesson, asked, read_stored

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PATH = NOTEBOOKS / f"{LESSONS[3].file}.ipynb"


@pytest.fixture(scope="module")
def found():
    return slides_of(read_stored(PATH))


def test_the_first_slide_is_the_question_of_the_lesson(found):
    assert (found[0].title, found[0].kind) == (LESSONS[3].question, "first") and "Lesson 3" in found[0].html


def test_a_question_comes_before_its_answer_and_neither_gives_it_away(found):
    kinds = [slide.kind for slide in found]
    asks = [at for at, slide in enumerate(found) if slide.title == "What do you expect?"]
    assert len(asks) == 4 == kinds.count("answer")
    for at, answer in zip(asks, (at for at, kind in enumerate(kinds) if kind == "answer"), strict=True):
        assert at < answer and "Answer" not in found[at].html
    assert [slide.title for slide in found[1:4]] == ["Do you remember?"] * 3


def test_exercises_set_up_and_what_comes_behind_are_left_out(found):
    html = "".join(slide.html for slide in found)
    assert "An answer" not in html and "class MyStore" not in html and "from datetime import" not in html
    assert found[-1].title == "Summary" and "didn&#x27;t guess" not in html and "../" not in html


def test_a_slide_of_code_shows_what_it_printed(found):
    code = next(slide for slide in found if "live_through_the_weekend" in slide.html)
    assert code.kind == "code" and "order-7 1 OrderPlaced" in code.html


def test_a_line_that_leads_to_code_stands_above_it(found):
    code = next(slide for slide in found if "FrozenInstanceError" in slide.html)
    assert code.html.startswith("<p>Let her try.</p>") and "reveal(" not in code.html


def test_text_before_a_heading_belongs_to_the_heading_before_it():
    cell = nbformat.v4.new_markdown_cell("# What?\n\nOne.\n\n## First\n\nTwo.\n\n## Second\n\nThree.")
    more = nbformat.v4.new_markdown_cell("Four.\n\n## Empty\n\n## Last\n\nFive.")
    titles = [slide.title for slide in slides_of(StoredLesson(LESSONS[0], [cell, more]))]
    assert titles == ["What?", "First", "Second", "Second", "Last"]


def test_a_question_is_read_back_from_its_line():
    assert asked("How many (of all)? (one / two)\nA number? (from 0 to 9)") == [
        ("How many (of all)?", ["one", "two"]), ("A number? (from 0 to 9)", []),
    ]  # fmt: skip


def test_every_lesson_becomes_slides_that_ask_nobody_for_anything():
    html = slides([NOTEBOOKS / f"{lesson.file}.ipynb" for lesson in LESSONS if lesson.written])
    assert html.count('aria-roledescription="slide"') > 400 and "<title>Lesson 0, Lesson 1," in html
    assert "<script src" not in html and "stylesheet" not in html and "@import" not in html
    assert " id=\"view" not in html and html.count("<script>") == 1
