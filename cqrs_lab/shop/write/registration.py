"""Which decider handles which command, and on which stream."""

from __future__ import annotations

from typing import Any

from cqrs_lab.shop.write import commands as shop
from cqrs_lab.shop.write.cart import cart
from cqrs_lab.shop.write.order import order
from cqrs_lab.shop.write.parcel import parcel
from cqrs_lab.shop.write.payment import payment
from cqrs_lab.shop.write.product import product
from cqrs_lab.shop.write.stock import stock
from cqrs_lab.write.command_bus import CommandBus


def register(bus: CommandBus) -> None:
    """Register all commands of the shop.

    Examples
    --------
    >>> from datetime import datetime
    >>> from cqrs_lab import CommandBus, MemoryEventStore
    >>> from cqrs_lab.shop.write import ReceiveStock, register
    >>> bus = CommandBus(MemoryEventStore())
    >>> register(bus)
    >>> bus.send(ReceiveStock("tea", 12, at=datetime(2026, 1, 5, 8, 0))).stream
    'stock-tea'
    """
    bus.register(shop.ListProduct, product, stream=_product)
    bus.register(shop.ChangePrice, product, stream=_product)
    bus.register(shop.RetireProduct, product, stream=_product)

    bus.register(shop.ReceiveStock, stock, stream=_stock)
    bus.register(shop.AdjustStock, stock, stream=_stock)
    bus.register(shop.ReserveStock, stock, stream=_stock)
    bus.register(shop.ReleaseStock, stock, stream=_stock)

    bus.register(shop.AddToCart, cart, stream=_cart)
    bus.register(shop.ChangeCartQuantity, cart, stream=_cart)
    bus.register(shop.RemoveFromCart, cart, stream=_cart)
    bus.register(shop.CheckOut, cart, stream=_cart)

    bus.register(shop.PlaceOrder, order, stream=_order)
    bus.register(shop.CancelOrder, order, stream=_order)
    bus.register(shop.PayOrder, order, stream=_order)
    bus.register(shop.ShipOrder, order, stream=_order)
    bus.register(shop.DeliverOrder, order, stream=_order)
    bus.register(shop.ChangeItemStatus, order, stream=_order)
    bus.register(shop.ReturnItems, order, stream=_order)
    bus.register(shop.IssueCreditNote, order, stream=lambda command: f"order-{command.return_id}")

    bus.register(shop.RequestPayment, payment, stream=_payment)
    bus.register(shop.ConfirmPayment, payment, stream=_payment)
    bus.register(shop.DeclinePayment, payment, stream=_payment)
    bus.register(shop.WithdrawPayment, payment, stream=_payment)

    bus.register(shop.BookParcel, parcel, stream=_parcel)
    bus.register(shop.AcceptParcel, parcel, stream=_parcel)
    bus.register(shop.RefuseParcel, parcel, stream=_parcel)
    bus.register(shop.CancelParcel, parcel, stream=_parcel)


def _product(command: Any) -> str:
    return f"product-{command.product_id}"


def _stock(command: Any) -> str:
    return f"stock-{command.product_id}"


def _cart(command: Any) -> str:
    return f"cart-{command.cart_id}"


def _order(command: Any) -> str:
    return f"order-{command.order_id}"


def _payment(command: Any) -> str:
    return f"payment-{command.order_id}"


def _parcel(command: Any) -> str:
    return f"parcel-{command.order_id}"
