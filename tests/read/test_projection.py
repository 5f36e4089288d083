"""Law 5: a projection is a homomorphism; schema and merge keep it so."""

from __future__ import annotations

from functools import reduce

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cqrs_lab as lab
from tests.shop_of_tea import Line, Priced, Sold, TeaSales, as_dict, expected_sales, recorded

products = st.sampled_from(["green", "black", "white"])
sold = st.builds(Sold, st.just("ann"), st.lists(st.builds(Line, products, st.integers(1, 5)), max_size=3).map(tuple))
priced = st.builds(Priced, products, st.integers(1, 999))


@given(st.lists(st.one_of(sold, priced), max_size=25), st.data())
def test_however_a_log_is_cut_and_merged_the_table_is_the_count_by_hand(events, data):
    log, sales = recorded(*events), TeaSales()
    places = sorted(data.draw(st.lists(st.integers(0, len(log)), max_size=6)))
    edges = [0, *places, len(log)]
    summaries = [sales.summarise(lab.EventBatch(log[a:b])) for a, b in zip(edges, edges[1:], strict=False)]
    order = data.draw(st.permutations(summaries))
    table = reduce(sales.merge, order, sales.schema.empty())
    assert as_dict(table) == expected_sales(log)
    sales.schema.check(table, "the merged table")


def frame(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(columns).set_index("key")


def test_merge_rows_takes_each_group_of_columns_from_its_greater_position():
    old = frame(key=["x"], units=[2], price=[9], price_at=[4], note=["old"], note_at=[8])
    new = frame(key=["x"], units=[5], price=[7], price_at=[6], note=["new"], note_at=[3])
    for one, other in ((old, new), (new, old)):
        merged = lab.merge_rows(one, other, add=["units"], latest={"price_at": ["price"], "note_at": ["note"]})
        assert merged.to_dict("index") == {"x": {"units": 7, "price": 7, "price_at": 6, "note": "old", "note_at": 8}}


def test_merge_rows_keeps_rows_that_only_one_side_has_and_the_dtypes():
    old, new = frame(key=["x", "y"], units=[1, 2]), frame(key=["z", "x"], units=[4, 8])
    merged = lab.merge_rows(old, new, add=["units"])
    assert merged["units"].to_dict() == {"x": 9, "y": 2, "z": 4}
    assert str(merged["units"].dtype) == "int64"
    assert old["units"].to_list() == [1, 2] and new["units"].to_list() == [4, 8]


def test_merge_rows_refuses_a_column_that_no_rule_names():
    old = frame(key=["x"], units=[1], price=[2])
    with pytest.raises(lab.InvalidArgument, match="name each column once"):
        lab.merge_rows(old, old, add=["units"])


def test_the_empty_table_has_index_and_columns_as_declared():
    schema = lab.Schema(index={"order_id": "str", "line": "int64"}, columns={"gift": "bool", "at": "datetime64[us]"})
    empty = schema.empty()
    assert [str(level.dtype) for level in empty.index.levels] == ["str", "int64"]
    assert {name: str(dtype) for name, dtype in empty.dtypes.items()} == {"gift": "bool", "at": "datetime64[us]"}
    schema.check(empty, "empty")


SCHEMA = lab.Schema(index=["key"], columns={"units": "int64"})


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([1], "a list; return a DataFrame"),
        (frame(key=["x"], units=[1.0]), r": columns units \(float64\); declared: units \(int64\)"),
        (frame(key=["x"], other=[1]), r": columns other \(int64\)"),
        (frame(key=["x"], units=[1]).rename_axis(index="id"), r": index id \(str\); declared: key \(str\)"),
        (frame(key=[1], units=[1]), r": index key \(int64\)"),
        (frame(key=["x", "x"], units=[1, 2]), ": two rows for 'x'; return one row per key"),
    ],
)
def test_a_table_of_another_shape_is_refused_with_the_difference(table, message):
    with pytest.raises(lab.SchemaError, match=message):
        SCHEMA.check(table, "summarise")


def test_conform_brings_a_frame_into_shape_or_names_what_is_missing():
    loose = pd.DataFrame({"more": [1], "units": [2.0], "key": ["x"]})
    SCHEMA.check(SCHEMA.conform(loose), "conformed")
    SCHEMA.check(SCHEMA.conform(loose.set_index("key")), "conformed")
    with pytest.raises(lab.SchemaError, match="no column 'units'; the frame has more, key"):
        SCHEMA.conform(loose[["more", "key"]])


@pytest.mark.parametrize(
    ("index", "columns"), [("key", {}), ([], {"a": "int64"}), (["a"], {"a": "int64"}), (["a"], {"b": "object"})]
)
def test_a_schema_that_cannot_be_kept_is_refused(index, columns):
    with pytest.raises(lab.InvalidArgument):
        lab.Schema(index=index, columns=columns)
