"""Numbers as a colleague would say them."""

from __future__ import annotations

import math

from cqrs_lab.show.chart import brief_number

UNITS = ((86_400 * 3, 86_400, "days"), (3_600 * 3, 3_600, "hours"), (180, 60, "minutes"), (1, 1, "s"), (0, 0.001, "ms"))


def per_cent(value: float) -> str:
    """Return a share as per cent.

    Examples
    --------
    >>> from cqrs_lab.own_system.words import per_cent
    >>> per_cent(0.0312), per_cent(1.2)
    ('3.12%', '120%')
    """
    return f"{brief_number(100 * value)}%"


def apart(low: float, high: float) -> tuple[str, str]:
    """Return two numbers with as many digits as it takes to tell them apart, three at least.

    Examples
    --------
    >>> from cqrs_lab.own_system.words import apart
    >>> apart(98.37, 98.44), apart(1.86, 1.97)
    (('98.37', '98.44'), ('1.86', '1.97'))
    """
    for digits in range(3, 8):
        ends = [f"{float(f'{end:.{digits}g}'):,.10g}" for end in (low, high)]
        if ends[0] != ends[1]:
            break
    return ends[0], ends[1]


def duration(seconds: float) -> str:
    """Return seconds in the unit in which people say them.

    Examples
    --------
    >>> from cqrs_lab.own_system.words import duration
    >>> duration(0.0123), duration(90), duration(20_000)
    ('12.3 ms', '90 s', '5.56 hours')
    """
    size, name = _said_in(seconds)
    return f"{brief_number(seconds / size)} {name}"


def interval(low: float, high: float, unit: str) -> str:
    """Return both ends of an interval in the unit of a row of `numbers`, or that there is none.

    Examples
    --------
    >>> from cqrs_lab.own_system.words import interval
    >>> interval(0.0123, 0.0141, "s"), interval(14.72, 14.74, "hours"), interval(0.001, 0.02, "of all reads")
    ('12.3 to 14.1 ms', '14.72 to 14.74 hours', '0.1 to 2%')
    """
    if math.isnan(low):
        return "none"
    divisor, name = _unit_of(high, unit)
    least, most = apart(low / divisor, high / divisor)
    return f"exactly {least}{name}" if least == most else f"{least} to {most}{name}"


def quantity(value: float, unit: str) -> str:
    """Return a value in the unit of a row of `numbers`.

    Examples
    --------
    >>> from cqrs_lab.own_system.words import quantity
    >>> quantity(0.0123, "s"), quantity(1.86, "times the rate"), quantity(float("inf"), "hours")
    ('12.3 ms', '1.86 times the rate', 'never')
    """
    if math.isinf(value):
        return "never"
    divisor, name = _unit_of(value, unit)
    return f"{brief_number(value / divisor)}{name}"


def _unit_of(value: float, unit: str) -> tuple[float, str]:
    """Return what to divide a value by, and what to write behind it."""
    if unit == "of all reads":
        return 0.01, "%"
    seconds = {"s": 1.0, "hours": 3_600.0}.get(unit)
    if seconds is None:
        return 1.0, f" {unit}"
    size, name = _said_in(abs(value) * seconds)
    return size / seconds, f" {name}"


def _said_in(seconds: float) -> tuple[float, str]:
    return next((size, name) for least, size, name in UNITS if seconds >= least)
