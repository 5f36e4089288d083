"""Checks the arguments of a simulation before it runs; each message says what to pass instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cqrs_lab.errors import InvalidArgument, said


def check_story(story: object, kind: type, simulate: str) -> None:
    """Refuse a story of another kind than the simulation takes."""
    if not isinstance(story, kind):
        raise InvalidArgument(f"{simulate} was given a {type(story).__name__} as its story; give a {kind.__name__}")


def sizes_of(batch: Any, what: str = "give a whole number, 1 or more, or several") -> tuple[int, ...]:
    """Return the sizes of deliveries, at least one."""
    sizes = tuple(batch) if isinstance(batch, Iterable) else (batch,)
    if not sizes or any(type(size) is not int or size < 1 for size in sizes):
        raise InvalidArgument(f"batch={batch!r}: {what}")
    return sizes


def built_by(make: Callable[..., Any], needs: tuple[str, ...], instead: str, *arguments: Any) -> Any:
    """Return what is put to the test; an error says how to pass your own function."""
    name = getattr(make, "__name__", repr(make))
    try:
        made = make(*arguments)
    except (AttributeError, TypeError) as error:
        raise InvalidArgument(f"{name} cannot be put to the test ({said(error)}); give {instead}") from error
    if missing := [one for one in needs if not hasattr(made, one)]:
        raise InvalidArgument(f"{name} made {made!r}, which has no {missing[0]}; give {instead}")
    return made
