"""Stores as people write them who add one: in files, in SQLite, with caches, pages, snapshots and buffers.

Each class above the line is right. Each one below spoils one thing, and is listed with the law that it breaks.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import zlib
from bisect import bisect_right
from collections import OrderedDict, deque
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from types import SimpleNamespace

import cqrs_lab as lab
from cqrs_lab.log import contract
from cqrs_lab.log.contract import Happened
from tests.log.right_stores import BehindOneLock


def conflict(expected, version):
    match expected:
        case lab.Expected.ANY:
            return False
        case lab.Expected.NO_STREAM:
            return version != 0
        case lab.Expected.STREAM_EXISTS:
            return version == 0
    return expected != version


class Plain:
    """A list, and a dict of lists; what may be spoiled is a method of its own."""

    def __init__(self):
        self.all, self.by_stream, self.known = [], {}, {}

    def append(self, stream, events, *, expected, command_id=None):
        own = self.by_stream.get(stream, [])
        if not events:
            return self.end(stream)
        if (found := self.find(stream, command_id)) is not None:
            return found
        if conflict(expected, len(own)):
            self.refused(stream, events, command_id)
            raise lab.ConcurrencyError(stream, expected, len(own))
        self.record(stream, list(events), command_id)
        receipt = self.end(stream)
        if command_id is not None:
            self.remember(stream, command_id, receipt)
        return receipt

    def record(self, stream, events, command_id):
        for event in events:
            self.add(stream, event, command_id)

    def add(self, stream, event, command_id):
        own = self.by_stream.setdefault(stream, [])
        entry = lab.RecordedEvent(stream, len(own) + 1, self.next_position(), event, self.now(), command_id)
        own.append(entry)
        self.all.append(entry)

    def next_position(self):
        return len(self.all) + 1

    def now(self):
        return time.time()

    def refused(self, stream, events, command_id):
        pass

    def find(self, stream, command_id):
        return None if command_id is None else self.known.get((stream, command_id))

    def remember(self, stream, command_id, receipt):
        self.known[stream, command_id] = receipt

    def end(self, stream):
        own = self.by_stream.get(stream, [])
        return lab.Appended(stream, len(own), own[-1].position if own else 0)

    def read_stream(self, stream, *, after=0, limit=None):
        return iter(self.by_stream.get(stream, [])[after:][:limit])

    def read_all(self, *, after=0, limit=None):
        start = bisect_right(self.all, after, key=lambda one: one.position)
        return iter(self.all[start:][:limit])

    def stream_version(self, stream):
        return len(self.by_stream.get(stream, []))

    def head(self):
        return self.all[-1].position if self.all else 0


class Table:
    """SQLite, in memory."""

    names = "TEXT"
    order = "position"

    def __init__(self, path=":memory:"):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute(
            f"CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY, stream {self.names}, version INTEGER,"
            f" data TEXT, recorded_at REAL, command_id {self.names}, UNIQUE (stream, version))"
        )
        self.db.execute("CREATE INDEX IF NOT EXISTS ids ON events (stream, command_id)")

    def append(self, stream, events, *, expected, command_id=None):
        version, position = self.db.execute(
            "SELECT count(*), coalesce(max(position), 0) FROM events WHERE stream = ?", (stream,)
        ).fetchone()
        if not events:
            return lab.Appended(stream, version, position)
        if command_id is not None:
            row = self.db.execute(
                "SELECT version, position FROM events WHERE stream = ? AND command_id = ? ORDER BY version DESC",
                (stream, command_id),
            ).fetchone()
            if row:
                return lab.Appended(stream, *row)
        if conflict(expected, version):
            raise lab.ConcurrencyError(stream, expected, version)
        self.db.execute("BEGIN IMMEDIATE")
        try:
            for event in events:
                version += 1
                self.insert(stream, version, event, command_id)
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")
        return lab.Appended(stream, version, self.head())

    def insert(self, stream, version, event, command_id):
        data = json.dumps([event.number, event.note])
        row = None, stream, version, data, time.time(), command_id
        self.db.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", row)

    def rows(self, where, *values, limit=None):
        cursor = self.db.execute(
            f"SELECT stream, version, position, data, recorded_at, command_id FROM events WHERE {where}"
            f" ORDER BY {self.order} LIMIT ?",
            (*values, -1 if limit is None else limit),
        )
        return [self.row(one) for one in cursor.fetchall()]

    def row(self, one):
        stream, version, position, data, at, command_id = one
        return lab.RecordedEvent(stream, version, position, Happened(*json.loads(data)), at, command_id)

    def read_stream(self, stream, *, after=0, limit=None):
        return iter(self.rows("stream = ? AND version > ?", stream, after, limit=limit))

    def read_all(self, *, after=0, limit=None):
        return iter(self.rows("position > ?", after, limit=limit))

    def stream_version(self, stream):
        return self.db.execute("SELECT count(*) FROM events WHERE stream = ?", (stream,)).fetchone()[0]

    def head(self):
        return self.db.execute("SELECT coalesce(max(position), 0) FROM events").fetchone()[0]


@lru_cache(1 << 13)
def loaded(line):
    """Return what a line says, which is read again and again."""
    return json.loads(line)


class Lines:
    """One JSON text per event, in a list that stands for a file."""

    def __init__(self, lines=None):
        self.lines = [] if lines is None else lines

    def parsed(self):
        for at, line in enumerate(self.lines, 1):
            held = loaded(line)
            event = Happened(held["number"], held["note"])
            yield lab.RecordedEvent(held["stream"], held["version"], at, event, held["at"], held["id"])

    def append(self, stream, events, *, expected, command_id=None):
        own = [one for one in self.parsed() if one.stream == stream]
        version = len(own)
        mine = [one for one in own if one.command_id is not None and one.command_id == command_id]
        if not events or mine:
            last = (own if not events else mine)[-1:]
            return lab.Appended(stream, last[0].version, last[0].position) if last else lab.Appended(stream, 0, 0)
        if conflict(expected, version):
            raise lab.ConcurrencyError(stream, expected, version)
        self.write([self.line(stream, version + at, event, command_id) for at, event in enumerate(events, 1)])
        return lab.Appended(stream, version + len(events), len(self.lines))

    def line(self, stream, version, event, command_id):
        held = {"stream": stream, "version": version, "number": event.number, "note": event.note}
        return json.dumps(held | {"at": time.time(), "id": command_id})

    def write(self, lines):
        self.lines.extend(lines)

    def read_stream(self, stream, *, after=0, limit=None):
        return iter([one for one in self.parsed() if one.stream == stream][after:][:limit])

    def read_all(self, *, after=0, limit=None):
        return iter(list(self.parsed())[after:][:limit])

    def stream_version(self, stream):
        return sum(one.stream == stream for one in self.parsed())

    def head(self):
        return len(self.lines)


class Slots:
    """Only slots, tuples, and a store that yields from what was there at the call."""

    __slots__ = ("log",)

    def __init__(self):
        self.log = ()

    def append(self, stream, events, *, expected, command_id=None):
        own = [one for one in self.log if one.stream == stream]
        last = own[-1:] if not events else [one for one in own if command_id and one.command_id == command_id][-1:]
        if last or not events:
            return lab.Appended(stream, *((last[0].version, last[0].position) if last else (0, 0)))
        if conflict(expected, len(own)):
            raise lab.ConcurrencyError(stream, expected, len(own))
        self.log += tuple(
            lab.RecordedEvent(stream, len(own) + at, len(self.log) + at, event, time.time(), command_id)
            for at, event in enumerate(events, 1)
        )
        return lab.Appended(stream, len(own) + len(events), len(self.log))

    def read_stream(self, stream, *, after=0, limit=None):
        return (one for one in tuple(one for one in self.log if one.stream == stream)[after:][:limit])

    def read_all(self, *, after=0, limit=None):
        return self.log[after:][:limit]

    def stream_version(self, stream):
        return sum(one.stream == stream for one in self.log)

    def head(self):
        return len(self.log)


class Paged(Plain):
    """Reads page by page, up to the head at the call."""

    size = 100

    def read_all(self, *, after=0, limit=None):
        return self.pages(after, limit, self.head())

    def pages(self, after, limit, head):
        left = limit
        while left is None or left > 0:
            page = self.page(after, self.size if left is None else min(self.size, left), head)
            if not page:
                return
            yield from page
            after, left = page[-1].position, None if left is None else left - len(page)

    def page(self, after, size, head):
        return [one for one in islice(self.all, after, after + size) if one.position <= head]


class Snapshots(Plain):
    """Keeps a version per stream beside the events."""

    def __init__(self):
        super().__init__()
        self.heads = {}

    def record(self, stream, events, command_id):
        super().record(stream, events, command_id)
        self.heads[stream] = len(self.by_stream[stream])

    def stream_version(self, stream):
        return self.heads.get(stream, 0)


class Logging(lab.MemoryEventStore):
    """The kit's own, with a list of what was called."""

    def __init__(self):
        super().__init__()
        self.said = []

    def append(self, stream, events, *, expected, command_id=None):
        self.said.append(f"append {len(events)} to {stream}")
        return super().append(stream, events, expected=expected, command_id=command_id)


