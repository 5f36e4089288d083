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


def test_what_turns_out_to_be_none_of_the_projection_s_events_leaves_the_list():
    log = lab.MemoryEventStore(clock=lambda: 0.0)
    log.append("till", [Sold(1), Old(4)], expected=lab.Expected.NO_STREAM)
    projector = lab.Projector(lab.UpcastingStore(log, {Old: upcast}), Pieces(), on_failure="park")
    projector.catch_up()
    projector.store = lab.UpcastingStore(log, {Old: lambda old: str(old.pieces)})
    assert lab.retry_parked(projector) == 1 and len(projector.parked) == 0
    assert projector.table.at["till", "pieces"] == 1


def test_a_mended_version_that_reads_other_events_has_to_be_rebuilt():
    class More(Pieces):
        events = (Sold, Old)

    projector = lab.Projector(a_store(), Pieces(), on_failure="park")
    with pytest.raises(lab.InvalidArgument, match=r"other events; use rebuild\(projector, to=…\)"):
        lab.retry_parked(projector, More())


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


def test_a_model_beyond_the_log_or_of_another_schema_is_refused():
    log = lab.MemoryEventStore(clock=lambda: 0.0)
    with pytest.raises(lab.InvalidArgument, match="the log ends at 0"):
        lab.Projector(log, Pieces(), model=lab.ReadModel(Pieces.schema.empty(), 10))
    other = lab.Schema(index=["stream"], columns={"units": "int64"}).empty()
    with pytest.raises(lab.SchemaError):
        lab.Projector(log, Pieces(), model=lab.ReadModel(other))
