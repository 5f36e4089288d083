"""A replay ticket: one line of text from which the very same run is made again, anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from inspect import signature
from typing import Any

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.faults.plan import FaultPlan
from cqrs_lab.simulation.faults.run import simulate_faults


def replay(
    ticket: str, story: Any, worker: Any = None, simulate: Callable[..., Any] = simulate_faults, **options: Any
) -> Any:
    """Make the run of a ticket again.

    Parameters
    ----------
    ticket : str
        What a run gives as its `ticket`.
    story, worker
        Those of the run: code is not in the ticket.
    simulate : callable, optional
        What made the run: `simulate_faults`, `simulate_rebuild` or `simulate_process`.
    **options
        Whatever else that takes.

    Returns
    -------
    FaultRun or ProcessRun

    Raises
    ------
    InvalidArgument
        It is no ticket; an option is one that the ticket says already; or another run came of it, since the story, the
        worker or the kit is another one.
    """
    try:
        plain = dict(json.loads(ticket))
        plan, fingerprint = FaultPlan.from_plain(plain.pop("faults")), plain.pop("run")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidArgument(f"{ticket!r} is no replay ticket: {error}; copy it whole") from error
    takes = signature(simulate).parameters.keys()
    if unknown := ", ".join(sorted(plain.keys() - takes)):
        raise InvalidArgument(
            f"the ticket says {unknown}, and {simulate.__name__} takes no such thing; give simulate=, what made the run"
        )
    if twice := ", ".join(sorted(options.keys() & {*plain, "plan"})):
        raise InvalidArgument(f"the ticket says {twice} already; leave it out")
    if unknown := ", ".join(sorted(options.keys() - takes)):
        raise InvalidArgument(f"{simulate.__name__} takes no {unknown}; it takes {', '.join(takes)}")
    run = simulate(story, plan, *(() if worker is None else (worker,)), **plain, **options)
    if run.fingerprint != fingerprint:
        raise InvalidArgument(
            f"the ticket is of run {fingerprint}, and {run.fingerprint} came; give the same story, worker and store"
        )
    return run
