"""The report says what a store can do beside the five methods, and what was not tried."""


import pytest

import cqrs_lab as lab
from tests.log import planted_stores
from tests.log.contract.reports import noted
from tests.log.planted_stores import NeverChecks, ThirtyLines


@pytest.mark.parametrize(
    ("make_store", "tried", "missing"),
    [
        (ThirtyLines, "none", "subscribe, read_slice, together, caused_by and metadata, again of the receipt"),
        (planted_stores.Bulk, "together", "subscribe, read_slice, caused_by and metadata, again of the receipt"),
        (lab.MemoryEventStore, "subscribe, read_slice, caused_by and metadata, again of the receipt", "together"),
    ],
)
def test_the_report_says_which_further_methods_were_tried(make_store, tried, missing, small):
    report = lab.check_event_store(make_store)
    assert noted(report, "further methods") == f"further methods tried: {tried}; not found: {missing}"


def test_the_report_says_that_no_restart_was_tried_if_it_was_told_of_none(small):
    assert "reopen=" in noted(lab.check_event_store(ThirtyLines), "restart")
    assert not noted(lab.check_event_store(ThirtyLines, reopen=planted_stores.reopened(lambda log: log)), "restart")
    assert not noted(lab.check_event_store(NeverChecks), "further methods"), "the faults come first"