class Returned(Plain):
    """Hands out lists, and receipts of its own kind."""

    def end(self, stream):
        own = self.by_stream.get(stream, [])
        return SimpleNamespace(stream=stream, version=len(own), position=own[-1].position if own else 0)

    def read_all(self, *, after=0, limit=None):
        return list(super().read_all(after=after, limit=limit))

    def read_stream(self, stream, *, after=0, limit=None):
        return list(super().read_stream(stream, after=after, limit=limit))


class Locked(BehindOneLock, Plain):
    """One lock around everything."""

    def __init__(self):
        super().__init__()
        self.lock = threading.RLock()


class Gaps(Plain):
    """A refused append takes a position that no event gets, as a sequence of a database does."""

    def __init__(self):
        super().__init__()
        self.sequence = 0

    def next_position(self):
        self.sequence += 1
        return self.sequence

    def refused(self, stream, events, command_id):
        self.sequence += len(events)


class Announcing(Plain):
    """Tells listeners of each commit."""

    def __init__(self):
        super().__init__()
        self.listeners = []

    def subscribe(self, on_growth):
        entry = [on_growth]
        self.listeners.append(entry)
        return lambda: self.listeners.remove(entry)

    def record(self, stream, events, command_id):
        super().record(stream, events, command_id)
        self.announce()

    def announce(self):
        for (on_growth,) in list(self.listeners):
            with suppress(Exception):
                on_growth()


