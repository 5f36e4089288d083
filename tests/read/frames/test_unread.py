"""A text column that nobody reads is not there, and no result can depend on it."""

import numpy as np
import pandas as pd
import pytest

from cqrs_lab.read.frames.columns import rows_of
from cqrs_lab.read.frames.unread import Needed, Unread, check_read, reading_only
from tests.read.frames.test_arrays import SOLD, Sold, stored

WAYS = {
    "a group": lambda f: f.groupby("name")["units"].sum(),
    "a group of others": lambda f: f.groupby("units")["name"].first(),
    "rows": lambda f: f[f["position"] > 7],
    "one value": lambda f: f["name"].iloc[0],
    "a table side by side": lambda f: f.merge(f, on="name"),
    "two tables": lambda f: pd.concat([f, f]),
    "an order": lambda f: f.sort_values("name"),
    "values": lambda f: list(f["name"]),
    "an array": lambda f: np.asarray(f["name"]),
    "a method of texts": lambda f: f["name"].str.upper(),
    "a sum of texts": lambda f: "x" + f["name"],
    "a comparison": lambda f: f["name"] < "x",
    "equality": lambda f: f["name"] == f["stream"],
    "the same": lambda f: f["name"].equals(f["name"]),
    "missing values": lambda f: f["name"].isna(),
    "another dtype": lambda f: f["name"].astype("category"),
    "the largest": lambda f: f["name"].max(),
    "a count of values": lambda f: f["name"].nunique(),
    "members": lambda f: f["name"].isin(["tea"]),
    "a function": lambda f: f["name"].map(str),
    "a picture": repr,
}


@pytest.fixture
def frame():
    with reading_only({"product"}):
        yield rows_of(stored(SOLD), Sold, None)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_any_way_to_a_text_says_that_it_is_needed(frame, way):
    with pytest.raises(Needed, match="name|stream"):
        way(frame)


def test_what_needs_no_text_needs_none_and_gives_the_same(frame):
    def asked(frame):
        day = frame.rename(columns={"name": "label"}).assign(day=frame["at"].dt.normalize())
        return day.groupby("day")[["units", "share"]].sum()

    whole = rows_of(list(stored(SOLD)), Sold, None)
    pd.testing.assert_frame_equal(asked(frame), asked(whole))
    assert frame.dtypes.to_dict() == whole.dtypes.to_dict() and frame.shape == whole.shape


def test_items_have_the_texts_that_are_read_alone():
    with reading_only({"product"}):
        lines = rows_of(stored(SOLD), Sold, "lines")
    assert lines["product"].tolist() == ["a", "b", "c"] and isinstance(lines["name"].array, Unread) and len(lines) == 3


def test_a_column_that_only_passes_through_is_found_in_the_result(frame):
    with pytest.raises(Needed, match="name"):
        check_read(frame[["units", "name"]])
    check_read(frame[["units"]])


def test_outside_of_the_block_every_column_is_read():
    with reading_only({"product"}):
        pass
    assert rows_of(stored(SOLD), Sold, None)["name"].tolist()[::2] == ["tea", ""]
