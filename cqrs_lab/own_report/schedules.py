"""The schedules that are tried: every moment of a crash that fits in, then plans drawn from the seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from cqrs_lab.simulation.faults import Crash, FaultPlan, draw_plan, shrink
from cqrs_lab.simulation.faults.broken_law import laws_of
from cqrs_lab.simulation.faults.outcome import Outcome
from cqrs_lab.words import count

RunOf = Callable[[Any, FaultPlan], Any]
"""Runs a plan of faults in a story."""
IN_WORDS = {
    "Crash": "crash",
    "Duplicate": "repeated delivery",
    "LostAcknowledgement": "lost acknowledgement",
    "Delay": "delay",
    "Reorder": "overtaking",
    "LostReceipt": "lost receipt",
    "Poison": "unreadable event",
    "SlowCommit": "slow commit",
}
PLURAL = {"crash": "crashes", "repeated delivery": "repeated deliveries", "overtaking": "overtakings"}


@dataclass
class Schedules:
    """What was tried of a story, and the first run that broke a law.

    Attributes
    ----------
    runs : int
    struck : Counter
        How many faults of each kind struck.
    failed : Outcome or None
    """

    runs: int
    struck: Counter[str]
    failed: Any = None

    def in_words(self) -> str:
        """Return what was tried, as a sentence."""
        kinds = ", ".join(_several(number, IN_WORDS[kind]) for kind, number in self.struck.most_common())
        return f"{count(self.runs, 'schedule')}, in which these faults struck: {kinds or 'none'}."


def _several(number: int, what: str) -> str:
    return f"{number} {PLURAL.get(what, what + 's') if number != 1 else what}"


def tried(story: Any, run_of: RunOf, seed: int, runs: int, tick: Callable[[], object]) -> Schedules:
    """Run a story without faults, then with one schedule after another, until a law breaks."""
    undisturbed = run_of(story, FaultPlan())
    found = Schedules(1, Counter())
    if not undisturbed.ok:
        found.failed = undisturbed
        return found
    for plan in _plans(story, undisturbed, seed, runs):
        run = run_of(story, plan)
        found.runs += 1
        found.struck.update(type(fault).__name__ for fault in plan if fault not in tuple(run.idle))
        tick()
        if not run.ok:
            found.failed = shrink(run, lambda smaller: run_of(story, smaller))
            break
    return found


def _plans(story: Any, undisturbed: Outcome, seed: int, runs: int) -> Iterator[FaultPlan]:
    """Yield as many plans: up to half of them are one crash each, spread over the run."""
    moments = [Crash(site, visit) for site, most in undisturbed.visits.items() for visit in range(1, most + 1)]
    crashes = min(len(moments), (runs + 1) // 2)
    yield from (FaultPlan((moments[at * len(moments) // crashes],)) for at in range(crashes))
    sizes = {"events": undisturbed.head, "commands": len(story.commands), "seconds": story.longest_seconds}
    for number in range(runs - crashes):
        yield draw_plan(seed * 10_000 + number, undisturbed.visits, kinds=story.kinds, **sizes)


def shortest(run: Any, story_of: Callable[[int], Any], most: int, run_of: RunOf) -> tuple[int, Any]:
    """Return the fewest of the first commands with which the same law breaks, and that run, made smaller again."""
    law = run.broken[0].law
    for commands in range(1, most):
        story = story_of(commands)
        shorter = run_of(story, run.plan)
        if law in laws_of(shorter.broken) and not len(shorter.idle):
            if shorter.broken[0].law != law:  # another law broke first: it would be shrunk to that one
                return commands, shorter
            return commands, shrink(shorter, partial(run_of, story))
    return most, run
