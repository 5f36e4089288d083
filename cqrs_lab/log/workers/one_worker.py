"""A log has one worker of each name: the one that was started last."""

from __future__ import annotations

import itertools
import weakref
from typing import Any, Protocol

from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.wrappers.read_through import ReadThroughStore


class FollowingWorker(Protocol):
    """A worker that can be started and stopped."""

    store: EventStore
    worker_name: str

    @property
    def running(self) -> bool:
        """Whether it follows the log."""

    def _end(self, wait_seconds: float | None) -> None: ...

    def _superseded(self, why: str) -> None: ...


_started: dict[int, weakref.ref[Any]] = {}  # in the order in which they were started; each call of start has a number
_number = itertools.count(1)


def end_older_workers(worker: FollowingWorker) -> None:
    """Stop the workers of the same name on the same log that were started earlier, and say so in their status."""
    mine = next(_number)
    _started[mine] = weakref.ref(worker, lambda gone: _started.pop(mine, None))
    for number, reference in list(_started.items()):
        other = reference()
        if other is None or number >= mine:
            continue
        if other is worker:
            _started.pop(number, None)
        elif other.worker_name == worker.worker_name and _log_of(other.store) is _log_of(worker.store):
            _started.pop(number, None)
            if other.running:
                other._end(wait_seconds=1.0)  # one that hangs in its own code must not hold this one up
                other._superseded(f"stopped: another {worker.worker_name} was started on this log, and follows it now")


def _log_of(store: EventStore) -> EventStore:
    while isinstance(store, ReadThroughStore):
        store = store._store
    return store
