"""Whether the projectors of a model can keep up."""

from __future__ import annotations

import math

import numpy as np

from cqrs_lab.simulation.model import LagModel

DRAWS = 100_000


def load(model: LagModel) -> float:
    """Return what arrives as a share of what the busiest server can do at most; at 1 or more its lag grows without end.

    Counted are handling, backoff, crashes and their repairs, the pauses that a batch limit forces, and the relay. The
    planned outages pass, and are left out. What a redelivery repeats is the mean of 100,000 draws, of the event in
    hand alone.
    """
    projector = model.events_per_second * max(model.shares) / model.consumers * seconds_per_event(model)
    relay = 0.0 if model.relay is None else model.events_per_second * model.relay.mean
    return max(projector, relay)


def seconds_per_event(model: LagModel) -> float:
    """Return how long the projector is kept by an event on average, with retries, repairs and forced pauses."""
    work = _with_crashes(model)
    if model.retries is not None:
        fails = model.retries.probability / (1 - model.retries.probability)
        work += fails * (work + model.retries.backoff_seconds)
    polling = model.polling
    if polling is None or polling.batch_limit is None:
        return work
    batch, pause = polling.batch_limit * work, polling.interval.mean
    cycle = batch + pause if polling.mode == "sleep_after" else pause * max(1, math.ceil(batch / pause - 1e-9))
    return cycle / polling.batch_limit


def _with_crashes(model: LagModel) -> float:
    crashes, handling = model.crashes, model.handling
    if crashes is None:
        return handling.mean
    if crashes.then == "resume":
        return handling.mean * (1 + crashes.rate_per_second * crashes.repair.mean)
    drawn = handling.draw(np.random.default_rng(0), DRAWS)
    with np.errstate(over="ignore"):  # then it is never done: infinity says so
        repeats = float(np.expm1(crashes.rate_per_second * drawn).mean())
    return repeats * (1 / crashes.rate_per_second + crashes.repair.mean)
