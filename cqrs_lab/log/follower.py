"""A worker that follows the log: shared by projectors and process managers."""

from __future__ import annotations

import threading
from collections.abc import Callable
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
        self._grown = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    @property
    def running(self) -> bool:
        """True between start and stop, unless `catch_up` ended it."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin to follow; does nothing if it already does."""
        if self.running:
            return
        subscribe = getattr(self._store, "subscribe", None)
        if subscribe is None:
            raise InvalidArgument(
                f"{type(self._store).__name__} does not announce its growth (no subscribe method); "
                "call catch_up() yourself when you want to read on"
            )
        self.stop()
        self._stopping = False
        self._unsubscribe = subscribe(self._grown.set)
        self._grown.set()
        self._thread = threading.Thread(target=self._follow, daemon=True, name="cqrs-lab follower")
        self._thread.start()

    def resume(self) -> None:
        """Begin to follow again, if `catch_up` has ended what `start` began."""
        if self._thread is not None:
            self.start()

    def stop(self) -> None:
        """Finish the batch in hand and end the thread; does nothing if it is not running."""
        self._unsubscribe()
        self._stopping = True
        self._grown.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self._thread = None

    def _follow(self) -> None:
        while True:
            self._grown.wait()
            # Cleared before reading, not after: a commit in between must wake us once more.
            self._grown.clear()
            if self._stopping or not self._catch_up():
                return


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
