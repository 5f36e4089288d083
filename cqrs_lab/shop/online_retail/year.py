"""The year that a lesson replays: the reader's own file, or an invented one that is said to be invented."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cqrs_lab.arguments import refuse, whole_number
from cqrs_lab.shop.online_retail.invented import write_invented_year
from cqrs_lab.shop.online_retail.published import published_totals
from cqrs_lab.shop.online_retail.rows import OnlineRetail, read_online_retail
from cqrs_lab.words import count


@dataclass(frozen=True)
class Year:
    """A year of trade, and a folder for what is made of it.

    Attributes
    ----------
    file : OnlineRetail
    folder : Path
        The same for the same file as long as this process lives, and gone with it.
    seed : int or None
        What the year was invented from; None if the file is the reader's own.
    """

    file: OnlineRetail
    folder: Path
    seed: int | None = None

    def __str__(self) -> str:
        rows = f"{count(len(self.file.rows), 'row')}"
        if self.seed is not None:
            drawn = f"An invented year, drawn from seed {self.seed}"
            return f"{drawn}: {rows}. For the real one, give its path."
        known = "" if published_totals(self.file.rows) else "no "
        return f"Your file {self.file.path.name}: {rows}, with {known}published totals to compare with."


def open_year(
    path: str | Path | None = None,
    *,
    dates: str | None = None,
    sheet: str | None = None,
    decimal: str | None = None,
    seed: int = 13,
) -> Year:
    """Open a year of trade: a file of Online Retail, or without a path an invented one in the same form.

    Parameters
    ----------
    path : str or Path, optional
        A file that `read_online_retail` reads; ``~`` is your home folder.
    dates, sheet, decimal : str, optional
        What to say of a file that could be read in two ways; see `read_online_retail`.
    seed : int, optional
        What the invented year is drawn from.

    Raises
    ------
    FileRefused
        There is no such file, or it has no form with one meaning.

    Examples
    --------
    >>> from cqrs_lab.shop.online_retail import open_year
    >>> print(open_year())
    An invented year, drawn from seed 13: 7,449 rows. For the real one, give its path.
    """
    whole_number("seed", seed, "a seed; give a whole number, 0 or more")
    if path is not None:
        if not isinstance(path, (str, Path)) or not str(path).strip():
            raise refuse("path", path, "a file; give its path, or None for an invented year")
        found = Path(path).expanduser()
        file = read_online_retail(found, dates=dates, sheet=sheet, decimal=decimal)
        return Year(file, _folder(f"{found.resolve()} {dates} {sheet} {decimal}"))
    folder = _folder(f"seed {seed}")
    invented = folder / "invented_year.csv"
    write_invented_year(invented, seed)
    return Year(read_online_retail(invented), folder, seed)


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    # Windows keeps files that are still open; nobody needs them when the process ends.
    return tempfile.TemporaryDirectory(prefix="cqrs-lab-", ignore_cleanup_errors=True)


@cache
def _folder(source: str) -> Path:
    return Path(tempfile.mkdtemp(dir=_scratch().name))
