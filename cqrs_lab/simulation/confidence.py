"""How sure a run is of its figures, and how long it has to be before anything can be said about that.

Events in a queue are late together, so neighbours repeat each other. A run is therefore cut into a few long batches,
whose figures are nearly independent, and its length is counted in memories: the number of events after which a queue
has forgotten how long it was.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arrivals import Bursts, RecordedTimes
from cqrs_lab.simulation.capacity import load
from cqrs_lab.simulation.closed_form import mean_of
from cqrs_lab.simulation.draws import Draws
from cqrs_lab.simulation.durations import Seconds
from cqrs_lab.simulation.engine import visible_at
from cqrs_lab.simulation.model import LagModel

BATCHES = 10
FEWEST, WIDER = 40.0, 6.5
"""How many memories a run needs, and how much less sure a short one is. Both go with 1 / √share: a rare thing is seen
seldom. The numbers are fitted, see docs/decisions/0021-intervals-that-hold.md."""
AS_THE_MEAN = 0.04
"""The mean is as hard to come by as what this share of the events exceeds."""
PILOT_SHARE, PILOT_SEED = 0.25, 1_952
STUDENT = 2.262157162798205  # scipy.stats.t.ppf(0.975, BATCHES - 1), which would take long to load


class Batches:
    """The lags of a run, cut into ten stretches of positions, and what their spread says about the whole.

    Parameters
    ----------
    model : LagModel
    lag : array of float
        Seconds; one row per replica, one column per event that counts.
    rounding : float
        Seconds by which a lag may be off because a computer's numbers have so many digits.
    """

    def __init__(self, model: LagModel, lag: Seconds, rounding: float) -> None:
        self._model, self._lag, self._rounding = model, lag, rounding

    @cached_property
    def _parts(self) -> list[Seconds]:
        """The lags of each batch, in ascending order."""
        parts = np.array_split(self._lag, BATCHES, axis=1)
        return [np.sort(part, axis=None) for part in parts if part.size]

    @cached_property
    def memory(self) -> float:
        """After how many events the run has forgotten what it was; infinite where there is no steady state."""
        return memory_events(self._model, self._lag.shape[1])

    def needed(self, share: float) -> float:
        """Return how many events it takes until what this share of them exceeds has an interval."""
        return self.memory * FEWEST / math.sqrt(share)

    @property
    def needed_for_mean(self) -> float:
        """How many events it takes until the mean has an interval."""
        return self.needed(AS_THE_MEAN) * tail_weight(self._model)

    def mean(self) -> tuple[float, float, float]:
        """Return the mean lag, and the ends of its interval: batch means, with Student's t for so few of them."""
        mean, parts = float(self._lag.mean()), np.array([part.mean() for part in self._parts])
        half = float(self._half(parts, AS_THE_MEAN, self.memory * tail_weight(self._model)))
        half += self._rounding if mean else 0.0  # a lag of 0 is no difference, and exact
        return mean, mean - half, mean + half

    def quantiles(self, probabilities: Sequence[float]) -> list[tuple[float, float, float]]:
        """Return quantiles and their intervals: the quantiles whose shares the run cannot tell from these.

        Source: R. S. Woodruff, Confidence intervals for medians and other position measures, 1952.
        """
        wanted = np.array(probabilities)
        values = np.quantile(self._lag, wanted)
        half = self._half(self._shares_above(values), 1 - wanted, self.memory)
        known = np.nan_to_num(half, nan=0.0)
        low, high = np.quantile(self._lag, np.clip([wanted - known, wanted + known], 0, 1))
        low[np.isnan(half)] = high[np.isnan(half)] = np.nan
        low, high = low - self._rounding * np.sign(low), high + self._rounding * np.sign(high)
        return list(zip(values.tolist(), low.tolist(), high.tolist(), strict=True))

    def shares(self, seconds: Seconds) -> tuple[Seconds, Seconds, Seconds]:
        """Return the shares of the lags above each of many times, and the ends of their intervals.

        An interval is as wide to both sides in log odds, not in shares: a run that sees a rare thing too seldom sees it
        vary too little as well.
        """
        parts = self._shares_above(seconds)
        share: Seconds = np.average(parts, axis=0, weights=[len(part) for part in self._parts])
        half = self._half(parts, np.minimum(share, 1 - share), self.memory)
        with np.errstate(divide="ignore", invalid="ignore"):  # nothing above, or all: there is no interval
            odds, factor = share / (1 - share), np.exp(half / (share * (1 - share)))
            return share, odds / (odds + factor), odds / (odds + 1 / factor)

    def _shares_above(self, seconds: Seconds) -> Seconds:
        """Return one row per batch, one column per time."""
        above = seconds + self._rounding
        return np.array([1 - np.searchsorted(part, above, "right") / len(part) for part in self._parts])

    def _half(self, figures: Seconds, shares: Seconds | float, memory: float) -> Seconds:
        """Return half the width of a 95 % interval, from one row of figures per batch; NaN if the run is too short."""
        count, rarity = self._lag.shape[1], 1 / np.sqrt(np.maximum(shares, 1e-12))
        if count < BATCHES or math.isinf(memory):
            return np.full(np.shape(rarity), np.nan)
        half = figures.std(axis=0, ddof=1) * (STUDENT / math.sqrt(BATCHES)) * (1 + WIDER * rarity * memory / count)
        return np.where(count < memory * FEWEST * rarity, np.nan, half)


def memory_events(model: LagModel, events: int) -> float:
    """Return after how many events a model has forgotten what it was; infinite where there is no steady state.

    A queue near its limit forgets in 4 × (events behind) / (1 − load) events; to that, what comes in turns is added:
    bursts, and crashes. It depends on the model and on the length of the run, but not on what happened in it: a run
    that was lucky would declare itself long enough, and those are the ones whose intervals miss.

    Source: W. Whitt, Planning queueing simulations, 1989.
    """
    busy = load(model)
    if busy >= 1 or model.outages or isinstance(model.arrivals, RecordedTimes):
        return math.inf
    known = mean_of(model)
    behind = model.events_per_second * (_pilot_mean(model, events) if known is None else known)
    turns = 0.0
    if isinstance(model.arrivals, Bursts):
        turns += model.arrivals.mean_high_seconds + model.arrivals.mean_low_seconds
    if model.crashes is not None:
        turns += 1 / model.crashes.rate_per_second
    return model.events_per_command + 4 * behind / (1 - busy) + 2 * turns * model.events_per_second


def _pilot_mean(model: LagModel, events: int) -> float:
    """Return the mean lag of a shorter pilot run, whose seed is the same whatever the seed of the run itself."""
    draws = Draws(model, math.ceil(PILOT_SHARE * events), PILOT_SEED)
    try:
        return float((visible_at(draws) - draws.committed_at).mean())
    except InvalidArgument:  # work that crashes never let it finish: there is no mean to be had
        return math.inf


def tail_weight(model: LagModel) -> float:
    """Return how much longer a run has to be for the mean, since single events may be very slow; 1 where they are not.

    The third moment of the handling decides how the mean spreads; that of an exponential is the measure.
    """
    weights = [1.0]
    for one in (model.handling, model.relay):
        third = getattr(one, "third_moment", None)  # a learner's own duration need not know it
        if one is not None and third is not None and one.second_moment:
            weights.append((third / one.second_moment) * (one.mean / one.second_moment) / 1.5)
    return float(max(weights) ** 4)
