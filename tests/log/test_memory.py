"""Laws 1 to 3 on the memory store, against a model that keeps a plain list."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
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
def test_reading_from_any_place_crosses_slices_without_a_seam(after, limit, slice_events):
    usual, memory.SLICE_EVENTS = memory.SLICE_EVENTS, slice_events
    try:
        store = lab.MemoryEventStore()
        for n in range(20):
            store.append(f"s-{n % 3}", [n], expected=lab.Expected.ANY)
        wanted = list(range(20))[after:][:limit]
        assert [one.event for one in store.read_all(after=after, limit=limit)] == wanted
    finally:
        memory.SLICE_EVENTS = usual


def test_an_append_whose_events_cannot_be_listed_records_nothing():
    def events():
        yield "first"
        raise OSError("the second could not be read")

    store = lab.MemoryEventStore()
    with pytest.raises(OSError, match="second"):
        store.append("order-1", events(), expected=0)
    assert (store.head(), store.stream_version("order-1")) == (0, 0)


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


class Overtaken(lab.MemoryEventStore):
    """While a writer looks at the clock, another one appends: the narrowest place of all."""

    def __init__(self):
        super().__init__(clock=self._look)
        self.faster, self.time = [], 0.0

    def _look(self):
        if self.faster:
            super().append("a", [self.faster.pop()], expected=lab.Expected.ANY, command_id="faster")
        self.time += 1
        return self.time


def test_a_writer_who_comes_second_compares_again_with_what_came_first():
    store = Overtaken()
    store.faster = ["one"]
    assert store.append("a", ["two"], expected=lab.Expected.ANY) == lab.Appended("a", 2, 2)
    store.faster = ["not recorded: its id is known"]
    assert store.append("a", ["three"], expected=2).position == 3
    assert [(one.event, one.recorded_at) for one in store.read_all()] == [("one", 1.0), ("two", 3.0), ("three", 4.0)]
    other = Overtaken()
    other.faster = ["one"]
    with pytest.raises(lab.ConcurrencyError, match="expected version 0, found 1"):
        other.append("a", ["two"], expected=0)
    assert [one.event for one in other.read_all()] == ["one"]
    other = Overtaken()
    other.faster = ["one"]
    assert other.append("a", ["two"], expected=0, command_id="faster") == lab.Appended("a", 1, 1)


def test_a_clock_may_read_the_store():
    store = lab.MemoryEventStore(clock=lambda: float(store.head() + len(list(store.read_all()))))
    store.append("a", ["one"], expected=0)
    store.append("a", ["two"], expected=1)
    assert [one.recorded_at for one in store.read_all()] == [0.0, 2.0]


@dataclass
class Loose:
    name: str


@dataclass(unsafe_hash=True)
class LooseButHashed:
    name: str


@dataclass(frozen=True)
class Firm:
    lines: object


class Pair(NamedTuple):
    name: str
    amount: int


def opened():
    yield "opened"


NO_EVENTS = {
    "None": (None, "is not an event; append what has happened"),
    "an unfinished answer": (..., "is not an event"),
    "a class": (Firm, "the class Firm is not an event; append an object of it"),
    "a rejection": (lab.CommandRejected("closed"), "is an error and no event; raise it"),
    "an error": (ValueError("x"), "is an error"),
    "a recorded event": (lab.RecordedEvent("a", 1, 1, "x", 0.0), r"is recorded already; append its \.event"),
    "a generator": (opened(), "append the events that come from it"),
    "a function": (opened, "is not an event; append what it returns"),
    "a method": ("on".upper, "is not an event; append what it returns"),
    "a list": (["opened"], "could still be changed"),
    "a dict": ({"k": 1}, "could still be changed"),
    "a set": ({1}, "could still be changed"),
    "bytes to write in": (bytearray(b"x"), "could still be changed"),
    "an array": (np.zeros(2), "could still be changed"),
    "a dataclass that is not frozen": (Loose("a"), r"write @dataclass\(frozen=True\) above class Loose"),
    "a hashed one": (LooseButHashed("a"), r"write @dataclass\(frozen=True\) above class LooseButHashed"),
    "a list in a field": (Firm(["tea"]), "its field lines holds a list; keep a tuple"),
    "a dict deep within": (Firm((Firm({"tea": 1}),)), "its field lines holds a tuple"),
    "a list in a tuple": (("opened", ["tea"]), "could still be changed"),
}


@pytest.mark.parametrize("name", NO_EVENTS)
def test_what_is_no_event_or_could_change_is_refused_with_what_to_write_instead(name):
    event, what = NO_EVENTS[name]
    store = lab.MemoryEventStore()
    for events in (["first", event], (event,), iter([event, "last"])):
        with pytest.raises(lab.InvalidArgument, match=what) as caught:
            store.append("lamp", events, expected=0, command_id="c")
        assert str(caught.value).startswith("append to 'lamp': ") and "\n" not in str(caught.value)
    assert (store.head(), list(store.read_all())) == (0, [])
    assert store.append("lamp", ["on"], expected=0, command_id="c").version == 1


@pytest.mark.parametrize(
    "event", ["on", 3, 2.5, True, b"x", ("moved", 3), (), frozenset({1}), Pair("a", 1), Firm(("tea", 1)), Firm(None)]
)
def test_values_that_cannot_change_are_events(event):
    store = lab.MemoryEventStore()
    store.append("a", [event], expected=0)
    assert [one.event for one in store.read_all()] == [event]


@pytest.mark.parametrize(
    "events", ["placed", b"x", None, 3, Firm("tea"), Pair("a", 1), {"k": 1}, {"a", "b"}, np.zeros(2), Loose("a"), str]
)
def test_what_is_no_list_of_events_is_refused(events):
    store = lab.MemoryEventStore()
    with pytest.raises(lab.InvalidArgument, match="is not a list of events; append a list of events"):
        store.append("a", events, expected=0)
    assert store.head() == 0


@pytest.mark.parametrize("many", [list, tuple, iter, deque, lambda events: (one for one in events)])
def test_events_may_come_in_any_container_that_has_an_order(many):
    store = lab.MemoryEventStore()
    assert store.append("a", many(["x", "y"]), expected=0).version == 2
    assert [one.event for one in store.read_all()] == ["x", "y"]


def test_an_integer_of_any_type_is_a_number():
    store = lab.MemoryEventStore()
    store.append("a", list("abcdef"), expected=np.int64(0))
    store.append("a", ["g"], expected=np.uint8(6))
    for read in (store.read_all, lambda **given: store.read_stream("a", **given)):
        assert [one.event for one in read(after=np.int64(1), limit=np.int32(2))] == ["b", "c"]
        assert [one.event for one in read(after=np.int64(5), limit=np.int64(2**63 - 1))] == ["f", "g"]
        assert list(read(after=10**30)) == [] and len(list(read(limit=10**30))) == 7
    with pytest.raises(lab.ConcurrencyError, match="expected version 3, found 7"):
        store.append("a", ["h"], expected=np.int64(3))


DOORS = {
    "a clock that is a number": lambda store: lab.MemoryEventStore(clock=3.0),
    "a clock that returns a text": lambda store: lab.MemoryEventStore(lambda: "now").append("a", ["x"], expected=0),
    "a clock that returns nothing": lambda store: lab.MemoryEventStore(lambda: None).append("a", ["x"], expected=0),
    "a number for a stream": lambda store: store.append(7, ["x"], expected=0),
    "a list for a stream": lambda store: store.append(["a"], ["x"], expected=0),
    "no name": lambda store: store.append("", ["x"], expected=0),
    "a number for an id": lambda store: store.append("a", ["x"], expected=0, command_id=7),
    "a list for an id": lambda store: store.append("a", ["x"], expected=0, command_id=["c"]),
    "an empty id": lambda store: store.append("a", ["x"], expected=0, command_id=""),
    "a text for a version": lambda store: store.append("a", ["x"], expected="0"),
    "an array for a version": lambda store: store.append("a", ["x"], expected=np.zeros(2)),
    "half a version": lambda store: store.append("a", ["x"], expected=0.5),
    "a stream to read that is a list": lambda store: store.read_stream([]),
    "a stream to read that is None": lambda store: store.read_stream(None),
    "a version of nothing": lambda store: store.stream_version(None),
    "a text for a place": lambda store: store.read_all(after="1"),
    "a receipt for a place": lambda store: store.read_all(after=lab.Appended("a", 1, 1)),
    "a text for a limit": lambda store: store.read_stream("a", limit="1"),
    "a listener that is a list": lambda store: store.subscribe([]),
    "a listener that is None": lambda store: store.subscribe(None),
}


@pytest.mark.parametrize("name", DOORS)
def test_every_door_refuses_nonsense_in_one_sentence(name):
    store = lab.MemoryEventStore()
    with pytest.raises(lab.InvalidArgument, match=r" is not .*; (give|make it)") as caught:
        DOORS[name](store)
    assert "\n" not in str(caught.value) and store.head() == 0
