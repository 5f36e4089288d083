"""Why a cell says what it says: the events of the log that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cqrs_lab.arguments import shown, text
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.difference import difference
from cqrs_lab.read.frames.leave_out import LeaveOut, ManyMerges
from cqrs_lab.read.guards.accepted import check_declaration, checked_log
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.summary import summarised

NO_ROW = "no row"
_FEW = 6


def why(projection: Projection, log: Any, key: Any, column: str) -> Provenance:
    """Return the events that a cell of a read model rests on: its why-provenance, or lineage.

    An event counts if the cell is another one without it, or if the row is gone: the summaries of the other events are
    merged, as law 5 allows, and compared. An event is hidden if that changes nothing unless another event is left out
    too. An event that two others hide, each without the other, is not named.

    Parameters
    ----------
    projection : Projection
        One that keeps law 5.
    log : EventStore or sequence of RecordedEvent
    key : object
        Of the row, as in the table's index; a tuple if the index has several levels.
    column : str

    Returns
    -------
    Provenance

    Raises
    ------
    InvalidArgument
        The table has no such row or column, or the projection does not keep law 5: the summaries of single events,
        merged, are not its table.

    Notes
    -----
    Why-provenance is the term of Buneman, Khanna and Tan, "Why and Where: A Characterization of Data Provenance"
    (ICDT 2001); lineage, that of Cui, Widom and Wiener (ACM TODS, 2000). In those of Meliou, Gatterbauer, Moore and
    Suciu, "The Complexity of Causality and Responsibility for Query Answers and non-Answers" (PVLDB 4, 2010), an event
    that counts is a counterfactual cause, and one that is hidden is an actual cause with a contingency of one event.

    Examples
    --------
    >>> import cqrs_lab as lab
    >>> from cqrs_lab.shop import read, week, write
    >>> store = lab.MemoryEventStore()
    >>> bus = lab.CommandBus(store)
    >>> write.register(bus)
    >>> receipts = [bus.send(command) for command in week.commands()]
    >>> lab.why(read.ProductListing(), store, "cup", "price_mills")
    price_mills of cup is 2,650: PriceChanged at position 10 counts. PriceChanged at 6 is hidden by position 10.
    """
    return Lineage(projection, log).why(key, column)


@dataclass(frozen=True, slots=True)
class Reason:
    """An event that a cell rests on.

    Attributes
    ----------
    recorded : RecordedEvent
    hidden_by : tuple of RecordedEvent
        The events each of which would have to be left out too, for this one to make a difference; empty if it counts.
    without : object
        What the cell would be without this event; `NO_ROW` if the row would be gone.
    """

    recorded: RecordedEvent
    hidden_by: tuple[RecordedEvent, ...]
    without: Any

    @property
    def effect(self) -> str:
        """Whether it "counts" or is "hidden"."""
        return "hidden" if self.hidden_by else "counts"


@dataclass(frozen=True, slots=True, repr=False)
class Provenance:
    """The events that a cell rests on, in the order of the log; it prints as a sentence.

    Attributes
    ----------
    key : object
    column : str
    value : object
        What the cell says.
    reasons : tuple of Reason
    """

    key: Any
    column: str
    value: Any
    reasons: tuple[Reason, ...]

    def frame(self) -> pd.DataFrame:
        """Return one row per event: position, event, stream, effect ("counts", "hidden"), hidden_by, without.

        `hidden_by` lists positions, `without` is what the cell would be without the event, both as text.
        """
        rows = {
            "position": pd.array([one.recorded.position for one in self.reasons], dtype="int64"),
            "event": pd.array([type(one.recorded.event).__name__ for one in self.reasons], dtype="str"),
            "stream": pd.array([one.recorded.stream for one in self.reasons], dtype="str"),
            "effect": pd.array([one.effect for one in self.reasons], dtype="str"),
            "hidden_by": pd.array([_positions(one.hidden_by) for one in self.reasons], dtype="str"),
            "without": pd.array([in_words(one.without) for one in self.reasons], dtype="str"),
        }
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        return f"{self.column} of {in_words(self.key)} is {in_words(self.value)}: {self._counting()}{self._hidden()}"

    def _counting(self) -> str:
        names = [_name(one) for one in self.reasons if not one.hidden_by]
        return f"{_listed(names)} count{'s'[: len(names) == 1]}." if names else "no event counts alone."

    def _hidden(self) -> str:
        hidden = [one for one in self.reasons if one.hidden_by]
        by = [f" {_name(one, ' at')} is hidden by position {_positions(one.hidden_by)}." for one in hidden[:_FEW]]
        more = f" {len(hidden) - _FEW} more are hidden." if len(hidden) > _FEW else ""
        return "".join(by) + more


class Lineage:
    """What the cells of a projection's table rest on; the summaries that it takes are made once and kept.

    Parameters
    ----------
    projection : Projection
    log : EventStore or sequence of RecordedEvent

    Attributes
    ----------
    table : DataFrame
        The projection's, made from the whole log.

    Examples
    --------
    >>> from cqrs_lab.read.why import Lineage
    >>> from cqrs_lab.shop.read import BestSellers
    >>> Lineage(BestSellers(), []).table.columns.to_list()
    ['units', 'revenue_mills']
    """

    def __init__(self, projection: Projection, log: Any) -> None:
        check_declaration(projection)
        events = checked_log(log)
        EventBatch(events).holds(projection.events)
        self.projection = projection
        self._events = [one for one in events if type(one.event) in projection.events]
        self._summaries: dict[tuple[int, int], pd.DataFrame] = {}
        self._rows: dict[int, tuple[list[RecordedEvent], LeaveOut]] = {}
        self.table = self._summary(0, len(self._events))

    def why(self, key: Any, column: str) -> Provenance:
        """Return the events that a cell rests on, as `cqrs_lab.why` does."""
        columns = self.projection.schema.columns
        if text("column", column, f"the name of a column; give one of {', '.join(columns)}") not in columns:
            raise InvalidArgument(f"no column {column!r} in {self.projection.name}; give one of {', '.join(columns)}")
        row = self.place(key)
        if row not in self._rows:
            self._rows[row] = self._left_out(row)
        events, left_out = self._rows[row]
        rest, counts = left_out.rest, left_out.counts(column)
        hidden = left_out.hidden(column, counts)
        reasons = []
        for at, recorded in enumerate(events):
            if counts[at] or at in hidden:
                without = rest.at[at, column] if at in rest.index else NO_ROW
                reasons.append(Reason(recorded, tuple(events[one] for one in hidden.get(at, ())), without))
        return Provenance(self.table.index[row], column, self.table[column].iloc[row], tuple(reasons))

    def place(self, key: Any) -> int:
        """Return the number of a key's row, or refuse a key that has none."""
        try:
            row = self.table.index.get_loc(key)
        except (KeyError, TypeError, ValueError, pd.errors.InvalidIndexError):
            row = None
        if not isinstance(row, int):
            known = ", ".join(map(repr, self.table.index[:_FEW].tolist()))
            there = f"give one of {known}{', …' if len(self.table) > _FEW else ''}" if known else "it has no rows"
            raise InvalidArgument(f"no row {shown(key)} in {self.projection.name}; {there}")
        return row

    def _summary(self, start: int, end: int) -> pd.DataFrame:
        """Return the summary of a part of the log."""
        if (start, end) not in self._summaries:
            self._summaries[start, end] = summarised(self.projection, EventBatch(self._events[start:end]))[0]
        return self._summaries[start, end]

    def _touching(self, key: Any, start: int, end: int) -> list[int]:
        """Return the events of a part that have a row for this key: parts without one are not looked into."""
        if key not in self._summary(start, end).index:
            return []
        if end - start == 1:
            return [start]
        middle = (start + end) // 2
        return [*self._touching(key, start, middle), *self._touching(key, middle, end)]

    def _left_out(self, row: int) -> tuple[list[RecordedEvent], LeaveOut]:
        """Return a row's events, and the row without any of them."""
        key, expected = self.table.index[[row]], self.table.iloc[[row]]
        touching = self._touching(key[0], 0, len(self._events))
        singles = [self._summary(at, at + 1) for at in touching]
        rows = [one.take(one.index.get_indexer(key)) for one in singles]
        found = None
        for labelled in (True, False) if touching else ():
            merge = ManyMerges(self.projection.merge, self.projection.schema, key, labelled)
            try:
                left_out = LeaveOut(merge, pd.concat(rows).reset_index(drop=True))
            except LookupError:  # a merge that looks its keys up somewhere needs the real ones
                continue
            found = _apart(expected, left_out.every)
            if found is None:
                return [self._events[at] for at in touching], left_out
        raise InvalidArgument(_broken(self.projection, *(found or ("a row", "none"))))


