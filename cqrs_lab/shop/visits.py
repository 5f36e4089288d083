"""What visitors of a small tea shop do in a simulated world: they order, and look at what is left."""

from __future__ import annotations

from datetime import datetime

from cqrs_lab.shop import read, write
from cqrs_lab.shop.events import OrderLine

PRICES = {"cup": 2550, "pot": 9900}
NOON = datetime(2026, 1, 5, 12)


def order_one(number: int, person: str, product: str) -> write.PlaceOrder:
    """Order one piece of a product; the number makes the order's id."""
    line = OrderLine(1, product, f"Tea {product}", 1, PRICES[product])
    return write.PlaceOrder(f"v{number}", person, "Ireland", (line,), (), NOON)


STOCKED = tuple(write.ReceiveStock(product, 1_000, NOON) for product in PRICES)
"""What is there before the first visitor comes."""

Stock = read.InventoryLevels
