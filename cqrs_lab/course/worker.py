"""The process in which answers run: a script that reads tasks, says when each begins, and sends back the result.

It imports nothing from the kit by itself, so that it starts at once; its second argument is what to load.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import pickle
import signal
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from typing import Any, BinaryIO

KEPT = 500
SIZE = struct.Struct(">Q")


def read(stream: BinaryIO) -> bytes | None:
    """Return the next message; None at the end."""
    head = stream.read(SIZE.size)
    body = stream.read(SIZE.unpack(head)[0]) if len(head) == SIZE.size else b""
    return body or None


def write(stream: BinaryIO, message: bytes) -> None:
    """Write a message."""
    stream.write(SIZE.pack(len(message)) + message)
    stream.flush()


class Printed(io.TextIOBase):
    """Passes on the beginning of what is printed, and counts the rest."""

    def __init__(self, say: Callable[..., None]) -> None:
        self._say, self.room, self.more = say, KEPT, 0

    def write(self, text: str) -> int:
        """Pass on what fits, and return the length of the text."""
        first, self.more = text[: self.room], self.more + len(text[self.room :])
        self.room -= len(first)
        if first:
            self._say("printed", first)
        return len(text)


def main() -> None:
    """Do one task after another until no more come."""
    sys.path[:] = json.loads(sys.argv[1])
    tasks, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):  # an answer that reads or prints past Python must not meet the messages
        os.dup2(nothing, standard)
    # "Interrupt kernel" reaches every process of the kernel's group; the one that waits for this process ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    one_at_a_time = threading.Lock()

    def say(*message: Any) -> None:
        with one_at_a_time:
            write(replies, pickle.dumps(message))

    gc.disable()  # what is loaded now stays: to look through it again and again is a sixth of the wait
    importlib.import_module(sys.argv[2])
    gc.freeze()
    gc.enable()
    say("ready")
    while (task := read(tasks)) is not None:
        _do(say, *pickle.loads(task))


def _do(say: Callable[..., None], path: list[str], folder: str, limit_seconds: float, work: bytes) -> None:
    sys.path[:] = path
    with suppress(OSError):  # a folder that is gone is no reason not to judge
        os.chdir(folder)
    _end_by_itself(limit_seconds)
    printed = Printed(say)
    with redirect_stdout(printed), redirect_stderr(Printed(lambda *message: None)):
        try:
            function, arguments = pickle.loads(work)
        except Exception as error:  # noqa: BLE001 - an object of the learner's may raise anything when it is made again
            say("unread", f"{type(error).__name__}: {error}")
            return
        say("begins")
        value = function(*arguments)
    say("done", value, printed.more, threading.active_count() == 1)


def _end_by_itself(seconds: float) -> None:
    """Let the system end this process in case its parent is gone by then. Windows has no such limit."""
    with suppress(ImportError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, most))


if __name__ == "__main__":
    with suppress(BrokenPipeError):  # nobody listens any more
        main()
