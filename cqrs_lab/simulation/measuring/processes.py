"""Starts the processes of a measurement, hears their answers, and ends them whatever happens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import IO, Any

from cqrs_lab.errors import CqrsLabError

START_AFTER_NS = 100_000_000
"""The first event is due a tenth of a second after the processes were told: all of them have heard by then."""
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}


class MeasurementFailed(CqrsLabError):
    """A process of a measurement ended early, or the processes have no clock in common; the message says which."""


class MeasuringProcess:
    """One process, by its role."""

    def __init__(self, role: str, plan: Mapping[str, Any], errors: IO[bytes]) -> None:
        self.role, self._errors = role, errors
        command = [sys.executable, "-m", "cqrs_lab.simulation.measuring.worker"]
        path = os.pathsep.join(entry for entry in sys.path if entry)
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=os.environ | ONE_THREAD | {"PYTHONPATH": path},
            # Ctrl-C in a terminal reaches every process of its group: here the parent ends the others itself.
            start_new_session=True,
        )
        self._answers: SimpleQueue[list[Any]] = SimpleQueue()
        # The thread does not know this object: if an interrupt comes here, nothing else holds it, its pipe is closed
        # with it, and the process ends by itself.
        threading.Thread(target=_listen, args=(self.process.stdout, self._answers), daemon=True).start()
        self.tell({"role": role, **plan})

    def tell(self, what: Any) -> None:
        """Send a line. A process that is gone says so in its answer."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(what).encode() + b"\n")
            self.process.stdin.flush()

    def answer(self, wanted: str) -> Any:
        """Wait for an answer, and return it.

        Raises
        ------
        MeasurementFailed
        """
        kind, value = self._answers.get()
        if kind == wanted:
            return value
        why = value if kind == "failed" else f"ended with exit code {self.process.wait()}; {self._last_words()}"
        raise MeasurementFailed(f"the {self.role} of the measurement: {why}; nothing was measured")

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it left no word"

    def end(self) -> None:
        """End it, if it has not ended."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()


def _listen(lines: IO[bytes], answers: SimpleQueue[list[Any]]) -> None:
    """Pass on what a process answers until it ends."""
    with lines:
        for line in lines:
            answers.put(json.loads(line))
    answers.put(["ended", None])


@contextmanager
def parts(plans: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, MeasuringProcess]]:
    """Start a process for each role, and end all of them at the end of the ``with``, however it comes."""
    started: dict[str, MeasuringProcess] = {}
    with tempfile.TemporaryFile() as errors:
        try:
            for role, plan in plans.items():
                started[role] = MeasuringProcess(role, plan, errors)
            for part in started.values():
                part.answer("ready")
            yield started
        finally:
            for part in started.values():
                part.end()


def check_clock(part: MeasuringProcess) -> None:
    """Ask a process what the time is: its answer must lie between the question and its receipt.

    ``time.monotonic_ns`` counts from a moment of the machine's, such as its start, on Linux (CLOCK_MONOTONIC), macOS
    and Windows: all processes of a machine read one clock. Containers may have a time namespace of their own.

    Raises
    ------
    MeasurementFailed
    """
    before = time.monotonic_ns()
    part.tell("clock")
    now = part.answer("clock")
    if not before <= now <= time.monotonic_ns():
        away = (now - before) / 1e9
        raise MeasurementFailed(f"the {part.role}'s clock is {away:+.3f} s away from ours; run all on one machine")


def begin(started: Mapping[str, MeasuringProcess]) -> tuple[int, dict[str, list[Any]]]:
    """Let all begin at one moment, and return it (ns) and the rows of each."""
    for part in started.values():
        check_clock(part)
    start = time.monotonic_ns() + START_AFTER_NS
    for part in started.values():
        part.tell(start)
    # The writer first: if it fails, the projector waits for events that never come.
    return start, {role: part.answer("rows") for role, part in started.items()}
