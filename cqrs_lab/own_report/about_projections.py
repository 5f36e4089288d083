"""Projections: law 5, and whether the table survives faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cqrs_lab.own_report.about_numbers import SAYS as MEANT
from cqrs_lab.own_report.about_numbers import about_the_numbers
from cqrs_lab.own_report.about_rules import Decisions
from cqrs_lab.own_report.claim import FALSE, NOT_TRIED, TRUE, UNKNOWN, Claim, as_table, not_tried, paragraph
from cqrs_lab.own_report.given import GivenParts
from cqrs_lab.own_report.schedules import Schedules, shortest, tried
from cqrs_lab.own_report.witness import in_tables, step_by_step
from cqrs_lab.read.contract import SAYS_SOMETHING, check_projection
from cqrs_lab.simulation.faults import FaultPlan, FaultRun, Story, simulate_faults
from cqrs_lab.words import count

ANY = "projections"
SUMMARISES = "However the log is cut, the merged summaries are the summary of the whole (law 5)."
SURVIVES = "After every fault the table is the fold of the log, and readers see nothing that they must not."
UNDISTURBED = (
    "Without any fault the run breaks a law already, so what faults do cannot be told. First repair what is false."
)
REPLAY = """from cqrs_lab.simulation.faults import Story, replay
replay({ticket!r}, Story(register, {commands}, {made}){worker})"""
CHECK = """from contextlib import suppress
log = lab.MemoryEventStore()
bus = lab.CommandBus(log)
register(bus)
for command in commands:
    with suppress(lab.CommandRejected):
        bus.send(command)
lab.check_projection({made}(), log)"""
MOST_CUTS = 24


def about_projections(given: GivenParts, decided: Decisions, tick: Callable[[], object]) -> Iterator[Claim]:
    """Try each projection on the log that the commands lead to, and then on the same commands with faults."""
    if not given.projections:
        yield not_tried(ANY, SUMMARISES, "register=, commands= and projections=")
        yield not_tried(ANY, SURVIVES, "register=, commands= and projections=")
        yield not_tried(ANY, MEANT, "register=, commands=, projections= and expected=")
    for number, make in enumerate(given.projections):
        name = str(make().name)
        made = make.__name__ if isinstance(make, type) else f"projections[{number}]"
        first = _law_5(given, decided, name, make, made)
        tick()
        yield first
        yield _faults(given, name, make, made, first, tick)
        yield about_the_numbers(given, decided.log, name, make)


def _law_5(given: GivenParts, decided: Decisions, name: str, make: Callable[[], Any], made: str) -> Claim:
    report = check_projection(make(), decided.log, cuts=min(MOST_CUTS, given.runs))
    on = f"{count(report.checks, 'check')} on a log of {count(len(decided.log), 'event')}"
    tried = f"{on}: cut, merged in any order, summed up again."
    notes = "".join(paragraph(f"Note: {one}.") for one in report.notes)
    if report.ok:
        return Claim(name, SUMMARISES, TRUE, tried, "No law broke.", witness=notes)
    if [fault.law for fault in report.faults] == [SAYS_SOMETHING]:
        wanted = f"The log holds none of its events. Give commands that lead to {report.faults[0].expected}."
        return Claim(name, SUMMARISES, UNKNOWN, NOT_TRIED, wanted)
    laws = "; ".join(fault.law for fault in report.faults)
    witness = as_table(report.faults, "The smallest case of each law that broke") + notes
    return Claim(name, SUMMARISES, FALSE, tried, f"Broken: {laws}.", witness=witness, again=CHECK.format(made=made))


def _faults(
    given: GivenParts, name: str, make: Callable[[], Any], made: str, law_5: Claim, tick: Callable[[], object]
) -> Claim:
    if law_5.verdict == UNKNOWN:
        return Claim(name, SURVIVES, UNKNOWN, NOT_TRIED, law_5.came)

    def story_of(commands: int) -> Story:
        assert given.register is not None
        return Story(given.register, given.commands[:commands], make)

    def run_of(story: Story, plan: FaultPlan) -> FaultRun:
        return simulate_faults(story, plan, *(() if given.worker is None else (given.worker,)))

    every = len(given.commands)
    found = tried(story_of(every), run_of, given.seed, given.runs, tick)
    if found.failed is None:
        return Claim(name, SURVIVES, TRUE, found.in_words(), "Every law held.")
    commands, run = shortest(found.failed, story_of, every, run_of)
    code = REPLAY.format(
        ticket=run.ticket,
        commands="commands" if commands == every else f"commands[:{commands}]",
        made=made,
        worker="" if given.worker is None else ", worker",
    )
    if not len(run.plan) and law_5.verdict == FALSE:
        return Claim(name, SURVIVES, UNKNOWN, found.in_words(), UNDISTURBED, again=code)
    return _broken(name, found, run, commands, run_of(story_of(commands), FaultPlan()), code)


def _broken(name: str, found: Schedules, run: FaultRun, commands: int, undisturbed: FaultRun, code: str) -> Claim:
    laws = "; ".join(one.law for one in run.broken)
    sending = "the first command" if commands == 1 else f"the first {commands} commands"
    came = f"Broken: {laws}. The smallest case: {sending}, and {run.plan}."
    return Claim(
        name, SURVIVES, FALSE, found.in_words(), came, step_by_step(run, commands), in_tables(run, undisturbed), code
    )
