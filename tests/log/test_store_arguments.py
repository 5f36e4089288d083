"""The stores around a store, and snapshots, refuse what has no meaning, and say what to write instead."""

from dataclasses import dataclass

import numpy as np
import pytest

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened
from cqrs_lab.log.stores.sqlite import SqliteEventStore
from cqrs_lab.log.wrappers.read_through import is_tracing
from cqrs_lab.log.wrappers.shredding import KeyRing, PersonalFields, ShreddingStore
from tests.log.planted_stores import ThirtyLines, Traces


@dataclass(frozen=True)
class Named:
    member: str
    name: str


store, keys = lab.MemoryEventStore(), KeyRing()
counter = lab.Decider(0, lambda command, count: [command], lambda count, event: count + 1)
personal = {Named: PersonalFields("member", {"name": "(forgotten)"})}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lab.UpcastingStore(store, [Named]), "upcasters=.*is not a mapping of old event types to functions"),
        (lambda: lab.UpcastingStore(store, None), "upcasters=None is not a mapping"),
        (lambda: lab.UpcastingStore(store, {"Named": str}), "'Named': .* is not an upcaster; give an event type"),
        (lambda: lab.UpcastingStore(store, {Named: "Named2"}), "'Named2' is not an upcaster"),
        (lambda: lab.UpcastingStore("log", {}), "store='log' is not an event store; give one"),
        (lambda: lab.UpcastingStore(lab.MemoryEventStore, {}), "store=the class MemoryEventStore is not an event"),
        (lambda: ShreddingStore(None, keys, personal), "store=None is not an event store"),
        (lambda: ShreddingStore(store, {}, personal), "keys={} is not a key ring; give one, such as KeyRing()"),
        (lambda: ShreddingStore(store, KeyRing, personal), "keys=the class KeyRing is not a key ring"),
        (lambda: ShreddingStore(store, keys, [Named]), "personal=.*is not a mapping of event types"),
        (lambda: ShreddingStore(store, keys, {"Named": personal[Named]}), "give a dataclass and its PersonalFields"),
        (lambda: ShreddingStore(store, keys, {Named: {"name": ""}}), "give a dataclass and its PersonalFields"),
        (lambda: KeyRing("keys"), "keys='keys' is not a place to keep keys; give a dict"),
        (lambda: KeyRing([]), r"keys=\[\] is not a place to keep keys"),
        (lambda: lab.Snapshots("counter", shape="1"), "decider='counter' is not a decider"),
        (lambda: lab.Snapshots(lab.Decider, shape="1"), "decider=the class Decider is not a decider"),
        (lambda: lab.Snapshots(counter, shape=1), "shape=1 is not a name; give one for today's state and evolve"),
        (lambda: lab.Snapshots(counter, shape=""), "shape='' is not a name"),
        (lambda: lab.Snapshots(counter, shape="1", every=0), "every=0 is not a number of events; give 1 or more"),
        (lambda: lab.Snapshots(counter, shape="1", every="3"), "every='3' is not a number of events"),
        (lambda: lab.Snapshots(counter, shape="1", every=True), "every=True is not a number of events"),
        (lambda: lab.Snapshots(counter, shape="1", every=2.5), "every=2.5 is not a number of events"),
        (lambda: lab.Snapshots(counter, shape="1", upcast=str), "upcast=the class str is not a mapping"),
        (lambda: lab.Snapshots(counter, shape="1", upcast=["0"]), "upcast=.*is not a mapping; give {'cart 1': f"),
        (lambda: lab.Snapshots(counter, shape="1", kept="file"), "kept='file' is not a place to keep snapshots"),
    ],
)
def test_what_has_no_meaning_is_refused_with_what_to_write(call, message):
    with pytest.raises(lab.InvalidArgument, match=message) as refused:
        call()
    assert "\n" not in str(refused.value)


def test_a_number_of_numpy_is_a_number_of_events():
    assert lab.Snapshots(counter, shape="1", every=np.int64(3)).every == 3


# --- wrong arguments, at every door of every store -----------------------------------------------------------


def sqlite_store(folder):
    return SqliteEventStore(folder / "log.db", events={**EVENTS, "named": Named})


