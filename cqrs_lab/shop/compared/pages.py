"""The pages of both shops: a join over the rows, or a read model; and the answers in one form, to compare them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.merge import merge_rows
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.read.projection import Projection
from cqrs_lab.shop.events import OrderPlaced
from cqrs_lab.shop.opening.events import OrderTakenOver
from cqrs_lab.shop.opening.read import Opened
from cqrs_lab.shop.read.orders import DetailsOf, OrderDetails, OrderHistory, OrdersOf, details_of, orders_of
from cqrs_lab.shop.read.sales import BestSellers, TopSellers, top_sellers

Rows = list[tuple[Any, ...]]


class SalesByCountry:
    """What was ordered from each country: one row per country.

    Orders that were cancelled when they were taken over do not count. None is cancelled later in this comparison: that
    event does not say the country, so a table per order would have to be kept beside this one.
    """

    name, version, events = "sales_by_country", 1, (OrderPlaced, OrderTakenOver)
    schema = Schema(index=["country"], columns={"value_mills": "int64"})

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Return the sum of each country in this slice."""
        placed, taken = (batch.frame(kind, each="lines") for kind in (OrderPlaced, OrderTakenOver))
        lines = pd.concat([placed, taken[taken["status"] != "cancelled"]])
        value = lines["quantity"] * lines["unit_price_mills"]
        return value.groupby(lines["country"]).sum().to_frame("value_mills")

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Return both tables added up."""
        return merge_rows(table, rows, add=["value_mills"])


@dataclass(frozen=True, slots=True)
class SalesOfAll:
    """What was sold to each country."""


def sales_of_all(query: SalesOfAll, sales: pd.DataFrame) -> pd.DataFrame:
    """Answer `SalesOfAll`: one row per country, in order."""
    return sales.sort_index()


class Page(NamedTuple):
    """A page: its projection and the handler of its query; what is asked for; and both answers in one form."""

    projection: Callable[[], Projection]
    handler: Callable[[Any, pd.DataFrame], pd.DataFrame]
    query: Callable[[str], Any]
    asks_for: str
    of_rows: Callable[[Rows], Rows]
    of_table: Callable[[pd.DataFrame], Rows]


def _tuples(frame: pd.DataFrame) -> Rows:
    return [tuple(row) for row in frame.astype("object").itertuples(index=False, name=None)]


PAGES: dict[str, Page] = {
    "My orders": Page(
        lambda: Opened(OrderHistory()),
        orders_of,
        OrdersOf,
        "customer",
        lambda rows: sorted((order_id, status, units, mills) for order_id, _, status, units, mills in rows),
        lambda table: sorted(_tuples(table.reset_index()[["order_id", "status", "units", "value_mills"]])),
    ),
    "An order": Page(
        lambda: Opened(OrderDetails()),
        details_of,
        DetailsOf,
        "order",
        lambda rows: [(line, name, quantity, mills) for _, _, line, name, quantity, mills in rows],
        lambda table: _tuples(table.reset_index()[["line", "description", "quantity", "unit_price_mills"]]),
    ),
    "Best sellers": Page(
        lambda: Opened(BestSellers()),
        top_sellers,
        lambda who: TopSellers(),
        "",
        lambda rows: [(product_id, units) for product_id, _, units in rows],
        lambda table: _tuples(table.reset_index()[["product_id", "units"]]),
    ),
    "Sales by country": Page(
        SalesByCountry,
        sales_of_all,
        lambda who: SalesOfAll(),
        "",
        lambda rows: rows,
        lambda table: _tuples(table.reset_index()[["country", "value_mills"]]),
    ),
}
"""By the name of the CRUD shop's question."""
