"""The file of a SQLite log: a connection for each thread, the tables, and what each error means."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from cqrs_lab.errors import CqrsLabError, InvalidArgument, StoreUnavailable, StoreUnreadable

Result = TypeVar("Result")
PATIENCE_SECONDS = 30.0
"""How long a writer waits for the others."""
STEP_SECONDS = 0.1
"""How long SQLite waits at a time: *Interrupt kernel* is heard in between."""
APPLICATION_ID = 0x43515253  # "CQRS"
SCHEMA_VERSION = 1
SCHEMA = f"""
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS events (
        position INTEGER PRIMARY KEY,
        stream TEXT NOT NULL,
        version INTEGER NOT NULL,
        type TEXT NOT NULL,
        type_version INTEGER NOT NULL,
        payload TEXT NOT NULL,
        recorded_at REAL NOT NULL,
        command_id TEXT,
        stands_for TEXT,
        caused_by TEXT,
        metadata TEXT,
        UNIQUE (stream, version)
    );
    CREATE INDEX IF NOT EXISTS commands ON events (stream, command_id, version) WHERE command_id IS NOT NULL;
    PRAGMA application_id = {APPLICATION_ID};
    PRAGMA user_version = {SCHEMA_VERSION};
    COMMIT;
"""
# In one statement, so that all three are of one moment.
WHAT_IS_THERE = """
    SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)
    FROM pragma_application_id, pragma_user_version
"""
# Of one thread alone, in memory: the events of its next commit.
NEW = "CREATE TEMP TABLE new (number INTEGER PRIMARY KEY, type TEXT, type_version INTEGER, payload TEXT)"
NOTHING_RECORDED = "nothing was recorded"
UNAVAILABLE = {
    "SQLITE_BUSY": f"is locked by another process; {NOTHING_RECORDED}; end what holds it, and try again",
    "SQLITE_PROTOCOL": f"is in use by too many at once; {NOTHING_RECORDED}; try again",
    "SQLITE_LOCKED": f"is locked; {NOTHING_RECORDED}; try again",
    "SQLITE_FULL": f"has no room to grow; {NOTHING_RECORDED}; free some space on the disk, and try again",
    "SQLITE_READONLY": f"cannot be written; {NOTHING_RECORDED}; make the file and its folder writable",
    "SQLITE_PERM": f"cannot be opened; {NOTHING_RECORDED}; make the file and its folder readable and writable",
    "SQLITE_CANTOPEN": "cannot be opened; give a file, in a folder that is there and can be written: SQLite makes "
    "two more files beside it",
    "SQLITE_IOERR": "cannot be read or written: the disk reports an error. Whether the last commit is recorded is not "
    "known; look, or append it again under its command id",
}
UNREADABLE = {
    "SQLITE_NOTADB": "is no SQLite file; it was left as it is; give another path",
    "SQLITE_CORRUPT": "is damaged; restore it from a backup, or save what can be read with: sqlite3 FILE .recover",
}


class _Held:
    """The connection of one thread."""

    def __init__(self, path: Path) -> None:
        self.path, self.connection, self.closed = path, patiently(lambda: _open(path)), False
        self.file = _identity(path)
        # A thread that ends leaves its connection behind.
        weakref.finalize(self, self.connection.close).atexit = False

    def close(self) -> None:
        self.closed = True
        self.connection.close()


_held: weakref.WeakSet[_Held] = weakref.WeakSet()
_inherited: list[_Held] = []  # never used or closed here: SQLite's locks do not survive a fork


def _after_fork() -> None:
    _inherited.extend(one for one in _held if not one.closed)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class SqliteFile:
    """A file with an event log, used from any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._own = threading.local()
        self._all: dict[int, weakref.ref[_Held]] = {}
        self._was_there = False

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection, opened when it is first used."""
        held: _Held | None = getattr(self._own, "held", None)
        if _inherited and any(one.path == self.path or one.file == _identity(self.path) for one in _inherited):
            spawn = 'multiprocessing.get_context("spawn")'
            why = f"was open when this process was forked, and cannot be used in both; start it with {spawn}"
            raise StoreUnavailable(str(self.path), why)
        if held is None or held.closed:
            if self._was_there and _identity(self.path) is None:  # a new, empty log there would hide the loss
                why = "was deleted; bring it back, or make another store for a new log"
                raise StoreUnavailable(str(self.path), why)
            held = _Held(self.path)
            self._was_there = True
            _held.add(held)
            self._own.held = held
            self._all[id(held)] = weakref.ref(held)
            for key, ref in self._all.copy().items():  # of threads that have ended
                if ref() is None:
                    self._all.pop(key, None)
        return held.connection

    def execute(self, sql: str, *parameters: Any) -> list[Any]:
        """Run one statement, which is a transaction of its own, and return its rows; wait for other writers."""
        return patiently(lambda: list(self._idle().execute(sql, parameters)))

    def keep_for_later(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write rows to this thread's own table `temp.new`, from which a statement can take them."""
        connection, alone = self._idle(), not self.together
        # A transaction of that table alone, which locks nothing that others use: it is here for its speed.
        if alone:
            connection.execute("BEGIN")
        connection.execute("DELETE FROM temp.new")
        connection.executemany("INSERT INTO temp.new VALUES (?, ?, ?, ?)", rows)
        if alone:
            connection.execute("COMMIT")

    @property
    def together(self) -> bool:
        """Whether this thread is inside `one_transaction`."""
        # A flag could be left behind by an interrupt, and what is appended then would never be committed.
        if (begun := getattr(self._own, "begun", None)) is None:
            return False
        # A frame in a variable of its own would keep what its callers hold until the garbage collector comes.
        here = sys._getframe()
        while here is not begun and here.f_back is not None:
            here = here.f_back
        return here is begun

    def one_transaction(self, work: Callable[[], Result]) -> Result:
        """Return what some work returns, and record all it writes, or nothing of it if it raises."""
        if self.together:
            raise InvalidArgument(f"{self.path} records together already; end that work first")
        try:
            self.execute("BEGIN IMMEDIATE")
            self._own.begun = sys._getframe()
            result = work()
            patiently(lambda: self._idle().execute("COMMIT"))
            return result
        finally:
            self._own.begun = None
            self._idle()

    def _idle(self) -> sqlite3.Connection:
        connection, together = self.connection(), self.together
        if connection.in_transaction and not together:  # an interrupt or an error came between
            connection.execute("ROLLBACK")
        if together and not connection.in_transaction:  # what came now would be recorded without what came before
            why = f"was closed, or was full, within together(); {NOTHING_RECORDED} of that work; do it again"
            raise StoreUnavailable(str(self.path), why)
        return connection

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Raise what SQLite says as an error of the kit, with what to do."""
        held: _Held | None = getattr(self._own, "held", None)
        if held is not None and not held.closed and held.file != _identity(self.path):
            held.close()
            why = "was deleted or replaced while it was open; bring it back, or try again to use one that is there now"
            raise StoreUnavailable(str(self.path), why)
        try:
            yield
        except sqlite3.Error as error:
            raise explained(self.path, error) from error
        except UnicodeEncodeError as error:
            raise InvalidArgument(f"{error.object!r} holds half of a surrogate pair; give plain text") from None

    def close(self) -> None:
        """Close the connection of every thread."""
        for ref in self._all.copy().values():
            if (held := ref()) is not None and held not in _inherited:
                held.close()


def patiently(work: Callable[[], Result]) -> Result:
    """Do some work again while another process holds the lock, and return what it returns."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            if not _code(error).startswith(("SQLITE_BUSY", "SQLITE_PROTOCOL")) or time.monotonic() > until:
                raise


