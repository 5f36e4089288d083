"""Runs a learner's code in a separate process that can always be ended, and measures its processor time."""

from __future__ import annotations

import _thread
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
"""What a process loads before the first answer comes."""
LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run ended: its value, or why it was ended, and what it used and printed."""

    value: Any = None
    ended: Ended = ""
    own_seconds: float = 0.0
    exit_code: int | None = None
    printed: str = ""


class WorkerFailed(CqrsLabError):
    """The process in which answers run could not be started."""


def run_apart(work: Callable[..., Any], *arguments: Any, limits: Limits = LIMITS, restarted: bool = False) -> Ran:
    """Call a function with copies of its arguments in another process.

    Parameters
    ----------
    work : callable
    *arguments : Any
    limits : Limits, optional
    restarted : bool, optional
        Take a process that no answer runs in otherwise: there hash() of a text is another number.

    Raises
    ------
    NotCopied
        The arguments cannot be copied.
    WorkerFailed
        The process could not be started.
    """
    task = written((work, arguments))
    idle = _idle_restarted if restarted else _idle
    ran = None
    while ran is None:
        one = _waiting(idle, restarted)
        try:
            ran = one.run(task, limits)
        except (psutil.NoSuchProcess, OSError):  # it was ended from outside while it waited: the next one
            one.end()
        except BaseException:
            one.end()
            raise
    if not one.end.alive:
        _start(idle, restarted)  # it loads while the learner reads
    elif not idle:
        idle.append(one)
    return ran


class _Worker:
    """A process that waits for tasks. It ends with this object, at the latest."""

    def __init__(self, restarted: bool) -> None:
        path = json.dumps([entry for entry in sys.path if isinstance(entry, str)])
        command = [sys.executable, worker.__file__, path, LOADED]
        settings = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
        if restarted:
            settings["PYTHONHASHSEED"] = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | settings
        )
        self._process, self._tasks = psutil.Process(process.pid), cast(BinaryIO, process.stdin)
        weakref.finalize(self, _kill, self._process)  # also where an interrupt has stopped `_end`
        self.end = weakref.finalize(self, _end, self._process, self._tasks)
        self.gone = threading.Event()
        self._replies: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
        threading.Thread(target=_listen, args=(process, self._replies, self.gone), daemon=True).start()
        self._ready = False

    def run(self, task: bytes, limits: Limits) -> Ran:
        """Send a task, and return how it ended."""
        watch = Watch(self._process, limits)
        printed: list[str] = []
        has_waited = self._ready
        if not self._ready:
            if self._next(watch, printed, loading=True)[0] != "ready":
                return self._ended(watch, printed, loading=True)
            self._ready = True
        message = pickle.dumps((sys.path, _folder(), limits.own_seconds + LOADING_SECONDS, task))
        worker.write(self._tasks, message)
        first = self._next(watch, printed, loading=True)
        if first[0] == "unread":
            raise NotCopied(first[1])
        if first[0] != "begins":
            if has_waited and not watch.ended:
                raise ChildProcessError("it was ended while it waited, and had not begun")
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
        """Return the next message; an empty one if the process ends or has to be ended."""
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
        code = None
        if not watch.ended:
            with suppress(Empty):  # a process that only closed its door goes on, and has none
                code = self._replies.get(timeout=1)[1]
        self.end()
        if not watch.ended and loading:
            raise WorkerFailed(
                f"the process that judges answers ended at its start, with exit code {code}; "
                "what it wrote stands where JupyterLab was started"
            )
        return Ran(ended=watch.ended or "exit", own_seconds=watch.own, exit_code=code, printed="".join(printed))


_idle: list[_Worker] = []
_idle_restarted: list[_Worker] = []


def _waiting(idle: list[_Worker], restarted: bool) -> _Worker:
    """Return a process that waits for a task. There is no lock: an interrupt between two lines could leave it taken."""
    while True:
        try:
            one = idle.pop()
        except IndexError:
            _start(idle, restarted)
            continue
        if not one.gone.is_set():
            return one


def _start(idle: list[_Worker], restarted: bool) -> None:
    """Start a process in a thread: no interrupt can stop it halfway there and leave a process that nobody ends."""
    outcome: SimpleQueue[BaseException | None] = SimpleQueue()

    def make() -> None:
        try:
            idle.append(_Worker(restarted))
            outcome.put(None)
        except BaseException as error:  # noqa: BLE001 - who waits must hear of any end
            outcome.put(error)

    # Not `Thread.start`: an interrupt inside it comes out as a RuntimeError, of a lock that is not held.
    _thread.start_new_thread(make, ())
    failed = outcome.get()
    if isinstance(failed, OSError):
        raise WorkerFailed(f"no process starts to judge answers: {failed}; close other kernels, and try again")
    if failed is not None:
        raise failed


def _folder() -> str:
    with suppress(OSError):  # it was deleted
        return os.getcwd()
    return ""


def _listen(process: subprocess.Popen[bytes], messages: SimpleQueue[tuple[Any, ...]], gone: threading.Event) -> None:
    """Pass on what a process says until it ends. Only this thread waits for it: no interrupt comes here."""
    try:
        with cast(BinaryIO, process.stdout) as replies:
            while (message := worker.read(replies)) is not None:
                messages.put(pickle.loads(message))
    finally:
        gone.set()
        messages.put(("",))
        messages.put(("exit", process.wait()))


def _end(process: psutil.Process, tasks: BinaryIO) -> None:
    """End a process, and the processes that it started."""
    others: list[psutil.Process] = []
    try:
        with suppress(psutil.Error):
            others = process.children(recursive=True)
    finally:
        _kill(process)
    for other in others:
        _kill(other)
    with suppress(OSError):  # what was on its way is of no use any more
        tasks.close()


def _kill(process: psutil.Process) -> None:
    with suppress(psutil.Error):
        process.kill()
