"""What goes wrong at one size of a log is found, and a store that gets too slow is told what was left out."""

from __future__ import annotations

import pytest

import cqrs_lab as lab
from cqrs_lab.log import contract
from cqrs_lab.log.contract import sizes
from cqrs_lab.log.contract.trial import FaultFound, Trial
from tests.log.planted_stores import NeverMoreThan1000, RemembersTheLast1000Ids, Tens


def test_a_slow_store_is_tried_with_a_shorter_log_and_the_report_says_so(monkeypatch):
    monkeypatch.setattr("cqrs_lab.log.contract.sizes.LIMIT_SECONDS", 0.0)
    report = lab.check_event_store(Tens)
    assert report.ok and any("a longer log was not tried" in note for note in report.notes)


def test_a_log_grows_to_exactly_the_size_that_is_asked_for():
    log = sizes.LongLog(Trial(lab.MemoryEventStore()))
    for size in (10, 128, 1001):
        log.grow(size)
        log.look()
        assert len(list(log.trial.store.read_all())) == size


def test_a_store_that_breaks_at_a_size_is_found_with_the_size_in_the_story(monkeypatch):
    monkeypatch.setattr(sizes, "SIZES", (1000, 1024))
    monkeypatch.setattr(sizes, "LIMIT_SECONDS", 60.0)  # a busy machine tries no shorter log
    with pytest.raises(FaultFound) as found:
        sizes.long_log(Trial(NeverMoreThan1000()))
    fault = found.value.fault
    assert fault.law == contract.READS and fault.done.startswith("recorded 1,0")
    assert sizes.long_log(Trial(lab.MemoryEventStore())) == ""


def test_a_store_that_forgets_old_commands_is_found(monkeypatch):
    monkeypatch.setattr(sizes, "COMMANDS", 1040)
    with pytest.raises(FaultFound) as found:
        sizes.many_commands(lambda: Trial(RemembersTheLast1000Ids()))
    assert found.value.fault.law == contract.FIRST_RECEIPT
    assert sizes.many_commands(lambda: Trial(lab.MemoryEventStore())) == ""
