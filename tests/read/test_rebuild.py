"""A rebuild: the old version serves until the moment the new one takes over."""

from __future__ import annotations

import threading
from dataclasses import replace

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.read import handover
from cqrs_lab.read.tables import Checkpoint, MemoryTables
from tests.log.planted_stores import Tens
from tests.read.test_projector import FailsOn, a_store
from tests.read.test_queries import UnitsOf, asked
from tests.shop_of_tea import Line, Sold, TeaSales, a_log, as_dict, expected_sales


class Customers:
    """Version 2 of another shape: units per customer."""

    name, version, events = "tea_sales", 2, (Sold,)
    schema = lab.Schema(index=["customer"], columns={"bought": "int64"})

    def summarise(self, batch):
        lines = batch.frame(Sold, each="lines").rename(columns={"units": "bought"})
        return lines.groupby("customer")[["bought"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["bought"])


def test_the_old_version_serves_until_the_swap_while_events_keep_coming():
    store = a_store()
    projector = lab.Projector(store, TeaSales())
    projector.catch_up()
    queries, positions = asked(projector), []
    work = lab.rebuild(
        projector, to=Customers(), handlers={UnitsOf: lambda query, table: sorted(table.index)}, step_events=8
    )
    for progress in work:
        positions.append(progress.position)
        if work.state == "building":
            answer = queries.ask(UnitsOf("mint"))
            assert (answer.value, answer.freshness) == (expected_sales(a_log())["mint"][0], "fresh")
            assert projector.status.state == "rebuilding"
            store.append("late", [Sold("late", (Line("mint", 1),))], expected=lab.Expected.ANY)
    assert positions == sorted(positions) and len(positions) > 5 and positions[-1] == store.head()
    assert queries.ask(UnitsOf("mint"), at_least=store.head()).value == [*(f"c-{k}" for k in range(7)), "late"]
    assert projector.projection.version == 2 and projector.status.state == "live"


def test_rebuilt_equals_incremental():
    projector = lab.Projector(a_store(), TeaSales())
    projector.catch_up()
    before = as_dict(projector.table)
    assert lab.rebuild(projector, to=TeaSales()).run().state == "swapped"
    assert as_dict(projector.table) == before == expected_sales(a_log())


def test_an_aborted_rebuild_leaves_the_old_version_serving():
    projector = lab.Projector(a_store(), TeaSales())
    projector.catch_up()
    work = lab.rebuild(projector, to=Customers(), step_events=8)
    next(iter(work))
    work.abort()
    assert list(work) == [] and work.state == "aborted"
    assert as_dict(projector.table) == expected_sales(a_log())
    assert projector.status.state == "live"


def test_a_rebuild_left_half_way_goes_on_where_it_was():
    projector = lab.Projector(a_store(), TeaSales())
    work = lab.rebuild(projector, to=Customers(), step_events=8)
    first = next(iter(work)).position
    assert next(iter(work)).position > first
    assert work.run().state == "swapped"


def test_a_new_version_that_fails_leaves_the_old_one_serving():
    projector = lab.Projector(a_store(), TeaSales())
    projector.catch_up()
    work = lab.rebuild(projector, to=FailsOn(110))
    with pytest.raises(lab.ProjectionFailed):
        work.run()
    assert as_dict(projector.table) == expected_sales(a_log())
    work.abort()
    assert projector.status.state == "live"


def test_a_rebuild_repairs_a_failed_projector():
    projector = lab.Projector(a_store(), FailsOn(110))
    with pytest.raises(lab.ProjectionFailed):
        projector.catch_up()
    lab.rebuild(projector, to=TeaSales()).run()
    assert projector.status.state == "live" and as_dict(projector.table) == expected_sales(a_log())


def test_until_a_first_version_serves_the_answer_is_rebuilding():
    projector = lab.Projector(a_store(), TeaSales())
    queries, work = asked(projector), lab.rebuild(projector, to=TeaSales(), step_events=8)
    next(iter(work))
    assert queries.ask(UnitsOf("mint"), at_least=1) == lab.Answer(None, 0, "rebuilding")
    work.run()
    assert queries.ask(UnitsOf("mint"), at_least=60).freshness == "fresh"


def test_one_rebuild_at_a_time():
    projector = lab.Projector(a_store(), TeaSales())
    first = lab.rebuild(projector, to=TeaSales())
    with pytest.raises(lab.InvalidArgument, match="a rebuild is under way"):
        lab.rebuild(projector, to=TeaSales())
    first.abort()
    assert lab.rebuild(projector, to=TeaSales()).run().state == "swapped"


class WithoutMint(TeaSales):
    """A version that means something else."""

    version = 2

    def summarise(self, batch):
        rows = super().summarise(batch)
        return rows[rows.index != "mint"]


def test_the_difference_tells_what_the_new_version_changes_before_the_swap_and_after():
    projector = lab.Projector(a_store(), TeaSales())
    projector.catch_up()
    work = lab.rebuild(projector, to=WithoutMint(), step_events=8)
    while work.model.position < 48:
        next(iter(work))
    assert work.state == "building" and work.difference().at["mint", "change"] == "removed"
    told = work.run().difference()
    assert told["change"].to_dict() == {"mint": "removed"}
    assert told.at["mint", "units_old"] == expected_sales(a_log())["mint"][0]
    assert lab.rebuild(projector, to=WithoutMint(), step_events=8).run().difference().empty


def test_a_rebuild_that_a_crash_has_ended_goes_on_from_what_was_kept():
    store = a_store()
    crashed = lab.rebuild(lab.Projector(store, TeaSales()), to=TeaSales(), step_events=8)
    next(iter(crashed))
    kept = crashed.model
    assert 0 < kept.position < 60
    projector = lab.Projector(store, TeaSales())
    work = lab.rebuild(projector, to=TeaSales(), model=kept, step_events=8)
    assert work.model.position == kept.position
    first = next(iter(work))
    assert first.position > kept.position
    work.run()
    assert as_dict(projector.table) == expected_sales(a_log())


def test_several_projections_are_rebuilt_at_once():
    store = a_store()
    projectors = [lab.Projector(store, TeaSales()), lab.Projector(store, Customers())]
    works = [lab.rebuild(one, to=type(one.projection)(), step_events=8) for one in projectors]
    for _ in range(20):
        for work in works:
            next(iter(work), None)
    assert [work.state for work in works] == ["swapped", "swapped"]
    assert as_dict(projectors[0].table) == expected_sales(a_log())
    assert projectors[1].table["bought"].sum() == sum(row[0] for row in expected_sales(a_log()).values())


class Units:
    """Units per product; the second version counts lines as well."""

    name, events = "units", (Sold,)

    def __init__(self, version):
        self.version = version
        columns = {"units": "int64"} if version == 1 else {"units": "int64", "lines": "int64"}
        self.schema = lab.Schema(index=["product"], columns=columns)

    def summarise(self, batch):
        rows = batch.frame(Sold, each="lines").assign(lines=1).groupby("product")[["units", "lines"]].sum()
        return rows[list(self.schema.columns)]

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=list(self.schema.columns))


