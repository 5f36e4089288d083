"""Runs a learner's code so that it can neither hang the lesson nor spoil it."""

from __future__ import annotations

import copy
import ctypes
import io
import math
import threading
import time
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from typing import Any

from cqrs_lab.errors import SchemaError, said

LIMIT_SECONDS = 2.0
LEAST_SHARE = 0.2
"""A thread that gets less of a processor than this is taken to sleep, not to work."""


class NotYet(Exception):
    """An answer does not do what the exercise asks.

    Parameters
    ----------
    done, came, expected : str
        What was done to the answer, what came of it, and what was expected.
    ask : str
        A question or a sentence that points at what may be misunderstood.
    """

    def __init__(self, done: str, came: object, expected: object, ask: str) -> None:
        super().__init__(ask)
        self.done, self.came, self.expected, self.ask = done, str(came), str(expected), ask


def what_it_means(error: BaseException) -> str:
    """Tell what an error of an answer means, and what to do next."""
    match error:
        case SchemaError():
            return (
                "Your schema declares an index, columns and their kinds, and the rows are not like that. Print both: "
                "what differs? schema.conform(rows) takes the columns it knows, and sets the index."
            )
        case NameError():
            return (
                "Python knows no such name here. Is it spelt as where it was made, and imported in the first cell? "
                "Run the cell that makes it, and then this one again."
            )
        case KeyError() | AttributeError():
            return "Nothing of that name is there. Print what you look into (a frame has .columns), and compare names."
        case _:
            return "Which line of yours raises it? Try that line alone, on one slice, and look at what goes in."


class OutOfTime(BaseException):
    """Ends an answer's code; no `except Exception` of its own catches it."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How it ended: what it gave, what it raised, whether it was stopped, and what it printed."""

    value: Any = None
    raised: BaseException | None = None
    stopped: bool = False
    printed: str = ""


def run(work: Callable[[], Any], limit_seconds: float = LIMIT_SECONDS) -> Ran:
    """Run some work in a thread of its own, for a limited time of work.

    A loop in Python is stopped where it is. What sleeps, waits, or catches even that cannot be stopped: it is left
    behind in a daemon thread, and the caller goes on. What is printed meanwhile is kept apart.
    """
    ended: list[Ran] = []
    clocks: list[int] = []

    def target() -> None:
        clocks.extend(_own_clock())
        with suppress(OutOfTime):
            try:
                ended.append(Ran(work()))
            except OutOfTime:
                ended.append(Ran(stopped=True))
            except BaseException as error:  # noqa: BLE001 - an answer may raise anything; it is reported
                ended.append(Ran(raised=error))

    printed = io.StringIO()
    thread = threading.Thread(target=target, daemon=True)
    with redirect_stdout(printed):
        thread.start()
        _wait_for(thread, clocks, limit_seconds)
        if thread.is_alive():
            _stop(thread)
    ran = ended[0] if ended else Ran(stopped=True)
    return Ran(ran.value, ran.raised, ran.stopped, printed.getvalue())


def _wait_for(thread: threading.Thread, clocks: list[int], limit_seconds: float) -> None:
    """Wait for a thread, so long that a machine that is busy with something else does not stop a right answer."""
    thread.join(limit_seconds)
    waited = limit_seconds
    while thread.is_alive() and LEAST_SHARE * waited < _worked_seconds(clocks) < limit_seconds:
        thread.join(0.1)
        waited += 0.1


def _own_clock() -> list[int]:
    """Give the clock of the processor time of this thread, where the system has one."""
    clock_of = getattr(time, "pthread_getcpuclockid", None)
    return [clock_of(threading.get_ident())] if clock_of else []


def _worked_seconds(clocks: list[int]) -> float:
    """Tell how long a processor has worked for a thread; for ever, where that cannot be told or it has ended."""
    if not clocks:
        return math.inf
    try:
        return time.clock_gettime(clocks[0])
    except OSError:
        return math.inf


def _stop(thread: threading.Thread) -> None:
    """Raise `OutOfTime` in a thread. Tracing every line would do it too, and makes pandas three times as slow."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(OutOfTime))
    thread.join(0.5)


def call(function: Any, *arguments: Any, name: str = "") -> Any:
    """Call a learner's function with copies, and refuse what changes them or raises.

    Raises
    ------
    NotYet
        Not a function, an exception, or an argument that was changed.
    """
    shown = f"{name or getattr(function, '__name__', 'your answer')}({', '.join(map(_short, arguments))})"
    if not callable(function):
        raise NotYet(f"looked for {name or 'a function'}", _short(function), "a function", "What did you hand over?")
    given = copy.deepcopy(arguments)
    try:
        value = function(*given)
    except (NotYet, OutOfTime):
        raise
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        came = said(error)
        raise NotYet(
            f"called {shown}", came, "no error", "Which line of yours raises it, and for which input?"
        ) from None
    if given != arguments:
        ask = "Who else may be holding what you were given? Make a new value instead of changing it."
        raise NotYet(f"called {shown}, then looked at what went in", _short(given), _short(arguments), ask)
    return value


def _short(value: object) -> str:
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 - a repr of the learner's may raise anything
        text = f"a {type(value).__name__} whose repr raises {type(error).__name__}"
    return text if len(text) <= 160 else f"{text[:160]}…"
