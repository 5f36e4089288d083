"""Slices of the log: only what is asked for is decoded, and what nobody asks for stops nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

import cqrs_lab as lab
from cqrs_lab.log.slice import EventSlice, SlicingStore, read_slice
from cqrs_lab.read.batch import read_batch

ANY = lab.Expected.ANY


@dataclass(frozen=True)
class Sold:
    product: str
    units: int


@dataclass(frozen=True)
class Wrapped:
    product: str


@dataclass(frozen=True)
class Wrapped2:
    product: str
    paper: str


class Units:
    name, version, events = "units", 1, (Sold,)
    schema = lab.Schema(index=["product"], columns={"units": "int64"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(Sold).groupby("product")[["units"]].sum())

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


class LazySlice(EventSlice):
    """As of a durable store: events are decoded when they are asked for, and those of some positions cannot be."""

    def __init__(self, events, damaged, **more):
        super().__init__(events, **more)
        self.damaged = damaged

    def decoded(self, events):
        for one in events:
            if one.position in self.damaged:
                raise lab.UpcastFailed(type(one.event).__name__, one.position, "damaged")
            yield one

    def __iter__(self):
        return self.decoded(super().__iter__())

    def of(self, event_type):
        return list(self.decoded(super().of(event_type)))

    def part(self, start, stop):
        whole = super().part(start, stop)
        return LazySlice(list(EventSlice.__iter__(whole)), self.damaged, after=whole.after, upto=whole.upto)


class LazyStore(lab.MemoryEventStore):
    damaged: frozenset[int] = frozenset()

    def read_slice(self, *, after, limit=None):
        whole = super().read_slice(after=after, limit=limit)
        return LazySlice(list(whole), self.damaged, after=whole.after, upto=whole.upto)

    def read_all(self, *, after=0, limit=None):
        return iter(self.read_slice(after=after, limit=limit))


def a_store(events, damaged=()):
    store = LazyStore(clock=lambda: 0.0)
    store.damaged = frozenset(damaged)
    for event in events:
        store.append("x", [event], expected=ANY)
    return store


MIXED = [Sold("tea", 1), Wrapped("tea"), Sold("pot", 2), Wrapped("pot"), Sold("tea", 4)]


def test_which_stores_hand_out_slices_is_told_by_type():
    assert isinstance(lab.MemoryEventStore(), SlicingStore)
    assert isinstance(lab.UpcastingStore(lab.MemoryEventStore(), {}), SlicingStore)
    assert not isinstance(list(), SlicingStore)


def test_an_event_of_a_type_that_nobody_reads_stops_nobody():
    store = a_store(MIXED, damaged=[2, 4])
    with pytest.raises(lab.UnreadableEvent):
        list(store.read_all())
    projector = lab.Projector(store, Units())
    assert projector.catch_up() == 5
    assert projector.position == 5 and projector.status.error == "" and projector.parked.empty
    assert projector.table["units"].to_dict() == {"pot": 2, "tea": 5}


def test_an_event_of_a_type_that_is_read_stops_its_reader_there_alone():
    store = a_store(MIXED, damaged=[3, 4])
    projector = lab.Projector(store, Units())
    with pytest.raises(lab.ProjectionFailed, match="position 3"):
        projector.catch_up()
    assert projector.position == 2 and projector.table["units"].to_dict() == {"tea": 1}
    parking = lab.Projector(store, Units(), on_failure="park")
    parking.catch_up()
    assert parking.position == 5 and list(parking.parked.index) == [3]
    assert parking.table["units"].to_dict() == {"tea": 5}


def test_a_projection_that_looks_at_every_event_is_stopped_by_those_it_reads_alone():
    class ByEvent(Units):
        def summarise(self, batch):
            sold = [one for one in batch if isinstance(one.event, Sold)]
            return super().summarise(lab.EventBatch(sold))

    projector = lab.Projector(a_store(MIXED, damaged=[2]), ByEvent())
    projector.catch_up()
    assert projector.position == 5 and projector.table["units"].to_dict() == {"pot": 2, "tea": 5}


@pytest.mark.parametrize("damaged", [[2], [4], [2, 4]])
def test_an_upcaster_for_other_events_does_not_decode_what_nobody_reads(damaged):
    store = a_store([*MIXED, Sold("pot", 1)], damaged)
    today = lab.UpcastingStore(store, {})
    projector = lab.Projector(today, Units())
    projector.catch_up()
    assert projector.table["units"].to_dict() == {"pot": 3, "tea": 5}


def test_an_old_event_that_cannot_be_read_stops_every_reader_since_nobody_knows_what_it_is_today():
    store = a_store(MIXED, damaged=[2])
    today = lab.UpcastingStore(store, {Wrapped: lambda old: Wrapped2(old.product, "blue")})
    with pytest.raises(lab.ProjectionFailed, match="position 2"):
        lab.Projector(today, Units()).catch_up()


class Skips:
    """A slice that says more than it holds: positions at its end were never used."""

    def __init__(self, upto):
        self.store, self.end = lab.MemoryEventStore(clock=lambda: 0.0), upto
        self.store.append("x", MIXED, expected=ANY)

    def __getattr__(self, name):
        return getattr(self.store, name)

    def head(self):
        return self.end

    def read_slice(self, *, after, limit=None):
        inner = [] if after >= self.store.head() else list(self.store.read_slice(after=after, limit=limit))
        ends = not inner or inner[-1].position == self.store.head()
        return EventSlice(inner, after, self.end if ends else None)


@pytest.mark.parametrize("limit", [None, 1, 2, 5, 6])
def test_the_checkpoint_is_how_far_a_slice_reaches_and_not_its_last_event(limit):
    projector = lab.Projector(Skips(12), Units())
    for _ in range(12):
        projector.catch_up(limit)
    assert (projector.position, projector.status.state) == (12, "live")
    assert projector.table["units"].to_dict() == {"pot": 2, "tea": 5}


class Pages(Skips):
    """Hands out positions ten at a time, also where none of them holds an event: its five come after 100."""

    reads = 0

    def read_slice(self, *, after, limit=None):
        self.reads += 1
        assert self.reads < 50, "a reader does not come on"
        upto = min(after + 10, self.head())
        events = [replace(one, position=one.position + 100) for one in self.store.read_all()]
        return EventSlice([one for one in events if after < one.position <= upto][:limit], after, upto)


def test_a_slice_that_holds_nothing_is_read_on_from():
    projector = lab.Projector(Pages(140), Units())
    assert projector.catch_up() == 5
    assert (projector.position, projector.status.state) == (140, "live")
    assert projector.table["units"].to_dict() == {"pot": 2, "tea": 5}


@pytest.mark.parametrize("start", range(6))
@pytest.mark.parametrize("stop", range(6))
def test_parts_follow_each_other(start, stop):
    whole = lab.MemoryEventStore()
    whole.append("x", MIXED, expected=ANY)
    for store in (whole, lab.UpcastingStore(whole, {Wrapped: lambda old: Wrapped2(old.product, "blue")})):
        all_of_it = read_slice(store, after=0)
        part = all_of_it.part(start, max(start, stop))
        assert [one.position for one in part] == list(range(start + 1, max(start, stop) + 1)) == list(part.positions)
        assert part.after == start and (part.upto == max(start, stop))


def test_a_batch_that_is_applied_in_halves_reaches_as_far_as_the_whole():
    batch = read_batch(Skips(12), after=0)
    first, second = batch.halves()
    assert (first.upto, second.upto, batch.upto) == (2, 12, 12)
    assert [one.position for one in [*first, *second]] == [1, 2, 3, 4, 5]
    assert batch.after(5).upto == 12 and len(batch.after(5)) == 0
