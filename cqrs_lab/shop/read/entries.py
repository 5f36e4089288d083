"""What the shop's projections share: the signed lines of documents, and two small tools for rows."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.shop.events import ItemsReturned, OrderCancelled, OrderPlaced

SIGNED = {
    OrderPlaced: ("order_id", "placed_at", 1),
    OrderCancelled: ("order_id", "cancelled_at", -1),
    ItemsReturned: ("return_id", "returned_at", -1),
}
"""The events that move goods or money: the document they belong to, their time, and the sign of their lines."""


def entries(batch: EventBatch, each: Literal["lines", "charges"]) -> pd.DataFrame:
    """Return one row per line or charge: document, at, code, signed quantity and value_mills."""
    code = "product_id" if each == "lines" else "code"
    parts: list[pd.DataFrame] = []
    for event_type, (document, time, sign) in SIGNED.items():
        frame = batch.frame(event_type, each=each)
        if len(frame) or not parts:  # most small batches hold one of the three
            quantity = sign * frame["quantity"].array
            value_mills = quantity * frame["unit_price_mills"].array
            columns = {"document": frame[document].array, "at": frame[time].array, "code": frame[code].array}
            parts.append(pd.DataFrame(columns | {"quantity": quantity, "value_mills": value_mills}))
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def latest(events: pd.DataFrame, keys: str | list[str], position: str) -> pd.DataFrame:
    """Return each key's last event, with its position in the column `position`."""
    in_order = events if events["position"].is_monotonic_increasing else events.sort_values("position")
    rows = in_order.rename(columns={"position": position}).set_index(keys)
    return rows if rows.index.is_unique else rows[~rows.index.duplicated(keep="last")]


def side_by_side(schema: Schema, *parts: pd.DataFrame) -> pd.DataFrame:
    """Return the parts joined on one index; values that a part lacks are 0 or ""."""
    rows = pd.concat(parts, axis="columns").rename_axis(list(schema.index))
    unset = {name: "" if dtype == "str" else 0 for name, dtype in schema.columns.items() if "time" not in dtype}
    lacking = [name for name in unset if rows[name].hasnans]
    return schema.conform(rows.fillna({name: unset[name] for name in lacking}) if lacking else rows)
