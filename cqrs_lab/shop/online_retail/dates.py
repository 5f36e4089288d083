"""Which number of a date is the day: decided once, from all rows of a file, or asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

import pandas as pd

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.shop.online_retail.source import FileRefused, Source, first_row, shown

TIME = r"[ T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.0+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
YEAR_FIRST = re.compile(r"(?P<a>\d{4})(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)(?P<c>\d{1,2})" + TIME)
YEAR_LAST = re.compile(r"(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)(?P<c>\d{4}|\d{2})" + TIME)
SERIAL = re.compile(r"\d{5}([.,]\d+)?")
ORDERS = {"dmy": ("day", "month", "year"), "mdy": ("month", "day", "year")}
PUBLISHED_TIME = "2010-12-01 08:26:00"


class Shape(NamedTuple):
    """How a date is written, its order aside."""

    year_first: bool
    mark: str
    digits: int


class Written(NamedTuple):
    """A date taken apart."""

    shape: Shape
    numbers: tuple[int, int, int]
    clock: tuple[int, int, int]


def dates_as_published(source: Source, column: pd.Series, order: str | None) -> tuple[Callable[[str], str], str]:
    """Decide how the dates of a file are written.

    Parameters
    ----------
    source : Source
    column : Series
        Of dtype category, as in `Table.text`.
    order : {"dmy", "mdy"} or None
        What the reader knows. None: the file has to show it.

    Returns
    -------
    callable
        Writes a date as published, and leaves as it is what is no date of this form.
    str
        The form in words.

    Raises
    ------
    FileRefused
        Two forms stand in one file, no row shows which number is the day, or one contradicts `order`.
    """
    if order is not None and order not in ORDERS:
        raise InvalidArgument(f"dates={order!r}: expected 'dmy' (day first) or 'mdy' (month first), or leave it out")
    found = {text: one for text in column.cat.categories.tolist() if (one := _taken_apart(text))}
    _one_shape(source, column, found)
    if not found:
        _no_serials(source, column)
    shape = next(iter(found.values())).shape if found else Shape(True, "-", 4)
    names = ("year", "month", "day") if shape.year_first else ORDERS[_order(source, column, found, order)]

    def published(text: str) -> str:
        return (_read(found[text], names) or text) if text in found else text

    words = shape.mark.join(names) + (" (10 is 2010)" if shape.digits == 2 else "")
    kaggle = ", as in the Kaggle copy" if words == "month/day/year" else ""
    return published, f"dates {words}{kaggle}"


def _taken_apart(text: str) -> Written | None:
    found = YEAR_FIRST.fullmatch(text.strip()) or YEAR_LAST.fullmatch(text.strip())
    if not found:
        return None
    first, last = found["a"], found["c"]
    hour, half = int(found["hour"]), (found["half"] or "")[:1].casefold()
    if half:
        hour = hour % 12 + 12 * (half == "p") if 1 <= hour <= 12 else 99
    clock = hour, int(found["minute"]), int(found["second"] or 0)
    shape = Shape(len(first) == 4, found["mark"], 4 if len(first) == 4 else len(last))
    return Written(shape, (int(first), int(found["b"]), int(last)), clock)


def _read(written: Written, names: Iterable[str]) -> str | None:
    """Write a date as published; None if there is no such day or time."""
    day = dict(zip(names, written.numbers, strict=True))
    if written.shape.digits == 2:
        # As strptime: 69 is 1969, 68 is 2068.
        day["year"] += 1900 if day["year"] >= 69 else 2000
    with suppress(ValueError):
        return datetime(day["year"], day["month"], day["day"], *written.clock).isoformat(sep=" ")
    return None


def _one_shape(source: Source, column: pd.Series, found: dict[str, Written]) -> None:
    examples = {one.shape: text for text, one in reversed(found.items())}
    if len(examples) > 1:
        raise _mixed(source, column, list(examples.values())[-1], list(examples.values())[-2])


def _order(source: Source, column: pd.Series, found: dict[str, Written], asked: str | None) -> str:
    """Find the one order that all dates allow."""
    can = {order: {text for text, one in found.items() if _read(one, names)} for order, names in ORDERS.items()}
    only = {order: [text for text in found if text in can[order] - can[_other(order)]] for order in ORDERS}
    if only["dmy"] and only["mdy"]:
        day, month = only["dmy"][0], only["mdy"][0]
        raise _mixed(source, column, day, month, " with the day first", " with the month first")
    shown_by = next((order for order in ORDERS if only[order]), None)
    if asked and shown_by and asked != shown_by:
        text = only[shown_by][0]
        why = f"InvoiceDate is {shown(text)}, which is no date {_in_words(asked)}, as --dates {asked} says"
        raise source.refused(f"{why}; every date here can be {_in_words(shown_by)}", first_row(column, text))
    if chosen := asked or shown_by:
        return chosen
    for text, one in found.items():
        if text in can["dmy"] and _read(one, ORDERS["dmy"]) != _read(one, ORDERS["mdy"]):
            why = f"InvoiceDate is {shown(text)}: day or month first? No row of the file shows it"
            why = f"{why}; say --dates dmy (day first) or --dates mdy (month first)"
            raise source.refused(why, first_row(column, text))
    return "dmy"


def _other(order: str) -> str:
    return "mdy" if order == "dmy" else "dmy"


def _in_words(order: str) -> str:
    return "/".join(ORDERS[order])


def _mixed(source: Source, column: pd.Series, one: str, other: str, first: str = "", second: str = "") -> FileRefused:
    """Refuse two forms in one file, with an example of each, the one further up first."""
    (row, above), (below, under) = sorted(
        [(first_row(column, one), f"{shown(one)}{first}"), (first_row(column, other), f"{shown(other)}{second}")]
    )
    why = f"InvoiceDate is {under}, but {above} in {source.place(row)}; expected one form of date in the whole file"
    return source.refused(f"{why}; write all as {PUBLISHED_TIME}", below)


def _no_serials(source: Source, column: pd.Series) -> None:
    """Refuse days counted from 1900 or 1904: which of the two, the file does not say."""
    for text in column.cat.categories:
        if SERIAL.fullmatch(text):
            why = f"InvoiceDate is {shown(text)}, a spreadsheet's count of days; expected a time such as"
            why = f"{why} {PUBLISHED_TIME}; format the column as dates and save it again"
            raise source.refused(why, first_row(column, text))
