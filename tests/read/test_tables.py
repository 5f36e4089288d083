"""A kept table: versions never change, rows never move, and what is not touched is not looked at."""

import random
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.read.frames.keys import Keys
from cqrs_lab.read.tables import Checkpoint, MemoryTables, ParkedEvent


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


@SCHEMAS
def test_a_table_that_has_grown_answers_as_one_that_pandas_made(schema):
    tables, wanted = MemoryTables(schema.empty()), {}
    for number in random.Random(1).sample(range(400), 300):
        row = {a_key(schema, number): (number, "x", 0.5)}
        tables, wanted = tables.save(rows_of(schema, row), Checkpoint(number + 1)), wanted | row
        table = tables.table()
    plain = rows_of(schema, wanted)
    some = plain.index[[5, 250]]
    for asked in (
        lambda one: one,
        lambda one: one.loc[some[0], "units"],
        lambda one: one.loc[list(some)],
        lambda one: one.reindex(some),
        lambda one: one.sort_index(),
        lambda one: one.head(7),
        lambda one: one.iloc[::-3],
        lambda one: one[one["units"] > 100],
        lambda one: one.drop(some),
        lambda one: one.reset_index(),
        lambda one: one["units"] + plain["units"],
        lambda one: one[["units"]].groupby(level=0).sum(),
        lambda one: one.index.union(some),
        lambda one: one.index.is_monotonic_increasing,
        lambda one: [some[0] in one.index, "nobody" in one.index, one.index.is_unique],
        lambda one: one.index.get_indexer_for(some),
        lambda one: one.xs(some[0]) if one.index.nlevels == 1 else one.xs(some[0][0]),
        lambda one: one["units"].unstack() if one.index.nlevels == 2 else None,
    ):
        came, expected = asked(table), asked(plain)
        if isinstance(came, pd.DataFrame):
            pd.testing.assert_frame_equal(came, expected)
        elif isinstance(came, pd.Series):
            pd.testing.assert_series_equal(came, expected)
        else:
            assert np.array_equal(came, expected)
    for missing in ("nobody", ["nobody"]):
        with pytest.raises(KeyError):
            table.loc[missing]


def test_a_change_of_a_table_that_was_handed_out_reaches_no_version():
    first = MemoryTables(rows_of(ONE, {"tea": (1, "a", 1.0), "rice": (2, "b", 2.0)}))
    second = first.save(rows_of(ONE, {"tea": (5, "a", 1.0)}), Checkpoint(2))
    tables = [one.table().copy(deep=False) for one in (first, second)]
    del first
    for table in tables:
        table["price"] += 1
        table.loc["rice", "note"] = "changed"
        table.iloc[0, 0] = 99
    assert told(second.table()) == {"tea": (5, "a", 1.0), "rice": (2, "b", 2.0)}


def test_only_the_columns_in_which_a_value_has_changed_are_copied():
    before = MemoryTables(rows_of(ONE, {f"k{n}": (n, "a", 1.0) for n in range(1000)}))
    after = before.save(rows_of(ONE, {"k7": (7, "a", 2.0)}), Checkpoint(1))
    shared = [np.shares_memory(before.table()[name], after.table()[name]) for name in ("units", "price")]
    assert shared == [True, False]
    assert after.table().index is before.table().index  # so pandas keeps its hash


def test_a_new_key_is_hashed_with_the_few_that_came_lately():
    keys = Keys.of(pd.Index([f"k{n}" for n in range(10_000)], dtype="str"))
    long, seen = keys._pieces[0], []
    for number in range(200):
        keys = keys.extended(pd.Index([f"new{number}"], dtype="str"))
        seen.append(len(keys._pieces))
        assert keys._pieces[0] is long
        assert keys.index.get_loc(f"new{number}") == 10_000 + number
        assert keys.find(pd.Index(["nobody", "k3", f"new{number}"], dtype="str")).tolist() == [-1, 3, 10_000 + number]
    assert max(seen) < 8
    # pandas asks the pieces: it has not made an engine of its own, for which it would hash every key.
    assert "Pieces" in type(keys.index._engine).__name__


def test_the_text_of_a_table_that_changed_row_by_row_is_in_few_chunks():
    tables = MemoryTables(ONE.empty())
    for number in range(300):
        for row in ({f"k{number}": (1, "a", 1.0)}, {f"k{number // 2}": (1, f"b{number}", 1.0)}):
            tables = tables.save(rows_of(ONE, row), Checkpoint(number))
            table = tables.table()
    assert table.index.tolist() == [f"k{number}" for number in range(300)]
    assert table["note"].tolist()[:2] == ["b1", "b3"] and table["note"].tolist()[149:151] == ["b299", "a"]
    for values in (table.index.array, table["note"].array):
        if values.dtype.storage == "pyarrow":  # pandas keeps text in Python's own objects where it is not installed
            assert values.__arrow_array__().num_chunks <= 65


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


def test_an_event_that_is_parked_or_rowless_is_kept_with_the_table():
    checkpoint = Checkpoint(9, (ParkedEvent(4, "ValueError: no"),), ("units", 1), 2)
    tables = MemoryTables(Units.schema.empty()).save(None, checkpoint)
    model = lab.ReadModel.kept_in(tables)
    assert (model.position, model.parked, model.made_by, model.rowless) == (9, checkpoint.parked, ("units", 1), 2)
    assert model.park(10, "OSError").saved().tables.checkpoint.parked[-1] == ParkedEvent(10, "OSError")
