"""The fault plan: put faults into a run, take them out, and see step by step if the table still agrees with the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from html import escape
from typing import Any

import pandas as pd

from cqrs_lab.arguments import function, refuse, whole_number
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.doors import by_name, instance, listed
from cqrs_lab.show.fault_kinds import CRASHES, KINDS, Sites, fault_of, sites_of
from cqrs_lab.show.fault_lanes import HEIGHT, WIDTH, Label, Lanes
from cqrs_lab.show.picture import Picture, drawing, table
from cqrs_lab.show.survival import Survival, survival
from cqrs_lab.show.view import Control, View
from cqrs_lab.simulation.faults import FaultPlan, FaultRun, Story, shrink, simulate_faults
from cqrs_lab.simulation.faults.laws import CONVERGED, FROM_COMMANDS, REPORTED, TABLE_AND_CHECKPOINT
from cqrs_lab.simulation.faults.readers import PROMISES
from cqrs_lab.simulation.faults.ways import WORKERS
from cqrs_lab.simulation.faults.workers import MakeWorker
from cqrs_lab.words import count

NO_SITE = {True: "it has one write: nothing lies between two", False: "it writes nothing"}
IN_WORDS: Mapping[str, str] = {
    TABLE_AND_CHECKPOINT: "the table does not match the log up to its checkpoint",
    REPORTED: "an event that cannot be read was passed, and nobody was told",
    CONVERGED: "in the end the table does not match the whole log",
    FROM_COMMANDS: "in the end the table is not what the commands ask for",
    PROMISES["read_your_writes"]: "somebody asked with a receipt and did not see the order (read your writes)",
    PROMISES["monotonic_reads"]: "what a reader had seen disappeared again (monotonic reads)",
    PROMISES["consistent_prefix"]: "an event was shown without an earlier one (consistent prefix)",
}
"""What has happened if a law did not hold, to somebody who does not know the laws."""
TICKET = "With this line, the replay ticket, anybody can repeat the very same run:"
TWO_FAULTS = f"two faults, each one of {', '.join(map(repr, KINDS))}; give each with an event: ('delivered twice', 2)"
NO_FAULTS = (("nothing", 2), ("nothing", 4))


def fault_plan(
    story: Story,
    workers: Mapping[str, MakeWorker] = WORKERS,
    *,
    plan: Sequence[tuple[str, int]] = NO_FAULTS,
    score: bool = False,
) -> View:
    """Let up to two faults strike a run of the real bus, store and worker, by hand.

    Parameters
    ----------
    story : Story
        Short: each move is a run. Its commands record one event each.
    workers : mapping of str to worker, optional
        The workers that apply the batches, by the words to pick them by: the kit's projector, or ``on_disk(take_in)``.
        Put yours beside the kit's with ``{"mine": on_disk(take_in), **WORKERS}``.
    plan : sequence of (str, int), optional
        Where it begins: two faults, each by its kind, one of `KINDS`, and the event that it strikes.
    score : bool, optional
        Also try each fault by itself, and say how many of them the worker survives: some fifty runs for each worker
        that is picked.

    Returns
    -------
    View
        `frame()`: the steps of the run, as `FaultRun.steps`.

    Examples
    --------
    >>> from cqrs_lab.shop import visits, write
    >>> from cqrs_lab.show import fault_plan
    >>> from cqrs_lab.simulation.faults import Story
    >>> orders = tuple(visits.order_one(number, "ada", "cup") for number in (1, 2, 3))
    >>> view = fault_plan(Story(write.register, orders, visits.UnitsOrdered))
    >>> view.move(kind_1=2)
    >>> print(view.picture.says.partition(" Broken")[0])
    Table first, then checkpoint: a crash before the checkpoint is written (visit 2).
    """
    workers, plan = _checked(story, workers, plan)
    names, events = list(workers), len(story.commands)

    @cache
    def run(worker: str, plan: FaultPlan) -> FaultRun:
        return simulate_faults(story, plan, workers[worker], batch=1)

    @cache
    def scored(worker: str) -> Survival:
        return survival(partial(run, worker), sites_of(run(worker, FaultPlan())), events)

    def played(set_to: Mapping[str, int]) -> tuple[list[Label], FaultRun]:
        name = names[set_to["worker"]]
        given = [(KINDS[set_to[f"kind_{at}"]], set_to[f"event_{at}"]) for at in (1, 2)]
        labels = [(*one, fault_of(*one, sites_of(run(name, FaultPlan())))) for one in given]
        return labels, run(name, FaultPlan(tuple(fault for *_, fault in labels if fault is not None)))

    def draw(**set_to: int) -> Picture:
        name, step, (labels, shown) = names[set_to["worker"]], set_to["step"], played(set_to)
        board = scored(name) if score else None
        marks = board.table(*labels[0][:2]) if board else ""
        ends = step == len(shown.steps)
        says = _in_all(name, shown, labels, partial(run, name), board) if ends else _so_far(shown, step)
        lanes = Lanes(shown, events, step).parts(labels)
        return _picture(says, shown, lanes, run(name, FaultPlan()).table, marks)

    return View(draw, _controls(names, plan, events, lambda set_to: len(played(set_to)[1].steps)))


def _controls(
    names: Sequence[str], plan: Sequence[tuple[str, int]], events: int, last: Callable[[Mapping[str, int]], int]
) -> list[Control]:
    controls = [Control.among("worker", "Worker", names)]
    for number, (kind, at) in enumerate(plan, 1):
        controls.append(Control.among(f"kind_{number}", f"Fault {number}", KINDS)._replace(value=KINDS.index(kind)))
        controls.append(Control(f"event_{number}", f"Fault {number}: event (of a crash: visit)", 1, events, at))
    # It begins at the end, and stays there while faults are chosen; played, it goes step by step.
    end = last({one.name: one.value for one in controls})
    return [*controls, Control("step", "Step", 0, last, end, plays=True)]


def _in_all(
    name: str, shown: FaultRun, labels: Sequence[Label], run: Callable[[FaultPlan], FaultRun], board: Survival | None
) -> str:
    """Say what the whole run came to."""
    smallest = shown if shown.ok else shrink(shown, run)
    never = _why_never(labels, sites_of(run(FaultPlan())))
    says = [f"{name[0].upper()}{name[1:]}: {shown.plan}.", _verdict(shown, smallest.plan), never]
    return " ".join(filter(None, [*says, board.says if board else ""]))


def _checked(story: Any, workers: Any, plan: Any) -> tuple[Mapping[str, MakeWorker], Sequence[tuple[str, int]]]:
    """Return the workers and the faults that a view begins with."""
    instance("story", story, Story, "a story; give Story(register, commands, projection)")
    workers = by_name("workers", workers, "workers by name; give {'mine': on_disk(take_in)}")
    for name, worker in workers.items():
        function(f"workers[{name!r}]", worker, "a function that makes a worker; give on_disk(take_in)")
    if not story.commands:
        raise InvalidArgument("the story has no commands, so nothing can happen in it; give at least one")
    plan = [_struck(one, len(story.commands)) for one in listed("plan", plan, TWO_FAULTS)]
    if len(plan) != 2:
        raise refuse("plan", plan, TWO_FAULTS)
    return workers, plan


def _struck(fault: Any, events: int) -> tuple[str, int]:
    """Return a fault's kind and the event that it strikes."""
    if not isinstance(fault, Sequence) or len(fault) != 2 or fault[0] not in KINDS:
        raise refuse("plan, a fault", fault, TWO_FAULTS)
    wanted = f"an event of the story; give a whole number from 1 to {events}"
    at = whole_number("plan, an event", fault[1], wanted, least=1)
    # What strikes nothing may stand anywhere.
    if at > events and fault[0] != "nothing":
        raise refuse("plan, an event", at, wanted)
    return fault[0], min(at, events)


