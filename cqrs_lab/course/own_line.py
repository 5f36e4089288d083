"""Finds the learner's own line in an error: the one that raised it, and the call that led there."""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType
from typing import Any

from cqrs_lab.course.guard import NotYet, shown, shows_an_address
from cqrs_lab.raised import Place, own_frames, place_of


def own_place(error: BaseException) -> Place | None:
    """Return the learner's line that raised an error, or that raised what a judge's `NotYet` is about."""
    return place_of(list(_own_frames(error)))


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
    return name if shows_an_address(value) else shown(value)


def _own_frames(error: BaseException) -> Iterator[tuple[FrameType, int]]:
    """Return the lines of what a `NotYet` is about: the judge met an error, and says it in its own words."""
    if not isinstance(error, NotYet):
        yield from own_frames(error)
    elif error.__context__ is not None:
        yield from _own_frames(error.__context__)
