"""What was sold: revenue by day, and the best sellers. Returns and cancellations count against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.merge import merge_rows
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.shop.events import ItemsReturned, OrderCancelled, OrderPlaced
from cqrs_lab.shop.read.entries import entries


class RevenueByDay:
    """Revenue and units of each day: one row per day. What comes back counts on the day it comes back."""

    name, version, events = "revenue_by_day", 1, (OrderPlaced, OrderCancelled, ItemsReturned)
    schema = Schema(index={"day": "datetime64[us]"}, columns={"units": "int64", "revenue_mills": "int64"})

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Return the sum of the lines and charges of each day in this slice."""
        moved = pd.concat([entries(batch, "lines"), entries(batch, "charges")])
        days = moved.groupby(moved["at"].dt.normalize())
        sums = {"units": days["quantity"].sum(), "revenue_mills": days["value_mills"].sum()}
        return self.schema.conform(pd.DataFrame(sums).rename_axis("day"))

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Return both tables added up."""
        return merge_rows(table, rows, add=["units", "revenue_mills"])


@dataclass(frozen=True, slots=True)
class RevenueBetween:
    """What came in from the first to the last day, both included."""

    first: datetime
    last: datetime


def revenue_between(query: RevenueBetween, revenue: pd.DataFrame) -> pd.DataFrame:
    """Answer `RevenueBetween`: one row per day with trade; units and revenue_mills, in order of the day."""
    return revenue[(revenue.index >= query.first) & (revenue.index <= query.last)].sort_index()


class BestSellers:
    """Units and revenue of each product, net of returns and cancellations: one row per product; no charges."""

    name, version, events = "best_sellers", 1, (OrderPlaced, OrderCancelled, ItemsReturned)
    schema = Schema(index=["product_id"], columns={"units": "int64", "revenue_mills": "int64"})

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Return the sum of the lines of each product in this slice."""
        lines = entries(batch, "lines").groupby("code")
        sums = {"units": lines["quantity"].sum(), "revenue_mills": lines["value_mills"].sum()}
        return pd.DataFrame(sums).rename_axis("product_id")

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Return both tables added up."""
        return merge_rows(table, rows, add=["units", "revenue_mills"])


@dataclass(frozen=True, slots=True)
class TopSellers:
    """Which products sold most units."""

    count: int = 10


def top_sellers(query: TopSellers, sellers: pd.DataFrame) -> pd.DataFrame:
    """Answer `TopSellers`: one row per product; units and revenue_mills, most units first, ties by product."""
    return sellers.sort_index().sort_values("units", ascending=False, kind="stable").head(query.count)
