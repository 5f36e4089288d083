"""A log has one worker of each name, the one that was started last, and the others say so."""

from __future__ import annotations

import gc
import threading

import pytest

import cqrs_lab as lab
from cqrs_lab.log.workers import one_worker
from tests.interrupts import in_another_thread
from tests.log.test_follower import Reader


@pytest.fixture
def reader():
    """Return a function that makes followers, which are stopped in the end."""
    made = []

    def make(store, name="reader", catch_up=lambda: True):
        made.append(Reader(store, catch_up, name))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def running(*workers):
    return [one.running for one in workers]


def test_the_one_that_was_started_last_follows_and_the_others_say_why_they_do_not(reader):
    store = lab.MemoryEventStore()
    workers = [reader(store) for _ in range(4)]
    for one in (*workers, workers[1]):
        one.start()
    assert running(*workers) == [False, True, False, False]
    why = "stopped: another reader was started on this log, and follows it now"
    assert [one.why for one in workers] == [why] * 4, "the second one was stopped before it was started again"


def test_started_twice_it_does_not_end_itself(reader):
    worker = reader(lab.MemoryEventStore())
    worker.start(), worker.start()
    assert (worker.running, worker.why) == (True, "")


def test_other_names_and_other_logs_have_workers_of_their_own(reader):
    store = lab.MemoryEventStore()
    workers = [reader(store), reader(store, "another"), reader(lab.MemoryEventStore())]
    for one in workers:
        one.start()
    assert running(*workers) == [True] * 3


def test_it_is_the_log_that_counts_and_not_what_it_is_read_through(reader):
    store = lab.MemoryEventStore()
    today = [lab.UpcastingStore(store, {}), lab.UpcastingStore(lab.UpcastingStore(store, {}), {}), store]
    workers = [reader(one) for one in today]
    for one in workers:
        one.start()
    assert running(*workers) == [False, False, True]


def test_one_that_was_stopped_is_not_told_that_another_has_taken_its_place(reader):
    store = lab.MemoryEventStore()
    first, second = reader(store), reader(store)
    first.start(), first.stop()
    second.start()
    assert (first.why, second.running) == ("", True)


def test_one_that_hangs_in_its_own_code_does_not_hold_up_the_next_one(reader):
    go, hangs = threading.Event(), threading.Event()

    def hang():
        hangs.set()
        return go.wait(timeout=60)

    store = lab.MemoryEventStore()
    stuck, following = reader(store, catch_up=hang), reader(store)
    stuck.start()
    assert hangs.wait(timeout=30)
    in_another_thread(lambda: (following.start(), 1))
    assert running(stuck, following) == [False, True]
    go.set()


def test_nothing_is_remembered_of_workers_that_nobody_holds():
    before = len(one_worker._started)
    for _ in range(20):
        worker = Reader(lab.MemoryEventStore(), lambda: True)
        worker.start()
        worker.stop()
    del worker
    gc.collect()
    assert len(one_worker._started) <= before
