"""The smallest case of a run with faults, as a picture and in tables."""

from __future__ import annotations

from dataclasses import asdict
from html import escape

import pandas as pd

from cqrs_lab.own_report.claim import as_table, paragraph
from cqrs_lab.show.fault_lanes import HEIGHT, MORE_SECONDS, WIDTH, Label, Lanes
from cqrs_lab.show.picture import Picture, drawing, table
from cqrs_lab.show.view import Control, View
from cqrs_lab.simulation.faults import Crash, FaultRun
from cqrs_lab.simulation.faults.plan import Fault

MOST_COMMANDS, MOST_FAULTS = 12, 2


def step_by_step(run: FaultRun, commands: int) -> View | None:
    """Return a run step by step: the log, the deliveries, the fault, and whether the table agrees with the log.

    There is none if it has no room, or if a command led to more than one event, or to none.
    """
    recorded = run.steps.loc[run.steps["kind"] == "recorded", "last"]
    one_each = set(recorded) == set(range(1, commands + 1))
    in_time = run.steps["seconds"].max() <= commands + MORE_SECONDS
    if not (one_each and in_time) or commands > MOST_COMMANDS or len(run.plan) > MOST_FAULTS:
        return None
    labels = [*map(_label, run.plan), *[("nothing", 1, None)] * (MOST_FAULTS - len(run.plan))]
    last = len(run.steps)

    def draw(step: int) -> Picture:
        so_far = run.in_words().iloc[step - 1] if step else "before the first one, the log is empty"
        says = f"Step {step} of {last}: {so_far}."
        name = f"The log, the deliveries to the worker, and whether the table then matches the log. {says}"
        lanes = drawing(WIDTH, HEIGHT, name, Lanes(run, commands, step).parts(labels))
        return Picture(f'{lanes}<p class="says">{escape(says)}</p>', says, run.steps)

    return View(draw, [Control("step", "Step", 0, last, last, plays=True)])


def _label(fault: Fault) -> Label:
    """Return a fault in words, with the number that it strikes at; the lanes add which visit of a crash it was."""
    if isinstance(fault, Crash):
        return f"crash {fault.site}", fault.visit, fault
    return str(fault), next(iter(asdict(fault).values())), fault


def in_tables(run: FaultRun, undisturbed: FaultRun) -> str:
    """Return the laws that broke, the table in the end and without faults, and the steps."""
    own = paragraph(f"The first error of the worker's own: {run.first_error}.") if run.first_error else ""
    return own + as_table(run.broken, "What broke") + _tables(run, undisturbed)


def _tables(run: FaultRun, undisturbed: FaultRun) -> str:
    came, right = run.table.sort_index(), undisturbed.table.sort_index()
    same_shape = came.index.equals(right.index) and list(came.columns) == list(right.columns)
    changed = came != right if same_shape else came == came
    end = f"<div>{table(came, 'The table in the end', changed=changed)}{table(right, 'Without faults')}</div>"
    agrees = run.steps["agrees"].map({True: "✓ yes", False: "✗ no"})
    columns = {"what": run.in_words(), "checkpoint": run.steps["position"], "table = log?": agrees}
    steps = table(pd.DataFrame(columns).set_axis(run.steps["seconds"].rename("second")), "Step by step")
    return f'<div class="tables">{end}{steps}</div>'
