"""The life of a follower: it ends once, and no wake-up is lost between one life and the next."""

from __future__ import annotations

import threading

import pytest

import cqrs_lab as lab
from tests.log.planted_stores import ThirtyLines
from tests.log.test_follower import Reader


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
