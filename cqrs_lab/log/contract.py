"""The laws every event store keeps, runnable against a store of your own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from cqrs_lab.errors import ConcurrencyError, said
from cqrs_lab.log.event_store import EventStore, Expected
from cqrs_lab.report import Findings, Report

ALL_OR_NOTHING = "law 1: an append is all or nothing"
VERSIONS = "law 1: a stream's versions are 1, 2, 3, …"
EXPECTED = "law 1: an append is refused unless the stream is as expected"
EXPECTED_NEW = "law 1: the expected version is checked for a new stream too"
NOTHING = "law 1: appending nothing checks nothing and records nothing"
ONE_ORDER = "law 2: positions rise in commit order and are never reused"
READS = "law 2: what was recorded can be read, in order, from any place"
NOT_LATE = "law 2: no event appears late, below a position already read"
AT_THE_CALL = "law 2: a read covers the log as it was at the call"
COMMITTED = "law 2: a reader sees whole commits, and only what is committed"
ONCE = "law 3: a command id is recorded once in a stream"
FIRST_RECEIPT = "law 3: the duplicate gets the first receipt, before `expected` is looked at"
PER_STREAM = "law 3: a command id belongs to its stream"
FORGETS = "law 3: a command that recorded nothing leaves nothing to remember"
KEPT = "laws 1-3 survive a restart"
RUNS = "the store answers"


@dataclass(frozen=True, slots=True)
class Happened:
    """The event the contract records; a store that needs its event types declared takes `EVENTS`."""

    number: int
    note: str = ""


EVENTS = (Happened,)
# Names that begin alike, so that a store which looks streams up by prefix is found out.
STREAMS = ("order-1", "order-10", "order-2", "order-11", "cart-1")


def check_event_store(
    make_store: Callable[[], EventStore],
    threads: int = 1,
    reopen: Callable[[Any], EventStore] | None = None,
) -> Report:
    """Try the laws of the log on a store.

    Parameters
    ----------
    make_store : callable
        Gives a new, empty store each time.
    threads : int, optional
        From 2 on, that many writers and a reader also use one store at once.
    reopen : callable, optional
        ``reopen(store)`` closes a durable store and opens it again from what it has kept.

    Returns
    -------
    Report
        The first fault of each law: what was done, what was expected, what came.

    Examples
    --------
    >>> from cqrs_lab import MemoryEventStore, check_event_store
    >>> check_event_store(MemoryEventStore, threads=4).ok
    True
    """
    found = Findings(getattr(make_store, "__name__", "the store"))
    for check in (_new_stream, _conflicts, _nothing, _command_ids, _reading_at_the_call, _following):
        with found.trying(RUNS, f"{check.__name__.strip('_').replace('_', ' ')}"):
            check(found, make_store())
    with found.trying(RUNS, "a long history"):
        store = make_store()
        history = _write_history(store, Random(7))
        _compare_with_history(found, store, history, READS)
        if reopen is not None:
            _after_restart(found, reopen(store), history)
    if threads > 1:
        with found.trying(RUNS, f"{threads} writers at once"):
            _contention(found, make_store(), threads)
    return found.report()


def _events(count: int, note: str = "") -> list[Happened]:
    return [Happened(number, note) for number in range(1, count + 1)]


def _seen(store: EventStore) -> list[tuple[str, int, object]]:
    return [(one.stream, one.version, one.event) for one in store.read_all()]


def _refuses(found: Findings, law: str, store: EventStore, stream: str, expected: Any) -> None:
    """Append three events that must be refused, and look whether anything of them stayed."""
    before, version = _seen(store), store.stream_version(stream)
    done = f"appended three events to {stream!r}, which had {version}, with expected={expected}"
    try:
        store.append(stream, _events(3, "refused"), expected=expected)
    except ConcurrencyError as conflict:
        told = (conflict.stream, conflict.expected, conflict.actual)
        found.expect(EXPECTED, f"{done}; read the error's attributes", (stream, expected, version), told)
        found.expect(ALL_OR_NOTHING, f"{done}; read the whole log", before, _seen(store))
    else:
        found.note(law, done, ("ConcurrencyError", "no error"))
    found.expect(ALL_OR_NOTHING, f"{done}; asked for its version", version, store.stream_version(stream))


def _new_stream(found: Findings, store: EventStore) -> None:
    found.expect(RUNS, "asked an empty store for its head", 0, store.head())
    found.expect(RUNS, "asked for the version of an unknown stream", 0, store.stream_version("order-1"))
    found.expect(RUNS, "read an unknown stream", [], list(store.read_stream("order-1")))
    for expected in (3, Expected.STREAM_EXISTS):
        _refuses(found, EXPECTED_NEW, store, "order-1", expected)
    for stream, expected in (("order-2", 0), ("order-3", Expected.NO_STREAM), ("order-4", Expected.ANY)):
        receipt = store.append(stream, _events(2), expected=expected)
        found.expect(
            VERSIONS,
            f"appended two events to a new stream with {expected=}",
            (stream, 2),
            (receipt.stream, receipt.version),
        )


def _conflicts(found: Findings, store: EventStore) -> None:
    store.append("order-1", _events(2), expected=Expected.NO_STREAM)
    store.append("order-10", _events(1), expected=Expected.NO_STREAM)
    for expected in (0, 1, 3, Expected.NO_STREAM):
        _refuses(found, EXPECTED, store, "order-1", expected)
    for expected in (2, Expected.STREAM_EXISTS, Expected.ANY):
        store.append("order-1", _events(1), expected=expected)
        if expected == 2:
            store.append("order-1", _events(1), expected=3)
    found.expect(VERSIONS, "appended 2, then four times 1, as expected", 6, store.stream_version("order-1"))


def _nothing(found: Findings, store: EventStore) -> None:
    first = store.append("order-1", _events(2), expected=0)
    store.append("order-2", _events(1), expected=0)
    before = _seen(store)
    empty = store.append("order-1", [], expected=99)
    done = "appended no events, with a wrong expected version"
    found.expect(NOTHING, done, (2, first.position), (empty.version, empty.position))
    unknown = store.append("order-3", [], expected=Expected.STREAM_EXISTS)
    found.expect(NOTHING, "appended no events to no stream", (0, 0), (unknown.version, unknown.position))
    found.expect(NOTHING, done, before, _seen(store))


def _command_ids(found: Findings, store: EventStore) -> None:
    store.append("order-1", [], expected=0, command_id="a")
    first = store.append("order-1", _events(2), expected=0, command_id="a")
    found.expect(FORGETS, "appended nothing under an id, then two events under it", 2, first.version)
    store.append("order-1", _events(1), expected=2, command_id="b")
    before = _seen(store)
    done = "appended again under the first command's id, with a stale expected version, after another command"
    try:
        again = store.append("order-1", _events(3, "again"), expected=0, command_id="a")
        found.expect(FIRST_RECEIPT, done, (2, first.position), (again.version, again.position))
    except ConcurrencyError as conflict:
        found.note(FIRST_RECEIPT, done, ("the first receipt", f"ConcurrencyError: {conflict}"))
    store.append("order-1", _events(1), expected=Expected.ANY, command_id="b")
    found.expect(ONCE, "appended twice under each of two ids", before, _seen(store))
    other = store.append("order-10", _events(1), expected=0, command_id="a")
    found.expect(PER_STREAM, "used the same id on another stream", 1, store.stream_version("order-10"))
    found.expect(PER_STREAM, "used the same id on another stream", 1, other.version)
    ids = [one.command_id for one in store.read_stream("order-1")]
    found.expect(ONCE, "read the ids back", ["a", "a", "b"], ids)


def _reading_at_the_call(found: Findings, store: EventStore) -> None:
    store.append("order-1", _events(3), expected=0)
    of_all, of_stream = store.read_all(), store.read_stream("order-1")
    store.append("order-1", _events(2), expected=3)
    found.expect(AT_THE_CALL, "called read_all at 3 events, recorded 2 more, then read on", 3, len(list(of_all)))
    found.expect(AT_THE_CALL, "called read_stream at 3 events, recorded 2 more, then read on", 3, len(list(of_stream)))


def _following(found: Findings, store: EventStore) -> None:
    read: list[Any] = []
    for number in range(60):
        stream = STREAMS[number % 5]
        store.append(stream, _events(1 + number % 3, str(number)), expected=Expected.ANY)
        read += store.read_all(after=read[-1].position if read else 0)
    _nothing_missed(found, store, read, "read on after each of 60 commits, each time from the last position read")


def _nothing_missed(found: Findings, store: EventStore, read: list[Any], done: str) -> None:
    """Compare what a reader collected on its way with the log at the end."""
    there = [(one.position, one.stream, one.version) for one in store.read_all()]
    seen = [(one.position, one.stream, one.version) for one in read]
    missed = [one for one in there if one not in set(seen)]
    found.expect(NOT_LATE, f"{done}; then looked for events that the reader had missed", [], missed[:3])
    found.expect(READS, f"{done}; then compared with the whole log", len(there), len(seen))


def _write_history(store: EventStore, random: Random) -> list[tuple[str, int, object, str | None]]:
    """Record 240 events or more in batches of 1 to 5; the list returned is this check's own memory of them."""
    history: list[tuple[str, int, object, str | None]] = []
    versions = dict.fromkeys(STREAMS, 0)
    while len(history) < 240:
        stream, note = random.choice(STREAMS), f"commit {len(history)}"
        command_id = note if random.random() < 0.5 else None
        events = _events(random.randint(1, 5), note)
        store.append(stream, events, expected=versions[stream], command_id=command_id)
        history += [(stream, versions[stream] + number, event, command_id) for number, event in enumerate(events, 1)]
        versions[stream] += len(events)
    return history


