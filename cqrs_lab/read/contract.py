"""The law that every projection keeps, to try on a projection of your own."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import reduce
from itertools import islice
from random import Random
from typing import Any

import pandas as pd

from cqrs_lab.arguments import whole_number
from cqrs_lab.errors import CqrsLabError
from cqrs_lab.findings import Findings, Report
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.guards.identity import check_read
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.cuts import Part, joined, lengthened, smallest, told, ways_to_cut, with_gaps
from cqrs_lab.read.frames.difference import changed, difference
from cqrs_lab.read.frames.holes import hole_in_columns, hole_in_index
from cqrs_lab.read.guards.accepted import check_declaration, checked_log
from cqrs_lab.read.guards.rowless import remark_rowless
from cqrs_lab.read.outside import at_other_times, attributes_of, calls_of_the_clock, elsewhere
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.read_model import ReadModel
from cqrs_lab.words import count

DECLARED = "the projection declares itself"
SAYS_SOMETHING = "the log holds events that the projection reads"
ITS_EVENTS = "only events of the types in `events` count"
EMPTY = "law 5: an empty slice gives the empty table, with the declared schema"
SCHEMA = "law 5: every table has the declared schema, and no missing values"
CLOCK = "law 5: a table comes from the log alone, not from the clock"
SAME_AGAIN = "law 5: the same slice gives the same rows, whatever came before (no state outside the table)"
CUTS = "law 5: however the log is cut, the merged summaries are the summary of the whole"
FOLLOWED = "law 5: a table that follows the log batch by batch is the table built from the whole log"
COMMUTES = "law 5: merge(a, b) = merge(b, a)"
ASSOCIATES = "law 5: merge(merge(a, b), c) = merge(a, merge(b, c))"
IDENTITY = "law 5: merging with the empty table changes nothing"
ROW_BY_ROW = "law 5: a key's row depends only on the two rows with that key"
UNCHANGED = "law 5: merge changes neither of its arguments"
EVENTS_UNCHANGED = "law 5: summarise changes nothing in the log"
MANY = 2_500
NEVER_MET = (
    "no two slices had a key in common, so merging two rows was never tried; "
    "give a log in which keys recur"
)


def check_projection(projection: Projection, log: Any, cuts: int = 24) -> Report:
    """Return a report on whether a projection keeps law 5, tried with any log.

    Parameters
    ----------
    projection : Projection
    log : EventStore or sequence of RecordedEvent
        Should hold events of every type that the projection reads, on several keys, with keys that recur.
    cuts : int, optional
        How many ways to cut the log: in halves, by stream, by event type, in turn, at random. Each takes about as
        long as a rebuild.

    Returns
    -------
    Report
        The first fault of each law: what was done, what was expected, what came. A wrong table is shown for the fewest
        events that still make it wrong. The report cannot know the right answer: it says whether the answer depends on
        how the log was cut.

    Raises
    ------
    InvalidArgument
        `log` is not a log, or `cuts` is not a number.
    DefinedAgain
        The log holds events of a class that was defined again since.

    Examples
    --------
    >>> from cqrs_lab import check_projection
    >>> from cqrs_lab.shop.read import ProductListing
    >>> print(check_projection(ProductListing(), []).faults[0].expected)
    at least one of ProductListed, PriceChanged, ProductRetired
    """
    cuts = whole_number("cuts", cuts, "a number of ways to cut a log; give 1 or more", least=1)
    events = checked_log(log)
    found = Findings(str(getattr(projection, "name", type(projection).__name__)))
    try:
        check_declaration(projection)
    except CqrsLabError as error:
        wanted = "name, version, events, schema, summarise, merge"
        found.note(DECLARED, "looked at its attributes", (wanted, str(error)))
        return found.report()
    there = {type(one.event): one.position for one in reversed(events)}
    check_read(there, projection.events)
    missing = [kind.__name__ for kind in projection.events if kind not in there]
    if len(missing) == len(projection.events):
        wanted = f"at least one of {', '.join(missing)}" if missing else "at least one type in `events`"
        found.note(SAYS_SOMETHING, "looked for its events", (wanted, "none"))
        return found.report()
    if missing:
        found.remark(f"the log holds no {', no '.join(missing)}; how the projection handles it was not tried")
    trial = _Trial(found, projection, cuts)
    for attempt in trial.attempts():
        with found.trying(SCHEMA, attempt.__name__.replace("_", " ")):
            attempt(events)
    if not trial.met:
        found.remark(NEVER_MET)
    remark_rowless(found, projection, events, SCHEMA)
    return found.report()


class _Trial:
    """One projection under test."""

    def __init__(self, found: Findings, projection: Projection, cuts: int) -> None:
        self.found, self.projection, self.ways = found, projection, cuts
        self.met = False  # have two rows of one key been merged?
        self.summaries: dict[tuple[int, ...], pd.DataFrame] = {}

    def attempts(self) -> tuple[Callable[[Part], None], ...]:
        """Return what is tried, in this order: a first call that differs from later ones shows only once."""
        once = self.same_again, self.empty_slice, self.at_any_time, self.its_events
        return *once, self.algebra, self.cuts, self.follows, self.many_events

    def summary(self, events: Sequence[RecordedEvent] | EventBatch, done: str) -> pd.DataFrame:
        batch = events if isinstance(events, EventBatch) else EventBatch(events)
        rows = self.projection.summarise(batch)
        self.projection.schema.check(rows, f"summarise ({done})")
        self._no_missing(rows, f"summarised {done}")
        return rows

    def known_summary(self, events: Part, done: str) -> pd.DataFrame:
        """Return the summary of events that may have been summarised before: many cuts have parts in common.

        Events are told apart by where they lie: a copy of the log, with other positions, is another log.
        """
        if (key := tuple(map(id, events))) not in self.summaries:
            self.summaries[key] = self.summary(events, done)
        return self.summaries[key]

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame, done: str = "merged") -> pd.DataFrame:
        # The merge gets copies, so that one which writes into them does not spoil the checks that follow.
        given = table.copy(deep=True), rows.copy(deep=True)
        self.met = self.met or bool(table.index.isin(rows.index).any())
        merged = self.projection.merge(*given)
        self.found.note(UNCHANGED, f"{done}; looked at the first argument", changed(table, given[0]))
        self.found.note(UNCHANGED, f"{done}; looked at the second argument", changed(rows, given[1]))
        self.projection.schema.check(merged, "merge")
        self._no_missing(merged, done)
        self._every_key(table, rows, merged)
        return merged

    def _every_key(self, table: pd.DataFrame, rows: pd.DataFrame, merged: pd.DataFrame) -> None:
        lost = new = merged.index[:0]
        if {*table.index, *rows.index} != {*merged.index}:
            both = table.index.append(rows.index)
            lost, new = both[~both.isin(merged.index)], merged.index[~merged.index.isin(both)]
        done = "merged two tables; looked for the rows of both"
        self.found.note(ROW_BY_ROW, done, (f"a row for {lost[0]!r}", "no such row") if len(lost) else None)
        self.found.note(ROW_BY_ROW, done, (f"no row for {new[0]!r}", "one") if len(new) else None)

    def _no_missing(self, frame: pd.DataFrame, done: str) -> None:
        for hole in (hole_in_columns(frame), hole_in_index(frame)):
            self.found.note(SCHEMA, done, hole)

    def empty_slice(self, events: Part) -> None:
        with self.found.trying(EMPTY, "summarised an empty slice"):
            rows = self.projection.summarise(EventBatch([]))
            self.projection.schema.check(rows, "summarise (an empty slice)")
            self.found.expect(EMPTY, "summarised an empty slice; counted the rows", 0, len(rows))

    def same_again(self, events: Part) -> None:
        attributes = attributes_of(self.projection)
        written = [repr(one) for one in events]
        batch, half = EventBatch(events), len(events) // 2
        first = self.summary(batch, "the whole log")
        kept = first.copy(deep=True)
        hows = "the same batch twice", "the whole log twice", "a copy of the whole log"
        for how, again in zip(hows, (batch, EventBatch(events), EventBatch(elsewhere(events))), strict=True):
            self.found.note(SAME_AGAIN, f"summarised {how}", changed(kept, self.summary(again, how), sort=True))
        self.summary(events[:half], "the first half")
        second = self.summary(events[half:], "the second half").copy(deep=True)
        fresh = self.summary(events[half:], "the second half again")
        self.found.note(SAME_AGAIN, "summarised the second half twice", difference(second, fresh))
        other = copy.deepcopy(self.projection).summarise(EventBatch(events))
        self.found.note(SAME_AGAIN, "summarised the whole log with a copy of the projection", difference(kept, other))
        others = [name for name, held in attributes_of(self.projection).items() if held != attributes.get(name)]
        self.found.expect(SAME_AGAIN, "summarised, then looked at the projection's own attributes", [], others)
        for before, one in zip(written, events, strict=True):
            if repr(one) != before:
                return self.found.note(EVENTS_UNCHANGED, "summarised, then looked at the events", (before, repr(one)))

    def at_any_time(self, events: Part) -> None:
        """Summarise with the computer's clock at other times."""
        now = self.summary(events, "the whole log")
        for how, clock in at_other_times(events).items():
            with clock:
                then = self.summary(events, "the whole log")
            self.found.note(CLOCK, f"summarised the whole log, now and {how}", changed(now, then, sort=True))
        module = type(self.projection).__module__
        if called := calls_of_the_clock(module, lambda: self.summary(events, "the whole log")):
            self.found.note(CLOCK, "summarised the whole log", ("recorded_at, for a time", f"a call of {called[0]}"))

    def many_events(self, events: Part) -> None:
        """Compare large batches with small ones: the same events happen again and again."""
        log = lengthened(events, MANY)
        if self.found.faults or (len(log) > len(events) and not self._may_recur(events)):
            return
        whole = self.summary(log, f"{count(len(log), 'event')}, in which those of the log happen again and again")
        for size in (len(log) // 2, 100):
            parts = [log[at : at + size] for at in range(0, len(log), size)]
            merged = self._merged([self.summary(part, "a part of them") for part in parts], "in pairs")
            done = f"summarised {len(log):,} events, the log's own again and again, at once and {size:,} at a time"
            self.found.note(CUTS, done, difference(merged, whole))

    def _may_recur(self, events: Part) -> bool:
        """Return whether each event may happen twice: some cannot, such as an order that is placed."""
        twice = lengthened(events, 2 * len(events))
        alone = _Trial(Findings(""), self.projection, 1)
        with alone.found.trying(SCHEMA, "summarised each event twice"):
            alone._breaks("in halves", "in pairs", [twice[: len(events)], twice[len(events) :]])
        return not alone.found.faults

    def its_events(self, events: Part) -> None:
        """Compare with and without the events that the projector would skip in a batch of their own."""
        rest = [one for one in events if type(one.event) not in self.projection.events]
        own = [one for one in events if type(one.event) in self.projection.events]

        def apart(parts: list[Part]) -> tuple[str, str] | None:
            mixed = joined(parts)
            if not mixed or not parts[0]:
                return None
            return difference(self.summary(parts[0], "its own events"), self.summary(mixed, "mixed with others"))

        parts = [own, rest]
        if found := apart(parts):
            parts = smallest(parts, lambda fewer: apart(fewer) is not None)
            found = apart(parts) or found
        done = f"summarised its own events, and then the same with events of other types: {told(parts)}"
        self.found.note(ITS_EVENTS, done, found)

    def cuts(self, events: Part) -> None:
        random = Random(5)
        ways = [ways_to_cut(log, random) for log in (events, with_gaps(events, random))]
        for attempt in range(max(self.ways, 1)):
            # Each kind of cut on both logs, as long as there are ways left.
            how, parts = next(ways[attempt % 2 if self.ways > 6 else 0])
            if attempt % 2 and self.ways > 6:
                how += ", in a copy of the log whose positions skip numbers"
            order = ("one after another", "in random order", "in pairs")[attempt % 3]
            if self._breaks(f"{how}, merged {order}", order, parts):
                return
        again = self.summary(events, "the whole log after its parts")
        found = difference(self.known_summary(events, "the whole log"), again)
        self.found.note(SAME_AGAIN, "summarised the whole log before and after its parts", found)

    def _breaks(self, how: str, order: str, parts: list[Part]) -> bool:
        def apart(parts: list[Part]) -> tuple[str, str] | None:
            whole = self.known_summary(joined(parts), "the whole log")
            return difference(whole, self._merged([self.known_summary(part, how) for part in parts], order))

        found = apart(parts)
        if found:
            parts = smallest(parts, lambda fewer: apart(fewer) is not None)
            found = apart(parts) or found
        self.found.note(CUTS, f"cut {count(sum(map(len, parts)), 'event')} {how}: {told(parts)}", found)
        return found is not None

    def _merged(self, summaries: list[pd.DataFrame], order: str) -> pd.DataFrame:
        if order == "in pairs" and summaries:
            while len(summaries) > 1:
                pairs = [summaries[place : place + 2] for place in range(0, len(summaries), 2)]
                summaries = [self.merge(pair[0], pair[1]) if len(pair) == 2 else pair[0] for pair in pairs]
            return summaries[0]
        if order == "in random order":
            Random(len(summaries)).shuffle(summaries)
        return reduce(self.merge, summaries, self.projection.schema.empty())

    def follows(self, events: Part) -> None:
        """Apply batch after batch, as a projector does: merging into the touched rows only."""
        if any(fault.law == CUTS for fault in self.found.faults):
            return  # it would only report the same fault again
        random = Random(11)

        def apart(parts: list[Part]) -> tuple[str, str] | None:
            model = ReadModel.of(self.projection)
            for part in parts:
                if part:
                    model = model.take_in(self.projection, EventBatch(part))
            return difference(self.known_summary(joined(parts), "the whole log"), model.table)

        for how, parts in islice(ways_to_cut(events, random), 9):
            if how in ("in halves", "into single events", "at random places") and (found := apart(parts)):
                parts = smallest(parts, lambda fewer: apart(fewer) is not None)
                done = f"followed {count(sum(map(len, parts)), 'event')} in batches: {told(parts)}"
                return self.found.note(FOLLOWED, done, apart(parts) or found)
        self.found.note(FOLLOWED, "followed the log in batches", None)

    def algebra(self, events: Part) -> None:
        third = max(1, len(events) // 3)
        thirds = [events[:third], events[third : 2 * third], events[2 * third :]]
        for parts in (thirds, [events[first::3] for first in range(3)]):
            self._algebra_of(*(self.summary(part, "a third of the log") for part in parts))

    def _algebra_of(self, a: pd.DataFrame, b: pd.DataFrame, c: pd.DataFrame) -> None:
        empty, merge, note = self.projection.schema.empty(), self.merge, self.found.note
        ab = merge(a, b)
        note(COMMUTES, "merged two thirds of the log in both orders", difference(ab, merge(b, a)))
        left, right = merge(ab, c), merge(a, merge(b, c))
        note(ASSOCIATES, "merged three thirds of the log from the left and from the right", difference(left, right))
        done = "merged two thirds of the log, and again with the rows of one in reverse order"
        note(ROW_BY_ROW, done, difference(ab, merge(a.iloc[::-1], b)))
        note(IDENTITY, "merged the empty table with a third of the log", difference(a, merge(empty, a)))
        note(IDENTITY, "merged a third of the log with the empty table", difference(a, merge(a, empty)))
        note(IDENTITY, "merged two empty tables", difference(empty, merge(empty, empty)))
        for one, other in ((a, b), (ab, c), (ab, c.iloc[:1]), (a.iloc[:1], b)):
            both, touched = merge(one, other), one.loc[one.index.isin(other.index)]
            done = "merged into the touched rows only, and into the whole table; compared the touched rows"
            concerned = both.loc[both.index.isin(other.index)]
            note(ROW_BY_ROW, done, difference(concerned, merge(touched, other)))
            apart = one.loc[~one.index.isin(other.index)]
            done = "merged two tables; looked at the rows that only the first one has"
            note(ROW_BY_ROW, done, difference(apart, both.loc[~both.index.isin(other.index)]))
            for key in other.index[:3]:
                alone = [frame.loc[frame.index.isin([key])] for frame in (one, other, both)]
                done = f"merged the rows of {key!r} alone, and two tables that hold them"
                note(ROW_BY_ROW, done, difference(alone[2], merge(alone[0], alone[1])))
