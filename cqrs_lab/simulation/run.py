"""A simulated run: what happened to every event, and what that means for readers."""

from __future__ import annotations

import math
from functools import cached_property
from html import escape

import numpy as np
import pandas as pd

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import positive, seconds_of, whole
from cqrs_lab.simulation.arguments import share as probability
from cqrs_lab.simulation.arrivals import RecordedTimes
from cqrs_lab.simulation.capacity import load
from cqrs_lab.simulation.confidence import Batches
from cqrs_lab.simulation.draws import Integers, child
from cqrs_lab.simulation.durations import Duration, Seconds, duration
from cqrs_lab.simulation.model import LagModel
from cqrs_lab.words import count

WARM_UP = 0.05
MOST_NEEDED = 1e12
"""No run of more events can be made."""
QUANTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}


class LagRun:
    """A run of `simulate_lag`.

    All figures leave out the first 5 % of positions, in which the queues fill. Time averages run from the commit of the
    first event that counts to the last commit.

    Parameters
    ----------
    model : LagModel
    committed_at : array of float
        Per event, by position.
    partition : array of int
        Per event.
    visible_at : array of float
        One row per replica, one column per event.
    """

    def __init__(self, model: LagModel, committed_at: Seconds, partition: Integers, visible_at: Seconds) -> None:
        self.model, self.committed_at, self.partition, self.visible_at = model, committed_at, partition, visible_at
        self._first = int(WARM_UP * len(committed_at))

    @property
    def events(self) -> pd.DataFrame:
        """What happened to every event, warm-up included.

        Returns
        -------
        DataFrame
            One row per event and replica, by replica and position; columns position (int64, from 1), committed_at,
            visible_at, lag_seconds (float64, seconds), partition, replica (int64, from 0). You may change it: pandas
            copies what a change touches.
        """
        return self._events.copy(deep=False)

    @cached_property
    def _events(self) -> pd.DataFrame:
        replicas, count = self.visible_at.shape
        columns = {
            "position": np.arange(1, count + 1),
            "committed_at": self.committed_at,
            "partition": self.partition,
            "replica": np.zeros(count, dtype="int64"),
        }
        if replicas > 1:
            columns = {name: np.tile(values, replicas) for name, values in columns.items()}
            columns["replica"] = np.repeat(np.arange(replicas), count)
        columns["visible_at"] = self.visible_at.ravel()
        columns["lag_seconds"] = columns["visible_at"] - columns["committed_at"]
        # The columns are the run's own arrays: copies would take longer than the simulation.
        order = ["position", "committed_at", "visible_at", "lag_seconds", "partition", "replica"]
        return pd.DataFrame({name: columns[name] for name in order}, copy=False)

    @cached_property
    def _lag(self) -> Seconds:
        return (self.visible_at - self.committed_at)[:, self._first :]

    @cached_property
    def load(self) -> float:
        """What arrives as a share of what the projectors can do; at 1 or more the lag grows without end."""
        return load(self.model)

    @cached_property
    def _batches(self) -> Batches:
        return Batches(self.model, self._lag, self._rounding)

    @cached_property
    def _rounding(self) -> float:
        """Seconds by which a lag may be off: it is the difference of two moments, each a sum of many seconds.

        Lags that are equal, as with fixed handling, come out a hair above or below each other.
        """
        return 8 * float(np.spacing(self.visible_at.max()))

    def __repr__(self) -> str:
        lag = self.summary()["lag_seconds"]
        events = count(len(self.committed_at), "event")
        events = f"{events}: mean lag {lag['mean']:.3g} s, 99 in 100 within {lag['p99']:.3g} s."
        return " ".join(filter(None, [events, self.caution]))

    @property
    def caution(self) -> str:
        """Why some figures have no interval, and how long a run it would take; nothing where all of them have one."""
        if self.load >= 1:
            return self.grows
        if self.model.outages or isinstance(self.model.arrivals, RecordedTimes):
            return "Outages and recorded times come as they are, once: the figures are those of this run alone."
        summary, batches = self._summary, self._batches
        missing = [name for name in summary.index[:-1] if np.isnan(summary.loc[name, "low"])]
        if not missing:
            return ""
        needed = {name: batches.needed(1 - probability) for name, probability in QUANTILES.items()}
        needed["mean"] = batches.needed_for_mean
        hardest = max(missing, key=lambda name: needed[name])
        short = f"This run is too short for an interval of {_joined(missing)}"
        if needed[hardest] > MOST_NEEDED:
            return f"{short}, and so is any run: how long handling takes varies too much."
        events = _rounded_up(needed[hardest] / (1 - WARM_UP))
        return f"{short}: at {self.load:.0%} busy, {hardest} needs about {events:,} events."

    def needed_events(self, share: float) -> float:
        """Return how many events it takes until what this share of them exceeds has an interval."""
        probability("share", share)
        needed = self._batches.needed(share) / (1 - WARM_UP)  # infinite where there is no steady state
        return _rounded_up(needed) if needed <= MOST_NEEDED else math.inf

    @property
    def grows(self) -> str:
        """What is to be said of a model whose projectors cannot keep up."""
        if math.isinf(self.load):
            at_once = math.isinf(self.model.events_per_second)
            why = "All events come at one moment" if at_once else "How long handling takes has no mean"
            return f"{why}, so there is no steady state: the figures are this run's alone."
        times = "just" if self.load < 1.005 else f"{self.load:.3g} times"
        return (
            f"Events come {times} as fast as they can be handled, so there is no steady state: the lag "
            "grows as long as this lasts, and the figures are those of this run alone."
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.summary().round(4).to_html(border=0)}"

    def summary(self) -> pd.DataFrame:
        """Sum the lag up, each figure with the interval that holds the true one 95 times in 100.

        The interval comes from ten batches of events and the spread of their figures. A run that is too short for
        that has none (NaN), and says in `caution` how long it would have to be; nor is there one for the greatest lag,
        for outages and recorded times, or where the projectors cannot keep up and the figures have no true value.

        Returns
        -------
        DataFrame
            One row per figure: mean, p50, p95, p99, max; columns lag_seconds, low, high (float64, seconds).
        """
        return self._summary.copy()

    @cached_property
    def _summary(self) -> pd.DataFrame:
        rows = {"mean": self._batches.mean()}
        rows |= zip(QUANTILES, self._batches.quantiles(list(QUANTILES.values())), strict=True)
        rows["max"] = (float(self._lag.max()), np.nan, np.nan)
        return pd.DataFrame.from_dict(rows, orient="index", columns=["lag_seconds", "low", "high"])

    def stale_curve(self, after_seconds: Seconds) -> pd.DataFrame:
        """Return how likely a read misses an event, for many times since its commit at once.

        Parameters
        ----------
        after_seconds : array of float

        Returns
        -------
        DataFrame
            One row per time, which is the index; columns probability, low, high (float64), with a 95 % interval as in
            `summary`: NaN where the run is too short for a share as rare as that.
        """
        times = seconds_of("after_seconds", after_seconds, "times")
        probability, low, high = self._batches.shares(times)
        rows = {"probability": probability, "low": low, "high": high}
        return pd.DataFrame(rows, index=pd.Index(times, name="after_seconds"))

    def stale_probability(self, after_seconds: float) -> float:
        """Return how likely a read misses an event, so long after its commit, on a replica picked at random."""
        positive("after_seconds", after_seconds, zero=True)
        return float(np.mean(self._lag > after_seconds + self._rounding))

    def missed_share(self, think: Duration, seed: int = 0) -> tuple[float, float, float]:
        """Return the share of reads that miss their own write, if each comes some time after it.

        Each event has one reader, who looks at each replica in turn.

        Parameters
        ----------
        think : Duration
            How long after the commit the read comes.
        seed : int, optional
            Of the think times; they do not depend on the run's own draws.

        Returns
        -------
        tuple of float
            The share, and the ends of its 95 % interval as in `stale_curve`.

        Examples
        --------
        >>> from cqrs_lab.simulation import Exponential, Fixed, LagModel, Poisson, simulate_lag
        >>> run = simulate_lag(LagModel(Poisson(0.5), Exponential(mean=1.0)), events=100_000)
        >>> share, low, high = run.missed_share(Fixed(2.0))
        >>> low < 2.718281828 ** -1 < high
        True
        """
        drawn = duration("think", think).draw(child(whole("seed", seed, least=0), "think"), self.visible_at.size)
        late = self._lag - drawn.reshape(self.visible_at.shape)[:, self._first :]
        share, low, high = Batches(self.model, late, self._rounding).shares(np.zeros(1))
        return float(share[0]), float(low[0]), float(high[0])

    def behind_probability(self) -> float:
        """Return how likely a replica lacks something that is committed, at a random moment."""
        return float(np.mean([self._behind(visible) for visible in self.visible_at]))

    def _behind(self, visible: Seconds) -> float:
        """Return the share of time that any event is on its way: the union of the stretches from commit to visible."""
        start, end = self._window
        behind_until = np.maximum.accumulate(visible)
        free_from = np.clip(behind_until, start, end)
        free_to = np.clip(np.append(self.committed_at[1:], np.inf), start, end)
        before = max(0.0, min(float(self.committed_at[0]), end) - start)
        return 1 - (before + float(np.maximum(free_to - free_from, 0).sum())) / (end - start)

    @property
    def _window(self) -> tuple[float, float]:
        start, end = float(self.committed_at[self._first]), float(self.committed_at[-1])
        if start == end:
            raise InvalidArgument(
                "all events that count were committed at one moment, and an average over time has none to go over: "
                "simulate more events"
            )
        return start, end

    def events_behind_mean(self) -> float:
        """Return how many committed events a replica lacks, on average over time."""
        start, end = self._window
        on_the_way = np.clip(self.visible_at, start, end) - np.clip(self.committed_at, start, end)
        return float(on_the_way.sum() / len(self.visible_at) / (end - start))

    def age_of_information_mean(self) -> float:
        """Return how old the newest event is that a replica shows, in seconds, on average over time."""
        return float(np.mean([self._age(visible) for visible in self.visible_at]))

    def _age(self, visible: Seconds) -> float:
        order = np.argsort(visible, kind="stable")
        start, end = max(self._window[0], float(visible[order[0]])), self._window[1]
        newest = np.maximum.accumulate(self.committed_at[order])
        since = np.clip(visible[order], start, end)
        until = np.append(since[1:], end)
        # The age grows with slope 1: from `since - newest` to `until - newest`.
        area = ((until - newest) ** 2 - (since - newest) ** 2) / 2
        return float(area.sum() / (end - start))

    def token_wait_mean(self, after_seconds: float) -> float:
        """Return how long a reader waits who asks so long after a commit, and for nothing older than that event."""
        positive("after_seconds", after_seconds, zero=True)
        waits = [self._complete(visible) - self.committed_at - after_seconds for visible in self.visible_at]
        return float(np.mean(np.maximum(np.array(waits)[:, self._first :], 0)))

    def newest_wait_mean(self) -> float:
        """Return how long a reader waits who comes at a random moment, and wants everything that is committed by then.

        It is less than the mean lag: the newest event has been on its way for a while, and often has arrived.
        """
        return float(np.mean([self._newest_wait(visible) for visible in self.visible_at]))

    def _newest_wait(self, visible: Seconds) -> float:
        start, end = self._window
        since, until = self.committed_at, np.append(self.committed_at[1:], end)
        shows_all = np.maximum.accumulate(visible)
        begin = np.maximum(shows_all - since.clip(start), 0)
        left = np.maximum(shows_all - until.clip(start), 0)
        # The wait falls with slope 1 from each commit to the next.
        return float((begin**2 - left**2).sum() / 2 / (end - start))

    def all_replicas_mean(self) -> float:
        """Return how long after a commit every replica shows the event, and all before it, on average."""
        complete = np.array([self._complete(visible) for visible in self.visible_at]).max(axis=0)
        return float((complete - self.committed_at)[self._first :].mean())

    def _complete(self, visible: Seconds) -> Seconds:
        """Return when everything up to an event is visible, in its partition."""
        complete = np.empty_like(visible)
        for partition in np.unique(self.partition):
            own = self.partition == partition
            complete[own] = np.maximum.accumulate(visible[own])
        return complete


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _rounded_up(events: float) -> int:
    """Return a number of events with two digits that count: it is an estimate."""
    unit: int = 10 ** max(0, math.floor(math.log10(events)) - 1)
    return int(math.ceil(events / unit) * unit)
