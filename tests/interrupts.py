"""Interrupts the kit at every instruction, as *interrupt kernel* does at any.

A moment is the number of a call of the package, and the number of a step in it: an instruction, or a line.
Only the call that is to be interrupted is traced, so that thousands of moments take seconds.
"""

from __future__ import annotations

import gc
import sys
import threading
from contextlib import suppress
from itertools import count
from pathlib import Path

PACKAGE = str(Path(__file__).parents[1] / "cqrs_lab")
OURS = (PACKAGE, "<string>")  # the methods that `dataclass` writes are the kit's too

# They only compute: an interrupt there is an exception like any other, so each line will do.
PURE = tuple(f"/{name}.py" for name in ["batch", "columns", "schema", "merge", "difference", "arguments", "accepted"])


class Interrupted(KeyboardInterrupt):
    """An interrupt of ours."""


def traced(work, wanted, step):
    """Do some work, and call `step` with each moment of the calls that are `wanted`."""
    calls = count()

    def begin(frame, event, argument):
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        call, steps = next(calls), count()
        if not wanted(call):
            return None
        # Where instructions count, the first one of a line comes right after its line: one moment, and not two.
        frame.f_trace_opcodes = not frame.f_code.co_filename.endswith(PURE)
        wanted_event = "opcode" if frame.f_trace_opcodes else "line"

        def trace(frame, event, argument):
            if event == wanted_event:
                step((call, next(steps)))
            return trace

        return trace

    usual = sys.gettrace()
    gc.disable()  # what is raised within a collection is lost
    sys.settrace(begin)
    try:
        work()
    finally:
        sys.settrace(usual)
        gc.enable()


def interrupted(work, at):
    """Do some work, interrupted at a moment; return whether it was."""
    struck = []

    def step(moment):
        if moment == at:
            struck.append(moment)
            raise Interrupted

    with suppress(Interrupted):
        traced(work, lambda call: call == at[0], step)
    return bool(struck)


def moments(work):
    """Return the moments of some work, which it is done for."""
    found = []
    traced(work, lambda call: True, found.append)
    return found


def in_another_thread(work, seconds=30):
    """Do some work in another thread; return what it returns, and fail if it hangs."""
    done = []
    thread = threading.Thread(target=lambda: done.append(work()), daemon=True)
    thread.start()
    thread.join(seconds)
    assert done, "it hangs, or it failed in another thread"
    return done[0]
