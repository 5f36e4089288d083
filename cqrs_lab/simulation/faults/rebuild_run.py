"""Runs a rebuild under traffic and faults: queries after each step, and the laws for their answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cqrs_lab.errors import CommandRejected, InvalidArgument, ProjectionFailed, SchemaError
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.read.frames.difference import difference
from cqrs_lab.read.projection import Projection
from cqrs_lab.simulation.faults.broken_law import BrokenLaw, laws_of
from cqrs_lab.simulation.faults.given import built_by, check_story, sizes_of
from cqrs_lab.simulation.faults.laws import Fold
from cqrs_lab.simulation.faults.plan import Abort, Crash, Fault, FaultPlan, Poison
from cqrs_lab.simulation.faults.rebuilders import KitRebuilder, MakeRebuilder, Rebuilder
from cqrs_lab.simulation.faults.run import FaultRun, Moment
from cqrs_lab.simulation.faults.sites import Crashed, Sites, Unreadable, Watched
from cqrs_lab.simulation.faults.steps import Step
from cqrs_lab.simulation.faults.story import Story
from cqrs_lab.write.command_bus import CommandBus

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
            raise InvalidArgument(f"before={self.before!r}: there are {most} commands; give a number from 0 to that")

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
    return _Run(story, FaultPlan.of(plan, story.kinds, "a rebuild"), rebuilder, sizes[0]).run()


class _Run:
    """The state of one run."""

    def __init__(self, story: RebuildStory, plan: FaultPlan, rebuilder: MakeRebuilder, step_events: int) -> None:
        self.seconds, self.story, self.plan, self.step_events = 0.0, story, plan, step_events
        self.store = MemoryEventStore(clock=lambda: self.seconds)
        self.bus = CommandBus(self.store)
        story.register(self.bus)
        self.sites = Sites(fault for fault in plan if isinstance(fault, Crash))
        self.unreadable = {fault.position for fault in plan if isinstance(fault, Poison)}
        self.aborts = {fault.step for fault in plan if isinstance(fault, Abort)}
        new = Watched(story.new_fold.projection, self.sites, self.unreadable)
        instead = "by_function(rebuild) for a generator rebuild(tables, store, projection) of yours"
        made_of = (self.store, story.projection(), new, self.sites, step_events)
        self.rebuilder: Rebuilder = built_by(rebuilder, REBUILDER, instead, *made_of)
        self.mails, self.shown, self.given_up = Counter[int](), 0, False
        self.steps, self.broken, self.first_error = list[Moment](), list[BrokenLaw](), ""

    def run(self) -> FaultRun:
        begins = self.story.begins_after
        for command in self.story.commands[:begins]:
            self._record(command)
        self._try(Step("caught up"), self.rebuilder.follow)
        for number, command in enumerate(self.story.commands[begins:], 1):
            self.seconds += 1
            self._record(command)
            self._look(Step("arrived"))
            self._try(Step("followed"), self.rebuilder.follow)
            self._try(Step("built", number), self.rebuilder.step)
            if number in self.aborts and not (self.given_up or self.rebuilder.swapped):
                self.given_up = True
                self.sites.struck.add(Abort(number))
                self._try(Step("aborted", number), self.rebuilder.abort)
        self._faults_stop()
        self._in_the_end()
        broken, table = tuple(self.broken), self.rebuilder.table
        return FaultRun(self.plan, (self.step_events,), self.steps, table, broken, self.sites, self.first_error)

    def _record(self, command: object) -> None:
        try:
            self.bus.send(command)
        except CommandRejected:
            return  # a refusal is an outcome; nothing was recorded
        new = [one.position for one in self.store.read_all(after=self.rebuilder.mailed)]
        self.mails.update(new)
        self.rebuilder.mails_sent(self.store.head())

    def _try(self, step: Step, work: Callable[[], None]) -> None:
        try:
            work()
        except Crashed as crash:
            self.rebuilder.restart()
            step = step._replace(site=crash.site)
        except ProjectionFailed as failed:
            if not isinstance(failed.__cause__, Unreadable):
                self.first_error = self.first_error or f"{step.in_words()}: {failed.why}"
                if self.rebuilder.swapped and work == self.rebuilder.step:
                    self._note(TO_ITS_END, step.in_words(), "no error", failed.why)
            step = step._replace(error=failed.why)
        self._look(step)

    def _faults_stop(self) -> None:
        self.unreadable.clear()
        # Bounded, for a rebuild that never ends: four steps for each event are enough for any other.
        for _ in range(4 * self.store.head() + len(self.plan) + 2):
            if not (self.given_up or self.rebuilder.finished):
                self.seconds += 1
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
            self._note(WHOLE, step.in_words(), *differs)
        if position < self.shown:
            self._note(NOT_BACK, step.in_words(), f"{self.shown} or more", str(position))
        self.shown = max(self.shown, position)
        self.steps.append((self.seconds, step, position, self.store.head(), agrees))

    def _differs(self, position: int, by_new: bool) -> tuple[str, str] | None:
        """Return how the answer differs from a version's table of the log up to a position; None if it does not."""
        fold, table = self.story.new_fold if by_new else self.story.fold, self.rebuilder.table
        expected = fold([one for one in self.store.read_all() if one.position <= position])
        try:
            fold.projection.schema.check(table, "the serving table")
        except SchemaError as error:
            return f"a table of version {fold.projection.version}", str(error)
        return difference(expected, table)

    def _in_the_end(self) -> None:
        head, by_new = self.store.head(), not self.given_up
        if self.rebuilder.swapped is not by_new:
            old, new = "the old version", "the new version"
            serves, other = (new, old) if by_new else (old, new)
            self._note(TAKEN_OVER if by_new else GIVEN_UP, WHO_SERVES, serves, other)
        elif differs := self._differs(head, by_new):
            self._note(TAKEN_OVER if by_new else GIVEN_UP, "stopped the faults and caught up", *differs)
        sent = {position: self.mails[position] for position in range(1, head + 1) if self.mails[position] != 1}
        for position, times in list(sent.items())[:1]:
            self._note(ONCE, "counted the mails", f"one for the event at {position}", str(times))

    def _note(self, law: str, what: str, expected: str, came: str) -> None:
        if law not in laws_of(self.broken):
            self.broken.append(BrokenLaw.of(law, what, expected, came))
