"""An atomic reference: a value that is replaced in one step, by whoever knew the one before."""

from __future__ import annotations

import _thread
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")

# An interrupt may come between a step and the wake-up that follows it. So no sleeper trusts a wake-up alone.
LOOK_AGAIN_SECONDS = 0.05


class _Link(Generic[T]):
    """One value of a reference, and the one that followed it: set once, and never changed."""

    __slots__ = ("followed", "next", "value")

    def __init__(self, value: T) -> None:
        self.value = value
        self.next: dict[str, _Link[T]] = {}
        self.followed = _thread.allocate_lock()  # free once another value has followed
        self.followed.acquire()


class AtomicReference(Generic[T]):
    """A value that is replaced as a whole, from any thread, and stays whole at whatever instruction a thread is ended.

    There is no lock that an interrupt could leave held. Who comes second is told so, and starts again from the value
    that came first.

    Examples
    --------
    >>> from cqrs_lab.log.atomic import AtomicReference
    >>> score = AtomicReference("0:0")
    >>> before = score.get()
    >>> score.compare_and_set(before, "1:0"), score.compare_and_set(before, "0:1"), score.get()
    (True, False, '1:0')
    """

    def __init__(self, value: T) -> None:
        self._last = _Link(value)

    def get(self) -> T:
        """Return the value."""
        return self._link().value

    def compare_and_set(self, expected: T, value: T) -> bool:
        """Replace the value if it is still the expected object; return whether it was."""
        link = self._link()
        if link.value is not expected:
            return False
        new = _Link(value)
        # The one step: of all who call this, from whichever thread, one gets its own link back.
        if link.next.setdefault("next", new) is not new:
            return False
        self._last = new
        link.followed.release()
        return True

    def wait_until(self, holds: Callable[[T], bool], timeout_seconds: float) -> None:
        """Return once `holds(value)`, or when the time is up."""
        deadline = time.monotonic() + timeout_seconds
        while not holds((link := self._link()).value) and (left := deadline - time.monotonic()) > 0:
            if link.followed.acquire(timeout=min(left, LOOK_AGAIN_SECONDS)):
                with suppress(RuntimeError):
                    link.followed.release()  # the next sleeper passes through the same door

    def _link(self) -> _Link[T]:
        link = self._last
        while link.next:  # set, and interrupted before `_last` was
            link = link.next["next"]
        self._last = link
        return link
