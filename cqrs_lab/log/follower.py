"""A worker that follows the log: shared by projectors and process managers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Self

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.event_store import EventStore


class Follower:
    """Calls `catch_up` in a daemon thread each time the log has grown.

    The thread sleeps until the store announces a commit: there is no polling interval. Announcements
    that come while it is at work are not lost and not counted: one more `catch_up` takes them all.

    Parameters
    ----------
    store : EventStore
        A store that announces its growth (has `subscribe`).
    catch_up : callable
        Takes in everything between its own checkpoint and the head of the log. Returns False to stop.
    """

    def __init__(self, store: EventStore, catch_up: Callable[[], bool]) -> None:
        self._store = store
        self._catch_up = catch_up
        self._grown = threading.Event()  # of the thread that follows now; another thread has another one
        self._turn = threading.Lock()  # guards all that follows
        self._wanted = self._running = self._again = False
        self._thread: threading.Thread | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    @property
    def running(self) -> bool:
        """True between start and stop, unless `catch_up` ended it."""
        return self._running

    def start(self) -> None:
        """Begin to follow; does nothing if it already does."""
        subscribe = getattr(self._store, "subscribe", None)
        if subscribe is None:
            raise InvalidArgument(
                f"{type(self._store).__name__} does not announce its growth (no subscribe method); "
                "call catch_up() yourself when you want to read on"
            )
        with self._turn:
            if not self._wanted:
                self._wanted, self._unsubscribe = True, subscribe(lambda: self._grown.set())
            self._begin()

    def resume(self) -> None:
        """Begin to follow again, if `catch_up` has ended what `start` began."""
        with self._turn:
            if self._wanted:
                self._begin()

    def _begin(self) -> None:
        self._again = True  # a thread that is just about to end is followed by another
        if not self._running:
            self._running, self._grown = True, threading.Event()
            follow = partial(self._follow, self._grown)
            self._thread = threading.Thread(target=follow, daemon=True, name="cqrs-lab follower")
            self._thread.start()
        self._grown.set()

    def stop(self) -> None:
        """Finish the batch in hand and end the thread; does nothing if it is not running."""
        with self._turn:
            self._unsubscribe()
            self._wanted, self._running, self._unsubscribe = False, False, lambda: None
            thread, self._thread = self._thread, None
            self._grown.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _follow(self, grown: threading.Event) -> None:
        try:
            while True:
                grown.wait()
                # Cleared before reading, not after: a commit in between must wake us once more.
                grown.clear()
                if self._grown is not grown or not self._running:
                    return
                self._again = False
                if not self._catch_up():
                    return
        finally:
            with self._turn:
                if self._grown is grown and self._running:
                    self._running = False
                    if self._again:
                        self._begin()


class Following:
    """A worker with a follower of its own: start it and stop it, or use it in a ``with`` statement."""

    _follower: Follower

    def start(self) -> None:
        """Follow the log in a daemon thread that sleeps until the store announces a commit."""
        self._follower.start()

    def stop(self) -> None:
        """Finish what is in hand and end the thread."""
        self._follower.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
