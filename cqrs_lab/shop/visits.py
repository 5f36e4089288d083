"""What visitors of a small tea shop do in a simulated world: they order, and look at how many were ordered."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.merge import merge_rows
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.shop import write
from cqrs_lab.shop.events import OrderLine, OrderPlaced

PRICES = {"cup": 2550, "pot": 9900}
NOON = datetime(2026, 1, 5, 12)


def order_one(number: int, person: str, product: str, pieces: int = 1) -> write.PlaceOrder:
    """Return an order for one product; the visit's number makes the order's id."""
    line = OrderLine(1, product, f"Tea {product}", pieces, PRICES[product])
    return write.PlaceOrder(f"v{number}", person, "Ireland", (line,), (), NOON)


class UnitsOrdered:
    """How many pieces of each product were ordered: one row per product."""

    name, version, events = "units_ordered", 1, (OrderPlaced,)
    schema = Schema(index=["product_id"], columns={"units": "int64"})

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Return the sum of the lines of each product in this slice."""
        lines = batch.frame(OrderPlaced, each="lines")
        return lines.groupby("product_id")["quantity"].sum().to_frame("units")

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Return both tables added up."""
        return merge_rows(table, rows, add=["units"])
