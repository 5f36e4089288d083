"""Finds an answer that is still the cell as the learner got it."""

from __future__ import annotations

import dis
from collections.abc import Mapping
from types import CodeType, FunctionType
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
        What else stands in the cell at first. A function is compared by what it does, step by step; a class, and an
        object of a class, by its methods; a tuple by its parts.
    """
    if answer is None or answer is ... or answer is NotImplemented:
        return True
    if isinstance(answer, tuple) and isinstance(untouched, tuple) and len(answer) == len(untouched):
        return all(map(is_untouched, answer, untouched))
    if isinstance(untouched, type) and not isinstance(answer, type):
        return is_untouched(type(answer), untouched)
    if isinstance(answer, FunctionType):
        empty = EMPTY if answer.__name__ != "<lambda>" else ()
        as_given = isinstance(untouched, FunctionType) and _counted(answer) == _counted(untouched)
        return any(_steps(answer) == _steps(one) for one in (*empty, *([untouched] if as_given else [])))
    if isinstance(answer, type):
        methods = _methods(answer)
        if isinstance(untouched, type) and {name: _steps(one) for name, one in methods.items()} == {
            name: _steps(one) for name, one in _methods(untouched).items()
        }:
            return True
        return bool(methods) and all(map(is_untouched, methods.values()))
    return isinstance(answer, Mapping) and untouched is not None and dict(answer) == untouched


def _methods(made: type) -> dict[str, FunctionType]:
    return {name: one for name, one in vars(made).items() if isinstance(one, FunctionType)}


def _counted(function: FunctionType) -> int:
    return function.__code__.co_argcount


def _steps(function: FunctionType | CodeType) -> list[tuple[str, Any]]:
    """List what a function does: its names differ, its steps do not; where it jumps to depends on what was cached."""
    jumps = {*dis.hasjrel, *dis.hasjabs}
    return [
        # How a method is called depends on whether its module was imported in the same cell.
        ("LOAD_ATTR" if step.opname == "LOAD_METHOD" else step.opname, "" if step.opcode in jumps else _within(step))
        for step in dis.get_instructions(function)
        if step.opname != "PUSH_NULL"
    ]


def _within(step: dis.Instruction) -> Any:
    """Return what a step is about; a function within a function, or a comprehension, by its own steps."""
    if isinstance(step.argval, CodeType):
        return _steps(step.argval)
    return step.argval if isinstance(step.argval, str) else step.argrepr
