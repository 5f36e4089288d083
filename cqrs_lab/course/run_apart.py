"""Runs a learner's code in a process of its own, which can always be ended, and measures its own processor time."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, BinaryIO, cast

import psutil

from cqrs_lab.course import worker
from cqrs_lab.course.guard import NotCopied
from cqrs_lab.course.limits import LIMITS, LOADING_SECONDS, Ended, Limits, Watch
from cqrs_lab.course.sending import written
from cqrs_lab.errors import CqrsLabError

LOADED = "cqrs_lab.course.judging"
"""What a process has loaded before the first answer comes."""
LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Ran:
    """How it ended: what came, or why it was ended, what it had used and printed by then."""

    value: Any = None
    ended: Ended = ""
    own_seconds: float = 0.0
    exit_code: int | None = None
    printed: str = ""


class WorkerFailed(CqrsLabError):
    """The process in which answers run could not be started."""


def run_apart(work: Callable[..., Any], *arguments: Any, limits: Limits = LIMITS) -> Ran:
    """Call a function with copies of some arguments in another process.

    Raises
    ------
    NotCopied
        The arguments cannot be copied.
    WorkerFailed
        There is no such process.
    """
    task = written((work, arguments))
    one = _waiting()
    try:
        ran = one.run(task, limits)
    except BaseException:
        one.end()
        raise
    if not one.end.alive:
        one = _Worker()  # it loads while the learner reads
    if not _idle:
        _idle.append(one)
    return ran


class _Worker:
    """A process that waits for tasks. It ends with this object, at the latest."""

    def __init__(self) -> None:
        path = json.dumps([entry for entry in sys.path if isinstance(entry, str)])
        command = [sys.executable, worker.__file__, path, LOADED]
        one_thread = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | one_thread
        )
        weakref.finalize(self, _kill, self.process)  # also where an interrupt has stopped `_end`
        self.end = weakref.finalize(self, _end, self.process)
        self._replies: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
        threading.Thread(target=_listen, args=(self.process.stdout, self._replies), daemon=True).start()
        self._ready = False

    def run(self, task: bytes, limits: Limits) -> Ran:
        """Send a task, and wait for what comes of it."""
        watch = Watch(psutil.Process(self.process.pid), limits)
        printed: list[str] = []
        if not self._ready:
            if self._next(watch, printed, loading=True)[0] != "ready":
                return self._ended(watch, printed, loading=True)
            self._ready = True
        message = pickle.dumps((sys.path, os.getcwd(), limits.own_seconds + LOADING_SECONDS, task))
        worker.write(cast(BinaryIO, self.process.stdin), message)
        first = self._next(watch, printed, loading=True)
        if first[0] == "unread":
            raise NotCopied(first[1])
        if first[0] != "begins":
            return self._ended(watch, printed)
        watch.begin()
        last = self._next(watch, printed)
        if last[0] != "done":
            return self._ended(watch, printed)
        _, value, more, alone = last
        if not alone:  # a thread of the answer's goes on
            self.end()
        printed += [f"… and {more:,} characters more"] * (more > 0)
        return Ran(value, own_seconds=watch.own, printed="".join(printed))

    def _next(self, watch: Watch, printed: list[str], loading: bool = False) -> tuple[Any, ...]:
        """Wait for a message, while the process may go on; an empty one if it ends or has to."""
        while True:
            try:
                message = self._replies.get(timeout=LOOK_SECONDS)
            except Empty:
                with suppress(psutil.NoSuchProcess):
                    if watch.is_over(loading):
                        return ("",)
                continue
            if message[0] != "printed":
                return message
            printed.append(message[1])

    def _ended(self, watch: Watch, printed: list[str], loading: bool = False) -> Ran:
        if not watch.ended and loading:
            raise WorkerFailed(
                f"the process that judges answers ended at its start, with exit code {self.process.wait()}; "
                "what it wrote stands where JupyterLab was started"
            )
        code = None
        if not watch.ended:
            with suppress(subprocess.TimeoutExpired):  # it said good-bye; one that only closed its door is ended
                code = self.process.wait(timeout=1)
        self.end()
        return Ran(ended=watch.ended or "exit", own_seconds=watch.own, exit_code=code, printed="".join(printed))


_idle: list[_Worker] = []


def _waiting() -> _Worker:
    """Return a process that waits for a task. There is no lock: an interrupt between two lines could leave it taken."""
    with suppress(IndexError):
        one = _idle.pop()
        if one.process.poll() is None:
            return one
    return _Worker()


def _listen(replies: BinaryIO, messages: SimpleQueue[tuple[Any, ...]]) -> None:
    try:
        with replies:
            while (message := worker.read(replies)) is not None:
                messages.put(pickle.loads(message))
    finally:
        messages.put(("",))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process, and what it started."""
    others: list[psutil.Process] = []
    try:
        with suppress(psutil.Error):
            others = psutil.Process(process.pid).children(recursive=True)
    finally:
        _kill(process)
    for other in others:
        with suppress(psutil.Error):
            other.kill()
    if process.stdin is not None:
        with suppress(OSError):  # what was on its way is of no use any more
            process.stdin.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
