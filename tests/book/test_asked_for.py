"""What the book is asked to draw of a view is a setting of the view that has this number on its lesson's page."""

import json

import pytest

from cqrs_lab.book.asked_for import ASKED_FOR
from tests.lessons import NOTEBOOKS

WIDGETS, SHOWN = "application/vnd.jupyter.widget-state+json", "application/vnd.jupyter.widget-view+json"


def controls_on(lesson):
    """Return the controls of each view that the solution shows, by their names, in the order of the page."""
    notebook = json.loads((NOTEBOOKS / "solutions" / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    kept = notebook["metadata"]["widgets"][WIDGETS]["state"]
    outputs = [one for cell in notebook["cells"] for one in cell.get("outputs", []) if SHOWN in one.get("data", {})]
    states = [kept[one["data"][SHOWN]["model_id"]]["state"] for one in outputs]
    return [{one["name"]: one for one in state["controls"]} for state in states if "controls" in state]


def ranges(control):
    return range(control["least"], control["most"] + 1)


@pytest.mark.parametrize(("lesson", "number"), [(one, number) for one in ASKED_FOR for number in ASKED_FOR[one]])
def test_a_view_has_the_settings_that_the_book_asks_it_for(lesson, number):
    views = controls_on(lesson)
    assert number <= len(views), f"{lesson} shows {len(views)} views"
    there = views[number - 1]
    for asked in ASKED_FOR[lesson][number]:
        assert asked.keys() <= there.keys(), f"view {number} of {lesson} has {', '.join(there)}"
        beyond = {name: set(values or ()) - set(ranges(there[name])) for name, values in asked.items()}
        assert not any(beyond.values()), beyond
