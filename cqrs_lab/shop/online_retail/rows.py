"""From eight columns of text to checked values: all of the file, before the first command is sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cqrs_lab.arguments import shown as argument
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.shop.online_retail.file import read_table
from cqrs_lab.shop.online_retail.form import FileForm, as_published
from cqrs_lab.shop.online_retail.source import Source, first_row, shown

MOST_UNITS, MOST_MILLS = 10**6, 10**9
"""Above any price or quantity of a gift shop, and low enough that no sum of a year leaves int64."""
PRICE = "a price such as 2.55, with at most 3 decimals"


@dataclass(frozen=True)
class OnlineRetail:
    """A file that has been read and found right.

    Attributes
    ----------
    path : Path
    text : DataFrame
        The rows as text in the published form, whatever form the file has; see `Table` for the index.
    rows : DataFrame
        The same rows with the same index: invoice, code, description, customer, country (category of
        str), quantity, price_mills (int64), at (datetime64[us]).
    form : FileForm
        What was understood of the file.
    """

    path: Path
    text: pd.DataFrame
    rows: pd.DataFrame
    form: FileForm


def read_online_retail(
    path: str | Path, *, dates: str | None = None, sheet: str | None = None, decimal: str | None = None
) -> OnlineRetail:
    """Read and check a whole file: a CSV or a workbook, in any form that means exactly one thing.

    Parameters
    ----------
    path : str or Path
        What is in the file decides how it is read, not its name: CSV in UTF-8, UTF-16 or Latin-1, with commas,
        semicolons or tabs, or .xlsx; also in a gzip, bzip2, xz or zip file.
    dates : {"dmy", "mdy", "1900", "1904"}, optional
        Whether the day or the month stands first, or the year from which a spreadsheet counts days, for a file in
        which no date shows it.
    sheet : str, optional
        The one sheet of a workbook to read; without it, every sheet is.
    decimal : {"point", "comma"}, optional
        What stands before the decimals of a price, for a file in which no price shows it.

    Raises
    ------
    FileRefused
        Says which row cannot be read or can be read in two ways, what stands there and what was expected.
    """
    path = _path(path)
    table = read_table(path, sheet)
    text, form = as_published(table, dates, decimal)
    parsed, faults = {}, []
    for column in _COLUMNS:
        parsed[column.name], fault = _parse(text[column.title], column)
        faults += [fault] if fault else []
    if faults:
        row, column, found = min(faults, key=lambda fault: fault[0])
        came = shown(found) if found else "empty"
        raise table.source.refused(f"{column.title} is {came}; expected {column.expected}", row)
    if form.total is not None and form.total != str(parsed["quantity"].sum()):
        why = f"the totals row says {form.total} units, but the rows above it have {parsed['quantity'].sum()}"
        raise table.source.refused(f"{why}; expected the same; get the whole file, or delete the row", table.total_row)
    for title in ("CustomerID", "Country"):
        _check_one_per_invoice(table.source, text["InvoiceNo"], text[title])
    return OnlineRetail(path, text, pd.DataFrame(parsed, index=text.index, copy=False), form)


def _path(given: Any) -> Path:
    if not isinstance(given, str | Path) or "\0" in str(given):
        raise InvalidArgument(f"path={argument(given)} is not a path; give the path of a file, such as 'retail.csv'")
    path = Path(given)
    with suppress(RuntimeError):  # a home that is nobody's
        return path.expanduser()
    return path


@dataclass(frozen=True)
class _Column:
    """A column: its name here and in the file, how its text becomes a value, and what that text must be."""

    name: str
    title: str
    parse: Callable[[str], Any]
    dtype: str
    expected: str


def _some_text(text: str) -> str:
    if not text:
        raise ValueError
    return text


def _customer(text: str) -> str:
    if text and not re.fullmatch(r"[0-9]+", text):
        raise ValueError
    return text


def _quantity(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text) or abs(int(text)) > MOST_UNITS:
        raise ValueError
    return int(text)


def _price_mills(text: str) -> int:
    # Not through float: 2.675 has no float, and a mill lost here is lost in every total.
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        raise ValueError
    mills = Decimal(text).scaleb(3)
    if mills % 1 or abs(mills) > MOST_MILLS:
        raise ValueError
    return int(mills)


def _time(text: str) -> datetime:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?", text):
        raise ValueError
    return datetime.fromisoformat(text)


_COLUMNS = (
    _Column("invoice", "InvoiceNo", _some_text, "category", "a number such as 536365 or C536379"),
    _Column("code", "StockCode", _some_text, "category", "a code such as 85123A or POST"),
    _Column("description", "Description", str, "category", "any text"),
    _Column("quantity", "Quantity", _quantity, "int64", f"a whole number such as 6 or -1, up to {MOST_UNITS}"),
    _Column("at", "InvoiceDate", _time, "datetime64[us]", "a time such as 2010-12-01 08:26:00"),
    _Column("price_mills", "UnitPrice", _price_mills, "int64", PRICE),
    _Column("customer", "CustomerID", _customer, "category", "a whole number such as 17850, or nothing"),
    _Column("country", "Country", _some_text, "category", "a name such as EIRE"),
)


def _parse(text: pd.Series, column: _Column) -> tuple[Any, tuple[int, _Column, str] | None]:
    """Parse each different text once; tell the first row whose text has no meaning."""
    codes, different = text.cat.codes.to_numpy(), text.cat.categories
    values, wrong = [], []
    for number, found in enumerate(different):
        try:
            values.append(column.parse(found))
        except ValueError:
            wrong.append(number)
    if wrong:
        at = int(np.argmax(np.isin(codes, wrong)))
        return None, (int(text.index[at]), column, text.iloc[at])
    if column.dtype == "category":
        return text.array, None
    return pd.array(values, dtype=column.dtype).take(codes), None  # type: ignore[call-overload]


def _check_one_per_invoice(source: Source, invoices: pd.Series, column: pd.Series) -> None:
    invoice, here = invoices.cat.codes.to_numpy(), column.cat.codes.to_numpy()
    first = here[~invoices.duplicated()][invoice]
    if (here != first).any():
        at = int(np.argmax(here != first))
        above = column.cat.categories[first[at]]
        where = source.place(first_row(invoices, invoices.iloc[at]))
        raise source.refused(
            f"{column.name} is {shown(column.iloc[at])}, but {shown(above)} in {where} of the same invoice "
            f"{invoices.iloc[at]}; expected the same on all rows of an invoice",
            int(column.index[at]),
        )
