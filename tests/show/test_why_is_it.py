"""A cell is picked in the table, and the tiles of its events say which count and which are hidden."""

import json
import re
import sys
from html import unescape

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import read, write
from cqrs_lab.show import why_is_it

from .conftest import EVENING, cups


@pytest.fixture
def view(shop):
    shop.bus.send(write.ChangePrice("cup", 2750, EVENING))
    shop.bus.send(write.ListProduct("pot", "Tea <pot>", 9900, EVENING))
    shop.bus.send(write.ChangePrice("cup", 2650, EVENING))
    return why_is_it(shop.store, read.ProductListing())


def tiles(picture):
    """Return the class and the words of each tile, by its position."""
    tile = r'<li[^>]*? style="[^"]*" class=(\w+)>(\d+)<svg.*?</svg>.*?<span.*?</span>(.*?)</li>'
    found = re.findall(tile, picture.html)
    return {int(position): (css, re.sub(r"<[^>]*>", " ", words).split()[-2:]) for css, position, words in found}


def test_the_events_that_count_and_those_that_are_hidden_are_told_apart_by_words_and_by_class(view):
    price = view.at(row=0, column=1)
    marks = tiles(price)
    assert marks[5] == ("counts", ["✔", "counts"]) and marks[3][0] == "hidden" and "hidden by 5" in price.html
    assert {marks[position][0] for position in (1, 2, 4)} == {"aside"}
    assert price.frame["position"].tolist() == [3, 5]
    assert "without it, 2,750 in place of 2,650" in price.html
    assert (
        price.says
        == "price_mills of cup is 2,650: PriceChanged at position 5 counts. PriceChanged at 3 is hidden by position 5."
    )


def test_every_cell_sets_row_and_column_to_its_own_place_and_the_chosen_one_is_the_one_stop(view):
    picture = view.at(row=1, column=0)
    cells = re.findall(
        r'<td class="([^"]*)" data-set="([^"]*)" aria-selected="(\w+)" tabindex="(-?\d)">(.*?)</td>', picture.html
    )
    places = [json.loads(unescape(sets)) for _, sets, *_ in cells]
    assert places == [{"row": row, "column": column} for row in (0, 1) for column in (0, 1)]
    assert [(unescape(text), stop) for _, _, chosen, stop, text in cells if chosen == "true"] == [("Tea <pot>", "0")]
    assert [stop for *_, stop, _ in cells].count("0") == 1
    for place in places:
        view.move(**place)
        assert view.picture.frame.equals(view.at(**place).frame)


def test_it_begins_at_a_cell_that_is_named_and_shows_no_column_that_only_holds_a_position(view, shop):
    begun = why_is_it(shop.store, read.ProductListing(), "pot", "price_mills")
    assert begun.values == {"row": 1, "column": 1}
    assert "_position" not in begun.html
    with pytest.raises(
        lab.InvalidArgument, match="no column 'price_position' is shown of product_listing; give one of name"
    ):
        why_is_it(shop.store, read.ProductListing(), "pot", "price_position")
    with pytest.raises(lab.InvalidArgument, match="no row 'tin' in product_listing; give one of 'cup', 'pot'"):
        why_is_it(shop.store, read.ProductListing(), "tin")


def test_of_many_rows_and_events_a_part_is_drawn_and_it_says_which(shop, monkeypatch):
    monkeypatch.setattr(sys.modules[why_is_it.__module__], "MOST_ROWS", 20)
    shop.bus.send(write.ReceiveStock("cup", 400, EVENING))
    for number in range(24):
        shop.bus.send(cups(1, order_id=f"o{number:02d}"))
    stock = why_is_it(shop.store, read.InventoryLevels(), "cup", "ordered")
    assert len(tiles(stock.picture)) == 12 and "12 of 27 events drawn" in stock.html
    assert "12 more events are not listed" in stock.html and len(stock.frame()) == 24
    orders = why_is_it(shop.store, read.OrderHistory(), "o23", "units")
    assert orders.html.count("<tr>") == 1 + 10 and "20 of 24 rows, 11 to 20 drawn" in orders.html
    assert orders.says.startswith("units of o23 is 1: OrderPlaced at position 27 counts.")
    assert "units of o00 is 1" in orders.at(row=0).says


def test_a_table_without_rows_has_no_cell_to_pick():
    with pytest.raises(lab.InvalidArgument, match="the table of best_sellers has no rows"):
        why_is_it(lab.MemoryEventStore(), read.BestSellers())
