"""Finds an answer that is still the cell as the learner got it."""

from __future__ import annotations

import dis
from collections.abc import Mapping
from types import FunctionType
from typing import Any


def _ellipsis() -> None: ...


def _raises() -> None:
    raise NotImplementedError


def _not_implemented() -> Any:
    return NotImplemented


EMPTY = (_ellipsis, _raises, _not_implemented)


def is_untouched(answer: Any, untouched: Any = None) -> bool:
    """Return whether an answer is nothing yet: None, `...`, an empty function, a class of empty methods.

    Parameters
    ----------
    answer : Any
    untouched : Any, optional
        What else stands in the cell at first. A function is compared by what it does, step by step.
    """
    if isinstance(answer, FunctionType):
        empty = EMPTY if answer.__name__ != "<lambda>" else ()
        return any(_steps(answer) == _steps(one) for one in (*empty, untouched) if isinstance(one, FunctionType))
    if isinstance(answer, type):
        methods = [one for one in vars(answer).values() if isinstance(one, FunctionType)]
        return bool(methods) and all(map(is_untouched, methods))
    if isinstance(answer, Mapping):
        return untouched is not None and dict(answer) == untouched
    return answer is None or answer is ... or answer is NotImplemented


def _steps(function: FunctionType) -> list[tuple[str, str]]:
    return [(step.opname, step.argrepr) for step in dis.get_instructions(function)]  # names differ, steps do not
