"""How the numbers of a file are written: the mark before their decimals, and whole numbers that were floats."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from cqrs_lab.shop.online_retail.source import Source, first_row, shown

NOTHING = {"nan", "NaN", "NAN", "NULL", "null", "None", "<NA>", "NA", "N/A", "#N/A"}
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
WITH = {mark: re.compile(rf"-?\d*{re.escape(mark)}\d*") for mark in ".,"}
# Three zeros behind the other mark may be thousands.
WHOLE = {".": re.compile(r"(-?\d+)(?:\.0*|,0{1,2})"), ",": re.compile(r"(-?\d+)(?:,(?:0{0,2}|0{4,})|\.0{1,2})")}


def decimal_mark(source: Source, prices: pd.Series) -> str:
    """Decide from all prices of a file which mark stands before their decimals.

    Raises
    ------
    FileRefused
        Both do, or commas that may separate thousands are all there is.
    """
    texts = prices.cat.categories.str.strip()
    marked = {mark: [text for text in texts if WITH[mark].fullmatch(text)] for mark in ".,"}
    if not marked[","]:
        return "."
    if marked["."]:
        (row, above), (below, under) = sorted((_row(prices, few[0]), few[0]) for few in marked.values())
        why = f"UnitPrice is {shown(under)}, but {shown(above)} in {source.place(row)}"
        why = f"{why}; expected one decimal mark in the whole file, and no thousands separators"
        raise source.refused(why, below)
    if all(map(THOUSANDS.fullmatch, marked[","])):
        text = marked[","][0]
        why = f"UnitPrice is {shown(text)}: a decimal comma or thousands? No row of the file shows it"
        raise source.refused(f"{why}; expected prices such as 2.55, without thousands separators", _row(prices, text))
    return ","


def _row(column: pd.Series, text: str) -> int:
    return first_row(column, *(found for found in column.cat.categories if found.strip() == text))


def price_as_published(mark: str) -> Callable[[str], str]:
    """Return what writes a price with a point and without zeros behind; other texts stay as they are."""

    def published(text: str) -> str:
        number = text.strip()
        if not WITH[mark].fullmatch(number) or not re.search(r"\d", number):
            return number
        sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
        whole, _, decimals = digits.partition(mark)
        decimals = decimals.rstrip("0")
        return f"{sign}{whole or '0'}{'.' if decimals else ''}{decimals}" if len(decimals) <= 3 else number

    return published


def whole_as_published(mark: str) -> Callable[[str], str]:
    """Return what writes 17850.0, as pandas has it where a number may be missing, as 17850."""

    def published(text: str) -> str:
        number = text.strip()
        found = WHOLE[mark].fullmatch(number)
        return found[1] if found else number

    return published


def or_nothing(text: str) -> str:
    """Return "" for what stands for a missing value."""
    return "" if text.strip() in NOTHING | {""} else text
