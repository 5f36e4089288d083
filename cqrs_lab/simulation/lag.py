"""How far behind the read side is: a model of what is on the way, simulated event by event."""

from __future__ import annotations

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import whole
from cqrs_lab.simulation.bounds import check_cost, check_events
from cqrs_lab.simulation.draws import Draws
from cqrs_lab.simulation.engine import visible_at
from cqrs_lab.simulation.model import LagModel
from cqrs_lab.simulation.run import LagRun


def simulate_lag(model: LagModel, events: int = 100_000, seed: int = 0) -> LagRun:
    """Simulate a model, event by event, in virtual time.

    Parameters
    ----------
    model : LagModel
    events : int, optional
        How many; the last command may be cut.
    seed : int, optional
        A whole number of 0 or more; the same seed gives the same run. Every component draws from a child seed of its
        own, so that two models under one seed differ by what differs in them.

    Returns
    -------
    LagRun

    Raises
    ------
    InvalidArgument
        An argument without a meaning, or a run that would draw more than fits into a computer; with the number.

    Examples
    --------
    >>> from cqrs_lab.simulation import Exponential, LagModel, Poisson, simulate_lag
    >>> run = simulate_lag(LagModel(arrivals=Poisson(0.5), handling=Exponential(mean=1.0)), events=100_000, seed=1)
    >>> bool(abs(run.summary().loc["mean", "lag_seconds"] - 2.0) < 0.1)
    True
    """
    if not isinstance(model, LagModel):
        raise InvalidArgument(f"model={model!r}: give a LagModel, such as LagModel(Poisson(0.5), Exponential(1.0))")
    events, seed = check_events(model, events), whole("seed", seed, least=0)
    draws = Draws(model, events, seed)
    check_cost(draws)
    committed_at, visible = draws.committed_at, visible_at(draws)
    if draws.origin:
        committed_at, visible = committed_at + draws.origin, visible + draws.origin
    return LagRun(model, committed_at, draws.partition, visible)