def test_a_million_events_are_rebuilt_under_traffic_and_no_answer_comes_from_an_empty_or_half_built_table():
    store = lab.MemoryEventStore()
    for part in range(100):
        sold = [Sold("ada", (Line(f"tea-{(part + n) % 50}", 1),)) for n in range(10_000)]
        store.append(f"day-{part}", sold, expected=lab.Expected.NO_STREAM)
    projector, queries = lab.Projector(store, Units(1)), lab.QueryBus()
    queries.register(UnitsOf, lambda query, table: int(table["units"].sum()), reads=projector)
    projector.catch_up()
    work, steps = lab.rebuild(projector, to=Units(2)), 0
    for _ in work:
        steps += 1
        answer = queries.ask(UnitsOf("all"))
        assert answer.freshness == "fresh" and answer.value == answer.position
        assert answer.position >= 1_000_000 and projector.status.healthy()
        late = store.append("late", [Sold("ben", (Line("tea-0", 1),))] * 5, expected=lab.Expected.ANY)
        projector.catch_up()
        assert queries.ask(UnitsOf("all"), at_least=late.position).value == late.position
    assert steps >= 15 and projector.position == store.head() == 1_000_000 + 5 * steps
    at_rest = lab.Projector(store, Units(2))
    at_rest.catch_up()
    assert projector.table.sort_index().equals(at_rest.table.sort_index())


def test_where_less_comes_in_than_a_step_takes_the_rebuild_ends_and_where_more_comes_in_it_falls_behind():
    def steps(traffic):
        store = a_store()
        work = lab.rebuild(lab.Projector(store, TeaSales()), to=TeaSales(), step_events=8)
        for step, progress in zip(range(1, 40), work, strict=False):
            if work.state == "swapped":
                return step, progress.head - progress.position
            store.append("late", [Sold("late", (Line("mint", 1),))] * traffic, expected=lab.Expected.ANY)
        return step, progress.head - progress.position

    assert steps(traffic=0) == (7, 0) and steps(traffic=4) == (13, 0)
    assert steps(traffic=9)[0] == 39 and steps(traffic=9)[1] > 60


