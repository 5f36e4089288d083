"""What is for sale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.merge import merge_rows
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.shop.events import PriceChanged, ProductListed, ProductRetired
from cqrs_lab.shop.read.entries import latest, side_by_side


class ProductListing:
    """What is for sale: one row per product, with its latest price.

    A retired product keeps its row as a tombstone, which `list_products` hides.
    """

    name, version, events = "product_listing", 1, (ProductListed, PriceChanged, ProductRetired)
    schema = Schema(
        index=["product_id"],
        columns={
            "name": "str",
            "name_position": "int64",
            "price_mills": "int64",
            "price_position": "int64",
            "retired_position": "int64",
        },
    )

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Return the last name, the last price and the retirement of each product in this slice."""
        listed, changed, retired = (batch.frame(event_type) for event_type in self.events)
        names = latest(listed, "product_id", "name_position")[["name", "name_position"]]
        priced = pd.concat([listed, changed])[["product_id", "position", "price_mills"]]
        ends = latest(retired, "product_id", "retired_position")[["retired_position"]]
        return side_by_side(self.schema, names, latest(priced, "product_id", "price_position"), ends)

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Return both tables as one: of two values, the one with the greater position."""
        groups = {"name_position": ["name"], "price_position": ["price_mills"], "retired_position": []}
        return merge_rows(table, rows, latest=groups)


@dataclass(frozen=True, slots=True)
class ListProducts:
    """Which products are for sale, a page at a time; `search` is any part of the name."""

    search: str = ""
    sort_by: Literal["name", "price_mills"] = "name"
    page: int = 1
    page_size: int = 20


def list_products(query: ListProducts, listing: pd.DataFrame) -> pd.DataFrame:
    """Answer `ListProducts`: one row per product for sale; columns name and price_mills, in the order asked for."""
    for_sale = listing[(listing["retired_position"] == 0) & (listing["name_position"] > 0)]
    found = for_sale[for_sale["name"].str.contains(query.search, case=False, regex=False)]
    first = (query.page - 1) * query.page_size
    in_order = found.sort_values([query.sort_by, "name"])[["name", "price_mills"]]
    return in_order.iloc[first : first + query.page_size]
