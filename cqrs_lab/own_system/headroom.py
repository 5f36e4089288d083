"""The headroom: how many times the rate may come before the p99 of the lag breaks a promise."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

from cqrs_lab.own_system.given import GivenSystem
from cqrs_lab.own_system.measured import Estimate, figures

LEAST = 1e-3
"""The search begins at this share of what the projector can take."""
STEPS, CLOSER = 10, 7
"""Halvings of a ratio of a thousand, to 0.7 %; and for each end of the interval, which is near."""
MOST_FIGURES = 31
LONGER = 4
NEARLY = 1 - 1e-6


def headroom(given: GivenSystem) -> Estimate:
    """Return how many times the rate may come until 1 in 100 events lags more than the objective.

    The lag grows with the rate, and every run has the same draws; so the ends of the interval are where the ends of the
    p99's interval cross the objective. Where a run is too short for an interval the search cannot say that the promise
    is broken, nor that it is kept: the interval goes on to the rate at which the projector is busy all the time, where
    it is broken for certain.

    It takes 31 runs at most.

    Returns
    -------
    Estimate
        0 if even a thousandth of what the projector can take is late.
    """

    @cache
    def p99(times: float) -> Estimate:
        return figures(given, given.at(times), ["p99"], LONGER)["p99"]

    objective, top = given.objective_seconds, given.saturation * NEARLY
    # Recorded times with a long gap come seldom: a thousandth of what the projector can take may be far above that.
    least = min(LEAST * given.saturation, 1.0)
    if p99(least).value > objective:
        return Estimate(0.0, 0.0, least)
    value = _last(lambda times: p99(times).value <= objective, least, top, STEPS)
    near = max(least, value / 4)
    begin, steps = (near, CLOSER) if p99(near).high <= objective else (least, STEPS)
    low = _last(lambda times: p99(times).high <= objective, begin, value, steps)
    high = _first_broken(p99, objective, value, top)
    return Estimate(value, low if p99(low).high <= objective else 0.0, high if high < top else given.saturation)


def _last(holds: Callable[[float], bool], low: float, high: float, steps: int) -> float:
    """Return about where something stops holding that holds at `low`, and not any more at `high`."""
    for _ in range(steps):
        between = math.sqrt(low * high)
        low, high = (between, high) if holds(between) else (low, between)
    return low


def _first_broken(p99: Callable[[float], Estimate], objective: float, low: float, top: float) -> float:
    """Return from where on the p99 is above the objective for certain; `top` if no run can tell."""
    high = top
    for _ in range(CLOSER):
        between = math.sqrt(low * high)
        broken_or_short = not p99(between).low <= objective
        low, high = (low, between) if broken_or_short else (between, high)
    return high if high < top and p99(high).low > objective else top
