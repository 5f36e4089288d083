"""The life of a follower: one thread, from start to stop, and the steps that no interrupt may split."""

from __future__ import annotations

import _thread
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from cqrs_lab.log.workers.turn import at_work

if TYPE_CHECKING:
    from cqrs_lab.log.follower import Follower

# An announcement is lost if its writer is interrupted after the commit and before the call, so a follower also polls.
LOOK_AGAIN_SECONDS = 1.0

Listener = Callable[[], None]
Me = Callable[[], "Follower | None"]  # a weak reference: a worker that nobody else refers to ends

_NONE = threading.Thread()


class Life:
    """One thread's time as a follower: from `start`, or from a repair, to `stop` or an error."""

    def __init__(self, *, ended: bool = False) -> None:
        self.ended, self._again = ended, False
        self._grown, self._begun = _thread.allocate_lock(), _thread.allocate_lock()
        self._grown.acquire()
        self._begun.acquire()
        self.thread: threading.Thread = _NONE

    def wake(self) -> None:
        """Wake the thread to read the log."""
        with suppress(RuntimeError):  # it has been woken already
            self._grown.release()

    def asked_again(self) -> bool:
        """Ask the thread to read the log again; return whether it is still running."""
        self._again = True  # set this before looking: `_live` does the two in the opposite order
        self.wake()
        return not self.ended

    def begin(self, me: Me, before: Life, subscribe: Callable[[Listener], Listener], name: str) -> None:
        """Start the thread, unless the worker has moved on from the life `before`."""
        live = partial(self._live, me, before, subscribe(self.wake))
        self.thread = threading.Thread(target=live, daemon=True, name=name)
        # Interrupts are raised in the main thread, so what must not be split is done in another one.
        _thread.start_new_thread(self._start, ())
        self._begun.acquire()

    def _start(self) -> None:
        try:
            self.thread.start()
        except RuntimeError:  # the system has no more threads; a caller that waits for this one must not wait forever
            self._begun.release()
            raise

    @property
    def was_begun(self) -> bool:
        """Whether it ever had a thread."""
        return self.thread is not _NONE

    def wait_for_end(self, wait_seconds: float | None) -> None:
        """Wait for the thread to end, unless that might take forever: it may need what this thread is working on."""
        if self.thread not in (_NONE, threading.current_thread()) and not at_work():
            self.thread.join(wait_seconds)

    def _live(self, me: Me, before: Life, unsubscribe: Listener) -> None:
        worker = me()
        began = worker is not None and worker._life.compare_and_set(before, self)
        del worker
        self._begun.release()
        try:
            while began and self._reads(me):
                self._grown.acquire(timeout=LOOK_AGAIN_SECONDS)
        finally:
            unsubscribe()
            self.ended = True
            if self._again and (worker := me()) is not None and worker._life.get() is self:
                worker._begin(self)

    def _reads(self, me: Me) -> bool:
        worker = me()  # a strong reference only while it reads, so that an unused worker can end
        if worker is None or worker._life.get() is not self:
            return False
        self._again = False
        return worker._follow()
