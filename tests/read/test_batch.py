"""A slice of the log as typed columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NewType

import numpy as np
import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.log import memory
from cqrs_lab.read.batch import read_batch
from tests.shop_of_tea import Line, Priced, Sold, a_log, recorded

Mills = NewType("Mills", int)


class Size(StrEnum):
    SMALL = "small"


@dataclass(frozen=True)
class Everything:
    count: int
    share: float
    gift: bool
    note: str
    at: datetime
    due: date
    price: Mills
    size: Size
    door: Literal["left", "right"]
    maybe_count: int | None
    maybe_note: str | None
    maybe_at: datetime | None
    tags: tuple[str, ...] = ()


ONE = Everything(
    1,
    2.5,
    True,
    "x",
    datetime(2011, 1, 2, 3),
    date(2011, 1, 2),
    Mills(5),
    Size.SMALL,
    "left",
    None,
    None,
    None,
    ("a", "b"),
)
DTYPES = {
    "position": "int64",
    "stream": "str",
    "version": "int64",
    "recorded_at": "float64",
    "count": "int64",
    "share": "float64",
    "gift": "bool",
    "note": "str",
    "at": "datetime64[us]",
    "due": "datetime64[us]",
    "price": "int64",
    "size": "str",
    "door": "str",
    "maybe_count": "Int64",
    "maybe_note": "str",
    "maybe_at": "datetime64[us]",
}


@pytest.mark.parametrize("events", [(), (ONE,), (ONE, ONE)])
def test_columns_are_typed_by_the_annotations_also_when_empty(events):
    frame = lab.EventBatch(recorded(*events)).frame(Everything)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == DTYPES
    assert len(frame) == len(events)


def test_the_values_are_those_of_the_events():
    row = lab.EventBatch(recorded(ONE)).frame(Everything).iloc[0]
    assert row["note"] == "x" and row["size"] == "small" and row["at"] == datetime(2011, 1, 2, 3)
    assert pd.isna(row["maybe_count"]) and row["count"] == 1


def test_each_gives_one_row_per_item_with_its_ordinal():
    batch = lab.EventBatch(
        recorded(Sold("ann", (Line("a", 1), Line("b", 2))), Sold("bob", ()), Sold("cas", (Line("c", 3),)))
    )
    frame = batch.frame(Sold, each="lines")
    assert list(frame) == ["position", "stream", "version", "recorded_at", "customer", "ordinal", "product", "units"]
    rows = frame[["position", "customer", "ordinal", "product", "units"]].to_numpy().tolist()
    assert rows == [[1, "ann", 1, "a", 1], [1, "ann", 2, "b", 2], [3, "cas", 1, "c", 3]]


def test_each_is_typed_when_empty_and_works_on_plain_items():
    empty = lab.EventBatch([]).frame(Sold, each="lines")
    assert {name: str(dtype) for name, dtype in empty.dtypes.items()}["units"] == "int64"
    tags = lab.EventBatch(recorded(ONE)).frame(Everything, each="tags")
    assert tags[["ordinal", "tags"]].to_numpy().tolist() == [[1, "a"], [2, "b"]]


def test_events_of_other_types_are_left_out():
    batch = lab.EventBatch(recorded(Priced("tea", 1), "a text", Priced("mint", 2)))
    assert list(batch.frame(Priced)["position"]) == [1, 3]
    assert batch.holds([Priced]) and not batch.holds([Sold])


def test_a_frame_is_the_callers_to_change():
    batch = lab.EventBatch(recorded(Priced("tea", 1)))
    first = batch.frame(Priced)
    first["mills"] = 99
    first.loc[0, "product"] = "spoilt"
    assert batch.frame(Priced)[["product", "mills"]].to_numpy().tolist() == [["tea", 1]]


@pytest.mark.parametrize("each", [None, "tags"])
def test_what_a_reader_does_to_a_frame_without_rows_no_other_reader_sees(each):
    mine, untouched = (lab.EventBatch([]).frame(Everything, each=each) for _ in range(2))
    mine["count"] = mine["count"].astype("float64")
    del mine["share"]
    mine.insert(0, "more", 1)
    mine.columns.name = mine.index.name = mine.attrs["of"] = "mine"
    mine.flags.allows_duplicate_labels = False
    for seen in (untouched, lab.EventBatch([]).frame(Everything, each=each)):
        assert seen.empty and seen.dtypes["count"] == "int64" and "share" in seen and "more" not in seen
        assert (seen.columns.name, seen.index.name, seen.attrs) == (None, None, {})
        assert seen.flags.allows_duplicate_labels


def test_a_full_slice_makes_its_frames_once_for_every_reader(monkeypatch):
    monkeypatch.setattr(memory, "SLICE_EVENTS", 10)
    store = lab.MemoryEventStore()
    for n in range(25):
        store.append("tea", [Priced("tea", n)], expected=n)
    sizes, after = [], 0
    while len(batch := read_batch(store, after=after)):
        sizes.append(len(batch))
        assert list(batch.frame(Priced)["position"]) == list(range(after + 1, after + len(batch) + 1))
        after = batch.last_position
    assert sizes == [10, 10, 5]
    first, again = ([read_batch(store, after=after).frame(Priced) for after in (0, 10, 20)] for _ in range(2))
    kept = [np.shares_memory(one["position"], two["position"]) for one, two in zip(first, again, strict=True)]
    assert kept == [True, True, False]


def test_a_store_without_columns_is_read_event_by_event():
    class Plain:
        def read_all(self, *, after=0, limit=None):
            return iter([one for one in a_log() if one.position > after][:limit])

    assert [one.position for one in read_batch(Plain(), after=50, limit=4)] == [51, 52, 53, 54]


@dataclass(frozen=True)
class WithDecimal:
    price: Decimal


@dataclass(frozen=True)
class WithList:
    items: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class WithStream:
    stream: str


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (WithDecimal(Decimal(1)), r"WithDecimal\.price: .*Decimal.* cannot be a column; use bool, int, float"),
        (WithList(), r"WithList\.items: .*dict.* cannot be a column"),
        (WithStream("x"), r"two columns would be called 'stream', one of them WithStream\.stream; rename"),
        (Priced("tea", "ten"), r"Priced\.mills at position 1 is 'ten', a str, but declared as int"),
        (Priced("tea", 1.5), r"Priced\.mills at position 1 is 1\.5, a float, but declared as int"),
        (Priced(None, 1), r"Priced\.product at position 1 is None, a NoneType, but declared as str"),
    ],
)
def test_what_cannot_be_a_column_is_refused_by_name(event, message):
    with pytest.raises(lab.SchemaError, match=message):
        lab.EventBatch(recorded(event)).frame(type(event))


def test_an_annotation_that_names_what_cannot_be_found_is_refused():
    @dataclass(frozen=True)
    class Hidden:
        lines: tuple[NowhereToBeFound, ...]  # noqa: F821

    with pytest.raises(
        lab.SchemaError, match="Hidden: its annotations use 'NowhereToBeFound'.* at the top of a module"
    ):
        lab.EventBatch(recorded(Hidden(()))).frame(Hidden)


@dataclass(frozen=True)
class At:
    at: datetime


def test_a_time_with_a_zone_is_refused_not_shifted():
    with pytest.raises(lab.SchemaError, match=r"At\.at at position 1 is .*, with a time zone"):
        lab.EventBatch(recorded(At(datetime(2011, 1, 1, tzinfo=UTC)))).frame(At)


def test_each_of_a_field_that_holds_no_tuple_lists_those_that_do():
    with pytest.raises(lab.InvalidArgument, match="no tuple field 'customer'; fields for each=: lines"):
        lab.EventBatch([]).frame(Sold, each="customer")
    with pytest.raises(lab.InvalidArgument, match="not a dataclass"):
        lab.EventBatch([]).frame(str)
