"""Both shops, side by side on the same orders: the CRUD shop's rows, and the log that took them over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from os import PathLike
from pathlib import Path
from typing import Any, Self

import pandas as pd
from numpy.random import default_rng

from cqrs_lab.arguments import how_many
from cqrs_lab.log.stores.opening import open_event_store
from cqrs_lab.log.stores.sqlite import SqliteEventStore
from cqrs_lab.read.projector import Projector
from cqrs_lab.read.queries import QueryBus
from cqrs_lab.shop.compared.pages import PAGES
from cqrs_lab.shop.crud.shop import CrudShop
from cqrs_lab.shop.crud.week import COUNTRIES, PRODUCTS, trade
from cqrs_lab.shop.events import OrderLine
from cqrs_lab.shop.opening.events import EVENTS
from cqrs_lab.shop.opening.rows import take_over
from cqrs_lab.shop.opening.write import register, snapshots
from cqrs_lab.shop.write.commands import PlaceOrder, ReserveStock
from cqrs_lab.write.command_bus import CommandBus

TAKEN_OVER_AT = datetime(2026, 2, 1)


@dataclass(frozen=True, slots=True)
class DrawnOrder:
    """What a customer orders, from either shop."""

    order_id: str
    customer_id: str
    country: str
    quantities: Mapping[str, int]
    at: datetime


def draw_orders(count: int, seed: int, *, customers: int = 50) -> Iterator[DrawnOrder]:
    """Draw orders of one to four lines, as those that both shops hold already; another seed, other orders."""
    random = default_rng([seed, count])
    for number in range(count):
        customer, lines = int(random.integers(customers)), int(random.integers(1, 5))
        chosen = random.choice(len(PRODUCTS), lines, replace=False)
        quantities = {PRODUCTS[at]: int(random.integers(1, 4)) for at in chosen}
        at = TAKEN_OVER_AT + timedelta(minutes=number)
        yield DrawnOrder(f"s{seed}-{number}", f"c{customer}", COUNTRIES[customer % 4], quantities, at)


class OnRows:
    """The CRUD shop: an order is a transaction, a page is a join."""

    def __init__(self, path: Path, orders: int, seed: int) -> None:
        self.path, self.shop = path, CrudShop(path)
        trade(self.shop, orders, seed=seed)

    def place(self, order: DrawnOrder) -> None:
        """Place an order: one transaction."""
        self.shop.place_order(order.order_id, order.customer_id, order.country, order.quantities, order.at)

    def ask(self, page: str, who: str) -> list[tuple[Any, ...]]:
        """Answer a page from the rows."""
        return self.shop.ask(page, *([who] if who else []))


class OnEvents:
    """The CQRS shop: an order is a command to each stream concerned, a page is a read model."""

    def __init__(self, path: Path, rows: OnRows) -> None:
        self.path, self.store = path, open_event_store(f"sqlite:///{path.as_posix()}", events=EVENTS)
        take_over(rows.shop, self.store, TAKEN_OVER_AT)
        self._bus = CommandBus(self.store, snapshots=snapshots())
        register(self._bus)
        self.projectors = {name: Projector(self.store, page.projection()) for name, page in PAGES.items()}
        self._queries = QueryBus()
        for name, page in PAGES.items():
            self._queries.register(type(page.query("")), page.handler, reads=self.projectors[name])
            self.poll(name)
        # A command says what the page has shown: the name and the price of each thing.
        self._shown = {row[0]: row[1:3] for row in rows.shop.ask("Products")}

    def place(self, order: DrawnOrder) -> None:
        """Place an order: a command to its own stream, and one to the stock of each thing on it."""
        lines = tuple(
            OrderLine(line, product_id, self._shown[product_id][0], quantity, self._shown[product_id][1])
            for line, (product_id, quantity) in enumerate(order.quantities.items(), 1)
        )
        self._bus.send(PlaceOrder(order.order_id, order.customer_id, order.country, lines, (), order.at))
        for line in lines:
            self._bus.send(ReserveStock(line.product_id, order.order_id, line.quantity, order.at))

    def poll(self, page: str) -> None:
        """Let a page's projector catch up."""
        self.projectors[page].catch_up()

    def ask(self, page: str, who: str) -> pd.DataFrame:
        """Answer a page from its read model, as far as that has come."""
        answer: pd.DataFrame = self._queries.ask(PAGES[page].query(who)).value
        return answer


@dataclass(frozen=True, slots=True)
class Opponents:
    """Both shops; close them after use, or use them in a ``with`` block."""

    rows: OnRows
    log: OnEvents

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close both files; they stay."""
        self.rows.shop.close()
        if isinstance(self.log.store, SqliteEventStore):
            self.log.store.close()

    def answers(self, page: str, who: str) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Return what both shops answer now, in one form."""
        form = PAGES[page]
        return form.of_rows(self.rows.ask(page, who)), form.of_table(self.log.ask(page, who))


def open_opponents(folder: str | PathLike[str], orders: int = 2_000, *, seed: int = 1) -> Opponents:
    """Return a CRUD shop with this many orders, and a CQRS shop into which its rows were taken over.

    Parameters
    ----------
    folder : str or path
        An empty one: the shops make shop.db and log.db there.
    orders : int, optional
    seed : int, optional

    Examples
    --------
    >>> from cqrs_lab.shop.compared import open_opponents
    >>> with open_opponents(".", orders=20) as both:
    ...     rows, table = both.answers("Best sellers", "")
    >>> rows == table
    True
    """
    orders = how_many("orders", orders, "a number of orders; give 1 or more", least=1)
    rows = OnRows(Path(folder, "shop.db"), orders, seed)
    return Opponents(rows, OnEvents(Path(folder, "log.db").absolute(), rows))
