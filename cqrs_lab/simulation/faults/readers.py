"""The readers during a run: what they saw, and which promises were broken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.simulation import guarantees
from cqrs_lab.simulation.faults.broken_law import BrokenLaw

PROMISES = {
    "read_your_writes": "law 9: a query with a receipt's position gets no older state (read your writes)",
    "monotonic_reads": "monotonic reads: what a reader was shown does not go away",
    "consistent_prefix": "consistent prefix: no event is shown without those in front of it",
}
COLUMNS = ("session", "op", "key", "invoke", "ret", "version", "position", "applied")


def command_id(number: int) -> str:
    """Return the id under which a story's command is sent, every time it is sent."""
    return f"command-{number}"


class Readers:
    """Keeps a trace of sessions, in the format of `simulation.guarantees`.

    One reader looks after each step; a look that shows nothing new is not kept. The sender of a command asks with
    the receipt's position until there is an answer: a table that is not there yet does not answer.

    Attributes
    ----------
    shown : frozenset of int
        What the reader last saw.
    """

    def __init__(self) -> None:
        self._sent: dict[str, tuple[str, float, float]] = {}
        self._waiting: dict[str, int] = {}
        self._reads: list[tuple[Any, ...]] = []
        self.shown = frozenset[int]()
        self._moment = 0.0

    def received(self, number: int, asked: float, now: float, position: int) -> None:
        """Record that the sender of a command has its receipt."""
        self._sent[command_id(number)], self._waiting[f"sender {number}"] = (f"sender {number}", asked, now), position

    def look(self, now: float, position: int, applied: frozenset[int]) -> None:
        """Let everyone look at a table at this position, with exactly these events in it."""
        # Steps of one moment follow each other: a look comes a millisecond after the one before, at least.
        self._moment = now = max(now, self._moment + 0.001)
        asking = [sender for sender, token in self._waiting.items() if position >= token]
        for sender in asking:
            del self._waiting[sender]
        for session in [*asking, "reader"] if applied != self.shown else asking:
            self._reads.append((session, "r", "log", now, now, max(applied, default=0), position, applied))
        self.shown = applied

    def trace(self, log: Iterable[RecordedEvent], end: float) -> pd.DataFrame:
        """Return one row per operation, in order of time; a write without a receipt is done at the end."""
        rows = list(self._reads)
        for one in log:
            sender, asked, answered = self._sent.get(one.command_id or "", ("nobody", one.recorded_at, end))
            rows.append((sender, "w", "log", asked, answered, one.position, one.position, None))
        # What is written at a moment can be read at that moment, and stands first.
        rows.sort(key=lambda row: (row[4], row[1] == "r"))
        return pd.DataFrame(rows, columns=list(COLUMNS))


def broken_promises(trace: pd.DataFrame) -> list[BrokenLaw]:
    """Return each promise that was broken, with the first case."""
    verdicts = guarantees.check(trace)
    broken = {law: verdicts[name].broken_by for name, law in PROMISES.items() if not verdicts[name].holds}
    return [BrokenLaw(law, cases[0].says) for law, cases in broken.items()]
