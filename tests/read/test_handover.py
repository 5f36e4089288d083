"""The handover: one rebuild at a time, in one step, to a model that is no older and has lost nothing."""

from __future__ import annotations

import pytest

import cqrs_lab as lab
from cqrs_lab.read import handover
from tests.read.test_projector import a_store as a_shop
from tests.read.test_queries import UnitsOf, asked
from tests.read.test_rebuild import Customers
from tests.read.test_unreadable import Old, Pieces, Sold, a_store, upcast
from tests.shop_of_tea import TeaSales, a_log, expected_sales


def test_a_new_version_that_parks_what_the_old_one_has_does_not_swap():
    log = lab.MemoryEventStore(clock=lambda: 0.0)
    log.append("till", [Sold(1), Sold(2)], expected=lab.Expected.NO_STREAM)
    projector = lab.Projector(log, Pieces(), on_failure="park")
    projector.catch_up()
    with pytest.raises(lab.ProjectionFailed, match="the version that serves has applied it"):
        lab.rebuild(projector, to=Broken()).run()
    assert projector.table.at["till", "pieces"] == 3 and projector.status.state == "live"


class InOtherWords(Pieces):
    version = 2

    def summarise(self, batch):
        if 2 in batch.frame(Sold)["pieces"].to_numpy():
            raise ValueError(f"version {self.version} takes no 2")
        return super().summarise(batch)


class InOldWords(InOtherWords):
    version = 1


def test_a_new_version_that_parks_what_the_old_one_parked_swaps_whatever_each_says_of_it():
    projector = lab.Projector(a_store(), InOldWords(), on_failure="park")
    projector.catch_up()
    assert list(projector.parked.index) == [2, 3]
    lab.rebuild(projector, to=InOtherWords()).run()
    assert projector.projection.version == 2 and projector.table.at["till", "pieces"] == 9


def test_a_new_version_that_parks_what_the_old_one_has_not_come_to_swaps():
    projector = lab.Projector(a_store(), Pieces(), on_failure="park")
    assert lab.rebuild(projector, to=InOtherWords()).run().state == "swapped"
    assert list(projector.parked.index) == [2, 3] and projector.status.state == "live"


def test_what_was_read_once_and_can_be_read_no_more_stops_the_swap():
    upcasters = {Old: lambda old: Sold(old.pieces)}
    log = lab.MemoryEventStore(clock=lambda: 0.0)
    log.append("till", [Sold(1), Old(4)], expected=lab.Expected.NO_STREAM)
    projector = lab.Projector(lab.UpcastingStore(log, upcasters), Pieces(), on_failure="park")
    projector.catch_up()
    projector.store = lab.UpcastingStore(log, {Old: upcast})
    with pytest.raises(lab.ProjectionFailed, match="the version that serves has applied it"):
        lab.rebuild(projector, to=Pieces()).run()
    assert projector.table.at["till", "pieces"] == 5 and projector.status.state == "live"


class Broken(Pieces):
    version = 2

    def summarise(self, batch):
        raise KeyError("peices")


def test_handlers_stay_with_their_schema_and_go_with_it():
    projector = lab.Projector(a_shop(), TeaSales())
    queries = asked(projector)
    buyers = {UnitsOf: lambda query, table: len(table)}
    lab.rebuild(projector, to=Customers(), handlers=buyers).run()
    lab.rebuild(projector, to=Customers()).run()
    assert queries.ask(UnitsOf("mint")).value == 7
    lab.rebuild(projector, to=TeaSales()).run()
    assert queries.ask(UnitsOf("mint")).value == expected_sales(a_log())["mint"][0]


def test_only_who_has_begun_may_swap_or_give_up():
    projector, successor = lab.Projector(a_shop(), TeaSales()), lab.Projector(a_shop(), TeaSales())
    projector.store = successor.store
    handover.begin(projector, by="ada")
    for call in (handover.swap, handover.give_up):
        with pytest.raises(lab.InvalidArgument, match="this rebuild was aborted meanwhile"):
            call(projector, successor, {}, by="ben")
    with pytest.raises(lab.InvalidArgument, match="a rebuild is under way"):
        handover.begin(projector, by="ben")
    assert (projector.serving.rebuilding, projector.position) == ("ada", 0)
    handover.give_up(projector, successor, {}, by="ada")
    handover.begin(projector, by="ben")
    before = handover.swap(projector, successor, {}, by="ben")
    assert (before.position, projector.position, projector.serving.swapped_by) == (0, 60, "ben")


def test_table_projection_and_handlers_change_in_one_step(monkeypatch):
    projector, successor = lab.Projector(a_shop(), TeaSales()), None
    projector.catch_up()
    successor = lab.Projector(projector.store, Customers())
    published, publish = [projector.serving], projector._served.compare_and_set

    def watched(expected, new):
        published.append(new)
        return publish(expected, new)

    monkeypatch.setattr(projector._served, "compare_and_set", watched)
    handover.begin(projector, by="ada")
    handover.swap(projector, successor, {UnitsOf: lambda query, table: len(table)}, by="ada")
    seen = [(type(one.projection), one.model.table.index.name, set(one.handlers)) for one in published]
    assert set(map(str, seen)) == set(map(str, [(TeaSales, "product", set()), (Customers, "customer", {UnitsOf})]))
