"""The rules for one cart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from cqrs_lab.errors import CommandRejected
from cqrs_lab.shop.events import CartCheckedOut, CartEvent, CartLine, CartLineSet
from cqrs_lab.shop.write.commands import AddToCart, CartCommand, ChangeCartQuantity, CheckOut, RemoveFromCart
from cqrs_lab.write.decider import Decider


@dataclass(frozen=True, slots=True)
class Cart:
    """What the rules need to know of a cart; `lines` are what it holds, by product id, oldest first."""

    customer_id: str = ""
    lines: Mapping[str, CartLine] = field(default_factory=dict)
    checked_out: bool = False


def decide(command: CartCommand, cart: Cart) -> list[CartEvent]:
    """Decide what a command causes; after the checkout a cart never changes again."""
    if cart.checked_out and not isinstance(command, CheckOut):
        raise CommandRejected(f"cart {command.cart_id} is checked out; begin a new one")
    match command:
        case AddToCart():
            return _add(command, cart)
        case ChangeCartQuantity():
            return _set_quantity(cart, command.cart_id, command.product_id, command.quantity, command.at)
        case RemoveFromCart():
            return _set_quantity(cart, command.cart_id, command.product_id, 0, command.at)
        case CheckOut():
            return _check_out(command, cart)
        case _:
            assert_never(command)


def _add(command: AddToCart, cart: Cart) -> list[CartEvent]:
    if command.quantity < 1:
        raise CommandRejected("quantity must be 1 or more")
    if command.unit_price_mills < 0:
        raise CommandRejected("price must not be negative")
    # A guest has no id; a guest who signs in keeps the cart.
    if cart.customer_id not in ("", command.customer_id):
        raise CommandRejected(f"cart {command.cart_id} belongs to another customer")
    held = cart.lines.get(command.product_id)
    # The price shown last holds for all units of the product.
    quantity, price_mills = (held.quantity if held else 0) + command.quantity, command.unit_price_mills
    return [CartLineSet(command.cart_id, command.customer_id, command.product_id, quantity, price_mills, command.at)]


def _set_quantity(cart: Cart, cart_id: str, product_id: str, quantity: int, at: datetime) -> list[CartEvent]:
    if quantity < 0:
        raise CommandRejected("quantity must be 0 or more")
    held = cart.lines.get(product_id)
    if quantity == (held.quantity if held else 0):
        return []
    if held is None:
        raise CommandRejected(f"product {product_id} is not in cart {cart_id}; add it first")
    return [CartLineSet(cart_id, cart.customer_id, product_id, quantity, held.unit_price_mills, at)]


def _check_out(command: CheckOut, cart: Cart) -> list[CartEvent]:
    if cart.checked_out:
        return []
    if not cart.lines:
        raise CommandRejected(f"cart {command.cart_id} is empty; add a product first")
    return [CartCheckedOut(command.cart_id, cart.customer_id, tuple(cart.lines.values()), command.at)]


def evolve(cart: Cart, event: CartEvent) -> Cart:
    """Return the next state: what is known once an event has happened."""
    match event:
        case CartLineSet():
            line = CartLine(event.product_id, event.quantity, event.unit_price_mills)
            lines = {**cart.lines, line.product_id: line}
            held = {product_id: line for product_id, line in lines.items() if line.quantity}
            return replace(cart, customer_id=event.customer_id, lines=held)
        case CartCheckedOut():
            return replace(cart, checked_out=True)
        case _:
            assert_never(event)


cart: Decider[CartCommand, CartEvent, Cart] = Decider(Cart(), decide, evolve)
"""Decides on streams "cart-…"."""
