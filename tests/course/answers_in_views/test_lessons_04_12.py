"""A reader's answer is seen in the view of its lesson: right and wrong ones each change the picture their way."""

import re

import pytest

from cqrs_lab.course.exercises import EXERCISES
from cqrs_lab.course.exercises import lesson_12_hotel as hotel
from cqrs_lab.course.guard import NotYet
from cqrs_lab.show import decision_table, process_lanes

from ..exercises import answers_04_order as lesson_4
from ..exercises import answers_12_stay as lesson_12

CELL = re.compile(r'<td data-set="{&quot;state&quot;: (\d), &quot;command&quot;: (\d)}"[^>]*>(.*?)</td>')


def in_the_table(answer):
    return decision_table(lesson_4.order, lesson_4.histories, lesson_4.commands, mine=answer[0])


def turned(view):
    """Return the cells that the picture shows as changed, each with the kinds that its two decisions are drawn as."""
    return {
        (int(state), int(command)): re.findall(r'class="(event|refusal|nothing)"', body)
        for state, command, body in CELL.findall(view.picture.html)
        if 'class="turned"' in body
    }


@pytest.mark.parametrize("answer", lesson_4.RIGHT)
def test_a_right_answer_to_04_1_turns_one_cell_from_an_event_to_a_refusal(answer):
    view = in_the_table(answer)
    EXERCISES["04.1"].judge(answer)
    assert turned(view)[3, 0] == ["event", "refusal"]
    kinds = {place: kinds for place, kinds in turned(view).items() if kinds[0] != kinds[-1]}
    assert kinds == {(3, 0): ["event", "refusal"]}
    assert view.frame().at["cancelled", "pay"] == "Paid → ✗ refused"


# What each wrong answer turns: the cells by state and command, and what they show then.
TURNED = {
    "as it was": {},
    "in silence": {("cancelled", "pay"): "Paid → nothing to do"},
    "everything that is cancelled": {
        ("cancelled", "pay"): "Paid → ✗ refused",
        ("paid, then cancelled", "pay"): "nothing to do → ✗ refused",
    },
    "nobody pays": {
        ("placed", "pay"): "Paid → ✗ refused",
        ("paid", "pay"): "nothing to do → ✗ refused",
        ("shipped", "pay"): "nothing to do → ✗ refused",
        ("cancelled", "pay"): "Paid → ✗ refused",
        ("paid, then cancelled", "pay"): "nothing to do → ✗ refused",
    },
    "keeps what is paid": {
        ("cancelled", "pay"): "Paid → ✗ refused",
        ("paid", "cancel"): "Cancelled → ✗ refused",
        ("shipped", "cancel"): "✗ refused → refused for another reason",
        ("paid, then cancelled", "cancel"): "nothing to do → ✗ refused",
    },
}


@pytest.mark.parametrize("name", TURNED)
def test_a_wrong_answer_to_04_1_is_seen_in_the_cells_that_it_turns(name):
    answer, view = lesson_4.WRONG[name][0], in_the_table(lesson_4.WRONG[name][0])
    with pytest.raises(NotYet):
        EXERCISES["04.1"].judge(answer)
    changed = {place: cell for place, cell in view.frame().stack().items() if "→" in cell}
    assert changed == TURNED[name] and len(turned(view)) == len(changed)
    how_many = f"{len(changed)} of 15" if changed else "none of the 15"
    assert view.says.startswith(f"Your rules change {how_many} cells")


def test_the_picture_of_a_wrong_answer_is_not_that_of_a_right_one():
    pictures = [
        in_the_table(one).picture.html
        for one in (lesson_4.RIGHT[0], *(one for one, _ in map(lesson_4.WRONG.get, TURNED)))
    ]
    assert len(set(pictures)) == len(pictures)


# --- lesson 12: the reader's process in the lanes ---------------------------------------------------------

ROW = re.compile(
    r'<tr><th scope="row">([^<]+)</th><td class="number">(\d+)</td><td class="number">(\d+)</td>(.*?)</tr>'
)


def in_the_lanes(react):
    return process_lanes(hotel.process(react), hotel, columns=8)


def table(view):
    """Return for each failure what is held in the end, and how many crashes leave the same log and another one."""
    return {
        failure: (int(rooms), int(pounds), row.count('class="same"'), row.count('class="refusal"'))
        for failure, rooms, pounds, row in ROW.findall(view.picture.html)
    }


def held(view):
    return [row[:2] for row in table(view).values()]


@pytest.mark.parametrize("react", lesson_12.RIGHT)
def test_a_right_answer_to_12_3_holds_all_or_nothing_and_survives_every_crash(react):
    view = in_the_lanes(react)
    assert held(view) == [(1, 120), *[(0, 0)] * 4]
    assert sum(another for *_, another in table(view).values()) == 0 and view.says.endswith("the same after each.")


# What is left in the end: nothing fails, no room, the bank declines, never answers, answers late.
LEFT = {
    "as it was": [(1, 120), (0, 0), (1, 0), (1, 0), (1, 120)],
    "no key": [(1, 120), *[(0, 0)] * 4],
    "takes it back": [(1, 0), *[(0, 0)] * 4],
    "deaf to the bank": [(1, 120), (0, 0), (1, 0), (0, 0), (0, 0)],
    "keeps the room": [(1, 120), (0, 0), (1, 0), (1, 0), (1, 0)],
    "keeps the money": [(1, 120), (0, 0), (0, 0), (0, 0), (0, 120)],
}


@pytest.mark.parametrize("name", LEFT)
def test_a_wrong_answer_to_12_3_is_seen_in_what_is_held(name):
    assert held(in_the_lanes(lesson_12.WRONG[name][0])) == LEFT[name]


def test_a_memory_beside_the_state_is_seen_in_the_crashes_that_take_it():
    view = in_the_lanes(lesson_12.remembers())
    assert held(view) == held(in_the_lanes(lesson_12.whole))
    # After command 1 StayBooked is heard again; after 2 it is not, and nothing follows; after 3 nothing is left to do.
    row = next(row for failure, *_, row in ROW.findall(view.picture.html) if failure == "nothing fails")
    assert re.findall(r'class="(same|refusal)"', row) == ["same", "refusal", "same"]
    picture = view.at(crash=2)
    assert "The log is not the one without the crash." in picture.says
    assert picture.frame["event"].tolist() == ["StayBooked", "RoomHeld", "PaymentRequested", "PaymentTaken"]


def test_where_a_key_comes_too_early_or_crosses_a_cancellation_is_drawn():
    late = hotel.FAILURES.index("the bank answers after the time-out")
    assert "GiveKey refused, 12:40" in in_the_lanes(lesson_12.whole).at(failure=late).html
    early = in_the_lanes(lesson_12.key_first).picture
    assert early.frame["event"].tolist().index("KeyGiven") < early.frame["event"].tolist().index("PaymentTaken")
    assert "point of no return" in early.html


def test_no_two_of_these_answers_have_the_same_picture():
    pictures = {name: in_the_lanes(lesson_12.WRONG[name][0]).picture.html for name in LEFT}
    pictures["right"] = in_the_lanes(lesson_12.whole).picture.html
    assert len(set(pictures.values())) == len(pictures)
