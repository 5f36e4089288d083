"""The life of a follower: one thread, from start to stop, and what no interrupt of the caller may cut in two."""

from __future__ import annotations

import _thread
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from cqrs_lab.log.turn import at_work

if TYPE_CHECKING:
    from cqrs_lab.log.follower import Follower

# An announcement is lost if its writer is interrupted between the commit and the call: so a follower also looks itself.
LOOK_AGAIN_SECONDS = 1.0

Listener = Callable[[], None]
Me = Callable[[], "Follower | None"]  # held weakly: a worker that nobody else holds comes to an end

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
        """Let it read the log."""
        with suppress(RuntimeError):  # it has been woken already
            self._grown.release()

    def asked_again(self) -> bool:
        """Ask for one more reading; return whether somebody is there to do it."""
        self._again = True  # first this, then the look: `live` does the same the other way round
        self.wake()
        return not self.ended

    def begin(self, me: Me, before: Life, subscribe: Callable[[Listener], Listener], name: str) -> None:
        """Begin in a thread, unless the worker has another life by now than the one before."""
        live = partial(self._live, me, before, subscribe(self.wake))
        self.thread = threading.Thread(target=live, daemon=True, name=name)
        # Interrupts come to the main thread: what must not be cut in two is done in another one.
        _thread.start_new_thread(self._start, ())
        self._begun.acquire()

    def _start(self) -> None:
        try:
            self.thread.start()
        except RuntimeError:  # the system has no more threads; whoever waits for this one must not wait for ever
            self._begun.release()
            raise

    @property
    def was_begun(self) -> bool:
        """Whether it ever had a thread."""
        return self.thread is not _NONE

    def wait_for_end(self, wait_seconds: float | None) -> None:
        """Wait for the thread to end, unless that might be for ever: it may need what this thread is at work on."""
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
        worker = me()  # held only while it reads: nobody else's worker is a worker of ours
        if worker is None or worker._life.get() is not self:
            return False
        self._again = False
        return worker._follow()