def _compare_with_history(found: Findings, store: EventStore, history: list[Any], law: str) -> None:
    log = list(store.read_all())
    done = f"recorded {len(history)} events in {len(STREAMS)} streams"
    came = [(one.stream, one.version, one.event, one.command_id) for one in log]
    found.expect(law, f"{done}; read all", history[:3] + history[-3:], came[:3] + came[-3:])
    found.expect(law, f"{done}; read all", True, history == came)
    positions = [one.position for one in log]
    found.expect(ONE_ORDER, f"{done}; read their positions", sorted({p for p in positions if p > 0}), positions)
    found.expect(READS, f"{done}; asked for the head", positions[-1:], [store.head()])
    for place in (0, 1, 57, len(log) - 1, len(log)):
        after = positions[place - 1] if place else 0
        rest = [one.position for one in store.read_all(after=after)]
        found.expect(READS, f"{done}; read all after position {after}", positions[place:], rest)
        some = [one.position for one in store.read_all(after=after, limit=10)]
        found.expect(READS, f"{done}; read 10 after position {after}", positions[place : place + 10], some)
    for stream in STREAMS:
        own = [(version, event) for name, version, event, _ in history if name == stream]
        found.expect(VERSIONS, f"{done}; asked for the version of {stream!r}", len(own), store.stream_version(stream))
        for after, limit in ((0, None), (3, None), (3, 2), (len(own), None)):
            read = [(one.version, one.event) for one in store.read_stream(stream, after=after, limit=limit)]
            expected = own[after:] if limit is None else own[after : after + limit]
            found.expect(VERSIONS, f"{done}; read {stream!r} with {after=}, {limit=}", expected, read)


