"""Which closed form of `theory` belongs to a model, if there is one."""

from __future__ import annotations

from dataclasses import fields

from cqrs_lab.simulation import theory
from cqrs_lab.simulation.arrivals import Clockwork, Poisson
from cqrs_lab.simulation.capacity import load
from cqrs_lab.simulation.durations import Duration, Exponential, Fixed
from cqrs_lab.simulation.model import Crashes, LagModel, Polling, Retries
from cqrs_lab.simulation.theory import LagDistribution

NOTHING = Fixed(0)
NEARLY_1 = 1 - 1e-9  # rounding may leave a hair below 1, where formulas divide by zero


def lag_of(model: LagModel) -> LagDistribution | None:
    """Return the distribution of a model's lag; None if it is not known in closed form, or has no steady state."""
    if load(model) >= NEARLY_1:
        return None
    rates = _rates(model)
    parts = [(share, _lag_at(rate, model)) for share, rate in rates]
    known = [(share, lag) for share, lag in parts if lag is not None]
    if len(known) < len(parts):
        return None
    mean = sum(share * lag.mean for share, lag in known)
    return LagDistribution(mean, lambda t: sum(share * lag.tail(t) for share, lag in known))


def mean_of(model: LagModel) -> float | None:
    """Return a model's mean lag in seconds; None if it is not known in closed form, or has no steady state."""
    lag = lag_of(model)
    if lag is not None:
        return lag.mean
    if load(model) >= NEARLY_1 or not isinstance(model.arrivals, Poisson):
        return None
    parts = [(share, _mean_at(rate, model)) for share, rate in _rates(model)]
    known = [share * mean for share, mean in parts if mean is not None]
    return sum(known) if len(known) == len(parts) else None


def _rates(model: LagModel) -> list[tuple[float, float]]:
    """Return each partition's share, and its events per second."""
    return [(share, share * model.events_per_second) for share in model.shares]


def _more(model: LagModel) -> set[str]:
    """Return the names of what a model has besides arrivals and handling, but for partitions and replicas."""
    optional = (field for field in fields(model) if field.kw_only)
    changed = {field.name for field in optional if getattr(model, field.name) != field.default}
    return changed - {"partitions", "replicas"}


def _lag_at(rate: float, model: LagModel) -> LagDistribution | None:
    match model.arrivals, model.handling, _more(model):
        case Poisson(), Exponential(mean), more:
            return _memoryless(rate, mean, model, more)
        case Poisson(), Fixed(seconds), more if not more and seconds > 0:
            return theory.pushed_fixed(rate, seconds)
        case Clockwork(interval), Exponential(mean), more if not more and len(model.shares) == 1:
            return theory.clockwork(interval, mean)
        case Poisson(), handling, more if more == {"polling"} and handling == NOTHING:
            return _free(model.polling)
    return None


def _memoryless(rate: float, mean: float, model: LagModel, more: set[str]) -> LagDistribution | None:
    if not more:
        return theory.pushed(rate, mean)
    if more == {"consumers"}:
        return theory.competing(rate, mean, model.consumers)
    if more == {"relay"} and isinstance(model.relay, Exponential) and len(model.shares) == 1:
        return theory.relayed(rate, model.relay.mean, mean)
    if more == {"retries"} and model.retries is not None and model.retries.backoff_seconds == 0:
        return theory.retrying(rate, mean, model.retries.probability)
    return None


def _free(polling: Polling | None) -> LagDistribution | None:
    """With handling free, only the ticks count; a limit would hold events back."""
    match polling:
        case Polling(Fixed(seconds), batch_limit=None):
            return theory.polled(seconds)
        case Polling(Exponential(mean), batch_limit=None):
            return theory.exponential(mean)
    return None


def _mean_at(rate: float, model: LagModel) -> float | None:
    handling = model.handling
    match sorted(_more(model)):
        case []:
            return theory.pushed_mean(rate, handling)
        case ["polling"]:
            return _polled(rate, handling, model.polling)
        case ["crashes"]:
            return _crashing(rate, handling, model.crashes)
        case ["retries"]:
            return _retrying(rate, handling, model.retries)
        case ["events_per_command"] if isinstance(handling, Exponential):
            return theory.events_together_mean(rate, handling.mean, model.events_per_command)
    return None


def _polled(rate: float, handling: Duration, polling: Polling | None) -> float | None:
    match polling:
        case Polling(Fixed(seconds), int(limit), mode="ticks") if handling == NOTHING:
            return theory.polled_limited_mean(rate, seconds, limit)
        case Polling(interval, None, mode=mode) if handling == NOTHING and mode == "ticks":
            return theory.polled_mean(interval)
        case Polling(interval, None, "each", "sleep_after"):
            return theory.sleeping_mean(rate, handling, interval)
        case Polling(interval, None, "each", "drain"):
            return theory.draining_mean(rate, handling, interval)
    return None


def _crashing(rate: float, handling: Duration, crashes: Crashes | None) -> float | None:
    match crashes, handling:
        case Crashes(crash_rate, Exponential(repair), "always", "resume"), Exponential(mean):
            return theory.crashing_mean(rate, mean, crash_rate, repair)
        case Crashes(crash_rate, repair, "handling", "resume"), handling:
            return theory.crashing_at_work_mean(rate, handling, crash_rate, repair)
        case Crashes(crash_rate, repair, "handling", "redeliver"), Fixed(seconds):
            return theory.redelivering_mean(rate, seconds, crash_rate, repair)
    return None


def _retrying(rate: float, handling: Duration, retries: Retries | None) -> float | None:
    if retries is None:
        return None
    return theory.retrying_mean(rate, handling, retries.probability, retries.backoff_seconds)
