"""Which column is which: by its name, in the published spelling or that of Online Retail II."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cqrs_lab.shop.online_retail.packing import COLUMNS
from cqrs_lab.shop.online_retail.source import Source, shown

OF_THE_SECOND = {"invoice": "InvoiceNo", "price": "UnitPrice"}
TITLES = {**{name.casefold(): name for name in COLUMNS}, **OF_THE_SECOND}


class Header(NamedTuple):
    """Where each of the eight columns stands, and what else there is.

    Attributes
    ----------
    at : tuple of int
        The places of `COLUMNS`.
    renamed : bool
        Some names are those of Online Retail II, or spelled in another way than published.
    extra : tuple of str
        Names of columns that are not read, such as an index of rows.
    """

    at: tuple[int, ...]
    renamed: bool
    extra: tuple[str, ...]


def known(header: Sequence[str]) -> list[str]:
    """Return the published name of each column, or "" where it is none of the eight; case and spaces do not count."""
    return [TITLES.get(re.sub(r"[\s_.-]", "", name).casefold(), "") for name in header]


def header_of(source: Source, header: Sequence[str], row: int = 1) -> Header:
    """Find the eight columns.

    Raises
    ------
    FileRefused
        One is missing, or there twice.
    """
    titles = known(header)
    names = [name.strip() or f"column {place}" for place, name in enumerate(header, 1)]
    extra = [name for name, title in zip(names, titles, strict=True) if not title]
    missing = [title for title in COLUMNS if title not in titles]
    twice = [title for title in COLUMNS if titles.count(title) > 1]
    faults = (("missing", missing), ("unexpected", extra if missing else []), ("there twice", twice))
    if found := [f"{', '.join(map(shown, columns[:8]))} {verb}" for verb, columns in faults if columns]:
        raise source.refused(f"wrong header: {'; '.join(found)}; expected {','.join(COLUMNS)}", row)
    at = tuple(titles.index(title) for title in COLUMNS)
    return Header(at, any(names[place] != title for place, title in zip(at, COLUMNS, strict=True)), tuple(extra))
