"""Rows merged many at a time are those merged one at a time, and what is left of them keeps the order of the log."""

import numpy as np
import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.read.frames.leave_out import LeaveOut, ManyMerges, differs

KEYS = {
    "str": ["tea"],
    "int8": [7],
    "uint64": [7],
    "float64": [0.5],
    "datetime64[us]": [pd.Timestamp("2026-01-01")],
    "bool": [True],
}


def in_order(table, rows):
    """Write the words of both one after the other: the order of a merge shows."""
    both = table.index.intersection(rows.index)
    words = table.loc[both, "word"] + rows.loc[both, "word"]
    return pd.concat([table.drop(both), rows.drop(both), pd.DataFrame({"word": words.astype("str")}, index=both)])


def numbered(words):
    return pd.DataFrame({"word": pd.array(words, dtype="str")})


def left_out(words, key="str", labelled=True):
    index = pd.Index(KEYS[key], dtype=key, name="product")
    schema = lab.Schema({"product": key}, {"word": "str"})
    return LeaveOut(ManyMerges(in_order, schema, index, labelled), numbered(words))


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9])
@pytest.mark.parametrize("labelled", [True, False])
def test_the_rest_of_a_row_is_all_others_in_their_order(count, labelled):
    word = "orderings"[:count]
    found = left_out(list(word), labelled=labelled)
    rest = [word[:at] + word[at + 1 :] for at in range(count)]
    assert found.rest.sort_index()["word"].tolist() == [one for one in rest if one]
    assert found.every["word"].tolist() == [word] * count


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_any_dtype_can_be_merged_many_at_a_time_or_is_merged_alone(key):
    words = list("abcdefghij") * 15
    rest = left_out(words, key).rest.sort_index()["word"]
    assert rest.tolist() == ["".join(words[:at] + words[at + 1 :]) for at in range(150)]


def test_an_event_that_says_nothing_is_hidden_by_none_and_two_of_the_same_letter_by_each_other():
    found = left_out(["", "a", "b"])
    counts = found.counts("word")
    assert counts.tolist() == [False, True, True] and found.hidden("word", counts) == {}
    assert left_out(["a", "a"]).hidden("word", np.array([False, False])) == {0: [1], 1: [0]}


def test_numbers_differ_by_more_than_rounding_and_a_row_that_is_missing_differs():
    one, other = (pd.DataFrame({"sum": sums}) for sums in ([0.1 + 0.2, 1e10, 1.0], [0.3, 1e10 + 1]))
    assert differs(one, other, ["sum"], 3).tolist() == [False, True, True]
    assert differs(one, other, ["sum"], 3, exact=True).tolist() == [True, True, True]
