"""The server of a PostgreSQL log: a pool of connections that outlives the server, and what each error means."""

from __future__ import annotations

import logging
import os
import time
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from cqrs_lab.errors import CqrsLabError, InvalidArgument, StoreUnavailable, StoreUnreadable
from cqrs_lab.log.stores.postgres_schema import PostgresSchema

PATIENCE_SECONDS = 30.0
"""How long a call waits for a server that has gone away, and for other writers."""
STEP_SECONDS = 0.5
"""How long a call waits for a connection before it asks for a new one."""
MOST_CONNECTIONS = 10
CONNECT = {"connect_timeout": 5, "client_encoding": "utf8", "application_name": "cqrs-lab"}
ADDRESS = "an address; give postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
# What a server, a database or a user may be set to otherwise, and what the log relies on. A page is read in the order
# of an index: before a new table has statistics, the planner sorts the rest of the log for each page.
RELIES_ON = f"""
    SELECT set_config('default_transaction_isolation', 'read committed', false),
        set_config('enable_sort', 'off', false), set_config('enable_bitmapscan', 'off', false),
        set_config('lock_timeout', '{PATIENCE_SECONDS:.0f}s', false),
        CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END
"""
NOTHING_RECORDED = "nothing was recorded"
UNKNOWN = "whether an append under way is recorded is not known: look, or append it again under its command id"
UNAVAILABLE = {
    "55P03": f"is locked by another program; {NOTHING_RECORDED}; end what holds it, and try again",
    "57014": f"took too long, or was told to stop; {NOTHING_RECORDED}; try again",
    "25006": f"is read-only, as a standby is; {NOTHING_RECORDED}; give the address of the primary",
    "42501": f"does not allow this user to do that; {NOTHING_RECORDED}; grant it, or give another user",
    "40": f"was used by too many at once; {NOTHING_RECORDED}; try again",
    "53": f"has no room left; {NOTHING_RECORDED}; give it disk, memory or connections, and try again",
}
# It warns of each lost connection, on a screen where logging is not set up; here an error says it.
logging.getLogger("psycopg.pool").addHandler(logging.NullHandler())


class _Lent(psycopg.Connection[Any]):
    """A connection that is not lost for the pool, if an interrupt came before it was given back."""

    lost: deque[psycopg.Connection[Any]] | None = None

    def __del__(self, *arguments: Any) -> None:
        if self.lost is not None and not self.closed:
            self.lost.append(self)  # not given back here: this may be called within any line, the pool's own too


def _lend(lost: deque[psycopg.Connection[Any]], connection: psycopg.Connection[Any]) -> None:
    connection.execute(RELIES_ON)
    if isinstance(connection, _Lent):
        connection.lost = lost


class _Held:
    """A pool and the connections that it lost; closed with what holds it."""

    def __init__(self, conninfo: str) -> None:
        self.lost: deque[psycopg.Connection[Any]] = deque()
        self.pool: ConnectionPool[Any] = ConnectionPool(
            conninfo,
            connection_class=_Lent,
            kwargs={**CONNECT, "autocommit": True},
            configure=partial(_lend, self.lost),
            min_size=1,
            max_size=MOST_CONNECTIONS,
            num_workers=1,
            reconnect_timeout=0,  # the pool would wait longer after each failure; the next call tries again
            open=True,
        )
        weakref.finalize(self, _close, self.pool, self.lost, os.getpid())

    def ready(self) -> ConnectionPool[Any]:
        """Return the pool, with the lost connections given back."""
        with suppress(IndexError):
            while True:
                lost = self.lost.pop()
                lost.close()
                self.pool.putconn(lost)
        return self.pool


def _close(pool: ConnectionPool[Any], lost: deque[psycopg.Connection[Any]], maker: int) -> None:
    if os.getpid() != maker:  # a forked process must not say goodbye for its parent
        return
    pool.close()
    while lost:
        lost.pop().close()


