"""Several processes on one log, and a process that is killed: nothing acknowledged is lost, doubled or skipped.

The full size, by hand: ``python -m tests.log.stores.processes killed FOLDER 200 1`` and ``… crowd FOLDER 100 100``.
"""

import os

import pytest

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS
from cqrs_lab.log.stores.sqlite import SqliteEventStore
from tests.log.stores import processes

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and kill")


def done(role, *arguments):
    process = processes.run(role, *arguments)
    said, _ = process.communicate()
    return said


def test_ten_writers_in_four_processes_and_a_reader_that_misses_nothing(tmp_path):
    assert done("crowd", tmp_path, 6, 10) == "nothing is wrong\n"


def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path):
    assert done("killed", tmp_path, 10, 1) == "nothing is wrong\n"


def test_what_the_judge_of_the_killed_writer_finds(tmp_path):
    with SqliteEventStore(tmp_path / "log.db", EVENTS) as store:
        receipts = {number: processes.commit(store, number) for number in range(5)}
        log = list(store.read_all())
    told = {number: [one.version, one.position] for number, one in receipts.items()}
    assert processes.compare(log, told, None) == []
    assert processes.compare(log, {number: told[number] for number in range(4)}, 4) == []
    assert processes.compare(log, {number: told[number] for number in range(4)}, None) == ["lost or new: 4"]
    assert processes.compare(log, told | {5: [9, 9]}, None) == ["lost or new: 5"]
    assert processes.compare(log[:-1], told, None)[0].startswith("commit 4 has")
    assert processes.compare([*log, log[-1]], told, None)[0].startswith("commit 4 has")
    assert processes.compare(log, told | {0: [2, 2]}, None)[0].startswith("commit 0 is at [1, 1]")


def test_two_processes_that_make_the_file_at_once_make_one_log(tmp_path):
    writers = [processes.run("write", tmp_path / "new.db", process, 2, 2) for process in range(4)]
    assert [(one.wait(), one.stdout.close())[0] for one in writers] == [0, 0, 0, 0]
    with lab.open_event_store(f"sqlite:///{tmp_path}/new.db", events=EVENTS) as store:
        assert store.stream_version("common") == 20 and store.stream_version("once") == 2
