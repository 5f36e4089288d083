"""Reading the file as it stands: eight columns of text, from a CSV or from the sheets of a workbook."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cqrs_lab.shop.online_retail.header import Header, header_of, known
from cqrs_lab.shop.online_retail.packing import COLUMNS, ZIP, content_of, decoded
from cqrs_lab.shop.online_retail.source import FileRefused, Source, shown

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
LONGEST_FIELD = csv.field_size_limit()


@dataclass(frozen=True)
class Table:
    """The eight columns as they stand in the file.

    Attributes
    ----------
    source : Source
    text : DataFrame
        The columns of the file in the order of `COLUMNS`, all text, of dtype category, so that what is asked of
        a text is asked once; a missing value is "". The index is the row number in the file: the first row
        below the header has 2. Blank rows are left out.
    notes : tuple of str
        What is not as published about the table as a whole.
    total, total_row : str and int, optional
        The units that a totals row below the rows says there are ("" if it does not), and where it stands.
    """

    source: Source
    text: pd.DataFrame
    notes: tuple[str, ...]
    total: str = ""
    total_row: int | None = None


def table_of(source: Source, text: pd.DataFrame, notes: Sequence[str]) -> Table:
    """Return the table without a totals row: one at the end that is about no goods, no time and no country.

    Its number may be missing, but is none of an invoice.
    """
    last = text.iloc[-1].astype("str").str.strip()
    about = last[["StockCode", "InvoiceDate", "CustomerID", "Country"]].any() or re.search(r"\d", last["InvoiceNo"])
    if len(text) == 1 or about or not last[["Quantity", "UnitPrice"]].any():
        return Table(source, text, tuple(notes))
    row = int(text.index[-1])
    rows = text.iloc[:-1].apply(lambda column: column.cat.remove_unused_categories())
    return Table(source, rows, (*notes, f"not read: {source.place(row)}, the totals"), last["Quantity"], row)


def read_table(path: Path, sheet: str | None = None) -> Table:
    """Read a CSV or a workbook, whatever it is packed in.

    Parameters
    ----------
    path : Path
    sheet : str, optional
        The one sheet of a workbook to read; without it, every sheet is.

    Raises
    ------
    FileRefused
        The file is missing, empty, damaged, no table, or has another header.
    """
    source = Source(path)
    content = content_of(source)
    if content.startswith(ZIP):
        from cqrs_lab.shop.online_retail.workbook import read_workbook

        return read_workbook(source, content, sheet)
    if sheet is not None:
        raise source.refused(f"a text file has no sheets; leave out the sheet {shown(sheet)}")
    return _read_csv(source, content)


def _read_csv(source: Source, content: bytes) -> Table:
    text, encoding = decoded(source, content)
    names, separator, row, below = _head(source, text)
    header = header_of(source, names, row)
    found = _records(source, below, separator, len(names), row + 1)
    numbered = _numbers_rows(found, len(names))
    if numbered:
        found = found.drop(columns=0)
    notes = [f"text in {encoding}"] * (encoding != "UTF-8")
    notes += [f"fields separated by {SEPARATORS[separator]}"] * (separator != ",")
    notes += ["not read: the numbers of the rows"] * numbered
    return table_of(source, eight_columns(source, found, header), (*notes, *notes_of(header)))


def _numbers_rows(found: pd.DataFrame, width: int) -> bool:
    """Return whether every row begins with its number, for which the header has no name: as R writes it."""
    if _empty(found[width]).any() or len(found) < 2:
        return False
    numbers = found[0].astype("str").str.strip()
    return any((numbers == pd.Series(range(at, at + len(found)), found.index).astype("str")).all() for at in (0, 1))


def _head(source: Source, text: str) -> tuple[list[str], str, int, str]:
    """Return the names of the columns, what separates them, their row, and the text below."""
    lines = io.StringIO(text[: 2 * LONGEST_FIELD], newline="")
    row, separators = 1, list(SEPARATORS)
    while not (line := lines.readline()).strip(" \r\n\ufeff"):
        row += 1
    if line.strip().casefold() in {f"sep={separator}" for separator in SEPARATORS}:
        # Excel's own first line, which it does not show as a row.
        separators, line = [line.strip("\r\n")[4:5]], lines.readline()
    if len(line) > LONGEST_FIELD:
        why = f"a first line of more than {LONGEST_FIELD:,} characters; expected {','.join(COLUMNS)}"
        raise source.refused(f"{why}, and one line per row", row)
    start = lines.tell() - len(line)
    heads = {}
    for separator in separators:
        lines.seek(start)
        heads[separator] = next(csv.reader(lines, delimiter=separator), []), lines.tell()
    best = max(heads, key=lambda separator: sum(map(bool, known(heads[separator][0]))))
    names, end = heads[best]
    return names, best, row, text[end:]


def _records(source: Source, below: str, separator: str, width: int, first: int) -> pd.DataFrame:
    """Return the fields below the header; the index is their row numbers."""
    try:
        found = pd.read_csv(
            io.BytesIO(below.encode()),
            sep=separator,
            header=None,
            names=range(width + 1),  # one more, where a field too many shows
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
        )
    except pd.errors.ParserError as error:
        fault = _irregular(source, below, separator, width, first, "EOF inside string" in str(error))
        raise fault or source.refused(f"not a CSV: {str(error).strip()}") from None
    if found.empty:
        raise nothing_below(source)
    moved = not isinstance(found.index, pd.RangeIndex)
    columns = in_categories(found.reset_index(drop=True))
    # pandas fills up a short row and moves a long first one; where that may be, the fields are counted.
    unfilled = columns[_empty(columns[width - 1])]
    doubtful = moved or not _empty(columns[width]).all() or not all(_empty(unfilled[at]).all() for at in unfilled)
    if doubtful and not _numbers_rows(columns, width) and (fault := _irregular(source, below, separator, width, first)):
        raise fault
    return columns.set_axis(columns.index + first)


def in_categories(found: pd.DataFrame) -> pd.DataFrame:
    """Keep each different text of a column once, in the order in which they first appear."""
    columns = {}
    for name in found:
        codes, different = pd.factorize(found[name])
        columns[name] = pd.Categorical.from_codes(codes, different)
    return pd.DataFrame(columns, copy=False)


def _empty(column: pd.Series) -> np.ndarray:
    return (column.cat.categories.str.strip() == "")[column.cat.codes]


def _irregular(
    source: Source, below: str, separator: str, width: int, first: int, open_quote: bool = False
) -> FileRefused | None:
    """Return the refusal of the first record that has not `width` fields, or opens a quote for good."""
    records = csv.reader(io.StringIO(below, newline=""), delimiter=separator)
    row, wrong = first - 1, (0, 0)
    try:
        for row, record in enumerate(records, first):
            if not wrong[0] and len(record) != width and any(map(str.strip, record)):
                wrong = row, len(record)
    except csv.Error:
        row, open_quote = row + 1, True
    if open_quote and wrong[0] in {0, row}:
        return source.refused("a quote is opened here and not closed; expected its end in this row", row)
    fields = "1 field" if wrong[1] == 1 else f"{wrong[1]} fields"
    return source.refused(f"{fields}; expected {width}, as in the header", wrong[0]) if wrong[0] else None


def eight_columns(source: Source, found: pd.DataFrame, header: Header) -> pd.DataFrame:
    """Keep the eight columns and the rows that are not blank in them."""
    rows = found[[found.columns[place] for place in header.at]].set_axis(list(COLUMNS), axis="columns")
    no_invoice = np.flatnonzero(_empty(rows["InvoiceNo"]))
    blank = np.logical_and.reduce([_empty(rows[name].iloc[no_invoice]) for name in COLUMNS])
    if blank.any():
        rows = rows.drop(index=rows.index[no_invoice[blank]])
        rows = rows.apply(lambda column: column.cat.remove_unused_categories())
    if rows.empty:
        raise nothing_below(source)
    return rows


def notes_of(header: Header) -> Sequence[str]:
    """Return what is not as published about the columns."""
    notes = ["columns as in Online Retail II or spelled alike"] * header.renamed
    return [*notes, *[f"not read: {', '.join(map(shown, header.extra))}"] * bool(header.extra)]


def nothing_below(source: Source) -> FileRefused:
    """Return the refusal of a header alone."""
    return source.refused("there is nothing below the header; expected one row per line of an invoice")
