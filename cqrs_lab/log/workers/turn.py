"""Taking turns: one thread at a time, with no lock that an interrupt could leave held."""

from __future__ import annotations

import _thread
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context
from typing import Protocol, TypeVar

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.workers.atomic import LOOK_AGAIN_SECONDS

T = TypeVar("T")

# Whose work this thread is doing, outermost first. It belongs to the context, so nothing has to be undone.
_AT_WORK: ContextVar[tuple[object, ...]] = ContextVar("at work", default=())


class NamedWorker(Protocol):
    """A projector or a process manager."""

    worker_name: str


def at_work() -> bool:
    """Return whether this thread is inside the work of a projector, a query or a process, and so must not wait."""
    return bool(_AT_WORK.get())


def depth(owner: object) -> int:
    """Return how many times over this thread is inside the work of `owner`."""
    return sum(one is owner for one in _AT_WORK.get())


def working(owners: tuple[object, ...], work: Callable[[], T]) -> T:
    """Return the result of some work, done as the work of `owners`."""
    return _marked(owners).run(work)


def _marked(owners: tuple[object, ...]) -> Context:
    here = copy_context()
    here.run(_AT_WORK.set, (*_AT_WORK.get(), *owners))
    return here


class Turn:
    """One thread at a time does some work; the others wait.

    The lock is a context. `contextvars.Context.run` refuses a context that another call has entered, and the
    interpreter leaves it when the work ends, in whatever way and at whatever instruction: ``with lock`` and ``finally``
    are lines of Python, in the middle of which an interrupt can come.
    """

    def __init__(self) -> None:
        self._entered = Context()
        self._freed = _thread.allocate_lock()

    def run(self, worker: NamedWorker, call: str, work: Callable[[], T], *, beside: bool = False) -> T:
        """Return the result of some work, done for a worker while no other thread works for it.

        A thread that is inside some work already does not wait, since the others might be waiting for it: it works
        beside them, or is refused.
        """
        self.refuse_within(worker, call)
        here, began = _marked((worker,)), list[bool]()

        def alone() -> T:
            began.append(True)
            return work()

        while True:
            try:
                return self._entered.run(here.run, alone)
            except RuntimeError:
                if began:
                    raise
            finally:
                if began:
                    with suppress(RuntimeError):
                        self._freed.release()
            if at_work() and beside:
                return here.run(work)
            if at_work():
                raise self._refused(call, worker, "work, while another thread works for", "waiting might never end")
            self._freed.acquire(timeout=LOOK_AGAIN_SECONDS)

    def refuse_within(self, worker: NamedWorker, call: str) -> None:
        """Refuse a call from within the work of the same worker: it might never end, or change what is being read."""
        if depth(worker):
            why = "its own rules, a handler of its queries, or a listener to the store"
            raise self._refused(call, worker, "the work of", why)

    @staticmethod
    def _refused(call: str, worker: NamedWorker, where: str, why: str) -> InvalidArgument:
        return InvalidArgument(
            f"{call} was called from within {where} the {worker.worker_name} ({why}); "
            "call it from outside, once that has returned"
        )
