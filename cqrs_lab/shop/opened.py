"""A small shop that has just opened: one product, twelve of it in stock, and two tables that have read of both."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.read.projector import Projector
from cqrs_lab.read.queries import QueryBus
from cqrs_lab.shop import read, write
from cqrs_lab.write.command_bus import CommandBus

OPENS_AT = datetime(2026, 1, 5, 20)


class OpenShop(NamedTuple):
    """The parts of a shop.

    Attributes
    ----------
    store : MemoryEventStore
        The log.
    bus : CommandBus
        Takes every command of `shop.write`.
    queries : QueryBus
        Answers `read.OrdersOf` and `read.StockLevels`.
    orders, stock : Projector
        Keep the tables that these two are answered from. They are caught up by hand.
    """

    store: MemoryEventStore
    bus: CommandBus
    queries: QueryBus
    orders: Projector
    stock: Projector


def open_shop(*commands: object) -> OpenShop:
    """Open a shop that sells a tea cup, and has twelve of them.

    Parameters
    ----------
    *commands : object
        What has been asked for since. Both tables have read of it.

    Examples
    --------
    >>> from cqrs_lab.shop import read
    >>> from cqrs_lab.shop.opened import open_shop
    >>> shop = open_shop()
    >>> int(shop.queries.ask(read.StockLevels()).value.at["cup", "level"])
    12
    """
    store = MemoryEventStore()
    bus, queries = CommandBus(store), QueryBus()
    orders, stock = Projector(store, read.OrderHistory()), Projector(store, read.InventoryLevels())
    write.register(bus)
    queries.register(read.OrdersOf, read.orders_of, reads=orders)
    queries.register(read.StockLevels, read.stock_levels, reads=stock)
    opening = write.ListProduct("cup", "Tea cup", 2550, OPENS_AT), write.ReceiveStock("cup", 12, OPENS_AT)
    for command in (*opening, *commands):
        bus.send(command)
    for projector in (orders, stock):
        projector.catch_up()
    return OpenShop(store, bus, queries, orders, stock)
