"""A restart that loses anything is caught, and one that loses nothing passes."""

from __future__ import annotations

import pytest

import cqrs_lab as lab
from cqrs_lab.log import contract
from tests.log import planted_stores, strange_stores
from tests.log.contract.test_check import laws
from tests.log.planted_stores import RESTARTS, ThirtyLines
from tests.log.right_stores import SqliteOnDisk
from tests.log.strange_stores import Lines


def test_a_store_that_keeps_everything_passes_the_restart(small):
    report = lab.check_event_store(ThirtyLines, reopen=planted_stores.reopened(lambda log: log))
    assert report.ok, report


def test_a_store_in_a_file_passes_the_restart(small):
    report = lab.check_event_store(SqliteOnDisk, reopen=SqliteOnDisk.reopen)
    assert report.ok, report


@pytest.mark.parametrize("name", RESTARTS)
def test_what_a_restart_loses_is_caught(name, small):
    assert laws(lab.check_event_store(ThirtyLines, reopen=RESTARTS[name])) == [contract.KEPT]


@pytest.mark.parametrize("reopen", strange_stores.RESTARTS, ids=lambda reopen: reopen.__name__)
def test_what_a_restart_loses_of_a_long_log_is_caught(reopen, small):
    assert laws(lab.check_event_store(Lines, reopen=reopen)) == [contract.KEPT]
