"""A read model of the replay's own: what happened to each row of the file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.merge import merge_rows
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.shop.events import (
    ItemsReturned,
    OrderLinesRefused,
    OrderPlaced,
    StockAdjusted,
    StockAdjustmentRefused,
)
from cqrs_lab.shop.online_retail.commands import CREDIT_NOTE

KEY = ["document", "line"]
TEXTS = ("outcome", "reason", "code", "customer", "country")


class RowOutcomes:
    """One row per line of a document: how it ended, with units and value signed as in the file.

    `times` is the number of times the log speaks of the line: twice is once too often.
    """

    name = "row_outcomes"
    version = 1
    events: tuple[type, ...] = (OrderPlaced, ItemsReturned, OrderLinesRefused, StockAdjusted, StockAdjustmentRefused)
    schema = Schema(
        index={"document": "str", "line": "int64"},
        columns={
            **dict.fromkeys(TEXTS, "str"),
            **dict.fromkeys(("units", "value_mills", "times", "position"), "int64"),
        },
    )

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Return how each line ended."""
        parts = [*_orders(batch), *_credit_notes(batch), *_adjustments(batch)]
        rows = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
        counted = self.schema.conform(rows.assign(times=1))
        if counted.index.is_unique:
            return counted
        rows["times"] = rows.groupby(KEY)["position"].transform("size")
        rows = rows.sort_values("position", kind="stable").drop_duplicates(KEY, keep="last")
        return self.schema.conform(rows)

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Keep what the log says last, and count how often it says so."""
        facts = [*TEXTS, "units", "value_mills"]
        return merge_rows(table, rows, add=["times"], latest={"position": facts})


def _orders(batch: EventBatch) -> list[pd.DataFrame]:
    refused = batch.frame(OrderLinesRefused, each="lines")
    # A refused line of a credit note is signed as the note: its document tells.
    sign = np.where(refused["order_id"].str.startswith(CREDIT_NOTE), -1, 1)
    lines, charges = (batch.frame(OrderPlaced, each=each) for each in ("lines", "charges"))
    return [
        _rows(lines, "order line", lines["order_id"], lines["product_id"]),
        _rows(charges, "charge", charges["order_id"], charges["code"]),
        _rows(refused, "rejected", refused["order_id"], refused["product_id"], sign, refused["reason"].array),
    ]


def _credit_notes(batch: EventBatch) -> list[pd.DataFrame]:
    lines, charges = (batch.frame(ItemsReturned, each=each) for each in ("lines", "charges"))
    return [
        _rows(lines, "credit line", lines["return_id"], lines["product_id"], -1),
        _rows(charges, "charge", charges["return_id"], charges["code"], -1),
    ]


def _adjustments(batch: EventBatch) -> list[pd.DataFrame]:
    # An adjustment is alone on its document; it has no customer and no price.
    blanks: dict[str, Any] = {"line": 1, "unit_price_mills": 0, "customer_id": "", "country": ""}
    done, refused = (batch.frame(kind).assign(**blanks) for kind in (StockAdjusted, StockAdjustmentRefused))
    return [
        _rows(done, "stock adjustment", done["reference"], done["product_id"]),
        _rows(refused, "rejected", refused["reference"], refused["product_id"], reason="a test entry"),
    ]


def _rows(frame: pd.DataFrame, outcome: str, document: Any, code: Any, sign: Any = 1, reason: Any = "") -> pd.DataFrame:
    units = frame["quantity"] * sign
    columns = {
        "document": document,
        "line": frame["line"],
        "outcome": outcome,
        "reason": reason,
        "code": code,
        "customer": frame["customer_id"],
        "country": frame["country"],
        "units": units,
        "value_mills": units * frame["unit_price_mills"],
        "position": frame["position"],
    }
    return pd.DataFrame(columns, index=frame.index)