class Busy(Tens):
    """Whenever somebody asks where it ends, another writer commits before the answer comes."""

    writes = False

    def head(self):
        if self.writes:
            self.writes = False
            self.append("late", [Sold("late", (Line("mint", 1),))], expected=lab.Expected.ANY)
            self.writes = True
        return super().head()


def test_writers_do_not_keep_a_rebuild_just_behind_where_positions_skip():
    store = Busy()
    store.append("early", [Sold("early", (Line("mint", 1),))] * 40, expected=lab.Expected.ANY)
    work = lab.rebuild(lab.Projector(store, TeaSales()), to=TeaSales(), step_events=8)
    store.writes = True
    steps = sum(1 for _ in zip(range(40), work, strict=False))
    assert work.state == "swapped" and steps < 20


@pytest.mark.parametrize("wrong", [0, -1, 2.5, True])
def test_a_step_takes_in_a_whole_number_of_events(wrong):
    with pytest.raises(lab.InvalidArgument, match="step_events=.*give a whole number, 1 or more"):
        lab.rebuild(lab.Projector(a_store(), TeaSales()), to=TeaSales(), step_events=wrong)


# --- giving up, and whose a rebuild is ---------------------------------------------------------------------------


def test_a_rebuild_that_is_given_up_while_it_works_never_swaps():
    class GivenUpMeanwhile(TeaSales):
        version = 2

        def summarise(self, batch):
            work.abort()
            return super().summarise(batch)

    projector = lab.Projector(a_store(), TeaSales())
    work = lab.rebuild(projector, to=GivenUpMeanwhile())
    assert work.run().state == "aborted"
    assert projector.projection.version == 1 and projector.status.state == "catching up"


def test_who_gives_up_from_another_thread_has_given_up_when_the_call_returns():
    reading, go = threading.Event(), threading.Event()

    class Slow(TeaSales):
        version = 2

        def summarise(self, batch):
            reading.set()
            assert go.wait(timeout=30)
            return super().summarise(batch)

    projector = lab.Projector(a_store(), TeaSales())
    work = lab.rebuild(projector, to=Slow(), step_events=8)
    building = threading.Thread(target=work.run)
    building.start()
    assert reading.wait(timeout=30)
    told = []
    giving_up = threading.Thread(target=lambda: (work.abort(), told.append(projector.projection.version)))
    giving_up.start()
    go.set()
    giving_up.join(timeout=30)
    building.join(timeout=30)
    assert told == [projector.projection.version], "whichever came first, nothing changes afterwards"
    assert work.state == {1: "aborted", 2: "swapped"}[projector.projection.version]


def test_a_rebuild_that_somebody_else_gave_up_does_not_come_between():
    projector = lab.Projector(a_store(), TeaSales())
    first = lab.rebuild(projector, to=WithoutMint())
    handover.give_up(projector, projector, {}, by=first)
    second = lab.rebuild(projector, to=Customers())
    with pytest.raises(lab.InvalidArgument, match="this rebuild was aborted meanwhile"):
        first.run()
    with pytest.raises(lab.InvalidArgument, match="a rebuild is under way"):
        lab.rebuild(projector, to=TeaSales())
    assert second.run().state == "swapped" and isinstance(projector.projection, Customers)


def test_whatever_ends_a_run_the_next_rebuild_can_begin():
    class Away(lab.MemoryEventStore):
        away = False

        def read_slice(self, *, after, limit=None):
            if self.away:
                raise OSError("disk away")
            return super().read_slice(after=after, limit=limit)

    store = Away()
    store.append("tea", [Sold("c", (Line("mint", 1),))], expected=lab.Expected.ANY)
    projector = lab.Projector(store, TeaSales())
    work = lab.rebuild(projector, to=TeaSales())
    store.away = True
    with pytest.raises(OSError, match="disk away"):
        work.run()
    store.away = False
    assert (work.state, projector.status.state) == ("aborted", "catching up")
    assert lab.rebuild(projector, to=TeaSales()).run().state == "swapped"


def test_a_failed_projector_is_not_ill_while_it_is_rebuilt():
    projector = lab.Projector(a_store(), FailsOn(110))
    with pytest.raises(lab.ProjectionFailed):
        projector.catch_up()
    work = lab.rebuild(projector, to=TeaSales(), step_events=8)
    next(iter(work))
    assert (projector.status.state, projector.status.healthy(0)) == ("rebuilding", True)
    assert "cannot read [110]" in projector.status.error
    work.abort()
    assert not projector.status.healthy()


