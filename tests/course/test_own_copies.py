"""A learner's file is never written to: a lesson that has changed stands beside it, with the answers that still fit."""

import json
import os

import pytest

from cqrs_lab.course.own_copies import GIVEN, copy_lessons
from cqrs_lab.errors import InvalidArgument
from tests.course.test_updating import ASK, CHECK, STUB, cell, lesson

FILE, BESIDE = "03_facts.ipynb", "03_facts.new.ipynb"


def text(notebook):
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


FIRST = text(lesson(ASK, STUB, CHECK))
SECOND = text(lesson(cell("ask", "# How much?", "markdown"), STUB, CHECK))
ANSWERED = text(lesson(ASK, cell("stub", "level = sum"), CHECK))
CHANGED = "03_facts.ipynb has changed, and you had not touched it: it is the new lesson now."
STANDS = f"{FILE} is as you left it; the lesson has changed, and stands beside it as {BESIDE}."


@pytest.fixture
def here(tmp_path):
    """The folder of the lessons, and a learner's folder with the first of them."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / FILE).write_text(FIRST)
    run(tmp_path)
    return tmp_path


def run(here, lesson=None):
    if lesson is not None:
        (here / "notebooks" / FILE).write_text(lesson)
    return list(copy_lessons(here / "notebooks", here / "mine"))


def mine(here):
    """Return what the learner sees."""
    return {path.name: path.read_text(errors="replace") for path in (here / "mine").glob("*.ipynb")}


def save(here, content, name=FILE):
    (here / "mine" / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def test_lessons_are_copied_once(here):
    assert mine(here) == {FILE: FIRST} and run(here) == [] and mine(here) == {FILE: FIRST}


def test_a_file_that_is_as_it_was_given_becomes_the_new_lesson(here):
    assert run(here, SECOND) == [CHANGED] and mine(here) == {FILE: SECOND} and run(here) == []


def test_a_file_that_the_learner_saved_stays_byte_for_byte_and_the_new_lesson_stands_beside_it(here):
    save(here, ANSWERED)
    assert run(here) == []
    assert run(here, SECOND) == [STANDS, "  Cell ask: its text has changed."]
    beside = text(lesson(cell("ask", "# How much?", "markdown"), cell("stub", "level = sum"), CHECK))
    assert mine(here) == {FILE: ANSWERED, BESIDE: beside}


def test_run_twice_it_does_nothing_the_second_time(here):
    save(here, ANSWERED)
    run(here, SECOND)
    before = mine(here)
    assert run(here) == [] and mine(here) == before


def test_the_next_change_goes_on_from_the_newest_file(here):
    save(here, ANSWERED)
    run(here, SECOND)
    save(here, text(lesson(cell("ask", "# How much?", "markdown"), cell("stub", "level = max"), CHECK)), BESIDE)
    before = mine(here)
    third = text(lesson(cell("ask", "# Why?", "markdown"), STUB, CHECK))
    assert run(here, third) == [
        f"{BESIDE} is as you left it; the lesson has changed, and stands beside it as 03_facts.new.2.ipynb.",
        "  Cell ask: its text has changed.",
    ]
    after = mine(here)
    assert {name: after[name] for name in before} == before and "level = max" in after["03_facts.new.2.ipynb"]
    assert run(here) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"cells": [3]}', b"\xff\xfe", b'{"cells": [{"id": "ask"}]}'])
def test_a_file_that_is_no_notebook_is_left_alone_too(here, content):
    save(here, content)
    assert run(here, SECOND) == [
        STANDS, "  Your file is no notebook that can be read, so no answer could be taken over from it.",
    ]  # fmt: skip
    assert (here / "mine" / FILE).read_bytes() == content and mine(here)[BESIDE] == SECOND


def test_a_file_without_ids_is_left_alone_and_that_is_said(here):
    own = json.loads(ANSWERED)
    for one in own["cells"]:
        del one["id"]
    save(here, text(own))
    assert run(here, SECOND)[1].startswith("  An editor has dropped the ids")
    assert mine(here) == {FILE: text(own), BESIDE: SECOND}


def test_a_file_that_was_renamed_is_left_alone_and_the_lesson_is_there_again(here):
    save(here, ANSWERED)
    (here / "mine" / FILE).rename(here / "mine" / "my facts.ipynb")
    assert run(here, SECOND) == [
        f"{FILE} was renamed or deleted: the lesson is there again, and no other file was touched."
    ]
    assert mine(here) == {"my facts.ipynb": ANSWERED, FILE: SECOND} and run(here) == []


def test_a_file_of_which_nobody_knows_how_it_was_given_is_left_alone(here):
    save(here, ANSWERED)
    (here / "mine" / GIVEN / FILE).unlink()
    assert run(here)[1] == "  How you got your file is not known, so no answer could be taken over from it."
    assert mine(here) == {FILE: ANSWERED, BESIDE: FIRST} and run(here) == []


def test_a_file_that_somebody_holds_open_is_still_theirs_when_they_save_it(here):
    with (here / "mine" / FILE).open("r+b") as held:
        run(here, SECOND)  # as it was given, and so another file takes its place
        held.write(ANSWERED.encode())
    assert mine(here) == {FILE: SECOND}
    save(here, ANSWERED)  # what JupyterLab does when its reader says "overwrite"
    assert run(here) == [] and mine(here)[FILE] == ANSWERED
    assert run(here, FIRST)[0] == STANDS and mine(here)[FILE] == ANSWERED


def test_a_run_that_ended_half_way_is_made_good_by_the_next(here):
    save(here, SECOND)  # and what was given is still the first
    assert run(here, SECOND) == [] and mine(here) == {FILE: SECOND}
    assert run(here, FIRST) == [CHANGED]


def test_where_there_are_no_lessons_or_nobody_may_write_it_says_so(here, tmp_path):
    with pytest.raises(InvalidArgument, match="holds no lessons; run this in the folder of the kit"):
        list(copy_lessons(tmp_path / "nowhere", tmp_path / "mine"))
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")
    with pytest.raises(InvalidArgument, match="expected a folder where you may write; your files are as they were"):
        list(copy_lessons(here / "notebooks", blocked))


def test_lines_that_end_as_on_windows_are_the_learners(here):
    save(here, FIRST.replace("\n", os.linesep if os.linesep != "\n" else "\r\n"))
    assert run(here, SECOND) == [STANDS, "  Cell ask: its text has changed."]
