"""Right stores in different styles; each keeps laws 1 to 3."""

from __future__ import annotations

import json
import pickle
import random
import sqlite3
import tempfile
import threading
from collections import namedtuple
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import numpy as np

import cqrs_lab as lab
from cqrs_lab.arguments import check_range, check_stream
from cqrs_lab.log.contract import EVENTS
from cqrs_lab.log.event_store import checked_expected
from cqrs_lab.log.guards.recordable import events_in
from tests.log.planted_stores import Bulk, IdsAsText, Slices, Tens, ThirtyLines, Traces, above

KINDS = {kind.__name__: kind for kind in EVENTS.values()}


def refuse_unless(expected, stream, version):
    """Compare as the laws say."""
    right = {lab.Expected.ANY: True, lab.Expected.NO_STREAM: version == 0, lab.Expected.STREAM_EXISTS: version > 0}
    if not right.get(expected, expected == version):
        raise lab.ConcurrencyError(stream, expected, version)


class DictOfLists:
    """Streams in a dict, the log put together by sorting; no lock."""

    def __init__(self):
        self.streams, self.ids, self.positions = {}, {}, count(1)

    def append(self, stream, events, *, expected, command_id=None):
        own = self.streams.get(stream, [])
        if events and (stream, command_id) in self.ids:
            return self.ids[stream, command_id]
        if events:
            refuse_unless(expected, stream, len(own))
            for event in events:
                entry = lab.RecordedEvent(stream, len(own) + 1, next(self.positions), event, 1.5, command_id)
                own = self.streams.setdefault(stream, own)
                own.append(entry)
        receipt = lab.Appended(stream, len(own), own[-1].position if own else 0)
        if events and command_id is not None:
            self.ids[stream, command_id] = receipt
        return receipt

    def read_stream(self, stream, *, after=0, limit=None):
        return iter(self.streams.get(stream, [])[after:][:limit])

    def read_all(self, *, after=0, limit=None):
        everything = sorted(sum(self.streams.values(), []), key=lambda one: one.position)
        return iter(above(everything, after)[:limit])

    def stream_version(self, stream):
        return len(self.streams.get(stream, ()))

    def head(self):
        return max((own[-1].position for own in self.streams.values()), default=0)


Row = namedtuple("Row", "stream version position event recorded_at command_id")


class OneListOfNamedTuples:
    """No lock, no dict, its own kind of entry, and a list from each reader."""

    def __init__(self):
        self.rows = []

    def append(self, stream, events, *, expected, command_id=None):
        own = [row for row in self.rows if row.stream == stream]
        if command_id is not None and events and any(row.command_id == command_id for row in own):
            own = [row for row in own if row.command_id == command_id]
        elif events:
            refuse_unless(expected, stream, len(own))
            for event in events:
                self.rows.append(Row(stream, len(own) + 1, len(self.rows) + 1, event, 0, command_id))
                own.append(self.rows[-1])
        return SimpleNamespace(
            stream=stream, version=own[-1].version if own else 0, position=own[-1].position if own else 0
        )

    def read_stream(self, stream, *, after=0, limit=None):
        return [row for row in self.rows if row.stream == stream and row.version > after][:limit]

    def read_all(self, *, after=0, limit=None):
        return [row for row in self.rows if row.position > after][:limit]

    def stream_version(self, stream):
        return sum(1 for row in self.rows if row.stream == stream)

    def head(self):
        return self.rows[-1].position if self.rows else 0


class Sqlite:
    """Fifty lines on one connection: a write lock for all, events as JSON; for one thread."""

    def __init__(self, path=":memory:"):
        self.path, self.db = path, sqlite3.connect(path, isolation_level=None)
        self.db.execute("pragma synchronous = off")
        self.db.execute(
            "create table if not exists log (position integer primary key autoincrement, stream text, version integer, "
            "kind text, event text, at real, command_id text, unique (stream, version))"
        )
        self.db.execute("create index if not exists ids on log (stream, command_id)")

    def append(self, stream, events, *, expected, command_id=None):
        self.db.execute("begin immediate")
        try:
            receipt = self._append(stream, events, expected, command_id)
        except BaseException:
            self.db.execute("rollback")
            raise
        self.db.execute("commit")
        return receipt

    def _append(self, stream, events, expected, command_id):
        if events and command_id is not None:
            known = self._end("stream = ? and command_id = ?", stream, command_id)
            if known[0]:
                return lab.Appended(stream, *known)
        if events:
            version, _ = self._end("stream = ?", stream)
            refuse_unless(expected, stream, version)
            rows = [
                (stream, number, type(event).__name__, self.dumps(event), 0.0, command_id)
                for number, event in enumerate(events, version + 1)
            ]
            self.db.executemany(
                "insert into log (stream, version, kind, event, at, command_id) values (?, ?, ?, ?, ?, ?)", rows
            )
        return lab.Appended(stream, *self._end("stream = ?", stream))

    def _end(self, where, *values):
        found = self.db.execute(f"select max(version), max(position) from log where {where}", values).fetchone()
        return found[0] or 0, found[1] or 0

    def dumps(self, event):
        return json.dumps({"number": event.number, "note": event.note})

    def loads(self, kind, text):
        return KINDS[kind](**json.loads(text))

    def _rows(self, where, *values):
        rows = self.db.execute(f"select * from log where {where} limit ?", values).fetchall()
        for position, stream, version, kind, text, at, command_id in rows:
            yield lab.RecordedEvent(stream, version, position, self.loads(kind, text), at, command_id)

    def read_stream(self, stream, *, after=0, limit=None):
        found = list(
            self._rows("stream = ? and version > ? order by version", stream, after, -1 if limit is None else limit)
        )
        return iter(found)

    def read_all(self, *, after=0, limit=None):
        return iter(list(self._rows("position > ? order by position", after, -1 if limit is None else limit)))

    def stream_version(self, stream):
        return self._end("stream = ?", stream)[0]

    def head(self):
        return self._end("true")[1]


