"""What is in the carts."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.merge import merge_rows
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.shop.events import CartLineSet
from cqrs_lab.shop.read.entries import latest


class Cart:
    """What is in each cart: one row per cart and product; quantity 0 is a tombstone, which `show_cart` hides."""

    name, version, events = "cart", 1, (CartLineSet,)
    schema = Schema(
        index=["cart_id", "product_id"],
        columns={"quantity": "int64", "unit_price_mills": "int64", "set_position": "int64"},
    )

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Return what each line was last set to."""
        return self.schema.conform(latest(batch.frame(CartLineSet), ["cart_id", "product_id"], "set_position"))

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Return both tables as one: each line as it was last set."""
        return merge_rows(table, rows, latest={"set_position": ["quantity", "unit_price_mills"]})


@dataclass(frozen=True, slots=True)
class ShowCart:
    """What is in this cart."""

    cart_id: str


def show_cart(query: ShowCart, carts: pd.DataFrame) -> pd.DataFrame:
    """Answer `ShowCart`: one row per product in the cart; columns quantity and unit_price_mills, by product."""
    lines = carts[carts.index.get_level_values("cart_id") == query.cart_id].droplevel("cart_id")
    return lines.loc[lines["quantity"] > 0, ["quantity", "unit_price_mills"]].sort_index()
