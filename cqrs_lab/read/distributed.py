"""A read model built by many workers: Dask summarises the parts of an archive side by side, and merges what they say.

The workers get the projection, and paths and ranges; each reads the files itself. That parts may be summarised apart,
and merged in any order, is law 5, which `check_projection` tries on any projection. Needs `cqrs-lab[dask]`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pickle import loads
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import pandas as pd

from cqrs_lab.arguments import having, how_many, seconds, text
from cqrs_lab.errors import ClusterFailed, MissingExtra, ProjectionFailed, StoreUnavailable
from cqrs_lab.log.envelope import Position
from cqrs_lab.log.guards.identity import adopt
from cqrs_lab.log.slice import Slice
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.merge import check_overflow
from cqrs_lab.read.frames.unread import Needed, check_read, reading_only
from cqrs_lab.read.guards.accepted import check_declaration, check_on_failure
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.read_model import OnFailure, ReadModel, advanced
from cqrs_lab.read.tables import MemoryTables, ParkedEvent
from cqrs_lab.words import count

if TYPE_CHECKING:
    from distributed import Client, Future

PART_EVENTS = 1_000_000
TIMEOUT_SECONDS = 600.0
# Above this number for each worker, a part waits here: the scheduler does not need to know of all of them at once.
_AHEAD = 3

_read_by: dict[tuple[str, int], set[str]] = {}


class LogPart(Protocol):
    """Some events of a log: small enough to be sent, and opened where they are needed."""

    def open(self) -> Slice:
        """Return the events."""


class PartedLog(Protocol):
    """A log that can be read in parts, such as `Archive`."""

    def head(self) -> Position:
        """Return the position up to which the parts hold the log."""

    def parts(self, most_events: int) -> Sequence[LogPart]:
        """Return all of it, in parts of about this size."""


class Summary(NamedTuple):
    """What some parts of a log contribute to a read model."""

    table: pd.DataFrame
    parked: tuple[ParkedEvent, ...]
    made_by: tuple[str, int] | None
    rowless: int


def build_distributed(
    projection: Projection,
    log: PartedLog,
    *,
    scheduler: str | Client | None = None,
    workers: int | None = None,
    memory_limit: str = "auto",
    part_events: int = PART_EVENTS,
    timeout_seconds: float = TIMEOUT_SECONDS,
    on_failure: OnFailure = "stop",
) -> ReadModel:
    """Return the read model of a whole archive, built by Dask; `rebuild` continues from it.

    ``rebuild(projector, to=projection, model=build_distributed(projection, archive)).run()`` puts it in place of the
    serving one, and applies what has been recorded since. A worker that is lost costs its work, and no event: others do
    the work again.

    Parameters
    ----------
    projection : Projection
    log : PartedLog
        An `Archive`, in a folder that every worker finds at the same path.
    scheduler : str or distributed.Client, optional
        The address of a scheduler, ``tcp://host:8786``, or a client. Without it, workers are started on this machine,
        reachable from this machine alone, and ended when all is done. In a script, start them behind
        ``if __name__ == "__main__":``, as for any processes.
    workers : int, optional
        How many to start: as many as there are cores.
    memory_limit : str, optional
        What each worker that is started may use, such as ``"2GB"``; one that uses more is ended.
    part_events : int, optional
        How many events a worker reads at a time. Its memory grows with them.
    timeout_seconds : float, optional
        How long to wait for the next result, each time.
    on_failure : {"stop", "park"}, optional
        As in `Projector`.

    Raises
    ------
    ProjectionFailed
        At an event that the projection cannot apply.
    ClusterFailed
        The workers died again and again, or nothing came back in time, or the scheduler does not answer.
    StoreUnreadable
        A file of the archive is damaged.
    MissingExtra
        Dask is not installed.

    Examples
    --------
    >>> from distributed import Client
    >>> from cqrs_lab import MemoryEventStore
    >>> from cqrs_lab.log.stores.archive import write_archive
    >>> from cqrs_lab.read.distributed import build_distributed
    >>> from cqrs_lab.shop.events import EVENTS
    >>> from cqrs_lab.shop.read import ProductListing
    >>> archive = write_archive(MemoryEventStore(), "shop", EVENTS)
    >>> here = {"protocol": "tcp", "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    >>> with Client(processes=False, n_workers=1, **here) as client:
    ...     build_distributed(ProductListing(), archive, scheduler=client).position
    0
    """
    check_declaration(projection)
    having("log", log, ("parts", "head"), "an archive; give one, such as write_archive(store, folder, events)")
    size = how_many("part_events", part_events, "a number of events; give 1 or more", least=1)
    check_on_failure(on_failure)
    if workers is not None:
        workers = how_many("workers", workers, "a number of workers; give 1 or more", least=1)
    patience = float(seconds("timeout_seconds", timeout_seconds, "a time; give a number of seconds"))
    parts = log.parts(size)
    with _client(scheduler, workers, memory_limit, patience) as client:
        found = _Tree(client, projection, on_failure, patience).merged(parts)
    return ReadModel(MemoryTables(found.table), log.head(), found.parked, found.made_by, found.rowless)


def summary_of(projection: Projection, part: LogPart, on_failure: OnFailure) -> Summary:
    """Return what a part of the log contributes; this is what a worker does."""
    adopt(projection.events)
    events = part.open()
    model, failure = _without_unread_columns(projection, events)
    if failure is not None:
        model, failure = _applied(projection, events, "stop")
    if failure is not None and isinstance(failure.__cause__, StoreUnavailable):
        raise failure.__cause__  # a damaged file is no reason to park what is in it
    if failure is not None:
        model, failure = _applied(projection, events, on_failure)
    if failure is not None:
        raise failure
    return Summary(model.table, model.parked, model.made_by, model.rowless)


def _applied(projection: Projection, events: Slice, on_failure: OnFailure) -> tuple[ReadModel, ProjectionFailed | None]:
    return advanced(ReadModel.of(projection), projection, EventBatch.of(events), on_failure, Exception)


def _without_unread_columns(projection: Projection, events: Slice) -> tuple[ReadModel, ProjectionFailed | None]:
    """Apply the events with the text columns alone that the projection reads, as far as is known in this process."""
    names = _read_by.setdefault((projection.name, projection.version), set())
    while True:
        try:
            with reading_only(names):
                model, failure = _applied(projection, events, "stop")
                check_read(model.table)
                return model, failure
        except Needed as needed:
            names.add(needed.column)


def merged(projection: Projection, one: Summary, other: Summary) -> Summary:
    """Return two summaries as one; this is what a worker does."""
    table = projection.merge(one.table, other.table)
    projection.schema.check(table, f"{projection.name}.merge")
    check_overflow(one.table, other.table, table, f"{projection.name}.merge")
    parked = tuple(sorted((*one.parked, *other.parked), key=lambda event: event.position))
    return Summary(table, parked, one.made_by or other.made_by, one.rowless + other.rowless)


def _sent(what: object) -> bytes:
    # As Dask would write it. But a worker of Dask that cannot load what it is given says so nowhere but in its log, and
    # the work is never done; what cannot be loaded in the work itself is its answer.
    from distributed.protocol.pickle import dumps

    written: bytes = dumps(what)
    return written


def _summary_of_sent(projection_and_part: bytes, on_failure: OnFailure) -> Summary:
    projection, part = loads(projection_and_part)
    return summary_of(projection, part, on_failure)


def _merged_by_sent(projection: bytes, one: Summary, other: Summary) -> Summary:
    return merged(loads(projection), one, other)


class _Tree:
    """Merges the summaries of parts in pairs as they are handed out, and the results in pairs, and so on.

    So at any time there is at most one summary waiting for each level of the tree, beside those under way.
    """

    def __init__(self, client: Client, projection: Projection, on_failure: OnFailure, patience: float) -> None:
        self._client, self._projection, self._on_failure = client, projection, on_failure
        self._patience, self._sent = patience, _sent(projection)
        self._running: set[Future[Summary]] = set()
        self._levels: dict[int, Future[Summary]] = {}
        self._asked: dict[object, LogPart] = {}

    def merged(self, parts: Sequence[LogPart]) -> Summary:
        """Return what all parts contribute; whatever happens, no work on them goes on."""
        try:
            return self._merged(deque(parts))
        finally:
            self._client.cancel([*self._running, *self._levels.values()])

    def _merged(self, waiting: deque[LogPart]) -> Summary:
        from tqdm import tqdm  # only here: it starts a process that counts locks, even if no bar is shown

        at_once = _AHEAD * max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))
        with tqdm(total=len(waiting), desc=self._projection.name, unit="part", disable=None, leave=False) as bar:
            while waiting or self._running:
                while waiting and len(self._running) < at_once:
                    self._running.add(self._hand_out(waiting.popleft()))
                done = self._done()
                for one in done:
                    if one.status != "finished":
                        self._result(one)
                bar.update(len(done))
            return self._root()

    def _hand_out(self, part: LogPart) -> Future[Summary]:
        """Submit the work on a part, and the merges that it completes."""
        leaf = self._client.submit(_summary_of_sent, _sent((self._projection, part)), self._on_failure, pure=False)
        self._asked[leaf.key] = part
        level, top = 0, leaf
        while level in self._levels:
            top = self._client.submit(_merged_by_sent, self._sent, self._levels.pop(level), top, pure=False)
            level += 1
        self._levels[level] = top
        return leaf

    def _done(self) -> set[Future[Summary]]:
        """Wait for one of the parts that are under way, and return those that no longer are."""
        from distributed import wait

        with self._client.as_current():  # or it would ask another client, the last one that was made
            try:
                found = wait(self._running, timeout=self._patience, return_when="FIRST_COMPLETED")
            except TimeoutError:
                raise self._too_late() from None
        self._running = set(found.not_done)
        return set(found.done)

    def _root(self) -> Summary:
        nothing = Summary(self._projection.schema.empty(), (), None, 0)
        while len(self._levels) > 1:
            low, high = sorted(self._levels)[:2]
            one, other = self._levels.pop(low), self._levels.pop(high)
            self._levels[high] = self._client.submit(_merged_by_sent, self._sent, other, one, pure=False)
        return self._result(*self._levels.values()) if self._levels else nothing

    def _result(self, future: Future[Summary]) -> Summary:
        from distributed import KilledWorker

        try:
            found: Summary = future.result(timeout=self._patience)
        except TimeoutError:
            raise self._too_late() from None
        except KilledWorker as error:
            raise self._killed(error) from error
        except ProjectionFailed as error:
            raise ProjectionFailed(error.projection, error.position, 0, error.why) from error
        except ImportError as error:
            why = f"a worker cannot import what it needs ({error}); put the module where the workers' Python finds it"
            raise ClusterFailed(self._address(), why) from error
        return found

    def _too_late(self) -> ClusterFailed:
        why = f"nothing came back within {self._patience:g} s; look whether its workers are alive, or wait longer"
        return ClusterFailed(self._address(), why)

    def _killed(self, error: Any) -> ClusterFailed:
        part = self._asked.get(error.task, "a merge of two summaries")
        why = f"{count(error.allowed_failures + 1, 'worker')} that had to do it died, one after the other: {part}"
        step = "most often the memory was used up: give smaller parts (part_events=), or more memory (memory_limit=)"
        return ClusterFailed(self._address(), f"{why}; {step}")

    def _address(self) -> str:
        return str(self._client.scheduler_info()["address"])


@contextmanager
def _client(
    scheduler: str | Client | None, workers: int | None, memory_limit: str, patience: float
) -> Iterator[Client]:
    """Yield a client, and end what was started for it."""
    try:
        from distributed import Client, LocalCluster
    except ModuleNotFoundError as error:
        if error.name not in ("distributed", "dask"):
            raise
        raise MissingExtra("a distributed rebuild", "dask", "distributed") from error
    if isinstance(scheduler, Client):
        yield scheduler
    elif scheduler is not None:
        text("scheduler", scheduler, "a scheduler; give its address, such as 'tcp://host:8786', or a client of Dask")
        try:
            client = Client(scheduler, timeout=patience, set_as_default=False)
        except (OSError, ValueError) as error:
            why = f"does not answer ({error}); start it with `dask scheduler`, or give another address"
            raise ClusterFailed(str(scheduler), why) from error
        with client:
            yield client
    else:
        # By default both would listen to the whole network.
        own = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
        limits = {"n_workers": workers, "threads_per_worker": 1, "memory_limit": memory_limit}
        with LocalCluster(processes=True, **own, **limits) as cluster, Client(cluster, set_as_default=False) as client:
            yield client
