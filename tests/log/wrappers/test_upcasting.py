"""Old events are read in their current shape, in every store, and are never rewritten."""

import gc
import pickle
from collections import abc
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.log import memory
from cqrs_lab.read.batch import read_batch
from cqrs_lab.simulation.gappy_store import GappyEventStore
from tests.log.planted_stores import ThirtyLines


@dataclass(frozen=True)
class Joined1:
    """Name in one field, price in pounds."""

    name: str
    pounds: int


@dataclass(frozen=True)
class Joined2:
    """The price is renamed and in pence."""

    name: str
    pence: int


@dataclass(frozen=True)
class Joined:
    """The name is split, and the country is new and required."""

    given: str
    family: str
    pence: int
    country: str


@dataclass(frozen=True)
class Moved1:
    street: str
    number: int


@dataclass(frozen=True)
class Moved:
    """Two fields merged."""

    address: str


@dataclass(frozen=True)
class Left1:
    name: str


@dataclass(frozen=True)
class Expelled1:
    name: str


@dataclass(frozen=True)
class Left:
    """Two event types merged, told apart by a field."""

    name: str
    of_own_will: bool


def to_second(old):
    return Joined2(old.name, 100 * old.pounds)


def to_current(old):
    given, _, family = old.name.partition(" ")
    return Joined(given, family, old.pence, "unknown")


UPCASTERS = {
    Joined1: to_second,
    Joined2: to_current,
    Moved1: lambda old: Moved(f"{old.number} {old.street}"),
    Left1: lambda old: Left(old.name, of_own_will=True),
    Expelled1: lambda old: Left(old.name, of_own_will=False),
}
CURRENT = {
    Joined1("Ada Lovelace", 3): Joined("Ada", "Lovelace", 300, "unknown"),
    Joined2("Ben", 250): Joined("Ben", "", 250, "unknown"),
    Joined("Cleo", "Day", 1, "Spain"): Joined("Cleo", "Day", 1, "Spain"),
    Moved1("Elm Street", 7): Moved("7 Elm Street"),
    Left1("Ada"): Left("Ada", True),
    Expelled1("Ben"): Left("Ben", False),
}
STORES = [lambda: lab.MemoryEventStore(clock=lambda: 5.0), lambda: GappyEventStore(lambda: 5.0), ThirtyLines]


@pytest.mark.parametrize("make_store", STORES)
@settings(deadline=None)
@given(events=st.lists(st.sampled_from(list(CURRENT)), min_size=1, max_size=12), after=st.integers(0, 12))
def test_whatever_is_read_has_its_current_shape_and_the_record_stays(make_store, events, after):
    store = make_store()
    store.append("people", events, expected=lab.Expected.NO_STREAM)
    before = list(store.read_all())
    today = lab.UpcastingStore(store, UPCASTERS)
    for read in (today.read_all, lambda **kw: today.read_stream("people", **kw)):
        assert [one.event for one in read(after=after)] == [CURRENT[event] for event in events[after:]]
        assert [one.event for one in read(after=after, limit=2)] == [CURRENT[event] for event in events[after:][:2]]
    assert [one.position for one in today.read_all()] == [one.position for one in before]
    assert list(store.read_all()) == before and (today.head(), today.stream_version("people")) == (len(events),) * 2


