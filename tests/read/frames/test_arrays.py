"""Arrays of a store become the columns that the same events would become."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.read.frames.arrays import StoredColumns, stored_columns
from cqrs_lab.read.frames.columns import item_columns, rows_of, scalar_fields


@dataclass(frozen=True)
class Line:
    product: str
    count: int | None


@dataclass(frozen=True)
class Sold:
    name: str | None
    units: int | None
    share: float | None
    gift: bool | None
    at: datetime | None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Ordinal:
    position: int
    lines: tuple[Line, ...] = ()


SOLD = [
    Sold("tea", 2**62 + 1, 0.5, True, datetime(2026, 1, 5, 1), (Line("a", None), Line("b", 2))),
    Sold(None, None, None, None, None, ()),
    Sold("", 0, 1.0, False, datetime(2026, 1, 6), (Line("c", 3),)),
]


FILLERS = {"name": "", "units": 0, "share": 0.0, "gift": False, "at": datetime(1970, 1, 1), "count": 0}


class Stored(list):
    """Events with arrays of them, as NumPy masks what is missing."""

    def columns(self, names):
        return {
            name: masked(name, [getattr(one, name, getattr(one.event, name, None)) for one in self]) for name in names
        }

    def items(self, field, names):
        tuples = [getattr(one.event, field) for one in self]
        found = {name: masked(name, [getattr(one, name) for items in tuples for one in items]) for name in names}
        return np.array([len(items) for items in tuples], dtype="int64"), found


def masked(name, values):
    missing = [value is None for value in values]
    plain = [FILLERS[name] if value is None else value for value in values]
    first = FILLERS.get(name, plain[0] if plain else "")
    kind = {str: object, datetime: "datetime64[us]"}.get(type(first), type(first))
    return np.ma.MaskedArray(np.array(plain, dtype=kind), missing) if any(missing) else np.array(plain, dtype=kind)


def stored(events):
    return Stored(RecordedEvent("till", at, 7 * at, event, float(at)) for at, event in enumerate(events, 1))


@pytest.mark.parametrize("each", [None, "lines"])
@pytest.mark.parametrize("events", [SOLD, SOLD[::2], SOLD[1:2]])
def test_frames_are_those_of_the_objects(events, each):
    assert isinstance(stored(events), StoredColumns)
    pd.testing.assert_frame_equal(rows_of(stored(events), Sold, each), rows_of(list(stored(events)), Sold, each))


def test_events_that_have_to_be_decoded_are():
    class Undecided(Stored):
        def columns(self, names):
            return None

    class OfItems(Stored):
        def items(self, field, names):
            return None

    for kind in (Undecided, OfItems):
        pd.testing.assert_frame_equal(rows_of(kind(stored(SOLD)), Sold, "lines"), rows_of(stored(SOLD), Sold, "lines"))


def test_two_columns_of_one_name_are_left_to_the_way_that_says_so():
    items = item_columns(Ordinal, "lines")
    assert stored_columns(stored([Ordinal(1)]), scalar_fields(Ordinal), "lines", items) is None
