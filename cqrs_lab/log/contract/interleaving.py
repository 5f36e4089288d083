"""Two threads at one store, one of them stopped at every line in turn: a race is found without luck.

A trace function stops a call at a line; there another thread makes whole calls, or waits for a lock. In every case
the outcome must be one that the same calls could have had one after another.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from types import CellType, FrameType, FunctionType
from typing import Any

from cqrs_lab.errors import ConcurrencyError, said
from cqrs_lab.log.contract.laws import (
    ALL_OR_NOTHING,
    COMMITTED,
    EXPECTED,
    FIRST_RECEIPT,
    NOT_LATE,
    ONCE,
    ONE_ORDER,
    RUNS,
    VERSIONS,
)
from cqrs_lab.log.contract.mishaps import append_unwritable
from cqrs_lab.log.contract.trial import Append, Trial
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.memory import MemoryEventStore

LOCKS = (type(threading.Lock()), type(threading.RLock()), threading.Condition, threading.Semaphore)
MAKE_LOCKS = (threading.Lock, threading.RLock, threading.Condition, threading.Semaphore, threading.BoundedSemaphore)
BLOCKED_SECONDS = 0.004
"""How long another thread may run before it is assumed to be waiting for a lock."""
MOST_LINES, MOST_OBJECTS = 120, 1000
FIRST = Append("order-1", 1, 0, note="first")


@dataclass(frozen=True, slots=True)
class Scene:
    """A call, and what another thread does in the middle of it."""

    call: Append | None  # None: look at everything
    meanwhile: tuple[Append, ...]


MINE = Append("order-1", 3, 1, "a", note="mine")
THEIRS = Append("order-1", 2, 1, note="theirs")
SCENES = (
    Scene(MINE, (THEIRS, Append("order-2", 2, 0, note="beside"))),
    Scene(MINE, (MINE,)),
    Scene(Append("order-1", 3, 0, note="refused"), ()),
    # Whichever stream a reader looks at first, a commit to it comes after one to the other.
    Scene(None, (THEIRS, Append("order-2", 2, 0, note="beside"), Append("order-1", 2, 3, note="after"))),
)


def for_several_threads(store: EventStore) -> bool:
    """Return whether a store seems to be made for several threads: it holds or makes a lock, or is the kit's own."""
    members = [value for kind in type(store).__mro__ for value in vars(kind).values()]
    todo: list[Any] = [store, *members, *(named for one in members for named in _named_in(one))]
    seen: set[int] = set()
    while todo and len(seen) < MOST_OBJECTS:
        one = todo.pop()
        if isinstance(one, (MemoryEventStore, *LOCKS)) or any(one is made for made in MAKE_LOCKS):
            return True
        if id(one) not in seen:
            seen.add(id(one))
            todo += _held_by(one)
    return False


def _named_in(method: Any) -> list[Any]:
    """Return what a method uses from around it, such as a lock of the module, or what makes one with each call."""
    if not isinstance(method, FunctionType):
        return []
    around = [cell.cell_contents for cell in method.__closure__ or () if cell != CellType()]
    names = method.__code__.co_names
    return [*around, *(method.__globals__.get(name, getattr(threading, name, None)) for name in names)]


def _held_by(one: Any) -> list[Any]:
    if isinstance(one, dict):
        return list(one.values())
    if isinstance(one, (list, tuple, set)):
        return list(one)
    if isinstance(one, (type, FunctionType)) or type(one).__module__ in sys.stdlib_module_names:
        return []
    slots = [getattr(kind, "__slots__", ()) for kind in type(one).__mro__]
    names = [name for declared in slots for name in ([declared] if isinstance(declared, str) else declared)]
    return [*getattr(one, "__dict__", {}).values(), *(getattr(one, name, None) for name in names)]


