"""The shop's read models, against a count by hand."""

from __future__ import annotations

from datetime import datetime

import cqrs_lab as lab
from cqrs_lab.shop.read import ListProducts, ProductListing, list_products
from cqrs_lab.shop.write import ChangePrice, ListProduct, RetireProduct, register

AT = datetime(2011, 3, 1, 9)


def a_catalogue():
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    register(bus)
    for k, name in enumerate(["Tea cup", "Teapot", "Lantern", "Cake tin"]):
        bus.send(ListProduct(f"p{k}", name, 1000 * (k + 1), AT))
    bus.send(ChangePrice("p0", 9000, AT))
    bus.send(RetireProduct("p2", AT))
    return store


def test_the_product_listing_keeps_law_5():
    report = lab.check_projection(ProductListing(), a_catalogue())
    assert report.ok, report


def test_products_for_sale_are_found_sorted_and_paged():
    listing = lab.Projector(a_catalogue(), ProductListing())
    listing.catch_up()
    queries = lab.QueryBus()
    queries.register(ListProducts, list_products, reads=listing)

    def names(query):
        return queries.ask(query).value["name"].to_list()

    assert names(ListProducts()) == ["Cake tin", "Tea cup", "Teapot"]
    assert names(ListProducts(search="TEA")) == ["Tea cup", "Teapot"]
    assert names(ListProducts(sort_by="price_mills")) == ["Teapot", "Cake tin", "Tea cup"]
    assert names(ListProducts(page=2, page_size=2)) == ["Teapot"]
    assert queries.ask(ListProducts(search="cup")).value["price_mills"].to_list() == [9000]