class SqliteOnDisk(Sqlite):
    """In a file of its own, events pickled."""

    folder = None

    def __init__(self, path=None):
        super().__init__(path or str(Path(tempfile.mkdtemp(dir=self.folder)) / "log.db"))

    def dumps(self, event):
        return pickle.dumps(event)

    def loads(self, kind, text):
        return pickle.loads(text)

    @classmethod
    def reopen(cls, store):
        store.db.close()
        return cls(store.path)


class BehindOneLock:
    """Every call of the store it is mixed into takes the same lock."""

    def append(self, stream, events, *, expected, command_id=None):
        with self.lock:
            return super().append(stream, events, expected=expected, command_id=command_id)

    def read_stream(self, stream, *, after=0, limit=None):
        with self.lock:
            return super().read_stream(stream, after=after, limit=limit)

    def read_all(self, *, after=0, limit=None):
        with self.lock:
            return super().read_all(after=after, limit=limit)

    def stream_version(self, stream):
        with self.lock:
            return super().stream_version(stream)

    def head(self):
        with self.lock:
            return super().head()


class SqliteForThreads(BehindOneLock, Sqlite):
    """One connection for all threads, behind one lock."""

    def __init__(self):
        super().__init__()
        self.db.close()
        self.lock = threading.Lock()
        self.db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.db.execute(
            "create table log (position integer primary key, stream text, version integer, "
            "kind text, event text, at real, command_id text)"
        )


class RandomGaps(ThirtyLines):
    """Positions skip as they like, by as much as a clock would."""

    random = random.Random(3)

    def record(self, stream, events, command_id):
        position, version, new = self.head() or 10**15, self.stream_version(stream), []
        for number, event in enumerate(events, version + 1):
            position += self.random.choice((1, 2, 70_000, 2**33))
            new.append(lab.RecordedEvent(stream, number, position, event, 0.0, command_id))
        self.log = self.log + new


class OnArrays:
    """Positions, versions and streams in arrays of numpy; its numbers are numpy's."""

    def __init__(self):
        self.position, self.version = np.zeros(0, "int64"), np.zeros(0, "int64")
        self.stream, self.id = np.zeros(0, "int64"), np.zeros(0, "int64")
        self.events, self.names, self.ids = [], {}, {None: 0}
        self.lock = threading.RLock()

    def append(self, stream, events, *, expected, command_id=None):
        with self.lock:
            name = self.names.setdefault(stream, len(self.names))
            one = self.ids.setdefault(command_id, len(self.ids))
            own = np.flatnonzero(self.stream == name)
            again = own[self.id[own] == one] if one and events else own[:0]
            if len(again) or not events:
                end = again if len(again) else own
                return lab.Appended(stream, *((self.version[end[-1]], self.position[end[-1]]) if len(end) else (0, 0)))
            refuse_unless(expected, stream, len(own))
            more = np.arange(1, len(events) + 1)
            self.events = self.events + list(events)
            self.position = np.append(self.position, len(self.position) + more)
            self.version = np.append(self.version, len(own) + more)
            self.id = np.append(self.id, np.full(len(more), one))
            self.stream = np.append(self.stream, np.full(len(more), name))
            return lab.Appended(stream, self.version[-1], self.position[-1])

    def chosen(self, condition, limit):
        names, ids = list(self.names), list(self.ids)
        for at in np.flatnonzero(condition)[:limit]:
            stream, command_id = names[self.stream[at]], ids[self.id[at]]
            yield lab.RecordedEvent(
                stream, self.version[at], self.position[at], self.events[at], np.float64(0), command_id
            )

    def read_stream(self, stream, *, after=0, limit=None):
        with self.lock:
            own = self.stream == self.names.get(stream, -1)
            return iter(list(self.chosen(own & (self.version > after), limit)))

    def read_all(self, *, after=0, limit=None):
        with self.lock:
            return iter(list(self.chosen(self.position > after, limit)))

    def stream_version(self, stream):
        with self.lock:
            return int((self.stream == self.names.get(stream, -1)).sum())

    def head(self):
        with self.lock:
            return int(self.position[-1]) if len(self.position) else 0