class AnnouncesFromAnotherThread(Announcing):
    """As a store does that hears of its own commits from a server."""

    def announce(self):
        threading.Timer(0.01, super().announce).start()


class Sharded(Plain):
    """Streams in shards by a hash; the order of the log beside them."""

    def __init__(self):
        super().__init__()
        self.shards = [{} for _ in range(16)]

    def shard(self, stream):
        return self.shards[zlib.crc32(stream.encode()) % 16]

    def record(self, stream, events, command_id):
        super().record(stream, events, command_id)
        self.shard(stream)[stream] = self.by_stream[stream]

    def stream_version(self, stream):
        return len(self.shard(stream).get(stream, ()))


class Buffered(Plain):
    """Events go to a buffer first; every read empties it."""

    def __init__(self):
        super().__init__()
        self.buffer = []

    def record(self, stream, events, command_id):
        before = len(self.all)
        super().record(stream, events, command_id)
        self.buffer += self.all[before:]
        del self.all[before:]
        if len(self.buffer) > 64:
            self.flush()

    def next_position(self):
        return super().next_position() + len(self.buffer)

    def flush(self):
        self.all += self.buffer
        self.buffer.clear()

    def read_all(self, *, after=0, limit=None):
        self.flush()
        return super().read_all(after=after, limit=limit)

    def head(self):
        self.flush()
        return super().head()


RIGHT = [
    Plain, Table, Lines, Slots, Paged, Snapshots, Logging, Returned, Locked, Gaps, Announcing, Sharded, Buffered,
    AnnouncesFromAnotherThread,
]  # fmt: skip


# --- each spoils one thing ------------------------------------------------------------------------------------


