"""A refusal is one sentence, and keeps its parts wherever it is taken."""

from __future__ import annotations

import copy
import pickle
from datetime import datetime

import pytest

from cqrs_lab.write.refusal import Refusal

PARTS = datetime(2026, 1, 5, 9, 5, 59), "CancelOrder", "order 7 is shipped"


def pickled(note):
    return pickle.loads(pickle.dumps(note))


@pytest.mark.parametrize("taken", [lambda note: note, copy.copy, copy.deepcopy, pickled])
def test_it_is_a_sentence_that_keeps_its_parts(taken):
    note = taken(Refusal(*PARTS))
    assert note == "09:05: CancelOrder was refused: order 7 is shipped." and isinstance(note, str)
    assert (type(note), note.at, note.command, note.reason) == (Refusal, *PARTS)
