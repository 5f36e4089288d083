"""The instructors' guide sends nobody to what is not there, and leaves no lesson and no demo out."""

import re
from pathlib import Path

import pytest

from cqrs_lab.course.lessons import LESSONS
from cqrs_lab.course.paths import PATHS
from cqrs_lab.demo.demos import DEMOS

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### Lesson (\S+)\n(.*?)(?=^##|\Z)", GUIDE, re.M | re.S))
LINKS = re.findall(r"\]\(([^)#\s]+)\)", GUIDE)


def test_every_written_lesson_has_a_section_with_all_that_a_teacher_needs():
    assert {one.number for one in LESSONS if one.written} <= set(SECTIONS)
    for number, text in SECTIONS.items():
        parts = re.findall(r"^- \*\*(\w[\w ]*):\*\*", text, re.M)
        assert parts == ["Ask", "Show", "Goes wrong", "Discuss"], number
        assert re.search(r"At the projector: \d+( to \d+)? minutes", text), number


def test_a_section_links_its_own_lesson_under_its_question():
    for lesson in LESSONS:
        if lesson.written and lesson.number in SECTIONS:
            assert f"[{lesson.question}](../notebooks/{lesson.file}.ipynb)" in SECTIONS[lesson.number]


@pytest.mark.parametrize("link", sorted(set(LINKS)))
def test_what_the_guide_links_is_there(link):
    assert (ROOT / "docs" / link).is_file()


def test_every_demo_is_shown_in_the_section_of_its_lesson_and_no_other_is_named():
    lessons = {one.key: one.number for one in LESSONS}
    for demo in DEMOS:
        assert f"`cqrs-lab demo {demo.name}`" in SECTIONS[lessons[demo.lesson]], demo.name
    assert set(re.findall(r"cqrs-lab demo ([a-z][a-z-]*)", GUIDE)) == {demo.name for demo in DEMOS}


def test_the_headings_of_notebooks_that_are_named_are_there():
    named = {
        number: re.findall(r'under\s+"([^"]+)"|notebook itself,\s+"([^"]+)"', text) for number, text in SECTIONS.items()
    }
    assert sum(map(len, named.values())) >= 6
    for lesson in LESSONS:
        for heading in map("".join, named.get(lesson.number, ())):
            assert f"# {heading}" in (ROOT / "notebooks" / f"{lesson.file}.ipynb").read_text(encoding="utf-8"), heading


def test_the_45_minutes_follow_each_other_and_are_those_of_the_path():
    spans = [(int(one), int(other)) for one, other in re.findall(r"^\| (\d+)–(\d+) \|", GUIDE, re.M)]
    assert [one for one, _ in spans] == [0, *(other for _, other in spans[:-1])] and spans[-1][1] == 45
    ends = [sum(part.minutes for part in PATHS["45"][: at + 1]) for at in range(len(PATHS["45"]))]
    assert set(ends) <= {other for _, other in spans}
    told = re.search(r"^## 45 minutes.*?(?=^## )", GUIDE, re.M | re.S)[0]
    demos = [name for part in PATHS["45"] for name in part.demos]
    assert re.findall(r"`cqrs-lab demo ([a-z][\w-]*)`", told) == demos
