"""What a model accepts: each check names the argument, says what came, and what is accepted."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cqrs_lab.arguments import is_whole, shown
from cqrs_lab.errors import InvalidArgument

LARGEST = 1e15
"""Beyond this, and below its inverse, no rate or duration of a read side lies, and arithmetic would overflow."""


MOST_LISTED = 20_000_000
PER_CENT = "; 95 % is 0.95"


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
    if not is_real(value) or not least <= value <= most:
        per_cent = PER_CENT if (least, round(most)) == (0, 1) else ""
        raise _refused(name, value, f"a number from {least:g} to {most:g}{per_cent}")
    return _plain(value)


def positive(name: str, value: Any, *, zero: bool = False) -> float:
    """Return a finite number above 0, or of 0 or more.

    Raises
    ------
    InvalidArgument
    """
    if not is_real(value) or not (value > 0 or (zero and value == 0)) or value == math.inf:
        raise _refused(name, value, f"a number {'of 0 or more' if zero else 'above 0'}")
    least = 0 if zero else 1 / LARGEST
    if not least <= value <= LARGEST:
        raise _refused(name, value, f"a number from {least:g} to {LARGEST:g}")
    return _plain(value)


def share(name: str, value: Any) -> float:
    """Return a probability above 0 and below 1.

    Raises
    ------
    InvalidArgument
    """
    if not is_real(value) or not 0 < value < 1:
        raise _refused(name, value, f"a number between 0 and 1{PER_CENT}")
    return _plain(value)


def shares_of(value: Any, name: str = "shares") -> tuple[float, ...]:
    """Return shares above 0 that add up to 1.

    Raises
    ------
    InvalidArgument
    """
    listed = _listed(value) or []
    shares = tuple(positive(f"{name}[{at}]", one) for at, one in enumerate(listed))
    if abs(sum(shares) - 1) > 1e-9:
        raise _refused(name, value, "shares above 0 that add up to 1")
    return shares


def whole(name: str, value: Any, *, least: int = 1, most: int | None = None) -> int:
    """Return a whole number within bounds; 2e7 is one.

    Raises
    ------
    InvalidArgument
    """
    integral = is_real(value) and is_whole(value)
    bound = int(LARGEST) if most is None else most
    if not integral or not least <= value <= bound:
        upper = f", {bound:,} at most" if most is not None or (integral and value > bound) else ""
        raise _refused(name, value, f"a whole number, {least} or more{upper}")
    return int(value)


def among(name: str, value: Any, accepted: tuple[str, ...]) -> None:
    """Refuse a word that is not one of those accepted.

    Raises
    ------
    InvalidArgument
    """
    if not isinstance(value, str) or value not in accepted:
        raise InvalidArgument(f"{name}={shown(value)}: accepted are {', '.join(map(repr, accepted))}")


def seconds_of(name: str, values: Any, what: str) -> NDArray[np.float64]:
    """Return a list of finite seconds, at least one, none below 0; a date or a text is not a number of seconds.

    Raises
    ------
    InvalidArgument
    """
    listed = _listed(values)
    accepted = f"a list of {what}, in seconds, at least one, none below 0"
    if not listed:
        raise _refused(name, values, accepted)
    if len(listed) > MOST_LISTED:
        raise InvalidArgument(f"{name}: more than {MOST_LISTED:,} {what}; give fewer")
    if not _all_counted(values):  # then each is looked at, which for 100,000 takes longer than a run
        for at, one in enumerate(listed):
            if not is_real(one) or not 0 <= one <= LARGEST:
                raise _refused(f"{name}[{at}]", one, accepted)
    return np.array(listed, dtype="float64")


def _all_counted(values: Any) -> bool:
    """Return whether it is an array of numbers that all are seconds."""
    if not isinstance(values, np.ndarray) or values.ndim != 1 or values.dtype.kind not in "fiu":
        return False
    return bool(((values >= 0) & (values <= LARGEST)).all())


def _listed(values: Any) -> list[Any] | None:
    """Return what an iterable gives, up to a bound: one may be endless."""
    if isinstance(values, np.ndarray | pd.Series | pd.Index):
        return values.tolist() if values.ndim == 1 and values.dtype.kind in "fiu" else list(values)
    if not isinstance(values, Iterable) or isinstance(values, str | bytes | dict):
        return None
    return list(islice(values, MOST_LISTED + 1))


def _refused(name: str, value: Any, accepted: str) -> InvalidArgument:
    return InvalidArgument(f"{name}={_said(value)}: give {accepted}{_instead(value)}")


def _said(value: Any) -> str:
    if isinstance(value, int) and abs(value) > 10**40:
        return f"a number of {math.floor(math.log10(abs(value))) + 1:,} digits"  # Python writes none of 5,000
    return shown(value)


def _instead(value: Any) -> str:
    """Return how to make a number of what stands for one."""
    if isinstance(value, np.timedelta64):
        return "; divide it by np.timedelta64(1, 's')"
    if hasattr(value, "total_seconds"):
        return "; .total_seconds() of it is one"
    if isinstance(value, datetime | np.datetime64):
        return "; of times, (times - times[0]) / np.timedelta64(1, 's') are seconds"
    return "; float() of it is one" if isinstance(value, Decimal) else ""


def is_real(value: Any) -> bool:
    """Return whether a value is a real number; True is none, nor is a duration of NumPy's, which says it is."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool | np.bool_ | np.timedelta64)


def _plain(value: Any) -> float:
    """Return a Python number: NumPy's integers overflow without a word."""
    return value if isinstance(value, int | float) else float(value)
