"""What a run would cost, counted before it starts; what does not fit is refused with the number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import whole
from cqrs_lab.simulation.arrivals import Bursts
from cqrs_lab.simulation.capacity import seconds_per_event
from cqrs_lab.simulation.draws import MOST_POLLS, Draws
from cqrs_lab.simulation.durations import Fixed
from cqrs_lab.simulation.model import LagModel

MOST_EVENTS = 50_000_000
"""Each takes some fifty bytes at each replica."""
MOST_PROJECTORS = 100_000
"""Each partition has one at each replica, and each is looked at by itself."""
PRECISION = 1e-3
"""How coarse the moments of a run may be, as a share of its lag: a number holds some sixteen digits of them."""
MOST_FIXED_POLLS = 10**15
"""Equal intervals are not drawn at all; beyond this a number no longer holds the moment of a tick."""
MOST_CRASHES = 5_000_000
MOST_ATTEMPTS = 20_000_000
MOST_SPELLS = 20_000_000


def check_events(model: LagModel, events: Any) -> int:
    """Return the number of events, if as many can be simulated.

    Raises
    ------
    InvalidArgument
    """
    count = whole("events", events)
    _refuse("events", count * model.replicas, MOST_EVENTS, "ask for fewer, or for fewer replicas")
    projectors = len(model.shares) * model.replicas
    _refuse("projectors", projectors, MOST_PROJECTORS, "ask for fewer partitions or replicas")
    retries, arrivals = model.retries, model.arrivals
    if retries is not None:
        attempts = count * model.replicas / (1 - retries.probability)
        _refuse("attempts", attempts, MOST_ATTEMPTS, "let fewer attempts fail, or ask for fewer events")
    if isinstance(arrivals, Bursts):
        cycle = arrivals.mean_high_seconds + arrivals.mean_low_seconds
        spells = 2 * count / model.events_per_command / arrivals.rate_per_second / cycle
        _refuse("busy and quiet times", spells, MOST_SPELLS, "make them longer, or ask for fewer events")
    return count


def check_cost(draws: Draws) -> None:
    """Refuse a run that would poll or crash more often than can be drawn.

    Raises
    ------
    InvalidArgument
    """
    model = draws.model
    projectors = len(model.shares) * model.replicas
    work = draws.events * max(model.shares) * seconds_per_event(model)
    if math.isinf(work):  # a heavy tail has no mean; what was drawn of it has a sum
        work = float(draws.work(0).total.sum())
    lasts = max(float(draws.committed_at[-1]), work)
    lasts += sum(seconds for start, seconds in draws.outages if start < lasts)
    if model.crashes is not None:
        up = work if model.crashes.when == "handling" else lasts
        crashes = up * model.crashes.rate_per_second * projectors
        _refuse("crashes", crashes, MOST_CRASHES, "crash less often, or ask for fewer events")
    if model.polling is not None:
        polls = lasts / model.polling.interval.mean * projectors
        most = MOST_FIXED_POLLS if isinstance(model.polling.interval, Fixed) else MOST_POLLS
        _refuse("polls", polls, most, "make the interval longer, or ask for fewer events")
    _check_precision(draws, lasts)


def _check_precision(draws: Draws, lasts: float) -> None:
    """Refuse a run that lasts so long, or begins so late, that its lag is lost in the rounding of its moments."""
    model = draws.model
    ways = [model.handling, model.relay, model.delivery, None if model.polling is None else model.polling.interval]
    lag = sum(way.mean for way in ways if way is not None)
    moment = draws.origin + lasts
    rounding = float(np.spacing(moment))
    if 0 < lag < math.inf and moment < math.inf and rounding > PRECISION * lag:
        raise InvalidArgument(
            f"this would reach {moment:.1e} s, where numbers are {rounding:.1g} s apart: too coarse for a lag of about "
            f"{lag:.1g} s; count times from the first of them, ask for fewer events, or let them come faster"
        )


def _refuse(what: str, count: float, most: int, instead: str) -> None:
    if not count <= most:
        raise InvalidArgument(f"this would draw {count:.1e} {what}; at most {most:.0e} can be: {instead}")