class AnIdIsOfItsFirst32Characters(Plain):
    def find(self, stream, command_id):
        return super().find(stream, command_id and command_id[:32])

    def remember(self, stream, command_id, receipt):
        super().remember(stream, command_id[:32], receipt)


class IdsAreForTheWholeLog(Plain):
    def find(self, stream, command_id):
        return super().find("", command_id)

    def remember(self, stream, command_id, receipt):
        super().remember("", command_id, receipt)


class RemembersTheLastTenThousandCommands(Plain):
    def __init__(self):
        super().__init__()
        self.known = OrderedDict()

    def remember(self, stream, command_id, receipt):
        super().remember(stream, command_id, receipt)
        if len(self.known) > 10_000:
            self.known.popitem(last=False)


class RemembersTheIdsOfAThousandStreams(Plain):
    def __init__(self):
        super().__init__()
        self.ids_in = {}

    def remember(self, stream, command_id, receipt):
        super().remember(stream, command_id, receipt)
        self.ids_in.setdefault(stream, []).append(command_id)
        if len(self.ids_in) > 1000:
            oldest = next(iter(self.ids_in))
            for forgotten in self.ids_in.pop(oldest):
                del self.known[oldest, forgotten]


class KnowsTheVersionsOf500Streams(Snapshots):
    """The cache of heads drops the oldest, and takes what it does not hold for new."""

    def record(self, stream, events, command_id):
        super().record(stream, events, command_id)
        if len(self.heads) > 500:
            self.heads.pop(next(iter(self.heads)))


class FindsOnlyTheFirst1000Streams(Plain):
    def read_stream(self, stream, *, after=0, limit=None):
        known = list(islice(self.by_stream, 1000))
        return super().read_stream(stream, after=after, limit=limit) if stream in known else iter(())


class AShardHoldsOneVersion(Sharded):
    """64 Ki shards, and the version is the shard's."""

    def shard(self, stream):
        return self.shards[zlib.crc32(stream.encode()) % 16]

    def stream_version(self, stream):
        number = zlib.crc32(stream.encode()) % 65_536
        return sum(len(own) for name, own in self.by_stream.items() if zlib.crc32(name.encode()) % 65_536 == number)

    def end(self, stream):
        return lab.Appended(stream, len(self.by_stream.get(stream, ())), super().end(stream).position)


class NamesByCrc32(Table):
    def append(self, stream, events, *, expected, command_id=None):
        self.called = {**getattr(self, "called", {}), zlib.crc32(stream.encode()): stream}
        key = str(zlib.crc32(stream.encode()))
        try:
            got = super().append(key, events, expected=expected, command_id=command_id)
        except lab.ConcurrencyError as error:
            raise lab.ConcurrencyError(stream, error.expected, error.actual) from None
        return replace(got, stream=stream)

    def row(self, one):
        return replace(super().row(one), stream=self.called[int(one[0])])

    def read_stream(self, stream, *, after=0, limit=None):
        return super().read_stream(str(zlib.crc32(stream.encode())), after=after, limit=limit)

    def stream_version(self, stream):
        return super().stream_version(str(zlib.crc32(stream.encode())))


class NamesAsFiles(Lines):
    """A slash cannot stand in the name of a file."""

    def append(self, stream, events, *, expected, command_id=None):
        return super().append(stream.replace("/", "_"), events, expected=expected, command_id=command_id)

    def read_stream(self, stream, **more):
        return super().read_stream(stream.replace("/", "_"), **more)

    def stream_version(self, stream):
        return super().stream_version(stream.replace("/", "_"))


class NamesWithoutCaseInSqlite(Table):
    names = "TEXT COLLATE NOCASE"


class NamesTrimmedInSqlite(Table):
    names = "TEXT COLLATE RTRIM"


class NamesAsNumbersInSqlite(Table):
    names = "NUMERIC"


class OrdersByTheClock(Table):
    order = "recorded_at, position"


class PositionIsTheTime(Plain):
    def next_position(self):
        return time.time_ns()


class VersionsAreFloats(Plain):
    def add(self, stream, event, command_id):
        super().add(stream, event, command_id)
        own = self.by_stream[stream]
        own[-1] = self.all[-1] = replace(own[-1], version=float(own[-1].version))


