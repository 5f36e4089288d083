"""What a summary must not come from: the clock, where an event lies in memory, what the projection has kept."""

from __future__ import annotations

import copy
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import FrameType
from typing import Any

from cqrs_lab.log.contract.clock import clock_moved
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.guards.purity import picture
from cqrs_lab.read.projection import Projection

CLOCKS = ("now", "today", "utcnow")


def calls_of_the_clock(module: str, work: Callable[[], Any]) -> list[str]:
    """Run something, and return the calls such as ``date.today()`` that the code of a module makes meanwhile."""
    called: list[str] = []

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        if event != "c_call" or argument.__name__ not in CLOCKS or frame.f_globals.get("__name__") != module:
            return
        if isinstance(kind := argument.__self__, type) and issubclass(kind, date):
            called.append(f"{kind.__name__}.{argument.__name__}()")

    def watched() -> None:
        sys.setprofile(profile)
        work()

    # In a thread of its own: the profiler of %prun or cProfile, once replaced, cannot be put back by `setprofile`.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(watched).result()
    return called


def at_other_times(events: Sequence[RecordedEvent]) -> dict[str, Any]:
    """Return ways to move the clock, by what is done: to where the log ends, and ten years on."""
    to_the_end = events[-1].recorded_at - time.time() if events else 0.0
    moved = {"with the clock at the end of the log": to_the_end, "with the clock ten years on": 3e8}
    return {how: clock_moved(seconds) for how, seconds in moved.items()}


def elsewhere(events: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    """Return copies of the events, in other places in memory; the events themselves if they cannot be copied."""
    try:
        return copy.deepcopy(list(events))
    except Exception:  # noqa: BLE001 - copying runs the code of the event's class
        return list(events)


def attributes_of(projection: Projection) -> dict[str, Any]:
    """Return what a projection holds, without what it works out once and for all."""
    held = picture(projection)[1]
    return dict(held) if isinstance(held, list) else {}
