"""Where a row of the file stands, and how a file is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from cqrs_lab.errors import CqrsLabError

ROWS_OF_A_SHEET = 2**20
"""No sheet has more; the rows of the second sheet are numbered from here on."""


class FileRefused(CqrsLabError):
    """The file has no form of Online Retail with one meaning; no command was sent.

    Attributes
    ----------
    path : str
    row : int or None
        The row at fault, counted as in a spreadsheet: the header is row 1. None: it is not one row's fault.
    why : str
        What is there, what was expected, and what to do.
    sheet : str or None
        The sheet the row is on, if the workbook has several.
    """

    def __init__(self, path: object, why: str, row: int | None = None, sheet: str | None = None) -> None:
        super().__init__(path, why, row, sheet)
        self.path, self.why, self.row, self.sheet = str(path), why, row, sheet

    def __str__(self) -> str:
        sheet = "" if self.sheet is None else f", sheet {shown(self.sheet)}"
        row = "" if self.row is None else f", row {self.row:,}"
        return f"{_one_line(self.path)}{sheet}{row}: {self.why}"


@dataclass(frozen=True)
class Source:
    """A file, and the sheets that are read if it is a workbook.

    Attributes
    ----------
    path : Path
    sheets : tuple of str
    """

    path: Path
    sheets: tuple[str, ...] = ()

    def of(self, *sheets: str) -> Source:
        """Return the same file with the sheets that are read."""
        return replace(self, sheets=sheets)

    def refused(self, why: str, row: int | None = None) -> FileRefused:
        """Return the refusal of a row, numbered as in the index of `Table.text`."""
        if row is None:
            return FileRefused(self.path, why)
        sheet, number = divmod(row - 1, ROWS_OF_A_SHEET)
        return FileRefused(self.path, why, number + 1, self.sheets[sheet] if len(self.sheets) > 1 else None)

    def place(self, row: int) -> str:
        """Return a row's place in words."""
        sheet, number = divmod(row - 1, ROWS_OF_A_SHEET)
        of_sheet = f" of sheet {shown(self.sheets[sheet])}" if len(self.sheets) > 1 else ""
        return f"row {number + 1:,}{of_sheet}"


def shown(text: str) -> str:
    """Quote a text in a message, which stays one line and readable whatever the file holds."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def _one_line(path: str) -> str:
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in path)


def first_row(column: pd.Series, *texts: str) -> int:
    """Return the number of the first row that has one of these texts."""
    wanted = column.cat.categories.get_indexer(pd.Index(texts))
    return int(column.index[int(np.argmax(np.isin(column.cat.codes, wanted)))])