class TheHeadIsAFloat(Plain):
    def head(self):
        return float(super().head())


class ReceiptsHoldFloats(Plain):
    def end(self, stream):
        held = super().end(stream)
        return replace(held, version=float(held.version), position=float(held.position))


class TheVersionIsTrueOrFalseUpToOne(Plain):
    def stream_version(self, stream):
        version = super().stream_version(stream)
        return version if version > 1 else bool(version)


class APositionIsBurntAndALimitCountsPositions(Gaps):
    def read_all(self, *, after=0, limit=None):
        found = super().read_all(after=after)
        return found if limit is None else iter([one for one in found if one.position <= after + limit])


class APositionIsBurntAndAfterCountsEvents(Gaps):
    def read_all(self, *, after=0, limit=None):
        return iter(self.all[after:][:limit])


class ARefusedAppendBurnsAVersion(Snapshots):
    def refused(self, stream, events, command_id):
        self.heads[stream] = self.heads.get(stream, 0) + 1


class AnEmptyAppendMovesTheHead(Plain):
    empty = 0

    def append(self, stream, events, *, expected, command_id=None):
        self.empty += not events
        return super().append(stream, events, expected=expected, command_id=command_id)

    def head(self):
        return super().head() + self.empty


class OnlyAnEmptyListIsNothing(Plain):
    """An empty tuple is compared, recorded and refused."""

    def append(self, stream, events, *, expected, command_id=None):
        if events == []:
            return self.end(stream)
        if conflict(expected, len(self.by_stream.get(stream, []))):
            raise lab.ConcurrencyError(stream, expected, len(self.by_stream.get(stream, [])))
        return super().append(stream, events, expected=expected, command_id=command_id)

    def find(self, stream, command_id):
        return super().find(stream, command_id)


class TakesOnlyLists(Plain):
    def record(self, stream, events, command_id):
        super().record(stream, events, command_id)

    def append(self, stream, events, *, expected, command_id=None):
        return super().append(stream, [] + events, expected=expected, command_id=command_id)


class TheLiveList(Plain):
    def read_all(self, *, after=0, limit=None):
        return islice(self.all, after, None if limit is None else after + limit)


class PagesWithoutAnEnd(Paged):
    """A page is asked for when the one before it is used up: what was recorded meanwhile is in it."""

    def page(self, after, size, head):
        return list(islice(self.all, after, after + size))


class StreamPagesWithoutAnEnd(Plain):
    def read_stream(self, stream, *, after=0, limit=None):
        def pages():
            nonlocal after
            left = limit
            while page := self.by_stream.get(stream, [])[after : after + 256][:left]:
                yield from page
                after += len(page)
                left = None if left is None else left - len(page)

        return pages() if self.by_stream.get(stream) else iter(())


def paged(page_size, fault):
    """Return a store whose reading goes wrong at a page's border."""

    class WrongAtAPage(Paged):
        size = page_size

        def read_all(self, *, after=0, limit=None):
            if fault == "limit" and limit and limit % page_size == 0:
                limit += 1
            if fault == "after" and after and after % page_size == 0:
                after += 1
            if fault == "short" and len(self.all) > after and (len(self.all) - after) % page_size == 0:
                limit = min(limit or len(self.all), len(self.all) - after - 1)
            return super().read_all(after=after, limit=limit)

        def stream_version(self, stream):
            version = super().stream_version(stream)
            return version - (fault == "version" and version > 0 and version % page_size == 0)

    WrongAtAPage.__name__ = f"WrongAtAPage_{fault}_{page_size}"
    return WrongAtAPage


def sealed(page_size):
    """Return a store with full segments and a tail, where an empty tail hides the last segment."""

    class ATailThatIsEmpty(Plain):
        def head(self):
            full = len(self.all) and len(self.all) % page_size == 0
            return self.all[-page_size - 1 if len(self.all) > page_size else 0].position if full else super().head()

    ATailThatIsEmpty.__name__ = f"ATailThatIsEmpty_{page_size}"
    return ATailThatIsEmpty


