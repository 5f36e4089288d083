"""Probabilistically bounded staleness: how soon a quorum read sees a quorum write.

A write goes to n replicas and is done when w of them have acknowledged it; a read asks all n and takes the newest of
the first r answers. In CQRS terms: W is the way from the commit to a read model's copy, A counts only if the command
waits for copies, R and S are the query's ways.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import PER_CENT, is_real, positive, whole
from cqrs_lab.simulation.draws import child
from cqrs_lab.simulation.durations import Duration, Seconds, duration

MOST_DRAWS = 20_000_000


@dataclass(frozen=True)
class Quorum:
    """What came of the draws; all in seconds.

    Attributes
    ----------
    needed : array of float
        Per sample, sorted: how long after the write is done a read must begin to see it.
    reads, writes : array of float
        Per sample, sorted: how long a read and a write take.
    """

    needed: Seconds
    reads: Seconds
    writes: Seconds

    def t_visibility(self, probability: float) -> float:
        """Return how long after a write reads must begin to see it with this probability."""
        return _quantile(self.needed, probability)

    def consistent_probability(self, after_seconds: float) -> float:
        """Return how likely a read sees the write that was done so long before."""
        positive("after_seconds", after_seconds, zero=True)
        return float(np.searchsorted(self.needed, after_seconds, side="right") / len(self.needed))

    def read_latency(self, quantile: float) -> float:
        """Return within how long this share of the reads has its answer."""
        return _quantile(self.reads, quantile)

    def write_latency(self, quantile: float) -> float:
        """Return within how long this share of the writes is done."""
        return _quantile(self.writes, quantile)


def _quantile(seconds: Seconds, share: float) -> float:
    if not is_real(share) or not 0 < share <= 1:
        raise InvalidArgument(f"{shown(share)} is not a share; give a number above 0, and 1 at most{PER_CENT}")
    # The smallest value that this many do not exceed: with r + w > n it is 0 without an epsilon.
    return float(np.quantile(seconds, float(share), method="inverted_cdf"))


def simulate(
    write: Duration,
    acknowledge: Duration,
    read: Duration,
    respond: Duration,
    *,
    n: int,
    r: int,
    w: int,
    samples: int = 100_000,
    seed: int = 0,
    remote_delay_seconds: float = 0.0,
) -> Quorum:
    """Draw writes and the reads that follow them.

    Parameters
    ----------
    write, acknowledge, read, respond : Duration
        The ways to a replica and back, for a write and for a read; each replica draws its own.
    n, r, w : int
        Replicas, and how many of them a read and a write wait for.
    samples : int, optional
        One draw gives the whole curve.
    seed : int, optional
    remote_delay_seconds : float, optional
        Added on every way to or from a replica that is not in the writer's (or the reader's) own place. Both places are
        drawn, one independent of the other.

    Returns
    -------
    Quorum

    Examples
    --------
    >>> from cqrs_lab.simulation import Exponential, Fixed, quorum
    >>> drawn = quorum.simulate(Exponential(0.1), Fixed(0), Fixed(0), Fixed(0), n=1, r=1, w=1)
    >>> drawn.t_visibility(0.999)
    0.0

    Notes
    -----
    P. Bailis and others, Probabilistically Bounded Staleness for Practical Partial Quorums, 2012. Their published
    t-visibilities lie some per cent below the true quantile: their script ends at the first noisy point that is enough.
    """
    n, r, w, samples, seed = _checked(n, r, w, samples, seed)
    positive("remote_delay_seconds", remote_delay_seconds, zero=True)
    legs = {"write": write, "acknowledge": acknowledge, "read": read, "respond": respond}
    size = (samples, n)
    drawn = {name: duration(name, leg).draw(child(seed, name), n * samples).reshape(size) for name, leg in legs.items()}
    away_from_writer, away_from_reader = (
        remote_delay_seconds * _elsewhere(child(seed, place), samples, n) if remote_delay_seconds else None
        for place in ("writer", "reader")
    )
    to_replica, done = _there_and_back(drawn["write"], drawn["acknowledge"], away_from_writer)
    asked, answered = _there_and_back(drawn["read"], drawn["respond"], away_from_reader)
    committed = np.partition(done, w - 1, axis=1)[:, w - 1]
    first = np.argpartition(answered, r - 1, axis=1)[:, :r]
    late = np.take_along_axis(to_replica - asked, first, axis=1).min(axis=1) - committed
    reads = np.take_along_axis(answered, first, axis=1).max(axis=1)
    return Quorum(np.sort(np.maximum(late, 0)), np.sort(reads), np.sort(committed))


def _checked(n: int, r: int, w: int, samples: int, seed: int) -> tuple[int, int, int, int, int]:
    n, samples, seed = whole("n", n), whole("samples", samples), whole("seed", seed, least=0)
    r, w = whole("r", r, most=n), whole("w", w, most=n)
    if n * samples > MOST_DRAWS:
        raise InvalidArgument(
            f"this would draw {n * samples:.1e} ways; at most {MOST_DRAWS:.0e} can be: ask for fewer samples"
        )
    return n, r, w, samples, seed


def _elsewhere(random: np.random.Generator, samples: int, n: int) -> NDArray[np.bool_]:
    """Return for each replica whether it is in another place than who writes or reads."""
    return np.not_equal(np.arange(n), random.integers(n, size=(samples, 1)))


def _there_and_back(there: Seconds, back: Seconds, away: Seconds | None) -> tuple[Seconds, Seconds]:
    if away is None:  # no place is far: nothing has to be added to millions of ways
        return there, there + back
    return there + away, there + back + 2 * away
