"""What is noted beside an event is a few texts, and cannot change once it is recorded."""

from __future__ import annotations

import copy
import pickle

import pytest

import cqrs_lab as lab
from cqrs_lab.log.metadata import Metadata

ANY = lab.Expected.ANY


NO_CAUSES = [{"caused_by": 7}, {"caused_by": ""}, {"caused_by": b"x@1"}]


NO_NOTES = [{"metadata": one} for one in ("ada", {"who": 7}, {7: "ada"}, [("who", "ada")], None)]


@pytest.mark.parametrize("wrong", NO_CAUSES + NO_NOTES)
def test_what_is_no_cause_and_no_note_is_refused_and_nothing_is_recorded(wrong):
    store = lab.MemoryEventStore()
    with pytest.raises(lab.InvalidArgument, match=f"{next(iter(wrong))}=.* is not .*; give"):
        store.append("x", ["one"], expected=ANY, **wrong)
    assert store.head() == 0


def test_notes_cannot_change_once_they_are_recorded():
    noted = {"who": "ada"}
    store = lab.MemoryEventStore()
    store.append("x", ["one"], expected=ANY, metadata=noted)
    noted["who"] = "ben"
    (recorded,) = store.read_all()
    assert recorded.metadata == {"who": "ada"}
    with pytest.raises(TypeError):
        recorded.metadata["who"] = "ben"
    assert hash(recorded) == hash(copy.deepcopy(recorded))
    assert pickle.loads(pickle.dumps(recorded)) == recorded


def test_notes_are_equal_whatever_their_order():
    one, other = Metadata({"a": "1", "b": "2"}), Metadata({"b": "2", "a": "1"})
    assert one == other and hash(one) == hash(other) and one != Metadata({"a": "1"})