def cut_off(most):
    """Return a store that loses what a commit holds above a number of events."""

    class LosesTheEndOfALargeCommit(Plain):
        def record(self, stream, events, command_id):
            super().record(stream, events[:most], command_id)

    LosesTheEndOfALargeCommit.__name__ = f"LosesTheEndOfACommitAbove_{most}"
    return LosesTheEndOfALargeCommit


class CommitsAreInterleaved(Plain):
    """Large commits are written in two halves, the second one after whatever comes next."""

    def __init__(self):
        super().__init__()
        self.waiting = deque()

    def record(self, stream, events, command_id):
        while self.waiting:
            super().record(*self.waiting.popleft())
        super().record(stream, events[:2], command_id)
        if events[2:]:
            self.waiting.append((stream, events[2:], command_id))


class FlushesAMomentLater(Buffered):
    def read_all(self, *, after=0, limit=None):
        return Plain.read_all(self, after=after, limit=limit)

    def record(self, stream, events, command_id):
        super().record(stream, events, command_id)
        threading.Timer(0.02, self.flush).start()


class PollsOutOfACache(Plain):
    """A page is kept under its `after` and `limit`, also when it was empty."""

    def __init__(self):
        super().__init__()
        self.cached = {}

    def read_all(self, *, after=0, limit=None):
        if not after:
            return super().read_all(limit=limit)
        if (after, limit) not in self.cached:
            self.cached[after, limit] = list(super().read_all(after=after, limit=limit))
        return iter(self.cached[after, limit])


class StreamsOutOfACache(Plain):
    def __init__(self):
        super().__init__()
        self.tail = lru_cache(10_000)(self.tail)

    def tail(self, stream, after, limit):
        return list(super().read_stream(stream, after=after, limit=limit))

    def read_stream(self, stream, *, after=0, limit=None):
        return iter(self.tail(stream, after, limit)) if after else super().read_stream(stream, limit=limit)


class TimesOfTheirOwnInStreams(Plain):
    def read_stream(self, stream, *, after=0, limit=None):
        return (replace(one, recorded_at=0.0) for one in list(super().read_stream(stream, after=after, limit=limit)))


class KeepsWhatCameBeforeTheError(Table):
    """Each event is committed by itself."""

    def append(self, stream, events, *, expected, command_id=None):
        if len(events) < 2 or conflict(expected, self.stream_version(stream)):
            return super().append(stream, events, expected=expected, command_id=command_id)
        if command_id and any(one.command_id == command_id for one in self.read_stream(stream)):
            return super().append(stream, events, expected=expected, command_id=command_id)
        version = self.stream_version(stream)
        for at, event in enumerate(events, 1):
            self.insert(stream, version + at, event, command_id)
        return lab.Appended(stream, version + len(events), self.head())


class WritesLineByLine(Lines):
    def append(self, stream, events, *, expected, command_id=None):
        self.at_once = events
        return super().append(stream, events, expected=expected, command_id=command_id)

    def line(self, stream, version, event, command_id):
        line = super().line(stream, version, event, command_id)
        self.lines.append(line)
        return line

    def write(self, lines):
        pass


class HoldsItsLockAfterAnError(Locked):
    def append(self, stream, events, *, expected, command_id=None):
        self.lock.acquire()
        try:
            receipt = super().append(stream, events, expected=expected, command_id=command_id)
        except lab.ConcurrencyError:
            self.lock.release()
            raise
        self.lock.release()
        return receipt

    def record(self, stream, events, command_id):
        json.dumps([vars_of(one) for one in events])
        super().record(stream, events, command_id)


def vars_of(event):
    return [event.number, event.note]


class LinesAreSplitAtEverySeparator(Lines):
    """The file is read whole, and split by `splitlines`."""

    def line(self, stream, version, event, command_id):
        return json.dumps(json.loads(super().line(stream, version, event, command_id)), ensure_ascii=False)

    def parsed(self):
        file = "".join(line + "\n" for line in self.lines)
        other = Lines([line for line in file.splitlines() if line])
        return list(Lines.parsed(other))


class LineEndsAreTranslated(Table):
    def insert(self, stream, version, event, command_id):
        event = Happened(event.number, event.note.replace("\r\n", "\n").replace("\r", "\n"))
        super().insert(stream, version, event, command_id)


