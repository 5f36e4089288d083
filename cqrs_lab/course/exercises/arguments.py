"""Looks whether a function takes what a judge will call it with, before anything is judged by what comes back."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from cqrs_lab.course.guard import NotYet
from cqrs_lab.errors import said


def expect_arguments(function: Callable[..., Any], name: str, *arguments: str, **named: str) -> None:
    """Refuse a function that cannot be called with these arguments.

    Parameters
    ----------
    function : callable
    name : str
        What the task calls it.
    *arguments : str
        What the task calls the arguments that go in by their place.
    **named : str
        Those that go in by their name, with an example each.

    Raises
    ------
    NotYet
        One is missing, or one too many.
    """
    try:
        inspect.signature(function).bind(*arguments, **named)
    except TypeError as error:
        called = f"{name}({', '.join([*arguments, *(f'{key}={value}' for key, value in named.items())])})"
        ask = "Which arguments does the task name, and in which order?"
        raise NotYet(f"looked whether {called} can be called", said(error), called, ask) from None
    except ValueError:  # a function of C has no signature: it shows when it is called
        return