@dataclass(frozen=True)
class Commit:
    """The whole history up to a commit: never changed, and replaced in one step."""

    before: Commit | None = None
    new: tuple = ()
    versions: dict = None

    def log(self):
        commits, one = [], self
        while one is not None:
            commits.append(one.new)
            one = one.before
        return [entry for new in reversed(commits) for entry in new]


class LockFree:
    """A chain of commits. A writer prepares the next one and puts it in, unless another was quicker.

    `dict.setdefault` is one step: of several writers exactly one finds its own commit there.
    """

    def __init__(self):
        self.chain = {0: Commit(versions={})}

    @property
    def last(self):
        return self.chain[len(self.chain) - 1]

    def append(self, stream, events, *, expected, command_id=None):
        while True:
            number = len(self.chain)
            now = self.chain[number - 1]
            log = now.log()
            own = [one for one in log if one.stream == stream]
            same = [one for one in own if command_id is not None and one.command_id == command_id]
            if not events or same:
                end = (same or own or [None])[-1]
                return lab.Appended(stream, end.version if end else 0, end.position if end else 0)
            refuse_unless(expected, stream, len(own))
            new = tuple(
                lab.RecordedEvent(stream, len(own) + k, len(log) + k, event, 0.0, command_id)
                for k, event in enumerate(events, 1)
            )
            mine = Commit(now, new)
            if self.chain.setdefault(number, mine) is mine:
                return lab.Appended(stream, new[-1].version, new[-1].position)

    def read_stream(self, stream, *, after=0, limit=None):
        return iter([one for one in self.last.log() if one.stream == stream and one.version > after][:limit])

    def read_all(self, *, after=0, limit=None):
        return iter(above(self.last.log(), after)[:limit])

    def stream_version(self, stream):
        return sum(one.stream == stream for one in self.last.log())

    def head(self):
        log = self.last.log()
        return log[-1].position if log else 0


class Generators(ThirtyLines):
    """Its readers are generators over what was there at the call."""

    def read_all(self, *, after=0, limit=None):
        log = self.log
        return (one for one in above(log, after)[:limit])

    def read_stream(self, stream, *, after=0, limit=None):
        own = self.of(stream)
        return self.rows(own, after, limit)

    def rows(self, own, after, limit):
        yield from own[after:][:limit]


class OneEventAtATime(ThirtyLines):
    """Counts the stream again for each event: slow, and right."""

    def record(self, stream, events, command_id):
        log = list(self.log)
        for event in events:
            version = sum(one.stream == stream for one in log) + 1
            log.append(lab.RecordedEvent(stream, version, len(log) + 1, event, 0.0, command_id))
        self.log = log


class WithATally(lab.MemoryEventStore):
    """The kit's own store, with a number more."""

    def __init__(self):
        super().__init__()
        self.tally = 0

    def append(self, stream, events, *, expected, command_id=None):
        receipt = super().append(stream, events, expected=expected, command_id=command_id)
        self.tally += 1
        return receipt


class Wrapping:
    """Passes everything on."""

    def __init__(self):
        self.store = Generators()

    def __getattr__(self, name):
        return getattr(self.store, name)


class ChecksEverything(ThirtyLines):
    """As the kit's own stores do."""

    def append(self, stream, events, *, expected, command_id=None):
        check_stream(stream, command_id)
        events = events_in(events, f"append to {stream!r}", "append")
        return super().append(stream, events, expected=checked_expected(expected), command_id=command_id)

    def read_stream(self, stream, *, after=0, limit=None):
        check_stream(stream)
        after, limit = check_range(after, limit)
        return super().read_stream(stream, after=after, limit=limit)

    def read_all(self, *, after=0, limit=None):
        after, limit = check_range(after, limit)
        return super().read_all(after=after, limit=limit)

    def stream_version(self, stream):
        check_stream(stream)
        return super().stream_version(stream)


RIGHT = (
    lab.MemoryEventStore, ThirtyLines, DictOfLists, OneListOfNamedTuples, Sqlite, SqliteOnDisk, SqliteForThreads, Tens,
    RandomGaps, OnArrays, LockFree, Generators, OneEventAtATime, WithATally, Wrapping, Traces,
    Slices, Bulk, IdsAsText, ChecksEverything,
)  # fmt: skip
FOR_THREADS = (
    lab.MemoryEventStore, ThirtyLines, SqliteForThreads, RandomGaps, OnArrays, LockFree, Generators, WithATally,
)  # fmt: skip
