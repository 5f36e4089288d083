"""How the dates of a file are written, and which number is the day: decided once, from all rows, or asked for."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

import pandas as pd

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.shop.online_retail.source import FileRefused, Source, first_row, shown

TIME = (
    r",?[ T]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:\.(?P<fraction>\d{1,6})0*)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
)
YEAR_FIRST = re.compile(r"(?P<a>\d{4})(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)(?P<c>\d{1,2})" + TIME)
YEAR_LAST = re.compile(r"(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)(?P<c>\d{4}|\d{2})" + TIME)
NAMED = re.compile(r"(?P<a>\d{1,2})(?P<mark>[-/. ])(?P<b>[A-Za-z]{3,9})(?P=mark)(?P<c>\d{4}|\d{2})" + TIME)
MONTHS = [name.casefold() for name in calendar.month_name]
ORDERS = {"dmy": ("day", "month", "year"), "mdy": ("month", "day", "year")}
# Which day has the number 0; of the first, as spreadsheets have it from March 1900 on.
DAYS_FROM = {"1900": datetime(1899, 12, 30), "1904": datetime(1904, 1, 1)}
SERIAL = re.compile(r"\d{5}(?:[.,](\d+))?")
SECONDS_FROM = datetime(1970, 1, 1)
EPOCH = re.compile(r"(?P<count>1\d{9}(?:\d{3}|\d{6}|\d{9})?)(?:\.0*)?")
UNITS = {10: "seconds", 13: "milliseconds", 16: "microseconds", 19: "nanoseconds"}
DIGITS_OF_A_SECOND = 5
"""So many decimals of a day tell one second from the next."""
PUBLISHED_TIME = "2010-12-01 08:26:00"
Published = tuple[Callable[[str], str], str]


class Shape(NamedTuple):
    """How a date is written, its order aside."""

    year_first: bool
    mark: str
    digits: int
    named: bool = False
    zone: bool = False


class Written(NamedTuple):
    """A date taken apart."""

    shape: Shape
    numbers: tuple[int, int, int]
    clock: tuple[int, int, int, int]


def dates_as_published(source: Source, column: pd.Series, order: str | None) -> Published:
    """Decide how the dates of a file are written.

    Parameters
    ----------
    source : Source
    column : Series
        Of dtype category, as in `Table.text`.
    order : {"dmy", "mdy", "1900", "1904"} or None
        What the reader knows: day or month first, or the year from which days are counted. None: the file has to
        show it.

    Returns
    -------
    callable
        Writes a date as published; leaves anything else as it is.
    str
        The form in words.

    Raises
    ------
    FileRefused
        Two forms stand in one file, no row shows which is meant, or one contradicts `order`.
    """
    if order is not None and order not in (*ORDERS, *DAYS_FROM):
        wanted = "'dmy' (day first), 'mdy' (month first), '1900' or '1904' (days are counted from there)"
        raise InvalidArgument(f"dates={order!r}: expected {wanted}, or leave it out")
    texts = column.cat.categories.tolist()
    found = {text: one for text in texts if (one := _taken_apart(text))}
    if not found and any(map(EPOCH.fullmatch, texts)):
        return _seconds_as_published(texts)
    if order in DAYS_FROM or (not found and any(map(SERIAL.fullmatch, texts))):
        return _days_as_published(source, column, order)
    _one_shape(source, column, found)
    shape = next(iter(found.values())).shape if found else Shape(True, "-", 4)
    names = ("year", "month", "day") if shape.year_first else ORDERS[_order(source, column, found, order)]

    def published(text: str) -> str:
        return (_read(found[text], names) or text) if text in found else text

    words = shape.mark.join(names) + (" (10 is 2010)" if shape.digits == 2 else "")
    kaggle = ", as in the Kaggle copy" if words == "month/day/year" else ""
    return published, f"dates {words}{kaggle}{', times as written without their zone' * shape.zone}"


def _seconds_as_published(texts: Iterable[str]) -> Published:
    """Read seconds since 1970, or thousandths of them; how many digits they have shows which."""
    units = sorted({UNITS[len(one["count"])] for text in texts if (one := EPOCH.fullmatch(text))})

    def published(text: str) -> str:
        one = EPOCH.fullmatch(text)
        if not one:
            return text
        microseconds = int(one["count"]) * 10**6 // 10 ** (len(one["count"]) - 10)
        return (SECONDS_FROM + timedelta(microseconds=microseconds)).isoformat(sep=" ")

    return published, f"dates in {' and '.join(units)} since 1970, as times in UTC"


def _days_as_published(source: Source, column: pd.Series, asked: str | None) -> Published:
    """Read a spreadsheet's count of days, if its reader says from when it counts: the file does not."""
    found = {text: one[1] or "" for text in column.cat.categories if (one := SERIAL.fullmatch(text))}
    for text in column.cat.categories:
        why = f"InvoiceDate is {shown(text)}"
        if text not in found and asked in DAYS_FROM:
            why = f"{why}, no count of days as --dates {asked} says; leave it out"
            raise source.refused(why, first_row(column, text))
        if text in found and asked not in DAYS_FROM:
            why = f"{why}, a spreadsheet's count of days: from 1900 or from 1904? The file does not show it"
            why = f"{why}; say --dates 1900 (nearly all) or --dates 1904 (old ones of a Mac)"
            raise source.refused(why, first_row(column, text))
        if text in found and max(map(len, found.values())) < DIGITS_OF_A_SECOND:
            why = f"{why}, a count of days too short for the second; format the column as dates and save it again"
            raise source.refused(why, first_row(column, text))

    def published(text: str) -> str:
        seconds = round(float(text.replace(",", ".")) * 86_400)
        return (DAYS_FROM[str(asked)] + timedelta(seconds=seconds)).isoformat(sep=" ")

    return published, f"dates in days since {asked}"


