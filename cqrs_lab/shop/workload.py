"""Days of trade, drawn from a seed: what people ask the shop to do, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.random import Generator

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.shop.events import Charge, OrderLine
from cqrs_lab.shop.write import (
    AddToCart,
    CancelOrder,
    CartCommand,
    ChangeCartQuantity,
    ChangeItemStatus,
    CheckOut,
    DeliverOrder,
    ListProduct,
    OrderCommand,
    PayOrder,
    PlaceOrder,
    ProductCommand,
    ReceiveStock,
    RemoveFromCart,
    ReturnedQuantity,
    ReturnItems,
    ShipOrder,
    StockCommand,
)

ShopCommand = ProductCommand | StockCommand | CartCommand | OrderCommand

VISITS_BY_HOUR = (2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 13, 13, 14, 13, 12, 12, 11, 11, 12, 14, 15, 12, 8, 4)
ABANDONED_CARTS = 0.3
CHANGED_QUANTITIES = 0.15
REMOVED_PRODUCTS = 0.1
BACK_ORDERS = 0.05
PRODUCTS_PER_CART, UNITS_PER_PRODUCT = 3.0, 1.6
POSTAGE_MILLS, FREE_POSTAGE_FROM_MILLS = 3_950, 50_000
COUNTRIES = {"United Kingdom": 0.82, "Germany": 0.06, "France": 0.05, "Ireland": 0.04, "Netherlands": 0.03}
COLOURS = ("red", "blue", "green", "white", "ivory", "pink", "silver", "black")
THINGS = ("teapot", "mug", "lantern", "cushion", "clock", "picnic basket", "lunch box", "candle", "apron", "jigsaw")


def commands(
    seed: int,
    *,
    orders_per_day: float = 200,
    days: int = 1,
    start: datetime = datetime(2026, 1, 5),
    products: int = 80,
    customers: int = 500,
    cancellation_rate: float = 0.03,
    returns_rate: float = 0.05,
) -> list[ShopCommand]:
    """Draw some days of trade.

    First the catalogue is listed and stock comes in. Customers arrive at random (a Poisson process), more
    at some hours than at others; a few come often, and a few products are in most carts (Zipf). Seven carts in ten
    become an order, which is paid, shipped and delivered in the hours and days that follow.

    Parameters
    ----------
    seed : int
        Every component draws from its own child seed: another `returns_rate` changes the returns and
        nothing else. Every order draws its return, whether it takes place or not, so a higher rate keeps
        the returns of a lower one.
    orders_per_day : float, optional
        On average.
    days : int, optional
        The days on which customers come; parcels and returns follow later.
    start : datetime, optional
        The first moment of the first day.
    products, customers : int, optional
    cancellation_rate, returns_rate : float, optional
        Share of the orders that are cancelled before they ship, and of the delivered ones from which
        something comes back.

    Returns
    -------
    list of commands
        In order of time; the commands of one stream are in the order in which they must be sent. The
        deciders accept every one of them. Nothing is reserved: fulfilment does that.

    Raises
    ------
    InvalidArgument
        An argument is out of range. The message says what to pass.

    Examples
    --------
    >>> from cqrs_lab import CommandBus, MemoryEventStore
    >>> from cqrs_lab.shop import workload, write
    >>> bus = CommandBus(MemoryEventStore())
    >>> write.register(bus)
    >>> receipts = [bus.send(command) for command in workload.commands(seed=1, orders_per_day=20)]
    >>> receipts[0].stream
    'product-p00'
    """
    _check(seed, orders_per_day, days, start, products, customers, cancellation_rate, returns_rate)
    dice = Dice.from_seed(seed)
    catalogue = _catalogue(dice.catalogue, products, start)
    arrivals = _arrivals(dice.arrivals, orders_per_day / (1 - ABANDONED_CARTS), days, start)
    visitors = _visitors(dice.customers, customers, len(arrivals))
    fates = _fates(dice, len(arrivals), cancellation_rate, returns_rate)
    found: list[ShopCommand] = [*catalogue.offers, *_receipts(dice.stock, catalogue, orders_per_day * days, start)]
    for number, (arrival, visitor, fate) in enumerate(zip(arrivals, visitors, fates, strict=True), 1):
        visit = Visit(f"{number:05}", *visitor, arrival)
        found += visit.commands(dice.baskets, catalogue, fate)
    return sorted(found, key=lambda command: command.at)


class Dice(NamedTuple):
    """A source of randomness for each component: what one draws changes nothing for the others."""

    catalogue: Generator
    stock: Generator
    arrivals: Generator
    customers: Generator
    baskets: Generator
    checkouts: Generator
    parcels: Generator
    back_orders: Generator
    cancellations: Generator
    returns: Generator

    @classmethod
    def from_seed(cls, seed: int) -> Self:
        """Return a generator for each component, each from a child of this seed."""
        return cls(*map(np.random.default_rng, np.random.SeedSequence(seed).spawn(len(cls._fields))))


# --- the shop, and who comes ------------------------------------------------------------------------------


class Catalogue(NamedTuple):
    """What is for sale, and each product's share of the demand."""

    offers: tuple[ListProduct, ...]
    share: Any


