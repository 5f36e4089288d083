"""A simulated run: what happened to every event, and what that means for readers."""

from __future__ import annotations

from functools import cached_property
from html import escape

import numpy as np
import pandas as pd
from scipy import stats

from cqrs_lab.simulation.capacity import load
from cqrs_lab.simulation.draws import Integers
from cqrs_lab.simulation.durations import Seconds, positive
from cqrs_lab.simulation.model import LagModel

WARM_UP = 0.05
STRETCHES = 20
QUANTILES = (0.50, 0.95, 0.99)


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
            visible_at, lag_seconds (float64, seconds), partition, replica (int64, from 0).
        """
        replicas, count = self.visible_at.shape
        committed = np.tile(self.committed_at, replicas)
        return pd.DataFrame(
            {
                "position": np.tile(np.arange(1, count + 1), replicas),
                "committed_at": committed,
                "visible_at": self.visible_at.ravel(),
                "lag_seconds": self.visible_at.ravel() - committed,
                "partition": np.tile(self.partition, replicas),
                "replica": np.repeat(np.arange(replicas), count),
            }
        )

    @cached_property
    def _lag(self) -> Seconds:
        return (self.visible_at - self.committed_at)[:, self._first :]

    @cached_property
    def load(self) -> float:
        """What arrives as a share of what the projectors can do; at 1 or more the lag grows without end."""
        return load(self.model)

    def __repr__(self) -> str:
        lag = self.summary()["lag_seconds"]
        events = (
            f"{len(self.committed_at):,} events: mean lag {lag['mean']:.3g} s, 99 in 100 within {lag['p99']:.3g} s."
        )
        return events if self.load < 1 else f"{events} {self.grows}"

    @property
    def grows(self) -> str:
        """What is to be said of a model whose projectors cannot keep up."""
        return (
            f"Events come {self.load:.3g} times as fast as they can be handled, so there is no steady state: the lag "
            "grows as long as this lasts, and the figures are those of this run alone."
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.summary().round(4).to_html(border=0)}"

    def summary(self) -> pd.DataFrame:
        """Sum the lag up, each figure with the interval that holds the true one 95 times in 100.

        The interval comes from batch means: the run is cut into 20 stretches of positions, and the spread of their
        figures tells how sure the whole is. It is honest where a stretch is long against the time the queue takes to
        forget: short runs near a utilisation of 1 are less sure than they look. There is none (NaN) for the
        greatest lag, nor where the projectors cannot keep up and the figures have no true value.

        Returns
        -------
        DataFrame
            One row per figure: mean, p50, p95, p99, max; columns lag_seconds, low, high (float64, seconds).
        """
        return self._summary.copy()

    @cached_property
    def _summary(self) -> pd.DataFrame:
        whole = [self._lag.mean(), *np.quantile(self._lag, QUANTILES), self._lag.max()]
        parts = np.array([[part.mean(), *_quantiles(part)] for part in self._stretches])
        half = np.append(self._half_interval(parts), np.nan)
        rows = {"lag_seconds": whole, "low": whole - half, "high": whole + half}
        return pd.DataFrame(rows, index=["mean", "p50", "p95", "p99", "max"])

    @cached_property
    def _stretches(self) -> list[Seconds]:
        """The lags of 20 stretches of positions, each in ascending order."""
        parts = np.array_split(self._lag, STRETCHES, axis=1)
        return [np.sort(part, axis=None) for part in parts if part.size]

    def _half_interval(self, parts: Seconds) -> Seconds:
        """Give half the width of a 95 % interval, from the figures of each stretch: one row per stretch."""
        count = len(parts)
        if count == 1 or self.load >= 1:
            return np.full(parts.shape[1], np.nan)
        half: Seconds = parts.std(axis=0, ddof=1) * (stats.t.ppf(0.975, count - 1) / np.sqrt(count))
        return half

    def stale_curve(self, after_seconds: Seconds) -> pd.DataFrame:
        """Tell how likely a read misses an event, for many times since its commit at once.

        Parameters
        ----------
        after_seconds : array of float

        Returns
        -------
        DataFrame
            One row per time, which is the index; columns probability, low, high (float64), with the 95 % interval of
            `summary`.
        """
        parts = np.array([1 - np.searchsorted(part, after_seconds, "right") / len(part) for part in self._stretches])
        weights = [len(part) for part in self._stretches]
        mean, half = np.average(parts, axis=0, weights=weights), self._half_interval(parts)
        rows = {"probability": mean, "low": np.maximum(mean - half, 0), "high": np.minimum(mean + half, 1)}
        return pd.DataFrame(rows, index=pd.Index(after_seconds, name="after_seconds"))

    def stale_probability(self, after_seconds: float) -> float:
        """Tell how likely a read misses an event, so long after its commit, on a replica picked at random."""
        positive("after_seconds", after_seconds, zero=True)
        return float(np.mean(self._lag > after_seconds))

    def behind_probability(self) -> float:
        """Tell how likely a replica lacks something that is committed, at a random moment."""
        return float(np.mean([self._behind(visible) for visible in self.visible_at]))

    def _behind(self, visible: Seconds) -> float:
        """Give the share of time that any event is on its way: the union of the stretches from commit to visible."""
        start, end = self._window
        behind_until = np.maximum.accumulate(visible)
        free_from = np.clip(behind_until, start, end)
        free_to = np.clip(np.append(self.committed_at[1:], np.inf), start, end)
        before = max(0.0, min(float(self.committed_at[0]), end) - start)
        return 1 - (before + float(np.maximum(free_to - free_from, 0).sum())) / (end - start)

    @property
    def _window(self) -> tuple[float, float]:
        return float(self.committed_at[self._first]), float(self.committed_at[-1])

    def events_behind_mean(self) -> float:
        """Tell how many committed events a replica lacks, on average over time."""
        start, end = self._window
        on_the_way = np.clip(self.visible_at, start, end) - np.clip(self.committed_at, start, end)
        return float(on_the_way.sum() / len(self.visible_at) / (end - start))

    def age_of_information_mean(self) -> float:
        """Tell how old the newest event is that a replica shows, in seconds, on average over time."""
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
        """Tell how long a reader waits who asks so long after a commit, and for nothing older than that event."""
        positive("after_seconds", after_seconds, zero=True)
        waits = [self._complete(visible) - self.committed_at - after_seconds for visible in self.visible_at]
        return float(np.mean(np.maximum(np.array(waits)[:, self._first :], 0)))

    def all_replicas_mean(self) -> float:
        """Tell how long after a commit every replica shows the event, and all before it, on average."""
        complete = np.array([self._complete(visible) for visible in self.visible_at]).max(axis=0)
        return float((complete - self.committed_at)[self._first :].mean())

    def _complete(self, visible: Seconds) -> Seconds:
        """Tell when everything up to an event is visible, in its partition."""
        complete = np.empty_like(visible)
        for partition in np.unique(self.partition):
            own = self.partition == partition
            complete[own] = np.maximum.accumulate(visible[own])
        return complete


def _quantiles(ascending: Seconds) -> Seconds:
    """Give the quantiles of what is in order already: as np.quantile, without partitioning it again."""
    at = np.multiply(QUANTILES, len(ascending) - 1)
    return np.interp(at, np.arange(len(ascending)), ascending)
