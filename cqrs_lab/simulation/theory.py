"""The lag in closed form: what can be known without simulating.

Rates are events per second, durations seconds. Every formula is about the steady state; where there is none, since the
projector cannot keep up, it is refused.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
import scipy

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import number, positive, share, shares_of, whole
from cqrs_lab.simulation.durations import Duration, Exponential, Fixed, duration

MOST_COUNTED = 10_000
"""Consumers, replicas, events of a batch: formulas go through them one by one."""


@dataclass(frozen=True)
class LagDistribution:
    """A lag whose whole distribution is known; its methods are called as those of a `LagRun`.

    Attributes
    ----------
    mean : float
        Seconds.
    tail : callable
        ``tail(seconds)``: the share of events that lag more than this, for 0 or more seconds.
    """

    mean: float
    tail: Callable[[float], float]

    def stale_probability(self, after_seconds: float) -> float:
        """Return how likely an event is not visible this long after its commit."""
        return self.tail(positive("after_seconds", after_seconds, zero=True))

    def quantile(self, probability: float) -> float:
        """Return the seconds within which this share of the events is visible."""
        probability = share("probability", probability)
        upper = max(self.mean, 1e-12)
        while self.tail(upper) > 1 - probability:
            upper *= 2
        missing = partial(_above, self.tail, 1 - probability)
        return float(scipy.optimize.brentq(missing, 0, upper, xtol=1e-13 * upper))

    def token_wait_mean(self, after_seconds: float) -> float:
        """Return how long a reader waits who asks this long after a commit for nothing older; order is kept."""
        after_seconds = positive("after_seconds", after_seconds, zero=True)
        return float(scipy.integrate.quad(self.tail, after_seconds, np.inf, limit=500)[0])


def _above(tail: Callable[[float], float], share: float, seconds: float) -> float:
    return tail(seconds) - share


P = ParamSpec("P")
R = TypeVar("R")
NAMES: dict[Callable[[str, Any], Any], str] = {
    positive: "rate seconds interval_seconds relay_mean lag_mean crash_rate repair_mean mean writes_per_second",
    partial(positive, zero=True): "handling_mean outage_seconds backoff_seconds",
    partial(number, least=0, most=1 - 1e-12): "probability",
    partial(whole, most=MOST_COUNTED): "consumers replicas batch_limit events_per_command",
    duration: "handling interval repair",
}
CHECKS: dict[str, Callable[[str, Any], Any]] = {name: check for check, names in NAMES.items() for name in names.split()}


def checked(formula: Callable[P, R]) -> Callable[P, R]:
    """Refuse arguments without a meaning, each by its name; every public formula takes its arguments through here."""
    names = inspect.signature(formula)

    @wraps(formula)
    def through(*args: P.args, **kwargs: P.kwargs) -> R:
        given = names.bind(*args, **kwargs)
        for name, value in given.arguments.items():
            if name in CHECKS:
                given.arguments[name] = CHECKS[name](name, value)
        return formula(*given.args, **given.kwargs)

    return through


@checked
def utilisation(rate: float, handling_mean: float, consumers: int = 1) -> float:
    """Return the share of time that a projector is at work: rate × mean handling, by consumer.

    Raises
    ------
    InvalidArgument
        It is 1 or more: then the lag grows without end, and no formula below holds.
    """
    rho = rate * handling_mean / consumers
    if rho >= 1:
        raise InvalidArgument(
            f"{rate:g} event{'s'[: rate != 1]} a second of {handling_mean:g} seconds each: utilisation {rho:.6g}, "
            "there is no steady state; keep it below 1, or watch it grow with simulate_lag"
        )
    return rho


@checked
def exponential(mean: float) -> LagDistribution:
    """Return the distribution with P(lag > t) = e^(−t / mean)."""
    return LagDistribution(mean, lambda t: math.exp(-t / mean))


# --- pushed ---------------------------------------------------------------------------------------------------


@checked
def pushed(rate: float, handling_mean: float) -> LagDistribution:
    """M/M/1: random arrivals, exponential handling, first come first handled: exponential with rate μ − λ.

    Source: L. Kleinrock, Queueing Systems I, 1975.
    """
    # mean / (1 - rho), not 1 / (1 / mean - rate): the second may divide by zero where rho is a hair below 1.
    return exponential(handling_mean / (1 - utilisation(rate, handling_mean)))


@checked
def pushed_mean(rate: float, handling: Duration) -> float:
    """M/G/1, mean lag: E[S] + λ E[S²] / (2 (1 − ρ)), whatever the distribution of handling.

    Source: F. Pollaczek, 1930; A. Khinchine, 1932.
    """
    return _pollaczek_khinchine(rate, handling.mean, handling.second_moment)


def _pollaczek_khinchine(rate: float, mean: float, second_moment: float) -> float:
    return mean + rate * second_moment / (2 * (1 - utilisation(rate, mean)))


@checked
def pushed_fixed(rate: float, seconds: float) -> LagDistribution:
    """M/D/1: random arrivals, handling always the same; the waiting time of Erlang.

    Erlang's sum, (1 − ρ) Σ [λ(kD − x)]^k e^(−λ(kD − x)) / k!, has terms that cancel each other and is useless beyond
    some thirty handlings. Summed over the events in front instead, all terms are positive.

    Source: A. K. Erlang, 1909; G. J. Franx, A simple solution for the M/D/c waiting time distribution, 2001;
    V. Ramaswami, A stable recursion for the steady state vector, 1988.
    """
    rho = utilisation(rate, seconds)
    present = [1 - rho]

    def at_most(count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        while len(present) <= count:
            n = len(present)
            arrive = scipy.stats.poisson.sf(np.arange(n + 2) - 1, rho)  # how likely this many or more come meanwhile
            terms = present[0] * arrive[n] + np.dot(present[1:], arrive[n:1:-1])
            present.append(float(terms / (1 - arrive[1])))
        return np.cumsum(present[: count + 1])

    def stale(after: float) -> float:
        if after < seconds:
            return 1.0
        k = int((after - seconds) / seconds) + 1
        if k > MOST_COUNTED / (1 - rho):
            return 0.0
        passed = rate * (k * seconds - (after - seconds))
        return float(1 - np.dot(at_most(k)[:0:-1], scipy.stats.poisson.pmf(np.arange(k), passed)))

    return LagDistribution(pushed_mean(rate, Fixed(seconds)), stale)


@checked
def clockwork(interval_seconds: float, handling_mean: float) -> LagDistribution:
    """D/M/1: events at equal intervals, exponential handling: exponential with rate μ (1 − σ).

    σ is the root below 1 of σ = e^(−μ (1 − σ) × interval).

    Source: D. G. Kendall, 1953.
    """
    utilisation(1 / interval_seconds, handling_mean)
    rho = handling_mean / interval_seconds
    # The other root of Kendall's equation is 1; Lambert's W gives the one below.
    sigma = float(-rho * scipy.special.lambertw(-math.exp(-1 / rho) / rho).real)
    return exponential(handling_mean / (1 - sigma))


@checked
def competing(rate: float, handling_mean: float, consumers: int) -> LagDistribution:
    """M/M/c: several consumers take from one queue; a wait with Erlang's probability C, then the handling.

    Source: A. K. Erlang, 1917.
    """
    rho = utilisation(rate, handling_mean, consumers)
    load, mu = rate * handling_mean, 1 / handling_mean
    lost = 1.0  # Erlang's B, by his recursion; its terms one by one would overflow
    for k in range(1, consumers + 1):
        lost = load * lost / (k + load * lost)
    waits = lost / (1 - rho * (1 - lost))
    alpha = consumers * mu * (1 - rho)

    def stale(after: float) -> float:
        return (1 - waits) * math.exp(-mu * after) + waits * _sum_of_two(mu, alpha, after)

    return LagDistribution(handling_mean + waits / alpha, stale)


def _sum_of_two(one: float, other: float, after: float) -> float:
    """Return P(sum > t) of two independent exponential durations with these rates."""
    if math.isclose(one, other, rel_tol=1e-9):
        return (1 + one * after) * math.exp(-one * after)
    return (other * math.exp(-one * after) - one * math.exp(-other * after)) / (other - one)


@checked
def partitions(rate: float, handling_mean: float, shares: Sequence[float]) -> LagDistribution:
    """Let each partition be a pushed projector with its share of the events: a mixture of exponentials.

    A random split of random arrivals is again random arrivals (Poisson splitting).

    Source: L. Kleinrock, Queueing Systems I, 1975.
    """
    shares = shares_of(shares)
    parts = [(share, pushed(rate * share, handling_mean)) for share in shares]
    mean = sum(share * lag.mean for share, lag in parts)
    return LagDistribution(mean, lambda t: sum(share * lag.tail(t) for share, lag in parts))


@checked
def relayed(rate: float, relay_mean: float, handling_mean: float) -> LagDistribution:
    """Put a relay before the projector, both M/M/1: the sum of independent Exp(μ₁ − λ) and Exp(μ₂ − λ).

    Source: P. J. Burke, 1956; J. R. Jackson, 1957.
    """
    first, second = pushed(rate, relay_mean).mean, pushed(rate, handling_mean).mean
    return LagDistribution(first + second, lambda t: _sum_of_two(1 / first, 1 / second, t))


@checked
def events_together_mean(rate: float, handling_mean: float, events_per_command: int) -> float:
    """Commands at random, each with k events at once, exponential handling: mean lag (k + 1) / (2 μ (1 − ρ)).

    `rate` counts events. Source: M. L. Chaudhry and J. G. C. Templeton, A First Course in Bulk Queues, 1983.
    """
    return (events_per_command + 1) * handling_mean / (2 * (1 - utilisation(rate, handling_mean)))


@checked
def both_projections_mean(rate: float, handling_mean: float) -> float:
    """Two projections follow one stream, both M/M/1: mean time until both show an event, (12 − ρ) / (8 (μ − λ)).

    Their lags are not independent, for the same arrivals hit both.

    Source: L. Flatto and S. Hahn, 1984; R. Nelson and A. N. Tantawi, 1988.
    """
    return (12 - utilisation(rate, handling_mean)) / 8 * pushed(rate, handling_mean).mean


# --- polled ---------------------------------------------------------------------------------------------------


@checked
def polled(interval_seconds: float) -> LagDistribution:
    """Poll at fixed ticks, take all, handling free: uniform from 0 to the interval.

    Source: W. Feller, An Introduction to Probability Theory II, 1966.
    """
    return LagDistribution(interval_seconds / 2, lambda t: max(0.0, 1 - t / interval_seconds))


@checked
def polled_mean(interval: Duration) -> float:
    """Poll at intervals of any kind, handling free: mean lag E[T²] / (2 E[T]).

    It is more than half the mean interval, for an event rather falls into a long one (the inspection paradox).

    Source: W. Feller, An Introduction to Probability Theory II, 1966.
    """
    return interval.second_moment / (2 * interval.mean)


@checked
def polled_limited_mean(rate: float, interval_seconds: float, batch_limit: int) -> float:
    """Poll at fixed ticks for at most b events, handling free, random arrivals: Bailey's bulk queue.

    The mean number left after a tick comes from the b − 1 roots of z^b = e^(λT(z − 1)) inside the unit circle; an
    event waits half an interval, and for those left in front of it (Little).

    Source: N. T. J. Bailey, On queueing processes with bulk service, 1954.
    """
    load = rate * interval_seconds
    utilisation(rate, interval_seconds / batch_limit)
    # With z = w · e^(load (z − 1) / b) for each b-th root of unity w, iteration converges inside the circle.
    turns = np.exp(2j * np.pi * np.arange(1, batch_limit) / batch_limit)
    roots = -batch_limit / load * scipy.special.lambertw(-load / batch_limit * turns * np.exp(-load / batch_limit))
    # Mean number present just before a tick, of the chain next = max(present − b, 0) + Poisson(load).
    spare = batch_limit - load
    before = (batch_limit - (batch_limit - load) ** 2) / (2 * spare) + float(np.sum(1 / (1 - roots)).real)
    # What is there before a tick was there on average since the last one, less half of what came in between.
    return (before - load / 2) / rate


@checked
def sleeping_mean(rate: float, handling: Duration, interval: Duration) -> float:
    """Take all that is there, handle it one by one, sleep; random arrivals (M/G/1, gated vacations).

    Mean lag: E[S] + λE[S²] / (2(1−ρ)) + E[V²] / (2E[V]) + ρE[V] / (1−ρ).

    Source: H. Takagi, Queueing Analysis I, 1991.
    """
    rho = utilisation(rate, handling.mean)
    return draining_mean(rate, handling, interval) + rho * interval.mean / (1 - rho)


@checked
def draining_mean(rate: float, handling: Duration, interval: Duration) -> float:
    """Handle until nothing is left, then sleep; random arrivals (M/G/1, exhaustive vacations).

    Mean lag: E[S] + λE[S²] / (2(1−ρ)) + E[V²] / (2E[V]).

    Source: S. W. Fuhrmann and R. B. Cooper, 1985.
    """
    return pushed_mean(rate, handling) + polled_mean(interval)


# --- trouble --------------------------------------------------------------------------------------------------


@checked
def crashing_mean(rate: float, handling_mean: float, crash_rate: float, repair_mean: float) -> float:
    """M/M/1 that crashes busy or idle and resumes its work; exponential repairs.

    Mean lag: ((ξ+η)² + ξμ) / ((ξ+η)(η(μ−λ) − ξλ)), with crash rate ξ and repair rate η.

    Source: B. Avi-Itzhak and P. Naor, 1963.
    """
    mu, xi, eta = 1 / handling_mean, crash_rate, 1 / repair_mean
    utilisation(rate, handling_mean * (1 + crash_rate * repair_mean))
    return ((xi + eta) ** 2 + xi * mu) / ((xi + eta) * (eta * (mu - rate) - xi * rate))


@checked
def crashing_at_work_mean(rate: float, handling: Duration, crash_rate: float, repair: Duration) -> float:
    """M/G/1 that crashes while it handles, and resumes; crashes make the handling longer.

    E[C] = E[S](1+ξr), E[C²] = E[S²](1+ξr)² + E[S] ξ E[R²].

    Source: D. P. Gaver, A waiting line with interrupted service, 1962.
    """
    longer = 1 + crash_rate * repair.mean
    second = handling.second_moment * longer**2 + handling.mean * crash_rate * repair.second_moment
    return _pollaczek_khinchine(rate, handling.mean * longer, second)


@checked
def redelivering_mean(rate: float, seconds: float, crash_rate: float, repair: Duration) -> float:
    """Let a crash while handling do the event again from the start; handling is fixed, D.

    E[C] = (e^(ξD) − 1)(1/ξ + r): what is lost is the time of each failed attempt, and its repair.

    Source: D. P. Gaver, A waiting line with interrupted service, 1962.
    """
    if crash_rate * seconds > 100:
        raise InvalidArgument(
            f"{seconds:g} seconds of work between crashes {1 / crash_rate:g} s apart: it is begun again without end; "
            "crash less often"
        )
    through = math.exp(-crash_rate * seconds)
    failures, spread = (1 - through) / through, (1 - through) / through**2
    cut, odds = 1 / crash_rate, through / (1 - through)
    attempt = cut - seconds * odds + repair.mean
    attempt_squared = 2 * cut**2 - (seconds**2 + 2 * seconds * cut) * odds
    attempt_squared += 2 * (attempt - repair.mean) * repair.mean + repair.second_moment
    lost = failures * attempt
    lost_squared = failures * (attempt_squared - attempt**2) + spread * attempt**2 + lost**2
    return _pollaczek_khinchine(rate, seconds + lost, seconds**2 + 2 * seconds * lost + lost_squared)


@checked
def retrying(rate: float, handling_mean: float, probability: float) -> LagDistribution:
    """M/M/1 where each attempt fails with this probability and is repeated at once: Exp(μ(1−p) − λ).

    A geometric sum of exponentials is exponential. Source: L. Kleinrock, Queueing Systems I, 1975.
    """
    return pushed(rate, handling_mean / (1 - probability))


@checked
def retrying_mean(rate: float, handling: Duration, probability: float, backoff_seconds: float = 0.0) -> float:
    """M/G/1 where a failed attempt is repeated after a backoff that holds up the events behind.

    The handling is a geometric number of attempts; its moments go into Pollaczek and Khinchine's formula.

    Source: F. Pollaczek, 1930; A. Khinchine, 1932.
    """
    attempts, spread = 1 / (1 - probability), probability / (1 - probability) ** 2
    mean = attempts * handling.mean + (attempts - 1) * backoff_seconds
    variance = attempts * (handling.second_moment - handling.mean**2)
    variance += spread * (handling.mean + backoff_seconds) ** 2
    return _pollaczek_khinchine(rate, mean, variance + mean**2)


@checked
def outage_greatest_lag(outage_seconds: float, handling_mean: float) -> float:
    """Return the lag of the event that meets the beginning of an outage: R + 1/μ (fluid limit)."""
    return outage_seconds + handling_mean


@checked
def outage_caught_up_after(outage_seconds: float, rate: float, handling_mean: float) -> float:
    """Return how long after an outage began the projector has caught up: R / (1 − ρ) (fluid limit)."""
    return outage_seconds / (1 - utilisation(rate, handling_mean))


# --- what readers meet ----------------------------------------------------------------------------------------


@checked
def behind_probability(rate: float, handling_mean: float) -> float:
    """M/M/1: how likely a read at a random moment finds the read model behind: ρ.

    Source: R. W. Wolff, Poisson arrivals see time averages, 1982.
    """
    return utilisation(rate, handling_mean)


@checked
def events_behind_mean(rate: float, lag_mean: float) -> float:
    """Return how many events a read model lacks on average over time, in any model: λ × mean lag.

    Source: J. D. C. Little, A proof for the queuing formula L = λW, 1961.
    """
    return rate * lag_mean


@checked
def age_of_information_mean(rate: float, handling_mean: float) -> float:
    """M/M/1: mean age of the newest event shown: (1/μ)(1 + 1/ρ + ρ²/(1−ρ)).

    Source: S. Kaul, R. Yates and M. Gruteser, Real-time status: how often should one update?, 2012.
    """
    rho = utilisation(rate, handling_mean)
    return handling_mean * (1 + 1 / rho + rho**2 / (1 - rho))


@checked
def polled_age_of_information_mean(rate: float, interval_seconds: float) -> float:
    """Return the mean age of the newest event shown, poll at fixed ticks, handling free: T/2 + 1/λ.

    Source: S. Kaul, R. Yates and M. Gruteser, 2012, with the memoryless age at a tick.
    """
    return interval_seconds / 2 + 1 / rate


@checked
def all_caught_up(replicas: int, lag_mean: float) -> LagDistribution:
    """Independent exponential lags: the greatest of them, with mean H_N × lag_mean.

    Replicas of one log are not independent: they share its arrivals (see `both_projections_mean`).

    Source: A. Rényi, On the theory of order statistics, 1953.
    """
    mean = lag_mean * sum(1 / k for k in range(1, replicas + 1))
    return LagDistribution(mean, lambda t: 1 - (1 - math.exp(-t / lag_mean)) ** replicas)


@checked
def freshest_of(replicas: int, lag_mean: float) -> LagDistribution:
    """Independent exponential lags: the least of them, e^(−N t / lag_mean).

    Source: A. Rényi, On the theory of order statistics, 1953.
    """
    return exponential(lag_mean / replicas)


@checked
def key_stale_probability(writes_per_second: float, lag: Fixed | Exponential) -> float:
    """Return how likely a read of a key, at a random moment, misses the key's last write.

    The last write is Exp(λ) old: 1 − e^(−λd) for a lag that is always d, λ / (λ + ν) for an exponential one.

    Source: R. W. Wolff, Poisson arrivals see time averages, 1982.
    """
    if isinstance(lag, Fixed):
        return 1 - math.exp(-writes_per_second * lag.seconds)
    if isinstance(lag, Exponential):
        return writes_per_second / (writes_per_second + 1 / lag.mean)
    raise InvalidArgument(f"lag={shown(lag)}: there are formulas for Fixed and Exponential")
