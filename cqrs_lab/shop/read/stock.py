"""How much of each product is in stock."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.merge import merge_rows
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.shop.events import (
    ItemsReturned,
    OrderCancelled,
    OrderPlaced,
    StockAdjusted,
    StockReceived,
    StockReleased,
    StockReserved,
)
from cqrs_lab.shop.read.entries import entries


class InventoryLevels:
    """What moved each product's stock: one row per product.

    The level is opening + received + adjusted - ordered, where `ordered` is net of cancellations and returns.
    `reserved` is part of the level, set aside. By the books a level may be below zero: goods were sold that were never
    booked in.
    """

    name, version = "inventory_levels", 1
    events = (StockReceived, StockAdjusted, StockReserved, StockReleased, OrderPlaced, OrderCancelled, ItemsReturned)
    schema = Schema(
        index=["product_id"],
        columns={"received": "int64", "adjusted": "int64", "ordered": "int64", "reserved": "int64"},
    )

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Return the sum of the movements of each product in this slice."""
        lines = entries(batch, "lines").rename(columns={"code": "product_id"})
        moves = {
            "received": batch.frame(StockReceived),
            "adjusted": batch.frame(StockAdjusted),
            "ordered": lines,
            "reserved": _reserved(batch.frame(StockReserved), batch.frame(StockReleased)),
        }
        if all(frame.empty for frame in moves.values()):
            return self.schema.empty()
        sums = {name: _sums(frame) if len(frame) else 0 for name, frame in moves.items()}
        return self.schema.conform(pd.DataFrame(sums).fillna(0).rename_axis("product_id"))

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Return both tables added up."""
        return merge_rows(table, rows, add=list(self.schema.columns))


def _sums(moves: pd.DataFrame) -> pd.Series[int]:
    return moves.groupby("product_id")["quantity"].sum()


def _reserved(reserved: pd.DataFrame, released: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([reserved, released.assign(quantity=-released["quantity"])]) if len(released) else reserved


@dataclass(frozen=True, slots=True)
class StockLevels:
    """How much of each product is in stock, assuming that each began with `opening` units."""

    opening: int = 0


def stock_levels(query: StockLevels, inventory: pd.DataFrame) -> pd.DataFrame:
    """Answer `StockLevels`: one row per product; level, reserved and available, the scarcest first."""
    level = query.opening + inventory["received"] + inventory["adjusted"] - inventory["ordered"]
    levels = pd.DataFrame({"level": level, "reserved": inventory["reserved"]})
    return levels.assign(available=levels["level"] - levels["reserved"]).sort_values(["available", "level"])
