"""How long a rebuild takes: events ÷ (build rate - incoming rate), or never."""

from __future__ import annotations

import math
from dataclasses import replace

from cqrs_lab.own_system.given import GivenSystem
from cqrs_lab.own_system.measured import Estimate
from cqrs_lab.simulation.capacity import seconds_per_event

HOUR = 3_600
NORMAL_95 = 1.959963984540054


def build_rate(given: GivenSystem) -> float:
    """Return how many events a rebuild takes a second: as measured, or as handling one by one allows without a poll."""
    return given.rebuild_per_second or 1 / seconds_per_event(replace(given.model, polling=None))


def rebuild_hours(given: GivenSystem) -> Estimate:
    """Return how long a rebuild takes until it has caught up with what came meanwhile, in hours.

    The interval holds 95 of 100 rebuilds. How long handling takes, and how many events come, varies; over many events
    both sums are normal, and of a log of millions hardly anything is left of that. A measured pace is taken as steady.

    Returns
    -------
    Estimate
        Infinite, without an interval, where more comes in than is built.
    """
    incoming, building = given.model.events_per_second, build_rate(given)
    free = building - incoming
    if free <= 0:
        return Estimate(math.inf, math.nan, math.nan)
    varies = 0.0 if given.rebuild_per_second else _variation(given)
    spread = NORMAL_95 * math.sqrt(building * varies + incoming * given.model.events_per_command)
    ends = [_caught_up(given.log_events, free, spread * side) / HOUR for side in (-1, 1)]
    return Estimate(given.log_events / free / HOUR, *ends)


def _variation(given: GivenSystem) -> float:
    """Return the variance of the time that an event takes, with its retries, as a share of its mean squared."""
    handling, retries = given.model.handling, given.model.retries
    variance = handling.second_moment - handling.mean**2
    if retries is None:
        return variance / handling.mean**2
    fails = retries.probability / (1 - retries.probability)
    once_more = handling.mean + retries.backoff_seconds
    mean = handling.mean + fails * once_more
    return ((1 + fails) * variance + fails * (1 + fails) * once_more**2) / mean**2


def _caught_up(events: int, free: float, spread: float) -> float:
    """Return the second t at which ``free * t - spread * sqrt(t)`` reaches the number of events."""
    root = (spread + math.sqrt(spread**2 + 4 * free * events)) / (2 * free)
    return root**2
