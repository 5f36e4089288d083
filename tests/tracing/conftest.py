"""A shop whose spans are kept."""

from types import SimpleNamespace

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import fulfilment, one_order, write
from cqrs_lab.tracing import SpansInMemory, TracedCommandBus, TracedStore


def traced_shop(beneath, sampler=None):
    """Return a shop over this store; what is in stock was received before anybody traced."""
    kept = SpansInMemory(sampler)
    store = TracedStore(beneath, tracer=kept.tracer)
    bus, before = TracedCommandBus(store, tracer=kept.tracer), lab.CommandBus(beneath)
    for one in (bus, before):
        write.register(one)
    for product, quantity in (("cup", 12), ("pot", 4)):
        before.send(write.ReceiveStock(product, quantity, one_order.NOON))
    manager = lab.ProcessManager(store, bus, fulfilment.process)
    return SimpleNamespace(store=store, beneath=beneath, bus=bus, manager=manager, kept=kept, tracer=kept.tracer)


def place(bus, **why):
    lines = one_order.CUPS, one_order.POTS
    return bus.send(write.PlaceOrder("7", "ada", "Ireland", lines, (), one_order.NOON), "click-1", **why)


def see_through(shop):
    """Place an order, and let the process, the bank and the carrier ship it."""
    place(shop.bus)
    shop.manager.catch_up()
    shop.bus.send(write.ConfirmPayment("7", one_order.NOON), "bank-1", caused_by="payment-7@1")
    shop.manager.catch_up()
    shop.bus.send(write.AcceptParcel("7", one_order.NOON), "carrier-1", caused_by="parcel-7@1")
    shop.manager.catch_up()


@pytest.fixture
def shop():
    return traced_shop(lab.MemoryEventStore(clock=lambda: 0.0))
