"""Where an error was raised: finds the reader's own line among those of this package, of Python and of libraries."""

from __future__ import annotations

import linecache
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from cqrs_lab.errors import CqrsLabError, InvalidArgument, said

PACKAGE = str(Path(__file__).parent)
CELLS = ("<ipython-input", "<doctest")
# Found once: to ask for them takes longer than to look whether a file lies there, and a first check looks at 1,500.
OTHERS = (PACKAGE, sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))


class Place(NamedTuple):
    """A line of the reader's code, as plain data that can be sent from where it ran."""

    file: str
    line: int
    name: str

    def __str__(self) -> str:
        where = "" if self.name.startswith("<") else f", in {self.name}"
        source = linecache.getline(self.file, self.line).strip()
        return f"line {self.line} of {_called(self.file)}{where}{': ' * bool(source)}{source}"


def own_frames(error: BaseException) -> Iterator[tuple[FrameType, int]]:
    """Return the reader's own calls and lines that led to an error, the outermost first."""
    step = error.__traceback__
    while step is not None:
        if is_the_readers(step.tb_frame.f_code.co_filename):
            yield step.tb_frame, step.tb_lineno
        step = step.tb_next


def place_of(frames: list[tuple[FrameType, int]]) -> Place | None:
    """Return the innermost of these lines."""
    if not frames:
        return None
    frame, line = frames[-1]
    return Place(frame.f_code.co_filename, line, frame.f_code.co_name)


@contextmanager
def naming_the_line(what: str) -> Iterator[None]:
    """Run code of the reader's: if it raises, say so with their own line; an error of this package says enough.

    Raises
    ------
    InvalidArgument
    """
    try:
        yield
    except CqrsLabError:
        raise
    except Exception as error:
        place = place_of(list(own_frames(error)))
        at = "" if place is None else f", at {place}"
        raise InvalidArgument(f"{what} raised {said(error)}{at}; correct it, and run this again") from error


@cache
def is_the_readers(file: str) -> bool:
    """Return whether a file is a cell or the reader's own: not in this package, in Python or installed."""
    if file.startswith("<"):
        return file.startswith(CELLS)
    path = Path(file)
    installed = "site-packages" in path.parts or "dist-packages" in path.parts
    return not installed and not any(path.is_relative_to(other) for other in OTHERS)


def _called(file: str) -> str:
    """Return what a reader calls a file: a cell by its number, where IPython knows it."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    named = shell.compile.format_code_name(file) if shell else None
    if named:
        return " ".join(named).replace("Cell In", "cell ")
    return "your cell" if file.startswith(CELLS) else Path(file).name
