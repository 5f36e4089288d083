"""An event that the store cannot read stops a projector in front of it, or is parked; a rebuild loses nothing."""

import math
from dataclasses import dataclass

import pytest

import cqrs_lab as lab


@dataclass(frozen=True)
class Old:
    pieces: int


@dataclass(frozen=True)
class Sold:
    pieces: int


class Pieces:
    name, version, events = "pieces", 1, (Sold,)
    schema = lab.Schema(index=["stream"], columns={"pieces": "int64"})

    def summarise(self, batch):
        return batch.frame(Sold).groupby("stream")[["pieces"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["pieces"])


def upcast(old):
    raise ZeroDivisionError("by nought")


def a_store():
    log = lab.MemoryEventStore(clock=lambda: 0.0)
    log.append("till", [Sold(1), Sold(2), Old(4), Sold(8)], expected=lab.Expected.NO_STREAM)
    return lab.UpcastingStore(log, {Old: upcast})


def test_a_projector_stops_in_front_of_it_and_says_so():
    projector = lab.Projector(a_store(), Pieces())
    with pytest.raises(lab.ProjectionFailed, match="by nought"):
        projector.catch_up()
    status = projector.status
    assert (status.position, status.state, status.healthy()) == (2, "failed", False)
    assert math.isnan(status.lag_seconds) and projector.table.at["till", "pieces"] == 3


def test_or_parks_it_and_goes_on():
    projector = lab.Projector(a_store(), Pieces(), on_failure="park")
    assert projector.catch_up() == 4
    assert list(projector.parked.index) == [3] and projector.table.at["till", "pieces"] == 11


def test_a_batch_handed_over_beyond_it_is_told_or_parked_as_ever():
    stops, parks = (lab.Projector(a_store(), Pieces(), on_failure=policy) for policy in ("stop", "park"))
    beyond = lab.EventBatch(list(a_store().read_all(after=3)))
    for projector in (stops, parks):
        projector.catch_up(limit=2)
    with pytest.raises(lab.ProjectionFailed, match="by nought"):
        stops.apply(beyond)
    parks.apply(beyond)
    assert stops.status.state == "failed" and parks.table.at["till", "pieces"] == 11


def test_a_lag_that_nobody_knows_makes_nobody_ill():
    log = lab.MemoryEventStore(clock=lambda: 0.0)
    log.append("till", [Old(4)], expected=lab.Expected.NO_STREAM)
    status = lab.Projector(lab.UpcastingStore(log, {Old: upcast}), Pieces(), on_failure="park").status
    assert math.isnan(status.lag_seconds) and status.healthy() and status.healthy(lag_seconds=1)
