"""The fault plan: put faults into a run, take them out, and see step by step if the table still agrees with the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from html import escape
from typing import Any

import pandas as pd

from cqrs_lab.arguments import function, refuse, whole_number
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.doors import by_name, instance, listed
from cqrs_lab.show.fault_kinds import CRASHES, KINDS, Sites, fault_of, sites_of
from cqrs_lab.show.picture import Picture, drawing, table
from cqrs_lab.show.shapes import label
from cqrs_lab.show.style import LOG, READ
from cqrs_lab.show.survival import Survival, survival
from cqrs_lab.show.view import Control, View
from cqrs_lab.simulation.faults import Crash, FaultPlan, FaultRun, Story, shrink, simulate_faults
from cqrs_lab.simulation.faults.laws import CONVERGED, FROM_COMMANDS, REPORTED, TABLE_AND_CHECKPOINT
from cqrs_lab.simulation.faults.plan import Fault
from cqrs_lab.simulation.faults.readers import PROMISES
from cqrs_lab.simulation.faults.ways import WORKERS
from cqrs_lab.simulation.faults.workers import MakeWorker

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
Label = tuple[str, int, Fault | None]
"""A fault as it was set: its kind, its number, and what it makes of a run; None if nothing."""
NO_FAULTS = (("nothing", 2), ("nothing", 4))
FAULTS_Y, LOG_Y, WORKER_Y, AGREES_Y, HEIGHT = (22, 50), 112, 190, 250, 318
LEFT, WIDTH, BESIDE_SECONDS = 120, 900, 0.36
MORE_SECONDS = 6
"""What is shown after the last command: any two faults fit in."""


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

    def draw(worker: int, **set_to: int) -> Picture:
        name = names[worker]
        given = [(KINDS[set_to[f"kind_{at}"]], set_to[f"event_{at}"]) for at in (1, 2)]
        sites = sites_of(run(name, FaultPlan()))
        faults = [fault_of(kind, event, sites) for kind, event in given]
        shown = run(name, FaultPlan(tuple(one for one in faults if one is not None)))
        smallest = shown if shown.ok else shrink(shown, lambda smaller: run(name, smaller))
        labels = [(*one, fault) for one, fault in zip(given, faults, strict=True)]
        board = scored(name) if score else None
        says = [f"{name[0].upper()}{name[1:]}: {shown.plan}.", _verdict(shown, smallest.plan)]
        says += [_why_never(labels, sites), board.says if board else ""]
        marks = board.table(*given[0]) if board else ""
        return _picture(" ".join(filter(None, says)), shown, labels, run(name, FaultPlan()).table, events, marks)

    return View(draw, list(_controls(names, plan, events)))


def _controls(names: Sequence[str], plan: Sequence[tuple[str, int]], events: int) -> Iterator[Control]:
    yield Control.among("worker", "Worker", names)
    for number, (kind, at) in enumerate(plan, 1):
        yield Control.among(f"kind_{number}", f"Fault {number}", KINDS)._replace(value=KINDS.index(kind))
        yield Control(f"event_{number}", f"Fault {number}: event (of a crash: visit)", 1, events, at)


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


def _picture(
    says: str, run: FaultRun, labels: Sequence[Label], undisturbed: pd.DataFrame, events: int, marks: str
) -> Picture:
    name = f"The log, the deliveries to the worker, and after each of them whether the table matches the log. {says}"
    lane = drawing(WIDTH, HEIGHT, name, _Lanes(run, events).parts(labels))
    tables = f'<div class="tables">{_in_the_end(run.table, undisturbed)}{_steps(run)}</div>'
    # The lane comes first, below the controls: whatever is said below it, it stays where it is.
    below = f"{marks}{_broken(run) if run.broken else ''}{tables}"
    return Picture(f'{lane}<p class="says">{escape(says)}</p>{below}', says, run.steps)


def _verdict(run: FaultRun, smallest: FaultPlan) -> str:
    if run.broken:
        laws = "; ".join(IN_WORDS[broken.law] for broken in run.broken)
        found = "No smaller plan does it." if smallest == run.plan else f"The smallest plan that does it: {smallest}."
        own = f" The first error of the worker's own: {run.first_error}." if run.first_error else ""
        return f"Broken: {laws}. {found}{own}"
    apart = int((~run.steps["agrees"]).sum())
    return f"Every law held{f'; at {apart} steps the table was ahead of its checkpoint' if apart else ''}."


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


def _crashed_at(run: FaultRun) -> dict[Fault, int]:
    """Find the step at which each crash struck: those at one site strike in the order of their visits."""
    crashes = sorted({one for one in run.plan if isinstance(one, Crash)}, key=lambda one: one.visit)
    steps: dict[Fault, int] = {}
    for site in {one.site for one in crashes}:
        deaths = run.steps.index[run.steps["site"] == site]
        steps |= zip([one for one in crashes if one.site == site], deaths, strict=False)
    return steps


def _in_the_end(came: pd.DataFrame, undisturbed: pd.DataFrame) -> str:
    came, right = came.sort_index(), undisturbed.sort_index()
    changed = came != right if came.index.equals(right.index) else came == came
    return f"<div>{table(came, 'The table in the end', changed=changed)}{table(right, 'Without faults')}</div>"


def _steps(run: FaultRun) -> str:
    agrees = run.steps["agrees"].map({True: "✓ yes", False: "✗ no"})
    columns = {"what": run.in_words(), "checkpoint": run.steps["position"], "table = log?": agrees}
    return table(pd.DataFrame(columns).set_axis(run.steps["seconds"].rename("second")), "Step by step")


class _Lanes:
    """Draws the steps of a run from left to right."""

    def __init__(self, run: FaultRun, events: int) -> None:
        steps, self.crashed_at, self.visits = run.steps, _crashed_at(run), run.visits
        self.last = events + MORE_SECONDS
        # What happens at one moment is drawn side by side.
        place = steps["seconds"] + BESIDE_SECONDS * steps.groupby("seconds").cumcount()
        self.steps: Any = steps.assign(x=[self.x(at) for at in place])
        self.last_word = "fixed" if (steps["kind"] == "fixed").any() else "faults stop"
        commands = self.steps[steps["kind"] == "recorded"][::-1]
        self.recorded = dict(zip(commands["last"], commands["x"], strict=True))
        self.delivered = set[int]()

    def x(self, second: float) -> float:
        return round(LEFT + (WIDTH - LEFT - 20) * second / self.last, 1)

    def parts(self, labels: Sequence[Label]) -> Iterator[str]:
        names = {"fault 1": FAULTS_Y[0], "fault 2": FAULTS_Y[1], "log": LOG_Y, "worker": WORKER_Y}
        for text, y in {**names, "table = log?": AGREES_Y, "checkpoint": AGREES_Y + 22, "second": HEIGHT - 12}.items():
            yield f'<text x="4" y="{y + 5}" class="small strong">{text}</text>'
        for y in (LOG_Y, WORKER_Y):
            yield f'<path class="way" d="M {LEFT} {y} H {WIDTH - 16}" style="stroke:var(--rule)"/>'
        for second in range(self.last + 1):
            yield label(self.x(second), HEIGHT - 7, str(second), "small faint")
        for y, fault in zip(FAULTS_Y, labels, strict=True):
            yield from self._fault(y, *fault)
        for step in self.steps.itertuples():
            if step.kind == "recorded":
                yield from self._command(step)
            elif step.kind != "rejected":
                yield from self._worker(step)

    def _fault(self, y: float, kind: str, number: int, fault: Fault | None) -> Iterator[str]:
        """Draw a fault where it struck: a crash at the step in which the worker died, the others at their event."""
        x, text, down_to = self.x(number), f"▼ {number}: {kind}", LOG_Y - 30
        if kind == "nothing":
            text, down_to = "no fault", 0
        elif kind in CRASHES and fault not in self.crashed_at:
            # It never struck: no line leads anywhere.
            x = down_to = 0
            text = f"visit {number}: {kind}{self._why_never(fault)}"
        elif fault in self.crashed_at:
            step = self.steps.iloc[self.crashed_at[fault]]
            x, down_to = step["x"], WORKER_Y - 12
            text = f"▼ {step['first'] or self.last_word}: {kind} (visit {number})"
        elif hasattr(fault, "position"):
            x = self.recorded.get(number, x)
        if down_to:
            yield f'<path class="way" d="M {x} {y} V {down_to}" stroke-dasharray="2 3" style="stroke:var(--faint)"/>'
        left = x < WIDTH / 2
        place = f'x="{max(x, LEFT) + 8}"' if left else f'x="{x - 8}" text-anchor="end"'
        yield f'<text {place} y="{y + 5}" class="small label">{escape(text)}</text>'

    def _why_never(self, fault: Any) -> str:
        if fault is None:
            return ": this worker has no such place"
        return f", never strikes: the worker gets there {self.visits.get(fault.site, 0)} times"

    def _command(self, step: Any) -> Iterator[str]:
        fill = LOG.paint if step.x == self.recorded[step.last] else "var(--ground)"
        yield f'<circle cx="{step.x}" cy="{LOG_Y}" r="7" style="fill:{fill};stroke:{LOG.paint};stroke-width:2"/>'
        yield label(step.x, LOG_Y - 14, str(step.last), "strong")

    def _worker(self, step: Any) -> Iterator[str]:
        delivered, died, stopped = step.kind == "delivered", step.site, step.error
        within = range(step.first, step.last + 1) if delivered else range(0)
        again = delivered and self.delivered.issuperset(within)
        for position in within:
            way = f"M {self.recorded[position]} {LOG_Y + 8} L {step.x} {WORKER_Y - 9}"
            dashes = f' stroke-dasharray="{READ.dashes}"' if again else ""
            yield f'<path class="way" d="{way}"{dashes} style="stroke:{READ.paint}"/>'
        mark = "✖" if died else "■" if stopped else READ.marker
        colour = "" if died or stopped else f"fill:{READ.paint}"
        yield label(step.x, WORKER_Y + 6, mark, "label strong", style=colour)
        word = "crash" if died else "stop" if stopped else "again" if again else "" if delivered else self.last_word
        yield label(step.x, WORKER_Y + (24 if delivered else 38), word, "small")
        yield label(step.x, AGREES_Y + 6, "✓" if step.agrees else "✗", "strong")
        yield label(step.x, AGREES_Y + 27, str(step.position), "small")
        if not stopped:
            self.delivered.update(within)
