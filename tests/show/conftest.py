"""A shop with one tea cup and two tables, to be shown."""

from datetime import datetime
from types import SimpleNamespace

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import read, write
from cqrs_lab.shop.events import OrderLine
from cqrs_lab.show import RecordedRun

EVENING = datetime(2026, 1, 5, 20, 10)


def cups(quantity, order_id="7", customer_id="ada"):
    line = OrderLine(1, "cup", "Tea cup", quantity, 2550)
    return write.PlaceOrder(order_id, customer_id, "Ireland", (line,), (), EVENING)


@pytest.fixture
def shop():
    """The whole wiring; twelve cups are there, and no table has read of them."""
    store = lab.MemoryEventStore()
    bus, queries = lab.CommandBus(store), lab.QueryBus()
    write.register(bus)
    history, stock = lab.Projector(store, read.OrderHistory()), lab.Projector(store, read.InventoryLevels())
    queries.register(read.OrdersOf, read.orders_of, reads=history)
    queries.register(read.StockLevels, read.stock_levels, reads=stock)
    bus.send(write.ListProduct("cup", "Tea cup", 2550, EVENING))
    bus.send(write.ReceiveStock("cup", 12, EVENING))
    return SimpleNamespace(store=store, bus=bus, queries=queries, history=history, stock=stock)


@pytest.fixture
def run(shop):
    return RecordedRun(shop.store, shop.bus, shop.queries, [shop.history, shop.stock])