def _catalogue(dice: Generator, count: int, start: datetime) -> Catalogue:
    prices = np.maximum(290, np.round(dice.lognormal(np.log(4_000), 0.7, count), -1)).astype(int).tolist()
    offers = (ListProduct(f"p{k:02}", _name(k), price, start) for k, price in enumerate(prices))
    return Catalogue(tuple(offers), dice.permutation(_zipf(count, exponent=1.0)))


def _name(k: int) -> str:
    lap, k = divmod(k, len(THINGS) * len(COLOURS))
    thing, colour = divmod(k, len(COLOURS))
    return f"{COLOURS[colour]} {THINGS[thing]}" + (f" no. {lap + 1}" if lap else "")


def _receipts(dice: Generator, catalogue: Catalogue, orders: float, start: datetime) -> list[ReceiveStock]:
    """Return deliveries of about what will be ordered of each product; for some, slightly too little."""
    demand = orders * PRODUCTS_PER_CART * UNITS_PER_PRODUCT * catalogue.share
    units = np.ceil(demand * dice.uniform(0.9, 1.6, len(demand)) + 2).astype(int).tolist()
    return [ReceiveStock(offer.product_id, n, start) for offer, n in zip(catalogue.offers, units, strict=True)]


def _arrivals(dice: Generator, visits_per_day: float, days: int, start: datetime) -> list[datetime]:
    day = np.repeat(np.arange(days), dice.poisson(visits_per_day, days))
    hour = dice.choice(24, len(day), p=np.divide(VISITS_BY_HOUR, sum(VISITS_BY_HOUR)))
    second = np.sort(86_400 * day + 3_600 * hour + dice.integers(3_600, size=len(day)))
    return [start + timedelta(seconds=one) for one in second.tolist()]


def _visitors(dice: Generator, customers: int, visits: int) -> list[tuple[str, str]]:
    """Return the customer id and country of each visit."""
    countries = dice.choice(list(COUNTRIES), customers, p=list(COUNTRIES.values())).tolist()
    who = dice.choice(customers, visits, p=_zipf(customers, exponent=0.6)).tolist()
    return [(f"c{k:03}", countries[k]) for k in who]


def _zipf(count: int, exponent: float) -> Any:
    """Return shares that fall with the rank: the second has 1/2**exponent of the first, and so on."""
    weight = np.arange(1, count + 1) ** -exponent
    return weight / weight.sum()


# --- one visit, and what comes after it --------------------------------------------------------------------


class Fate(NamedTuple):
    """What follows a visit; a share (from 0 to 1) picks a moment between two others, or one of several."""

    abandoned: bool
    paid_after_seconds: float
    packed_after_seconds: float
    travels_seconds: float
    on_back_order: bool
    back_order_share: float
    cancelled: bool
    cancelled_share: float
    returned: bool
    returned_after_seconds: float
    returned_line_share: float
    returned_quantity_share: float


def _fates(dice: Dice, count: int, cancellation_rate: float, returns_rate: float) -> Iterator[Fate]:
    """Draw every fate in full, even what will not happen: so no rate changes another component's draws."""
    columns = (
        dice.checkouts.random(count) < ABANDONED_CARTS,
        dice.parcels.exponential(180, count),
        dice.parcels.lognormal(np.log(20 * 3_600), 0.4, count),
        dice.parcels.uniform(1, 4, count) * 86_400,
        dice.back_orders.random(count) < BACK_ORDERS,
        dice.back_orders.random(count),
        dice.cancellations.random(count) < cancellation_rate,
        dice.cancellations.random(count),
        dice.returns.random(count) < returns_rate,
        dice.returns.exponential(6 * 86_400, count),
        dice.returns.random(count),
        dice.returns.random(count),
    )
    return map(Fate._make, zip(*(column.tolist() for column in columns), strict=True))


