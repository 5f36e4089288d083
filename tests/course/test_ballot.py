"""A ballot counts hands, keeps each count, and shows both votes side by side."""

import re

import numpy as np
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.course.ballot import MOST, Ballot, bars


@pytest.fixture
def kept():
    return []


@pytest.fixture
def ballot(kept):
    def keep(*count):
        kept.append(count)
        return ""

    return Ballot("How many?", ["one", "two"], keep)


def test_it_begins_with_no_hands(ballot, kept):
    assert ballot.votes == [[0, 0], [0, 0]] and kept == []
    assert repr(ballot) == "How many? (one / two) Nobody has voted yet."


def test_each_count_is_kept_once_and_said(ballot, kept):
    ballot.count("one", 20)
    ballot.count("two", np.int64(22), vote=2)
    ballot.count("two", 22, vote=2)
    assert kept == [(1, "one", 20), (2, "two", 22)]
    assert ballot.says == "First vote: one 20, two 0. Second vote: one 0, two 22."


def test_what_the_page_counts_is_kept(ballot, kept):
    ballot.set_state({"votes": [[1, 0], [0, 0]]})
    assert kept == [(1, "one", 1)] and "one 1" in ballot.says


@pytest.mark.parametrize(
    "votes", [[[1, 0]], [[1], [0, 0]], [[-1, 0], [0, 0]], [[0.5, 0], [0, 0]], [3, 4], [[True, 0], [0, 0]]]
)
def test_what_no_room_can_say_is_put_back(ballot, kept, votes):
    ballot.set_state({"votes": votes})
    assert ballot.votes == [[0, 0], [0, 0]] and kept == []


@pytest.mark.parametrize(
    "choice, hands, vote, why",
    [
        ("three", 1, 1, "give one of one, two"),
        ("one", -1, 1, "from 0 to 1,000"),
        ("one", MOST + 1, 1, "from 0 to 1,000"),
        ("one", 1.5, 1, "from 0 to 1,000"),
        ("one", True, 1, "from 0 to 1,000"),
        ("one", 1, 3, "give 1 or 2"),
    ],
)
def test_a_count_that_cannot_be_is_refused_with_what_can(ballot, choice, hands, vote, why):
    with pytest.raises(InvalidArgument, match=why):
        ballot.count(choice, hands, vote)


def test_what_the_instructor_should_know_is_said():
    form = Ballot("How many?", ["one", "two"], lambda *count: "The disk is full.")
    form.count("one", 1)
    assert form.says.endswith("The disk is full.")


def test_a_bar_is_as_long_as_its_share_of_its_own_vote():
    html = bars(["one", "two"], [[5, 15], [0, 40]])
    assert re.findall(r"height:1em;width:([\d.]+)rem", html) == ["2.50", "7.50", "10.00"]


def test_a_choice_is_text_and_no_markup():
    assert "<b>" not in bars(["<b>"], [[1], [1]]) and "&lt;b&gt;" in bars(["<b>"], [[1], [1]])


def test_where_no_widget_can_be_shown_its_bars_are(ballot):
    data, _ = ballot._repr_mimebundle_()
    assert "How many?" in data["text/html"] and "<table>" in data["text/html"]