class Members:
    name, version, events = "members", 1, (Joined,)
    schema = lab.Schema(index=["family"], columns={"pence": "int64"})

    def summarise(self, batch):
        return batch.frame(Joined).groupby("family")[["pence"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["pence"])


def test_deciders_and_projections_meet_the_current_shapes_alone():
    store = lab.MemoryEventStore()
    store.append("ada", [Joined1("Ada Lovelace", 3)], expected=lab.Expected.NO_STREAM)
    today = lab.UpcastingStore(store, UPCASTERS)
    with lab.Projector(today, Members()) as projector:
        bus = lab.CommandBus(today)
        fee = lab.Decider(
            [], lambda name, shapes: [Joined(name, *shapes, 1, "Spain")], lambda shapes, event: [event.family]
        )
        bus.register(str, fee, stream=lambda name: "ada")
        position = bus.send("Ben").position
        projector.wait_for(position, 10)
        assert projector.table["pence"].to_dict() == {"Lovelace": 301}
    assert [type(one.event) for one in store.read_all()] == [Joined1, Joined]


def test_it_keeps_the_laws_of_a_store():
    assert lab.check_event_store(lambda: lab.UpcastingStore(lab.MemoryEventStore(), UPCASTERS), threads=2).ok


@pytest.fixture
def slices_of_eight(monkeypatch):
    for module in ("memory", "slice"):
        monkeypatch.setattr(f"cqrs_lab.log.{module}.SLICE_EVENTS", 8)
    assert memory.SLICE_EVENTS == 8


def batches(store, limit=None):
    found, after = [], 0
    while len(batch := read_batch(store, after=after, limit=limit)):
        found.append(batch)
        after = batch.last_position
    return found


@pytest.mark.parametrize("make_store", STORES)
@pytest.mark.parametrize("limit", [None, 1, 3, 8, 20])
@pytest.mark.parametrize("layers", [1, 2])
def test_a_projector_reads_every_event_once_in_its_current_shape_however_it_is_cut(
    make_store, limit, layers, slices_of_eight
):
    store, events = make_store(), list(CURRENT) * 5
    store.append("people", events, expected=lab.Expected.NO_STREAM)
    today = store
    for upcasters in ([UPCASTERS], [{Joined1: to_second}, UPCASTERS])[layers - 1]:
        today = lab.UpcastingStore(today, upcasters)
    for _ in range(2):
        read = [one for batch in batches(today, limit) for one in batch]
        assert [one.position for one in read] == list(range(1, len(events) + 1))
        assert [one.event for one in read] == [CURRENT[event] for event in events]
        assert all(len(batch) <= min(limit or 8, 8) for batch in batches(today, limit))
        assert all(list(batch.frame(Joined1)["position"]) == [] for batch in batches(today, limit))
        joined = [list(batch.frame(Joined)["pence"]) for batch in batches(today, limit)]
        assert [pence for some in joined for pence in some] == [300, 250, 1] * 5
    assert [one.event for one in store.read_all()] == events


def test_positions_that_were_never_used_hide_nothing():
    store = GappyEventStore(lambda: 5.0)
    for aborts in (True, False, True):
        with store.hold(aborts=aborts):
            store.append("people", [Left1("Ada"), Left1("Ben")], expected=lab.Expected.ANY)
        store.append("others", [Expelled1("Cleo")], expected=lab.Expected.ANY)
    today = lab.UpcastingStore(store, UPCASTERS)
    for limit in (None, 1, 2):
        found = [one.position for batch in batches(today, limit) for one in batch]
        assert found == [one.position for one in store.read_all()] == [3, 4, 5, 6, 9]


def test_a_full_slice_is_upcast_once_and_its_frames_are_made_once(slices_of_eight):
    store, upcast = lab.MemoryEventStore(), []

    def counted(old):
        upcast.append(old.name)
        return Left(old.name, of_own_will=True)

    store.append("people", [Left1(str(number)) for number in range(8)], expected=0)
    store.append("people", [Moved(str(number)) for number in range(8)], expected=8)
    store.append("people", [Left1("last")], expected=16)
    today = lab.UpcastingStore(store, {Left1: counted})
    first, second = ([batch.frame(Left) for batch in batches(today)] for _ in range(2))
    assert upcast == [*"01234567", "last", "last"]  # the last slice may still grow, so it is not kept
    assert [list(frame["name"]) for frame in first] == [list("01234567"), [], ["last"]]
    assert first[0].equals(second[0]) and np.shares_memory(first[0]["position"], second[0]["position"])
    # Where nothing is old, the columns are the bare store's own.
    bare, through = (batches(one)[1].frame(Moved)["position"] for one in (store, today))
    assert np.shares_memory(bare, through)
    # The record's own columns are not touched.
    assert list(batches(store)[0].frame(Left1)["name"]) == list("01234567") and len(batches(store)[0].frame(Left)) == 0


def test_what_was_upcast_goes_when_the_store_beneath_lets_its_slice_go(slices_of_eight):
    store = lab.MemoryEventStore()
    store.append("people", [Left1(str(number)) for number in range(16)], expected=0)
    today = lab.UpcastingStore(store, {Left1: lambda old: Left(old.name, of_own_will=True)})
    read = [batch.frame(Left) for batch in batches(today)]
    assert len(today._kept) == len(read) == 2
    store._sealed.clear()  # as a store of a file does, which keeps the last few
    gc.collect()
    assert len(today._kept) == 0


def test_one_reader_who_stops_at_an_event_that_cannot_be_upcast_does_not_spoil_what_stands_before(slices_of_eight):
    store = lab.MemoryEventStore()
    store.append("people", [Moved(str(n)) for n in range(10)] + [Joined1("Ada", "three")], expected=0)
    today = lab.UpcastingStore(store, {Joined1: lambda old: Joined2(old.name, 100 + old.pounds)})
    assert [len(read_batch(today, after=after, limit=limit)) for after, limit in ((0, None), (8, 2))] == [8, 2]
    for _ in range(2):
        with pytest.raises(lab.UpcastFailed, match="position 11"):
            list(read_batch(today, after=8))


def test_an_upcaster_that_fails_says_where_and_nothing_is_lost():
    store = lab.MemoryEventStore()
    store.append("ada", [Moved("here"), Joined1("Ada", "three")], expected=lab.Expected.ANY)
    today = lab.UpcastingStore(store, {Joined1: lambda old: Joined2(old.name, 100 + old.pounds)})
    with pytest.raises(lab.UpcastFailed, match="the Joined1 at position 2 could not be upcast: TypeError") as caught:
        list(today.read_all())
    assert isinstance(caught.value, lab.UnreadableEvent)
    assert (caught.value.event, caught.value.position) == ("Joined1", 2)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # as a process pool sends it home
    assert len(list(lab.UpcastingStore(store, {}).read_all())) == 2


class MovedTo(NamedTuple):
    """An event may be a named tuple; a bare tuple is several events, or a slip of a comma."""

    address: str


class Tagged(dict):
    """Nor is a dict an event, though one that has a name of its own is."""


def yields(old):
    yield to_current(old)


async def waits(old):
    return to_current(old)


async def yields_later(old):
    yield to_current(old)


@pytest.mark.filterwarnings("ignore:coroutine 'waits' was never awaited")
@pytest.mark.parametrize(
    ("forgets", "gave"),
    [
        (lambda old: None, "None"),
        (lambda old: [old], "a list"),
        (lambda old: (old,), "a tuple"),
        (lambda old: {old}, "a set"),
        (lambda old: frozenset([old]), "a frozenset"),
        (lambda old: {"name": old.name}, "a dict"),
        (lambda old: Joined, "a class"),
        (lambda old: abc.Sized, "a class"),
        (lambda old: ValueError(old.name), "a ValueError"),
        (lambda old: lab.RecordedEvent("ada", 1, 1, old, 0.0), "a RecordedEvent"),
        (lambda old: map(to_current, [old]), "a map"),
        (yields, "a generator"),
        (waits, "a coroutine"),
        (yields_later, "a async_generator"),
    ],
)
def test_an_upcaster_that_gives_no_event_does_not_make_events_vanish(forgets, gave):
    store = lab.MemoryEventStore()
    store.append("ada", [Moved("here"), Joined1("Ada", 3)], expected=lab.Expected.ANY)
    for upcasters in ({Joined1: forgets}, {Joined1: to_second, Joined2: forgets}):
        today = lab.UpcastingStore(store, upcasters)
        for _ in range(2):  # the second time as well
            with pytest.raises(lab.UpcastFailed, match=f"position 2 .* returned {gave}; return an event of the next"):
                list(today.read_all())
        with pytest.raises(lab.ProjectionFailed, match=f"failed at position 2: .*returned {gave}"):
            lab.Projector(today, Members()).catch_up()
    if gave == "a coroutine":
        gc.collect()  # here, where its warning is expected


@pytest.mark.parametrize("event", [MovedTo("Ada"), Tagged(name="Ada"), "Joined", 7])
def test_an_upcaster_may_give_whatever_may_be_an_event(event):
    store = lab.MemoryEventStore()
    store.append("ada", [Joined1("Ada", 3)] * 2, expected=lab.Expected.ANY)
    assert [one.event for one in lab.UpcastingStore(store, {Joined1: lambda old: event}).read_all()] == [event] * 2


def test_an_upcaster_that_gives_an_event_and_then_none_is_found_out():
    store = lab.MemoryEventStore()
    store.append("ada", [Joined1("Ada", 3), Joined1("Ben", -1)], expected=lab.Expected.ANY)
    today = lab.UpcastingStore(store, {Joined1: lambda old: to_second(old) if old.pounds > 0 else ValueError(old)})
    with pytest.raises(lab.UpcastFailed, match="position 2 .* returned a ValueError"):
        list(today.read_all())


def test_upcasters_that_go_round_in_a_circle_are_found_out():
    store = lab.MemoryEventStore()
    store.append("ada", [Joined1("Ada", 3)], expected=lab.Expected.ANY)
    circle = {Joined1: to_second, Joined2: lambda new: Joined1(new.name, new.pence // 100)}
    with pytest.raises(lab.UpcastFailed, match="in a circle, from Joined1 to Joined2 to Joined1"):
        list(lab.UpcastingStore(store, circle).read_all())


def test_an_old_shape_is_not_recorded_any_more():
    today = lab.UpcastingStore(lab.MemoryEventStore(), UPCASTERS)
    with pytest.raises(lab.InvalidArgument, match="Joined1 is an old shape"):
        today.append("ada", [Joined1("Ada", 3)], expected=lab.Expected.ANY)
    assert today.head() == 0


def test_what_is_no_upcaster_is_refused():
    for wrong in ({"Joined1": to_second}, {Joined1: "to_second"}):
        with pytest.raises(lab.InvalidArgument, match="is not an upcaster"):
            lab.UpcastingStore(lab.MemoryEventStore(), wrong)
