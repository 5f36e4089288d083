"""A commit in one message, and the subject of a stream, whatever its name."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.log.contract.stories import ALIKE
from cqrs_lab.log.guards.command_id import CommandId
from cqrs_lab.log.stores.codec import Encoded
from cqrs_lab.log.stores.jetstream_commits import EVENTS_A_COMMIT, Head, read, subject_of, types_of, written

ODD = ["*", ">", ".", "..", "a.b", "a b", "a\tb", "a\r\nb", "~", "a~b", "%2E"]
NAMES = [*{name for pair in ALIKE for name in pair}, *ODD]


def test_each_name_is_one_token_of_its_own():
    subjects = [subject_of("SHOP", name) for name in NAMES]
    assert len(set(subjects)) == len(set(NAMES))
    assert [one for one in subjects if not re.fullmatch(r"SHOP\.[A-Za-z0-9_%~-]+", one)] == []
    assert max(map(len, subjects)) < 300 and subject_of("SHOP", "order-7") == "SHOP.order-7"


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_names_have_two_subjects(one, other):
    try:
        assert (subject_of("S", one) == subject_of("S", other)) is (one == other)
    except lab.InvalidArgument as error:
        assert "surrogate" in str(error)


def encoded(*kinds):
    return [Encoded(name, version, b'{"number":%d}' % n) for n, (name, version) in enumerate(kinds)]


def test_a_commit_is_read_as_it_was_written():
    new = encoded(("a", 1), ("a", 1), ("b", 2), ("a", 1))
    why = {"command_id": "x", "stands_for": "int 12", "caused_by": "o@1", "metadata": {"wörd": "\n"}}
    head = Head("id", "order\n7", 4, 9, 1.5, types_of(new), **why)
    commit = read(12, written(head, new))
    assert commit.head == head and head.types == (("a", 1, 2), ("b", 2, 1), ("a", 1, 1))
    assert commit.payloads == [one.payload for one in new] and commit.types == [(one.name, one.version) for one in new]
    end = 12 * EVENTS_A_COMMIT
    assert (commit.version, commit.first_position, commit.position) == (8, end - 3, end)
    assert isinstance(commit.command_id, CommandId) and commit.command_id.stands_for == "int 12"
    assert commit.metadata == {"wörd": "\n"}


def test_what_is_not_given_is_not_written():
    new = encoded(("a", 1))
    data = written(Head("id", "a", 0, 0, 1.5, types_of(new)), new)
    assert b"command_id" not in data and b"metadata" not in data
    assert read(1, data).command_id is None and read(1, data).metadata == {}


GOOD = written(Head("id", "a", 0, 0, 1.5, (("a", 1, 1),)), encoded(("a", 1)))


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"\xff", b"{}\n{}", GOOD + b"\n{}", GOOD.partition(b"\n")[0],
     GOOD.replace(b'"before":0', b'"before":-1'), GOOD.replace(b'"before"', b'"newer":1,"before"'), b"[" * 100_000],
    ids=range(9),
)  # fmt: skip
def test_a_message_that_is_no_commit_is_refused(data):
    with pytest.raises(ValueError):
        read(1, data)


def test_positions_of_two_commits_never_meet():
    for sizes in product((1, EVENTS_A_COMMIT), repeat=2):
        first, second = (read(number, _of(size)) for number, size in enumerate(sizes, 1))
        assert 1 <= first.first_position <= first.position < second.first_position <= second.position


def _of(size):
    new = [Encoded("a", 1, b"{}")] * size
    return written(Head("id", "a", 0, 0, 1.5, types_of(new)), new)
