"""What one process of a measurement does: ``python -m cqrs_lab.simulation.measuring.worker``.

It is told what to do on its standard input, a line of JSON each, and answers on its standard output. When its input
ends, the process that asked is gone, and this one deletes the folder that they shared and ends at once.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from cqrs_lab.errors import CqrsLabError
from cqrs_lab.log.event_store import Expected
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.log.stores.opening import open_event_store
from cqrs_lab.read.projector import Projector
from cqrs_lab.simulation.measuring.read_model import NAME, Counts, Handled, PositionShown, SharedTables

Plan = dict[str, Any]
Rows = list[tuple[int, ...]]
WARM_UPS = 30
NANO = 1_000_000_000
told: SimpleQueue[Any] = SimpleQueue()


def write(plan: Plan) -> Callable[[int], Rows]:
    """Prepare to append each event at its moment; rows: began, committed (ns), position."""
    store = open_event_store(plan["url"], events={NAME: Handled})
    events = [Handled(seconds) for seconds in plan["work_seconds"]]

    def run(start: int) -> Rows:
        rows: Rows = []
        for due, event in zip(plan["due_ns"], events, strict=True):
            sleep_until(start + due)
            began = time.monotonic_ns()
            appended = store.append(plan["stream"], [event], expected=Expected.ANY)
            rows.append((began, time.monotonic_ns(), appended.position))
        return rows

    return run


def project(plan: Plan) -> Callable[[int], Rows]:
    """Prepare to follow the log; rows: began, visible (ns), position, of each poll that found events."""
    _warm_up()
    store = open_event_store(plan["url"], events={NAME: Handled})
    projector = Projector(store, Counts(), tables=SharedTables(Path(plan["read_model"]), store.head()))
    batch, pause = plan["batch"], plan["poll_ns"]

    def run(start: int) -> Rows:
        rows: Rows = []
        handled = 0
        sleep_until(start)
        while handled < plan["events"]:
            began = time.monotonic_ns()
            read = projector.catch_up(limit=batch or 1)
            now = time.monotonic_ns()
            if read:
                rows.append((began, now, projector.position))
                handled += read
            if batch or not read:
                sleep_until(now + pause)
        return rows

    return run


def read(plan: Plan) -> Callable[[int], Rows]:
    """Prepare to look at the read model at each moment; rows: asked, answered (ns), position."""
    shown = PositionShown(Path(plan["read_model"]))

    def run(start: int) -> Rows:
        rows: Rows = []
        for due in plan["ask_ns"]:
            sleep_until(start + due)
            asked = time.monotonic_ns()
            position = shown.now()
            rows.append((asked, time.monotonic_ns(), position))
        return rows

    return run


def sleep_until(moment: int) -> None:
    """Sleep until a moment of this machine's one clock; do nothing if it is over."""
    if (left := moment - time.monotonic_ns()) > 0:
        time.sleep(left / NANO)


def _warm_up() -> None:
    """Do everything a few times: the first time, libraries are still being loaded."""
    store = MemoryEventStore()
    projector = Projector(store, Counts())
    for _ in range(WARM_UPS):
        store.append("warm-up", [Handled(0.0)], expected=Expected.ANY)
        projector.catch_up(limit=1)


def _listen() -> None:
    # Unbuffered: a thread that waits in a buffered read holds a lock that the interpreter wants at its end.
    with open(0, "rb", buffering=0, closefd=False) as lines:
        if not (first := lines.readline()):
            os._exit(1)
        plan = json.loads(first)
        told.put(plan)
        for line in lines:
            told.put(json.loads(line))
    # The caller is gone: otherwise it would have ended this process first. What is left of it is this folder.
    shutil.rmtree(plan["folder"], ignore_errors=True)
    os._exit(1)


def _say(kind: str, value: Any) -> None:
    sys.stdout.write(f"{json.dumps([kind, value])}\n")
    sys.stdout.flush()


ROLES: dict[str, Callable[[Plan], Callable[[int], Rows]]] = {"writer": write, "projector": project, "reader": read}


def main() -> None:
    """Prepare, say so, answer what the time is as often as asked, and begin at the moment given."""
    threading.Thread(target=_listen, daemon=True).start()
    plan = told.get()
    try:
        run = ROLES[plan["role"]](plan)
        _say("ready", None)
        while (start := told.get()) == "clock":
            _say("clock", time.monotonic_ns())
        _say("rows", run(start))
    except CqrsLabError as error:
        _say("failed", f"{type(error).__name__}: {error}")
    os._exit(0)


if __name__ == "__main__":
    main()
