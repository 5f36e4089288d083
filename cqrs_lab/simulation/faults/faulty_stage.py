"""The stage of a run with faults: where they strike, and what a worker did until it was done, died or stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simpy.events import ProcessGenerator

from cqrs_lab.errors import ProjectionFailed
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.read.projection import Projection
from cqrs_lab.simulation.faults.plan import Crash, FaultPlan, Poison
from cqrs_lab.simulation.faults.sites import Crashed, Sites, Unreadable, Watched
from cqrs_lab.simulation.faults.steps import Step, StepTaken
from cqrs_lab.simulation.stage import Stage
from cqrs_lab.write.command_bus import CommandBus


class FaultyStage(Stage):
    """A stage on which the faults of a plan strike.

    Attributes
    ----------
    unreadable : set of int
        The positions that a watched projection cannot read, until they are fixed.
    left : list of faults
        Those that have not struck yet, without crashes and poison: each strikes once.
    raised : list of Step
        The steps at which a worker raised an error of its own, and not one that a fault made it raise.
    held_up : list of (fault, second, second)
        From when to when a delay or a slow commit held something up.
    """

    def __init__(
        self, register: Callable[[CommandBus], None], plan: FaultPlan, store: Callable[..., Any] = MemoryEventStore
    ) -> None:
        super().__init__(register, store)
        self.plan, self.sites = plan, Sites(fault for fault in plan if isinstance(fault, Crash))
        self.unreadable = {fault.position for fault in plan if isinstance(fault, Poison)}
        self.left: list[Any] = [fault for fault in plan if not isinstance(fault, Crash | Poison)]
        self.steps, self.raised = list[StepTaken](), list[Step]()
        self.held_up = list[tuple[Any, float, float]]()

    @property
    def first_error(self) -> str:
        """What a worker itself raised first, and at which step."""
        return next((f"{step._replace(error='').in_words()}: {step.error}" for step in self.raised), "")

    def watched(self, projection: Projection) -> Watched:
        """Return a projection that can die, and that cannot read everything."""
        return Watched(projection, self.sites, self.unreadable)

    def taken(self, kind: type, number: int | range) -> list[Any]:
        """Return the faults of a kind that are due at a position, a command or a step, and remove them."""
        numbers = number if isinstance(number, range) else range(number, number + 1)
        hit = [one for one in self.left if isinstance(one, kind) and _due_at(one) in numbers]
        self.left = [one for one in self.left if all(one is not other for other in hit)]
        return hit

    def strikes(self, kind: type, number: int | range) -> list[Any]:
        """Return the faults of a kind that strike now, and remove them."""
        hit = self.taken(kind, number)
        self.sites.struck.update(hit)
        return hit

    def held(self, kind: type, number: int | range) -> ProcessGenerator:
        """Let the faults of a kind that strike now hold things up, one after the other."""
        faults, start = self.strikes(kind, number), self.now
        yield self.timeout(sum(fault.seconds for fault in faults))
        for fault in faults:
            self.held_up.append((fault, start, start + fault.seconds))
            start += fault.seconds

    def lived(self, work: Callable[[], object], restart: Callable[[], None]) -> str:
        """Let a worker work; one that dies is restarted. Return the site at which it died, "" if it did not."""
        try:
            work()
        except Crashed as crash:
            restart()
            return crash.site
        return ""

    def tried(self, step: Step, work: Callable[[], object], restart: Callable[[], None]) -> Step:
        """Let a worker work, and return the step with what stopped it."""
        try:
            return step._replace(site=self.lived(work, restart))
        except ProjectionFailed as failed:
            step = step._replace(error=failed.why)
            if not isinstance(failed.__cause__, Unreadable):
                self.raised.append(step)
            return step

    def note(self, step: Step, position: int, agrees: bool) -> None:
        """Record a step, with the worker's position and whether its table agreed with the log."""
        self.steps.append((self.now, step, position, self.store.head(), agrees))


def _due_at(fault: object) -> int:
    return next(int(getattr(fault, name)) for name in ("position", "command", "step") if hasattr(fault, name))
