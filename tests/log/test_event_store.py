"""What a writer may expect of a stream, and which further things a store can do."""

from __future__ import annotations

import pytest

import cqrs_lab as lab
from cqrs_lab.log.event_store import is_announcing
from cqrs_lab.log.wrappers.read_through import schema_version_of
from tests.log.planted_stores import ThirtyLines


@pytest.mark.parametrize("expected", [-1, True, "3", None, 1.0])
def test_an_expected_version_without_meaning_is_refused_with_what_is_accepted(expected):
    with pytest.raises(lab.InvalidArgument, match=r"Expected\.NO_STREAM, Expected\.STREAM_EXISTS or Expected\.ANY"):
        lab.MemoryEventStore().append("order-1", ["placed"], expected=expected)


def test_expected_must_be_named():
    with pytest.raises(TypeError, match="expected"):
        lab.MemoryEventStore().append("order-1", ["placed"])


def test_a_conflict_says_fact_expectation_and_next_step():
    store = lab.MemoryEventStore()
    store.append("order-7", list("abcde"), expected=lab.Expected.NO_STREAM)
    with pytest.raises(lab.ConcurrencyError) as caught:
        store.append("order-7", ["f"], expected=3)
    assert str(caught.value) == "stream 'order-7': expected version 3, found 5; load it again and decide again"
    with pytest.raises(lab.ConcurrencyError, match="expected no stream, found 5"):
        store.append("order-7", ["f"], expected=lab.Expected.NO_STREAM)


def test_what_a_store_hands_on_to_another_one_is_seen():
    class HandsOn:
        def __init__(self, store):
            self.store = store

        def __getattr__(self, name):
            return getattr(self.store, name)

    today = HandsOn(lab.UpcastingStore(lab.MemoryEventStore(), {}))
    assert schema_version_of(today) == today.schema_version is not None
    assert is_announcing(today) and not is_announcing(HandsOn(ThirtyLines()))