class ExpectedIsComparedByteByByte(Plain):
    """The version is kept in 8 bits."""

    def append(self, stream, events, *, expected, command_id=None):
        version = self.stream_version(stream)
        if isinstance(expected, int) and expected != version and expected % 256 == version % 256:
            expected = version
        return super().append(stream, events, expected=expected, command_id=command_id)


class ExpectedIsComparedWithTheLastSnapshot(Plain):
    """A stream's version is kept every 100 events; between two, any version from there on is taken."""

    def append(self, stream, events, *, expected, command_id=None):
        version = self.stream_version(stream)
        if isinstance(expected, int) and version >= 100 and expected >= version - version % 100:
            expected = version
        return super().append(stream, events, expected=expected, command_id=command_id)


class NeverAnnounces(Announcing):
    def announce(self):
        pass


class AnnouncesBeforeItRecords(Announcing):
    def record(self, stream, events, command_id):
        self.announce()
        Plain.record(self, stream, events, command_id)


class AnnouncesOnlyOnce(Announcing):
    def announce(self):
        super().announce()
        self.listeners.clear()


class OneListenerEndsAll(Announcing):
    def subscribe(self, on_growth):
        super().subscribe(on_growth)
        return self.listeners.clear


class NothingEndsASubscription(Announcing):
    def subscribe(self, on_growth):
        super().subscribe(on_growth)


class NobodyCanUnsubscribe(Announcing):
    def subscribe(self, on_growth):
        super().subscribe(on_growth)
        return lambda: None


class AListenerSpoilsTheAppend(Announcing):
    def announce(self):
        for (on_growth,) in list(self.listeners):
            on_growth()


class OneListenerSpoilsTheNext(Announcing):
    def announce(self):
        with suppress(Exception):
            for (on_growth,) in list(self.listeners):
                on_growth()


class ChecksBeforeItLocks(Locked):
    def append(self, stream, events, *, expected, command_id=None):
        if conflict(expected, self.stream_version(stream)):
            return super().append(stream, events, expected=expected, command_id=command_id)
        with self.lock:
            return super().append(stream, events, expected=lab.Expected.ANY, command_id=command_id)


class ALockOfItsOwnForEachCall(Plain):
    def append(self, stream, events, *, expected, command_id=None):
        with threading.Lock():
            return super().append(stream, events, expected=expected, command_id=command_id)


class ALockForEachStream(Plain):
    """Two streams share the log, and not the lock."""

    def __init__(self):
        super().__init__()
        self.locks = {}

    def append(self, stream, events, *, expected, command_id=None):
        with self.locks.setdefault(stream, threading.RLock()):
            return super().append(stream, events, expected=expected, command_id=command_id)

    def read_all(self, *, after=0, limit=None):
        return iter([one for one in list(self.all) if one.position > after][:limit])


class AStreamIsReadWithoutTheLock(Locked):
    def read_stream(self, stream, *, after=0, limit=None):
        return Plain.read_stream(self, stream, after=after, limit=limit)


class TheVersionIsReadWithoutTheLock(Locked):
    """It counts up while a commit is being written."""

    def stream_version(self, stream):
        return Plain.stream_version(self, stream)


class TheHeadIsAhead(Locked):
    """It is counted before the events are there."""

    count = 0

    def record(self, stream, events, command_id):
        self.count += len(events)
        super().record(stream, events, command_id)

    def head(self):
        return self.count

    def read_all(self, *, after=0, limit=None):
        return Plain.read_all(self, after=after, limit=limit)


MODULE_LOCK = threading.RLock()


class ALockOfTheModuleAndTooLate(Plain):
    def append(self, stream, events, *, expected, command_id=None):
        version = self.stream_version(stream)
        with MODULE_LOCK:
            if expected == version:
                expected = lab.Expected.ANY
            return super().append(stream, events, expected=expected, command_id=command_id)

    def read_all(self, *, after=0, limit=None):
        with MODULE_LOCK:
            return super().read_all(after=after, limit=limit)

    def read_stream(self, stream, *, after=0, limit=None):
        with MODULE_LOCK:
            return super().read_stream(stream, after=after, limit=limit)


