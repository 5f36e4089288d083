"""Finds a plan that breaks a law, and makes it as small as possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.faults.broken_law import laws_of
from cqrs_lab.simulation.faults.outcome import Outcome
from cqrs_lab.simulation.faults.plan import Crash, Fault, FaultPlan, draw_plan
from cqrs_lab.simulation.faults.projector_run import simulate_faults

Run = TypeVar("Run", bound=Outcome)


def every_crash(
    story: Any, worker: Any = None, simulate: Callable[..., Any] = simulate_faults, **options: Any
) -> Iterator[FaultPlan]:
    """Yield a plan for each moment at which the worker could die, one crash each."""
    undisturbed = simulate(story, (), *(() if worker is None else (worker,)), **options)
    for site, visits in undisturbed.visits.items():
        yield from (FaultPlan((Crash(site, visit),)) for visit in range(1, visits + 1))


def find_failure(
    story: Any,
    worker: Any = None,
    *,
    simulate: Callable[..., Any] = simulate_faults,
    seeds: Sequence[int] = range(100),
    count: int = 4,
    kinds: Sequence[type[Fault]] | None = None,
    **options: Any,
) -> Any:
    """Try random plans until one breaks a law, and shrink it.

    Parameters
    ----------
    story : Story, RebuildStory or ProcessStory
    worker : callable, optional
        What is put to the test: as for `simulate`.
    simulate : callable, optional
        What makes a run: `simulate_faults`, `simulate_rebuild` or `simulate_process`.
    seeds : sequence of int, optional
        One plan each.
    count : int, optional
        Faults in a plan, at most.
    kinds : sequence of types, optional
        Which kinds of faults may strike; by default all that the story allows.
    **options
        Other arguments of `simulate`.

    Returns
    -------
    FaultRun or ProcessRun, or None
        A run with the smallest plan that was found, or None if every law held every time.
    """

    def run_with(plan: FaultPlan) -> Outcome:
        run: Outcome = simulate(story, plan, *(() if worker is None else (worker,)), **options)
        return run

    undisturbed = run_with(FaultPlan())
    if not undisturbed.ok:
        return undisturbed
    sizes = {"events": undisturbed.head, "commands": len(story.commands), "seconds": story.longest_seconds}
    for seed in seeds:
        plan = draw_plan(seed, undisturbed.visits, count=count, kinds=kinds or story.kinds, **sizes)
        run = run_with(plan)
        if not run.ok:
            return shrink(run, run_with)
    return None


def shrink(run: Run, again: Callable[[FaultPlan], Run]) -> Run:
    """Remove faults and lower numbers as long as the run still breaks a law.

    Parameters
    ----------
    run : Outcome
        One that broke a law, such as a `FaultRun`.
    again : callable
        Runs another plan.

    Returns
    -------
    Outcome
        A run that still breaks the same law. If any fault of its plan were removed, or any number one lower, that law
        would hold.

    Raises
    ------
    InvalidArgument
        The run broke no law.
    """
    if run.ok:
        raise InvalidArgument("every law held in this run, so there is nothing to shrink; give a run that broke a law")
    law = run.broken[0].law
    smaller = True
    while smaller:
        smaller = False
        for plan in _smaller(run.plan):
            tried = again(plan)
            if law in laws_of(tried.broken):
                run, smaller = tried, True
                break
    return run


def _smaller(plan: FaultPlan) -> Iterator[FaultPlan]:
    """Yield the plans that are one step simpler, the simplest first."""
    yield from (plan.without(number) for number in range(len(plan)))
    for number, fault in enumerate(plan.faults):
        for field in fields(fault):
            value, least = getattr(fault, field.name), 0 if field.name == "later" else 1
            if field.name != "site":
                for lower in sorted({least, value // 2, value - 1}):
                    if least <= lower < value:
                        simpler = replace(fault, **{field.name: lower})
                        yield FaultPlan((*plan.faults[:number], simpler, *plan.faults[number + 1 :]))
