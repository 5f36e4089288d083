"""A worker that follows the log: shared by projectors and process managers."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Self

from cqrs_lab.log.event_store import EventStore, is_announcing
from cqrs_lab.log.workers.atomic import AtomicReference
from cqrs_lab.log.workers.life import Life
from cqrs_lab.log.workers.one_worker import end_older_workers


class Follower:
    """Reads the log in a daemon thread whenever it has grown; start and stop it, or use it in a ``with`` statement.

    The thread sleeps until the store announces a commit or a second has passed. Announcements that arrive while it is
    working are neither lost nor counted: it reads the log again, and finds everything new. The thread ends at `stop`,
    at an error, when no reference to the worker is left, and when another worker of the same name is started on the
    same log.
    """

    def __init__(self, store: EventStore, name: str) -> None:
        self.store, self.worker_name = store, name
        self._life = AtomicReference(Life(ended=True))

    def _follow(self) -> bool:
        """Read everything between the checkpoint and the head of the log. Return False to stop."""
        raise NotImplementedError

    def _superseded(self, why: str) -> None:
        """Record that another worker has taken this one's place."""
        raise NotImplementedError

    @property
    def running(self) -> bool:
        """True between start and stop, unless an error ended it."""
        return not self._life.get().ended

    def start(self) -> None:
        """Follow the log in a daemon thread, which sleeps until the store announces a commit or a second has passed.

        A log has one worker of each name: if you run a cell again, the worker it started before is stopped, and the
        status of that worker says so. Does nothing if this worker is running.
        """
        life = self._life.get()
        if not life.asked_again():
            self._begin(life)
        end_older_workers(self)

    def _resume(self) -> None:
        """Follow the log again, if an error ended the thread that `start` began."""
        life = self._life.get()
        if life.was_begun and not life.asked_again():  # started, and not stopped
            self._begin(life)

    def _begin(self, before: Life) -> None:
        subscribe = self.store.subscribe if is_announcing(self.store) else _never_told
        life = Life()
        life.begin(weakref.ref(self, lambda gone: life.wake()), before, subscribe, f"cqrs-lab {self.worker_name}")

    def stop(self) -> None:
        """Finish the current work and end the thread; does nothing if it is not running.

        Called from within the work of a projector, a query or a process, it does not wait for the thread to end.
        """
        self._end(wait_seconds=None)

    def _end(self, wait_seconds: float | None) -> None:
        life = self._life.get()
        while not self._life.compare_and_set(life, Life(ended=True)):
            life = self._life.get()
        life.wake()
        life.wait_for_end(wait_seconds)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()


def _never_told(wake: Callable[[], None]) -> Callable[[], None]:
    """Subscribe to a store that announces nothing: the thread looks again after a while."""
    return lambda: None
