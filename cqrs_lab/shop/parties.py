"""What goes on around fulfilment, drawn from a seed: customers, a bank, a carrier, and an auditor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from numpy.random import Generator, default_rng

from cqrs_lab.shop import events as shop
from cqrs_lab.shop import write
from cqrs_lab.shop.events import Charge, OrderLine

OPENS = datetime(2026, 1, 5, 9)
PRICES = {"cup": 2550, "mug": 0, "pot": 9900}
Answers = Mapping[str, tuple[float, ...]]
"""What a party answers about an order, and after how many minutes; an empty one never answers."""


@dataclass(frozen=True)
class Parties:
    """Everybody around one day of fulfilment, and what they will do.

    Attributes
    ----------
    commands : tuple of commands
        What customers ask for; each is sent at its own time.
    bank : mapping of str to mapping of str to tuple of float
        For each order, after how many minutes the bank says "yes" or "no"; more than once if it repeats itself.
    carrier : mapping of str to mapping of str to tuple of float
        The same for the carrier.

    Examples
    --------
    >>> from cqrs_lab.shop import parties
    >>> day = parties.draw_parties(seed=1)
    >>> [type(command).__name__ for command in day.commands][:3]
    ['ReceiveStock', 'ReceiveStock', 'ReceiveStock']
    """

    commands: tuple[Any, ...]
    bank: Mapping[str, Answers]
    carrier: Mapping[str, Answers]
    start: datetime = OPENS

    @property
    def end(self) -> datetime:
        """When everything must have come to an end: half a day after the last request."""
        last: datetime = max(command.at for command in self.commands)
        return last + timedelta(hours=12)

    def answers(self, event: object, now: datetime) -> list[Any]:
        """Return the answers of the bank or the carrier to an event; each command is sent at its own time."""
        match event:
            case shop.PaymentRequested(order_id=order_id):
                yes: Any = partial(write.ConfirmPayment, order_id)
                no: Any = partial(write.DeclinePayment, order_id, "the card has expired")
                said = self.bank.get(order_id, {})
            case shop.ParcelBooked(order_id=order_id):
                yes, no = partial(write.AcceptParcel, order_id), partial(write.RefuseParcel, order_id, "too heavy")
                said = self.carrier.get(order_id, {})
            case _:
                return []
        replies = {"yes": yes, "no": no}
        return [replies[word](now + timedelta(minutes=after)) for word, times in said.items() for after in times]

    def audit(self, log: Iterable[object]) -> list[str]:
        """Return what does not add up in the end: goods, money and parcels, counted by hand."""
        books = _Books(list(log))
        wrong = [one for order in books.orders for one in books.wrong_about(order)]
        oversold = (f"more {one} is set aside than ever came in" for one, left in books.left.items() if left < 0)
        return [*wrong, *oversold]


class _Books:
    """Sums over the log alone: nothing here knows how deciders or the process work."""

    def __init__(self, log: Sequence[object]) -> None:
        self.orders = [event for event in log if isinstance(event, shop.OrderPlaced)]
        self.money, self.left = Counter[str](), Counter[str]()
        self.aside: dict[str, Counter[str]] = {}
        self.last: dict[tuple[str, str], str] = {}
        for event in log:
            self._count(event)

    def _count(self, event: Any) -> None:
        match event:
            case shop.PaymentTaken():
                self.money[event.order_id] += event.amount_mills
            case shop.PaymentRefunded():
                self.money[event.order_id] -= event.amount_mills
            case shop.StockReceived():
                self.left[event.product_id] += event.quantity
            case shop.StockReserved() | shop.StockReleased():
                units = event.quantity if isinstance(event, shop.StockReserved) else -event.quantity
                self.left[event.product_id] -= units
                self.aside.setdefault(event.order_id, Counter())[event.product_id] += units
        if order_id := getattr(event, "order_id", ""):
            for kind in ("Payment", "Parcel", "OrderShipped", "OrderCancelled"):
                if type(event).__name__.startswith(kind):
                    self.last[order_id, kind] = type(event).__name__

    def wrong_about(self, order: shop.OrderPlaced) -> Iterable[str]:
        one = order.order_id
        shipped, cancelled = (one, "OrderShipped") in self.last, (one, "OrderCancelled") in self.last
        if shipped == cancelled:
            yield f"order {one} is {'both shipped and cancelled' if shipped else 'neither shipped nor cancelled'}"
        owed = _worth_mills(order) if shipped else 0
        if self.money[one] != owed:
            yield f"order {one}: {owed} mills should have been kept, and {self.money[one]} were"
        wanted, aside = _units(order) if shipped else Counter(), self.aside.get(one, Counter())
        for product_id in sorted({*wanted, *aside}):
            if aside[product_id] != wanted[product_id]:
                yield f"order {one}: {wanted[product_id]} {product_id} should be set aside, {aside[product_id]} are"
        payment, parcel = self.last.get((one, "Payment")), self.last.get((one, "Parcel"))
        if payment == "PaymentRequested":
            yield f"order {one} is over, and the bank is still asked for money"
        if (parcel == "ParcelAccepted") != shipped or parcel == "ParcelBooked":
            yield f"order {one} is {'shipped' if shipped else 'not shipped'}; the last event of its parcel is {parcel}"


def _units(order: shop.OrderPlaced) -> Counter[str]:
    units = Counter[str]()
    for line in order.lines:
        units[line.product_id] += line.quantity
    return units


def _worth_mills(order: shop.OrderPlaced) -> int:
    goods = sum(line.quantity * line.unit_price_mills for line in order.lines)
    return goods + sum(charge.quantity * charge.unit_price_mills for charge in order.charges)


def draw_parties(seed: int, orders: int = 4) -> Parties:
    """Draw a day: a few orders within an hour, too little stock for all of them, and parties that behave or do not.

    Parameters
    ----------
    seed : int
    orders : int, optional
        The most orders in the day; there is at least one.
    """
    random = default_rng(seed)
    numbers = range(1, int(random.integers(1, orders + 1)) + 1)
    stock = [write.ReceiveStock(one, int(random.integers(1, 9)), OPENS) for one in PRICES]
    placed = [_order(str(number), random) for number in numbers]
    cancelled = [
        write.CancelOrder(order.order_id, order.at + timedelta(minutes=float(random.exponential(30))))
        for order in placed
        if random.random() < 0.25
    ]
    return Parties(
        (*stock, *placed, *cancelled),
        {order.order_id: _temper(random, in_time=10, late=45) for order in placed},
        {order.order_id: _temper(random, in_time=60, late=400) for order in placed},
    )


def _order(order_id: str, random: Generator) -> write.PlaceOrder:
    goods = random.choice(list(PRICES), size=int(random.integers(1, 4)))
    lines = tuple(
        OrderLine(number, str(product), f"Tea {product}", int(random.integers(1, 4)), PRICES[str(product)])
        for number, product in enumerate(goods, 1)
    )
    postage = (Charge(len(lines) + 1, "POST", "Postage", 1, 3950),) if random.random() < 0.5 else ()
    at = OPENS + timedelta(minutes=float(random.uniform(1, 60)))
    return write.PlaceOrder(order_id, "ada", "Ireland", lines, postage, at)


def _temper(random: Generator, in_time: float, late: float) -> Answers:
    """Draw what a party answers: mostly yes, in time; or late, twice, no, first no and then yes, or nothing."""
    after = float(random.exponential(in_time))
    kinds: tuple[Answers, ...] = (
        {"yes": (after,)},
        {"yes": (after, after + 5)},
        {"yes": (late + after,)},
        {"no": (after,)},
        {"no": (after,), "yes": (after + 5,)},
        {},
    )
    return kinds[int(random.choice(len(kinds), p=(0.5, 0.15, 0.1, 0.1, 0.05, 0.1)))]
