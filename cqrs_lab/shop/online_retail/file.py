"""Reading the file as it stands: eight columns of text, whatever it is packed in."""

from __future__ import annotations

import gzip
import importlib.util
import io
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
        The columns of the file in the order of `COLUMNS`, all str; a missing value is "". The index is the
        row number in the file: the first row below the header has 2. Blank rows are left out.

    Raises
    ------
    FileRefused
        The file is missing, empty, damaged, no table, or has another header.
    """
    content = _content(path)
    cells = _sheet(path, content) if content.startswith(ZIP) else _csv(path, content)
    cells.index += 1
    names = [str(name).strip() for name in cells.iloc[0]]
    _check_header(path, names)
    rows = cells.iloc[1:].set_axis(names, axis=1)[list(COLUMNS)]
    blank = rows["InvoiceNo"] == ""
    if blank.any():
        rows = rows.drop(index=rows.index[blank][(rows[blank] == "").all(axis=1)])
    if rows.empty:
        raise FileRefused(path, "there is nothing below the header; expected one row per line of an invoice")
    return rows


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
        return pd.read_csv(io.BytesIO(content), header=None, dtype=str, keep_default_na=False, skip_blank_lines=False)
    except UnicodeDecodeError:
        row, byte = _first_that_is_no_text(content)
        raise FileRefused(path, f"byte {byte:#04x} is not UTF-8; expected a CSV in UTF-8, or .xlsx", row) from None
    except pd.errors.EmptyDataError:
        raise FileRefused(path, f"the first row is blank; expected {','.join(COLUMNS)}", row=1) from None
    except pd.errors.ParserError as error:
        fault = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        raise FileRefused(path, f"not a CSV: {fault}; expected {len(COLUMNS)} fields") from None


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
        return pd.read_excel(io.BytesIO(content), header=None, dtype=str, engine="calamine", na_filter=False)
    except CalamineError as error:
        raise FileRefused(path, f"the workbook is damaged ({error}); download it again") from None


def _check_header(path: Path, names: list[str]) -> None:
    missing = [name for name in COLUMNS if name not in names]
    unexpected = [name for name in names if name not in COLUMNS]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1 and name in COLUMNS]
    faults = (("missing", missing), ("unexpected", unexpected), ("there twice", twice))
    if found := [f"{', '.join(map(_short, columns))} {verb}" for verb, columns in faults if columns]:
        raise FileRefused(path, f"wrong header: {'; '.join(found)}; expected {','.join(COLUMNS)}", row=1)


def _short(name: str) -> str:
    return repr(name if len(name) <= 40 else f"{name[:40]}…")