class SelectsThenInserts(Table):
    """One connection for all threads; the version is read before the transaction begins."""

    def __init__(self):
        super().__init__()
        self.db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.db.execute(
            "CREATE TABLE events (position INTEGER PRIMARY KEY, stream TEXT, version INTEGER, data TEXT,"
            " recorded_at REAL, command_id TEXT)"
        )


def reopen_first_thousand(store):
    return Lines(store.lines[:1000])


def reopen_last_page(store):
    return Lines(store.lines[: len(store.lines) // 100 * 100] if len(store.lines) > 100 else store.lines)


def reopen_while_loading(store):
    """Answer before everything is read."""
    opened = Lines([])
    threading.Timer(0.03, lambda: opened.lines.extend(store.lines)).start()
    return opened


RESTARTS = [reopen_first_thousand, reopen_last_page, reopen_while_loading]
PLANTED = {
    store: law
    for law, stores in {
        contract.IDS: (
            AnIdIsOfItsFirst32Characters,
        ),
        contract.PER_STREAM: (
            IdsAreForTheWholeLog,
        ),
        contract.FIRST_RECEIPT: (
            RemembersTheLastTenThousandCommands, RemembersTheIdsOfAThousandStreams,
        ),
        contract.VERSIONS: (
            KnowsTheVersionsOf500Streams, VersionsAreFloats, TheVersionIsTrueOrFalseUpToOne,
        ),
        contract.READS: (
            FindsOnlyTheFirst1000Streams, TheHeadIsAFloat, APositionIsBurntAndALimitCountsPositions,
            APositionIsBurntAndAfterCountsEvents, StreamsOutOfACache, LineEndsAreTranslated,
        ),
        contract.NAMES: (
            AShardHoldsOneVersion, NamesByCrc32, NamesAsFiles, NamesWithoutCaseInSqlite, NamesTrimmedInSqlite,
            NamesAsNumbersInSqlite,
        ),
        contract.CLOCK: (
            OrdersByTheClock, PositionIsTheTime,
        ),
        contract.RECEIPT: (
            ReceiptsHoldFloats,
        ),
        contract.ALL_OR_NOTHING: (
            ARefusedAppendBurnsAVersion, CommitsAreInterleaved, FlushesAMomentLater, KeepsWhatCameBeforeTheError,
            WritesLineByLine,
        ),
        contract.NOTHING: (
            AnEmptyAppendMovesTheHead, OnlyAnEmptyListIsNothing,
        ),
        contract.EXPECTED: (
            TakesOnlyLists, ExpectedIsComparedByteByByte, ExpectedIsComparedWithTheLastSnapshot,
            ChecksBeforeItLocks, ALockOfItsOwnForEachCall, ALockOfTheModuleAndTooLate,
        ),
        contract.AT_THE_CALL: (
            TheLiveList, PagesWithoutAnEnd, StreamPagesWithoutAnEnd,
        ),
        contract.NOT_LATE: (
            PollsOutOfACache,
        ),
        contract.STAYS: (
            TimesOfTheirOwnInStreams,
        ),
        contract.RUNS: (
            HoldsItsLockAfterAnError, LinesAreSplitAtEverySeparator,
        ),
        contract.ANNOUNCED: (
            NeverAnnounces, AnnouncesBeforeItRecords, AnnouncesOnlyOnce, OneListenerEndsAll, NobodyCanUnsubscribe,
            AListenerSpoilsTheAppend, OneListenerSpoilsTheNext, NothingEndsASubscription,
        ),
        contract.COMMITTED: (
            ALockForEachStream, AStreamIsReadWithoutTheLock, TheVersionIsReadWithoutTheLock, TheHeadIsAhead,
        ),
    }.items()
    for store in stores
}  # fmt: skip
WRONG_AT_A_SIZE = [
    *(paged(size, fault) for size in (256, 4096) for fault in ("limit", "after", "short", "version")),
    *(sealed(size) for size in (1000, 10_000)),
    *(cut_off(size) for size in (999, 1000, 10_000, 32_767)),
]  # fmt: skip
