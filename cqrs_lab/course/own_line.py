"""Finds the learner's own line in an error: the one that raised it, and the call that led there."""

from __future__ import annotations

import linecache
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from cqrs_lab.course.guard import NotYet, shown

PACKAGE = str(Path(__file__).parents[1])
CELLS = ("<ipython-input", "<doctest")
# Found once: to ask for them takes longer than to look whether a file lies there, and a first check looks at 1,500.
OTHERS = (PACKAGE, sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))


class Place(NamedTuple):
    """A line of the learner's code, as plain data that can be sent from where the answer ran."""

    file: str
    line: int
    name: str

    def __str__(self) -> str:
        where = "" if self.name.startswith("<") else f", in {self.name}"
        source = linecache.getline(self.file, self.line).strip()
        return f"line {self.line} of {_called(self.file)}{where}{': ' * bool(source)}{source}"


def own_place(error: BaseException) -> Place | None:
    """Return the learner's line that raised an error, or that raised what a judge's `NotYet` is about."""
    frames = list(_own_frames(error))
    if not frames:
        return None
    frame, line = frames[-1]
    return Place(frame.f_code.co_filename, line, frame.f_code.co_name)


def own_call(error: BaseException) -> str:
    """Return the call into the learner's code that ended in an error; "" where there was none."""
    for frame, _ in _own_frames(error):
        names = frame.f_code.co_varnames[: frame.f_code.co_argcount + frame.f_code.co_kwonlyargcount]
        given = [_argument(name, frame.f_locals[name]) for name in names if name in frame.f_locals and name != "self"]
        called = "your function" if frame.f_code.co_name.startswith("<") else frame.f_code.co_name
        return f"called {called}({', '.join(given)})"
    return ""


def _argument(name: str, value: Any) -> str:
    """Return an argument as text: by its name where its repr holds an address in memory."""
    text = shown(value)
    return name if " at 0x" in text else text


def _own_frames(error: BaseException) -> Iterator[tuple[FrameType, int]]:
    if isinstance(error, NotYet):
        if error.__context__ is not None:
            yield from _own_frames(error.__context__)
        return
    step = error.__traceback__
    while step is not None:
        if is_the_learners(step.tb_frame.f_code.co_filename):
            yield step.tb_frame, step.tb_lineno
        step = step.tb_next


@cache
def is_the_learners(file: str) -> bool:
    """Return whether a file is a cell or the learner's own: not in this package, in Python or installed."""
    if file.startswith("<"):
        return file.startswith(CELLS)
    path = Path(file)
    installed = "site-packages" in path.parts or "dist-packages" in path.parts
    return not installed and not any(path.is_relative_to(other) for other in OTHERS)


def _called(file: str) -> str:
    """Return what a learner calls a file: a cell by its number, where IPython knows it."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    named = shell.compile.format_code_name(file) if shell else None
    if named:
        return " ".join(named).replace("Cell In", "cell ")
    return "your cell" if file.startswith(CELLS) else Path(file).name
