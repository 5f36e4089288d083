"""Doors: what a store takes without a word is a note; what it refuses and keeps all the same is a fault."""


import pytest

import cqrs_lab as lab
from tests.log.contract.reports import noted
from tests.log.planted_stores import ThirtyLines
from tests.log.right_stores import ChecksEverything


def test_what_a_store_takes_without_a_word_is_noted_and_no_fault(small):
    report = lab.check_event_store(ThirtyLines)
    note = noted(report, "takes wrong arguments without a word")
    assert report.ok and "events_in of cqrs_lab.log.guards.recordable" in note
    for wrong in (
        "expected = 1.0 or True;", "stream = '' or 7 or None or b'order-1';", "events = None or 'on' or {",
        "an event = None or the class Happened or ", "after = -1 or 1.5;", "limit = -1.",
    ):  # fmt: skip
        assert wrong in note, note
    assert noted(report, "an event that can still be changed, and the log changes with it")


@pytest.mark.parametrize("make_store", [lab.MemoryEventStore, ChecksEverything])
def test_of_a_store_that_checks_its_arguments_nothing_is_noted(make_store, small):
    report = lab.check_event_store(make_store)
    assert report.ok and len(report.notes) == 2, report
    assert not noted(report, "without a word") and not noted(report, "can still be changed")


def test_a_store_that_breaks_down_at_a_name_that_is_no_text_is_noted(small):
    class Sharded(ThirtyLines):
        def record(self, stream, events, command_id):
            super().record(stream, events, command_id)
            stream.encode()

    report = lab.check_event_store(Sharded)
    assert report.ok and "it breaks down at stream=7 (AttributeError), stream=None" in noted(report, "breaks down")
