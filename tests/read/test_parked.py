"""Parked events are listed whatever the store says, and reading ends in front of an event that cannot be read."""

from __future__ import annotations

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.read.parked import parked_table, read_one, read_up_to_unreadable
from cqrs_lab.read.tables import ParkedEvent
from tests.log.planted_stores import ThirtyLines
from tests.read.test_status import Away, Sold, a_projector
from tests.read.test_unreadable import a_store


def test_parked_events_are_listed_while_the_store_is_away():
    store = Away()
    projector = a_projector(store, on_failure="park")
    store.append("a", [Sold("tea", "three")], expected=2)
    projector.catch_up()
    assert projector.parked.loc[3, "event"] == "Sold"
    store.away = "all"
    assert [one.position for one in projector.status.parked] == [3]
    listed = projector.parked
    assert isinstance(listed, pd.DataFrame) and listed.loc[3, "event"] == "?" and "'three'" in listed.loc[3, "error"]


def test_a_list_of_parked_events_has_its_shape_also_when_it_is_empty():
    empty, listed = (parked_table(a_store(), parked) for parked in ([], [ParkedEvent(2, "ValueError: no")]))
    for table in (empty, listed):
        assert table.index.name == "position" and str(table.index.dtype) == "int64"
        assert [(name, str(dtype)) for name, dtype in table.dtypes.items()] == [
            ("stream", "str"), ("event", "str"), ("error", "str"),
        ]  # fmt: skip
    assert listed.loc[2].to_list() == ["till", "Sold", "ValueError: no"]


class StopsAtThree(ThirtyLines):
    """Its reads raise at an event that it cannot decode."""

    def read_all(self, *, after=0, limit=None):
        for one in list(super().read_all(after=after, limit=limit)):
            if one.position == 3:
                raise lab.UnknownEventType("returned", 1, 3, "'sold' 1")
            yield one


def a_log_with_a_hole():
    store = StopsAtThree()
    store.append("till", [Sold("tea", number) for number in range(1, 5)], expected=0)
    return store


@pytest.mark.parametrize(
    ("after", "limit", "read", "stopped_at"),
    [
        (0, None, [1, 2], 3),
        (0, 2, [1, 2], None),
        (2, None, [], 3),
        (2, 1, [], 3),
        (3, None, [4], None),
        (9, 5, [], None),
    ],
)
def test_reading_ends_in_front_of_what_cannot_be_read_and_says_where_that_is(after, limit, read, stopped_at):
    batch, unreadable = read_up_to_unreadable(a_log_with_a_hole(), after=after, limit=limit)
    assert [one.position for one in batch] == read
    assert (unreadable and unreadable.position) == stopped_at


def test_one_event_is_read_at_its_position_or_what_cannot_be_read_is_raised():
    assert [one.position for one in read_one(a_log_with_a_hole(), 4)] == [4]
    with pytest.raises(lab.UnreadableEvent):
        read_one(a_log_with_a_hole(), 3)
