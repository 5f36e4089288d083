"""Where labels stand: what counts as touching, and what a label does about it."""

import pytest

from cqrs_lab.show.label_places import Mark, crosses, meet, placed

BOX = (10.0, 10.0, 20.0, 16.0)


@pytest.mark.parametrize(
    ("line", "touches"),
    [
        ((0, 13, 30, 13), True),  # right through
        ((15, 0, 15, 30), True),
        ((0, 0, 30, 26), True),
        ((12, 12, 14, 14), True),  # inside
        ((0, 9, 30, 9), False),  # above it
        ((21, 0, 21, 30), False),
        ((0, 13, 9, 13), False),  # ends before it
        ((0, 12, 12, 0), False),  # past a corner, though both of its ranges meet the box
    ],
)
def test_a_line_crosses_a_box_or_goes_past_it(line, touches):
    assert crosses(line, BOX) is touches
    assert crosses((line[2], line[3], line[0], line[1]), BOX) is touches


def test_boxes_meet_if_they_have_an_area_in_common():
    assert meet(BOX, (19, 15, 30, 30)) and meet((12, 12, 13, 13), BOX)
    assert not meet(BOX, (20, 10, 30, 16)) and not meet(BOX, (10, 17, 20, 20))


def test_a_label_stands_in_the_middle_of_its_side_and_gives_way_to_a_line():
    mark = Mark(("paid",), 100, 100, above=False)
    (alone,) = placed([mark], [], [])
    assert (alone.anchor, alone.x) == ("middle", 100) and alone.y > 100
    line = (115, 80, 115, 200)  # right of the middle
    (beside,) = placed([mark], [line], [])
    assert crosses(line, alone.box) and not crosses(line, beside.box)
    assert beside.anchor == "end" and beside.y == alone.y


def test_two_labels_side_by_side_leave_each_other_room():
    first, second = placed([Mark(("reserved",), x, 100, above=False) for x in (100, 130)], [], [])
    assert not meet(first.box, second.box)
