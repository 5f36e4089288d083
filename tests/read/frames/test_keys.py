"""The keys of a table that grows: found as pandas finds them, and hashed once."""

from __future__ import annotations

import pandas as pd

from cqrs_lab.read.frames.keys import Keys
from cqrs_lab.read.tables import Checkpoint, MemoryTables
from tests.read.test_tables import ONE, rows_of


def test_a_new_key_is_hashed_with_the_few_that_came_lately():
    keys = Keys.of(pd.Index([f"k{n}" for n in range(10_000)], dtype="str"))
    long, seen = keys._pieces[0], []
    for number in range(200):
        keys = keys.extended(pd.Index([f"new{number}"], dtype="str"))
        seen.append(len(keys._pieces))
        assert keys._pieces[0] is long
        assert keys.index.get_loc(f"new{number}") == 10_000 + number
        assert keys.find(pd.Index(["nobody", "k3", f"new{number}"], dtype="str")).tolist() == [-1, 3, 10_000 + number]
    assert max(seen) < 8
    # pandas asks the pieces: it has not made an engine of its own, for which it would hash every key.
    assert "Pieces" in type(keys.index._engine).__name__


def test_the_text_of_a_table_that_changed_row_by_row_is_in_few_chunks():
    tables = MemoryTables(ONE.empty())
    for number in range(300):
        for row in ({f"k{number}": (1, "a", 1.0)}, {f"k{number // 2}": (1, f"b{number}", 1.0)}):
            tables = tables.save(rows_of(ONE, row), Checkpoint(number))
            table = tables.table()
    assert table.index.tolist() == [f"k{number}" for number in range(300)]
    assert table["note"].tolist()[:2] == ["b1", "b3"] and table["note"].tolist()[149:151] == ["b299", "a"]
    for values in (table.index.array, table["note"].array):
        if values.dtype.storage == "pyarrow":  # pandas keeps text in Python's own objects where it is not installed
            assert values.__arrow_array__().num_chunks <= 65
