"""Reading the file as it stands: eight columns of text, whatever it is packed in."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
import re
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pandas as pd

from cqrs_lab.errors import CqrsLabError

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
PUBLISHED = "Online Retail is published by the UCI Machine Learning Repository: https://doi.org/10.24432/C5BW33"
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


class FileRefused(CqrsLabError):
    """The file is not Online Retail as published; no command was sent.

    Attributes
    ----------
    path : str
    row : int or None
        The row at fault, counted as in a spreadsheet: the header is row 1. None: it is not one row's fault.
    why : str
        What is there, what was expected, and what to do.
    """

    def __init__(self, path: object, why: str, row: int | None = None) -> None:
        super().__init__(path, why, row)
        self.path, self.why, self.row = str(path), why, row

    def __str__(self) -> str:
        place = self.path if self.row is None else f"{self.path}, row {self.row:,}"
        return f"{place}: {self.why}"


def read_text(path: Path) -> pd.DataFrame:
    """Read a CSV, a CSV.gz or the original .xlsx; what it is shows in its first bytes, not in its name.

    Returns
    -------
    DataFrame
        The columns of the file in the order of `COLUMNS`, all text, of dtype category, so that what is asked of
        a text is asked once; a missing value is "". The index is the row number in the file: the first row
        below the header has 2. Blank rows are left out.

    Raises
    ------
    FileRefused
        The file is missing, empty, damaged, no table, or has another header.
    """
    content = _content(path)
    rows = _sheet(path, content) if content.startswith(ZIP) else _csv(path, content)
    rows = rows[list(COLUMNS)].set_axis(rows.index + 2)
    no_invoice = rows["InvoiceNo"] == ""
    if no_invoice.any():
        blank = (rows[no_invoice] == "").all(axis="columns")
        rows = rows.drop(index=blank.index[blank])
    if rows.empty:
        raise _nothing_below(path)
    return pd.DataFrame({name: _categories(rows[name]) for name in COLUMNS}, index=rows.index, copy=False)


def _categories(column: pd.Series) -> pd.Categorical:
    codes, different = pd.factorize(column)
    return pd.Categorical.from_codes(codes, different)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise FileRefused(path, f"there is no such file. {PUBLISHED}; download it and give its path") from None
    except OSError as error:
        raise FileRefused(path, f"cannot be read ({error.strerror}); expected a file you may read") from None
    if content.startswith(GZIP):
        content = _unpacked(path, content)
    if not content.strip():
        raise FileRefused(path, f"the file is empty; expected a first row {','.join(COLUMNS)}")
    return content


def _unpacked(path: Path, content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        inflater, rows = zlib.decompressobj(wbits=31), 0
        with suppress(zlib.error):
            for start in range(0, len(content), 1024):
                rows += inflater.decompress(content[start : start + 1024]).count(b"\n")
        why = "the gzip file is damaged or cut off here; expected it whole; download it again"
        raise FileRefused(path, why, row=rows + 1) from None


def _csv(path: Path, content: bytes) -> pd.DataFrame:
    try:
        header = content.partition(b"\n")[0].decode("utf-8-sig").strip("\r")
        names = _checked(path, next(csv.reader([header]), []))
        rows = pd.read_csv(
            io.BytesIO(content), header=None, skiprows=1, dtype=str, keep_default_na=False, skip_blank_lines=False
        )
    except UnicodeDecodeError:
        row, byte = _first_that_is_no_text(content)
        raise FileRefused(path, f"byte {byte:#04x} is not UTF-8; expected a CSV in UTF-8, or .xlsx", row) from None
    except pd.errors.EmptyDataError:
        raise _nothing_below(path) from None
    except pd.errors.ParserError as error:
        raise FileRefused(path, *_unparsed(str(error))) from None
    if rows.shape[1] != len(names):
        raise FileRefused(path, f"{rows.shape[1]} fields; expected {len(names)}, as in the header", row=2)
    return rows.set_axis(names, axis="columns")


def _unparsed(error: str) -> tuple[str, int | None]:
    """Tell in our words, and with our row numbers, what the parser says."""
    if found := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", error):
        return f"{found[3]} fields; expected {found[1]}, as in the header", int(found[2])
    if found := re.search(r"EOF inside string starting at row (\d+)", error):
        return "a quote is opened here and not closed; expected its end in this row", int(found[1]) + 1
    return f"not a CSV: {error.strip()}", None


def _first_that_is_no_text(content: bytes) -> tuple[int, int]:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1, content[error.start]
    raise AssertionError("unreachable: pandas found no UTF-8, Python did")


def _sheet(path: Path, content: bytes) -> pd.DataFrame:
    """Read the first sheet of a workbook."""
    with suppress(zipfile.BadZipFile):
        if "xl/workbook.xml" not in zipfile.ZipFile(io.BytesIO(content)).namelist():
            raise FileRefused(path, "a zip file without a workbook; unpack it and give the .xlsx or .csv in it")
    if importlib.util.find_spec("python_calamine") is None:
        raise FileRefused(path, 'reading .xlsx needs one more package: pip install "cqrs-lab[excel]"')
    from python_calamine import CalamineError

    try:
        cells = pd.read_excel(io.BytesIO(content), header=None, dtype=str, engine="calamine", na_filter=False)
    except CalamineError as error:
        raise FileRefused(path, f"the workbook is damaged ({error}); download it again") from None
    names = _checked(path, list(cells.iloc[0]) if len(cells) else [])
    return cells.iloc[1:].set_axis(names, axis="columns").reset_index(drop=True)


def _checked(path: Path, header: list[str]) -> list[str]:
    names = [name.strip() for name in header]
    missing = [name for name in COLUMNS if name not in names]
    unexpected = [name for name in names if name not in COLUMNS]
    twice = [name for name in COLUMNS if names.count(name) > 1]
    faults = (("missing", missing), ("unexpected", unexpected), ("there twice", twice))
    if found := [f"{', '.join(map(shown, columns))} {verb}" for verb, columns in faults if columns]:
        raise FileRefused(path, f"wrong header: {'; '.join(found)}; expected {','.join(COLUMNS)}", row=1)
    return names


def shown(text: str) -> str:
    """Quote a text in a message, which stays one line and readable whatever the file holds."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def _nothing_below(path: Path) -> FileRefused:
    return FileRefused(path, "there is nothing below the header; expected one row per line of an invoice")
