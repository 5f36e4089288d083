"""The notebook `your_system` is no lesson, and keeps those rules of a lesson's shape that are about reading it."""

import json
import re
from pathlib import Path

import pytest

from cqrs_lab.course.copies import learners_copy

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SOLUTION = json.loads((NOTEBOOKS / "solutions" / "your_system.ipynb").read_text())
COPY = json.loads((NOTEBOOKS / "your_system.ipynb").read_text())
CELLS = [{**cell, "source": "".join(cell["source"])} for cell in SOLUTION["cells"]]
PROSE = [cell for cell in CELLS if cell["cell_type"] == "markdown"]
CODE = [cell for cell in CELLS if cell["cell_type"] == "code"]


def test_the_copy_is_what_the_builder_makes_of_the_solution_and_holds_no_outputs():
    assert learners_copy(SOLUTION) == COPY, "run `make copies`"
    assert not any(cell.get("outputs") for cell in COPY["cells"])


def test_the_h1_is_a_question_and_no_level_is_skipped():
    levels = [(len(marks), text) for cell in PROSE for marks, text in re.findall(r"^(#+) (.*)$", cell["source"], re.M)]
    assert [text for level, text in levels if level == 1] == ["How far behind is your system?"]
    assert {level for level, _ in levels} <= {1, 2}


def test_cells_are_short_and_no_two_of_code_stand_in_a_row():
    text = {cell["id"]: len(re.sub(r"^\|.*$", "", cell["source"], flags=re.M).split()) for cell in PROSE}
    assert {name: words for name, words in text.items() if words > 120} == {}
    assert [cell["id"] for cell in CODE if len(cell["source"].splitlines()) > 15] == []
    kinds = [cell["cell_type"] for cell in CELLS]
    assert all(one != other or one == "markdown" for one, other in zip(kinds, kinds[1:], strict=False))


def test_every_page_that_it_links_to_is_there():
    links = [link for cell in PROSE for link in re.findall(r"\]\(([^)]+)\)", cell["source"])]
    assert [link for link in links if not link.startswith("https://") and not (NOTEBOOKS / link).is_file()] == []


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("your-system-13", "would keep a projector busy 102% of the time, so it never catches up"),
        ("your-system-21", "may have the day or the month first; write it as 2026-03-02T09:00:00.250Z"),
    ],
)
def test_what_is_meant_to_be_refused_is_refused_in_one_sentence(cell, says):
    outputs = next(one["outputs"] for one in CODE if one["id"] == cell)
    assert says in "".join(outputs[0]["text"])


def test_the_times_of_a_newsletter_leave_far_less_headroom_than_their_average_rate():
    table = next(one["outputs"] for one in CODE if one["id"] == "your-system-19")[0]["data"]["text/plain"]
    as_they_came, at_random = map(float, re.search(r"headroom +(\S+) +(\S+)", "".join(table)).groups())
    assert as_they_came * 10 < at_random
