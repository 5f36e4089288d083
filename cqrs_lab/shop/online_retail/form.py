"""The form a file has, and its rows in the published one: what means exactly one thing is read as that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cqrs_lab.shop.online_retail.dates import dates_as_published
from cqrs_lab.shop.online_retail.file import Table
from cqrs_lab.shop.online_retail.numbers import decimal_mark, or_nothing, price_as_published, whole_as_published
from cqrs_lab.shop.online_retail.source import shown


@dataclass(frozen=True)
class Form:
    """What was understood of a file; print it.

    Attributes
    ----------
    notes : tuple of str
        How the table is written where that is not as published.
    dates : str
        How its dates are written.
    invoices : int
    """

    notes: tuple[str, ...]
    dates: str
    invoices: int

    def __str__(self) -> str:
        return "; ".join([self.dates, *self.notes, f"{self.invoices:,} invoices"])


def as_published(table: Table, dates: str | None = None) -> tuple[pd.DataFrame, Form]:
    """Write the text of a file in the form in which Online Retail is published.

    Parameters
    ----------
    table : Table
    dates : {"dmy", "mdy"}, optional
        Whether the day or the month stands first, for a file that does not show it.

    Returns
    -------
    DataFrame
        As `Table.text`; what has no form that is known stays as it is.
    Form

    Raises
    ------
    FileRefused
        The file as a whole can be read in two ways, or in none.
    """
    text, source = table.text, table.source
    mark = decimal_mark(source, text["UnitPrice"])
    times, form_of_dates = dates_as_published(source, text["InvoiceDate"], dates)
    whole = whole_as_published(mark)
    writes: dict[str, Callable[[str], str]] = {
        "InvoiceNo": whole,
        "StockCode": whole,
        "Description": or_nothing,
        "Quantity": whole,
        "InvoiceDate": times,
        "UnitPrice": price_as_published(mark),
        "CustomerID": lambda found: whole(or_nothing(found)),
        "Country": lambda found: or_nothing(found).strip(),
    }
    notes = [*table.notes, *["decimal comma"] * (mark == ",")]
    written = {}
    for name, write in writes.items():
        old = text[name].cat.categories.tolist()
        new = [write(found) for found in old]
        changed = [one for one in zip(old, new, strict=True) if one[0].strip() != one[1]]
        if changed and name in {"InvoiceNo", "StockCode", "Quantity", "CustomerID"}:
            notes.append(f"{name} {shown(changed[0][0])} is {changed[0][1] or 'nothing'}")
        written[name] = _with_categories(text[name], new)
    form = Form(tuple(notes), form_of_dates, len(written["InvoiceNo"].categories))
    return pd.DataFrame(written, index=text.index, copy=False), form


def _with_categories(column: pd.Series, new: list[str]) -> pd.Categorical:
    """Rename categories; two may become one."""
    codes, different = pd.factorize(np.array(new, dtype=object))
    return pd.Categorical.from_codes(codes[column.cat.codes], pd.Index(different, dtype="str"))
