"""A missing value is found in any column and any level of an index that must not lack one, and in no other."""

from __future__ import annotations

import pandas as pd
import pytest

from cqrs_lab.read.frames.holes import hole_in_columns, hole_in_index


@pytest.mark.parametrize(
    ("values", "dtype"),
    [([1.0, None], "float64"), (["a", None], "str"), (["a", None], "object"), ([1, None], "Int64")],
)
def test_a_missing_value_in_a_column_is_named(values, dtype):
    frame = pd.DataFrame({"whole": range(len(values)), "lacks": pd.Series(values, dtype=dtype)})
    assert hole_in_columns(frame) == ("0 or '' where nothing is known", "NaN in 'lacks'")
    assert hole_in_columns(frame[["whole"]]) is None


@pytest.mark.parametrize(
    "column",
    [[1, 2], [True, False], ["", "nan"], [0.0, float("inf")], pd.to_datetime(["2026-01-05", None])],
    ids=["int", "bool", "text", "float", "a time may be unset"],
)
def test_where_nothing_is_missing_nothing_is_found(column):
    assert hole_in_columns(pd.DataFrame({"a": column})) is None


@pytest.mark.parametrize(
    ("index", "level"),
    [
        (pd.Index(["a", None], name="who"), "who"),
        (pd.Index([1.0, None], name="day"), "day"),
        (pd.MultiIndex.from_tuples([("a", 1), ("b", None)], names=["who", "day"]), "day"),
        (pd.MultiIndex.from_tuples([(None, 1), ("b", 2)], names=["who", "day"]), "who"),
    ],
)
def test_a_missing_key_is_named_with_its_level(index, level):
    frame = pd.DataFrame({"units": [1, 2]}, index=index)
    assert hole_in_index(frame) == ("a key in each row", f"no {level!r} in one")
    assert hole_in_index(frame.iloc[1:] if level == "who" and index.nlevels == 2 else frame.iloc[:1]) is None
