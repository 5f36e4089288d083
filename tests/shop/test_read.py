"""The shop's seven read models: law 5 on each, and their answers against a count by hand."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import read, write
from cqrs_lab.shop.events import Charge, OrderLine

START = datetime(2011, 3, 1, 9)
PRICES = {f"p{k}": 1000 * (k + 1) + 7 for k in range(5)}


def at(hours):
    return START + timedelta(hours=hours)


def order_lines(k):
    products = [f"p{(k + j) % 5}" for j in range(1 + k % 3)]
    return tuple(OrderLine(n, one, one.upper(), n + k % 2, PRICES[one]) for n, one in enumerate(products, 1))


def charges(k):
    return (Charge(9, "POST", "postage", 1, 500),) if k % 4 == 0 else ()


@pytest.fixture(scope="module")
def store():
    """Twenty orders by four customers; every third goes through, every seventh is cancelled."""
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    write.register(bus)
    for name, price in PRICES.items():
        bus.send(write.ListProduct(name, f"Product {name}", price, START))
        bus.send(write.ReceiveStock(name, 40, START))
    bus.send(write.ChangePrice("p0", 9000, at(1)))
    bus.send(write.RetireProduct("p2", at(1)))
    bus.send(write.AdjustStock("p1", -3, "damaged", "count-1", at(2)))
    bus.send(write.ReserveStock("p1", "o0", 4, at(2)))
    bus.send(write.ReserveStock("p1", "o1", 2, at(2)))
    bus.send(write.ReleaseStock("p1", "o1", at(3)))
    for quantity in (2, 5):
        bus.send(write.AddToCart("k1", "c1", "p1", quantity, PRICES["p1"], at(3)))
    bus.send(write.AddToCart("k1", "c1", "p0", 1, 9000, at(3)))
    bus.send(write.RemoveFromCart("k1", "p0", at(3)))
    for k in range(20):
        bus.send(write.PlaceOrder(f"o{k}", f"c{k % 4}", "UK", order_lines(k), charges(k), at(5 * k)))
        if k % 7 == 6:
            bus.send(write.CancelOrder(f"o{k}", at(5 * k + 30)))
        elif k % 3 == 0:
            due = sum(one.quantity * one.unit_price_mills for one in (*order_lines(k), *charges(k)))
            bus.send(write.PayOrder(f"o{k}", due, at(5 * k + 1)))
            bus.send(write.ShipOrder(f"o{k}", at(5 * k + 2)))
            bus.send(write.ChangeItemStatus(f"o{k}", 1, "back order", at(5 * k + 2)))
    bus.send(write.IssueCreditNote("r1", "c2", "UK", (OrderLine(1, "p3", "P3", 2, 4007),), (), at(48)))
    return store


def expected_entries():
    """List what moved, from the orders as they were sent: (document, day, product or "", units, mills)."""
    for k in range(20):
        for sign, hours in [(1, 5 * k)] + ([(-1, 5 * k + 30)] if k % 7 == 6 else []):
            for one in order_lines(k):
                yield (
                    f"o{k}",
                    at(hours).date(),
                    one.product_id,
                    sign * one.quantity,
                    sign * one.quantity * one.unit_price_mills,
                )
            for one in charges(k):
                yield f"o{k}", at(hours).date(), "", sign * one.quantity, sign * one.quantity * one.unit_price_mills
    yield "r1", at(48).date(), "p3", -2, -2 * 4007


def sums(key, goods_only=False):
    totals = defaultdict(lambda: [0, 0])
    for entry in expected_entries():
        if not goods_only or entry[2]:
            totals[entry[key]][0] += entry[3]
            totals[entry[key]][1] += entry[4]
    return dict(totals)


@pytest.fixture
def queries(store):
    projectors = {one.name: lab.Projector(store, one) for one in read.projections()}
    for projector in projectors.values():
        projector.catch_up()
    queries = lab.QueryBus()
    read.register(queries, projectors)
    return lambda query: queries.ask(query, at_least=store.head()).value


@pytest.mark.parametrize("projection", read.projections(), ids=lambda one: one.name)
def test_a_projection_of_the_shop_keeps_law_5(store, projection):
    report = lab.check_projection(projection, store)
    assert report.ok, report


def test_products_for_sale_are_found_sorted_and_paged(queries):
    assert queries(read.ListProducts()).index.to_list() == ["p0", "p1", "p3", "p4"]
    assert queries(read.ListProducts(search="T P3")).index.to_list() == ["p3"]
    assert queries(read.ListProducts(sort_by="price_mills")).index.to_list() == ["p1", "p3", "p4", "p0"]
    assert queries(read.ListProducts(page=2, page_size=3)).index.to_list() == ["p4"]
    assert queries(read.ListProducts(search="p0"))["price_mills"].to_list() == [9000]


def test_a_cart_shows_what_was_put_in_and_not_taken_out(queries):
    assert queries(read.ShowCart("k1"))["quantity"].to_dict() == {"p1": 7}
    assert queries(read.ShowCart("unknown")).empty


def test_order_history_has_every_document_with_status_units_and_value(queries):
    histories = {c: queries(read.OrdersOf(c)) for c in ("c0", "c1", "c2", "c3")}
    found = {
        document: [int(row.units), int(row.value_mills)]
        for history in histories.values()
        for document, row in history.iterrows()
    }
    assert found == sums(0)
    assert histories["c2"].loc[["o6", "o2", "o18", "r1"], "status"].to_list() == [
        "cancelled",
        "placed",
        "shipped",
        "returned",
    ]
    assert histories["c0"]["placed_at"].is_monotonic_decreasing


def test_order_details_show_each_line_with_its_own_status(queries):
    details = queries(read.DetailsOf("o12"))
    assert details["product_id"].to_dict() == {1: "p2", 9: "POST"}
    assert details["kind"].to_list() == ["goods", "charge"]
    assert details["item_status"].to_list() == ["back order", ""]
    assert queries(read.DetailsOf("r1"))["quantity"].to_dict() == {1: -2}


def test_stock_levels_are_what_came_in_less_what_was_ordered(queries):
    levels = queries(read.StockLevels(opening=10))
    sold = {product: units for product, (units, _) in sums(2, goods_only=True).items()}
    wanted = {product: 10 + 40 - (3 if product == "p1" else 0) - sold[product] for product in PRICES}
    assert levels["level"].to_dict() == wanted
    assert levels["reserved"].to_dict() == {product: 4 if product == "p1" else 0 for product in PRICES}
    assert levels.loc["p1", "available"] == wanted["p1"] - 4


def test_revenue_counts_what_comes_back_on_the_day_it_comes_back(queries):
    revenue = queries(read.RevenueBetween(START.replace(hour=0), START + timedelta(days=30)))
    found = {day.date(): [int(row.units), int(row.revenue_mills)] for day, row in revenue.iterrows()}
    assert found == sums(1)
    second = queries(read.RevenueBetween(datetime(2011, 3, 2), datetime(2011, 3, 2)))
    assert [day.date() for day in second.index] == [datetime(2011, 3, 2).date()]


def test_best_sellers_are_net_of_returns_and_without_charges(queries):
    found = queries(read.TopSellers(count=99))
    assert {name: [int(row.units), int(row.revenue_mills)] for name, row in found.iterrows()} == sums(
        2, goods_only=True
    )
    assert found["units"].is_monotonic_decreasing
    assert len(queries(read.TopSellers(count=2))) == 2
