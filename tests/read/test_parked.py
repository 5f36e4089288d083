"""Parked events are listed whatever the store says, and reading ends in front of an event that cannot be read."""

from __future__ import annotations

import pandas as pd

from tests.read.test_status import Away, Sold, a_projector


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
