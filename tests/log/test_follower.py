"""The worker that follows the log wakes on growth, and only then."""

from __future__ import annotations

import threading

import pytest

import cqrs_lab as lab
from cqrs_lab.log.follower import Follower


def test_it_wakes_for_what_was_there_before_and_for_each_growth():
    store, seen, woke = lab.MemoryEventStore(), [], threading.Semaphore(0)

    def catch_up():
        seen.append(store.head())
        woke.release()
        return True

    store.append("a", ["before"], expected=0)
    follower = Follower(store, catch_up)
    follower.start()
    assert woke.acquire(timeout=5)
    store.append("a", ["after"], expected=1)
    assert woke.acquire(timeout=5)
    follower.stop()
    assert seen[0] == 1 and seen[-1] == 2
    assert not follower.running


def test_starting_and_stopping_twice_does_no_harm():
    follower = Follower(lab.MemoryEventStore(), lambda: True)
    follower.stop()
    follower.start()
    follower.start()
    assert follower.running
    follower.stop()
    follower.stop()
    assert not follower.running


def test_it_ends_itself_when_there_is_nothing_more_it_can_do():
    stopped = threading.Event()

    def catch_up():
        stopped.set()
        return False

    follower = Follower(lab.MemoryEventStore(), catch_up)
    follower.start()
    assert stopped.wait(5)
    follower.stop()


def test_a_store_that_does_not_announce_its_growth_is_refused_with_the_next_step():
    class Silent:
        pass

    with pytest.raises(lab.InvalidArgument, match=r"Silent does not announce.*call catch_up\(\) yourself"):
        Follower(Silent(), lambda: True).start()
