"""The handover: one rebuild at a time, in one step, to a model that is no older and has lost nothing."""

from __future__ import annotations

import pytest

import cqrs_lab as lab
from tests.read.test_unreadable import Old, Pieces, Sold, a_store, upcast


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
