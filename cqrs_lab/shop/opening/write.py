"""The shop's deciders, which also know what was taken over: the rules are the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from cqrs_lab.shop.events import OrderEvent, OrderPlaced, ProductEvent, StockEvent
from cqrs_lab.shop.opening.events import OrderTakenOver, ProductTakenOver, StockTakenOver
from cqrs_lab.shop.write import registration
from cqrs_lab.shop.write.order import Order, Stage
from cqrs_lab.shop.write.order import order as from_orders
from cqrs_lab.shop.write.product import Product
from cqrs_lab.shop.write.product import product as from_products
from cqrs_lab.shop.write.stock import Stock
from cqrs_lab.shop.write.stock import stock as from_stock
from cqrs_lab.write.command_bus import CommandBus
from cqrs_lab.write.decider import Decider
from cqrs_lab.write.snapshot import Snapshots


def _evolve_product(product: Product, event: ProductEvent | ProductTakenOver) -> Product:
    if isinstance(event, ProductTakenOver):
        return Product(listed=True, name=event.name, price_mills=event.price_mills)
    return from_products.evolve(product, event)


def _evolve_stock(stock: Stock, event: StockEvent | StockTakenOver) -> Stock:
    return Stock(on_hand=event.on_hand) if isinstance(event, StockTakenOver) else from_stock.evolve(stock, event)


def _evolve_order(order: Order, event: OrderEvent | OrderTakenOver) -> Order:
    if isinstance(event, OrderTakenOver):
        # In memory alone: what the rules need to know of an order. Nothing of the kind is recorded.
        placed = OrderPlaced(event.order_id, event.customer_id, event.country, event.lines, (), event.placed_at)
        return Order(placed, cast(Stage, event.status))
    return from_orders.evolve(order, event)


product = Decider(from_products.initial_state, from_products.decide, _evolve_product)
stock = Decider(from_stock.initial_state, from_stock.decide, _evolve_stock)
order = Decider(from_orders.initial_state, from_orders.decide, _evolve_order)


OPENED = ((from_products, product), (from_stock, stock), (from_orders, order))


class _Opened(CommandBus):
    """A bus to register at: it passes on what is registered, with the deciders that know what was taken over."""

    def __init__(self, bus: CommandBus) -> None:
        self._bus = bus

    def register(self, command_type: type, decider: Decider[Any, Any, Any], *, stream: Callable[[Any], str]) -> None:
        known = next((opened for plain, opened in OPENED if plain is decider), decider)
        self._bus.register(command_type, known, stream=stream)


def register(bus: CommandBus) -> None:
    """Register all commands of the shop; its streams may begin with what was taken over."""
    registration.register(_Opened(bus))


def snapshots() -> list[Snapshots]:
    """Return a cache for the streams that grow: those of stock. Each reservation adds an event there."""
    return [Snapshots(stock, shape="opened stock 1", every=20)]
