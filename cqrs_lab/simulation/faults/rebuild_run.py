"""Runs a rebuild under traffic and faults: queries after each step, and the laws for their answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simpy.events import ProcessGenerator

from cqrs_lab.errors import CommandRejected, InvalidArgument
from cqrs_lab.read.projection import Projection
from cqrs_lab.simulation.faults.broken_law import BrokenLaws
from cqrs_lab.simulation.faults.faulty_stage import FaultyStage
from cqrs_lab.simulation.faults.given import built_by, check_story, sizes_of
from cqrs_lab.simulation.faults.laws import Fold
from cqrs_lab.simulation.faults.outcome import FaultRun
from cqrs_lab.simulation.faults.plan import Abort, Crash, Fault, FaultPlan, Poison
from cqrs_lab.simulation.faults.rebuilders import KitRebuilder, MakeRebuilder, Rebuilder
from cqrs_lab.simulation.faults.steps import Step
from cqrs_lab.simulation.faults.story import Story
from cqrs_lab.words import count

WHOLE = "rebuild: every answer is what the old or the new version makes of the log, up to the position it claims"
NOT_BACK = "rebuild: the position of the answers does not go back"
TAKEN_OVER = "rebuild: in the end the new version serves, with the table of a rebuild at rest"
GIVEN_UP = "rebuild: after an abort the old version serves, up to date"
ONCE = "rebuild: each mail is sent once"
TO_ITS_END = "rebuild: after the swap it comes to its end without an error"
WHO_SERVES = "looked who serves"
REBUILDER = ("table", "position", "mailed", "swapped", "finished", "follow", "step", "restart", "abort", "mails_sent")


@dataclass(frozen=True)
class RebuildStory(Story):
    """A story in which the read model is rebuilt while commands keep coming.

    Attributes
    ----------
    to : callable, optional
        Makes the new version; by default the serving one again.
    before : int, optional
        How many commands come before the rebuild begins; by default two thirds of them.
    """

    kinds = (Crash, Abort, Poison)

    to: Callable[[], Projection] | None = None
    before: int | None = None

    def __post_init__(self) -> None:
        most = len(self.commands)
        if self.before is not None and (type(self.before) is not int or not 0 <= self.before <= most):
            commands = count(most, "command")
            raise InvalidArgument(f"before={self.before!r}: the story has {commands}; give a number from 0 to that")

    @cached_property
    def new_fold(self) -> Fold:
        """Computes the table of a log by the new version."""
        return Fold((self.to or self.projection)())

    @property
    def begins_after(self) -> int:
        """How many commands come before the rebuild begins."""
        return 2 * len(self.commands) // 3 if self.before is None else self.before


def simulate_rebuild(
    story: RebuildStory,
    plan: FaultPlan | Fault | Iterable[Any] = (),
    rebuilder: MakeRebuilder = KitRebuilder,
    *,
    batch: int | Sequence[int] = 2,
) -> FaultRun:
    """Rebuild a read model while commands keep coming and faults strike, and ask after each step.

    Each second one command comes, the serving version follows the log, a mail is sent for each new event, and the
    rebuild takes a step. After the last command only a crash can still strike, and the rebuild runs to its end, even
    beyond its swap.

    Parameters
    ----------
    story : RebuildStory
    plan : FaultPlan, fault or faults, optional
        `Crash`, `Abort`, and `Poison`: an event that the new version cannot read until it is fixed.
    rebuilder : callable, optional
        The kit's own rebuild, or ``by_function(rebuild)`` for a generator of yours.
    batch : int, optional
        Events in a step of the kit's rebuild.

    Returns
    -------
    FaultRun
        `steps` hold the position of the answers, and whether they agreed with the log by either version.

    Examples
    --------
    >>> from cqrs_lab.shop import read, week, write
    >>> from cqrs_lab.simulation.faults import Crash, RebuildStory, simulate_rebuild
    >>> story = RebuildStory(write.register, week.commands(), read.InventoryLevels)
    >>> simulate_rebuild(story, [Crash("before swap")]).ok
    True
    """
    check_story(story, RebuildStory, "simulate_rebuild")
    only_one = "give a whole number, 1 or more"
    sizes = sizes_of(batch, only_one)
    if len(sizes) > 1:
        raise InvalidArgument(f"batch={batch!r}: {only_one}")
    return _Run(story, FaultPlan.of(plan, story.kinds, "a rebuild"), rebuilder, sizes[0]).outcome()


class _Run(FaultyStage):
    """The state of one run: commands, a mailer and a rebuild by turns, and someone who asks after each step."""

    def __init__(self, story: RebuildStory, plan: FaultPlan, rebuilder: MakeRebuilder, step_events: int) -> None:
        super().__init__(story.register, plan)
        self.story, self.step_events = story, step_events
        instead = "by_function(rebuild) for a generator rebuild(tables, store, projection) of yours"
        versions = story.projection(), self.watched(story.new_fold.projection)
        made_of = self.store, *versions, self.sites, step_events
        self.rebuilder: Rebuilder = built_by(rebuilder, REBUILDER, instead, *made_of)
        self.mails, self.shown, self.given_up = Counter[int](), 0, False
        self.broken = BrokenLaws()

    def outcome(self) -> FaultRun:
        self.play(self._traffic())
        self._in_the_end()
        return FaultRun(self, (self.step_events,), self.rebuilder.table, self.broken)

    def _traffic(self) -> ProcessGenerator:
        begins = self.story.begins_after
        for command in self.story.commands[:begins]:
            self._record(command)
        self._try(Step("caught up"), self.rebuilder.follow)
        for number, command in enumerate(self.story.commands[begins:], 1):
            yield self.timeout(1)
            self._record(command)
            self._look(Step("arrived"))
            self._try(Step("followed"), self.rebuilder.follow)
            self._try(Step("built", number), self.rebuilder.step)
            if not (self.given_up or self.rebuilder.swapped) and self.strikes(Abort, number):
                self.given_up = True
                self._try(Step("aborted", number), self.rebuilder.abort)
        yield from self._faults_stop()

    def _record(self, command: object) -> None:
        try:
            self.bus.send(command)
        except CommandRejected:
            return  # a refusal is an outcome; nothing was recorded
        new = [one.position for one in self.store.read_all(after=self.rebuilder.mailed)]
        self.mails.update(new)
        self.rebuilder.mails_sent(self.store.head())

    def _try(self, step: Step, work: Callable[[], None]) -> None:
        tried = self.tried(step, work, self.rebuilder.restart)
        if self.rebuilder.swapped and work == self.rebuilder.step and any(one is tried for one in self.raised):
            self.broken.note(TO_ITS_END, step.in_words(), "no error", tried.error)
        self._look(tried)

    def _faults_stop(self) -> ProcessGenerator:
        self.unreadable.clear()
        # Bounded, for a rebuild that never ends: four steps for each event are enough for any other.
        for _ in range(4 * self.store.head() + len(self.plan) + 2):
            if not (self.given_up or self.rebuilder.finished):
                yield self.timeout(1)
                self._try(Step("went on"), self.rebuilder.step)
        for _ in range(2 + len(self.plan)):  # a crash may be left in the plan for a site that is only passed now
            if self.rebuilder.position < self.store.head():
                self._try(Step("followed"), self.rebuilder.follow)

    def _look(self, step: Step) -> None:
        """Ask, and check the answer."""
        position, by_new = self.rebuilder.position, self.rebuilder.swapped
        differs = self._differs(position, by_new)
        agrees = differs is None or self._differs(position, not by_new) is None
        if not agrees and differs is not None:
            self.broken.note(WHOLE, step.in_words(), *differs)
        if position < self.shown:
            self.broken.note(NOT_BACK, step.in_words(), f"{self.shown} or more", str(position))
        self.shown = max(self.shown, position)
        self.note(step, position, agrees)

    def _differs(self, position: int, by_new: bool) -> tuple[str, str] | None:
        """Return how the answer differs from a version's table of the log up to a position; None if it does not."""
        fold, table = self.story.new_fold if by_new else self.story.fold, self.rebuilder.table
        expected = fold([one for one in self.store.read_all() if one.position <= position])
        return fold.difference(expected, table, "the serving table", f"a table of version {fold.projection.version}")

    def _in_the_end(self) -> None:
        head, by_new = self.store.head(), not self.given_up
        if self.rebuilder.swapped is not by_new:
            old, new = "the old version", "the new version"
            serves, other = (new, old) if by_new else (old, new)
            self.broken.note(TAKEN_OVER if by_new else GIVEN_UP, WHO_SERVES, serves, other)
        elif differs := self._differs(head, by_new):
            self.broken.note(TAKEN_OVER if by_new else GIVEN_UP, "stopped the faults and caught up", *differs)
        sent = {position: self.mails[position] for position in range(1, head + 1) if self.mails[position] != 1}
        for position, times in list(sent.items())[:1]:
            self.broken.note(ONCE, "counted the mails", f"one for the event at {position}", str(times))
