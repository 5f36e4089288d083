"""A distribution from what an engineer has measured: p50 and p99."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import LARGEST, is_real
from cqrs_lab.simulation.durations import Duration, Fixed, LogNormal

SIGMAS = 2.3263478740408408
"""How many standard deviations p99 lies above p50, where the logarithm is normal."""
MOST_TIMES = 1_000


def fitted(name: str, value: Any, per_second: int = 1, *, zero: bool = False) -> Duration:
    """Return the log-normal distribution with this p50 and p99, or what is always the same.

    Parameters
    ----------
    name : str
        What messages call it.
    value : (p50, p99) or float
    per_second : int, optional
        1,000 if it is in milliseconds.
    zero : bool, optional
        Whether it may take no time at all.

    Raises
    ------
    InvalidArgument

    Examples
    --------
    >>> from cqrs_lab.own_system.fitted import fitted
    >>> handling = fitted("handling_ms", (8, 40), 1_000)
    >>> round(handling.mean, 6), round(handling.sigma, 4)
    (0.010163, 0.6918)
    """
    p50, p99 = _pair(name, value, zero=zero)
    if p99 < p50:
        raise InvalidArgument(
            f"{name}={shown(value)}: p99, {p99:g}, is below p50, {p50:g}, and 99 in 100 take no longer than p99; "
            f"give the pair as (p50, p99)"
        )
    if p50 == p99:
        return Fixed(p50 / per_second)
    if p50 == 0 or p99 > MOST_TIMES * p50:
        raise InvalidArgument(
            f"{name}={shown(value)}: p99 is more than {MOST_TIMES:,} times p50, and the slowest of all, which nobody "
            "measured, would decide everything; look for two kinds of work, and give p50 and p99 of the slow one"
        )
    sigma = math.log(p99 / p50) / SIGMAS
    return LogNormal(mean=p50 / per_second * math.exp(sigma**2 / 2), sigma=sigma)


def _pair(name: str, value: Any, *, zero: bool) -> tuple[float, float]:
    pair = tuple(value) if isinstance(value, Sequence) and not isinstance(value, str | bytes) else (value, value)
    if len(pair) != 2 or not all(is_real(one) and 0 <= one <= LARGEST for one in pair) or (not zero and 0 in pair):
        bound = "0 or more" if zero else "above 0"
        raise InvalidArgument(
            f"{name}={shown(value)}: give two numbers {bound}, p50 and p99, such as (8, 40); or one, if it is always "
            "the same"
        )
    return float(pair[0]), float(pair[1])
