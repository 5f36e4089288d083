"""The log and its tables: each table as it was at the position it has read to, the last change set apart."""

import re
from html import unescape

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import read
from cqrs_lab.show import log_and_tables
from cqrs_lab.show.icons import PATHS, icon_of
from cqrs_lab.show.log_strip import MOST_EVENTS

from .conftest import cups


@pytest.fixture
def view(shop):
    shop.bus.send(cups(2))
    shop.bus.send(cups(1, order_id="8", customer_id="<ben>"))
    return log_and_tables(shop.store, [read.OrderHistory(), read.InventoryLevels()])


def rows(picture, name):
    """Return the rows of a drawn table as lists of cells; a changed cell ends in '!'."""
    table = re.search(rf"<caption>. {name}, as of position (\d+)</caption>.*?<tbody>(.*?)</tbody>", picture.html)
    cells = [re.findall(r"<t[dh]([^>]*)>(.*?)</t[dh]>", row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table[2])]
    return int(table[1]), [[plain(text) + ("!" if "changed" in css else "") for css, text in row] for row in cells]


def plain(html):
    return unescape(re.sub(r"<span.*?</span>", "", html))


def test_each_table_stands_at_its_own_position(view):
    picture = view.at(order_history=2, inventory_levels=4)
    assert rows(picture, "order_history") == (2, [["no rows yet"]])
    assert rows(picture, "inventory_levels") == (4, [["cup", "12", "0", "3!", "0"]])
    assert picture.frame.to_dict() == {
        "position": {"order_history": 2, "inventory_levels": 4},
        "events_behind": {"order_history": 2, "inventory_levels": 0},
    }


def test_what_the_last_event_changed_is_set_apart(view):
    first = ["ada!", "Ireland!", "2026-01-05 20:10:00!", "placed!", "2!", "5,100!"]
    later = [one.rstrip("!") for one in first]
    second = ["8", "<ben>!", "Ireland!", "2026-01-05 20:10:00!", "placed!", "1!", "2,550!"]
    assert rows(view.at(order_history=3), "order_history") == (3, [["7", *first]])
    assert rows(view.at(order_history=4), "order_history") == (4, [["7", *later], second])
    assert rows(view.at(inventory_levels=2), "inventory_levels") == (2, [["cup", "12!", "0!", "0!", "0!"]])
    assert rows(view.at(inventory_levels=3), "inventory_levels") == (3, [["cup", "12", "0", "2!", "0"]])


def test_nothing_is_set_apart_before_the_first_event_or_by_an_event_that_is_not_read(view):
    for count in (0, 1):
        assert "changed" not in view.at(inventory_levels=count).html
    assert "changed" not in view.at(order_history=2, inventory_levels=0).html


def test_the_sentence_says_who_has_read_how_far(view):
    assert view.at(order_history=3, inventory_levels=0).says == (
        "order_history has read up to position 3, OrderPlaced: 1 event behind. inventory_levels has read nothing yet."
    )
    assert "OrderPlaced, the end of the log" in view.at(order_history=4).says


def bars(picture):
    """Return how many events of the strip each bar spans, by the reader's name."""
    found = re.findall(
        r'<div class="reader( none)?"(?: style="grid-column:1 / span (\d+)")?><span[^>]*>▲ (\w+)</span>', picture.html
    )
    return {name: int(span or 0) for _, span, name in found}


def test_the_strip_shows_every_event_and_how_much_of_it_each_has_read(view, shop):
    picture = view.at(order_history=4, inventory_levels=2)
    tiles = re.findall(r"<li.*?</li>", picture.html)
    assert [re.search(r">(\d+)<", tile)[1] for tile in tiles] == ["1", "2", "3", "4"]
    kinds = [type(one.event) for one in shop.store.read_all()]
    assert [re.search(r' d="(.*?)"', tile)[1] for tile in tiles] == [PATHS[icon_of(kind)] for kind in kinds]
    tints, streams = (
        [re.search(pattern, tile)[1] for tile in tiles]
        for pattern in (r"--tint:var\(--(\w+)\)", r'"stream">(.*?)</span>')
    )
    assert [tints.index(one) for one in tints] == [streams.index(one) for one in streams] == [0, 1, 2, 3]
    assert bars(picture) == {"order_history": 4, "inventory_levels": 2}
    assert bars(view.at(order_history=0, inventory_levels=1)) == {"order_history": 0, "inventory_levels": 1}


def test_of_a_long_log_the_events_around_the_furthest_reader_are_shown(shop):
    for number in range(20):
        shop.bus.send(cups(1, order_id=f"o{number}"))
    view = log_and_tables(shop.store, [read.OrderHistory(), read.InventoryLevels()])
    first, last = view.at(order_history=3, inventory_levels=12), view.at(order_history=3, inventory_levels=13)
    assert first.html.count("<li") == MOST_EVENTS and "events 1 to 12 of 22" in first.html
    assert last.html.count("<li") == 10 and "events 13 to 22 of 22" in last.html
    assert bars(first) == {"order_history": 3, "inventory_levels": 12}
    assert bars(last) == {"order_history": 0, "inventory_levels": 1}


def test_an_empty_log_can_be_shown():
    view = log_and_tables(lab.MemoryEventStore(), [read.OrderHistory()])
    assert view.says == "order_history has read nothing yet."


def test_nothing_in_an_event_becomes_markup(view):
    assert "<ben>" not in view.at(order_history=4).html


class Fragile(read.InventoryLevels):
    """Stops at the second order."""

    def summarise(self, batch):
        if any(getattr(one.event, "order_id", "") == "8" for one in batch):
            raise ValueError("an eight")
        return super().summarise(batch)


def test_a_projection_that_fails_is_said_and_its_table_shown_as_far_as_it_got(shop, view):
    shown = log_and_tables(shop.store, [Fragile()])
    for count in range(5):
        picture = shown.at(inventory_levels=count)
        assert ("✕ inventory_levels stops before position 4: ValueError: an eight." in picture.says) == (count == 4)
        assert ("✕ stopped" in picture.html) == (count == 4)
    before, after = (shown.at(inventory_levels=count).html.split("<tbody>")[1] for count in (3, 4))
    assert re.findall(r"<td[^>]*>(\d+)", before) == re.findall(r"<td[^>]*>(\d+)", after) == ["12", "0", "2", "0"]
