"""Interrupts the kit at every instruction, as *interrupt kernel* does at any."""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from pathlib import Path

PACKAGE = str(Path(__file__).parents[1] / "cqrs_lab")


# They only compute: an interrupt there is an exception like any other, so each line will do.
PURE = {"batch", "columns", "schema", "merge", "difference", "arguments", "accepted"}


class Interrupted(KeyboardInterrupt):
    """An interrupt of ours."""


def traced(work, step):
    """Do some work, and call `step` before each line and instruction of the package."""

    def trace(frame, event, argument):
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        frame.f_trace_opcodes = Path(frame.f_code.co_filename).stem not in PURE
        if event in ("line", "opcode"):
            step()
        return trace

    usual = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(usual)


def at_instruction(number, work):
    """Do some work, interrupted at the given one of its lines and instructions; return whether it was."""
    left = number

    def step():
        nonlocal left
        left -= 1
        if left == 0:
            raise Interrupted

    with suppress(Interrupted):
        traced(work, step)
    return left <= 0


def instructions(work):
    """Return how many lines and instructions of the package some work takes."""
    steps = []
    traced(work, lambda: steps.append(1))
    return len(steps)


def in_another_thread(work, seconds=30):
    """Do some work in another thread; return what it returns, and fail if it hangs."""
    done = []
    thread = threading.Thread(target=lambda: done.append(work()), daemon=True)
    thread.start()
    thread.join(seconds)
    assert done, "it hangs, or it failed in another thread"
    return done[0]