class PostgresServer:
    """A server with an event log, used from any thread.

    Parameters
    ----------
    url : str
    schema : PostgresSchema
    """

    def __init__(self, url: Any, schema: PostgresSchema) -> None:
        self._conninfo, self.where = _read(url)
        self.schema = schema
        self._held: dict[str, _Held] = {}
        self._maker = os.getpid()
        with self.explaining(), self.connect() as connection:
            self.schema.make(connection, self.where)

    def connect(self) -> psycopg.Connection[Any]:
        """Return a connection of the caller's own, in which each statement is a transaction."""
        connection = psycopg.connect(self._conninfo, autocommit=True, **CONNECT)  # type: ignore[arg-type]
        connection.execute(RELIES_ON)
        return connection

    def _pool(self) -> ConnectionPool[Any]:
        if os.getpid() != self._maker:
            spawn = 'multiprocessing.get_context("spawn")'
            why = f"was open when this process was forked, and cannot be used in both; start it with {spawn}"
            raise StoreUnavailable(self.where, why)
        # No lock, which an interrupt could leave taken; if two threads make a pool, one of the two is dropped.
        held = self._held.get("pool") or self._held.setdefault("pool", _Held(self._conninfo))
        return held.ready()

    def execute(self, statement: str, *parameters: Any) -> list[Any]:
        """Run one statement, which is a transaction of its own, and return its rows.

        If the server goes away meanwhile, wait for it and run the statement again: it must be one that may run twice.
        """
        until, checked = time.monotonic() + PATIENCE_SECONDS, False
        while True:
            pool = self._pool()
            try:
                with pool.connection(timeout=STEP_SECONDS) as lent, lent.cursor(binary=True) as cursor:
                    return cursor.execute(statement, parameters).fetchall()  # type: ignore[no-any-return]
            except psycopg.OperationalError as error:
                if not _away(error) or time.monotonic() > until:
                    raise
                # The pool hands out each dead connection once: this lets it look at all of them now.
                if not checked and not isinstance(error, (PoolTimeout, PoolClosed)):
                    checked = True
                    pool.check()

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Raise what the server or psycopg says as an error of the kit, with what to do."""
        try:
            yield
        except psycopg.Error as error:
            raise self._explained(error) from None
        except UnicodeEncodeError as error:
            raise InvalidArgument(f"{error.object!r} holds half of a surrogate pair; give plain text") from None

    def _explained(self, error: psycopg.Error) -> CqrsLabError:
        state = error.sqlstate or ""
        said = " ".join(str(error).split())
        if isinstance(error, PoolTimeout):
            said = self._why_not() or f"all {MOST_CONNECTIONS} connections are in use"
        if isinstance(error, psycopg.OperationalError) and _away(error):
            why = "cannot be reached; start the server, or look at the address, the user and the password"
            return StoreUnavailable(self.where, f"{why}; {UNKNOWN} ({said})")
        if isinstance(error, psycopg.DataError):
            return InvalidArgument(f"{self.where} cannot record a text as it is ({said}); give plain text")
        for known, why in UNAVAILABLE.items():
            if state.startswith(known):
                return StoreUnavailable(self.where, f"{why} ({said})")
        why = f"is not what an event log of this version is ({said}); restore it from a backup, or give another schema"
        return StoreUnreadable(self.where, why)

    def _why_not(self) -> str:
        try:
            self.connect().close()
        except psycopg.Error as error:
            return " ".join(str(error).split())
        return ""

    def close(self) -> None:
        """Close every connection."""
        held = self._held.pop("pool", None)
        if held is not None:
            _close(held.pool, held.lost, self._maker)


def _away(error: psycopg.OperationalError) -> bool:
    state = error.sqlstate
    return state is None or state.startswith("08") or state in ("57P01", "57P02", "57P03", "53300") or state[:2] == "28"


def _read(url: Any) -> tuple[str, str]:
    """Return how psycopg writes an address, and the address as it may be shown."""
    if not isinstance(url, str) or not url.startswith(("postgresql://", "postgres://")):
        raise InvalidArgument(f"the url, of type {type(url).__name__}, is not {ADDRESS}")  # it may hold a password
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        how = "write %40 for @, %3A for : and %2F for / in a password"
        raise InvalidArgument(f"the url is not {ADDRESS}; {how}") from None
    host, port = (str(parts.get(name) or os.environ.get(f"PG{name.upper()}") or "") for name in ("host", "port"))
    place = host if "/" not in host else host.replace("/", "%2F")
    database = str(parts.get("dbname") or os.environ.get("PGDATABASE") or "")
    shown = f"postgresql://{place}{':' * bool(port)}{port}/{database}"
    return make_conninfo(url), shown
