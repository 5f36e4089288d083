"""A learner's store is what two people race for in lesson 3: a right one never oversells, a wrong one is seen to."""

import pytest

from tests.lessons import code_of

from ..exercises import answers_03 as answers

ORDERS = 6  # in which the four moves can come


@pytest.fixture(scope="module")
def lesson():
    code = code_of("03", solved=False)
    names = {}
    for one in ("lesson-03-01", "lesson-03-03", "lesson-03-22"):
        exec(code[one], names)
    return code, names


def ends(lesson, store):
    """Return what the race says at its end, for each order of the moves."""
    code, names = lesson
    view = eval(code["lesson-03-35d"], {**names, "MyStore": store})
    found = []
    for order in range(ORDERS):
        view.move(order=order)
        view.move(step=next(one["most"] for one in view.controls if one["name"] == "step"))
        found.append(view.picture.says)
    return found


@pytest.mark.parametrize("store", answers.RIGHT["03.1"], ids=lambda store: store.__name__)
def test_a_right_store_lets_nobody_oversell_in_any_order(lesson, store):
    assert {says.partition(" appends ")[2] for says in ends(lesson, store)} == {
        "StockReservationRefused; expected version 2: accepted. stock-cup is at version 3. That was all."
    }


# What a wrong one is seen to do, in some orders and not in all.
SEEN = {
    "stale version let through": "Oversold: 1 there, 2 promised",
    "half-written batch": "Oversold: 1 there, 2 promised",
    "refuses in silence": "the store takes 1 event, and has recorded 0",
    "an error of its own": "the store failed: ValueError: a conflict",
}


@pytest.mark.parametrize("name", SEEN)
def test_a_wrong_store_is_seen_to_go_wrong_in_some_orders(lesson, name):
    found = ends(lesson, answers.WRONG["03.1"][name][0])
    assert 0 < sum(SEEN[name] in says for says in found) < ORDERS


def machine(lesson, store):
    code, names = lesson
    *above, last = code["lesson-03-35b"].splitlines()
    names = {**names, "MyStore": store}
    exec("\n".join(above), names)
    return eval(last, names)


def test_in_the_time_machine_a_right_store_goes_through_all_and_a_wrong_one_breaks_its_law_at_its_event(lesson):
    right = machine(lesson, answers.RIGHT["03.1"][0]).picture.says
    wrong = machine(lesson, answers.WRONG["03.1"]["counts from 0"][0]).picture.says
    assert right.startswith("As of position 3, StockAdjusted on stock-cup")
    assert "This store breaks a law after 0 events: StockReceived on stock-cup is at position 0" in wrong
