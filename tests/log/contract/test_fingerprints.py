"""Command ids say what they stand for, also after a restart: what loses that gets a note, what mixes it up a fault."""

from dataclasses import replace

import pytest

import cqrs_lab as lab
from cqrs_lab.log import contract
from cqrs_lab.log.guards.command_id import CommandId
from tests.log import planted_stores
from tests.log.contract.reports import laws, noted
from tests.log.planted_stores import IdsAsText, ThirtyLines
from tests.log.right_stores import SqliteOnDisk


@pytest.mark.parametrize(("make_store", "lost"), [(IdsAsText, True), (SqliteOnDisk, True), (ThirtyLines, False)])
def test_a_store_that_keeps_the_text_of_a_command_id_alone_gets_a_note(make_store, lost, small):
    report = lab.check_event_store(make_store)
    assert report.ok and bool(noted(report, "a command id is kept as plain text, ")) is lost


def test_a_store_whose_command_ids_are_plain_text_after_a_restart_gets_a_note(small):
    def text(log):
        return [replace(one, command_id=one.command_id and str(one.command_id)) for one in log]

    report = lab.check_event_store(ThirtyLines, reopen=planted_stores.reopened(text))
    assert report.ok and noted(report, "a command id is kept as plain text at a restart, ")
    kept = lab.check_event_store(ThirtyLines, reopen=planted_stores.reopened(lambda log: log))
    assert not noted(kept, "plain text")


def test_a_command_id_that_stands_for_another_command_after_a_restart_is_a_fault(small):
    def mixed(log):
        return [replace(one, command_id=one.command_id and CommandId(one.command_id, "Happened 0")) for one in log]

    assert laws(lab.check_event_store(ThirtyLines, reopen=planted_stores.reopened(mixed))) == [contract.KEPT]
