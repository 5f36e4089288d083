"""What goes wrong outside the store: an event that cannot be written, and a clock that is set back."""

from __future__ import annotations

import time

import pytest

import cqrs_lab as lab
from cqrs_lab.log import contract
from cqrs_lab.log.contract.mishaps import SCENES, a_clock_set_back, an_event_that_cannot_be_written
from cqrs_lab.log.contract.trial import FaultFound, Trial
from tests.log.planted_stores import ThirtyLines


class WritesOneByOne(ThirtyLines):
    """What stands before an event that it cannot write is recorded."""

    def record(self, stream, events, command_id):
        for event in events:
            hash(getattr(event, "note", "")) if isinstance(event, contract.Happened) else 1 / 0
            super().record(stream, [event], command_id)


class OrderedByTheClock(ThirtyLines):
    def record(self, stream, events, command_id):
        super().record(stream, events, command_id)
        times = self.__dict__.setdefault("times", {})
        times.update({one.position: time.time() for one in self.log if one.position not in times})
        self.log = sorted(self.log, key=lambda one: times[one.position])


@pytest.mark.parametrize(
    ("scene", "make_store", "law"),
    [
        (an_event_that_cannot_be_written, WritesOneByOne, contract.ALL_OR_NOTHING),
        (a_clock_set_back, OrderedByTheClock, contract.CLOCK),
    ],
)
def test_each_mishap_finds_a_store_that_it_harms(scene, make_store, law):
    with pytest.raises(FaultFound) as found:
        scene(Trial(make_store()))
    assert found.value.fault.law == law


@pytest.mark.parametrize("make_store", [lab.MemoryEventStore, ThirtyLines])
def test_a_right_store_is_harmed_by_none(make_store):
    for scene in SCENES:
        scene(Trial(make_store()))