def explained(path: Path, error: sqlite3.Error) -> CqrsLabError:
    """Return what an error means for the log."""
    code, what = _code(error), str(path)
    for known, why in UNAVAILABLE.items():
        if code.startswith(known):
            return StoreUnavailable(what, f"{why} ({error})")
    for known, why in UNREADABLE.items():
        if code.startswith(known):
            return StoreUnreadable(what, f"{why} ({error})")
    if isinstance(error, sqlite3.ProgrammingError):
        return StoreUnavailable(what, f"was closed by another thread meanwhile ({error}); try again")
    return StoreUnreadable(what, f"is not what an event log of this version is ({error}); restore it from a backup")


def _code(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", "")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=STEP_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        there = connection.execute(WHAT_IS_THERE).fetchone()
        if there == (0, 0, 0):  # a new file, or one that another process is making into a log just now
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)
            there = connection.execute(WHAT_IS_THERE).fetchone()
        _check(path, *there)
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise StoreUnavailable(str(path), "has no write-ahead log; keep it on a disk of this computer")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(NEW)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(path: Path, application: int, version: int, objects: int) -> None:
    if application != APPLICATION_ID:
        raise StoreUnreadable(str(path), "is a SQLite file of something else; it was left as it is; give another path")
    if version != SCHEMA_VERSION:
        newer = version > SCHEMA_VERSION
        age, step = ("a newer", "update cqrs-lab") if newer else ("an older", "read it with that one")
        why = f"was made by {age} version of cqrs-lab (schema {version}, this one reads {SCHEMA_VERSION}); {step}"
        raise StoreUnreadable(str(path), f"{why}; it was left as it is")
