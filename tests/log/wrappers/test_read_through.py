"""A store around a store: what it does not change, it hands on as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

import cqrs_lab as lab
from cqrs_lab.log.wrappers.read_through import (
    ReadThroughStore,
    is_tracing,
    may_be_tracing,
    schema_version_of,
)
from tests.log.planted_stores import ThirtyLines, Traces


class InCapitals(ReadThroughStore):
    """Reads each text in capitals, and records it without the spaces around it."""

    language = "en"

    def _read(self, recorded):
        return replace(recorded, event=recorded.event.upper())

    def _schema_version(self):
        return self.language

    def _written(self, stream, events, command_id):
        return [event.strip() for event in events]


@pytest.mark.parametrize("make_store", [lab.MemoryEventStore, ThirtyLines, lambda: InCapitals(lab.MemoryEventStore())])
def test_what_is_read_is_changed_in_both_reads_and_nothing_else_is(make_store):
    beneath = make_store()
    store = InCapitals(beneath)
    receipt = store.append("a", [" tea ", "milk"], expected=0, command_id="c")
    store.append("b", ["x"], expected=lab.Expected.NO_STREAM)
    assert (receipt.version, receipt.position, store.head(), store.stream_version("a")) == (2, 2, 3, 2)
    for whole, below in ((store.read_all(), beneath.read_all()), (store.read_stream("a"), beneath.read_stream("a"))):
        assert list(whole) == [replace(one, event=one.event.strip().upper()) for one in below]
    assert [one.event for one in store.read_all(after=1, limit=1)] == ["MILK"]
    assert [one.event for one in store.read_stream("a", after=1, limit=5)] == ["MILK"]
    assert store.append("a", ["again"], expected=7, command_id="c") == receipt
    with pytest.raises(lab.ConcurrencyError):
        store.append("a", ["late"], expected=1)


def test_commits_are_announced_if_the_store_within_announces_them():
    heard, beneath = [], lab.MemoryEventStore()
    end = InCapitals(beneath).subscribe(lambda: heard.append(beneath.head()))
    beneath.append("a", ["x"], expected=0)
    end()
    beneath.append("a", ["y"], expected=1)
    assert heard == [1]
    InCapitals(ThirtyLines()).subscribe(heard.append)()


def test_the_schema_version_changes_with_any_layer_and_a_plain_store_has_none():
    inner = InCapitals(lab.MemoryEventStore())
    outer = InCapitals(inner)
    seen = {schema_version_of(outer)}
    inner.language = "de"
    seen.add(schema_version_of(outer))
    outer.language = "fr"
    seen.add(schema_version_of(outer))
    assert len(seen) == 3 and schema_version_of(lab.MemoryEventStore()) is None


class HandsOn:
    def __init__(self, store):
        self.store = store

    def append(self, stream, events, **more):
        return self.store.append(stream, events, **more)


@pytest.mark.parametrize(
    ("store", "is_one", "may_be"),
    [
        (Traces(), True, True),
        (ThirtyLines(), False, False),
        (InCapitals(InCapitals(Traces())), True, True),
        (InCapitals(ThirtyLines()), False, False),  # it takes any argument itself, and knows who does not
        (HandsOn(ThirtyLines()), False, True),
    ],
)
def test_who_keeps_what_led_to_a_commit_is_known_through_every_layer(store, is_one, may_be):
    assert (is_tracing(store), may_be_tracing(store)) == (is_one, may_be)


def test_events_that_can_be_read_once_only_are_recorded_all_the_same():
    store = InCapitals(lab.MemoryEventStore())
    store.append("a", (one for one in ("x", "y")), expected=0)
    assert [one.event for one in store.read_stream("a")] == ["X", "Y"]
    with pytest.raises(lab.InvalidArgument, match="append to 'a': 'x' is not a list of events; append a list"):
        store.append("a", "x", expected=2)
    assert store.stream_version("a") == 2
