"""What the book is asked to draw of a view is a setting of the view that has this number on its lesson's page."""

import pytest

from cqrs_lab.book.asked_for import ASKED_FOR
from tests.lessons import controls_on


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
