"""A newer lesson takes over the answers that still fit it, and says of each cell what has changed."""

import copy

import pytest

from cqrs_lab.course.updating import source, updated


def cell(key, text, kind="code", **more):
    found = {"id": key, "cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)} | more
    return found | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def lesson(*cells):
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


ASK, STUB, CHECK = cell("ask", "# How many?", "markdown"), cell("stub", "level = ..."), cell("check", "check(level)")
GIVEN = lesson(ASK, STUB, CHECK)


def with_answer(*more, answer="level = sum"):
    own = cell("stub", answer, outputs=[{"output_type": "stream", "name": "stdout", "text": "7"}], execution_count=3)
    return lesson(ASK, own, CHECK, *more)


def sources(found):
    return {one["id"]: source(one) for one in found.notebook["cells"]}


def test_an_answer_is_taken_over_where_the_cell_has_not_changed():
    now = lesson(cell("ask", "# How much?", "markdown"), STUB, CHECK)
    found = updated(GIVEN, with_answer(), now)
    assert sources(found) == {"ask": "# How much?", "stub": "level = sum", "check": "check(level)"}
    assert found.says == ["Cell ask: its text has changed."]
    assert found.notebook["cells"][1]["outputs"] == [] and found.notebook["cells"][1]["execution_count"] is None


def test_an_answer_to_a_cell_that_has_changed_stays_with_the_learner():
    now = lesson(ASK, cell("stub", "def level(log): ..."), CHECK)
    found = updated(GIVEN, with_answer(), now)
    assert sources(found)["stub"] == "def level(log): ..."
    assert found.says == ["Cell stub: its code has changed, and what you wrote there stays in your file alone."]
    assert updated(GIVEN, GIVEN, now).says == ["Cell stub: its code has changed."]


def test_new_cells_and_cells_that_are_gone_are_said():
    found = updated(GIVEN, with_answer(), lesson(ASK, cell("more", "1"), CHECK))
    assert found.says == ["Cell more is new.", "Cell stub is gone, and what you wrote there stays in your file alone."]
    assert list(sources(found)) == ["ask", "more", "check"]


def test_a_cell_that_has_moved_is_said_and_keeps_its_answer():
    found = updated(GIVEN, with_answer(), lesson(ASK, CHECK, STUB))
    assert found.says == ["Cell stub now comes after check."] and sources(found)["stub"] == "level = sum"


def test_a_cell_that_the_learner_has_deleted_is_there_again():
    mine = lesson(ASK, CHECK)
    found = updated(GIVEN, mine, lesson(ASK, STUB, CHECK, cell("more", "1")))
    assert sources(found)["stub"] == "level = ..." and found.says == ["Cell more is new."]


def test_cells_of_their_own_come_along_behind_the_cell_that_they_stood_behind():
    mine = lesson(cell("first", "# mine", "markdown"), ASK, STUB, cell("try", "1 + 1"), cell("again", "2"), CHECK)
    found = updated(GIVEN, mine, lesson(ASK, STUB, cell("more", "1"), CHECK))
    assert list(sources(found)) == ["first", "ask", "stub", "try", "again", "more", "check"]
    assert found.says == ["Cell more is new."]


def test_a_cell_of_their_own_whose_place_is_gone_stays_with_them_and_that_is_said():
    mine = lesson(ASK, STUB, cell("try", "1 + 1"), CHECK, cell("empty", " "))
    found = updated(GIVEN, mine, lesson(ASK, CHECK))
    assert "try" not in sources(found)
    assert found.says[-1] == "1 cell of your own stays in your file alone: it cannot be told where to put it."
    nameless = copy.deepcopy(lesson(ASK, STUB, CHECK, cell("x", "1"), cell("y", "2")))
    for one in nameless["cells"][3:]:
        del one["id"]
    assert updated(GIVEN, nameless, GIVEN).says == [
        "2 cells of your own stay in your file alone: it cannot be told where to put them."
    ]


def test_a_cell_that_the_learner_turned_into_text_is_text_in_the_new_lesson():
    mine = lesson(ASK, cell("stub", "I do not know.", "markdown"), CHECK)
    stub = updated(GIVEN, mine, GIVEN).notebook["cells"][1]
    assert stub["cell_type"] == "markdown" and "outputs" not in stub and "execution_count" not in stub


def test_how_a_file_writes_its_lines_makes_no_difference():
    as_text = copy.deepcopy(GIVEN)
    for one in as_text["cells"]:
        one["source"] = "".join(one["source"]) + "\n"
    assert updated(GIVEN, as_text, GIVEN).says == [] == updated(as_text, GIVEN, as_text).says


@pytest.mark.parametrize("mine", [GIVEN, with_answer(), lesson(ASK), lesson()])
def test_nothing_that_was_given_is_changed(mine):
    now = lesson(ASK, cell("stub", "new"), cell("more", "1"))
    three = copy.deepcopy((GIVEN, mine, now))
    updated(GIVEN, mine, now)
    assert three == (GIVEN, mine, now)
