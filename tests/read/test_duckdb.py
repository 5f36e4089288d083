"""Tables in DuckDB: what MemoryTables promise, also over a crash, and to any client of the file."""

import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.read import duckdb as kept
from cqrs_lab.read.duckdb import DuckDBTables
from cqrs_lab.read.tables import Checkpoint, MemoryTables, ParkedEvent
from cqrs_lab.shop import read, workload, write
from tests.read import killed_projector
from tests.read.test_tables import ONE, SCHEMAS, TWO, Units, a_key, rows_of, sell, told


class ByTill(Units):
    version = 2
    schema = lab.Schema(index=["stream", "product"], columns={"units": "int64"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(self.events[0]).groupby(["stream", "product"])[["units"]].sum())


ROOT = Path(__file__).parents[2]
FULL = Checkpoint(9, (ParkedEvent(4, 'ValueError: it\'s "no"'),), ("units", 1), 2)


def in_order(table):
    return table.sort_index()


@SCHEMAS
def test_any_history_of_saves_is_told_as_memory_tells_it(schema):
    draw, memory = random.Random(3), MemoryTables(schema.empty())
    tables = DuckDBTables(":memory:", "the table", schema)
    for number in range(30):
        touched = draw.sample(range(60), draw.choice([0, 1, 2, 20]))
        change = rows_of(schema, {a_key(schema, one): (draw.randrange(3), "it's", 0.5) for one in touched})
        asked = rows_of(schema, {a_key(schema, one): (0, "", 0.0) for one in range(0, 60, 7)}).index
        assert told(in_order(tables.rows(asked))) == told(in_order(memory.rows(asked)))
        memory, tables = (one.save(change, Checkpoint(number)) for one in (memory, tables))
        pd.testing.assert_frame_equal(in_order(tables.table()), in_order(memory.table()))


def test_missing_values_and_large_numbers_come_back_as_they_were():
    kinds = {"a": "Int64", "b": "boolean", "c": "str", "d": "datetime64[us]", "e": "int64", "f": "float64", "g": "bool"}
    schema = lab.Schema(index=["k"], columns=kinds)
    values = [("x", 2**62 + 1, True, "", pd.Timestamp("2011-12-09 12:50:00.000001"), -(2**63), 0.1, True)]
    values += [("y", None, None, None, None, 2**63 - 1, None, False)]
    table = schema.conform(pd.DataFrame(values, columns=["k", *kinds]).astype({"a": "Int64", "b": "boolean"}))
    tables = DuckDBTables(":memory:", "t", schema).save(table, Checkpoint(1))
    pd.testing.assert_frame_equal(in_order(tables.table()), table)
    pd.testing.assert_frame_equal(tables.rows(table.index[1:]), table.iloc[1:])


def test_a_file_tells_rows_and_checkpoint_when_it_is_opened_again(tmp_path):
    tables = DuckDBTables(tmp_path / "shop.duckdb", "units", ONE).save(rows_of(ONE, {"tea": (1, "a", 1.0)}), FULL)
    tables.connection.close()
    again = DuckDBTables(tmp_path / "shop.duckdb", "units", ONE)
    assert (again.checkpoint, told(again.table())) == (FULL, {"tea": (1, "a", 1.0)})
    again.connection.close()
    with duckdb.connect(str(tmp_path / "shop.duckdb"), read_only=True) as client:
        assert client.sql("SELECT product, units FROM units").fetchall() == [("tea", 1)]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_save_that_is_interrupted_before_its_commit_has_saved_nothing(monkeypatch, error):
    def fails(*_):
        raise error

    first = DuckDBTables(":memory:", "t", ONE).save(rows_of(ONE, {"tea": (1, "a", 1.0)}), Checkpoint(1))
    with monkeypatch.context() as patch:
        patch.setattr(kept, "_set_checkpoint", fails)
        with pytest.raises(error):
            first.save(rows_of(ONE, {"tea": (2, "b", 2.0)}), Checkpoint(2))
        with pytest.raises(error):
            first.swap(MemoryTables(rows_of(TWO, {("c", "p"): (2, "b", 2.0)}), Checkpoint(7)))
    now = DuckDBTables(first.connection, "t", ONE)
    assert (now.checkpoint, told(now.table())) == (Checkpoint(1), {"tea": (1, "a", 1.0)})
    assert first.save(None, Checkpoint(3)).checkpoint == Checkpoint(3)


def test_a_version_that_is_not_the_latest_saves_nothing():
    old = DuckDBTables(":memory:", "t", ONE)
    new = old.save(rows_of(ONE, {"tea": (1, "a", 1.0)}), Checkpoint(1))
    late = old.save(rows_of(ONE, {"tea": (5, "a", 1.0)}), Checkpoint(2))
    assert (late.checkpoint, told(new.table())) == (Checkpoint(1), {"tea": (1, "a", 1.0)})


def test_two_projectors_on_one_table_count_no_event_twice():
    store, first = lab.MemoryEventStore(), DuckDBTables(":memory:", "units", Units.schema)
    one, other = (lab.Projector(store, Units(), tables=first) for _ in range(2))
    for number in range(1, 9):
        sell(store, 1)
        (one if number % 3 else other).catch_up()
    one.catch_up()
    assert one.table["units"].to_dict() == {"tea": 8}


def test_a_rebuild_takes_the_place_of_the_table_also_in_another_shape(tmp_path):
    store = lab.MemoryEventStore()
    sell(store, 1, 2)
    tables = DuckDBTables(tmp_path / "f.duckdb", "units", Units.schema)
    projector = lab.Projector(store, Units(), tables=tables)
    projector.catch_up()
    assert lab.rebuild(projector, to=ByTill()).run().state == "swapped"
    sell(store, 4)
    projector.catch_up()
    tables.connection.close()
    again = lab.Projector(store, ByTill(), tables=DuckDBTables(tmp_path / "f.duckdb", "units", ByTill.schema))
    assert (again.position, again.table["units"].to_dict()) == (3, {("till", "tea"): 7})
    again.serving.model.tables.connection.close()
    with pytest.raises(lab.InvalidArgument, match="give another name, or rebuild"):
        DuckDBTables(tmp_path / "f.duckdb", "units", Units.schema)


def test_a_swap_waits_for_nobody_and_loses_nothing_if_another_reader_of_the_table_is_ahead(monkeypatch):
    store, first = lab.MemoryEventStore(), DuckDBTables(":memory:", "units", Units.schema)
    projector, ahead = (lab.Projector(store, Units(), tables=first) for _ in range(2))
    sell(store, 1, 2)
    swap = DuckDBTables.swap

    def after_another_has_gone_on(self, other):
        if store.head() == 2:
            sell(store, 4)
            ahead.catch_up()
        return swap(self, other)

    monkeypatch.setattr(DuckDBTables, "swap", after_another_has_gone_on)
    assert lab.rebuild(projector, to=ByTill()).run().state == "swapped"
    assert (projector.position, projector.table["units"].to_dict()) == (3, {("till", "tea"): 7})
    sell(store, 8)
    assert (projector.catch_up(), projector.table["units"].to_dict()) == (1, {("till", "tea"): 15})
    with pytest.raises(lab.InvalidArgument, match=r"made by \('units', 2\), not \('units', 1\)"):
        ahead.catch_up()


class Stops(Exception):
    """Stands for whatever comes between the commit of a swap and what follows."""


@pytest.mark.parametrize("what", [KeyboardInterrupt, Stops])
@pytest.mark.parametrize("more", [0, 4])
def test_a_swap_that_is_interrupted_after_its_commit_is_done_again(swap_then, what, more):
    projector, rebuilding = swap_then(what)
    with pytest.raises(what):
        list(rebuilding)
    assert (rebuilding.state, projector.projection.version) == ("building", 1)
    sell(projector.store, *([more] if more else []))
    is_served(projector, rebuilding, 3 + more)


@pytest.mark.parametrize("what", [KeyboardInterrupt, Stops])
def test_a_run_that_is_interrupted_after_the_commit_of_its_swap_has_swapped(swap_then, what):
    projector, rebuilding = swap_then(what)
    with pytest.raises(what):
        rebuilding.run()
    assert (rebuilding.state, projector.status.state) == ("swapped", "live")
    sell(projector.store, 4)
    projector.catch_up()
    is_served(projector, rebuilding, 7)


def test_a_rebuild_that_is_given_up_after_the_commit_of_its_swap_has_swapped(swap_then):
    projector, rebuilding = swap_then(None)
    rebuilding.run()
    is_served(projector, rebuilding, 3)


@pytest.fixture
def swap_then(monkeypatch):
    """Return a projector and its rebuild, whose first swap is followed by an error, or by somebody who gives it up."""

    def made(what):
        store, swap, done = lab.MemoryEventStore(), DuckDBTables.swap, []
        sell(store, 1, 2)
        projector = lab.Projector(store, Units(), tables=DuckDBTables(":memory:", "units", Units.schema))
        projector.catch_up()
        rebuilding = lab.rebuild(projector, to=ByTill())

        def then(self, other):
            kept_now = swap(self, other)
            if not done:
                done.append(True)
                if what:
                    raise what
                rebuilding.abort()
            return kept_now

        monkeypatch.setattr(DuckDBTables, "swap", then)
        return projector, rebuilding

    return made


def is_served(projector, rebuilding, units):
    assert rebuilding.run().state == "swapped"
    assert projector.table["units"].to_dict() == {("till", "tea"): units}
    there = DuckDBTables(projector.serving.model.tables.connection, "units", ByTill.schema).checkpoint
    assert (there.position, there.made_by) == (projector.store.head(), ("units", 2))


FULL_DISK = """
import resource, signal, sys
import cqrs_lab as lab
from cqrs_lab.read.duckdb import DuckDBTables
from tests.read.test_tables import Sold, Units
store = lab.MemoryEventStore()
store.append("till", [Sold(f"p{number}", 1) for number in range(5000)], expected=0)
projector = lab.Projector(store, Units(), tables=DuckDBTables(sys.argv[1], "units", Units.schema))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
try:
    projector.catch_up()
except Exception as error:
    print(type(error).__name__, projector.position, len(projector.table))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit for files")
def test_a_full_disk_is_told_and_nothing_is_taken_for_saved(tmp_path):
    run = [sys.executable, "-c", FULL_DISK, str(tmp_path / "f.duckdb")]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.stdout.split() == ["TransactionException", "0", "0"], done


def test_projectors_in_several_threads_on_one_table_count_no_event_twice():
    store, first = lab.MemoryEventStore(), DuckDBTables(":memory:", "units", Units.schema)
    several = [lab.Projector(store, Units(), tables=first) for _ in range(3)]
    with ThreadPoolExecutor(3) as threads:
        for _ in range(40):
            sell(store, 1, 2)
            assert len(list(threads.map(lambda one: one.catch_up(), several))) == 3
    assert [one.table["units"].to_dict() for one in several] == [{"tea": 120}] * 3


def test_a_table_that_cannot_be_opened_is_not_tried_for_ever():
    with duckdb.connect(":memory:") as connection:
        connection.begin()
        connection.execute("CREATE TABLE t (product VARCHAR)")  # nobody else can see it yet, or make another one
        with pytest.raises(duckdb.TransactionException):
            DuckDBTables(connection, "t", ONE)


def test_a_table_at_a_later_position_stays():
    first = DuckDBTables(":memory:", "t", ONE)
    late = first.save(rows_of(ONE, {"tea": (5, "a", 1.0)}), Checkpoint(8))
    for tables in (first, late):
        came = tables.swap(MemoryTables(rows_of(TWO, {("c", "p"): (2, "b", 2.0)}), Checkpoint(7)))
        assert (came.checkpoint, told(came.table())) == (Checkpoint(8), {"tea": (5, "a", 1.0)})


def test_of_two_who_save_at_the_same_time_one_is_first_and_the_other_is_told():
    first = DuckDBTables(":memory:", "t", ONE)
    other, come = DuckDBTables(first.connection, "t", ONE), []

    with pytest.MonkeyPatch.context() as patch:
        set_checkpoint = kept._set_checkpoint

        def meanwhile(cursor, *rest):
            if not come:
                come.append(None)
                come.append(other.save(rows_of(ONE, {"cup": (1, "a", 1.0)}), Checkpoint(3)))
            set_checkpoint(cursor, *rest)

        patch.setattr(kept, "_set_checkpoint", meanwhile)
        late = first.save(rows_of(ONE, {"tea": (1, "a", 1.0)}), Checkpoint(2))
    assert come[1].checkpoint == late.checkpoint == Checkpoint(3)
    assert told(late.table()) == {"cup": (1, "a", 1.0)}


def test_tables_are_opened_side_by_side_in_a_new_database():
    with duckdb.connect(":memory:") as connection, ThreadPoolExecutor(4) as threads:
        for number in range(20):
            name = [f"a{number}", f"b{number}", f"a{number}", f"A{number}"]
            opened = threads.map(lambda one: DuckDBTables(connection, one, ONE).checkpoint, name)
            assert list(opened) == [Checkpoint()] * 4


def test_names_that_are_one_to_duckdb_are_one_table_with_one_checkpoint():
    tables = DuckDBTables(":memory:", "Units", ONE).save(rows_of(ONE, {"tea": (1, "a", 1.0)}), Checkpoint(4))
    again = DuckDBTables(tables.connection, "units", ONE)
    assert (again.checkpoint, told(again.table())) == (Checkpoint(4), {"tea": (1, "a", 1.0)})
    again.save(rows_of(ONE, {"tea": (2, "a", 1.0)}), Checkpoint(5))
    assert tables.save(None, Checkpoint(6)).checkpoint == Checkpoint(5)
    with pytest.raises(lab.InvalidArgument, match="begin with 'cqrs_lab_'"):
        DuckDBTables(":memory:", "CQRS_lab_checkpoints", ONE)
    with pytest.raises(lab.InvalidArgument, match="of k, Size, size, two are one name to DuckDB; rename a column"):
        DuckDBTables(":memory:", "t", lab.Schema(index=["k"], columns={"Size": "int64", "size": "int64"}))


def test_a_table_that_is_somebody_elses_or_has_lost_its_checkpoint_is_left_alone():
    with duckdb.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t (product VARCHAR, units BIGINT, note VARCHAR, share DOUBLE)")
        connection.execute("INSERT INTO t VALUES ('tea', 1, 'a', 1.0)")
        shape = {name: kind for name, kind in zip(["units", "note", "share"], ["int64", "str", "float64"], strict=True)}
        with pytest.raises(lab.InvalidArgument, match="'t' has rows and no checkpoint: somebody else's"):
            DuckDBTables(connection, "t", lab.Schema(index=["product"], columns=shape))
        tables = DuckDBTables(connection, "own", ONE).save(rows_of(ONE, {"tea": (1, "a", 1.0)}), Checkpoint(4))
        connection.execute("DELETE FROM cqrs_lab_checkpoints")
        for change in (lambda: tables.save(None, Checkpoint(5)), lambda: tables.swap(MemoryTables(ONE.empty()))):
            with pytest.raises(lab.InvalidArgument, match="the checkpoint of the table 'own' was deleted"):
                change()
        assert connection.sql("SELECT count(*) FROM own").fetchall() == [(1,)]


def test_the_shops_tables_are_the_same_in_duckdb_and_in_memory():
    store, connection = lab.MemoryEventStore(), duckdb.connect(":memory:")
    bus = lab.CommandBus(store)
    write.register(bus)
    for command in workload.commands(seed=1, orders_per_day=20):
        bus.send(command)
    for projection in read.projections():
        tables = DuckDBTables(connection, projection.name, projection.schema)
        ours, memory = lab.Projector(store, projection, tables=tables), lab.Projector(store, projection)
        while ours.catch_up(limit=40):
            pass
        memory.catch_up()
        pd.testing.assert_frame_equal(in_order(ours.table), in_order(memory.table), check_column_type=True)


def test_what_cannot_be_kept_is_told():
    with pytest.raises(lab.InvalidArgument, match="'c' is uint8, which is not kept in DuckDB"):
        DuckDBTables(":memory:", "t", lab.Schema(index=["k"], columns={"c": "uint8"}))
    with pytest.raises(lab.InvalidArgument, match="give its path"):
        DuckDBTables(7, "t", ONE)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill")
def test_a_projector_that_is_killed_loses_no_checkpoint_it_told_and_keeps_the_fold_of_the_log(tmp_path):
    wrong, told_checkpoints = killed_projector.killed(tmp_path, 6, seed=1)
    assert wrong == "" and told_checkpoints > 10


def test_a_file_that_another_process_has_open_is_told(tmp_path):
    path = tmp_path / "f.duckdb"
    code = f"import duckdb; held = duckdb.connect({str(path)!r}); print('held', flush=True); input()"
    other = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "held\n"
    with pytest.raises(lab.StoreUnavailable, match="another process has it open"):
        DuckDBTables(path, "t", ONE)
    other.communicate("\n")
    DuckDBTables(path, "t", ONE).connection.close()


def test_what_is_no_database_is_told_and_left_as_it_was(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("no database " * 2_000)
    with pytest.raises(lab.StoreUnavailable, match="no DuckDB file"):
        DuckDBTables(path, "t", ONE)
    assert path.read_text() == "no database " * 2_000
    with pytest.raises(lab.StoreUnavailable, match="folder is not there"):
        DuckDBTables(tmp_path / "none" / "t.duckdb", "t", ONE)
