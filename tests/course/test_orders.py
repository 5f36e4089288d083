"""In the order in which cells come back, each meets what any two others may leave for it."""

from itertools import permutations

import pytest

from .orders import every_meeting


def meets(ran, one, other, third):
    """Look, one run after the other, whether a cell comes after another one without the third between."""
    since = None
    for cell in ran:
        if cell == one and since == other:
            return True
        since = cell if cell in (other, third) else since
    return False


@pytest.mark.parametrize("number", [3, 6, 11])
@pytest.mark.parametrize("ran", [[], [5, 4, 3, 2, 1, 0, 99], [0, 2, 1, 2, 0]], ids=str)
def test_each_cell_comes_after_any_other_with_any_third_one_not_between(number, ran):
    cells = list(range(number))
    order = every_meeting(ran, cells)
    assert [three for three in permutations(cells, 3) if not meets([*ran, *order], *three)] == []
    assert set(order) <= set(cells)


def test_what_has_been_seen_is_not_asked_for_again():
    cells = list(range(9))
    first = every_meeting([], cells)
    assert every_meeting(first, cells) == [] and len(every_meeting(cells[::-1] * 2, cells)) < len(first)


def test_the_order_is_that_of_a_run_before():
    assert every_meeting([2, 1, 0], [0, 1, 2, 3]) == every_meeting([2, 1, 0], [0, 1, 2, 3])
