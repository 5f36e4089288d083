"""The form a file has, and its rows in the published one: what means exactly one thing is read as that."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cqrs_lab.shop.online_retail.dates import dates_as_published
from cqrs_lab.shop.online_retail.file import Table
from cqrs_lab.shop.online_retail.numbers import (
    customer_or_nothing,
    decimal_mark,
    is_same,
    or_nothing,
    price_as_published,
    whole_as_published,
)
from cqrs_lab.shop.online_retail.source import shown


@dataclass(frozen=True)
class FileForm:
    """What was understood of a file; print it.

    Attributes
    ----------
    notes : tuple of str
        How the table is written where that is not as published.
    dates : str
        How its dates are written.
    invoices : int
    total : str or None
        The units that a totals row says the file has.
    """

    notes: tuple[str, ...]
    dates: str
    invoices: int
    total: str | None = None

    def __str__(self) -> str:
        return "; ".join([self.dates, *self.notes, f"{self.invoices:,} invoices"])


CREDIT_NOTE = re.compile(r"c\d+")
TOLD_IF_CHANGED = {"InvoiceNo", "StockCode", "Quantity", "UnitPrice", "CustomerID"}


def as_published(table: Table, dates: str | None = None, decimal: str | None = None) -> tuple[pd.DataFrame, FileForm]:
    """Write the text of a file in the form in which Online Retail is published.

    Parameters
    ----------
    table : Table
    dates, decimal : str, optional
        As in `read_online_retail`.

    Returns
    -------
    DataFrame
        As `Table.text`; what has no form that is known stays as it is.
    FileForm

    Raises
    ------
    FileRefused
        The file as a whole can be read in two ways, or in none.
    """
    text, source = table.text, table.source
    mark = decimal_mark(source, text["UnitPrice"], decimal)
    times, form_of_dates = dates_as_published(source, text["InvoiceDate"], dates)
    writes = {**_writes(table, mark), "InvoiceDate": times}
    notes = [*table.notes, *["decimal comma"] * (mark == ",")]
    written = {}
    for name, column in text.items():
        old = column.cat.categories.tolist()
        new = [writes[str(name)](found) for found in old]
        changed = [one for one in zip(old, new, strict=True) if one[0].strip() != one[1]]
        if name == "UnitPrice":
            changed = [one for one in changed if not is_same(*one, mark)]
        if changed and name in TOLD_IF_CHANGED:
            notes.append(f"{name} {shown(changed[0][0])} is {changed[0][1] or 'nothing'}")
        written[name] = _with_categories(column, new)
    total = writes["Quantity"](table.total) if table.total else None
    form = FileForm(tuple(notes), form_of_dates, len(written["InvoiceNo"].categories), total)
    return pd.DataFrame(written, index=text.index, copy=False), form


def _writes(table: Table, mark: str) -> dict[str, Callable[[str], str]]:
    """Return what writes a text of each column as published, dates aside."""
    invoice, code, quantity, customer = (
        whole_as_published([*table.text[name].cat.categories, table.total], mark, signed=name == "Quantity")
        for name in ("InvoiceNo", "StockCode", "Quantity", "CustomerID")
    )
    return {
        "InvoiceNo": lambda found: _credit_note(invoice(found)),
        "StockCode": code,
        "Description": or_nothing,
        "Quantity": quantity,
        "UnitPrice": price_as_published(mark),
        "CustomerID": lambda found: customer(customer_or_nothing(found)),
        "Country": lambda found: or_nothing(found).strip(),
    }


def _credit_note(invoice: str) -> str:
    """Return the number with a capital C: in small letters nobody would take it for a credit note."""
    return invoice.upper() if CREDIT_NOTE.fullmatch(invoice) else invoice


def _with_categories(column: pd.Series, new: list[str]) -> pd.Categorical:
    """Rename categories; two may become one."""
    codes, different = pd.factorize(np.array(new, dtype=object))
    return pd.Categorical.from_codes(codes[column.cat.codes], pd.Index(different, dtype="str"))
