"""Looking for a plan that breaks a law, and making it as small as it gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from cqrs_lab.simulation.faults.outcome import Outcome
from cqrs_lab.simulation.faults.plan import KINDS, Crash, Fault, FaultPlan, draw_plan
from cqrs_lab.simulation.faults.run import FaultRun, simulate_faults
from cqrs_lab.simulation.faults.story import Story
from cqrs_lab.simulation.faults.workers import MakeWorker, ProjectorWorker

Run = TypeVar("Run", bound=Outcome)


def every_crash(story: Story, worker: MakeWorker = ProjectorWorker, **options: Any) -> Iterator[FaultPlan]:
    """Give a plan for each moment at which the worker could die, one crash each."""
    undisturbed = simulate_faults(story, (), worker, **options)
    for site, visits in undisturbed.visits.items():
        yield from (FaultPlan((Crash(site, visit),)) for visit in range(1, visits + 1))


def find_failure(
    story: Story,
    worker: MakeWorker = ProjectorWorker,
    *,
    seeds: Sequence[int] = range(100),
    count: int = 4,
    kinds: Sequence[type[Fault]] = tuple(KINDS.values()),
    **options: Any,
) -> FaultRun | None:
    """Try random plans until one breaks a law, and shrink it.

    Parameters
    ----------
    story, worker
        As for `simulate_faults`.
    seeds : sequence of int, optional
        One plan each.
    count : int, optional
        Faults in a plan, at most.
    kinds : sequence of types, optional
        Which kinds of faults may strike.
    **options
        batch, store: as for `simulate_faults`.

    Returns
    -------
    FaultRun or None
        A run with the smallest plan that was found, or None if every law held every time.
    """
    undisturbed = simulate_faults(story, (), worker, **options)
    if not undisturbed.ok:
        return undisturbed
    sizes = {"events": int(undisturbed.steps["head"].max()), "commands": len(story.commands)}
    for seed in seeds:
        plan = draw_plan(seed, undisturbed.visits, count=count, kinds=kinds, **sizes)
        run = simulate_faults(story, plan, worker, **options)
        if not run.ok:
            return shrink(run, lambda smaller: simulate_faults(story, smaller, worker, **options))
    return None


def shrink(run: Run, again: Callable[[FaultPlan], Run]) -> Run:
    """Leave out faults and lower numbers as long as the run still breaks a law.

    Parameters
    ----------
    run : Outcome
        One that broke a law, such as a `FaultRun`.
    again : callable
        Runs another plan.

    Returns
    -------
    Outcome
        Its plan has no fault that could be left out, and no number that could be one lower.
    """
    smaller = True
    while smaller:
        smaller = False
        for plan in _smaller(run.plan):
            tried = again(plan)
            if not tried.ok:
                run, smaller = tried, True
                break
    return run


def _smaller(plan: FaultPlan) -> Iterator[FaultPlan]:
    """Give the plans that are one step simpler, the simplest first."""
    yield from (plan.without(number) for number in range(len(plan)))
    for number, fault in enumerate(plan.faults):
        for field in fields(fault):
            value, least = getattr(fault, field.name), 0 if field.name == "later" else 1
            if field.name != "site":
                for lower in sorted({least, value // 2, value - 1}):
                    if least <= lower < value:
                        simpler = replace(fault, **{field.name: lower})
                        yield FaultPlan((*plan.faults[:number], simpler, *plan.faults[number + 1 :]))
