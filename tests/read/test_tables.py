"""A kept table: versions never change, rows never move, and what is not touched is not looked at."""

import random
from dataclasses import dataclass

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.read.tables import Checkpoint, MemoryTables


@dataclass(frozen=True)
class Sold:
    product: str
    units: int


ONE = lab.Schema(index=["product"], columns={"units": "int64", "note": "str", "price": "float64"})
TWO = lab.Schema(index=["cart", "product"], columns={"units": "int64", "note": "str", "price": "float64"})
NUMBERED = lab.Schema(index={"day": "int64"}, columns={"units": "int64", "note": "str", "price": "float64"})
SCHEMAS = pytest.mark.parametrize("schema", [ONE, TWO, NUMBERED], ids=["one key", "two keys", "a number"])


def a_key(schema, number):
    if schema is NUMBERED:
        return number
    return f"k{number}" if schema is ONE else (f"c{number % 40}", f"p{number // 40}")


def rows_of(schema, by_key):
    """Make a table from a dict of rows by key."""
    keys = [key if isinstance(key, tuple) else (key,) for key in by_key]
    columns = [*schema.index, *schema.columns]
    if not by_key:
        return schema.empty()
    return schema.conform(
        pd.DataFrame([(*key, *row) for key, row in zip(keys, by_key.values(), strict=True)], columns=columns)
    )


def told(table):
    """Tell a table as a dict of rows by key, in the order of the rows."""
    return {key: tuple(row) for key, row in zip(table.index, table.itertuples(index=False), strict=True)}


@SCHEMAS
@pytest.mark.parametrize("seed", range(3))
def test_any_history_of_saves_is_told_as_a_dict_would_tell_it_by_each_of_its_versions(schema, seed, monkeypatch):
    monkeypatch.setattr("cqrs_lab.read.frames.rows._RECENT", 30)
    draw, wanted, versions = random.Random(seed), {}, []
    tables = MemoryTables(schema.empty())
    for number in range(120):
        touched = draw.sample(range(400), draw.choice([0, 1, 1, 2, 40]))
        change = {
            a_key(schema, one): (draw.randrange(3), draw.choice("ab"), float(draw.randrange(2))) for one in touched
        }
        found = tables.rows(rows_of(schema, change).index)
        assert told(found) == {key: wanted[key] for key in told(found)}
        assert set(told(found)) == change.keys() & wanted.keys()
        wanted = wanted | change
        tables = tables.save(rows_of(schema, change), Checkpoint(number))
        if draw.random() < 0.3:
            versions.append((tables, tables.table(), wanted))
    for kept, table, then in versions:
        assert kept.table() is table
        assert list(told(table).items()) == list(then.items())  # the order of the rows, too
        schema.check(table, "a version")


class Elsewhere:
    """Tables kept in one place that several hold: a version that is not the latest saves nothing."""

    def __init__(self, place):
        self._place, self.checkpoint = place, place[-1].checkpoint
        self.rows, self.table = place[-1].rows, place[-1].table

    def save(self, rows, checkpoint):
        if self._place[-1].checkpoint == self.checkpoint:
            self._place.append(self._place[-1].save(rows, checkpoint))
        return self.latest()

    def latest(self):
        return Elsewhere(self._place)

    def swap(self, other):
        self._place.append(MemoryTables(other.table(), other.checkpoint))
        return self.latest()


class Units:
    name, version, events = "units", 1, (Sold,)
    schema = lab.Schema(index=["product"], columns={"units": "int64"})

    def summarise(self, batch):
        return batch.frame(Sold).groupby("product")[["units"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


def sell(store, *units):
    for one in units:
        store.append("till", [Sold("tea", one)], expected=lab.Expected.ANY)


def test_a_projector_goes_on_from_what_is_kept():
    store, place = lab.MemoryEventStore(), [MemoryTables(Units.schema.empty())]
    sell(store, 1, 2)
    assert lab.Projector(store, Units(), tables=Elsewhere(place)).catch_up() == 2
    sell(store, 4)
    again = lab.Projector(store, Units(), tables=Elsewhere(place))
    assert (again.position, again.catch_up(), again.position) == (2, 1, 3)
    assert again.table["units"].to_dict() == {"tea": 7}
    assert place[-1].checkpoint == Checkpoint(3, (), ("units", 1))


def test_of_two_projectors_on_one_table_neither_counts_an_event_that_the_other_has_saved():
    store, place = lab.MemoryEventStore(), [MemoryTables(Units.schema.empty())]
    one, other = (lab.Projector(store, Units(), tables=Elsewhere(place)) for _ in range(2))
    for number in range(1, 9):
        sell(store, 1)
        (one if number % 3 else other).catch_up()
    one.catch_up()
    other.catch_up()
    assert one.table["units"].to_dict() == other.table["units"].to_dict() == {"tea": 8}
    assert [kept.checkpoint.position for kept in place] == list(range(9))


def test_a_table_that_another_version_has_taken_over_is_left_alone():
    store, place = lab.MemoryEventStore(), [MemoryTables(Units.schema.empty())]
    old, projector = (lab.Projector(store, Units(), tables=Elsewhere(place)) for _ in range(2))
    sell(store, 1)
    old.catch_up()
    new = Units()
    new.version = 2
    sell(store, 1)
    assert projector.catch_up() == 1
    assert lab.rebuild(projector, to=new).run().state == "swapped"
    sell(store, 1)
    with pytest.raises(lab.InvalidArgument, match=r"made by \('units', 2\), not \('units', 1\)"):
        old.catch_up()
    assert (projector.catch_up(), place[-1].table()["units"].to_dict()) == (1, {"tea": 3})
    assert place[-1].checkpoint.made_by == ("units", 2)


class ReturnsItself(MemoryTables):
    def save(self, rows, checkpoint):
        return self


class KeepsTheRowsAlone(MemoryTables):
    def save(self, rows, checkpoint):
        return super().save(rows, self.checkpoint)


@pytest.mark.parametrize("kind", [ReturnsItself, KeepsTheRowsAlone])
@pytest.mark.parametrize("way", ["catch_up", "apply", "one that fails"])
def test_tables_that_never_take_what_they_are_given_end_with_a_sentence(kind, way):
    store = lab.MemoryEventStore()
    sell(store, 1, "two" if way == "one that fails" else 2)
    projector = lab.Projector(store, Units(), tables=kind(Units.schema.empty()), on_failure="park")
    with pytest.raises(lab.InvalidArgument, match=r"save\(rows, checkpoint\) kept nothing: .* is 0 as before"):
        projector.apply(lab.EventBatch(list(store.read_all()))) if way == "apply" else projector.catch_up()
    assert projector.position == 0
