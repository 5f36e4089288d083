"""The law every projection keeps, runnable against a projection of your own."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import reduce
from random import Random
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_float_dtype

from cqrs_lab.errors import CqrsLabError
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.read.accepted import check_declaration
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.projection import Projection
from cqrs_lab.report import Findings, Report

DECLARED = "the projection declares itself"
SAYS_SOMETHING = "the log holds events that the projection reads"
EMPTY = "law 5: an empty slice gives the empty table, with the declared schema"
SCHEMA = "law 5: every table has the declared schema, and no missing values"
SAME_AGAIN = "law 5: the same slice gives the same rows, whatever came before (no state outside the table)"
CUTS = "law 5: however the log is cut, the merged summaries are the summary of the whole"
COMMUTES = "law 5: merge(a, b) = merge(b, a)"
ASSOCIATES = "law 5: merge(merge(a, b), c) = merge(a, merge(b, c))"
IDENTITY = "law 5: merging with the empty table changes nothing"
ROW_BY_ROW = "law 5: a key's row depends only on the two rows with that key"
UNCHANGED = "law 5: merge changes neither of its arguments"
ROUNDING = 1e-9
NEVER_MET = (
    "no row of one slice came up in another, so merging a row with a row was never tried; "
    "give a log in which keys come up again"
)


def check_projection(projection: Projection, log: Any, cuts: int = 24) -> Report:
    """Try law 5 on a projection, with any log.

    Parameters
    ----------
    projection : Projection
    log : EventStore or sequence of RecordedEvent
        Should hold events of every kind the projection reads, on several keys, and keys that come up again.
    cuts : int, optional
        In how many ways the log is cut. Each takes about as long as a rebuild.

    Returns
    -------
    Report
        The first fault of each law: what was done, what was expected, what came. The report cannot know
        what the right answer is: it tells that the answer does not depend on how the log was cut.

    Examples
    --------
    >>> from cqrs_lab import check_projection
    >>> from cqrs_lab.shop.read import ProductListing
    >>> print(check_projection(ProductListing(), []).faults[0].expected)
    at least one of ProductListed, PriceChanged, ProductRetired
    """
    found = Findings(getattr(projection, "name", type(projection).__name__))
    try:
        check_declaration(projection)
    except CqrsLabError as error:
        found.note(
            DECLARED, "looked at its attributes", ("name, version, events, schema, summarise, merge", str(error))
        )
        return found.report()
    events = list(log.read_all()) if hasattr(log, "read_all") else list(log)
    if not EventBatch(events).holds(projection.events):
        kinds = ", ".join(kind.__name__ for kind in projection.events)
        found.note(SAYS_SOMETHING, "looked for its events", (f"at least one of {kinds}", "none"))
        return found.report()
    trial = _Trial(found, projection, cuts)
    for attempt in (trial.empty_slice, trial.same_again, trial.cuts, trial.algebra):
        with found.trying(SCHEMA, attempt.__name__.replace("_", " ")):
            attempt(events)
    if not trial.met:
        found.remark(NEVER_MET)
    return found.report()


class _Trial:
    """One projection under test."""

    def __init__(self, found: Findings, projection: Projection, cuts: int) -> None:
        self.found, self.projection, self.ways = found, projection, cuts
        self.met = False  # have two rows of one key been merged?

    def summary(self, events: Sequence[RecordedEvent], done: str) -> pd.DataFrame:
        rows = self.projection.summarise(EventBatch(events))
        self.projection.schema.check(rows, f"summarise ({done})")
        self._no_missing(rows, f"summarised {done}")
        return rows

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame, done: str = "merged") -> pd.DataFrame:
        # The merge works on copies, so that one which writes into them does not spoil the checks that follow.
        given = table.copy(deep=True), rows.copy(deep=True)
        self.met = self.met or bool(table.index.isin(rows.index).any())
        merged = self.projection.merge(*given)
        self.found.note(UNCHANGED, f"{done}; looked at the first argument", difference(table, given[0]))
        self.found.note(UNCHANGED, f"{done}; looked at the second argument", difference(rows, given[1]))
        self.projection.schema.check(merged, "merge")
        self._no_missing(merged, done)
        return merged

    def _no_missing(self, frame: pd.DataFrame, done: str) -> None:
        # Times may be missing (NaT): datetime64 has no other unset value.
        kinds = [name for name, dtype in frame.dtypes.items() if not str(dtype).startswith("datetime64")]
        holes = [str(name) for name in kinds if bool(frame[name].isna().any())]
        self.found.note(SCHEMA, done, ("0 or '' where nothing is known", f"NaN in {holes[0]!r}") if holes else None)

    def empty_slice(self, events: Sequence[RecordedEvent]) -> None:
        with self.found.trying(EMPTY, "summarised an empty slice"):
            rows = self.projection.summarise(EventBatch([]))
            self.projection.schema.check(rows, "summarise (an empty slice)")
            self.found.expect(EMPTY, "summarised an empty slice; counted the rows", 0, len(rows))

    def same_again(self, events: Sequence[RecordedEvent]) -> None:
        attributes = copy.deepcopy(getattr(self.projection, "__dict__", {}))
        first = self.summary(events, "the whole log")
        kept = first.copy(deep=True)
        again = self.summary(events, "the whole log again")
        self.found.note(SAME_AGAIN, "summarised the whole log twice", difference(kept, again))
        self.summary(events[: len(events) // 2], "the first half")
        second = self.summary(events[len(events) // 2 :], "the second half")
        fresh = self.summary(events[len(events) // 2 :], "the second half again")
        self.found.note(SAME_AGAIN, "summarised the second half twice", difference(second, fresh))
        now = getattr(self.projection, "__dict__", {})
        changed = [name for name in now if repr(now[name]) != repr(attributes.get(name))]
        self.found.expect(SAME_AGAIN, "summarised, then looked at the projection's own attributes", [], changed)

    def cuts(self, events: Sequence[RecordedEvent]) -> None:
        whole, empty = self.summary(events, "the whole log"), self.projection.schema.empty()
        random = Random(5)
        for attempt in range(self.ways):
            parts = [events[: len(events) // 2], events[len(events) // 2 :]] if attempt == 0 else _cut(events, random)
            how = f"cut {len(events)} events into slices of {_sizes(parts)}"
            summaries = [self.summary(part, how) for part in parts]
            if attempt % 3 == 1:
                random.shuffle(summaries)
                how += ", merged in random order"
            if attempt % 3 == 2:
                merged = _as_tree(self.merge, summaries)
                how += ", merged in pairs"
            else:
                merged = reduce(self.merge, summaries, empty)
            self.found.note(CUTS, how, difference(whole, merged))

    def algebra(self, events: Sequence[RecordedEvent]) -> None:
        third = max(1, len(events) // 3)
        a, b, c = (
            self.summary(part, "a third of the log")
            for part in (events[:third], events[third : 2 * third], events[2 * third :])
        )
        empty = self.projection.schema.empty()
        merge, note = self.merge, self.found.note
        note(COMMUTES, "merged two thirds of the log in both orders", difference(merge(a, b), merge(b, a)))
        left, right = merge(merge(a, b), c), merge(a, merge(b, c))
        note(ASSOCIATES, "merged three thirds of the log from the left and from the right", difference(left, right))
        note(IDENTITY, "merged the empty table with a third of the log", difference(a, merge(empty, a)))
        note(IDENTITY, "merged a third of the log with the empty table", difference(a, merge(a, empty)))
        note(IDENTITY, "merged two empty tables", difference(empty, merge(empty, empty)))
        for one, other in ((a, b), (merge(a, b), c), (merge(a, b), c.iloc[:1]), (a.iloc[:1], b)):
            both, touched = merge(one, other), one.loc[one.index.isin(other.index)]
            done = "merged into the touched rows only, and into the whole table; compared the touched rows"
            concerned = both.loc[both.index.isin(other.index)]
            note(ROW_BY_ROW, done, difference(concerned, merge(touched, other)))
            apart = one.loc[~one.index.isin(other.index)]
            done = "merged two tables; looked at the rows that only the first one has"
            note(ROW_BY_ROW, done, difference(apart, both.loc[~both.index.isin(other.index)]))


def difference(expected: pd.DataFrame, came: pd.DataFrame) -> tuple[str, str] | None:
    """Tell the first row in which two tables of one schema differ, order apart; None if they agree.

    Floating-point columns may differ by rounding, 1e-9 relative and 1e-9 absolute: a sum depends on its order, and
    where it cancels, what is left of it is rounding alone.
    """
    ours, theirs = expected.sort_index(), came.sort_index()
    if ours.equals(theirs) and ours.index.names == theirs.index.names:
        return None  # forty times as quick as what follows
    if list(ours) != list(theirs):
        return f"columns {list(ours)}", f"columns {list(theirs)}"
    for only, here, there in ((ours, "a row for", "no such row"), (theirs, "no row for", "one")):
        missing = only.index.difference((theirs if only is ours else ours).index)
        if len(missing):
            return f"{here} {missing[0]!r}", there
    try:
        pd.testing.assert_frame_equal(ours, theirs, rtol=ROUNDING, atol=ROUNDING)
    except AssertionError as error:
        unequal = _unequal(ours, theirs)
        if not unequal.any():
            return "tables of one shape", str(error)
        row = int(unequal.any(axis=1).argmax())
        names = ours.columns[unequal[row]]
        key = ours.index[row]
        here, there = (f"{key!r}: {frame[names].iloc[row].to_dict()}" for frame in (ours, theirs))
        return here, there
    return None


def _unequal(ours: pd.DataFrame, theirs: pd.DataFrame) -> Any:
    """Tell which values differ by more than rounding, so that a row which does not is never named."""
    unequal = (ours != theirs) & ~(ours.isna() & theirs.isna())
    for name in ours:
        if is_float_dtype(ours[name]) and is_float_dtype(theirs[name]):
            unequal[name] = ~np.isclose(theirs[name], ours[name], rtol=ROUNDING, atol=ROUNDING, equal_nan=True)
    return unequal.to_numpy()


def _cut(events: Sequence[RecordedEvent], random: Random) -> list[Sequence[RecordedEvent]]:
    places = sorted(random.randint(0, len(events)) for _ in range(random.choice((1, 3, 12))))
    edges = [0, *places, len(events)]
    parts = [events[start:stop] for start, stop in zip(edges, edges[1:], strict=False)]
    return [*parts, []]  # an empty slice belongs to every cut


def _as_tree(merge: Any, summaries: list[pd.DataFrame]) -> pd.DataFrame:
    while len(summaries) > 1:
        pairs = [summaries[place : place + 2] for place in range(0, len(summaries), 2)]
        summaries = [merge(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return summaries[0]


def _sizes(parts: Sequence[Sequence[RecordedEvent]]) -> str:
    return ", ".join(str(len(part)) for part in parts)
