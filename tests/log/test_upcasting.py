"""Old events are read in their current shape, in every store, and are never rewritten."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cqrs_lab as lab
from tests.log.test_contract import ThirtyLines


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


def to_second(old):
    return Joined2(old.name, 100 * old.pounds)


def to_current(old):
    given, _, family = old.name.partition(" ")
    return Joined(given, family, old.pence, "unknown")


UPCASTERS = {Joined1: to_second, Joined2: to_current, Moved1: lambda old: Moved(f"{old.number} {old.street}")}
CURRENT = {
    Joined1("Ada Lovelace", 3): Joined("Ada", "Lovelace", 300, "unknown"),
    Joined2("Ben", 250): Joined("Ben", "", 250, "unknown"),
    Joined("Cleo", "Day", 1, "Spain"): Joined("Cleo", "Day", 1, "Spain"),
    Moved1("Elm Street", 7): Moved("7 Elm Street"),
}


@pytest.mark.parametrize("make_store", [lambda: lab.MemoryEventStore(clock=lambda: 5.0), ThirtyLines])
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
    assert lab.check_event_store(lambda: lab.UpcastingStore(lab.MemoryEventStore(), UPCASTERS)).ok


def test_an_upcaster_that_fails_says_where_and_nothing_is_lost():
    store = lab.MemoryEventStore()
    store.append("ada", [Moved("here"), Joined1("Ada", "three")], expected=lab.Expected.ANY)
    today = lab.UpcastingStore(store, {Joined1: lambda old: Joined2(old.name, 100 + old.pounds)})
    with pytest.raises(lab.UpcastFailed, match="the Joined1 at position 2 could not be upcast: TypeError"):
        list(today.read_all())
    assert len(list(lab.UpcastingStore(store, {}).read_all())) == 2


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
        with pytest.raises(lab.InvalidArgument, match="is no upcaster"):
            lab.UpcastingStore(lab.MemoryEventStore(), wrong)
    with pytest.raises(lab.InvalidArgument, match="does not announce its growth"):
        lab.UpcastingStore(ThirtyLines(), {}).subscribe(print)
