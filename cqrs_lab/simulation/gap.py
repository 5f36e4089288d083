"""The gap: transactions get their positions before they commit, and a reader skips one forever."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Literal

import numpy as np
import pandas as pd
import simpy
from simpy.events import ProcessGenerator

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.event_store import Expected
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.merge import merge_rows
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.read.projector import Projector
from cqrs_lab.simulation.arguments import among, is_real, positive, whole
from cqrs_lab.simulation.draws import child
from cqrs_lab.simulation.gap_rules import Rule
from cqrs_lab.simulation.gappy_store import GappyEventStore
from cqrs_lab.simulation.stage import AFTER_ALL_ELSE, Stage, at

Remedy = Literal["none", "lock", "low watermark", "gap-aware reader"]
MOST_POLLS = 100_000
MOST_TRANSACTIONS = 10_000
"""A real projector catches up with each: some five milliseconds."""
REMEDIES: tuple[Remedy, ...] = ("none", "lock", "low watermark", "gap-aware reader")


@dataclass(frozen=True, slots=True)
class Transaction:
    """What one writer does: gets a position, and commits or aborts some time later.

    Attributes
    ----------
    takes_at : float
        Seconds.
    lasts : float
        Seconds until it ends; infinite if it stays open.
    aborts : bool
        It aborts, and its position is never used.
    """

    takes_at: float
    lasts: float
    aborts: bool = False


@dataclass(frozen=True, slots=True)
class TransactionRecorded:
    """The event that a transaction records."""

    transaction: int


class TransactionsSeen:
    """The reader's table: which transactions it has seen."""

    name, version, events = "seen", 1, (TransactionRecorded,)
    schema = Schema(index={"transaction": "int64"}, columns={"at_position": "int64"})

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Return one row per transaction."""
        recorded = batch.frame(TransactionRecorded)
        index = pd.Index(recorded["transaction"].array, name="transaction")
        return pd.DataFrame({"at_position": recorded["position"].array}, index)

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Return both tables as one."""
        return merge_rows(table, rows, latest={"at_position": []})


class GapRun:
    """What a reader saw of some transactions.

    Attributes
    ----------
    events : DataFrame
        One row per transaction (from 1): wanted_at (float64, seconds: when its writer wanted to begin), position
        (int64; 0 if it took none), took_at (float64, seconds: later than wanted_at where a lock made it wait; NaN if
        it took none), committed_at (float64, seconds; NaN if it aborted or is open), visible_at (float64, seconds; NaN
        if never), skipped (bool: committed, not seen, and the reader is past it).
    polls : DataFrame
        One row per poll: seconds (float64), upto (int64, the reader's position then), lag_events (int64).
    """

    def __init__(self, events: pd.DataFrame, polls: pd.DataFrame) -> None:
        self.events, self.polls = events, polls

    @property
    def unread(self) -> pd.Series:
        """Which events are committed, and not read at the end: skipped, or waited before."""
        return self.events["committed_at"].notna() & self.events["visible_at"].isna()

    def summary(self) -> pd.Series:
        """Return how many were skipped, and how long the others waited from when their writer wanted to begin."""
        waited = self.events["visible_at"] - self.events["wanted_at"]
        return pd.Series({"skipped": int(self.events["skipped"].sum()), "mean_seconds": waited.mean()})


def draw_transactions(count: int, seed: int = 0, *, rate: float = 2.0, lasts: float = 0.2) -> list[Transaction]:
    """Draw transactions that begin at random and take a random time; one in twenty gives up."""
    count, seed = whole("count", count, most=MOST_TRANSACTIONS), whole("seed", seed, least=0)
    rate, lasts = positive("rate", rate), positive("lasts", lasts)
    random = child(seed, "transactions")
    begun = np.cumsum(random.exponential(1 / rate, count))
    return [
        Transaction(float(one), float(seconds), bool(gives_up < 0.05))
        for one, seconds, gives_up in zip(begun, random.exponential(lasts, count), random.random(count), strict=True)
    ]


