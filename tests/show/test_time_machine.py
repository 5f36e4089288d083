"""The time machine shows the shop as it was at any position, counted here by hand."""

import re
from html import unescape

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import read, write
from cqrs_lab.show import time_machine

from .conftest import EVENING, cups


@pytest.fixture
def view(shop):
    shop.bus.send(cups(2))
    shop.bus.send(write.AdjustStock("cup", -1, "broken", "b1", EVENING))
    return time_machine(shop.store, "stock-cup", write.stock, [read.InventoryLevels()])


def state(picture):
    return picture.frame["after"].to_dict()


def test_the_state_is_that_of_the_stream_at_that_position(view):
    on_hand = [state(view.at(position=position))["on_hand"] for position in range(5)]
    assert on_hand == ["0", "0", "12", "12", "11"]


def test_the_tables_stand_at_the_same_position(view):
    def row(position):
        after = view.at(position=position).html.split("inventory_levels, as of")[1].split("</table>")[0]
        cells = re.findall(r"<td[^>]*>(.*?)</td>", after)
        return [unescape(re.sub(r"<span.*?</span>", "", cell)) for cell in cells]

    assert row(1) == ["no rows yet"]
    assert row(3) == ["12", "0", "2", "0"]
    assert row(4) == ["12", "−1", "2", "0"]


def test_it_begins_at_the_end_of_the_log_and_says_where_it_is(view):
    assert view.says == "As of position 4, StockAdjusted on stock-cup. stock-cup is at version 2."
    assert view.at(position=3).says == (
        "As of position 3, OrderPlaced on order-7, not on stock-cup. stock-cup is at version 1."
    )
    assert view.at(position=0).says.startswith("Before the first event.")


def test_what_the_event_changed_in_the_state_is_set_apart(view):
    def changed(position):
        caption = view.at(position=position).html.split("<caption>stock-cup")[1].split("</table>")[0]
        return re.findall(r'<th scope="row">(\w+)</th><td class="changed">', caption)

    assert changed(4) == ["on_hand"] and changed(3) == []


def test_the_stream_s_own_events_are_set_apart(view):
    tiles = re.findall(r"<li.*?</li>", view.at(position=4).html)
    assert ["class=own" in tile for tile in tiles] == [False, True, False, True]


def test_a_state_that_has_no_fields_is_told_as_it_is():
    store = lab.MemoryEventStore()
    store.append("lamp", ["on"], expected=0)
    lamp = lab.Decider("off", lambda command, state: [command], lambda state, event: event)
    assert state(time_machine(store, "lamp", lamp).at(position=1)) == {"state": "on"}
    assert state(time_machine(store, "lamp", lamp).at(position=0)) == {"state": "off"}


def event(picture):
    caption, rows = re.findall(r"<caption>([^<]*)</caption>.*?<tbody>(.*?)</tbody>", picture.html, re.S)[0]
    return unescape(caption), dict(re.findall(r'<th scope="row">(\w+)</th><td>(.*?)</td>', rows))


def test_the_last_event_is_shown_with_all_that_it_says_and_no_more(view):
    caption, fields = event(view.at(position=4))
    assert caption.endswith("StockAdjusted, at position 4")
    assert fields == {
        "product_id": "cup",
        "quantity": "-1",
        "reason": "broken",
        "reference": "b1",
        "adjusted_at": "2026-01-05 20:10:00",
    }
    assert event(view.at(position=3))[1]["order_id"] == "7"
    assert "nothing has happened yet" in view.at(position=0).html


def test_an_event_that_is_a_plain_value_is_shown_as_it_is():
    store = lab.MemoryEventStore()
    store.append("lamp", ["<on>"], expected=0)
    lamp = lab.Decider("off", lambda command, state: [command], lambda state, event: event)
    assert event(time_machine(store, "lamp", lamp).at(position=1)) == ("● str, at position 1", {"value": "&lt;on&gt;"})


def test_no_event_moves_what_stands_around_it(view):
    heights = {re.findall(r"min-height:([\d.]+)em", view.at(position=position).html)[0] for position in range(5)}
    assert len(heights) == 1
