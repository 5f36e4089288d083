"""Slices of a SQLite log: what memory hands out, decoded only as far as it is asked for."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from random import Random

import pytest

import cqrs_lab as lab
from cqrs_lab.log.slice import SlicingStore
from cqrs_lab.log.stores import sql_rows
from cqrs_lab.log.stores.sqlite import SqliteEventStore


@dataclass(frozen=True)
class Sold:
    product: str
    units: int


@dataclass(frozen=True)
class Wrapped1:
    product: str


@dataclass(frozen=True)
class Wrapped:
    product: str
    paper: str = "blue"


class Units:
    name, version, events = "units", 1, (Sold,)
    schema = lab.Schema(index=["product"], columns={"units": "int64"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(Sold).groupby("product")[["units"]].sum())

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


EVENTS = {"sold": Sold, "wrapped": (Wrapped1, Wrapped)}
MIXED = [Sold("tea", 1), Wrapped1("tea"), Sold("pot", 2), Wrapped("pot"), Sold("tea", 4)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.db"


@pytest.fixture
def store(path):
    with SqliteEventStore(path, EVENTS, clock=lambda: 1.5) as made:
        made.append("x", MIXED, expected=0)
        yield made


def change(path, sql):
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(sql)


def facts(one):
    kinds = (Sold, Wrapped1, Wrapped, str)
    return one.after, one.upto, list(one.positions), one.types(), list(one), [list(one.of(kind)) for kind in kinds]


def test_a_slice_holds_what_a_slice_of_memory_holds(path):
    random, memory = Random(1), lab.MemoryEventStore(clock=lambda: 1.5)
    with SqliteEventStore(path, EVENTS, clock=lambda: 1.5) as store:
        assert isinstance(store, SlicingStore)
        for number in range(20):
            events = [random.choice(MIXED) for _ in range(random.randrange(1, 5))]
            for one in (memory, store):
                one.append(f"s{number % 3}", events, expected=lab.Expected.ANY, command_id=f"c{number}")
        head = memory.head()
        for after, limit in [(0, None), (0, 0), (3, 4), (head - 1, 5), (head, 5), (head + 3, 2), (7, None)]:
            ours, theirs = store.read_slice(after=after, limit=limit), memory.read_slice(after=after, limit=limit)
            assert facts(ours) == facts(theirs)
            for _ in range(5):
                start, stop = sorted(random.randrange(len(theirs.positions) + 1) for _ in range(2))
                assert facts(ours.part(start, stop)) == facts(theirs.part(start, stop))


def test_whole_slices_are_sealed_under_one_name_and_the_last_few_are_remembered(store, monkeypatch):
    monkeypatch.setattr(sql_rows, "SLICE_EVENTS", 2)
    monkeypatch.setattr(sql_rows, "MOST_SEALED", 1)
    first, again = store.read_slice(after=0), store.read_slice(after=0)
    assert first.sealed is not None and first.sealed is again.sealed and len(first.positions) == 2
    assert store.read_slice(after=1).sealed is None and store.read_slice(after=4).sealed is None
    assert store.read_slice(after=2).sealed is not first.sealed
    assert store.read_slice(after=0).sealed is not first.sealed, "forgotten meanwhile"
    assert first.part(0, 2).sealed is first.sealed and first.part(0, 1).sealed is None


def test_a_type_that_nobody_declares_stops_nobody_who_does_not_read_it(store, path):
    change(path, "UPDATE events SET type = 'refunded' WHERE position = 2")
    change(path, "UPDATE events SET payload = 'torn' WHERE position = 4")
    with pytest.raises(lab.UnknownEventType):
        list(store.read_all())
    projector = lab.Projector(store, Units())
    assert projector.catch_up() == 5 and projector.parked.empty
    assert projector.table["units"].to_dict() == {"pot": 2, "tea": 5}


def test_a_version_from_the_future_stops_who_reads_that_type(store, path):
    change(path, "UPDATE events SET type_version = 2 WHERE position = 3")
    projector = lab.Projector(store, Units())
    with pytest.raises(lab.ProjectionFailed, match="failed at position 3: UnknownEventType: .* type 'sold', version 2"):
        projector.catch_up()
    assert projector.position == 2 and projector.table["units"].to_dict() == {"tea": 1}
    assert store.read_slice(after=0).types() == {Sold: 1, Wrapped1: 2, Wrapped: 4}
    assert [one.position for one in store.read_slice(after=0).of(Wrapped)] == [4]
    parking = lab.Projector(store, Units(), on_failure="park")
    parking.catch_up()
    assert parking.position == 5 and list(parking.parked.index) == [3]


def test_old_shapes_are_lifted_slice_by_slice(store):
    today = lab.UpcastingStore(store, {Wrapped1: lambda old: Wrapped(old.product, "old")})
    part = today.read_slice(after=0)
    assert [(one.position, one.event) for one in part.of(Wrapped)] == [(2, Wrapped("tea", "old")), (4, Wrapped("pot"))]
    assert part.types() == {Sold: 1, Wrapped: 2}


def test_rows_deleted_by_hand_leave_positions_that_skip(store, path):
    change(path, "DELETE FROM events WHERE position IN (2, 3)")
    part = store.read_slice(after=0)
    assert list(part.positions) == [1, 4, 5] == [one.position for one in part] and part.upto == 5
    assert [one.position for one in part.part(1, 2)] == [4] and part.part(1, 2).after == 1
    assert [(one.after, one.upto) for one in (part.part(1, 1), part.part(0, 1))] == [(1, 1), (0, 1)]
    assert part.part(2, 2).upto == 4 and store.read_slice(after=0, limit=3).part(0, 1).upto == 3
    assert store.read_slice(after=3).part(0, 0).upto == 3
    projector = lab.Projector(store, Units())
    projector.catch_up()
    assert (projector.position, projector.table["units"].to_dict()) == (5, {"tea": 5})
