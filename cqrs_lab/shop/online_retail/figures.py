"""Numbers to be compared, and how they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One number, told by the read models, by the file's own text and by those who published the file.

    Attributes
    ----------
    name : str
        Holds the word "value" if the number is money, in mills; other figures are counts.
    read, published : int or None
        None: they do not tell this number.
    file : int
    """

    name: str
    read: int | None
    file: int
    published: int | None = None

    @property
    def agrees(self) -> bool:
        """True if all who tell the number tell the same one."""
        return {self.read, self.file, self.published} <= {self.file, None}

    @property
    def cells(self) -> tuple[str, str, str]:
        """The three numbers as text: of the read models, the file, the publication; "" where none is told."""
        show = pounds if "value" in self.name else "{:,}".format
        read, file, published = ("" if n is None else show(n) for n in (self.read, self.file, self.published))
        return read, file, published

    def __str__(self) -> str:
        shown = zip(("read models", "file", "published"), self.cells, strict=True)
        return f"{self.name}: {', '.join(f'{who} {number}' for who, number in shown if number)}"


def pounds(mills: int) -> str:
    """Write mills as pounds, to the mill.

    Examples
    --------
    >>> pounds(-1_234_567)
    '-1,234.567'
    """
    whole, rest = divmod(abs(mills), 1000)
    return f"{'-' if mills < 0 else ''}{whole:,}.{rest:03}"


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    """Set lines of text in columns, numbers to the right, under a ruled head."""
    widths = [max(map(len, column)) for column in zip(head, *lines, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *others = (cell.ljust(widths[0]) if not at else cell.rjust(widths[at]) for at, cell in enumerate(cells))
        return "   ".join([first, *others]).rstrip()

    return [line(head), "-" * (sum(widths) + 3 * (len(widths) - 1)), *map(line, lines)]
