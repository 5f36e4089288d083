"""What was ordered and returned, as a history and line by line."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.merge import merge_rows
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.shop.events import (
    ItemsReturned,
    ItemStatusChanged,
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderPlaced,
    OrderShipped,
)
from cqrs_lab.shop.read.entries import SIGNED, entries, latest, side_by_side

STATUS_AFTER = {
    OrderPlaced: "placed",
    OrderPaid: "paid",
    OrderShipped: "shipped",
    OrderDelivered: "delivered",
    OrderCancelled: "cancelled",
}


class OrderHistory:
    """Every order and every return: one row per document, with units and value; a return's are negative.

    A cancellation subtracts the order's units and value again.
    """

    name, version, events = "order_history", 1, (*STATUS_AFTER, ItemsReturned)
    schema = Schema(
        index=["order_id"],
        columns={
            "customer_id": "str",
            "country": "str",
            "placed_at": "datetime64[us]",
            "placed_position": "int64",
            "status": "str",
            "status_position": "int64",
            "units": "int64",
            "value_mills": "int64",
        },
    )

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Return each document's heading, its last status and the sum of its lines and charges."""
        returned = batch.frame(ItemsReturned).drop(columns="order_id")
        returned = returned.rename(columns={"return_id": "order_id", "returned_at": "placed_at"})
        headings = pd.concat([batch.frame(OrderPlaced), returned])
        heading = latest(headings, "order_id", "placed_position")
        frames = [(batch.frame(kind), status) for kind, status in STATUS_AFTER.items()]
        changes = [frame[["order_id", "position"]].assign(status=status) for frame, status in frames if len(frame)]
        changes.append(returned[["order_id", "position"]].assign(status="returned"))
        status = latest(pd.concat(changes), "order_id", "status_position")
        moved = pd.concat([entries(batch, "lines"), entries(batch, "charges")]).groupby("document")
        sums = pd.DataFrame({"units": moved["quantity"].sum(), "value_mills": moved["value_mills"].sum()})
        columns = ["customer_id", "country", "placed_at", "placed_position"]
        return side_by_side(self.schema, heading[columns], status, sums)

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Return both tables as one: units and value added up, the heading and the last status kept."""
        groups = {"placed_position": ["customer_id", "country", "placed_at"], "status_position": ["status"]}
        return merge_rows(table, rows, add=["units", "value_mills"], latest=groups)


@dataclass(frozen=True, slots=True)
class OrdersOf:
    """What this customer ordered and returned."""

    customer_id: str


def orders_of(query: OrdersOf, history: pd.DataFrame) -> pd.DataFrame:
    """Answer `OrdersOf`: one row per order or return; placed_at, status, units, value_mills; newest first."""
    own = history[history["customer_id"] == query.customer_id].sort_values("placed_position", ascending=False)
    return own[["placed_at", "status", "units", "value_mills"]]


class OrderDetails:
    """The lines of every order and return: one row per document and line; a return's quantities are negative."""

    name, version, events = "order_details", 1, (OrderPlaced, ItemsReturned, ItemStatusChanged)
    schema = Schema(
        index={"order_id": "str", "line": "int64"},
        columns={
            "kind": "str",
            "product_id": "str",
            "description": "str",
            "quantity": "int64",
            "unit_price_mills": "int64",
            "placed_position": "int64",
            "item_status": "str",
            "item_status_position": "int64",
        },
    )

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Return each line as placed or returned, and the last status of that line."""
        placed = pd.concat(
            [self._lines(batch, kind, each) for kind in self.events[:2] for each in ("lines", "charges")]
        )
        keys = ["order_id", "line"]
        lines = placed.rename(columns={"position": "placed_position"}).set_index(keys)
        changed = batch.frame(ItemStatusChanged).rename(columns={"status": "item_status"})
        if changed.empty:
            return self.schema.conform(lines.assign(item_status="", item_status_position=0))
        status = latest(changed[[*keys, "position", "item_status"]], keys, "item_status_position")
        return side_by_side(self.schema, lines, status)

    @staticmethod
    def _lines(batch: EventBatch, event_type: type, each: str) -> pd.DataFrame:
        document, _, sign = SIGNED[event_type]
        frame = batch.frame(event_type, each=each).rename(columns={"code": "product_id"})
        named = [document, "line", "product_id", "description", "quantity", "unit_price_mills", "position"]
        lines = frame[named].rename(columns={document: "order_id"})
        return lines.assign(quantity=sign * lines["quantity"], kind="goods" if each == "lines" else "charge")

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Return both tables as one: each line as placed, with its last status."""
        as_placed = ["kind", "product_id", "description", "quantity", "unit_price_mills"]
        groups = {"placed_position": as_placed, "item_status_position": ["item_status"]}
        return merge_rows(table, rows, latest=groups)


@dataclass(frozen=True, slots=True)
class DetailsOf:
    """What is on this order or return."""

    order_id: str


def details_of(query: DetailsOf, details: pd.DataFrame) -> pd.DataFrame:
    """Answer `DetailsOf`: one row per line, in order; kind, product, description, quantity, price, item_status."""
    own = details[details.index.get_level_values("order_id") == query.order_id].droplevel("order_id")
    return own.drop(columns=["placed_position", "item_status_position"]).sort_index()
