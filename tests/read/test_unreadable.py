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


class Broken(Pieces):
    version = 2

    def summarise(self, batch):
        raise KeyError("peices")


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


def test_a_new_version_that_parks_what_the_old_one_has_does_not_swap():
    log = lab.MemoryEventStore(clock=lambda: 0.0)
    log.append("till", [Sold(1), Sold(2)], expected=lab.Expected.NO_STREAM)
    projector = lab.Projector(log, Pieces(), on_failure="park")
    projector.catch_up()
    with pytest.raises(lab.ProjectionFailed, match="the version that serves has it"):
        lab.rebuild(projector, to=Broken()).run()
    assert projector.table.at["till", "pieces"] == 3 and projector.status.state == "live"


def test_a_model_beyond_the_log_or_of_another_schema_is_refused():
    log = lab.MemoryEventStore(clock=lambda: 0.0)
    with pytest.raises(lab.InvalidArgument, match="the log ends at 0"):
        lab.Projector(log, Pieces(), model=lab.ReadModel(Pieces.schema.empty(), 10))
    other = lab.Schema(index=["stream"], columns={"units": "int64"}).empty()
    with pytest.raises(lab.SchemaError):
        lab.Projector(log, Pieces(), model=lab.ReadModel(other))
