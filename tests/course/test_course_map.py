"""The list of lessons agrees with the notebooks, the README and the map."""

import json
import re
from pathlib import Path

from cqrs_lab.course import LESSONS, course_map

ROOT = Path(__file__).parents[2]


NUMBERS = [str(number) for number in range(10)] + ["9b"] + [str(number) for number in range(10, 16)]


def test_there_are_seventeen_lessons_in_order():
    assert [lesson.number for lesson in LESSONS] == NUMBERS
    assert [lesson.key for lesson in LESSONS] == sorted(lesson.key for lesson in LESSONS)


def test_a_lesson_counts_as_written_when_its_notebook_is_there():
    there = {path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")}
    assert {lesson.file for lesson in LESSONS if lesson.written} == there


def test_a_lesson_s_title_is_its_question():
    for lesson in LESSONS:
        if lesson.written:
            first = json.loads((ROOT / "notebooks" / f"{lesson.file}.ipynb").read_text())["cells"][0]
            assert "".join(first["source"]).splitlines()[0] == f"# {lesson.question}"


def test_the_readme_lists_every_lesson_and_links_those_that_are_written():
    rows = re.findall(r"^\| (\d+b?) \| (.+?) \|$", (ROOT / "README.md").read_text(), re.M)
    expected = [f"[{one.question}](notebooks/{one.file}.ipynb)" if one.written else one.question for one in LESSONS]
    assert rows == list(zip(NUMBERS, expected, strict=True))


def test_the_map_places_every_lesson_once_and_links_those_that_are_written():
    picture = course_map()
    drawn = re.findall(r'text-anchor="middle">(\d+b?)</text>', picture.html)
    assert sorted(drawn) == sorted(NUMBERS)
    assert re.findall(r'href="(.+?)\.ipynb"', picture.html) == [one.file for one in LESSONS if one.written]
    assert all(re.search(rf"\b{number}\b", picture.says) for number in NUMBERS)
