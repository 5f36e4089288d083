"""Parked events are applied once they can be read: each once, and what still fails stays listed."""

from __future__ import annotations

import pytest

import cqrs_lab as lab
from tests.read.test_projector import FailsOn, Totals, a_store, parked_at
from tests.read.test_unreadable import Old, Pieces, Sold, upcast
from tests.read.test_unreadable import a_store as a_store_with_an_old_event
from tests.shop_of_tea import TeaSales, a_log, as_dict, expected_sales


def test_parked_events_are_listed_and_taken_in_once_the_projection_is_mended():
    log = a_log()
    projector = lab.Projector(a_store(log), FailsOn(105, 110), on_failure="park")
    projector.catch_up()
    positions = parked_at(log, 105, 110)
    assert list(projector.parked.index) == positions and set(projector.parked["event"]) == {"Priced"}
    assert list(projector.parked["stream"]) == ["tea", "tea"]
    assert projector.status.healthy() and projector.status.state == "live"
    assert lab.retry_parked(projector, FailsOn(110)) == 1
    assert list(projector.parked.index) == parked_at(log, 110)
    assert as_dict(projector.table) == expected_sales([one for one in log if one.position != positions[1]])
    assert lab.retry_parked(projector, TeaSales()) == 1 and lab.retry_parked(projector) == 0
    assert projector.parked.empty and projector.position == 60
    assert as_dict(projector.table) == expected_sales(log)
    assert type(projector.projection) is TeaSales


def test_a_parked_event_that_fails_again_says_why_this_time():
    projector = lab.Projector(a_store(), FailsOn(105), on_failure="park")
    projector.catch_up()
    assert lab.retry_parked(projector, FailsOn(105, 110)) == 0
    assert "[105, 110]" in projector.parked["error"].iloc[0]
    with pytest.raises(lab.InvalidArgument, match="use rebuild"):
        lab.retry_parked(projector, Totals())


def test_parked_events_are_kept_with_the_checkpoint_that_has_passed_them():
    log = a_log()
    first = lab.Projector(a_store(log), FailsOn(105), on_failure="park")
    first.catch_up(limit=40)
    later = lab.Projector(a_store(log), TeaSales(), model=first.serving.model)
    later.catch_up()
    assert list(later.parked.index) == parked_at(log, 105)
    assert lab.retry_parked(later) == 1 and as_dict(later.table) == expected_sales(log)


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

    projector = lab.Projector(a_store_with_an_old_event(), Pieces(), on_failure="park")
    with pytest.raises(lab.InvalidArgument, match=r"other events; use rebuild\(projector, to=…\)"):
        lab.retry_parked(projector, More())
