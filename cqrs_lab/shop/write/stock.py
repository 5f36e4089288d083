"""The rules for the stock of one product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from cqrs_lab.errors import CommandRejected
from cqrs_lab.shop.events import (
    StockAdjusted,
    StockAdjustmentRefused,
    StockEvent,
    StockReceived,
    StockReleased,
    StockReservationRefused,
    StockReserved,
)
from cqrs_lab.shop.write.commands import AdjustStock, ReceiveStock, ReleaseStock, ReserveStock, StockCommand
from cqrs_lab.write.decider import Decider


@dataclass(frozen=True, slots=True)
class Stock:
    """What the rules need to know of a product's stock.

    Attributes
    ----------
    on_hand : int
        Received and adjusted. It may be below zero: an adjustment records what is on the shelves, and the books
        have to follow.
    reserved : mapping of order id to quantity
        Set aside and not released. What was shipped stays reserved: nobody else can have it.
    """

    on_hand: int = 0
    reserved: Mapping[str, int] = field(default_factory=dict)

    @property
    def available(self) -> int:
        """What can still be set aside."""
        return self.on_hand - sum(self.reserved.values())


def decide(command: StockCommand, stock: Stock) -> list[StockEvent]:
    """Decide what a command causes."""
    match command:
        case ReceiveStock():
            return _receive(command)
        case AdjustStock():
            return _adjust(command)
        case ReserveStock():
            return _reserve(command, stock)
        case ReleaseStock():
            return _release(command, stock)
        case _:
            assert_never(command)


def _receive(command: ReceiveStock) -> list[StockEvent]:
    _check_quantity(command.quantity)
    return [StockReceived(command.product_id, command.quantity, command.at)]


def _adjust(command: AdjustStock) -> list[StockEvent]:
    if command.quantity == 0:
        return []
    event = StockAdjustmentRefused if command.reason.strip().casefold() == "test" else StockAdjusted
    return [event(command.product_id, command.quantity, command.reason, command.reference, command.at)]


def _reserve(command: ReserveStock, stock: Stock) -> list[StockEvent]:
    product_id, order_id, quantity = command.product_id, command.order_id, command.quantity
    _check_quantity(quantity)
    already = stock.reserved.get(order_id, 0)
    if already == quantity:
        return []
    if already:
        raise CommandRejected(f"order {order_id} has {already} set aside already; release them first")
    missing = quantity - stock.available
    if missing > 0:
        # All or nothing: what is there stays free for others, but never more is missing than was asked for.
        return [StockReservationRefused(product_id, order_id, quantity, min(missing, quantity), command.at)]
    return [StockReserved(product_id, order_id, quantity, command.at)]


def _release(command: ReleaseStock, stock: Stock) -> list[StockEvent]:
    quantity = stock.reserved.get(command.order_id, 0)
    return [StockReleased(command.product_id, command.order_id, quantity, command.at)] if quantity else []


def _check_quantity(quantity: int) -> None:
    if quantity < 1:
        raise CommandRejected("quantity must be 1 or more")


def evolve(stock: Stock, event: StockEvent) -> Stock:
    """Return the next state: what is known once an event has happened."""
    match event:
        case StockReceived() | StockAdjusted():
            return replace(stock, on_hand=stock.on_hand + event.quantity)
        case StockReserved():
            return replace(stock, reserved={**stock.reserved, event.order_id: event.quantity})
        case StockReleased():
            others = {one: quantity for one, quantity in stock.reserved.items() if one != event.order_id}
            return replace(stock, reserved=others)
        case StockAdjustmentRefused() | StockReservationRefused():
            return stock
        case _:
            assert_never(event)


stock: Decider[StockCommand, StockEvent, Stock] = Decider(Stock(), decide, evolve)
"""Decides on streams "stock-…"."""
