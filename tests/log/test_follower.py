"""The worker that follows the log wakes on growth, and only then."""

from __future__ import annotations

import threading

import cqrs_lab as lab
from cqrs_lab.log.follower import Follower


class Reader(Follower):
    """Follows with a function."""

    def __init__(self, store, catch_up, name="reader"):
        super().__init__(store, name)
        self.catch_up, self.why = catch_up, ""

    def _follow(self):
        return self.catch_up()

    def _superseded(self, why):
        self.why = why


def test_it_wakes_for_what_was_there_before_and_for_each_growth():
    store, seen, woke = lab.MemoryEventStore(), [], threading.Semaphore(0)

    def catch_up():
        seen.append(store.head())
        woke.release()
        return True

    store.append("a", ["before"], expected=0)
    follower = Reader(store, catch_up)
    follower.start()
    assert woke.acquire(timeout=5)
    store.append("a", ["after"], expected=1)
    assert woke.acquire(timeout=5)
    follower.stop()
    assert seen[0] == 1 and seen[-1] == 2
    assert not follower.running


def test_starting_and_stopping_twice_does_no_harm():
    follower = Reader(lab.MemoryEventStore(), lambda: True)
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

    follower = Reader(lab.MemoryEventStore(), catch_up)
    follower.start()
    assert stopped.wait(5)
    follower.stop()
