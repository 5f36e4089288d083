"""An index that finds its keys in pieces answers whatever is asked as one that pandas has hashed."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

from cqrs_lab.read.tables import Checkpoint, MemoryTables
from tests.read.test_tables import SCHEMAS, a_key, rows_of


@SCHEMAS
def test_a_table_that_has_grown_answers_as_one_that_pandas_made(schema):
    tables, wanted = MemoryTables(schema.empty()), {}
    for number in random.Random(1).sample(range(400), 300):
        row = {a_key(schema, number): (number, "x", 0.5)}
        tables, wanted = tables.save(rows_of(schema, row), Checkpoint(number + 1)), wanted | row
        table = tables.table()
    plain = rows_of(schema, wanted)
    some = plain.index[[5, 250]]
    for asked in (
        lambda one: one,
        lambda one: one.loc[some[0], "units"],
        lambda one: one.loc[list(some)],
        lambda one: one.reindex(some),
        lambda one: one.sort_index(),
        lambda one: one.head(7),
        lambda one: one.iloc[::-3],
        lambda one: one[one["units"] > 100],
        lambda one: one.drop(some),
        lambda one: one.reset_index(),
        lambda one: one["units"] + plain["units"],
        lambda one: one[["units"]].groupby(level=0).sum(),
        lambda one: one.index.union(some),
        lambda one: one.index.is_monotonic_increasing,
        lambda one: [some[0] in one.index, "nobody" in one.index, one.index.is_unique],
        lambda one: one.index.get_indexer_for(some),
        lambda one: one.xs(some[0]) if one.index.nlevels == 1 else one.xs(some[0][0]),
        lambda one: one["units"].unstack() if one.index.nlevels == 2 else None,
    ):
        came, expected = asked(table), asked(plain)
        if isinstance(came, pd.DataFrame):
            pd.testing.assert_frame_equal(came, expected)
        elif isinstance(came, pd.Series):
            pd.testing.assert_series_equal(came, expected)
        else:
            assert np.array_equal(came, expected)
    for missing in ("nobody", ["nobody"]):
        with pytest.raises(KeyError):
            table.loc[missing]
