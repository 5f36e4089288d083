"""The shop's projections, which also read what was taken over: one merge more, and the tables are the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.projection import Projection
from cqrs_lab.shop.opening.events import OrderTakenOver, ProductTakenOver, StockTakenOver


def _listing(batch: EventBatch) -> pd.DataFrame:
    """Return a row per product, with the name and the price of its row."""
    taken = batch.frame(ProductTakenOver).set_index("product_id")
    return taken.assign(name_position=taken["position"], price_position=taken["position"])


def _history(batch: EventBatch) -> pd.DataFrame:
    """Return a row per order, with the status of its row; a cancelled one has no units left."""
    taken = batch.frame(OrderTakenOver).set_index("order_id")
    lines = _lines_that_count(batch).rename(columns={"quantity": "units"})
    sums = lines.groupby("order_id")[["units", "value_mills"]].sum().reindex(taken.index, fill_value=0)
    return taken.assign(placed_position=taken["position"], status_position=taken["position"]).join(sums)


def _details(batch: EventBatch) -> pd.DataFrame:
    """Return a row per line; none has a status of its own."""
    lines = batch.frame(OrderTakenOver, each="lines").set_index(["order_id", "line"])
    return lines.rename(columns={"position": "placed_position"}).assign(kind="goods", item_status="")


def _inventory(batch: EventBatch) -> pd.DataFrame:
    """Return a row per product: an adjustment, since the books follow the shelf."""
    return batch.frame(StockTakenOver).groupby("product_id")["on_hand"].sum().to_frame("adjusted")


def _sellers(batch: EventBatch) -> pd.DataFrame:
    """Return a row per product, with the sums of its lines."""
    names = {"quantity": "units", "value_mills": "revenue_mills"}
    return _lines_that_count(batch).rename(columns=names).groupby("product_id")[list(names.values())].sum()


def _lines_that_count(batch: EventBatch) -> pd.DataFrame:
    """Return one row per line that was taken over, with its value, without those of cancelled orders."""
    lines = batch.frame(OrderTakenOver, each="lines")
    lines = lines[lines["status"] != "cancelled"]
    return lines.assign(value_mills=lines["quantity"] * lines["unit_price_mills"])


class _Opening(NamedTuple):
    """The opening event that a projection reads too, and the rows that it makes of a slice's."""

    event: type
    rows: Callable[[EventBatch], pd.DataFrame]


OPENINGS = {
    "product_listing": _Opening(ProductTakenOver, _listing),
    "order_history": _Opening(OrderTakenOver, _history),
    "order_details": _Opening(OrderTakenOver, _details),
    "inventory_levels": _Opening(StockTakenOver, _inventory),
    "best_sellers": _Opening(OrderTakenOver, _sellers),
}


class Opened:
    """A projection of the shop whose table begins with what was taken over.

    Parameters
    ----------
    plain : Projection
        ProductListing, OrderHistory, OrderDetails, InventoryLevels or BestSellers.

    Examples
    --------
    >>> from cqrs_lab.shop import read
    >>> from cqrs_lab.shop.opening import Opened
    >>> Opened(read.BestSellers()).events[-1].__name__
    'OrderTakenOver'
    """

    def __init__(self, plain: Projection) -> None:
        if plain.name not in OPENINGS:
            raise InvalidArgument(f"{plain.name} reads nothing that was taken over; give one of {', '.join(OPENINGS)}")
        self._plain, self._opening = plain, OPENINGS[plain.name]
        self.name, self.version, self.schema = plain.name, plain.version, plain.schema
        self.events = (*plain.events, self._opening.event)

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Return the rows of this slice; what was taken over knows nothing of some columns, which are 0."""
        taken = self._opening.rows(batch)
        unknown = dict.fromkeys([name for name in self.schema.columns if name not in taken.columns], 0)
        rows = self.schema.conform(taken.assign(**unknown)[list(self.schema.columns)])
        return self._plain.merge(self._plain.summarise(batch), rows)

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Return both tables as one, as the projection itself does."""
        return self._plain.merge(table, rows)
