"""Looks whether another process has made a log longer, for stores whose writers cannot call each other."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Protocol

from cqrs_lab.errors import CqrsLabError
from cqrs_lab.log.listeners import Listeners

LOOK_SECONDS = 0.05


class Pause(Protocol):
    """What the thread does between two looks."""

    def wait(self, ended: threading.Event) -> None:
        """Return when it is time to look, or the thread is to end."""

    def close(self) -> None:
        """Release what it holds: the thread has ended."""


class Sleep:
    """Waits a twentieth of a second."""

    def wait(self, ended: threading.Event) -> None:
        """Wait."""
        ended.wait(LOOK_SECONDS)

    def close(self) -> None:
        """Hold nothing."""


class Watcher:
    """Announces what others have recorded, from a daemon thread that looks at the head of the log now and then.

    The thread ends when the watcher is stopped, or nothing refers to it any more.

    Parameters
    ----------
    head : bound method
        Returns the position of the last event; its object, the store, owns this watcher.
    listeners : Listeners
    pause : callable, optional
        Makes a `Pause` for each thread.
    """

    def __init__(self, head: Callable[[], int], listeners: Listeners, pause: Callable[[], Pause] = Sleep) -> None:
        self._head = weakref.WeakMethod(head)
        self._listeners, self._pause = listeners, pause
        self._heard = 0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def heard_of(self, position: int) -> None:
        """Do not announce what the writer announces."""
        self._heard = max(self._heard, position)

    def start(self) -> None:
        """Look from now on."""
        if self._thread is None or not self._thread.is_alive():
            if (head := self._head()) is not None:
                self.heard_of(head())
            self._ended = ended = threading.Event()
            arguments = weakref.ref(self), ended, self._pause()
            self._thread = threading.Thread(target=_watch, args=arguments, name="cqrs-lab watcher", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._ended.set()
        if self._thread is not None and self._thread is not threading.current_thread() and self._thread.is_alive():
            self._thread.join(1.0)

    def look(self) -> None:
        """Announce, if the log is longer than anyone has heard of."""
        with suppress(CqrsLabError):  # readers meet the same error, and say it
            if (head := self._head()) is not None and (position := head()) > self._heard:
                self._heard = position
                self._listeners.announce()


def _watch(watcher: weakref.ref[Watcher], ended: threading.Event, pause: Pause) -> None:
    with closing(pause):
        while not ended.is_set():
            pause.wait(ended)
            if ended.is_set() or (alive := watcher()) is None:
                return
            alive.look()
            del alive
