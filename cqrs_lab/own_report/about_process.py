"""A process: it brings everything to an end, whatever strikes its manager."""

from __future__ import annotations

from collections.abc import Callable

from cqrs_lab.own_report.claim import FALSE, TRUE, Claim, as_table, not_tried
from cqrs_lab.own_report.given import GivenParts
from cqrs_lab.own_report.schedules import tried
from cqrs_lab.show.picture import table
from cqrs_lab.simulation.faults import FaultPlan, ProcessRun, ProcessStory, simulate_process
from cqrs_lab.words import count

PART, SAYS = "process", "The process brings everything to an end once, and the books balance."
REPLAY = """from cqrs_lab.simulation.faults import replay, simulate_process
replay({ticket!r}, process, simulate=simulate_process)"""
LAST_EVENTS = 30


def about_the_process(given: GivenParts, tick: Callable[[], object]) -> Claim:
    """Let faults strike the manager of a process."""
    if given.process is None:
        return not_tried(PART, SAYS, "process=ProcessStory(register, process, parties)")

    def run_of(story: ProcessStory, plan: FaultPlan) -> ProcessRun:
        return simulate_process(story, plan)

    found = tried(given.process, run_of, given.seed, given.runs, tick)
    if found.failed is None:
        return Claim(PART, SAYS, TRUE, found.in_words(), "Every law held.")
    run: ProcessRun = found.failed
    came = f"Broken: {'; '.join(one.law for one in run.broken)}. The smallest case: {run.plan}."
    log = run.log[["at", "stream", "event"]].tail(LAST_EVENTS)
    witness = as_table(run.broken, "What broke") + table(
        log, f"The end of the log, {len(log)} of {count(len(run.log), 'event')}"
    )
    return Claim(PART, SAYS, FALSE, found.in_words(), came, witness=witness, again=REPLAY.format(ticket=run.ticket))
