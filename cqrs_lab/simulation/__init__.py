"""The lag, simulated in virtual time: seeded, fast, and checked against theory."""

from cqrs_lab.simulation import theory
from cqrs_lab.simulation.arrivals import Bursts, Clockwork, Poisson, RecordedTimes
from cqrs_lab.simulation.durations import Empirical, Erlang, Exponential, Fixed, LogNormal, Mixture, Pareto, Uniform
from cqrs_lab.simulation.lag import simulate_lag
from cqrs_lab.simulation.model import Crashes, LagModel, Polling, Retries
from cqrs_lab.simulation.run import LagRun

__all__ = [
    "LagModel",
    "simulate_lag",
    "LagRun",
    "theory",
    "Poisson",
    "Clockwork",
    "Bursts",
    "RecordedTimes",
    "Fixed",
    "Exponential",
    "Erlang",
    "LogNormal",
    "Uniform",
    "Pareto",
    "Mixture",
    "Empirical",
    "Polling",
    "Crashes",
    "Retries",
]
