"""A range of the reader's own for a control: from where to where, in the unit that the control shows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import inf
from typing import Any, NamedTuple

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.view import Control, Scale
from cqrs_lab.simulation.arguments import LARGEST, is_real

PER = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
"""What a rate is per, in seconds."""
LEAST_STEPS, MOST_STEPS = 40, 1_000_000  # what is typed is met exactly, even if one step is then too small to see


class Bounds(NamedTuple):
    """What a range may hold at most: `least` itself only if it is `closed`, and whole numbers only if it is `whole`."""

    least: float = 0
    closed: bool = True
    most: float = LARGEST
    whole: bool = False


ABOVE_0 = Bounds(1 / LARGEST, closed=False)


def seconds_per(per: Any) -> int:
    """Return how many seconds are in what a rate is per."""
    if not isinstance(per, str) or per not in PER:
        raise InvalidArgument(f"per={shown(per)}: give one of {', '.join(map(repr, PER))}")
    return PER[per]


def checked_range(name: str, given: Any, bounds: Bounds) -> tuple[float, ...]:
    """Return a range, from where to where, and where it begins if that was given too; or refuse it."""
    numbers = tuple(given) if isinstance(given, Sequence) and not isinstance(given, str) else ()
    said = f"{name}={shown(given)}"
    if len(numbers) not in (2, 3) or not all(is_real(one) and -inf < one < inf for one in numbers):
        raise InvalidArgument(f"{said} is not a range; give two numbers such as (1, 30), or a third to begin at")
    least, most, *begin = numbers = tuple(float(one) for one in numbers)
    if least >= most:
        raise InvalidArgument(f"{said} is an empty range; give the smaller number first, such as (1, 30)")
    if least < bounds.least or most > bounds.most:
        lowest = f"{bounds.least:g}" if bounds.closed else "above 0"
        raise InvalidArgument(f"{said} goes too far; give numbers from {lowest} to {bounds.most:,g}")
    if bounds.whole and not all(one.is_integer() for one in numbers):
        raise InvalidArgument(f"{said} is not made of whole numbers; give some such as ({least:.0f}, {most + 1:.0f})")
    if begin and not least <= begin[0] <= most:
        raise InvalidArgument(f"{said} begins outside its range; give a third number from {least:g} to {most:g}")
    return numbers


def over(control: Control, given: Any, bounds: Bounds) -> Control:
    """Return the control with a range of its own, in round steps that reach both ends and where it begins.

    If no beginning is given it stays where it is, or begins in the middle where that lies outside.
    """
    numbers = checked_range(control.name, given, bounds)
    step = Decimal(1) if bounds.whole else _round_step(numbers)
    least, most = numbers[:2]
    scale = Scale(control.scale.unit, float(step or (most - least) / 100), 0 if step else least)
    first, last, *begin = (round((one - scale.first) / scale.step) for one in numbers)
    usual = round((quantity(control, control.value) - scale.first) / scale.step)
    value = begin[0] if begin else usual if first <= usual <= last else (first + last) // 2
    return control._replace(least=first, most=last, value=value, scale=scale)


def quantity(control: Control, value: int) -> float:
    """Return what a control's whole number stands for, without the digits that only a computer's fractions have."""
    return float(f"{control.scale.first + value * control.scale.step:.12g}")


def _round_step(numbers: Sequence[float]) -> Decimal:
    """Return the largest step of 1, 2 or 5, or a tenth of these and so on, that reaches all numbers; 0 if none does."""
    exact = [Decimal(repr(one)) for one in numbers]
    span = exact[1] - exact[0]
    for power in range(span.adjusted() - 1, span.adjusted() - 7, -1):
        for digit in (5, 2, 1):
            step = digit * Decimal(10) ** power
            if LEAST_STEPS <= span / step <= MOST_STEPS and all(one % step == 0 for one in exact):
                return step
    return Decimal(0)
