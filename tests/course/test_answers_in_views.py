"""A reader's answer is seen in the view of its lesson: right and wrong ones each change the picture their way."""

import re

import pytest

from cqrs_lab.course.exercises import EXERCISES
from cqrs_lab.course.guard import NotYet
from cqrs_lab.show import decision_table

from .exercises import answers_04_order as lesson_4

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
