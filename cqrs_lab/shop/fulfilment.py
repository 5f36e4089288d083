"""Fulfilment: the process that sees an order through the store-room, the bank and the carrier, or undoes it.

It goes forward in this order, and each step except the last can be undone::

    ReserveStock ─▶ RequestPayment ─▶ PayOrder ─▶ BookParcel ─▶ ShipOrder
    ReleaseStock ◀─ WithdrawPayment ◀─ ─ ─ ─ ─ ─  CancelParcel

Every cancellation begins with `CancelOrder`: from the customer, or because a step was refused or its time is up. The
order's own stream decides between `ShipOrder` and `CancelOrder`, so no order is both.

While this process runs, nobody else may send `PayOrder` for an order: the process would not know, and the customer
would pay twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from cqrs_lab.shop import write
from cqrs_lab.shop.events import (
    OrderCancelled,
    OrderPaid,
    OrderPlaced,
    OrderShipped,
    ParcelAccepted,
    ParcelRefused,
    PaymentDeclined,
    PaymentTaken,
    StockReservationRefused,
    StockReserved,
)
from cqrs_lab.write.process_manager import Process

Stage = Literal["none", "reserving", "paying", "booking", "shipping", "shipped", "cancelled"]
PATIENCE: Mapping[Stage, timedelta] = {
    "reserving": timedelta(minutes=10),
    "paying": timedelta(minutes=30),
    "booking": timedelta(hours=4),
    "shipping": timedelta(minutes=10),
}
"""How long each step may take."""
HEARD = (
    OrderPlaced,
    StockReserved,
    StockReservationRefused,
    PaymentTaken,
    PaymentDeclined,
    OrderPaid,
    ParcelAccepted,
    ParcelRefused,
    OrderShipped,
    OrderCancelled,
)
"""The events that the process listens to."""


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """What the process knows of one order.

    Attributes
    ----------
    order : OrderPlaced or None
    stage : {"none", "reserving", "paying", "booking", "shipping", "shipped", "cancelled"}
    since : datetime or None
        When the stage began.
    reserved : frozenset of str
        The products that are set aside.
    """

    order: OrderPlaced | None = None
    stage: Stage = "none"
    since: datetime | None = None
    reserved: frozenset[str] = frozenset()

    @property
    def quantities(self) -> dict[str, int]:
        """How many of each product are to be set aside, in order of product."""
        wanted: dict[str, int] = {}
        for line in self.order.lines if self.order else ():
            wanted[line.product_id] = wanted.get(line.product_id, 0) + line.quantity
        return dict(sorted(wanted.items()))

    @property
    def amount_mills(self) -> int:
        """What the customer owes."""
        if self.order is None:
            return 0
        goods = sum(line.quantity * line.unit_price_mills for line in self.order.lines)
        return goods + sum(charge.quantity * charge.unit_price_mills for charge in self.order.charges)


def instance(event: Any) -> str | None:
    """Return the order that an event is about; None if the process does not listen to it."""
    return event.order_id if isinstance(event, HEARD) else None


def evolve(state: Fulfilment, event: Any) -> Fulfilment:
    """Return the next state: what is known once an event has happened."""
    match state.stage, event:
        case "none", OrderPlaced():
            order = Fulfilment(event, "reserving", event.placed_at)
            return order if order.quantities else replace(order, stage="paying")
        case "reserving", StockReserved() if state.quantities.get(event.product_id) == event.quantity:
            reserved = state.reserved | {event.product_id}
            if reserved != state.quantities.keys():
                return replace(state, reserved=reserved)
            return replace(state, reserved=reserved, stage="paying", since=event.reserved_at)
        case "paying", OrderPaid():
            return replace(state, stage="booking", since=event.paid_at)
        case "booking", ParcelAccepted():
            return replace(state, stage="shipping", since=event.accepted_at)
        case (("booking" | "shipping"), OrderShipped()):
            return replace(state, stage="shipped", since=event.shipped_at)
        case (("reserving" | "paying" | "booking" | "shipping"), OrderCancelled()):
            return replace(state, stage="cancelled", since=event.cancelled_at)
        case _:
            # A refusal, an answer that comes too late, or an order that did not begin with this process.
            return state


def react(event: Any, state: Fulfilment) -> Sequence[Any]:
    """Return the commands that an event calls for; each carries the time of its cause."""
    match state.stage, event:
        case "reserving", OrderPlaced():
            return [
                write.ReserveStock(product_id, event.order_id, quantity, event.placed_at)
                for product_id, quantity in state.quantities.items()
            ]
        case "paying", (OrderPlaced(order, placed_at=at) | StockReserved(order_id=order, reserved_at=at)):
            return [_settle(order, state.amount_mills, at)]
        case "paying", PaymentTaken():
            return [write.PayOrder(event.order_id, event.amount_mills, event.taken_at)]
        case "booking", OrderPaid():
            return [write.BookParcel(event.order_id, event.paid_at)]
        case "shipping", ParcelAccepted():
            return [write.ShipOrder(event.order_id, event.accepted_at)]
        case "reserving", StockReservationRefused(order_id=order_id, refused_at=at):
            return [write.CancelOrder(order_id, at)]
        case "paying", PaymentDeclined(order_id=order_id, declined_at=at):
            return [write.CancelOrder(order_id, at)]
        case "booking", ParcelRefused(order_id=order_id, refused_at=at):
            return [write.CancelOrder(order_id, at)]
        case "cancelled", OrderCancelled():
            return _undo(state, event.cancelled_at)
        case _:
            return []


def _settle(order_id: str, amount_mills: int, at: datetime) -> Any:
    if amount_mills > 0:
        return write.RequestPayment(order_id, amount_mills, at)
    # An order that costs nothing needs no bank; where discounts exceed the goods, the shop does not pay out.
    return write.CancelOrder(order_id, at) if amount_mills else write.PayOrder(order_id, 0, at)


def _undo(state: Fulfilment, at: datetime) -> list[Any]:
    """Return the commands that undo every step, last step first; with nothing to undo, one records nothing."""
    assert state.order is not None
    order_id = state.order.order_id
    releases = [write.ReleaseStock(product_id, order_id, at) for product_id in state.quantities]
    return [write.CancelParcel(order_id, at), write.WithdrawPayment(order_id, at), *releases]


def deadline(state: Fulfilment) -> datetime | None:
    """Return the time by which this step must be done; None if it has no limit."""
    patience = PATIENCE.get(state.stage)
    return None if patience is None or state.since is None else state.since + patience


def overdue(state: Fulfilment, now: datetime) -> list[Any]:
    """Return the command that cancels an order whose time is up; everything else follows from that."""
    assert state.order is not None
    return [write.CancelOrder(state.order.order_id, now)]


process: Process[Any, Any, Fulfilment] = Process(
    name="fulfilment",
    initial_state=Fulfilment(),
    instance=instance,
    evolve=evolve,
    react=react,
    deadline=deadline,
    overdue=overdue,
)
"""The process itself, to run with a `cqrs_lab.ProcessManager`."""
