"""Reading the sheets of a workbook: all that hold rows, or the one asked for."""

from __future__ import annotations

import importlib.util
import io
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from cqrs_lab.shop.online_retail.file import Table, eight_columns, in_categories, notes_of, nothing_below, table_of
from cqrs_lab.shop.online_retail.header import header_of
from cqrs_lab.shop.online_retail.source import ROWS_OF_A_SHEET, FileRefused, Source, first_row, shown


def read_workbook(source: Source, content: bytes, sheet: str | None) -> Table:
    """Read each sheet that is not empty.

    Raises
    ------
    FileRefused
        A sheet has another header, the one asked for is not there, or an invoice stands on two sheets.
    """
    if importlib.util.find_spec("python_calamine") is None:
        raise source.refused('reading .xlsx needs one more package: pip install "cqrs-lab[excel]"')
    sheets = {name: cells for name, cells in _sheets(source, content, sheet).items() if cells}
    if not sheets:
        raise source.refused("there is nothing in the workbook; expected one row per line of an invoice")
    source = source.of(*sheets)
    parts, notes = [], [f"sheets {', '.join(map(shown, sheets))}"] * (len(sheets) > 1 or sheet is not None)
    for number, (name, cells) in enumerate(sheets.items()):
        row = number * ROWS_OF_A_SHEET + 1
        try:
            header = header_of(source, [_text(cell) for cell in cells[0]], row)
        except FileRefused as refused:
            if len(sheets) == 1:
                raise
            raise FileRefused(source.path, f"{refused.why}; or choose one sheet: --sheet NAME", 1, name) from None
        if len(cells) == 1:
            raise nothing_below(source)
        found = in_categories(pd.DataFrame([[_text(cell) for cell in line] for line in cells[1:]], dtype="str"))
        parts.append(eight_columns(source, found.set_axis(found.index + row + 1), header))
        notes += [note for note in notes_of(header) if note not in notes]
    text = parts[0] if len(parts) == 1 else _together(source, parts)
    return table_of(source, text, notes)


def _sheets(source: Source, content: bytes, sheet: str | None) -> dict[str, list[list[Any]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if sheet is not None and sheet not in book.sheet_names:
            there = ", ".join(map(shown, book.sheet_names))
            raise source.refused(f"there is no sheet {shown(sheet)}; the workbook has {there}")
        names = book.sheet_names if sheet is None else [sheet]
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except CalamineError as error:
        raise source.refused(f"the workbook is damaged ({' '.join(str(error).split())}); download it again") from None


def _text(cell: Any) -> str:
    """Write a cell as the published CSV has it; a workbook keeps whole numbers as floats, midnight as a date."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return pd.Timestamp(cell).round("s").isoformat(sep=" ")
    return f"{cell} 00:00:00" if isinstance(cell, date) else str(cell)


def _together(source: Source, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Put the rows of all sheets below each other; the same invoice on two would count its lines twice."""
    rows = pd.concat([part.astype("str") for part in parts])
    text = in_categories(rows).set_axis(rows.index)
    where = pd.Series(text.index // ROWS_OF_A_SHEET, text.index)
    first = where.groupby(text["InvoiceNo"], observed=True).transform("first")
    if (where != first).any():
        row = int(text.index[int(np.argmax(where != first))])
        invoice = text["InvoiceNo"].loc[row]
        above = source.place(first_row(text["InvoiceNo"], invoice))
        why = f"invoice {invoice} stands here and in {above}: its lines would count twice; choose one: --sheet NAME"
        raise source.refused(why, row)
    return text