STORES = {
    "memory": lambda folder: lab.MemoryEventStore(),
    "sqlite": sqlite_store,
    "memory, upcasting": lambda folder: lab.UpcastingStore(lab.MemoryEventStore(), {}),
    "sqlite, upcasting": lambda folder: lab.UpcastingStore(sqlite_store(folder), {}),
    "memory, shredding": lambda folder: ShreddingStore(lab.MemoryEventStore(), keys, personal),
    "sqlite, shredding": lambda folder: ShreddingStore(sqlite_store(folder), keys, personal),
    # A store of one's own need not check its arguments; what stands around it does.
    "thirty lines, upcasting": lambda folder: lab.UpcastingStore(ThirtyLines(), {}),
    "thirty lines, shredding": lambda folder: ShreddingStore(ThirtyLines(), keys, personal),
    "tracing, upcasting": lambda folder: lab.UpcastingStore(Traces(), {}),
    "two around thirty lines": lambda folder: lab.UpcastingStore(ShreddingStore(ThirtyLines(), keys, personal), {}),
}
HERE = Happened(2)
NO_VERSION = ["0", "1", "", b"1", "ANY", 1.0, 1.5, True, False, None, -1, float("nan"), np.float64(1), lab.Expected]
NO_NAME = ["", None, 7, b"a", ["a"], Happened]
NO_EVENTS = [None, "placed", b"x", 3, HERE, {"k": HERE}, {HERE}, Happened]
NO_EVENT = [None, Happened, ValueError("no"), [HERE], {"k": 1}, len, iter([HERE]), object()]
NO_PLACE = [-1, "1", 1.0, 1.5, True, [0], float("inf"), lab.Appended("a", 1, 1)]
APPENDS = {
    "expected": NO_VERSION,
    "stream": NO_NAME,
    "command_id": ["", 7, b"a", ["a"], True],
    "events": [*NO_EVENTS, *([HERE, one, HERE] for one in NO_EVENT)],
}
WHY = {
    "caused_by": ["", 7, b"a", ["a"]],
    "metadata": [None, "who", {"who": 7}, {7: "ada"}, [("who", "ada")]],
}


def append(store, name, wrong):
    store.append(**{"stream": "a", "events": [HERE], "expected": 1, name: wrong})


def append_nothing(store, name, wrong):
    store.append(**{"stream": "a", "events": [], "expected": 1, name: wrong})


def append_again(store, name, wrong):
    store.append(**{"stream": "a", "events": [HERE], "expected": 1, "command_id": "known", name: wrong})


# Refused at the call, and not at the first event.
def read_all(store, name, wrong):
    store.read_all(**{name: wrong})


def read_stream(store, name, wrong):
    store.read_stream(**{"stream": "a", name: wrong})


def read_slice(store, name, wrong):
    store.read_slice(**{"after": 0, name: wrong})


def stream_version(store, name, wrong):
    store.stream_version(**{name: wrong})


def subscribe(store, name, wrong):
    store.subscribe(wrong)


RANGE = {"after": [*NO_PLACE, None], "limit": NO_PLACE}
DOORS = [
    (append, APPENDS),
    (append_nothing, {name: wrong for name, wrong in APPENDS.items() if name != "events"}),
    (append_again, {name: APPENDS[name] for name in ("expected", "events", "stream")}),
    (read_all, RANGE),
    (read_stream, {**RANGE, "stream": NO_NAME}),
    (stream_version, {"stream": NO_NAME}),
    (subscribe, {"on_growth": [None, 7, "f", [print]]}),
]
WITH_SLICES, WITH_WHY = (read_slice, RANGE), (append, WHY)


@pytest.mark.parametrize("name", STORES)
def test_every_door_of_every_store_refuses_what_has_no_meaning_and_records_nothing(name, tmp_path):
    refuses_at_every_door(STORES[name](tmp_path))


def refuses_at_every_door(store):
    store.append("a", [Happened(1)], expected=0, command_id="known")
    before, passed, unclear = list(store.read_all()), [], []
    doors = DOORS + [WITH_SLICES] * hasattr(store, "read_slice") + [WITH_WHY] * is_tracing(store)
    for door, argument, wrong in [(door, name, one) for door, table in doors for name in table for one in table[name]]:
        what = f"{door.__name__} with {argument}={wrong!r}"
        try:
            door(store, argument, wrong)
        except lab.InvalidArgument as error:
            said = str(error)
            if "\n" in said or not any(step in said for step in ("; give ", "; append ", "; raise ", "; write ")):
                unclear.append(f"{what}: {said}")
        except Exception as error:  # noqa: BLE001 - listed, and the test fails
            passed.append(f"{what}: {said_of(error)}")
        else:
            passed.append(what)
    assert not passed and not unclear
    assert list(store.read_all()) == before
    assert (store.head(), store.stream_version("a")) == (before[-1].position, 1)


def said_of(error):
    return f"{type(error).__name__}: {error}"


def test_a_number_of_numpy_is_a_version_in_every_store(tmp_path):
    for name, make in STORES.items():
        (tmp_path / name).mkdir()
        store = make(tmp_path / name)
        for version in (np.int64(0), np.uint8(1)):
            assert store.append("a", [HERE], expected=version).version == version + 1


@pytest.mark.parametrize("expected", ["0", 0.5, True, None])
def test_a_conflict_of_a_store_that_compares_what_is_no_version_says_so(expected):
    with pytest.raises(lab.ConcurrencyError) as caught:
        ThirtyLines().append("a", [HERE], expected=expected)
    said = str(caught.value)
    assert "which is not a version" in said and "give a whole number, or a member of Expected" in said
