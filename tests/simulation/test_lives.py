"""What a function keeps in memory ends with its process; what is on the disk stays."""

import functools
from collections import Counter

import pytest

from cqrs_lab.simulation.lives import reborn

KEPT = {"calls": 0}
TOTAL = 0


def in_a_global_container():
    KEPT["calls"] += 1
    return KEPT["calls"]


def in_a_global_number():
    global TOTAL
    TOTAL += 1
    return TOTAL


def in_a_default(seen=[]):  # noqa: B006 - as people write it
    seen.append("one more")
    return len(seen)


def in_a_keyword(*, seen=Counter()):  # noqa: B006 - as people write it
    seen["calls"] += 1
    return seen["calls"]


class InAnAttribute:
    def __init__(self):
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return self.calls

    def method(self):
        return self()


def in_a_closure():
    calls = 0

    def count():
        nonlocal calls
        calls += 1
        return calls

    return count


def in_a_list_of_a_closure():
    seen = []

    def count():
        seen.append("one more")
        return len(seen)

    return count


WAYS = {
    "a global container": lambda: in_a_global_container,
    "a global number": lambda: in_a_global_number,
    "a default argument": lambda: in_a_default,
    "a keyword": lambda: in_a_keyword,
    "an attribute": InAnAttribute,
    "the attribute of a method's object": lambda: InAnAttribute().method,
    "a number of a closure": in_a_closure,
    "a list of a closure": in_a_list_of_a_closure,
    "an argument of a partial function": lambda: functools.partial(in_a_default, []),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_life_ends_with_what_it_remembers_and_the_function_itself_is_not_touched(way):
    function = WAYS[way]()
    at_first = reborn(function)
    before = [at_first() for _ in range(3)]
    lives = [[life() for _ in range(2)] for life in (reborn(reborn(function)), reborn(function))]
    start = before[0]
    assert before == [start, start + 1, start + 2]
    assert lives == [[start, start + 1]] * 2
    assert function() == start


def test_what_cannot_change_and_what_it_calls_stay_what_they_are():
    assert reborn(len) is len
    assert reborn(helped)() == 2 and reborn(helped).__name__ == "helped"


def helped():
    return helper() + 1


def helper():
    return 1
