"""A function as a process that starts again has it: what it kept in memory is as it was at first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import CellType, FunctionType, MethodType
from typing import Any

from cqrs_lab.log.guards.purity import fresh


def reborn(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a copy that shares no memory with the function: no attributes, globals, closure or default arguments.

    What the functions that it calls keep is not copied.

    Examples
    --------
    >>> from cqrs_lab.simulation.lives import reborn
    >>> def count(seen=[]):
    ...     seen.append("one more")
    ...     return len(seen)
    >>> count(), count(), reborn(count)(), count()
    (1, 2, 3, 3)
    """
    if isinstance(function, partial):
        return partial(reborn(function.func), *fresh(function.args), **fresh(function.keywords))
    if isinstance(function, MethodType):
        return MethodType(function.__func__, fresh(function.__self__))
    if not isinstance(function, FunctionType):
        return fresh(function)  # type: ignore[no-any-return]
    known, code = function.__globals__, function.__code__
    own = {name: fresh(known[name]) for name in code.co_names if name in known}
    cells = tuple(CellType(fresh(cell.cell_contents)) for cell in function.__closure__ or ())
    again = FunctionType(code, known | own, function.__name__, fresh(function.__defaults__), cells)
    again.__kwdefaults__, again.__module__ = fresh(function.__kwdefaults__), function.__module__
    return again
