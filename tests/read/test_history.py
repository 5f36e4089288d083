"""A table as of any part of a log equals the fold of these parts, from a handful of summaries."""

from datetime import datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.history import TableHistory
from cqrs_lab.shop import events, week, write
from cqrs_lab.shop.read import BestSellers, OrderHistory, ProductListing


@pytest.fixture(scope="module")
def log():
    store = lab.MemoryEventStore(clock=lambda: 0.0)
    bus = lab.CommandBus(store)
    write.register(bus)
    for command in week.commands():
        bus.send(command)
    return list(store.read_all())


def cut(log, places):
    """Cut a log into parts; some of them may be empty."""
    ends = [0, *sorted(places), len(log)]
    return [log[start:end] for start, end in zip(ends, ends[1:], strict=False)]


def folded(projection, events):
    """Return the table of some events, one by one through a projector of its own."""
    store = lab.MemoryEventStore(clock=lambda: 0.0)
    for recorded in events:
        store.append(recorded.stream, [recorded.event], expected=lab.Expected.ANY)
    projector = lab.Projector(store, projection)
    while projector.catch_up(limit=1):
        pass
    return projector.table.sort_index()


@settings(max_examples=25, deadline=None)
@given(places=st.lists(st.integers(0, 12), max_size=20), projection=st.sampled_from([BestSellers, OrderHistory]))
def test_the_table_after_any_parts_is_the_fold_of_these_parts(log, places, projection):
    parts = cut(log, places)
    history = TableHistory(projection(), map(EventBatch, parts))
    assert len(history) == len(parts)
    for count in range(len(parts) + 1):
        upto = [recorded for part in parts[:count] for recorded in part]
        assert history.as_of(count).sort_index().equals(folded(projection(), upto))


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 8, 374])
def test_every_part_is_in_one_piece_and_the_pieces_are_powers_of_two(parts):
    history = TableHistory(BestSellers(), [EventBatch([])] * parts)
    for count in range(parts + 1):
        spans = [span for span, _ in history.pieces(count)]
        assert sum(spans) == count and len(spans) == bin(count).count("1")
        assert spans == sorted(set(spans), reverse=True)


class Counts(BestSellers):
    """Best sellers, with a note of each call."""

    def __init__(self):
        self.calls = {"summarise": 0, "merge": 0}

    def summarise(self, batch):
        self.calls["summarise"] += 1
        return super().summarise(batch)

    def merge(self, table, rows):
        self.calls["merge"] += 1
        return super().merge(table, rows)


def test_a_part_is_summarised_once_and_a_question_costs_as_many_merges_as_there_are_pieces(log):
    counts = Counts()
    history = TableHistory(counts, [EventBatch([one]) for one in log])
    assert counts.calls == {"summarise": 12, "merge": 6 + 3 + 1}
    history.as_of(11)
    assert counts.calls == {"summarise": 12, "merge": 10 + len(history.pieces(11))}


def test_what_is_handed_out_changes_nothing(log):
    history = TableHistory(BestSellers(), [EventBatch(log)])
    for table in (history.as_of(1), history.part(1)):
        table["units"] = -1
    assert (history.as_of(1)["units"] >= 0).all() and (history.part(1)["units"] >= 0).all()


class Wraps(BestSellers):
    """Merges two summaries into something that is not in the schema."""

    def merge(self, table, rows):
        return super().merge(table, rows).astype("float64")


def test_a_merge_outside_the_schema_is_refused(log):
    with pytest.raises(lab.SchemaError, match="best_sellers.merge"):
        TableHistory(Wraps(), [EventBatch(log[:6]), EventBatch(log[6:])])


class AddsWithPandas(BestSellers):
    """Merges with pandas alone, which wraps a sum without a word."""

    def merge(self, table, rows):
        return pd.concat([table, rows]).groupby("product_id").sum()


@pytest.mark.parametrize("projection", [BestSellers(), AddsWithPandas()])
def test_a_sum_that_does_not_fit_is_refused_and_not_wrapped(projection):
    lines = (events.OrderLine(1, "cup", "Tea cup", 5 * 10**18, 0),)
    bill = events.OrderPlaced("1", "ada", "France", lines, (), datetime(2011, 1, 4))
    parts = [EventBatch([lab.RecordedEvent("order-1", 1, at, bill, recorded_at=0.0)]) for at in (1, 2)]
    with pytest.raises(lab.SchemaError, match="64 bits"):
        TableHistory(projection, parts)


class Unfinished(BestSellers):
    """As a learner leaves it: it asks for a column that no event has, or merges by one."""

    def __init__(self, where):
        self.where = where

    def summarise(self, batch):
        rows = super().summarise(batch)
        return rows.groupby("colour").sum() if self.where == "summarise" else rows

    def merge(self, table, rows):
        return table.groupby("colour").sum()


@pytest.mark.parametrize("where", ["summarise", "merge"])
def test_an_error_of_a_projection_is_said_with_its_own_line_and_not_with_that_of_pandas(log, where):
    with pytest.raises(lab.InvalidArgument) as refused:
        TableHistory(Unfinished(where), [EventBatch(log[:8]), EventBatch(log[8:])])
    said = str(refused.value)
    assert said.startswith(f"best_sellers.{where} raised KeyError: 'colour', at line ")
    assert f"of test_history.py, in {where}: return " in said and said.endswith("; correct it, and run this again")
    assert isinstance(refused.value.__cause__, KeyError)


@pytest.mark.parametrize("parts", [-1, 3, 1.5, "2", None, True])
def test_more_parts_than_there_are_are_refused_with_what_there_is(log, parts):
    history = TableHistory(ProductListing(), [EventBatch(log[:3]), EventBatch(log[3:])])
    for ask in (history.as_of, history.pieces):
        with pytest.raises(lab.InvalidArgument, match="give 0 to 2"):
            ask(parts)
    with pytest.raises(lab.InvalidArgument, match="give 1 to 2"):
        history.part(0)


def test_what_is_no_projection_or_no_batch_is_refused(log):
    with pytest.raises(lab.InvalidArgument, match="give an instance"):
        TableHistory(BestSellers, [])
    with pytest.raises(lab.InvalidArgument, match="a batch of the log"):
        TableHistory(BestSellers(), [log])
    with pytest.raises(lab.InvalidArgument, match="a list of batches"):
        TableHistory(BestSellers(), 7)


def test_a_change_of_a_piece_reaches_no_table(log):
    history = TableHistory(BestSellers(), [EventBatch([one]) for one in log[:8]])
    before = history.as_of(8)
    ((_, rows),) = history.pieces(8)
    rows.iloc[:, :] = 0
    pd.testing.assert_frame_equal(history.as_of(8), before)
    assert before["units"].sum() > 0