def _taken_apart(text: str) -> Written | None:
    written = text.strip()
    found = YEAR_FIRST.fullmatch(written) or YEAR_LAST.fullmatch(written) or NAMED.fullmatch(written)
    if not found:
        return None
    first, middle, last = found["a"], found["b"], found["c"]
    named = not middle.isdigit()
    month = _month(middle) if named else int(middle)
    hour, half = int(found["hour"]), (found["half"] or "")[:1].casefold()
    if half:
        hour = hour % 12 + 12 * (half == "p") if 1 <= hour <= 12 else 99
    clock = hour, int(found["minute"]), int(found["second"] or 0), int((found["fraction"] or "0").ljust(6, "0"))
    digits = 4 if len(first) == 4 else len(last)
    shape = Shape(len(first) == 4, found["mark"], digits, named, bool(found["zone"]))
    return Written(shape, (int(first), month, int(last)), clock)


def _month(name: str) -> int:
    """Return the number of a month by its English name or the first three letters of it; 0 if it is none."""
    known = name.casefold()
    return next((at for at, month in enumerate(MONTHS) if known in (month, month[:3], month[:4]) and at), 0)


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
    if all(one.shape.named for one in found.values()):
        return "dmy"
    can = {order: {text for text, one in found.items() if _read(one, names)} for order, names in ORDERS.items()}
    only = {order: [text for text in found if text in can[order] - can[_other(order)]] for order in ORDERS}
    if only["dmy"] and only["mdy"]:
        day, month = only["dmy"][0], only["mdy"][0]
        raise _mixed(source, column, day, month, " with the day first", " with the month first")
    shown_by = next((order for order in ORDERS if only[order]), None)
    if asked and shown_by and asked != shown_by:
        text = only[shown_by][0]
        why = f"InvoiceDate is {shown(text)}, which is not a date {_in_words(asked)}, as --dates {asked} says"
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
