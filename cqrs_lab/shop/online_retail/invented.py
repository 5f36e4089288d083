"""A year of trade for readers without the file: the seeded workload, written as Online Retail is, oddities included.

One order in seven has no customer, lines stand twice, stock is adjusted, entries are only tests, and some rows have
neither price nor customer. The real file has all of that, if not in exactly these proportions.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from cqrs_lab.shop.events import Charge, OrderLine
from cqrs_lab.shop.online_retail.packing import COLUMNS
from cqrs_lab.shop.workload import commands
from cqrs_lab.shop.write import CancelOrder, PlaceOrder, ReturnItems

FIRST_DAY, DAYS, ORDERS_PER_DAY = datetime(2010, 12, 1), 374, 6
SATURDAY = 5  # the shop is closed, as the real one was
FIRST_INVOICE, FIRST_CUSTOMER = 536_365, 12_346
UNKNOWN_CUSTOMER, LINE_TWICE, ODD_DOCUMENT = 1 / 7, 0.01, 0.12
ADJUSTED = ("smashed", "damaged", "lost", "wet", "?")


class Document(NamedTuple):
    """An invoice or a credit note: when, for whom, and its rows (code, description, quantity, price in mills)."""

    at: datetime
    customer: str
    country: str
    rows: tuple[tuple[str, str, int, int], ...]
    credit: bool = False
    mark: str = ""


def write_invented_year(path: Path, seed: int) -> None:
    """Write a year of trade as a CSV in the published form of Online Retail.

    Parameters
    ----------
    path : Path
        The file; one that is there is replaced.
    seed : int
        The same seed writes the same file.
    """
    documents = sorted(_documents(seed), key=lambda one: one.at)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number, document in enumerate(documents, FIRST_INVOICE):
            invoice = f"{'C' if document.credit else document.mark}{number}"
            for code, description, quantity, mills in document.rows:
                price = f"{mills / 1000:.3f}".rstrip("0").rstrip(".")
                rows.writerow(
                    (invoice, code, description, quantity, document.at, price, document.customer, document.country)
                )


def _documents(seed: int) -> Iterator[Document]:
    trade, dice = np.random.SeedSequence(seed).spawn(2)
    trade_seed, draw = int(trade.generate_state(1)[0]), np.random.default_rng(dice)
    orders: dict[str, tuple[PlaceOrder, Document]] = {}
    products: dict[str, OrderLine] = {}
    for command in commands(trade_seed, orders_per_day=ORDERS_PER_DAY, days=DAYS, start=FIRST_DAY):
        if command.at.weekday() == SATURDAY or command.at >= FIRST_DAY + timedelta(days=DAYS):
            continue
        match command:
            case PlaceOrder():
                orders[command.order_id] = command, _ordered(command, draw)
                products |= {line.product_id: line for line in command.lines}
                yield orders[command.order_id][1]
                if draw.random() < ODD_DOCUMENT:
                    yield _odd(command.at, list(products.values()), draw)
            case CancelOrder() if command.order_id in orders:
                yield _credited(command.at, orders[command.order_id][1].rows, orders[command.order_id][1])
            case ReturnItems() if command.order_id in orders:
                order, document = orders[command.order_id]
                yield _credited(command.at, list(_returned(command, order)), document)
            case _:
                pass


def _ordered(order: PlaceOrder, draw: Generator) -> Document:
    """Return an order's invoice; now and then the till has printed a line twice, or does not know the customer."""
    unknown, twice = draw.random() < UNKNOWN_CUSTOMER, draw.random(len(order.lines)) < LINE_TWICE
    customer = "" if unknown else str(FIRST_CUSTOMER + int(order.customer_id.removeprefix("c")))
    rows = [_row(item) for line, again in zip(order.lines, twice, strict=True) for item in [line] * (1 + int(again))]
    return Document(order.at, customer, order.country, (*rows, *map(_row, order.charges)))


def _row(item: OrderLine | Charge) -> tuple[str, str, int, int]:
    code = item.code if isinstance(item, Charge) else item.product_id
    return code, item.description.upper(), item.quantity, item.unit_price_mills


def _returned(command: ReturnItems, order: PlaceOrder) -> Iterator[tuple[str, str, int, int]]:
    lines = {line.line: line for line in order.lines}
    for back in command.quantities:
        code, description, _, mills = _row(lines[back.line])
        yield code, description, back.quantity, mills


def _credited(at: datetime, rows: Iterable[tuple[str, str, int, int]], of: Document) -> Document:
    negative = tuple((code, description, -quantity, mills) for code, description, quantity, mills in rows)
    return Document(at, of.customer, of.country, negative, credit=True)


def _odd(at: datetime, products: list[OrderLine], draw: Generator) -> Document:
    """Return a document of the kind that makes real files hard to add up."""
    code, description, _, price = _row(products[draw.integers(len(products))])
    units = int(draw.integers(1, 40))
    someone, stranger = str(FIRST_CUSTOMER + int(draw.integers(500))), str(FIRST_CUSTOMER + 500 + int(draw.integers(9)))
    home, fee = "United Kingdom", 10 * int(draw.integers(900, 9000))
    kinds = (
        (14, Document(at, "", home, ((code, str(draw.choice(ADJUSTED)), -units, 0),))),
        (8, Document(at, "", home, ((code, "", units, 0),))),
        (2, Document(at, "", home, ((code, "test", units, 0),))),
        (4, Document(at, someone, home, ((code, description, 1, 0),))),
        (6, Document(at, stranger, home, ((code, description, -1, price),), credit=True)),
        (5, Document(at, someone, home, (("D", "Discount", -1, int(draw.integers(500, 9000))),), credit=True)),
        (6, Document(at, someone, home, (("PADS", "PADS TO MATCH ALL CUSHIONS", 1, 1), ("M", "Manual", 1, price)))),
        (2, Document(at, "", home, (("AMAZONFEE", "AMAZON FEE", -1, fee),), credit=True)),
        (1, Document(at, "", home, (("B", "Adjust bad debt", 1, -fee),), mark="A")),
    )
    weight = np.array([share for share, _ in kinds])
    return kinds[int(draw.choice(len(kinds), p=weight / weight.sum()))][1]
