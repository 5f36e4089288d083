"""The rules for one order, and for a credit note that belongs to no order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from cqrs_lab.errors import CommandRejected
from cqrs_lab.shop.events import (
    Charge,
    ItemsReturned,
    ItemStatusChanged,
    OrderCancelled,
    OrderDelivered,
    OrderEvent,
    OrderLine,
    OrderLinesRefused,
    OrderPaid,
    OrderPlaced,
    OrderShipped,
    RefusedLine,
)
from cqrs_lab.shop.write.commands import (
    CancelOrder,
    ChangeItemStatus,
    DeliverOrder,
    IssueCreditNote,
    OrderCommand,
    PayOrder,
    PlaceOrder,
    ReturnItems,
    ShipOrder,
)
from cqrs_lab.write.decider import Decider

Stage = Literal["none", "placed", "paid", "shipped", "delivered", "cancelled"]


@dataclass(frozen=True, slots=True)
class Order:
    """What the rules need to know of an order.

    Attributes
    ----------
    placed : OrderPlaced or None
        What was ordered; None until there is an order.
    stage : {"none", "placed", "paid", "shipped", "delivered", "cancelled"}
    item_status : mapping of line number to status
        The status of each line that has one of its own.
    returns : tuple of ItemsReturned
        What came back; on the stream of a credit note, only that note.
    """

    placed: OrderPlaced | None = None
    stage: Stage = "none"
    item_status: Mapping[int, str] = field(default_factory=dict)
    returns: tuple[ItemsReturned, ...] = ()


def decide(command: OrderCommand, order: Order) -> Sequence[OrderEvent]:
    """Decide what a command causes."""
    match command:
        case PlaceOrder():
            return _place(command, order)
        case CancelOrder():
            return _cancel(command, order)
        case PayOrder():
            return _pay(command, order)
        case ShipOrder():
            return _ship(command, order)
        case DeliverOrder():
            return _deliver(command, order)
        case ChangeItemStatus():
            return _change_item_status(command, order)
        case ReturnItems():
            return _return_items(command, order)
        case IssueCreditNote():
            return _issue_credit_note(command, order)
        case _:
            assert_never(command)


# --- from the order to the door ---------------------------------------------------------------------------


def _place(command: PlaceOrder, order: Order) -> list[OrderEvent]:
    order_id, customer_id, country, at = command.order_id, command.customer_id, command.country, command.at
    _check_numbering(command.lines, command.charges)
    lines, refused = _sort_out(command.lines, customer_id)
    placed = OrderPlaced(order_id, customer_id, country, lines, command.charges, at)
    if order.placed or order.returns:
        if order.placed and replace(placed, placed_at=order.placed.placed_at) == order.placed:
            return []
        raise CommandRejected(f"{order_id} is taken by another order or credit note; give a new order id")
    events: list[OrderEvent] = [placed] if lines or command.charges else []
    return events + ([OrderLinesRefused(order_id, customer_id, country, refused, at)] if refused else [])


def _cancel(command: CancelOrder, order: Order) -> list[OrderEvent]:
    placed = _the_order(order, command.order_id)
    if order.stage == "cancelled":
        return []
    if order.stage in ("shipped", "delivered"):
        raise CommandRejected(f"order {command.order_id} is {order.stage}; cancel before it ships")
    return [OrderCancelled(command.order_id, placed.customer_id, placed.lines, placed.charges, command.at)]


def _pay(command: PayOrder, order: Order) -> list[OrderEvent]:
    placed = _the_order(order, command.order_id)
    due_mills = _amount_mills(placed.lines) + _amount_mills(placed.charges)
    if order.stage == "cancelled":
        raise CommandRejected(f"order {command.order_id} is cancelled; there is nothing to pay")
    if command.amount_mills != due_mills:
        raise CommandRejected(f"{due_mills} mills are due, not {command.amount_mills}; pay in full")
    return [OrderPaid(command.order_id, due_mills, command.at)] if order.stage == "placed" else []


def _amount_mills(items: Sequence[OrderLine] | Sequence[Charge]) -> int:
    return sum(item.quantity * item.unit_price_mills for item in items)


def _ship(command: ShipOrder, order: Order) -> list[OrderEvent]:
    _the_order(order, command.order_id)
    if order.stage in ("shipped", "delivered"):
        return []
    if order.stage != "paid":
        raise CommandRejected(f"order {command.order_id} is {order.stage}; only a paid order is shipped")
    return [OrderShipped(command.order_id, command.at)]


def _deliver(command: DeliverOrder, order: Order) -> list[OrderEvent]:
    _the_order(order, command.order_id)
    if order.stage == "delivered":
        return []
    if order.stage != "shipped":
        raise CommandRejected(f"order {command.order_id} is {order.stage}; only a shipped order is delivered")
    return [OrderDelivered(command.order_id, command.at)]


def _change_item_status(command: ChangeItemStatus, order: Order) -> list[OrderEvent]:
    placed = _the_order(order, command.order_id)
    if order.stage == "cancelled":
        raise CommandRejected(f"order {command.order_id} is cancelled; its items have no status any more")
    _the_line(placed, command.line)
    if command.status == order.item_status.get(command.line, ""):
        return []
    return [ItemStatusChanged(command.order_id, command.line, command.status, command.at)]


# --- and back ---------------------------------------------------------------------------------------------


def _return_items(command: ReturnItems, order: Order) -> list[OrderEvent]:
    placed = _the_order(order, command.order_id)
    if order.stage not in ("shipped", "delivered"):
        raise CommandRejected(f"order {command.order_id} is {order.stage}; only shipped goods are returned")
    lines = _lines_to_return(command, placed)
    returned = ItemsReturned(
        command.return_id, command.order_id, placed.customer_id, placed.country, lines, (), command.at
    )
    if _is_recorded(returned, order.returns):
        return []
    for line in lines:
        _check_still_with_customer(line, placed, order.returns)
    return [returned]


def _issue_credit_note(command: IssueCreditNote, order: Order) -> list[OrderEvent]:
    return_id, customer_id, country, at = command.return_id, command.customer_id, command.country, command.at
    if order.placed:
        raise CommandRejected(f"{return_id} is an order; give the credit note its own id")
    _check_numbering(command.lines, command.charges)
    lines, refused = _sort_out(command.lines, customer_id)
    credited = ItemsReturned(return_id, "", customer_id, country, lines, command.charges, at)
    if _is_recorded(credited, order.returns):
        return []
    events: list[OrderEvent] = [credited] if lines or command.charges else []
    return events + ([OrderLinesRefused(return_id, customer_id, country, refused, at)] if refused else [])


def _lines_to_return(command: ReturnItems, placed: OrderPlaced) -> tuple[OrderLine, ...]:
    if command.return_id in ("", command.order_id):
        raise CommandRejected("a return needs its own id")
    if not command.quantities:
        raise CommandRejected("a return needs at least one line")
    if len({item.line for item in command.quantities}) < len(command.quantities):
        raise CommandRejected("a return may list each line only once")
    if any(item.quantity < 1 for item in command.quantities):
        raise CommandRejected("quantity must be 1 or more")
    return tuple(replace(_the_line(placed, item.line), quantity=item.quantity) for item in command.quantities)


def _is_recorded(returned: ItemsReturned, returns: Iterable[ItemsReturned]) -> bool:
    for known in returns:
        if known.return_id == returned.return_id:
            if replace(returned, returned_at=known.returned_at) == known:
                return True
            raise CommandRejected(f"{known.return_id} is taken by another return; give a new return id")
    return False


def _check_still_with_customer(line: OrderLine, placed: OrderPlaced, returns: Iterable[ItemsReturned]) -> None:
    before = sum(one.quantity for known in returns for one in known.lines if one.line == line.line)
    left = _the_line(placed, line.line).quantity - before
    if line.quantity > left:
        raise CommandRejected(f"line {line.line}: {left} left to return, not {line.quantity}")


# --- what any order or credit note must be ----------------------------------------------------------------


def _check_numbering(lines: Sequence[OrderLine], charges: Sequence[Charge]) -> None:
    numbers = {line.line for line in lines} | {charge.line for charge in charges}
    if not numbers:
        raise CommandRejected("at least one line or charge is needed")
    if len(numbers) < len(lines) + len(charges) or min(numbers) < 1:
        raise CommandRejected("lines and charges share one numbering, from 1; no number appears twice")


def _sort_out(lines: tuple[OrderLine, ...], customer_id: str) -> tuple[tuple[OrderLine, ...], tuple[RefusedLine, ...]]:
    """Return the accepted lines and the refused lines."""
    reasons = [_why_refused(line, customer_id) for line in lines]
    if not any(reasons):
        return lines, ()
    return (
        tuple(line for line, reason in zip(lines, reasons, strict=True) if not reason),
        tuple(
            RefusedLine(one.line, one.product_id, one.description, one.quantity, one.unit_price_mills, reason)
            for one, reason in zip(lines, reasons, strict=True)
            if reason
        ),
    )


def _why_refused(line: OrderLine, customer_id: str) -> str:
    """Return why the shop does not accept a line; "" if it does."""
    if line.description.strip().casefold() == "test":
        return "a test entry"
    if line.quantity < 1:
        return "quantity must be 1 or more"
    if line.unit_price_mills < 0:
        return "price must not be negative"
    if line.unit_price_mills == 0 and not customer_id:
        return "no price and no customer: neither a sale nor a gift"
    return ""


def _the_order(order: Order, order_id: str) -> OrderPlaced:
    if order.placed is None:
        raise CommandRejected(f"there is no order {order_id}; place it first")
    return order.placed


def _the_line(placed: OrderPlaced, number: int) -> OrderLine:
    for line in placed.lines:
        if line.line == number:
            return line
    raise CommandRejected(f"order {placed.order_id} has no goods on line {number}")


def evolve(order: Order, event: OrderEvent) -> Order:
    """Return the next state: what is known once an event has happened."""
    match event:
        case OrderPlaced():
            return replace(order, placed=event, stage="placed")
        case OrderPaid():
            return replace(order, stage="paid")
        case OrderShipped():
            return replace(order, stage="shipped")
        case OrderDelivered():
            return replace(order, stage="delivered")
        case OrderCancelled():
            return replace(order, stage="cancelled")
        case ItemStatusChanged():
            return replace(order, item_status={**order.item_status, event.line: event.status})
        case ItemsReturned():
            return replace(order, returns=(*order.returns, event))
        case OrderLinesRefused():
            return order
        case _:
            assert_never(event)


order: Decider[OrderCommand, OrderEvent, Order] = Decider(Order(), decide, evolve)
"""Decides on streams "order-…"."""
