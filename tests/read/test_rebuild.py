"""A rebuild: the old version serves until the moment the new one takes over."""

from __future__ import annotations

import pytest

import cqrs_lab as lab
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


@pytest.fixture
def small_steps(monkeypatch):
    for module in ("log.memory", "read.batch", "read.rebuild"):
        monkeypatch.setattr(f"cqrs_lab.{module}.SEGMENT_EVENTS", 8)


@pytest.mark.usefixtures("small_steps")
def test_the_old_version_serves_until_the_swap_while_events_keep_coming():
    store = a_store()
    projector = lab.Projector(store, TeaSales())
    projector.catch_up()
    queries, positions = asked(projector), []
    work = lab.rebuild(projector, to=Customers(), handlers={UnitsOf: lambda query, table: sorted(table.index)})
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


@pytest.mark.usefixtures("small_steps")
def test_an_aborted_rebuild_leaves_the_old_version_serving():
    projector = lab.Projector(a_store(), TeaSales())
    projector.catch_up()
    work = lab.rebuild(projector, to=Customers())
    next(iter(work))
    work.abort()
    assert list(work) == [] and work.state == "aborted"
    assert as_dict(projector.table) == expected_sales(a_log())
    assert projector.status.state == "live"


@pytest.mark.usefixtures("small_steps")
def test_a_rebuild_left_half_way_goes_on_where_it_was():
    projector = lab.Projector(a_store(), TeaSales())
    work = lab.rebuild(projector, to=Customers())
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


@pytest.mark.usefixtures("small_steps")
def test_until_a_first_version_serves_the_answer_is_rebuilding():
    projector = lab.Projector(a_store(), TeaSales())
    queries, work = asked(projector), lab.rebuild(projector, to=TeaSales())
    next(iter(work))
    assert queries.ask(UnitsOf("mint"), at_least=1) == lab.Answer(None, 0, "rebuilding")
    work.run()
    assert queries.ask(UnitsOf("mint"), at_least=60).freshness == "fresh"


def test_one_rebuild_at_a_time():
    projector = lab.Projector(a_store(), TeaSales())
    first = lab.rebuild(projector, to=TeaSales())
    with pytest.raises(lab.InvalidArgument, match="a rebuild is under way already"):
        lab.rebuild(projector, to=TeaSales())
    first.abort()
    assert lab.rebuild(projector, to=TeaSales()).run().state == "swapped"