@dataclass(frozen=True, slots=True)
class Visit:
    """A customer comes, fills a cart, and perhaps orders what is in it."""

    number: str
    customer_id: str
    country: str
    arrival: datetime

    def commands(self, dice: Generator, catalogue: Catalogue, fate: Fate) -> list[ShopCommand]:
        """Return the commands of the whole visit, up to where the customer leaves or cancels the order."""
        filling, cart = self._fill_cart(dice, catalogue)
        if fate.abandoned:
            return filling
        order = self._order(cart, filling[-1].at + timedelta(seconds=90))
        after = self._follow_up(order, fate)
        if fate.cancelled:
            shipped_at = next(command.at for command in after if isinstance(command, ShipOrder))
            moment = _between(order.at, shipped_at, fate.cancelled_share)
            after = [*(command for command in after if command.at < moment), CancelOrder(order.order_id, moment)]
        return [*filling, CheckOut(f"k{self.number}", order.at), order, *after]

    def _fill_cart(self, dice: Generator, catalogue: Catalogue) -> tuple[list[ShopCommand], dict[ListProduct, int]]:
        """Return the clicks, and how many of each offer are then in the cart, oldest first."""
        cart_id, cart, clicks, at = f"k{self.number}", dict[ListProduct, int](), list[ShopCommand](), self.arrival
        picks = dice.choice(len(catalogue.offers), 1 + dice.poisson(PRODUCTS_PER_CART - 1), p=catalogue.share)
        for offer in (catalogue.offers[k] for k in picks):
            units = int(dice.geometric(1 / UNITS_PER_PRODUCT))
            cart[offer] = cart.get(offer, 0) + units
            clicks.append(AddToCart(cart_id, self.customer_id, offer.product_id, units, offer.price_mills, at))
            at += timedelta(seconds=round(10 + dice.exponential(50)))
        if dice.random() < CHANGED_QUANTITIES:
            last = next(reversed(cart))
            cart[last] += 1
            clicks.append(ChangeCartQuantity(cart_id, last.product_id, cart[last], at))
        if dice.random() < REMOVED_PRODUCTS and len(cart) > 1:
            first = next(iter(cart))
            del cart[first]
            clicks.append(RemoveFromCart(cart_id, first.product_id, at))
        return clicks, cart

    def _order(self, cart: dict[ListProduct, int], at: datetime) -> PlaceOrder:
        lines = tuple(
            OrderLine(line, offer.product_id, offer.name, quantity, offer.price_mills)
            for line, (offer, quantity) in enumerate(cart.items(), 1)
        )
        postage = Charge(len(lines) + 1, "POST", "postage", 1, POSTAGE_MILLS)
        charges = () if _amount_mills(lines) >= FREE_POSTAGE_FROM_MILLS else (postage,)
        return PlaceOrder(f"o{self.number}", self.customer_id, self.country, lines, charges, at)

    def _follow_up(self, order: PlaceOrder, fate: Fate) -> list[ShopCommand]:
        """Return what follows an order: payment, shipping and delivery, perhaps a back order, perhaps a return."""
        order_id = order.order_id
        due_mills = _amount_mills(order.lines) + _amount_mills(order.charges)
        paid_at = order.at + timedelta(seconds=round(fate.paid_after_seconds))
        shipped_at = paid_at + timedelta(seconds=round(fate.packed_after_seconds))
        delivered_at = shipped_at + timedelta(seconds=round(fate.travels_seconds))
        after: list[ShopCommand] = [PayOrder(order_id, due_mills, paid_at)]
        if fate.on_back_order:
            noticed_at = _between(paid_at, shipped_at, fate.back_order_share)
            after.append(ChangeItemStatus(order_id, order.lines[0].line, "back order", noticed_at))
        after += [ShipOrder(order_id, shipped_at), DeliverOrder(order_id, delivered_at)]
        if fate.returned:
            line = order.lines[int(fate.returned_line_share * len(order.lines))]
            quantity = 1 + int(fate.returned_quantity_share * line.quantity)
            at = delivered_at + timedelta(seconds=round(fate.returned_after_seconds))
            after.append(ReturnItems(order_id, f"r{self.number}", (ReturnedQuantity(line.line, quantity),), at))
        return after


def _amount_mills(items: tuple[OrderLine, ...] | tuple[Charge, ...]) -> int:
    return sum(item.quantity * item.unit_price_mills for item in items)


def _between(first: datetime, last: datetime, share: float) -> datetime:
    return first + timedelta(seconds=round(share * (last - first).total_seconds()))


def _check(
    seed: int,
    orders_per_day: float,
    days: int,
    start: datetime,
    products: int,
    customers: int,
    cancellation_rate: float,
    returns_rate: float,
) -> None:
    for name, value, fits, accepted in (
        ("seed", seed, seed >= 0, "a whole number, 0 or more"),
        ("orders_per_day", orders_per_day, 0 <= orders_per_day < inf, "a number, 0 or more"),
        ("days", days, days >= 0, "a whole number, 0 or more"),
        ("start", start, start.tzinfo is None, "a time without a zone, like all times of the shop"),
        ("products", products, products >= 1, "a whole number, 1 or more"),
        ("customers", customers, customers >= 1, "a whole number, 1 or more"),
        ("cancellation_rate", cancellation_rate, 0 <= cancellation_rate <= 1, "a share, from 0 to 1"),
        ("returns_rate", returns_rate, 0 <= returns_rate <= 1, "a share, from 0 to 1"),
    ):
        if not fits:
            raise InvalidArgument(f"{name}={value}: give {accepted}")
