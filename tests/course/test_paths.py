"""A path takes the time it says, and names only what is there."""

import json
from pathlib import Path

import pytest

from cqrs_lab.course.lessons import LESSONS
from cqrs_lab.course.paths import PATHS, PathPart, lesson_of
from cqrs_lab.demo.demos import demo_of

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
MINUTES = {"45": 45, "90": 90, "180": 180, "professional": 60}
EVERY_PART = sorted({part for parts in PATHS.values() for part in parts})


def test_the_minutes_of_a_path_add_up_to_its_name():
    assert {name: sum(part.minutes for part in parts) for name, parts in PATHS.items()} == MINUTES


def headings(key):
    """Return the headings of a lesson, or of another notebook."""
    file = next((one.file for one in LESSONS if one.key == key), key)
    cells = json.loads((NOTEBOOKS / f"{file}.ipynb").read_text(encoding="utf-8"))["cells"]
    lines = [line for cell in cells if cell["cell_type"] == "markdown" for line in "".join(cell["source"]).splitlines()]
    return [line.lstrip("# ") for line in lines if line.startswith("#")]


@pytest.mark.parametrize("part", EVERY_PART, ids=lambda part: part.what)
def test_the_lesson_the_heading_and_the_demos_of_a_part_exist(part):
    lesson = lesson_of(part)
    assert (lesson is None) == (part.lesson == "")
    if lesson is not None and lesson.written:
        assert part.heading == "" or part.heading in headings(part.lesson)
    if part.notebook:
        assert part.heading in headings(part.notebook)
    assert all(demo_of(name) is not None and demo_of(name).lesson == part.lesson for name in part.demos)


def test_a_longer_path_holds_all_of_the_shorter_ones():
    assert set(PATHS["45"]) < set(PATHS["90"]) < set(PATHS["180"])


def test_a_path_follows_the_order_of_the_lessons_and_the_professional_one_begins_with_the_verdict():
    for name in ("45", "90", "180"):
        keys = [part.lesson for part in PATHS[name] if part.lesson]
        assert keys == sorted(keys)
    assert PATHS["professional"][0].lesson == "15"
    assert PATHS["professional"][-1].notebook == "your_system"


def test_a_break_belongs_to_no_lesson():
    assert lesson_of(PathPart(15, "Break")) is None