def simulate_gap(
    transactions: Sequence[Transaction],
    remedy: Remedy | Rule = "none",
    *,
    interval_seconds: float = 1.0,
    patience_seconds: float = 5.0,
    until_seconds: float | None = None,
) -> GapRun:
    """Simulate a real projector that polls a store while transactions write to it, in virtual time.

    Parameters
    ----------
    transactions : sequence of Transaction
    remedy : {"none", "lock", "low watermark", "gap-aware reader"} or callable, optional
        lock: one transaction at a time; the others wait before they get a position. For the rest, and for a rule of
        your own, see `GappyEventStore`.
    interval_seconds : float, optional
        Seconds between two polls; the first poll comes after one interval.
    patience_seconds : float, optional
        How long a gap-aware reader waits for a missing position, from the poll at which it first saw a later one.
    until_seconds : float, optional
        The reader polls up to that moment; without it, until nothing more can come.

    Returns
    -------
    GapRun

    Raises
    ------
    InvalidArgument
        A time is no time, or the reader would poll forever, or more than 100,000 times; or there are more than 10,000
        transactions.
    """
    if not callable(remedy):
        among("remedy", remedy, REMEDIES)
    positive("interval_seconds", interval_seconds)
    positive("patience_seconds", patience_seconds, zero=True)
    if until_seconds is not None:
        positive("until_seconds", until_seconds, zero=True)
    transactions = _checked(transactions)
    _check_end(transactions, interval_seconds, patience_seconds, until_seconds)
    return _Gap(transactions, remedy, interval_seconds, patience_seconds).outcome(until_seconds)


def _checked(transactions: Any) -> list[Transaction]:
    """Return the transactions with plain numbers."""
    wanted = "give a list of Transaction(takes_at, lasts)"
    if not isinstance(transactions, Iterable):
        raise InvalidArgument(f"transactions={shown(transactions)}: {wanted}")
    checked = []
    for one in islice(transactions, MOST_TRANSACTIONS + 1):
        if not isinstance(one, Transaction):
            raise InvalidArgument(f"transactions hold {shown(one)}: {wanted}")
        times = one.takes_at, one.lasts
        if not all(map(is_real, times)) or not 0 <= one.takes_at < math.inf or not one.lasts >= 0:
            why = "give takes_at and lasts in seconds, 0 or more; only lasts may be endless"
            raise InvalidArgument(f"{shown(one)}: {why}")
        checked.append(Transaction(float(one.takes_at), float(one.lasts), bool(one.aborts)))
    if len(checked) > MOST_TRANSACTIONS:
        raise InvalidArgument(f"more than {MOST_TRANSACTIONS:,} transactions; a real projector reads each: give fewer")
    return checked


def _check_end(
    transactions: Sequence[Transaction], interval_seconds: float, patience_seconds: float, until_seconds: float | None
) -> None:
    if until_seconds is None and any(math.isinf(one.lasts) for one in transactions):
        raise InvalidArgument("a transaction stays open, and the reader would poll forever; give until_seconds")
    if until_seconds is not None and until_seconds < interval_seconds:
        raise InvalidArgument(f"until_seconds={until_seconds:g} is before the first poll, at {interval_seconds:g}")
    last = max((one.takes_at for one in transactions), default=0) + sum(one.lasts for one in transactions)
    end = last + patience_seconds if until_seconds is None else until_seconds
    if not end / interval_seconds <= MOST_POLLS:
        raise InvalidArgument(
            f"polls every {interval_seconds:g} s for {end:g} s are more than {MOST_POLLS:,}; "
            "give until_seconds, or a longer interval"
        )


def compare_remedies(
    transactions: Sequence[Transaction], rules: Mapping[str, Rule] | None = None, **options: Any
) -> pd.DataFrame:
    """Return what each remedy makes of the same transactions.

    Parameters
    ----------
    transactions : sequence of Transaction
    rules : mapping of str to callable, optional
        Rules of your own, as `gap_rules.Rule`, by the names of their rows.
    **options
        As `simulate_gap` takes them.

    Returns
    -------
    DataFrame
        One row per remedy: skipped (int64), unread (int64: committed, and not read at the end; with the skipped ones),
        mean_seconds (from wanting to begin until it is visible), added_seconds (more than without a remedy, on average
        over what was seen without one).
    """
    remedies: dict[str, Remedy | Rule] = {**{one: one for one in REMEDIES}, **(rules or {})}
    return compare_runs({name: simulate_gap(transactions, remedy, **options) for name, remedy in remedies.items()})


