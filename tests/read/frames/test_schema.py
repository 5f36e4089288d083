"""A schema refuses a table that would lose rows or change numbers, and says which."""

import numpy as np
import pandas as pd
import pytest

import cqrs_lab as lab

SCHEMA = lab.Schema(index=["who"], columns={"units": "int64"})
TWO = lab.Schema(index={"who": "str", "year": "int64"}, columns={"units": "int64", "paid": "bool", "share": "float64"})


def frame(**columns):
    return pd.DataFrame(columns)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"units": [1.0, 2.5]}, r"'units' is float64 and declared int64, which cannot hold .*2\.5"),
        ({"units": [1.0, np.nan]}, "'units' is float64 and declared int64, and 1 row without a value; fill them"),
        ({"units": [np.nan, np.nan]}, "2 rows without a value"),
        ({"units": pd.array([1, None], dtype="Int64")}, "1 row without a value"),
        ({"units": [1e300, 1.0]}, "which cannot hold"),
        ({"units": np.array([2**63, 1], dtype="uint64")}, "which cannot hold .*9223372036854775808"),
        ({"units": ["x", "1"]}, "'units' is str and declared int64: .*convert it first"),
        ({"units": [2**63, 1], "more": [1, 2]}, "declared int64"),
        ({"units": [10**30, 1]}, "declared int64"),
        ({"units": [np.inf, 1.0]}, "declared int64"),
    ],
)
def test_conform_refuses_to_change_a_value(columns, message):
    with pytest.raises(lab.SchemaError, match=message):
        SCHEMA.conform(frame(who=["a", "b"], **columns))


def test_conform_keeps_what_is_equal_under_the_new_dtype():
    table = TWO.conform(frame(who=["a"], year=[2011.0], units=[True], paid=[1], share=[3]))
    assert table.reset_index().iloc[0].tolist() == ["a", 2011, 1, True, 3.0]
    with pytest.raises(lab.SchemaError, match="'paid' is int64 and declared bool, which cannot hold"):
        TWO.conform(frame(who=["a"], year=[2011], units=[1], paid=[5], share=[3]))
    small = lab.Schema(index=["who"], columns={"units": "int32"})
    with pytest.raises(lab.SchemaError, match="declared int32, which cannot hold .*1099511627776"):
        small.conform(frame(who=["a"], units=[2**40]))
    with pytest.raises(lab.SchemaError, match="two columns 'units'; rename or drop one"):
        SCHEMA.conform(pd.DataFrame([["a", 1, 2]], columns=["who", "units", "units"]))
    with pytest.raises(lab.InvalidArgument, match="frame=.*is not a DataFrame"):
        SCHEMA.conform([["a", 1]])


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_rows_without_a_value_in_the_index_are_refused_and_counted(missing):
    lost = SCHEMA.conform(frame(who=[missing, "a"], units=[1, 2]))
    with pytest.raises(lab.SchemaError, match="totals.summarise: 1 row without a value in the index 'who'"):
        SCHEMA.check(lost, "totals.summarise")
    both = TWO.conform(frame(who=["a", None, None], year=[1, 2, 3], units=[1, 2, 3], paid=True, share=1.0))
    with pytest.raises(lab.SchemaError, match=": 2 rows without a value in the index 'who'"):
        TWO.check(both, "totals.summarise")
    days = lab.Schema(index={"day": "datetime64[us]"}, columns={"units": "int64"})
    with pytest.raises(lab.SchemaError, match="1 row without a value in the index 'day'"):
        days.check(days.conform(frame(day=[pd.NaT, pd.Timestamp(2011, 1, 1)], units=[1, 2])), "x")
    rates = lab.Schema(index={"rate": "float64"}, columns={"units": "int64"})
    with pytest.raises(lab.SchemaError, match="1 row without a value in the index 'rate'"):
        rates.check(rates.conform(frame(rate=[np.nan, 1.0], units=[1, 2])), "x")


def test_a_table_with_a_column_twice_is_not_taken_for_the_declared_one():
    twice = pd.DataFrame([[1, 2]], columns=["units", "units"], index=pd.Index(["a"], name="who", dtype="str"))
    with pytest.raises(lab.SchemaError, match=r": columns units \(int64\), units \(int64\); declared: units"):
        SCHEMA.check(twice, "x")


@pytest.mark.parametrize(
    ("index", "columns", "message"),
    [
        ("who", {}, r"index='who' is not a list of names"),
        (None, {}, "index=None is not a list of names"),
        (7, {}, "index=7 is not a list of names"),
        ([], {}, r"index=\[\] is not a list of names"),
        ([7], {}, "index=7 is not the name of a column"),
        ([["who"]], {}, r"index=\['who'\] is not the name"),
        (["who", "who"], {}, "'who' is named twice"),
        (["who"], {"who": "int64"}, "'who' is named twice"),
        (["who"], ["units"], r"columns=\['units'\] is not a mapping of names to dtypes"),
        (["who"], None, "columns=None is not a mapping"),
        (["who"], {1: "int64"}, "columns=1 is not the name of a column"),
        (["who"], {"units": "integer"}, "'units': 'integer' is not a dtype; give one such as 'int64'"),
        (["who"], {"units": 64}, "'units': 64 is not a dtype"),
        ({"who": None}, {}, "'who'"),
        (["who"], {"units": "object"}, "object columns are shared"),
    ],
)
def test_a_schema_of_something_else_is_refused_with_what_to_write(index, columns, message):
    with pytest.raises(lab.InvalidArgument, match=message):
        lab.Schema(index=index, columns=columns)
