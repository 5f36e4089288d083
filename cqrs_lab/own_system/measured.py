"""One figure of the lag with its interval: from one long run, or from ten runs of recorded times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cqrs_lab.own_system.given import MOST_RUNS, MOST_SIMULATED, REPLICATIONS, GivenSystem
from cqrs_lab.simulation.confidence import AS_THE_MEAN, STUDENT
from cqrs_lab.simulation.durations import Seconds
from cqrs_lab.simulation.lag import simulate_lag
from cqrs_lab.simulation.model import LagModel
from cqrs_lab.simulation.run import LagRun

NO_NUMBER = " (NaN in the table)"
NO_END = " (inf in the table)"


class Estimate(NamedTuple):
    """A figure and its 95 % interval.

    Attributes
    ----------
    value, low, high : float
        Both ends are NaN if the run is too short for an interval.
    needed_events : float
        How long a run would have to be then.
    """

    value: float
    low: float
    high: float
    needed_events: float = math.nan

    @property
    def too_short(self) -> str:
        """Why there is no interval, and what to do; nothing where there is one."""
        if not math.isnan(self.low) or math.isnan(self.needed_events):
            return ""
        if math.isinf(self.needed_events):
            return f" No run is long enough for an interval{NO_NUMBER}: it varies too much."
        if self.needed_events > MOST_SIMULATED / MOST_RUNS:
            return (
                f" No run here is long enough for an interval{NO_NUMBER}: it would take about "
                f"{self.needed_events:,.0f} events."
            )
        return (
            f" The run is too short for an interval{NO_NUMBER}: it takes about {self.needed_events:,.0f} events; give "
            f"events={self.needed_events:.0f}."
        )


MISSED = "missed"
"""The share of reads that miss their own write; the other figures are those of `LagRun.summary`, and their shares."""
SHARES = {"p50": 0.5, "p99": 0.01, "mean": AS_THE_MEAN}
SPARE = 1.05
"""What a run needs is estimated from a shorter one, and may come out a little higher the second time."""


def figures(given: GivenSystem, model: LagModel, names: Sequence[str], longer: int = 1) -> dict[str, Estimate]:
    """Return some figures of a model: "p50", "p99" or "mean" of the lag, or MISSED.

    They are those of one long run with its batches; or, of recorded times, of ten runs that differ in all the rest.
    Where the p99 needs a longer run to have an interval there is a second one, up to `longer` times as long. How long
    is a matter of the model and not of what came out, so no run is chosen for its figures.
    """
    if given.times is not None:
        seeds = range(given.seed * REPLICATIONS, (given.seed + 1) * REPLICATIONS)
        runs = [(seed, _run(given, model, given.events, seed)) for seed in seeds]
        return {name: _of_ten(_values(given, runs, name), name) for name in names}
    run = _run(given, model, given.events, given.seed)
    needed = SPARE * run.needed_events(SHARES["p99"])
    if given.events < needed <= longer * given.events:
        run = _run(given, model, math.ceil(needed), given.seed)
    return {name: _of_one(given, run, name) for name in names}


def _run(given: GivenSystem, model: LagModel, events: int, seed: int) -> LagRun:
    run = simulate_lag(model, events, seed)
    given.ran()
    return run


def _of(given: GivenSystem, run: LagRun, name: str, seed: int) -> tuple[float, float, float]:
    if name == MISSED:
        return run.missed_share(given.think, seed)
    value, low, high = map(float, run.summary().loc[name])
    return value, low, high


def _of_one(given: GivenSystem, run: LagRun, name: str) -> Estimate:
    value, low, high = _of(given, run, name, given.seed)
    share = SHARES.get(name, min(value, 1 - value))
    return Estimate(value, low, high, run.needed_events(share) if share > 0 else math.nan)


def _values(given: GivenSystem, runs: Sequence[tuple[int, LagRun]], name: str) -> Seconds:
    return np.array([_of(given, run, name, seed)[0] for seed, run in runs])


def _of_ten(values: Seconds, name: str) -> Estimate:
    """Return a mean of independent runs, with Student's t."""
    mean, half = float(values.mean()), float(values.std(ddof=1)) * STUDENT / math.sqrt(REPLICATIONS)
    if name == MISSED:
        seldom = mean in (0, 1)
        return Estimate(mean, *(math.nan, math.nan) if seldom else (max(mean - half, 0.0), min(mean + half, 1.0)))
    return Estimate(mean, mean - half, mean + half)