def _after_restart(found: Findings, store: EventStore, history: list[Any]) -> None:
    _compare_with_history(found, store, history, KEPT)
    stream, _, _, command_id = next(one for one in history if one[3] is not None)
    before = _seen(store)
    store.append(stream, _events(1, "again"), expected=Expected.ANY, command_id=command_id)
    found.expect(KEPT, "opened the store again and sent an old command id", before, _seen(store))
    _refuses(found, KEPT, store, stream, 0)


COMMITS = {"own": 3, "common": 2, "once": 1}
"""Under contention: how many events one commit to each kind of stream has."""


class _Contention:
    """Writers on own and common streams, and a reader that follows the log meanwhile."""

    def __init__(self, store: EventStore, threads: int) -> None:
        self.store, self.threads = store, threads
        self.read: list[Any] = []
        self.unfinished: list[Any] = []
        self.errors: list[str] = []
        self._written = threading.Event()

    def run(self) -> None:
        reader = threading.Thread(target=self._follow)
        writers = [threading.Thread(target=self._write, args=(name,)) for name in range(self.threads)]
        for thread in (reader, *writers):
            thread.start()
        for thread in writers:
            thread.join()
        self._written.set()
        reader.join()

    def _write(self, name: int) -> None:
        try:
            for number in range(40):
                note = f"writer {name}, commit {number}"
                self.store.append(f"own-{name}", _events(COMMITS["own"], note), expected=3 * number)
                self.store.append("common", _events(COMMITS["common"], note), expected=Expected.ANY)
                command_id = f"command {number}"
                self.store.append("once", _events(1), expected=Expected.ANY, command_id=command_id)
                self._be_refused()
        except Exception as error:  # noqa: BLE001 - judged below; a thread must not lose it
            self.errors.append(said(error))

    def _be_refused(self) -> None:
        try:
            self.store.append("common", _events(2, "refused"), expected=0)
        except ConcurrencyError:
            return

    def _follow(self) -> None:
        last_round = False
        while True:
            new: list[Any] = list(self.store.read_all(after=self.read[-1].position if self.read else 0))
            if new and new[-1].event.number < COMMITS[new[-1].stream.split("-")[0]]:
                self.unfinished.append(new[-1])
            self.read.extend(new)
            if last_round:
                return
            last_round = self._written.is_set()


def _contention(found: Findings, store: EventStore, threads: int) -> None:
    contention = _Contention(store, threads)
    with _frequent_switches():
        contention.run()
    story = f"{threads} writers of 160 commits each, some refused, and a reader"
    found.expect(RUNS, story, [], contention.errors[:1])
    _nothing_missed(found, store, contention.read, story)
    seen = [one for one in contention.read if one.event.note == "refused"] + contention.unfinished
    found.expect(COMMITTED, f"{story}; looked for events of refused or unfinished commits", [], seen[:1])
    positions = [one.position for one in store.read_all()]
    found.expect(ONE_ORDER, f"{story}; read the positions", sorted(set(positions)), positions)
    streams = {f"own-{name}": 120 for name in range(threads)} | {"common": 80 * threads, "once": 40}
    for stream, count in streams.items():
        law = ONCE if stream == "once" else VERSIONS
        versions = [one.version for one in store.read_stream(stream)]
        found.expect(law, f"{story}; counted the events of {stream!r}", count, len(versions))
        found.expect(VERSIONS, f"{story}; read the versions of {stream!r}", list(range(1, len(versions) + 1)), versions)


@contextmanager
def _frequent_switches() -> Iterator[None]:
    """Let threads interrupt each other a hundred times as often as usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 100)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
