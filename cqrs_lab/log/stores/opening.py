"""An event store by its URL: only the URL changes from one machine to many."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cqrs_lab.arguments import refuse
from cqrs_lab.errors import InvalidArgument, MissingExtra
from cqrs_lab.log.memory import MemoryEventStore

if TYPE_CHECKING:
    from cqrs_lab.log.stores.jetstream import JetStreamEventStore
    from cqrs_lab.log.stores.postgres import PostgresEventStore
    from cqrs_lab.log.stores.sqlite import SqliteEventStore

Events = Mapping[str, type | Sequence[type]]
KNOWN = (
    "memory://, or sqlite:///shop.db (a file in this folder), or sqlite:////data/shop.db (a path from the root), "
    "or postgresql://user:password@localhost:5432/shop (a database on a server), "
    "or nats://localhost:4222/SHOP (a stream of NATS JetStream)"
)


def open_event_store(
    url: str, events: Events | None = None, *, clock: Callable[[], float] = time.time
) -> MemoryEventStore | SqliteEventStore | PostgresEventStore | JetStreamEventStore:
    """Return the event store that a URL stands for.

    Parameters
    ----------
    url : str
        ``memory://`` is a new log in memory; ``sqlite:///shop.db`` is a log in that file, made if there is none:
        after three slashes a path from this folder, after four one from the root.
        ``postgresql://user:password@host:5432/shop`` is a log in that database, in the schema `cqrs_lab`, made if there
        is none.
        ``nats://host:4222/SHOP`` is a log in the stream SHOP of NATS JetStream, made if there is none; there may be
        several servers, with commas between them, and ``user:password@`` before them.
    events : mapping of str to type
        The name of each event type in the log, and its class: ``{"order-placed": OrderPlaced}``. A log in memory keeps
        the objects themselves, and needs none.
    clock : callable, optional
        Returns the seconds since 1970 that are recorded with each event.

    Raises
    ------
    InvalidArgument
        There is no such kind of store, or `events` are missing.
    MissingExtra
        A package that this store needs is not installed; the message says which `pip install` brings it.
    StoreUnavailable
        The store cannot be opened.

    Examples
    --------
    >>> import cqrs_lab as lab
    >>> from cqrs_lab.shop.events import EVENTS
    >>> with lab.open_event_store("sqlite:///shop.db", events=EVENTS) as store:
    ...     store.head()
    0
    """
    scheme, found, path = url.partition("://") if isinstance(url, str) else ("", "", "")
    if found and scheme in SERVERS:
        return SERVERS[scheme](url, events, clock)
    if not found or scheme not in ("memory", "sqlite"):
        raise refuse("url", without_password(url), f"an event store; give {KNOWN}")
    if scheme == "memory":
        if path:
            raise refuse("url", url, "a log in memory, which has no path; give memory://")
        return MemoryEventStore(clock)
    if not path.startswith("/") or path in ("/", "/:memory:") or path.endswith("/"):
        raise refuse("url", url, "a file; give sqlite:///shop.db, or memory:// for a log in memory")
    if "?" in path or "#" in path:
        raise refuse("url", url, "a path without options; give sqlite:///shop.db")
    declared = _declared(url, events)
    try:
        from cqrs_lab.log.stores.sqlite import SqliteEventStore
    except ModuleNotFoundError as error:
        if error.name != "msgspec":
            raise
        raise MissingExtra(url, "sqlite", "msgspec") from error
    return SqliteEventStore(path[1:], declared, clock)


def _declared(url: str, events: Events | None) -> Events:
    if events is None:
        declared = 'events={"order-placed": OrderPlaced, …}, the name of each event type in the log and its class'
        raise InvalidArgument(f"{url} keeps events as JSON, so it must know their types; give {declared}")
    return events


def without_password(url: Any) -> Any:
    """Return a URL without what stands before its servers, for a message; anything else as it is.

    Examples
    --------
    >>> from cqrs_lab.log.stores.opening import without_password
    >>> without_password("postgresql://ada:secret@localhost:5432/shop")
    'postgresql://localhost:5432/shop'
    """
    return re.sub("://.*@", "://", url) if isinstance(url, str) else url


def _postgres(url: str, events: Events | None, clock: Callable[[], float]) -> PostgresEventStore:
    shown = re.sub("[?#].*", "", without_password(url))  # its options may hold a password too
    declared = _declared(shown, events)
    try:
        from cqrs_lab.log.stores.postgres import PostgresEventStore
    except ModuleNotFoundError as error:
        if error.name not in ("psycopg", "psycopg_pool", "msgspec"):
            raise
        raise MissingExtra(shown, "postgres", "psycopg") from error
    return PostgresEventStore(url, declared, clock)


def _jetstream(url: str, events: Events | None, clock: Callable[[], float]) -> JetStreamEventStore:
    declared = _declared(without_password(url), events)
    try:
        from cqrs_lab.log.stores.jetstream import JetStreamEventStore
    except ModuleNotFoundError as error:
        if error.name not in ("nats", "msgspec"):
            raise
        raise MissingExtra(without_password(url), "jetstream", "nats-py") from error
    return JetStreamEventStore(url, declared, clock)


# A store on servers reads its URL itself.
SERVERS: Mapping[str, Callable[..., PostgresEventStore | JetStreamEventStore]]
SERVERS = {"postgresql": _postgres, "nats": _jetstream}
