"""The lag of a pushed projector by NumPy alone, without a line of the kit's: what the kit is compared with."""

import math

import numpy as np

Z99 = 2.326347874  # the normal distribution's, from a table


def lags(rng, rate, p50, p99, count, arrivals=None):
    """Return lags in seconds: Lindley's recursion, with log-normal handling worked out from p50 and p99 by hand."""
    committed = np.cumsum(rng.exponential(1 / rate, count)) if arrivals is None else arrivals
    handling = p50 * np.exp(rng.normal(0, math.log(p99 / p50) / Z99, count))
    done = np.cumsum(handling)
    return done + np.maximum.accumulate(committed - (done - handling)) - committed


def moments(p50, p99):
    """Return mean and second moment of that handling."""
    sigma = math.log(p99 / p50) / Z99
    return p50 * math.exp(sigma**2 / 2), p50**2 * math.exp(2 * sigma**2)