def compare_runs(runs: Mapping[str, GapRun]) -> pd.DataFrame:
    """Return what `compare_remedies` does, of runs of the same transactions; the one without a remedy is "none"."""
    seen = runs["none"].events["visible_at"].notna()
    rows = {name: run.summary() for name, run in runs.items()}
    table = pd.DataFrame(rows).T.astype({"skipped": "int64"}).rename_axis("remedy")
    bare = runs["none"].events["visible_at"][seen]
    table.insert(1, "unread", [int(run.unread.sum()) for run in runs.values()])
    table["added_seconds"] = [(run.events["visible_at"][seen] - bare).mean() for run in runs.values()]
    return table


class _Gap(Stage):
    """The state of one run: writers with their transactions, and a reader who polls."""

    def __init__(
        self,
        transactions: Sequence[Transaction],
        remedy: Remedy | Rule,
        interval_seconds: float,
        patience_seconds: float,
    ) -> None:
        store_remedy: Any = "none" if remedy == "lock" else remedy
        super().__init__(store=partial(GappyEventStore, remedy=store_remedy, patience_seconds=patience_seconds))
        self.transactions, self.interval = list(transactions), interval_seconds
        self.writing = simpy.Resource(self, capacity=1 if remedy == "lock" else max(1, len(self.transactions)))
        self.reader = Projector(self.store, TransactionsSeen(), clock=lambda: self.now)
        self.position = np.zeros(len(self.transactions), dtype="int64")
        self.took_at, self.committed_at, self.visible_at = np.full((3, len(self.transactions)), np.nan)
        self.polls: list[tuple[float, int, int]] = []
        self.quiet_polls = int(np.ceil(patience_seconds / interval_seconds)) + 2

    def outcome(self, until_seconds: float | None) -> GapRun:
        written = self.all_of([self.enters(self._write(number, one)) for number, one in enumerate(self.transactions)])
        self.play(self._read(written, until_seconds))
        polls = pd.DataFrame(self.polls, columns=["seconds", "upto", "lag_events"])
        passed = (self.position >= 1) & (self.position <= self.reader.position)
        columns = {
            "wanted_at": np.array([one.takes_at for one in self.transactions], dtype="float64"),
            "position": self.position,
            "took_at": self.took_at,
            "committed_at": self.committed_at,
            "visible_at": self.visible_at,
            "skipped": ~np.isnan(self.committed_at) & np.isnan(self.visible_at) & passed,
        }
        return GapRun(pd.DataFrame(columns, pd.RangeIndex(1, len(self.transactions) + 1, name="transaction")), polls)

    def _write(self, number: int, transaction: Transaction) -> ProcessGenerator:
        yield at(self, transaction.takes_at)
        with self.writing.request() as turn:
            yield turn
            self.took_at[number] = self.now
            with self.store.hold(aborts=transaction.aborts):
                event = TransactionRecorded(number + 1)
                taken = self.store.append(f"transaction-{number + 1}", [event], expected=Expected.NO_STREAM)
                self.position[number] = taken.position
                yield self.timeout(transaction.lasts)
            if not transaction.aborts:
                self.committed_at[number] = self.now

    def _read(self, written: Any, until_seconds: float | None) -> ProcessGenerator:
        quiet, tick = 0, 0
        while quiet < self.quiet_polls if until_seconds is None else (tick + 1) * self.interval <= until_seconds:
            tick += 1
            yield at(self, tick * self.interval, AFTER_ALL_ELSE)
            if self.reader.catch_up():
                self.visible_at[self._new_to_the_reader()] = self.now
            self.polls.append((self.now, self.reader.position, int(self.reader.status.lag_events)))
            quiet += written.processed

    def _new_to_the_reader(self) -> Any:
        """Return which transactions the table shows for the first time. Only their rows are asked for, not all."""
        unseen = pd.Index(np.flatnonzero((self.position >= 1) & np.isnan(self.visible_at)) + 1, name="transaction")
        return self.reader.serving.model.rows(unseen).index.to_numpy() - 1
