"""How the numbers of a file are written: their signs, the marks in them, and whole numbers that were floats."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from decimal import Decimal, InvalidOperation

import numpy as np
import pandas as pd

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.shop.online_retail.source import Source, first_row, shown

NOTHING = {"", "nan", "null", "none", "<na>", "na", "n/a", "#n/a", "(null)", r"\n"}
"""What stands for a missing value, in small letters: of pandas, R, Excel and of databases."""
MARKS = {"point": ".", "comma": ","}
OTHER = {".": ",", ",": "."}
CURRENCY = re.compile(r"[£$€]|GBP|EUR|USD")
SPACES = re.compile(r"(?<=\d)[ \u00a0\u202f'’](?=\d{3}(?!\d))")
NUMBER = re.compile(r"-?(?=.*\d)[\d.,]+")
GROUPED = {mark: re.compile(rf"-?[1-9]\d{{0,2}}({re.escape(mark)}\d{{3}})+") for mark in ".,"}
WITH = {mark: re.compile(rf"-?\d*{re.escape(mark)}\d*") for mark in ".,"}
# Three zeros behind the other mark may be thousands.
WHOLE = {".": re.compile(r"(-?\d+)(?:\.0*|,0{1,2})"), ",": re.compile(r"(-?\d+)(?:,(?:0{0,2}|0{4,})|\.0{1,2})")}
Write = Callable[[str], str]


def bare(text: str) -> str:
    """Return a number without its currency, with its minus in front and without spaces between thousands.

    Examples
    --------
    >>> bare("(£1 234.50)"), bare("3-"), bare("n/a")
    ('-1234.50', '-3', 'n/a')
    """
    found = CURRENCY.sub("", text.strip(), count=1).replace("\u2212", "-").strip()
    if found.startswith("(") and found.endswith(")") and "-" not in found:
        found = f"-{found[1:-1].strip()}"
    elif found.endswith("-") and not found.startswith(("-", "+")):
        found = f"-{found[:-1].strip()}"
    found = SPACES.sub("", re.sub(r"^(?:\+|(-))\s*", r"\1", found))
    return found if NUMBER.fullmatch(found) else text.strip()


def decimal_mark(source: Source, prices: pd.Series, asked: str | None = None) -> str:
    """Decide from all prices of a file which mark stands before their decimals, or take the one asked for.

    Raises
    ------
    FileRefused
        Both do, marks that may separate thousands are all there is, or two currencies stand in one column.
    """
    if asked is not None and asked not in MARKS:
        raise InvalidArgument(f"decimal={asked!r}: expected 'point' or 'comma', or leave it out")
    _one_currency(source, prices)
    if asked is not None:
        return MARKS[asked]
    marked: dict[str, list[str]] = {".": [], ",": []}
    for text in prices.cat.categories:
        if mark := _mark_of(bare(text)):
            marked[mark].append(text)
    if not marked[","]:
        return "."
    if marked["."]:
        (row, above), (below, under) = sorted((first_row(prices, few[0]), few[0].strip()) for few in marked.values())
        why = f"UnitPrice is {shown(under)}, but {shown(above)} in {source.place(row)}"
        why = f"{why}; expected one decimal mark in the whole file, and no thousands separators that look like it"
        raise source.refused(f"{why}; say --decimal point or --decimal comma if the other one separates them", below)
    if all(GROUPED[","].fullmatch(bare(text)) for text in marked[","]):
        text = marked[","][0]
        why = f"UnitPrice is {shown(text.strip())}: a decimal comma or thousands? No row of the file shows it"
        raise source.refused(f"{why}; say --decimal comma or --decimal point", first_row(prices, text))
    return ","


def _mark_of(number: str) -> str:
    """Return the mark that stands before the decimals of a number; "" if it has none."""
    if "." in number and "," in number:
        return max(".,", key=number.rfind)
    mark = next((one for one in ".," if one in number), "")
    return OTHER[mark] if number.count(mark) > 1 and mark else mark


def _one_currency(source: Source, prices: pd.Series) -> None:
    first: dict[str, str] = {}
    for text in prices.cat.categories:
        for currency in CURRENCY.findall(text):
            first.setdefault(currency, text)
    if len(first) > 1:
        two = list(first.values())[:2]
        (row, above), (below, under) = sorted((first_row(prices, text), text.strip()) for text in two)
        why = f"UnitPrice is {shown(under)}, but {shown(above)} in {source.place(row)}"
        raise source.refused(f"{why}; expected one currency in the whole file; convert the prices to one", below)


def price_as_published(mark: str) -> Write:
    """Return what writes a price with a point and without zeros behind; other texts stay as they are."""

    def published(text: str) -> str:
        number = _ungrouped(bare(text), OTHER[mark])
        if re.fullmatch(r"-?\d+", number):
            return number
        if not WITH[mark].fullmatch(number) or not re.search(r"\d", number):
            return text.strip()
        sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
        whole, _, decimals = digits.partition(mark)
        decimals = _as_typed(whole, decimals.rstrip("0"))
        return f"{sign}{whole or '0'}{'.' if decimals else ''}{decimals}" if len(decimals) <= 3 else text.strip()

    return published


def _as_typed(whole: str, decimals: str) -> str:
    """Return the decimals that a float stands for: 2.5499999999999998 is 2.55, also where it had half the bits."""
    exact = f"{whole or '0'}.{decimals}"
    for kind in (np.float64, np.float32) if len(decimals) > 6 else ():
        typed = str(kind(exact))
        if "e" not in typed and float(kind(exact)) == float(exact) and len(typed.partition(".")[2]) <= 3:
            return typed.partition(".")[2].rstrip("0") if typed.partition(".")[0] == (whole or "0") else decimals
    return decimals


def _ungrouped(number: str, mark: str) -> str:
    """Return a number without its thousands separators; they stand before its decimals, at every third digit."""
    whole, decimal, decimals = number.partition(OTHER[mark])
    return f"{whole.replace(mark, '')}{decimal}{decimals}" if GROUPED[mark].fullmatch(whole) else number


def whole_as_published(texts: Iterable[str], mark: str, signed: bool = False) -> Write:
    """Return what writes a column's whole numbers: 17850.0 as 17850, and 1,200 as 1200.

    A separator of thousands shows in a number that would not be whole if it stood before decimals.

    Parameters
    ----------
    texts : iterable of str
        All that stand in the column.
    mark : {".", ","}
        The file's decimal mark.
    signed : bool, optional
        Whether a minus may come last, or be written as parentheses.
    """

    def plain(text: str) -> str:
        return bare(text) if signed and not CURRENCY.search(text) else text.strip()

    found = [plain(text) for text in texts]
    shows = {one for one in ".," for text in found if GROUPED[one].fullmatch(text) and not text.endswith("000")}
    separator = next(iter(shows)) if len(shows) == 1 else ""

    def published(text: str) -> str:
        number = plain(text)
        if separator and GROUPED[separator].fullmatch(number):
            return number.replace(separator, "")
        whole = WHOLE[mark].fullmatch(number)
        return whole[1] if whole else number

    return published


def is_same(text: str, written: str, mark: str) -> bool:
    """Return whether a price is written as another only by its zeros and its decimal mark."""
    with suppress(InvalidOperation):
        return Decimal(text.strip().replace(mark, ".")) == Decimal(written)
    return False


def or_nothing(text: str) -> str:
    """Return "" for what stands for a missing value."""
    return "" if text.strip().casefold() in NOTHING else text


def customer_or_nothing(text: str) -> str:
    """Return "" also for what only a number cannot be: a dash, or the 0 that fills gaps."""
    return "" if re.fullmatch(r"-|0+(?:[.,]0*)?", text.strip()) else or_nothing(text)