def answers_another_thread(make_store: Callable[[], EventStore]) -> bool:
    """Return whether a thread other than the one that made the store may call it at all."""
    meeting = Meeting(Trial(make_store()), ())
    meeting.begin()
    meeting.end()
    return not meeting.errors


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader saw who perhaps asked for the end first, and then for the events."""

    stream: str | None
    read: list[Any]
    asked: str = ""
    end: Any = None


def _read_log(store: EventStore) -> Seen:
    return Seen(None, list(store.read_all()))


def _read_stream(store: EventStore) -> Seen:
    return Seen("order-1", list(store.read_stream("order-1")))


def _head_then_log(store: EventStore) -> Seen:
    head = store.head()
    return Seen(None, list(store.read_all()), "store.head()", head)


def _version_then_stream(store: EventStore) -> Seen:
    version = store.stream_version("order-1")
    return Seen("order-1", list(store.read_stream("order-1")), "store.stream_version('order-1')", version)


READERS = (_read_log, _read_stream, _head_then_log, _version_then_stream)


class _Other:
    """A thread that works until it is done, or waits for a lock."""

    def __init__(self, work: Callable[[], None], errors: list[str]) -> None:
        self._work, self._errors = work, errors
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - judged by the thread that waits for this one
            self._errors.append(said(error))
        self._done.set()

    def pause(self, seconds: float) -> None:
        """Wait until it is done, but no longer than this."""
        self._done.wait(seconds)

    def end(self) -> None:
        """Wait until it is done."""
        self._thread.join()


@dataclass(slots=True)
class Meeting:
    """What the other threads did, saw and got: readers, each in a thread of its own, and then a writer."""

    trial: Trial
    appends: tuple[Append, ...]
    seen: list[Seen] = field(default_factory=list)
    receipts: list[Any] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    others: list[_Other] = field(default_factory=list)

    def begin(self) -> None:
        """Start the other threads, and return when they are done or waiting."""
        self.others += [_Other(partial(self._look, read), self.errors) for read in READERS]
        until = time.monotonic() + BLOCKED_SECONDS
        for other in self.others:
            other.pause(max(0.0, until - time.monotonic()))
        self.others.append(_Other(self._append, self.errors))
        self.others[-1].pause(BLOCKED_SECONDS)

    def end(self) -> None:
        """Wait for the other threads."""
        for other in self.others:
            other.end()

    def _look(self, read: Callable[[EventStore], Seen]) -> None:
        self.seen.append(read(self.trial.store))

    def _append(self) -> None:
        for op in self.appends:
            self.receipts.append(attempt(self.trial.store, op))
            for read in READERS[2:]:
                self._look(read)


def attempt(store: EventStore, op: Append) -> Any:
    """Return the receipt of an append; None if it was refused."""
    try:
        return store.append(op.stream, op.events(), expected=op.expected, command_id=op.command_id)
    except ConcurrencyError:
        return None


def interleavings(new_trial: Callable[[], Trial]) -> Iterator[Callable[[], None]]:
    """Yield functions that play a scene with the other thread at each line; each raises `FaultFound`."""
    yield partial(_after_an_error, new_trial)
    for scene in SCENES:
        yield partial(_at_every_line, new_trial, scene)


def _after_an_error(new_trial: Callable[[], Trial]) -> None:
    """Let another thread come after an append that raised an error: a lock that is still held lets nobody in."""
    trial = new_trial()
    trial.append(FIRST, look=False)
    append_unwritable(trial)
    trial.calls.append(f"in another thread, {THEIRS}")
    meeting = Meeting(trial, (THEIRS,))
    meeting.begin()
    meeting.end()
    trial.expect(RUNS, [], meeting.errors, "errors in the other thread")


def _at_every_line(new_trial: Callable[[], Trial], scene: Scene) -> None:
    lines = _Lines()
    _play(new_trial(), scene, lines)
    for number in lines.worth_a_stop():
        _play(new_trial(), scene, _Lines(number))


class _Lines:
    """Counts the lines of the store's own code as they run, and acts before one of them."""

    def __init__(self, stop_at: int = -1) -> None:
        self.stop_at = stop_at
        self.act: Callable[[], None] = lambda: None
        self.where = "nowhere"
        self.lines: list[tuple[Any, int]] = []

    def worth_a_stop(self) -> list[int]:
        """Return the lines to stop at: each of them the first two times it runs."""
        times: Counter[tuple[Any, int]] = Counter()
        chosen = []
        for number, line in enumerate(self.lines):
            times[line] += 1
            if times[line] <= 2:
                chosen.append(number)
        return chosen[:MOST_LINES]

    def __call__(self, frame: FrameType, event: str, argument: object) -> Any:
        module = str(frame.f_globals.get("__name__", ""))
        of_python = module.partition(".")[0] in sys.stdlib_module_names and module != "__main__"
        if of_python or module.startswith(f"{__package__}.") or frame.f_code.co_filename == "<string>":
            return None
        if event == "line":
            if len(self.lines) == self.stop_at:
                self.where = f"before line {frame.f_lineno} of {frame.f_code.co_qualname}"
                self.act()
            self.lines.append((frame.f_code, frame.f_lineno))
        return self

    def trace(self, work: Callable[[], Any]) -> Any:
        """Run something and count its lines."""
        before = sys.gettrace()
        sys.settrace(self)
        try:
            return work()
        finally:
            sys.settrace(before)


