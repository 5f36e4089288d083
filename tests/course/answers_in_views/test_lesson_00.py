"""The order that a learner writes for exercise 00.1 is the one that goes through the scene."""

import re

import pytest

from tests.lessons import code_of

CODE = code_of("00", solved=False)
SET_UP = ("lesson-00-02", "lesson-00-02a", "lesson-00-04")


def view_of(quantity, predicted=(1, 0, None)):
    """Run the cells around the answer, with this answer, and return the scene."""
    names = {}
    for one in SET_UP:
        exec(CODE[one], names)
    names |= {"quantity": quantity, "predicted": dict(zip("abc", predicted, strict=True))}
    exec(CODE["lesson-00-34"], names)
    return eval(CODE["lesson-00-34b"], names)


def seen(view, step):
    """Return the words of the picture at a step, and what the step says."""
    picture = view.at(step=step)
    return " ".join(re.sub(r"<[^>]*>", " ", picture.html).split()), picture.frame["says"].iloc[-1]


@pytest.mark.parametrize("quantity", range(2, 10))
def test_the_order_is_recorded_then_missed_then_counted(quantity):
    view = view_of(quantity)
    assert "3 placed" in seen(view, 2)[0]
    page, says = seen(view, 5)
    assert "nothing here as of event 2" in page and says.startswith("The answer shows the shop as it was at position 2")
    assert f"product received ordered cup 12 {quantity}" in seen(view, 6)[0]
    last, _ = seen(view, view.controls[-1]["most"])
    assert f"level: {12 - quantity} available: {12 - quantity} as of event 3" in last


def test_a_quantity_that_the_rules_do_not_take_is_seen_to_be_refused_and_leaves_the_stock_as_it_was():
    view = view_of(0)
    assert "3 refused" in seen(view, 2)[0] and "OrderLinesRefused goes into the log" in seen(view, 2)[1]
    assert "level: 12 available: 12 as of event 3" in seen(view, view.controls[-1]["most"])[0]


def test_a_guess_changes_what_is_compared_and_not_the_picture():
    assert view_of(5, (1, 1, 7)).html == view_of(5, (1, 0, 5)).html
