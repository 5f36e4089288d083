"""Two writers and a reader take turns in any order, on a real store and a real projector."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import NamedTuple

import pandas as pd

from cqrs_lab.log.event_store import Expected
from cqrs_lab.read.projector import Projector
from cqrs_lab.simulation.gap import TransactionRecorded, TransactionsSeen
from cqrs_lab.simulation.gap_rules import Rule
from cqrs_lab.simulation.gappy_store import GappyEventStore

WRITERS, READER = ("Ada", "Ben"), "the reader"
WHO = (*WRITERS, READER)


class Move(NamedTuple):
    """What somebody did: begin, commit, look, or nothing where a writer has finished."""

    who: str
    does: str
    words: tuple[str, str]

    def __str__(self) -> str:
        return f"{self.who}: {' '.join(self.words)}".rstrip()


class Turns:
    """One order, played to the end on a store of its own; for each event the moves that took, committed and read it."""

    def __init__(self, rule: Rule, order: Sequence[str]) -> None:
        self.moves: list[Move] = []
        self.store = GappyEventStore(lambda: float(len(self.moves)), rule)
        self.reader = Projector(self.store, TransactionsSeen(), clock=lambda: float(len(self.moves)))
        self.open = dict[str, ExitStack]()
        self.position, self.took, self.committed, self.read = (dict[str, int]() for _ in range(4))
        for who in order:
            self._move(who)
        for who in WRITERS:
            while who not in self.committed:
                self._move(who)
        self._move(READER)

    def _move(self, who: str) -> None:
        number = len(self.moves) + 1
        if who == READER:
            did = self._look(number)
        elif who not in self.took:
            did = self._begin(who, number)
        elif who in self.open:
            self.open.pop(who).close()
            self.committed[who] = number
            did = Move(who, "commits", ("commits", f"{self.position[who]}"))
        else:
            did = Move(who, "waits", ("is done", ""))
        self.moves.append(did)

    def _begin(self, who: str, number: int) -> Move:
        self.open[who] = ExitStack()
        self.open[who].enter_context(self.store.hold())
        event = TransactionRecorded(WRITERS.index(who) + 1)
        self.position[who] = self.store.append(who, [event], expected=Expected.NO_STREAM).position
        self.took[who] = number
        return Move(who, "begins", ("takes", f"{self.position[who]}"))

    def _look(self, number: int) -> Move:
        self.reader.catch_up()
        seen = [WRITERS[at - 1] for at in self.reader.table.index]
        new = [who for who in seen if who not in self.read]
        self.read |= dict.fromkeys(new, number)
        read = ", ".join(sorted(f"{self.position[who]}" for who in new))
        return Move(READER, "looks", (f"reads {read}" if new else "no news", f"at {self.reader.position}"))

    def frame(self) -> pd.DataFrame:
        """Return one row per writer, as `interleaving` says."""
        index = pd.Index(WRITERS, name="writer")
        columns = {"took_at": self.took, "committed_at": self.committed, "read_at": self.read}
        frame = pd.DataFrame({"position": pd.Series(self.position)}, index)
        for name, moves in columns.items():
            frame[name] = pd.Series(moves, index, dtype="float64")
        return frame.assign(never_read=frame["read_at"].isna())

    def passed(self, who: str) -> bool:
        """Return whether this event is never read: the reader has passed it."""
        return who not in self.read and self.reader.position >= self.position[who]

    def said(self) -> str:
        """Return a sentence for each event, the smaller position first."""
        return " ".join(self._said(who) for who in sorted(WRITERS, key=self.position.__getitem__))

    def _said(self, who: str) -> str:
        if who in self.read:
            return f"{who}'s event is read at move {self.read[who]}."
        if not self.passed(who):
            return f"{who}'s event at position {self.position[who]} is not read: the reader stops before it."
        lag = self.reader.status.lag_events
        return f"{who}'s event at position {self.position[who]} is never read, and the reader's lag is {lag}."
