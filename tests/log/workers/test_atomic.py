"""An atomic reference: of many who replace the same value, one succeeds."""

from __future__ import annotations

import threading

import pytest

from cqrs_lab.log.workers.atomic import AtomicReference


@pytest.mark.usefixtures("threads_that_change_at_every_turn")
def test_what_many_threads_count_with_it_is_counted_once_each():
    total, names = AtomicReference((0,)), []

    def count(name):
        for _ in range(200):
            while not total.compare_and_set(now := total.get(), (now[0] + 1,)):
                pass
        names.append(name)

    threads = [threading.Thread(target=count, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert (total.get(), sorted(names)) == ((800,), [0, 1, 2, 3])


def test_an_equal_value_is_not_the_expected_one():
    total = AtomicReference([1])
    assert not total.compare_and_set([1], [2]) and total.get() == [1]


def test_whoever_waits_for_what_holds_already_does_not_wait_and_time_runs_out_otherwise():
    total = AtomicReference(1)
    total.wait_until(bool, timeout_seconds=3600)
    total.wait_until(lambda value: value > 1, timeout_seconds=0.001)
    assert total.get() == 1


def test_one_change_wakes_all_who_wait():
    total, woken = AtomicReference(0), []
    threads = [threading.Thread(target=lambda: woken.append(total.wait_until(bool, 60))) for _ in range(5)]
    for thread in threads:
        thread.start()
    total.compare_and_set(total.get(), 1)
    for thread in threads:
        thread.join(timeout=30)
    assert woken == [None] * 5
