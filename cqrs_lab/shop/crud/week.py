"""Some trade for the shop, drawn from a seed."""

from __future__ import annotations

from datetime import datetime, timedelta

from numpy.random import default_rng

from cqrs_lab.shop.crud.shop import CrudShop

PRODUCTS = ("cup", "pot", "tray", "spoon", "lamp", "clock", "apron", "candle", "basket", "cushion")
COUNTRIES = ("Ireland", "France", "Spain", "Italy")


def trade(shop: CrudShop, orders: int, *, seed: int = 1, customers: int = 50) -> None:
    """List ten products, fill the shelves, and place orders of one to four lines, a minute apart.

    Parameters
    ----------
    shop : CrudShop
        A new one.
    orders : int
    seed : int, optional
    customers : int, optional
        They are called c0, c1, …
    """
    # Filling a shop for a lesson need not survive a power cut; what comes after does.
    shop.connection.execute("PRAGMA synchronous = OFF")
    random, noon = default_rng(seed), datetime(2026, 1, 5, 12)
    for number, product_id in enumerate(PRODUCTS, 1):
        shop.list_product(product_id, product_id.title(), 500 * number)
        shop.receive_stock(product_id, 10 * orders)
    for number in range(orders):
        customer, count = int(random.integers(customers)), int(random.integers(1, 5))
        chosen = random.choice(len(PRODUCTS), count, replace=False)
        quantities = {PRODUCTS[at]: int(random.integers(1, 4)) for at in chosen}
        at = noon + timedelta(minutes=number)
        shop.place_order(f"o{number:05}", f"c{customer}", COUNTRIES[customer % 4], quantities, at)
    shop.connection.execute("PRAGMA synchronous = FULL")
