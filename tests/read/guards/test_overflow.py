"""A total is the right number or an error, also where a sum inside `summarise` is above 64 bits."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.log.slice import SLICE_EVENTS


@dataclass(frozen=True)
class Paid:
    account: str
    amount: int
    kind: str = "in"
    tip: int | None = None


@dataclass(frozen=True)
class Seen:
    account: str
    amount: int


@dataclass(frozen=True)
class Line:
    sku: str
    amount: int


@dataclass(frozen=True)
class Ordered:
    lines: tuple[Line, ...]


class Sums:
    name, version, events = "sums", 1, (Paid,)
    schema = lab.Schema(index=["account"], columns={"amount": "int64"})

    def summarise(self, batch):
        return self.schema.conform(self.rows(batch.frame(Paid)))

    def rows(self, frame):
        return frame.groupby("account")[["amount"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["amount"])


class SumsOfSome(Sums):
    def rows(self, frame):
        return frame[frame["kind"] == "in"].groupby("account")[["amount"]].sum()


class SumsOfTips(Sums):
    def rows(self, frame):
        return frame.groupby("account")[["tip"]].sum().rename(columns={"tip": "amount"})


class SumsByNumpy(Sums):
    def rows(self, frame):
        totals = {one: np.add.reduce(part["amount"].to_numpy()) for one, part in frame.groupby("account")}
        return frame.drop_duplicates("account")[["account"]].assign(amount=lambda one: one["account"].map(totals))


class SumsWithoutMergeRows(Sums):
    def merge(self, table, rows):
        return pd.concat([table, rows]).groupby(level=0).sum()


class SumsAsFloats(Sums):
    """Adds integers up, and declares the total float64: 2**63 and more fit into it."""

    schema = lab.Schema(index=["account"], columns={"amount": "float64"})


class SumsOfLines(Sums):
    events = (Ordered,)

    def summarise(self, batch):
        frame = batch.frame(Ordered, each="lines").rename(columns={"sku": "account"})
        return self.schema.conform(frame.groupby("account")[["amount"]].sum())


def a_log(events):
    store = lab.MemoryEventStore()
    store.append("a", events, expected=0)
    return store


WRAPS = {
    "two halves": [2**62, 2**62],
    "negative": [-(2**62), -(2**62), -1],
    "round to a positive total": [2**62] * 4 + [5],
    "many": [2**50 + n for n in range(10_000)],
    "all but one small": [2**63 - 1] + [1] * 500,
    "the largest": [2**63 - 1, 2**63 - 1],
}


@pytest.mark.parametrize("name", WRAPS)
@pytest.mark.parametrize("projection", [Sums, SumsOfSome, SumsOfTips, SumsByNumpy, SumsWithoutMergeRows])
def test_a_sum_above_64_bits_stops_the_projector_with_the_last_right_table(projection, name):
    amounts, total = WRAPS[name], 0
    log = a_log([Paid("ada", amount, tip=amount) for amount in amounts])
    projector = lab.Projector(log, projection())
    with pytest.raises(lab.ProjectionFailed, match="64 bits") as caught:
        projector.catch_up()
    position = 1
    while -(2**63) <= total + amounts[position - 1] < 2**63:  # the oracle: Python's integers
        total += amounts[position - 1]
        position += 1
    assert (caught.value.position, projector.position) == (position, position - 1)
    assert projector.table.loc["ada", "amount"] == total
    assert projector.status.state == "failed"


@pytest.mark.parametrize("name", WRAPS)
def test_a_total_declared_as_float64_is_right(name):
    projector = lab.Projector(a_log([Paid("ada", amount) for amount in WRAPS[name]]), SumsAsFloats())
    projector.catch_up()
    assert projector.table.loc["ada", "amount"] == pytest.approx(sum(WRAPS[name]), rel=1e-12)


def test_the_lines_of_one_event_are_checked_too():
    projector = lab.Projector(a_log([Ordered((Line("tea", 2**62), Line("tea", 2**62)))]), SumsOfLines())
    with pytest.raises(lab.ProjectionFailed, match="64 bits"):
        projector.catch_up()
    fits = lab.Projector(a_log([Ordered((Line("tea", 2**62), Line("tea", 2**62 - 1)))]), SumsOfLines())
    assert fits.catch_up() == 1 and fits.table.loc["tea", "amount"] == 2**63 - 1


FITS = {
    "large numbers of many accounts": [Paid(str(n), 2**62) for n in range(50)],
    "large numbers that cancel out": [Paid("ada", one) for _ in range(50) for one in (2**62, -(2**62))],
    "up to the last bit": [Paid("ada", 2**62), Paid("ada", 2**62 - 1)],
    "down to the last bit": [Paid("ada", -(2**62)), Paid("ada", -(2**62))],
    "large numbers that are filtered": [Paid("ada", 2**62, kind="out")] * 50 + [Paid("ada", 1)],
}


@pytest.mark.parametrize("name", FITS)
@pytest.mark.parametrize("projection", [SumsOfSome, SumsWithoutMergeRows])
def test_large_numbers_whose_sums_fit_are_added_up(projection, name):
    events = [one for one in FITS[name] if projection is SumsOfSome or one.kind == "in"]
    projector = lab.Projector(a_log(events), projection())
    projector.catch_up()
    totals = {}
    for one in events:
        if one.kind == "in":
            totals[one.account] = totals.get(one.account, 0) + one.amount
    assert projector.table["amount"].to_dict() == totals and projector.status.error == ""


class Counting:
    """Reads large numbers as names and times, and adds none of them up: it must not become slow."""

    name, version, events = "numbers of times", 1, (Seen,)

    def __init__(self, index, **columns):
        self.schema = lab.Schema(index={index: "int64" if index == "amount" else "str"}, columns=columns)
        self.asked = 0

    def summarise(self, batch):
        self.asked += 1
        groups = batch.frame(Seen).groupby(list(self.schema.index))
        found = {"times": groups.size(), "last": groups["amount"].last(), "largest": groups["amount"].max()}
        return self.schema.conform(pd.DataFrame({one: found[one] for one in self.schema.columns}))

    def merge(self, table, rows):
        raise AssertionError("one batch is merged with nothing")


@pytest.mark.parametrize(
    "projection",
    [
        lambda: Counting("account", times="int64"),
        lambda: Counting("account", last="int64", largest="int64", times="int64"),
        lambda: Counting("amount", times="int64"),
    ],
)
def test_large_numbers_that_nobody_adds_up_cost_one_more_look(projection, monkeypatch):
    made = projection()
    monkeypatch.setattr(Counting, "merge", lambda self, table, rows: rows)
    start = 1_700_000_000_000_000_000  # a time in nanoseconds, or an id with 19 digits
    log = a_log([Seen(f"a{n % 7}", start + n * 1_000_003) for n in range(SLICE_EVENTS // 8)])
    lab.Projector(log, made).catch_up()
    assert made.asked <= 2


def test_small_numbers_cost_nothing_more():
    made = Counting("account", times="int64")
    made.merge = lambda table, rows: rows
    lab.Projector(a_log([Seen("a", n) for n in range(1_000)]), made).catch_up()
    assert made.asked == 1


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "Int16", "Int64", "uint8", "uint64", "UInt32"])
def test_merge_rows_refuses_a_sum_that_its_dtype_cannot_hold(dtype):
    most = np.iinfo(dtype.lower()).max
    table, rows = (pd.DataFrame({"n": pd.array([n], dtype=dtype)}, index=["tea"]) for n in (most - 1, 1))
    assert lab.merge_rows(table, rows, add=["n"])["n"].tolist() == [most]
    with pytest.raises(lab.SchemaError, match="more than .* bits can hold"):
        lab.merge_rows(table, pd.concat([rows]) + 1, add=["n"])


@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "Int64"])
def test_any_merge_that_wraps_round_stops_the_projector(dtype):
    class Narrow(SumsWithoutMergeRows):
        schema = lab.Schema(index=["account"], columns={"amount": dtype})

        def merge(self, table, rows):
            both = table.index.intersection(rows.index)
            return pd.concat([table.loc[both] + rows.loc[both], rows.drop(both)])

    most = int(np.iinfo(dtype.lower()).max)
    projector = lab.Projector(a_log([Paid("ada", most), Paid("bob", 1), Paid("ada", 1)]), Narrow())
    with pytest.raises(lab.ProjectionFailed, match="bits can hold") as caught:
        while projector.catch_up(limit=1):
            pass
    assert caught.value.position == 3 and projector.table.loc["ada", "amount"] == most
