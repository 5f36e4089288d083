"""The worker that follows the log wakes on growth, and only then."""

from __future__ import annotations

import threading

import pytest

import cqrs_lab as lab
from cqrs_lab.log.event_store import is_announcing
from cqrs_lab.log.follower import Follower
from cqrs_lab.log.wrappers.read_through import schema_version_of
from tests.log.planted_stores import ThirtyLines


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


def test_asked_to_go_on_while_it_is_just_about_to_end_it_goes_on():
    seen, third = [], threading.Event()

    def catch_up():
        seen.append(len(seen))
        follower._resume()  # as somebody else may, between the failure and the end of the thread
        if len(seen) == 3:
            follower.stop()
            third.set()
        return False

    follower = Reader(lab.MemoryEventStore(), catch_up)
    follower.start()
    assert third.wait(timeout=30)


@pytest.mark.usefixtures("threads_that_change_at_every_turn")
def test_started_and_stopped_by_many_threads_it_leaves_nothing_behind():
    class Counted(lab.MemoryEventStore):
        listeners = 0

        def subscribe(self, on_growth):
            self.listeners += 1
            unsubscribe = super().subscribe(on_growth)

            def once():
                self.listeners -= 1
                unsubscribe()

            return once

    store = Counted()
    follower = Reader(store, lambda: True)
    threads = [
        threading.Thread(target=lambda: [(follower.start(), follower.stop()) for _ in range(300)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    assert (follower.running, store.listeners) == (False, 0)


@pytest.mark.usefixtures("threads_that_change_at_every_turn")
def test_a_thread_that_ends_does_not_swallow_what_the_next_one_waits_for():
    def begin_anew_from_within():
        first, second, ended = threading.Event(), threading.Event(), []

        def catch_up():
            if first.is_set():
                second.set()
            else:
                first.set()
                ended.append(threading.current_thread())
                follower.stop()  # the thread that ends is not waited for
                follower.start()
            return True

        follower = Reader(lab.MemoryEventStore(), catch_up)
        follower.start()
        assert second.wait(timeout=30)
        ended[0].join(timeout=30)
        assert follower.running, "the end of the first thread is not that of the second one"
        follower.stop()

    for _ in range(200):
        begin_anew_from_within()


@pytest.mark.parametrize("around", [lambda store: store, lambda store: lab.UpcastingStore(store, {})])
def test_a_store_that_announces_nothing_is_looked_at_again(monkeypatch, around):
    monkeypatch.setattr("cqrs_lab.log.workers.life.LOOK_AGAIN_SECONDS", 0.01)
    store, read = around(ThirtyLines()), threading.Event()

    def catch_up():
        if store.head() == 1:
            read.set()
        return True

    follower = Reader(store, catch_up)
    follower.start()
    store.append("till", ["sold"], expected=0)
    assert read.wait(timeout=30)
    follower.stop()


def test_what_a_store_hands_on_to_another_one_is_seen():
    class HandsOn:
        def __init__(self, store):
            self.store = store

        def __getattr__(self, name):
            return getattr(self.store, name)

    today = HandsOn(lab.UpcastingStore(lab.MemoryEventStore(), {}))
    assert schema_version_of(today) == today.schema_version is not None
    assert is_announcing(today) and not is_announcing(HandsOn(ThirtyLines()))
