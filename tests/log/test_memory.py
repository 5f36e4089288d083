"""Laws 1 to 3 on the memory store, against a model that keeps a plain list."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.log import memory

streams = st.sampled_from(["order-1", "order-10", "order-2"])
expectations = st.one_of(st.integers(0, 6), st.sampled_from(list(lab.Expected)))
appends = st.tuples(streams, st.integers(0, 3), expectations, st.sampled_from([None, "a", "b"]))


def is_as_expected(expected: object, actual: int) -> bool:
    match expected:
        case lab.Expected.ANY:
            return True
        case lab.Expected.NO_STREAM:
            return actual == 0
        case lab.Expected.STREAM_EXISTS:
            return actual > 0
    return expected == actual


@given(st.lists(appends, max_size=30))
def test_any_sequence_of_appends_leaves_what_a_plain_list_would_hold(steps):
    store, log, first = lab.MemoryEventStore(clock=lambda: 5.0), [], {}
    for number, (stream, count, expected, command_id) in enumerate(steps):
        events = [f"{number}.{k}" for k in range(count)]
        own = [one for one in log if one[0] == stream]
        key = (stream, command_id)
        if not events:
            wanted = (len(own), own[-1][2] if own else 0)
        elif command_id and key in first:
            wanted = first[key]
        elif not is_as_expected(expected, len(own)):
            with pytest.raises(lab.ConcurrencyError) as caught:
                store.append(stream, events, expected=expected, command_id=command_id)
            error = caught.value
            assert (error.stream, error.expected, error.actual) == (stream, expected, len(own))
            continue
        else:
            log += [(stream, len(own) + k, len(log) + k, event) for k, event in enumerate(events, 1)]
            wanted = (len(own) + count, len(log))
            if command_id:
                first[key] = wanted
        receipt = store.append(stream, events, expected=expected, command_id=command_id)
        assert (receipt.stream, receipt.version, receipt.position) == (stream, *wanted)
    assert [(one.stream, one.version, one.position, one.event) for one in store.read_all()] == log


@given(st.integers(0, 25), st.one_of(st.none(), st.integers(0, 25)), st.integers(1, 8))
def test_reading_from_any_place_crosses_segments_without_a_seam(after, limit, segment_events):
    usual, memory.SEGMENT_EVENTS = memory.SEGMENT_EVENTS, segment_events
    try:
        store = lab.MemoryEventStore()
        for n in range(20):
            store.append(f"s-{n % 3}", [n], expected=lab.Expected.ANY)
        wanted = list(range(20))[after:][:limit]
        assert [one.event for one in store.read_all(after=after, limit=limit)] == wanted
    finally:
        memory.SEGMENT_EVENTS = usual


def test_an_append_whose_events_cannot_be_listed_records_nothing():
    def events():
        yield "first"
        raise OSError("the second could not be read")

    store = lab.MemoryEventStore()
    with pytest.raises(OSError, match="second"):
        store.append("order-1", events(), expected=0)
    assert (store.head(), store.stream_version("order-1")) == (0, 0)


@pytest.mark.parametrize("expected", [-1, True, "3", None, 1.0])
def test_an_expected_version_without_meaning_is_refused_with_what_is_accepted(expected):
    with pytest.raises(lab.InvalidArgument, match=r"Expected\.NO_STREAM, Expected\.STREAM_EXISTS or Expected\.ANY"):
        lab.MemoryEventStore().append("order-1", ["placed"], expected=expected)


def test_expected_must_be_named():
    with pytest.raises(TypeError, match="expected"):
        lab.MemoryEventStore().append("order-1", ["placed"])


@pytest.mark.parametrize(("stream", "events"), [("", ["placed"]), (7, ["placed"]), ("order-1", "placed")])
def test_a_nameless_stream_and_a_text_for_events_are_refused(stream, events):
    with pytest.raises(lab.InvalidArgument):
        lab.MemoryEventStore().append(stream, events, expected=0)


@pytest.mark.parametrize("arguments", [{"after": -1}, {"limit": -1}, {"after": 1.5}, {"after": True}])
def test_a_range_without_meaning_is_refused_at_the_call(arguments):
    store = lab.MemoryEventStore()
    for read in (store.read_all, lambda **given: store.read_stream("order-1", **given)):
        with pytest.raises(lab.InvalidArgument):
            read(**arguments)


def test_a_conflict_says_fact_expectation_and_next_step():
    store = lab.MemoryEventStore()
    store.append("order-7", list("abcde"), expected=lab.Expected.NO_STREAM)
    with pytest.raises(lab.ConcurrencyError) as caught:
        store.append("order-7", ["f"], expected=3)
    assert str(caught.value) == "stream 'order-7': expected version 3, found 5; load it again and decide again"
    with pytest.raises(lab.ConcurrencyError, match="expected no stream, found 5"):
        store.append("order-7", ["f"], expected=lab.Expected.NO_STREAM)


def test_every_event_of_a_commit_carries_the_moment_of_the_commit():
    ticks = iter([10.0, 20.0])
    store = lab.MemoryEventStore(clock=lambda: next(ticks))
    store.append("order-1", ["a", "b"], expected=0)
    store.append("order-1", ["c"], expected=2)
    assert [one.recorded_at for one in store.read_all()] == [10.0, 10.0, 20.0]


def test_a_subscriber_hears_of_every_commit_until_it_ends_it():
    store, heard = lab.MemoryEventStore(), []
    end = store.subscribe(lambda: heard.append(store.head()))
    store.append("order-1", ["a", "b"], expected=0)
    store.append("order-1", [], expected=2)
    end()
    store.append("order-1", ["c"], expected=2)
    assert heard == [2]


def test_of_many_writers_with_one_expectation_exactly_one_wins():
    store, outcomes, together = lab.MemoryEventStore(), [], threading.Barrier(8)

    def write(name):
        together.wait()
        try:
            store.append("order-1", [name], expected=0)
            outcomes.append("recorded")
        except lab.ConcurrencyError:
            outcomes.append("refused")

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["recorded"] + ["refused"] * 7
    assert store.stream_version("order-1") == 1
