"""A learner's `sell` runs in the lesson's view: where a sale is lost, the picture says so."""

import re

import pytest

from tests.lessons import code_of

from ..exercises import answers_01 as answers

CODE = code_of("01", solved=False)


def told(sell):
    """Return what the lesson's view says at the end of each meeting, and the words of its last picture."""
    names = {}
    exec(re.search(r"from cqrs_lab.show import .*", CODE["lesson-01-01"])[0], names)
    view = eval(CODE["lesson-01-46b"], names | {"sell": sell})
    found = []
    for place in range(view.controls[0]["most"] + 1):
        view.move(cleo=place)
        view.move(step=view.controls[1]["most"])
        found.append(view.picture.says)
    return found, re.sub(r"<[^>]*>", " ", view.picture.html)


@pytest.mark.parametrize("at", range(len(answers.RIGHT["01.1"])))
def test_a_right_answer_loses_no_sale_wherever_the_other_comes_in(at):
    found, _ = told(answers.RIGHT["01.1"][at])
    assert [says for says in found if "7 are left: no sale is lost" not in says] == []


LOST = {
    "check then write": "9 are left, not 7: 2 too many",
    "reads before it has the lock": "9 are left, not 7: 2 too many",
    "never looks at rowcount": "10 are left, not 7: 3 too many",
    "a wider transaction that still reads first": "Mona: stopped by an error: OperationalError: database is locked",
    "gives up": "Mona: sold nothing",
}


@pytest.mark.parametrize("name", LOST)
def test_a_wrong_answer_is_seen_to_go_wrong_at_some_place_and_not_at_every_one(name):
    found, _ = told(answers.WRONG["01.1"][name][0])
    assert 1 <= sum(LOST[name] in says for says in found) < len(found)


def test_its_own_statements_are_in_the_picture():
    _, words = told(answers.WRONG["01.1"]["check then write"][0])
    assert words.count("SELECT") == words.count("UPDATE") == 2