def _apart(expected: pd.DataFrame, merged: pd.DataFrame) -> tuple[str, str] | None:
    """Return where a row differs from one of those that should be the same."""
    if difference(expected.take(np.zeros(len(merged), dtype=int)).set_axis(merged.index), merged) is None:
        return None
    each = (difference(expected, merged.take([at]).set_axis(expected.index)) for at in range(len(merged)))
    return next(one for one in each if one is not None)


def _broken(projection: Projection, expected: str, came: str) -> str:
    return (
        f"{projection.name} does not keep law 5 (however the log is cut, the merged summaries are the summary of the "
        f"whole): the whole log gives {expected}, and its events one by one {came}; check_projection(projection, log) "
        "shows what is wrong"
    )


def in_words(value: Any) -> str:
    """Return a value of a cell, or a key, as text."""
    if isinstance(value, tuple):
        return ", ".join(map(in_words, value))
    if isinstance(value, pd.Timestamp):
        return str(value).removesuffix(" 00:00:00")
    if pd.api.types.is_number(value) and not pd.api.types.is_bool(value):
        return f"{value:,}".replace("-", "\N{MINUS SIGN}")
    return str(value) or "(empty)"


def _positions(events: tuple[RecordedEvent, ...]) -> str:
    return ", ".join(str(one.position) for one in events)


def _name(reason: Reason, at: str = " at position") -> str:
    return f"{type(reason.recorded.event).__name__}{at} {reason.recorded.position}"


def _listed(names: list[str]) -> str:
    if len(names) > _FEW:
        names = [*names[:_FEW], f"{len(names) - _FEW} more"]
    return " and ".join([*([", ".join(names[:-1])] if names[:-1] else []), names[-1]])
