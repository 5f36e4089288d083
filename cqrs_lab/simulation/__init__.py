"""The lag, simulated in virtual time: seeded, fast, and checked against theory."""

from cqrs_lab.simulation import guarantees, quorum, theory
from cqrs_lab.simulation.arrivals import Bursts, Clockwork, Poisson, RecordedTimes
from cqrs_lab.simulation.durations import Empirical, Erlang, Exponential, Fixed, LogNormal, Mixture, Pareto, Uniform
from cqrs_lab.simulation.lag import simulate_lag
from cqrs_lab.simulation.measure import MeasuredLag, measure_lag
from cqrs_lab.simulation.model import Crashes, LagModel, Polling, Retries
from cqrs_lab.simulation.run import LagRun
from cqrs_lab.simulation.world import Domain, WorldRun, simulate_world

__all__ = [
    "LagModel",
    "simulate_lag",
    "LagRun",
    "measure_lag",
    "MeasuredLag",
    "theory",
    "quorum",
    "guarantees",
    "Domain",
    "simulate_world",
    "WorldRun",
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
