"""A replay ticket: one line of text from which exactly the same run can be repeated anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from inspect import signature
from typing import Any

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.faults.plan import FaultPlan
from cqrs_lab.simulation.faults.projector_run import simulate_faults


def replay(
    ticket: str, story: Any, worker: Any = None, simulate: Callable[..., Any] = simulate_faults, **options: Any
) -> Any:
    """Repeat the run of a ticket.

    Parameters
    ----------
    ticket : str
        The `ticket` of a run.
    story, worker
        The same as in the run: a ticket holds no code.
    simulate : callable, optional
        What made the run: `simulate_faults`, `simulate_rebuild` or `simulate_process`.
    **options
        Other arguments of `simulate`.

    Returns
    -------
    FaultRun or ProcessRun

    Raises
    ------
    InvalidArgument
        It is no ticket; an option is in the ticket already; or the result is another run, because the story, the worker
        or the kit has changed.
    """
    try:
        plain = dict(json.loads(ticket))
        plan, fingerprint = FaultPlan.from_plain(plain.pop("faults")), plain.pop("run")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidArgument(f"{ticket!r} is not a replay ticket: {error}; copy it whole") from error
    takes = signature(simulate).parameters.keys()
    if unknown := ", ".join(sorted(plain.keys() - takes)):
        raise InvalidArgument(
            f"the ticket holds {unknown}, which {simulate.__name__} does not take; give simulate= as in the run"
        )
    if twice := ", ".join(sorted(options.keys() & {*plain, "plan"})):
        raise InvalidArgument(f"the ticket already holds {twice}; leave it out")
    if unknown := ", ".join(sorted(options.keys() - takes)):
        raise InvalidArgument(f"{simulate.__name__} takes no {unknown}; it takes {', '.join(takes)}")
    run = simulate(story, plan, *(() if worker is None else (worker,)), **plain, **options)
    if run.fingerprint != fingerprint:
        raise InvalidArgument(
            f"the ticket is for run {fingerprint}, and this is {run.fingerprint}; give the same story, worker and store"
        )
    return run