def _play(trial: Trial, scene: Scene, lines: _Lines) -> None:
    store, call = trial.store, scene.call
    trial.append(FIRST, look=False)
    meeting = Meeting(trial, scene.meanwhile)
    lines.act = meeting.begin
    what = "read the log and the stream, and asked for their ends" if call is None else str(call)
    others = ", ".join(map(str, scene.meanwhile)) or "readers only"
    mine: Any = None
    try:
        if call is None:
            meeting.seen += lines.trace(lambda: [read(store) for read in READERS[2:]])
        else:
            mine = lines.trace(lambda: attempt(store, call))
    except Exception as error:  # noqa: BLE001 - the code under test may raise anything; it is reported
        raise trial.broken(RUNS, "no error", said(error), f"{what} while another thread called too") from error
    finally:
        meeting.end()
    trial.calls.append(f"{what}; meanwhile, {lines.where}, in another thread: {others}")
    _judge(trial, scene, mine, meeting)


def _judge(trial: Trial, scene: Scene, mine: Any, meeting: Meeting) -> None:
    trial.expect(RUNS, [], meeting.errors, "errors in the other thread")
    results: list[tuple[Append, Any]] = [(scene.call, mine)] if scene.call is not None else []
    results += zip(scene.meanwhile, meeting.receipts, strict=False)
    log: list[Any] = list(trial.store.read_all())
    recorded = dict(Counter(one.event.note for one in log))
    if scene.meanwhile == (scene.call,):
        wanted = {"first": 1, "mine": 3}
        trial.expect(ONCE, wanted, recorded, "how many events of each commit the log holds")
        receipts = [(one.version, one.position) if one else None for _, one in results]
        trial.expect(FIRST_RECEIPT, receipts[:1] * len(receipts), receipts, "the receipts of one command")
    else:
        rivals = [op for op, _ in results if op in (MINE, THEIRS)]
        accepted = [op.note for op, receipt in results if receipt and op in rivals]
        trial.expect(EXPECTED, min(1, len(rivals)), len(accepted), "how many appends with expected=1 were accepted")
        wanted = {"first": 1} | {op.note: op.count for op, receipt in results if receipt}
        trial.expect(ALL_OR_NOTHING, wanted, recorded, "how many events of each commit the log holds")
    _judge_order(trial, log)
    for seen in meeting.seen:
        _judge_reader(trial, seen, log, wanted)


def _judge_order(trial: Trial, log: list[Any]) -> None:
    positions = [one.position for one in log]
    trial.expect(ONE_ORDER, sorted({*positions}), positions, "the positions")
    for stream in ("order-1", "order-2"):
        versions = [one.version for one in log if one.stream == stream]
        trial.expect(VERSIONS, list(range(1, len(versions) + 1)), versions, f"the versions of {stream!r}")


def _judge_reader(trial: Trial, seen: Seen, log: list[Any], wanted: dict[str, int]) -> None:
    counts = Counter(one.event.note for one in seen.read)
    partly = {note: count for note, count in counts.items() if count != wanted.get(note)}
    trial.expect(COMMITTED, {}, partly, "events that a reader saw of commits that were not whole")
    whole = [one for one in log if one.stream == "order-1"] if seen.stream else log
    positions = [one.position for one in whole[: len(seen.read)]]
    trial.expect(NOT_LATE, positions, [one.position for one in seen.read], "the positions that a reader saw")
    # Who is told of an event can read it, and a commit is told of as a whole.
    ends = [0, *_ends(seen).values()]
    if seen.end is not None and seen.end not in ends:
        expected = f"one of {ends}, where the commits end that it could read then"
        raise trial.broken(COMMITTED, expected, repr(seen.end), f"{seen.asked} by a reader")


def _ends(seen: Seen) -> dict[str, int]:
    """Return the version or the position at which each commit ends that a reader saw."""
    name = "version" if "version" in seen.asked else "position"
    return {one.event.note: getattr(one, name) for one in seen.read}
