"""A learner's answer to 06.1 picks a way at each number of reads, in the picture of the four ways."""

import re

import numpy as np
import pandas as pd
import pytest

from cqrs_lab.show import copies
from tests.lessons import code_of

from ..exercises import answers_06 as answers

CODE = code_of("06", solved=False)
ROWS = {"written": [0, 5.6, 2.6, 3.6], "first": [9741, 41, 13, 15], "again": [9741, 41, 13, 2]}
LOG, JOINED, OWN, KEPT = "on the log", "joined tables", "own table", "kept answer"
WORK = pd.DataFrame(ROWS, index=[LOG, JOINED, OWN, KEPT])
READS = ["1 read per 10,000 orders", "1 read per 1,000 orders", "1 read per 100 orders", "1 read per 10 orders"]
READS += ["1 read per order", "10 reads per order", "100 reads per order", "1,000 reads per order"]
# By hand, with 10,000 rows in the log: at 1 read per 10,000 orders it costs 1 row per order, the own table 2.6.
BEST = [LOG, OWN, OWN, OWN, OWN, KEPT, KEPT, KEPT]


def view_of(answer):
    """Run the lesson's cell."""
    return eval(CODE["lesson-06-46a"], {"copies": copies, "work": WORK, "cheapest": answer})


def picked(picture):
    """Return for each number of reads what the picture says is picked, and its mark."""
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", picture.html)]
    found = {row[0]: row[1:] for row in rows if row[0] in READS and len(row) == 3}
    assert list(found) == READS
    return [tuple(one) for one in found.values()]


@pytest.mark.parametrize("number", range(len(answers.RIGHT["06.1"])))
def test_a_right_answer_picks_the_cheapest_way_at_every_number_of_reads(number):
    answer = answers.RIGHT["06.1"][number]
    view = view_of(answer)
    assert picked(view.picture) == [(way, "✓ the cheapest") for way in BEST]
    for length in (0, 4):
        assert {mark for _, mark in picked(view.at(length=length, questions=7))} == {"✓ the cheapest"}


WRONG = {
    "the cell": [LOG] * 8,
    "the cheapest write": [LOG] * 8,
    "the cheapest read": [OWN] * 5 + [KEPT] * 3,
    "the dearest": [JOINED, *[LOG] * 7],
    "by the alphabet": [JOINED] * 8,
    "the last": [KEPT] * 8,
    "another name": ["none"] * 8,
    "nothing": ["none"] * 8,
    "name and cost": ["none"] * 8,
    "raises": ["none"] * 8,
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_seen_where_it_picks_another_way(name):
    answer = answers.WRONG["06.1"][name][0]
    found = picked(view_of(answer).picture)
    assert [way for way, _ in found] == WRONG[name]
    assert [mark[0] for _, mark in found] == [
        "✓" if way == best else "✕" for way, best in zip(WRONG[name], BEST, strict=True)
    ]


def test_how_much_dearer_a_pick_is_stands_beside_it():
    picture = view_of(answers.WRONG["06.1"]["the last"][0]).picture
    assert picked(picture)[4] == (KEPT, "✕ 1.19 times as much")  # 3.6 + 15 rows against 2.6 + 13
    assert "Your function picks kept answer, 1.19 times as much." in picture.html
    assert picture.frame["picked"].to_dict() == {LOG: False, JOINED: False, OWN: False, KEPT: True}


def squares(picture):
    """Return where the chart has a square."""
    drawn = re.search(r'<g id="picks">(.*?)</g>\s*</g>', picture.html, re.DOTALL)
    return re.findall(r'<use [^>]*x="([\d.]+)" y="([\d.]+)"', drawn[1]) if drawn else []


def test_each_pick_is_a_square_in_the_chart_and_where_the_way_is_another_one_it_is_elsewhere():
    right, wrong, none = (
        squares(view_of(one).picture)
        for one in (answers.cheapest, lambda ways, reads, writes: OWN, lambda ways, reads, writes: None)
    )
    assert len(right) == len(wrong) == 8 and none == []
    same = [one == other for one, other in zip(right, wrong, strict=True)]
    assert same == [way == OWN for way in BEST]


def test_an_error_is_a_sentence():
    picture = view_of(answers.WRONG["06.1"]["raises"][0]).picture
    assert "Your function picks no way: it failed: AttributeError: " in picture.says


def test_an_answer_that_changes_what_it_is_given_spoils_nothing():
    assert picked(view_of(lambda ways, *_: ways.popitem()[0]).picture) == [
        (KEPT, mark) for _, mark in picked(view_of(answers.WRONG["06.1"]["the last"][0]).picture)
    ]


def test_without_an_answer_the_picture_is_the_one_without_squares():
    view = copies(WORK, whole_log=LOG, shared=JOINED)
    assert "yours" not in view.picture.html.casefold() and list(view.frame()) == ["written", "read", "total"]
    assert np.isclose(view.frame().at[OWN, "total"], 200 * 15.6)
