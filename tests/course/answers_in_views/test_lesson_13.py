"""A learner's customers go behind the slider of lesson 13: right and wrong ones show other numbers and other names."""

import re
from collections import Counter

import pytest

from tests.lessons import code_of

from ..exercises import answers_13 as answers


@pytest.fixture(scope="module")
def lesson():
    """Return the code of the learner's copy by the ids of its cells, and the names that the year leaves."""
    code = code_of("13", solved=False)
    names = {}
    for one in ("lesson-13-01", "lesson-13-03", "lesson-13-05", "lesson-13-07", "lesson-13-09"):
        exec(code[one], names)
    names["days"] = names["online_retail"].by_day(names["store"].read_all())
    return code, names


def slider(lesson, projection):
    """Run the lesson's cell, and return its view."""
    code, names = lesson
    above, call = code["lesson-13-55"].split("any_day(")
    names = {**names, "Customers": lambda: projection}
    exec(above, names)
    return eval(f"any_day({call}", names)


def best(picture):
    """Return the table of the best customers as it is drawn, and how many orders there are so far."""
    rows = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        for row in re.findall(r"<tr data-key[^>]*>(.*?)</tr>", picture.html)
    ]
    so_far = re.search(r"Orders: .* that day, (-?[\d,]+) so far", picture.html)[1]
    return [tuple(row[:3]) for row in rows], int(so_far.replace(",", ""))


@pytest.fixture(scope="module")
def by_hand(lesson):
    """Return what the picture of the last day has to show, added up event by event."""
    _, names = lesson
    events, orders, values = names["events"], Counter(), Counter()
    for one in (recorded.event for recorded in names["store"].read_all()):
        if isinstance(one, (events.OrderPlaced, events.ItemsReturned)):
            sign = 1 if isinstance(one, events.OrderPlaced) else -1
            orders[one.customer_id] += sign == 1
            for item in (*one.lines, *one.charges):
                values[one.customer_id] += sign * item.quantity * item.unit_price_mills
    top = [(who or "no name", f"{orders[who]:,}", f"{value // 1000:,}") for who, value in values.most_common(5)]
    return top, sum(orders.values())


@pytest.mark.parametrize("projection", [answers.Customers(), answers.EventByEvent()], ids=["whole", "by event"])
def test_a_right_answer_shows_the_best_customers_of_the_year(lesson, by_hand, projection):
    assert best(slider(lesson, projection).picture) == by_hand


# What a wrong one shows: how many orders so far against those of the log, and whether those without a name are there.
SHOWN = {
    "the first try": ("fewer", False),
    "charges are orders": ("more", True),
    "orders go back": ("fewer", True),
    "without charges": ("the same", True),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_wrong_answer_shows_other_numbers(lesson, by_hand, name):
    answer = answers.FirstTry() if name == "the first try" else answers.WRONG["13.1"][name][0]
    (top, so_far), (right, orders) = best(slider(lesson, answer).picture), by_hand
    told = "more" if so_far > orders else "fewer" if so_far < orders else "the same"
    assert top != right and (told, any(who == "no name" for who, *_ in top)) == SHOWN[name]
