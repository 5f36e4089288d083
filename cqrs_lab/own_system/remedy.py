"""Lock or watermark: what each remedy for the skipped event costs, from the two models of lesson 9b.

A poll adds to both alike, so neither needs one here. With the lock, a transaction waits for its turn: a queue. With the
low watermark all of them write at once, and an event is read when every earlier position has ended: a way on which
nobody overtakes. Both are lag models, so their figures have intervals.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from cqrs_lab.own_system.given import GivenSystem
from cqrs_lab.own_system.measured import Estimate, figures
from cqrs_lab.simulation.arrivals import Arrivals
from cqrs_lab.simulation.capacity import load
from cqrs_lab.simulation.durations import Duration, Fixed
from cqrs_lab.simulation.model import LagModel

MAY_COST = 0.1
"""The share of the promise that a lock may cost: up to that it is the simpler remedy."""


class Remedy(NamedTuple):
    """Which remedy fits.

    Attributes
    ----------
    name : {"lock", "low watermark"}
    busy : float
        The share of the time for which the lock would be held.
    dearer : Estimate
        How much later an event is read with the lock than with the watermark, in seconds; infinite if the lock is held
        all the time.
    """

    name: str
    busy: float
    dearer: Estimate


def locked(arrivals: Arrivals, transaction: Duration) -> LagModel:
    """Return what a lock does: from wanting to write until the commit, one at a time."""
    return LagModel(arrivals, transaction)


def watermarked(arrivals: Arrivals, transaction: Duration) -> LagModel:
    """Return what a low watermark does: all write at once, and an event is read after all before it."""
    return LagModel(arrivals, Fixed(0), delivery=transaction)


def remedy(given: GivenSystem) -> Remedy:
    """Return which remedy fits: the lock as long as it costs a tenth of the promise at most, or the low watermark."""
    lock = locked(given.arrivals(1), given.transaction)
    busy = load(lock)
    if busy >= 1:
        return Remedy("low watermark", busy, Estimate(math.inf, math.nan, math.nan))
    one = given.for_commands()
    with_lock = figures(one, lock, ["mean"])["mean"]
    with_mark = figures(one, watermarked(given.arrivals(1), given.transaction), ["mean"])["mean"]
    # Both intervals at their worst: the two runs share their arrivals, and nobody knows how much else.
    dearer = Estimate(
        with_lock.value - with_mark.value,
        with_lock.low - with_mark.high,
        with_lock.high - with_mark.low,
        max(with_lock.needed_events, with_mark.needed_events),
    )
    cheap = dearer.high <= MAY_COST * given.objective_seconds
    return Remedy("lock" if cheap else "low watermark", busy, dearer)
