"""From rows to commands: one per invoice, credit note and stock adjustment, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cqrs_lab.shop.events import Charge, OrderLine
from cqrs_lab.shop.write import AdjustStock, IssueCreditNote, ListProduct, PlaceOrder

CREDIT_NOTE = "C"
# Postage and carriage, manual entries, discount, samples, bad debt, and what bank, marketplace and charity take.
CHARGES = ("POST", "DOT", "C2", "M", "m", "D", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK")
GIFT_VOUCHER = "gift_0001_"


class Sending(NamedTuple):
    """A command and the id under which it is handled once, however often the file is replayed."""

    command_id: str
    command: Any


def is_charge(code: str) -> bool:
    """Return whether a stock code stands for no goods; upper and lower case are different codes."""
    return code in CHARGES or code.startswith(GIFT_VOUCHER)


def commands_of(rows: pd.DataFrame) -> Iterator[Sending]:
    """Translate the rows of a file; the rules stand in `cqrs_lab.shop.online_retail`.

    Parameters
    ----------
    rows : DataFrame
        As in `OnlineRetail.rows`.
    """
    lines = _gathered(rows)
    items, listings = _items(lines), _listings(lines)
    starts = np.flatnonzero(lines["line"] == 1)
    texts = dict.fromkeys(("invoice", "code", "description", "customer", "country"), "str")
    heads: Any = lines.take(starts).astype(texts)
    for start, at, head in zip(starts, heads["at"].dt.to_pydatetime(), heads.itertuples(index=False), strict=True):
        for code, name, price_mills in listings.get(head.invoice, ()):
            yield Sending(f"online-retail-list-{code}", ListProduct(code, name, price_mills, at))
        yield Sending(f"online-retail-{head.invoice}", _command(head, items[start : start + head.lines], at))


def _command(head: Any, items: list[OrderLine | Charge], at: Any) -> AdjustStock | IssueCreditNote | PlaceOrder:
    if head.adjusts:
        return AdjustStock(head.code, head.quantity, head.description, head.invoice, at)
    command_type = IssueCreditNote if head.credit else PlaceOrder
    lines: Any = items
    charges: Any = ()
    if head.charges:
        lines = (item for item in items if type(item) is OrderLine)
        charges = (item for item in items if type(item) is Charge)
    return command_type(head.invoice, head.customer, head.country, tuple(lines), tuple(charges), at)


def _gathered(rows: pd.DataFrame) -> pd.DataFrame:
    """Bring the rows of each invoice together, by first appearance, and tell what each row is.

    Adds the columns line (from 1 in each invoice), lines and charges (how many its invoice has), and the bools
    charge, credit and adjusts.
    """
    number, invoices = pd.factorize(rows["invoice"])
    order = np.argsort(number, kind="stable")
    number, counts = number[order], np.bincount(number)
    lines = rows.take(order)
    lines["line"] = np.arange(len(lines)) - (np.cumsum(counts) - counts)[number] + 1
    lines["lines"] = counts[number]
    lines["charge"] = lines["code"].isin(list(filter(is_charge, lines["code"].cat.categories)))
    lines["charges"] = np.bincount(number, weights=lines["charge"])[number]
    lines["credit"] = invoices.astype("str").str.startswith(CREDIT_NOTE)[number]
    for_no_one = (lines["customer"] == "") & (lines["price_mills"] == 0)
    taken_off = for_no_one & (lines["quantity"] < 0) & (lines["lines"] == 1)
    lines["adjusts"] = taken_off & ~lines["charge"] & ~lines["credit"]
    return lines


def _items(lines: pd.DataFrame) -> list[OrderLine | Charge]:
    """Make the lines of all documents; a credit note's quantities become positive, for it is taken off as a whole."""
    quantities = lines["quantity"].where(~lines["credit"], -lines["quantity"])
    code, description = (lines[name].astype("str") for name in ("code", "description"))
    columns = (lines["line"], code, description, quantities, lines["price_mills"])
    values: list[list[Any]] = [column.tolist() for column in columns]
    items: list[OrderLine | Charge] = list(map(OrderLine, *values))
    for at in np.flatnonzero(lines["charge"]).tolist():
        items[at] = Charge(*(column[at] for column in values))
    return items


def _listings(lines: pd.DataFrame) -> dict[str, list[tuple[str, str, int]]]:
    """Return the products that each invoice is the first to sell at a price: code, name and price in mills."""
    goods = ~lines["charge"] & ~lines["credit"] & (lines["quantity"] > 0) & (lines["price_mills"] > 0)
    columns = ["invoice", "code", "description", "price_mills"]
    sold: Any = lines[columns].take(np.flatnonzero(goods)).drop_duplicates("code")
    listings: dict[str, list[tuple[str, str, int]]] = {}
    for invoice, *product in sold.itertuples(index=False):
        listings.setdefault(invoice, []).append(tuple(product))
    return listings
