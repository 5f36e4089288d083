"""Rows never move: a version keeps what it says, and what is not touched is not copied."""

from __future__ import annotations

import numpy as np

from cqrs_lab.read.tables import Checkpoint, MemoryTables
from tests.read.test_tables import ONE, rows_of, told


def test_a_change_of_a_table_that_was_handed_out_reaches_no_version():
    first = MemoryTables(rows_of(ONE, {"tea": (1, "a", 1.0), "rice": (2, "b", 2.0)}))
    second = first.save(rows_of(ONE, {"tea": (5, "a", 1.0)}), Checkpoint(2))
    tables = [one.table().copy(deep=False) for one in (first, second)]
    del first
    for table in tables:
        table["price"] += 1
        table.loc["rice", "note"] = "changed"
        table.iloc[0, 0] = 99
    assert told(second.table()) == {"tea": (5, "a", 1.0), "rice": (2, "b", 2.0)}


def test_only_the_columns_in_which_a_value_has_changed_are_copied():
    before = MemoryTables(rows_of(ONE, {f"k{n}": (n, "a", 1.0) for n in range(1000)}))
    after = before.save(rows_of(ONE, {"k7": (7, "a", 2.0)}), Checkpoint(1))
    shared = [np.shares_memory(before.table()[name], after.table()[name]) for name in ("units", "price")]
    assert shared == [True, False]
    assert after.table().index is before.table().index  # so pandas keeps its hash
