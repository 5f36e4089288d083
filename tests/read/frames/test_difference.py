"""How two tables differ: each key that does, and nothing else."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.read.frames.difference import difference, differing_cells


def a_table(rows, **types):
    names = list(types) or ["units"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    return frame.rename_axis("product").astype(types or {"units": "int64"})


def test_it_tells_what_was_added_removed_and_changed():
    old = a_table({"cup": [2, "a"], "pot": [1, "b"], "mug": [4, ""]}, units="int64", label="str")
    new = a_table({"cup": [3, "a"], "mug": [4, ""], "tea": [9, "c"]}, units="int64", label="str")
    told = lab.compare_tables(old, new)
    assert told["change"].to_dict() == {"cup": "changed", "pot": "removed", "tea": "added"}
    assert list(told) == ["change", "units_old", "units_new", "label_old", "label_new"]
    assert told.loc["cup"].tolist() == ["changed", 2, 3, "a", "a"]
    assert told["units_new"].isna().to_dict() == {"cup": False, "pot": True, "tea": False}


def test_a_column_that_only_one_version_has_differs_in_every_row():
    told = lab.compare_tables(a_table({"cup": [2]}), a_table({"cup": [2, 5]}, units="int64", euros="int64"))
    assert told["euros_new"].tolist() == [5] and told["euros_old"].isna().all()


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3)),
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3)),
)
def test_it_is_what_two_dicts_say(old, new):
    frames = [a_table({key: [value] for key, value in one.items()}) for one in (old, new)]
    told = lab.compare_tables(*frames)
    expected = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    assert set(told.index) == expected and list(told.index) == sorted(expected)
    assert all((key in old, key in new) == (row != "added", row != "removed") for key, row in told["change"].items())


def test_tables_about_something_else_are_refused():
    cups = a_table({"cup": [2]})
    with pytest.raises(lab.InvalidArgument, match="one table is about"):
        lab.compare_tables(cups, cups.rename_axis("order"))
    with pytest.raises(lab.InvalidArgument, match="the new table has two rows for 'cup'"):
        lab.compare_tables(cups, pd.concat([cups, cups]))


@given(
    st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(0, 2), st.sampled_from([0.5, 0.5 + 1e-12, 0.7]))),
    st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(0, 2), st.sampled_from([0.5, 0.5 + 1e-12, 0.7]))),
)
def test_the_cells_that_differ_are_those_of_two_dicts_but_for_rounding(one, other):
    frames = [a_table(rows, units="int64", share="float64") for rows in (one, other)]
    found = differing_cells(*frames)
    assert list(found.index) == sorted({*one, *other}) and list(found) == ["units", "share"]
    for key in found.index:
        both = key in one and key in other
        units = not both or one[key][0] != other[key][0]
        share = not both or round(one[key][1], 6) != round(other[key][1], 6)
        assert found.loc[key].tolist() == [units, share]


def test_the_order_of_rows_is_no_difference_and_a_key_that_occurs_twice_is_one():
    cups, both = a_table({"cup": [1]}), a_table({"cup": [1], "pot": [2]})
    assert difference(both, both.iloc[::-1]) is None
    assert difference(both, a_table({"pot": [2], "cup": [3]})) == ("'cup': {'units': 1}", "'cup': {'units': 3}")
    assert difference(pd.concat([cups, cups]), both) and difference(both, pd.concat([cups, cups]))