def test_what_another_version_has_made_is_not_gone_on_with():
    projector = lab.Projector(a_store(), TeaSales())
    work = lab.rebuild(projector, to=WithoutMint(), step_events=8)
    next(iter(work))
    work.abort()
    with pytest.raises(lab.InvalidArgument, match=r"made by \('tea_sales', 2\), not \('tea_sales', 1\); rebuild"):
        lab.rebuild(projector, to=TeaSales(), model=work.model)
    assert lab.rebuild(projector, to=WithoutMint(), model=work.model).run().state == "swapped"


def test_a_model_whose_rows_are_not_saved_yet_is_swapped_whole():
    store = a_store()
    whole, half = lab.Projector(store, TeaSales()), lab.Projector(store, TeaSales())
    whole.catch_up()
    half.catch_up(limit=20)
    model = half.serving.model.take_in(TeaSales(), lab.EventBatch(list(store.read_all(after=half.position))))
    assert model.unsaved is not None
    projector = lab.Projector(store, TeaSales())
    assert lab.rebuild(projector, to=TeaSales(), model=model).run().state == "swapped"
    pd.testing.assert_frame_equal(projector.table.sort_index(), whole.table.sort_index())


# --- tables of one's own that do not take what was built -----------------------------------------------------


class Stubborn(MemoryTables):
    """Its `swap` keeps what is there."""

    def swap(self, other):
        return self


class TakesTheCheckpointAlone(MemoryTables):
    def swap(self, other):
        return type(self)(self.table(), other.checkpoint)


class TakesTheRowsAlone(MemoryTables):
    def swap(self, other):
        return type(self)(other.table(), self.checkpoint)


class IsAheadOfTheLog(MemoryTables):
    def swap(self, other):
        return type(self)(self.table(), replace(other.checkpoint, position=10**6 + other.checkpoint.position))


class IsAlwaysALittleBehind(MemoryTables):
    """What it returns is another checkpoint each time."""

    at = 0

    def swap(self, other):
        self.at += 1
        return type(self)(self.table(), Checkpoint(self.at % other.checkpoint.position))


class SwapsAndReturnsNothing(MemoryTables):
    def swap(self, other):
        self.kept = other


class Conflicts(MemoryTables):
    def swap(self, other):
        raise OSError("another writer has changed the table")


BROKEN = {
    Stubborn: r"Stubborn\.swap\(other\) returned 100 times tables at position 60, made by \('tea_sales', 1\); "
    r"expected the other, at position 60, made by \('tea_sales', 2\), .*; repair swap",
    TakesTheCheckpointAlone: r"TakesTheCheckpointAlone\.swap\(other\) returned tables with rows that are not those of",
    TakesTheRowsAlone: r"TakesTheRowsAlone\.swap\(other\) returned 100 times tables at position 60",
    IsAheadOfTheLog: r"IsAheadOfTheLog\.swap\(other\) returned 100 times tables at position 1000060",
    IsAlwaysALittleBehind: r"IsAlwaysALittleBehind\.swap\(other\) returned 100 times",
    SwapsAndReturnsNothing: r"SwapsAndReturnsNothing\.swap\(other\) returned None, expected the latest version",
    Conflicts: "another writer has changed the table",
}


@pytest.mark.parametrize("kind", BROKEN, ids=lambda kind: kind.__name__)
def test_tables_that_never_take_what_was_built_end_the_rebuild_with_an_error_and_the_old_version_serves(
    kind, monkeypatch
):
    monkeypatch.setattr(handover, "PAUSE_SECONDS", 0.0)
    projector = lab.Projector(a_store(), TeaSales(), tables=kind(TeaSales.schema.empty()))
    projector.catch_up()
    before, queries = as_dict(projector.table), asked(projector)
    work = lab.rebuild(projector, to=Customers())
    with pytest.raises((lab.InvalidArgument, OSError), match=BROKEN[kind]) as caught:
        work.run()
    said = " ".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
    assert f"{kind.__name__}.swap(other)" in said and "still serves" in said
    assert (work.state, projector.projection.version, projector.status.state) == ("aborted", 1, "live")
    assert as_dict(projector.table) == before == expected_sales(a_log())
    assert queries.ask(UnitsOf("mint")).value == before["mint"][0]
    with pytest.raises((lab.InvalidArgument, OSError)):
        lab.rebuild(projector, to=Customers()).run()  # it is not held up by the first


def test_a_place_that_another_writer_holds_for_a_moment_is_swapped_as_soon_as_it_is_free(monkeypatch):
    class Held(MemoryTables):
        times = 0

        def swap(self, other):
            self.times += 1
            return other if self.times == 7 else self

    monkeypatch.setattr(handover, "PAUSE_SECONDS", 0.0)
    projector = lab.Projector(a_store(), TeaSales(), tables=Held(TeaSales.schema.empty()))
    projector.catch_up()
    assert lab.rebuild(projector, to=Customers()).run().state == "swapped"
