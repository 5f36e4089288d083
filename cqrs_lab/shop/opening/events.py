"""The opening events: each says what a row said, and is named so that nobody takes it for something that happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cqrs_lab.shop import events as shop


@dataclass(frozen=True, slots=True)
class ProductTakenOver:
    """A product was on sale when its row was taken over; since when, and at which prices before, is not known."""

    product_id: str
    name: str
    price_mills: int
    taken_over_at: datetime


@dataclass(frozen=True, slots=True)
class StockTakenOver:
    """So much was in stock when the row was taken over; what came in and what went out before is not known."""

    product_id: str
    on_hand: int
    taken_over_at: datetime


@dataclass(frozen=True, slots=True)
class OrderTakenOver:
    """An order had this status when its rows were taken over.

    When it got there is known of the last change alone. The country is the customer's on the day of taking over: the
    rows do not keep the one of the order.
    """

    order_id: str
    customer_id: str
    country: str
    lines: tuple[shop.OrderLine, ...]
    status: str
    placed_at: datetime
    changed_at: datetime
    taken_over_at: datetime


EVENTS: dict[str, type] = shop.EVENTS | {
    "product-taken-over": ProductTakenOver,
    "stock-taken-over": StockTakenOver,
    "order-taken-over": OrderTakenOver,
}
"""The shop's events and these, by the names under which a log keeps them."""
