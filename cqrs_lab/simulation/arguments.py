"""What a model accepts: each check names the argument, says what came, and what is accepted."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqrs_lab.errors import InvalidArgument

LARGEST = 1e15
"""Beyond this, and below its inverse, no rate or duration of a read side lies, and arithmetic would overflow."""


def keep(instance: object, **checked: Any) -> None:
    """Set fields of a frozen dataclass to what a check returned: plain numbers, and tuples that nobody can change."""
    for name, value in checked.items():
        object.__setattr__(instance, name, value)


def number(name: str, value: Any, *, least: float = -LARGEST, most: float = LARGEST) -> float:
    """Return a real number within bounds; a number of NumPy's is one, True and "1" are none.

    Raises
    ------
    InvalidArgument
    """
    if not _real(value) or not least <= value <= most:
        raise InvalidArgument(f"{name}={value!r}: give a number from {least:g} to {most:g}")
    return _plain(value)


def positive(name: str, value: Any, *, zero: bool = False) -> float:
    """Return a finite number above 0, or of 0 or more.

    Raises
    ------
    InvalidArgument
    """
    if not _real(value) or not (value > 0 or (zero and value == 0)) or value == math.inf:
        raise InvalidArgument(f"{name}={value!r}: give a number {'of 0 or more' if zero else 'above 0'}")
    least = 0 if zero else 1 / LARGEST
    if not least <= value <= LARGEST:
        raise InvalidArgument(f"{name}={value!r}: give a number from {least:g} to {LARGEST:g}")
    return _plain(value)


def share(name: str, value: Any) -> float:
    """Return a probability above 0 and below 1.

    Raises
    ------
    InvalidArgument
    """
    if not _real(value) or not 0 < value < 1:
        raise InvalidArgument(f"{name}={value!r}: give a number between 0 and 1")
    return _plain(value)


def shares_of(value: Any, name: str = "shares") -> tuple[float, ...]:
    """Return shares above 0 that add up to 1.

    Raises
    ------
    InvalidArgument
    """
    listed = list(value) if isinstance(value, Iterable) and not isinstance(value, str | bytes) else []
    shares = tuple(positive(f"{name}[{at}]", one) for at, one in enumerate(listed))
    if abs(sum(shares) - 1) > 1e-9:
        raise InvalidArgument(f"{name}={value!r}: give shares above 0 that add up to 1")
    return shares


def whole(name: str, value: Any, *, least: int = 1, most: int | None = None) -> int:
    """Return a whole number within bounds.

    Raises
    ------
    InvalidArgument
    """
    integral = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    bound = int(LARGEST) if most is None else most
    if not integral or not least <= value <= bound:
        upper = f", {bound:,} at most" if most is not None or (integral and value > bound) else ""
        raise InvalidArgument(f"{name}={value!r}: give a whole number, {least} or more{upper}")
    return int(value)


def among(name: str, value: Any, accepted: tuple[str, ...]) -> None:
    """Refuse a word that is not one of those accepted.

    Raises
    ------
    InvalidArgument
    """
    if not isinstance(value, str) or value not in accepted:
        raise InvalidArgument(f"{name}={value!r}: accepted are {', '.join(map(repr, accepted))}")


def seconds_of(name: str, values: Any, what: str) -> NDArray[np.float64]:
    """Return a list of finite seconds, at least one, none below 0; a date or a text is no number of seconds.

    Raises
    ------
    InvalidArgument
    """
    listed = list(values) if isinstance(values, Iterable) and not isinstance(values, str | bytes | dict) else None
    if not listed or not all(_real(one) and 0 <= one <= LARGEST for one in listed):
        raise InvalidArgument(f"{name}: give a list of {what}, in seconds, at least one, none below 0")
    return np.array(listed, dtype="float64")


def _real(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _plain(value: Any) -> float:
    """Return a Python number: NumPy's integers overflow without a word."""
    return value if isinstance(value, int | float) else float(value)
