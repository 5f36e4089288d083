"""An atomic reference: a value that is replaced in one step, if it is still the expected one."""

from __future__ import annotations

import _thread
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")

# An interrupt may come between a step and the wake-up that follows it. So no thread relies on a wake-up alone.
LOOK_AGAIN_SECONDS = 0.05


class _Link(Generic[T]):
    """One value of a reference, and its successor: set once and never changed."""

    __slots__ = ("followed", "next", "value")

    def __init__(self, value: T) -> None:
        self.value = value
        self.next: dict[str, _Link[T]] = {}
        self.followed = _thread.allocate_lock()  # free once another value has followed
        self.followed.acquire()


class AtomicReference(Generic[T]):
    """A value that is replaced as a whole, from any thread, and stays whole wherever a thread is interrupted.

    There is no lock that an interrupt could leave held. If you come second, `compare_and_set` returns False, and you
    start again from the value that came first.

    Examples
    --------
    >>> from cqrs_lab.log.workers.atomic import AtomicReference
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
        # The one step: of all callers, in whichever thread, exactly one gets its own link back.
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
                    link.followed.release()  # so that the next waiting thread can acquire it too

    def _link(self) -> _Link[T]:
        link = self._last
        while link.next:  # an interrupt came before `_last` was updated
            link = link.next["next"]
        self._last = link
        return link
