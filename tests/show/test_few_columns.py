"""A table for a small box: its key and what tells most, as people write it."""

import pandas as pd

from cqrs_lab.show.few_columns import few_columns


def a_table(**columns):
    return pd.DataFrame(columns, index=pd.Index(["o-1", "o-2"], name="order_id"))


def test_the_key_comes_first_and_of_the_columns_that_tell_something_the_last_ones():
    table = a_table(
        country=["FR", "IE"], position=[3, 4], status=["paid", "sent"], units=[1200, 2], value_mills=[2550, 10]
    )
    shown = few_columns(table)
    assert list(shown.columns) == ["order", "status", "units", "value"]
    assert shown.to_dict("records")[0] == {"order": "o-1", "status": "paid", "units": "1,200", "value": "£2.55"}


def test_positions_times_and_columns_of_zeros_are_left_out():
    at = pd.to_datetime(["2026-01-05", "2026-01-06"])
    table = a_table(placed_at=at, placed_position=[1, 2], adjusted=[0, 0], ordered=[0, 2])
    assert list(few_columns(table).columns) == ["order", "ordered"]


def test_a_long_text_is_cut_with_a_sign_and_a_fraction_has_three_digits():
    shown = few_columns(a_table(note=["a very long remark", "no"], share=[0.123456, 2.0]))
    assert shown["note"].to_list() == ["a very lo…", "no"] and shown["share"].to_list() == ["0.123", "2"]


def test_keys_of_two_parts_are_one_text_and_a_table_without_rows_has_its_columns():
    two = pd.DataFrame({"units": [1]}, index=pd.MultiIndex.from_tuples([("a", 2)], names=["cart", "line"]))
    assert few_columns(two).to_dict("records") == [{"cart": "a 2", "units": "1"}]
    assert few_columns(two.iloc[:0]).empty