def _picture(says: str, run: FaultRun, lanes: Iterable[str], undisturbed: pd.DataFrame, marks: str) -> Picture:
    name = f"The log, the deliveries to the worker, and after each of them whether the table matches the log. {says}"
    lane = drawing(WIDTH, HEIGHT, name, lanes)
    tables = f'<div class="tables">{_in_the_end(run.table, undisturbed)}{_steps(run)}</div>'
    # The lane comes first, below the controls: whatever is said below it, it stays where it is.
    below = f"{marks}{_broken(run) if run.broken else ''}{tables}"
    return Picture(f'{lane}<p class="says">{escape(says)}</p>{below}', says, run.steps)


def _so_far(run: FaultRun, step: int) -> str:
    """Say what the last step was, and where it leaves the worker."""
    if step == 0:
        return f"Before the first of {count(len(run.steps), 'step')}: the log is empty."
    now = run.steps.iloc[step - 1]
    matches = "matches" if now["agrees"] else "does not match"
    stands = f"The checkpoint is {now['position']}, and the table {matches} the log up to there."
    return f"Step {step} of {len(run.steps)}: {run.in_words().iloc[step - 1]}. {stands}"


def _verdict(run: FaultRun, smallest: FaultPlan) -> str:
    if run.broken:
        laws = "; ".join(IN_WORDS[broken.law] for broken in run.broken)
        found = "No smaller plan does it." if smallest == run.plan else f"The smallest plan that does it: {smallest}."
        own = f" The first error of the worker's own: {run.first_error}." if run.first_error else ""
        return f"Broken: {laws}. {found}{own}"
    apart = int((~run.steps["agrees"]).sum())
    ahead = f"; at {count(apart, 'step')} the table was ahead of its checkpoint" if apart else ""
    return f"Every law held{ahead}."


def _why_never(labels: Sequence[Label], sites: Sites) -> str:
    """Say why a crash that was set has no place in this worker; "" if each has one."""
    if not any(kind in CRASHES and fault is None for kind, _, fault in labels):
        return ""
    why = NO_SITE[any(sites.values())]
    return f"{why[0].upper()}{why[1:]}."


def _broken(run: FaultRun) -> str:
    """Return the first case in full, and the ticket, with what it is for."""
    words = IN_WORDS[run.broken[0].law]
    case = f"{words[0].upper()}{words[1:]}. {run.broken[0].detail}"
    return f'<p>{escape(case)}</p><p>{TICKET}</p><pre class="ticket" tabindex="0">{escape(run.ticket)}</pre>'


def _in_the_end(came: pd.DataFrame, undisturbed: pd.DataFrame) -> str:
    came, right = came.sort_index(), undisturbed.sort_index()
    changed = came != right if came.index.equals(right.index) else came == came
    return f"<div>{table(came, 'The table in the end', changed=changed)}{table(right, 'Without faults')}</div>"


def _steps(run: FaultRun) -> str:
    agrees = run.steps["agrees"].map({True: "✓ yes", False: "✗ no"})
    columns = {"what": run.in_words(), "checkpoint": run.steps["position"], "table = log?": agrees}
    return table(pd.DataFrame(columns).set_axis(run.steps["seconds"].rename("second")), "Step by step")
