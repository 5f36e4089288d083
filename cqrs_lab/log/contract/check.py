"""The laws every event store keeps, runnable against a store of your own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import Any

from cqrs_lab.errors import InvalidArgument, said
from cqrs_lab.findings import Findings, Report
from cqrs_lab.log.contract import mishaps, stories
from cqrs_lab.log.contract.bulk import appends_together
from cqrs_lab.log.contract.contention import contention
from cqrs_lab.log.contract.doors import wrong_arguments
from cqrs_lab.log.contract.durable import restarts
from cqrs_lab.log.contract.fingerprints import what_ids_stand_for
from cqrs_lab.log.contract.further import further
from cqrs_lab.log.contract.histories import play, random_history, shortest
from cqrs_lab.log.contract.interleaving import answers_another_thread, for_several_threads, interleavings
from cqrs_lab.log.contract.laws import IDS, NAMES, PER_STREAM, RUNS
from cqrs_lab.log.contract.listening import announcements
from cqrs_lab.log.contract.sizes import long_log, many_commands
from cqrs_lab.log.contract.slicing import slices
from cqrs_lab.log.contract.tracing import what_led_to_it
from cqrs_lab.log.contract.trial import Append, FaultFound, Trial
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.words import count

Story = Callable[[Trial], str | None] | Sequence[Append]
METHODS = ("append", "read_stream", "read_all", "stream_version", "head")
SEEDS, LENGTH = 6, 40
PATIENCE_SECONDS = 5.0
"""No single call in a short story takes this long unless it waits for something that never comes."""
ONE_THREAD = (
    "only one thread at a time was tried, since the store refuses other threads; "
    "if several threads are to use it, try check_event_store(..., threads=4)"
)
NO_REOPEN = (
    "whether a restart loses anything was not tried; if the store saves its log, give a function that closes and opens "
    "it again: check_event_store(..., reopen=...)"
)
DECLARED = "if the store has to know its event types, let the function give it cqrs_lab.log.contract.EVENTS"
NO_LOCK = (
    "the store holds no lock, and is right for one thread at a time only; with two, {fault}; expected {expected}, "
    "came {came}. If several threads are to use it, let every method hold a lock"
)


def check_event_store(
    make_store: Callable[[], EventStore],
    threads: int = 1,
    reopen: Callable[[Any], EventStore] | None = None,
) -> Report:
    """Return a report on whether a store keeps the laws of the log.

    Parameters
    ----------
    make_store : callable
        Returns a new, empty store each time, such as the store's class.
    threads : int, optional
        With 2 or more, this many writers and a reader also use one store at the same time. Two threads are tried in any
        case: between any two lines of one call, another thread makes a whole one. What breaks then is a fault if the
        store holds a lock; without a lock it is right for one thread, and the report notes what breaks.
    reopen : callable, optional
        ``reopen(store)`` closes a durable store and opens it again from what it has saved.

    Returns
    -------
    Report
        The first fault of each law: the calls that were made, what was expected, what came. Notes say which further
        methods were found and tried, which wrong arguments the store takes without a word, and what was not tried.

    Examples
    --------
    >>> from cqrs_lab import MemoryEventStore, check_event_store
    >>> check_event_store(MemoryEventStore, threads=4).ok
    True
    """
    _check_arguments(make_store, threads, reopen)
    check, later = _Check(make_store), []
    for what, work in check.stages(threads, reopen):
        if check.found.faults:
            later.append(what)
        else:
            work()
    check.found.remark_all(check.notes)
    if not check.found.faults:
        check.found.remark_all(check.untried(reopen))
    if later:
        check.found.remark(f"not tried yet: {', '.join(later)}; fix what is listed first, then run the check again")
    return check.found.report()


def _check_arguments(make_store: Any, threads: Any, reopen: Any) -> None:
    if not callable(make_store):
        what = type(make_store).__name__
        wanted = f"give a function that returns a new store each time, such as the class: check_event_store({what})"
        if not hasattr(make_store, "append"):
            wanted = "give a function that returns a new, empty store each time, such as the store's class"
        raise InvalidArgument(f"make_store={make_store!r} is a {what}, and cannot be called; {wanted}")
    if not isinstance(threads, int) or isinstance(threads, bool) or threads < 1:
        raise InvalidArgument(f"threads={threads!r} is not a number of threads; give 1 or more")
    if reopen is not None and not callable(reopen):
        wanted = "give a function that closes the store it gets and returns it opened again, or None"
        raise InvalidArgument(f"reopen={reopen!r} cannot be called; {wanted}")


class _Check:
    """One store under test: plays everything, and records what breaks."""

    def __init__(self, make_store: Callable[[], EventStore]) -> None:
        self.make_store = make_store
        self.found = Findings(getattr(make_store, "__name__", "the store"))
        self.trial: Trial | None = None
        self.notes: list[str] = []  # said after what was left out
        self.further: dict[str, bool] = {}

    def stages(self, threads: int, reopen: Any) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield what is tried, simplest first; later stages would only repeat the faults found before."""
        watched = self.in_a_thread_of_its_own
        yield "a new store", partial(watched, self.answers)
        yield "short histories", partial(watched, self.short_stories)
        yield "names that are alike", partial(watched, self.names)
        yield "random histories", partial(watched, self.random_histories)
        yield "several threads", partial(self.several_threads, threads)
        yield "long logs", self.long_log
        yield "many commands", self.many_commands
        if reopen is not None:
            yield "a restart", partial(watched, partial(self.restarts, reopen))
        # Last: what breaks with right arguments is to be said of these.
        yield "wrong arguments", partial(watched, self.wrong_arguments)

    def answers(self) -> None:
        """Make stores, and check that each has the five methods and is empty."""
        for made in ("store = make_store()", "store.append(...); store = make_store()"):
            try:
                store: Any = self.make_store()
            except Exception as error:  # noqa: BLE001 - the code under test may raise anything; it is reported
                return self.found.note(RUNS, made, ("a new, empty store", said(error)))
            missing = [name for name in METHODS if not callable(getattr(store, name, None))]
            came = f"a {type(store).__name__} without {', '.join(missing)}"
            if store is None:
                came = "None; does the function end with a return?"
            self.found.note(RUNS, made, (f"a store with {', '.join(METHODS)}", came) if missing else None)
            if missing:
                return
            with self.noting():
                trial = Trial(store, calls=[made])
                there = len(trial.read())
                wanted = "an empty store, made from nothing each time"
                self.found.note(RUNS, made, (wanted, f"one with {count(there, 'event')} in it") if there else None)
                op = Append("order-1", 1, 0)
                try:
                    trial.call(RUNS, str(op), partial(store.append, "order-1", op.events(), expected=0))
                except FaultFound:
                    self.found.remark(DECLARED)
                    raise

    def new_trial(self) -> Trial:
        """Return a trial of a new store."""
        if self.trial is not None:
            self.found.count(self.trial.checks)
        self.trial = Trial(self.make_store())
        return self.trial

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Record the fault that ends a trial."""
        try:
            yield
        except FaultFound as broken:
            fault = broken.fault
            self.found.note(fault.law, fault.done, (fault.expected, fault.came))
        except Exception as error:  # noqa: BLE001 - what the store returns may break anything; it is reported
            calls = self.trial.calls[-3:] if self.trial else []
            self.found.note(RUNS, "; ".join(calls) or "store = make_store()", ("no error", said(error)))
        if self.trial is not None:
            self.found.count(self.trial.checks)
            self.trial = None

    def short_stories(self) -> None:
        """Play every story that needs only a few events."""
        todo: list[Story] = [*stories.APPENDS, stories.empty_store, *stories.SCENES, *mishaps.SCENES]
        todo += [announcements, what_led_to_it, slices, appends_together, what_ids_stand_for]
        for story in todo:
            with self.noting():
                self._tell(story)
        with self.noting():
            self.further = further(self.new_trial())

    def _tell(self, story: Story) -> None:
        trial = self.new_trial()
        if callable(story):
            self.notes += filter(None, [story(trial)])
            return
        for op in story:
            trial.append(op)

    def wrong_arguments(self) -> None:
        """Try what is no event, no version, no name and no place."""
        self.notes += wrong_arguments(self.new_trial, self.noting)

    def untried(self, reopen: Any) -> Iterator[str]:
        """Yield what was tried beside the five methods, and what was not."""
        found, missing = ([name for name, there in self.further.items() if there is one] for one in (True, False))
        lists = {"tried": found or ["none"], "not found": missing}
        yield "further methods " + "; ".join(f"{what}: {', '.join(names)}" for what, names in lists.items() if names)
        if reopen is None:
            yield NO_REOPEN

    def names(self) -> None:
        """Play stories in which two names or two ids are alike."""
        alike: list[tuple[str, Story]] = [(NAMES, stories.with_names(*pair)) for pair in stories.ALIKE]
        alike += [(IDS, stories.with_ids(*pair)) for pair in stories.ALIKE]
        alike += [(PER_STREAM, story) for story in stories.GLUED]
        for law, story in alike:
            with self.noting():
                try:
                    self._tell(story)
                except FaultFound as broken:
                    raise broken.of(law) from None

    def random_histories(self) -> None:
        """Play random histories, up to the first one that breaks a law."""
        for seed in range(SEEDS):
            history = random_history(Random(seed), LENGTH)
            with self.noting():
                try:
                    play(self.new_trial(), history)
                except FaultFound as broken:
                    raise shortest(self.new_trial, history, broken) from None
            if self.found.faults:
                return

    # What takes long runs in the caller's thread, so that its processor time is measured.

    def many_commands(self) -> None:
        """Send more commands, to more streams, than a store might remember."""
        with self.noting():
            if untried := many_commands(self.new_trial):
                self.found.remark(untried)

    def long_log(self) -> None:
        """Grow a log past the sizes at which stores break."""
        with self.noting():
            if untried := long_log(self.new_trial()):
                self.found.remark(untried)

    def several_threads(self, threads: int) -> None:
        """Use the store from several threads, if it is made for that."""
        if threads == 1 and not answers_another_thread(self.make_store):
            return self.found.remark(ONE_THREAD)
        claimed = threads > 1 or for_several_threads(self.make_store())
        self.in_a_thread_of_its_own(self._interleavings if claimed else self._remark_races)
        if threads > 1 and not self.found.faults:
            with self.noting():
                contention(self.new_trial(), threads)

    def _interleavings(self) -> None:
        for play_scene in interleavings(self.new_trial):
            with self.noting():
                play_scene()

    def _remark_races(self) -> None:
        """Play the same with a store that does not claim to be made for it: what breaks is said, and is no fault."""
        try:
            for play_scene in interleavings(self.new_trial):
                play_scene()
        except FaultFound as broken:
            fault = broken.fault
            told = {"fault": f"{fault.law}: {fault.done}", "expected": fault.expected, "came": fault.came}
            self.found.remark(NO_LOCK.format(**told))
        self.trial = None

    def restarts(self, reopen: Callable[[Any], EventStore]) -> None:
        """Close the store and open it again."""
        for play_restart in restarts(self.new_trial, reopen):
            with self.noting():
                self.notes += filter(None, [play_restart()])

    def in_a_thread_of_its_own(self, work: Callable[[], None]) -> None:
        """Run something, and record where it waits forever, as for a lock that is never released."""
        def guarded() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - SystemExit and the like end a thread without a word
                calls = self.trial.calls[-3:] if self.trial else []
                self.found.note(RUNS, "; ".join(calls), ("no error", said(error)))

        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        waited, before = 0.0, None
        while thread.is_alive():
            thread.join(min(0.1, PATIENCE_SECONDS))
            now = (id(self.trial), self.trial and (self.trial.checks, len(self.trial.calls)))
            waited = waited + 0.1 if now == before else 0.0
            before = now
            if waited > PATIENCE_SECONDS:
                calls = self.trial.calls[-3:] if self.trial else []
                came = f"no answer after {PATIENCE_SECONDS:.0f} s; does it wait for a lock that it holds itself?"
                return self.found.note(RUNS, "; ".join(calls), ("an answer", came))
