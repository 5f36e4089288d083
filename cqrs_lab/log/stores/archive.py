"""The log as Parquet files, for work larger than memory; needs `cqrs-lab[archive]` (DuckDB and msgspec).

`log/p007/…` holds the whole envelope and each event as JSON; `events/order-placed.1/p007/…` holds the fields of one
type as columns, for readers of tables: DuckDB, pyarrow and Dask read the same types. A stream is in one partition, by a
hash of its name. The name of a file is the positions that it covers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from cqrs_lab.arguments import check_range, check_stream, function, having, how_many, refuse
from cqrs_lab.errors import InvalidArgument, MissingExtra
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.slice import SLICE_EVENTS

try:
    from cqrs_lab.log.stores.archive_manifest import (
        LOG,
        ArchivedFile,
        check_there,
        left_behind,
        partition_of,
        read_manifest,
    )
    from cqrs_lab.log.stores.archive_rows import ArchiveFiles, ArchiveRows, ArchiveSlice
    from cqrs_lab.log.stores.archive_writer import ArchiveWriter, Progress
    from cqrs_lab.log.stores.codec import EventCodec, EventTypes
except ModuleNotFoundError as error:
    if error.name not in ("duckdb", "msgspec"):
        raise
    raise MissingExtra("an archive", "archive", error.name) from error

STRETCH_EVENTS = 1_000_000
PART_EVENTS = 1_000_000
_END = 2**63 - 1


def write_archive(
    store: EventStore,
    folder: str | os.PathLike[str],
    events: EventTypes,
    *,
    partitions: int | None = None,
    stretch_events: int = STRETCH_EVENTS,
    progress: Progress = iter,
) -> Archive:
    """Write what a log has recorded into an archive, and return the archive.

    What the archive holds already is not written again: call it from time to time. If it is killed at any moment, call
    it again; it ends with the same files. Readers see a stretch when all of it is on the disk. Each call begins a
    stretch, with files of its own, so fewer calls make larger files.

    Parameters
    ----------
    store : EventStore
        A wrapped store is archived as it is read: to keep what a person may still ask you to forget, give the store
        itself, and wrap the archive.
    folder : str or path
        It is made if there is none.
    events : mapping of str to type
        The name of each event type in the archive, and its class; see `EventCodec`.
    partitions : int, optional
        How many parts of the log can be read side by side: 8, or as many as the archive was begun with.
    stretch_events : int, optional
        How many events are written at a time. They have to fit in memory.
    progress : callable, optional
        Given all the stretches, hands them out one by one, such as ``tqdm``.

    Raises
    ------
    InvalidArgument
        The folder holds something else, or the archive of another log, or a type with other fields under this version.
    StoreUnavailable
        It cannot be written now: another process writes it, or the disk is full. What was there is unharmed.
    StoreUnreadable
        What is there is damaged; the message names the file.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from cqrs_lab import MemoryEventStore
    >>> from cqrs_lab.log.stores.archive import write_archive
    >>> @dataclass(frozen=True)
    ... class Deposited:
    ...     cents: int
    >>> store = MemoryEventStore()
    >>> receipt = store.append("account-a", [Deposited(250), Deposited(5)], expected=0)
    >>> archive = write_archive(store, "bank", {"deposited": Deposited})
    >>> archive.head(), [recorded.event for recorded in archive.read_all(after=1)]
    (2, [Deposited(cents=5)])
    """
    having("store", store, ("read_all", "head"), "an event store; give one, such as MemoryEventStore()")
    function("progress", progress, "a way to hand out the stretches; give a function such as tqdm")
    wanted = "a number of partitions; give 1 to 1000"
    if partitions is not None and how_many("partitions", partitions, wanted, least=1) > 1000:
        raise refuse("partitions", partitions, wanted)
    size = how_many("stretch_events", stretch_events, "a number of events; give 1 or more", least=1)
    codec = EventCodec(events)
    ArchiveWriter(_folder(folder), codec, codec.declared()).write(store, partitions, size, progress)
    return Archive(folder, events)


class Archive:
    """An archive that is read: as a log, in order of position, or part by part, each a stretch of one partition.

    It is what it was when it was opened; open it again to see what was archived since. A file that is missing, torn or
    foreign is found when it is opened, a file whose content was changed before it is read.

    Parameters
    ----------
    folder : str or path
    events : mapping of str to type
        The name of each event type in the archive, and its class; see `EventCodec`.

    Raises
    ------
    StoreUnreadable
        There is no archive, or a file of it is not as it was written; the message names the file.
    """

    def __init__(self, folder: str | os.PathLike[str], events: EventTypes) -> None:
        self.folder = _folder(folder)
        self._codec = EventCodec(events)
        self.manifest = read_manifest(self.folder)
        left_behind(self.folder, self.manifest)  # a writer may be at work: what it has not finished is none of ours
        check_there(self.folder, self.manifest.files)
        self._checked: set[str] = set()
        self._stretches = self._by_stretch()

    def _by_stretch(self) -> list[tuple[int, ArchiveRows]]:
        """Return the rows of each stretch, with the position that it reaches."""
        files: dict[int, list[ArchivedFile]] = {}
        for one in self.manifest.files:
            files.setdefault(one.upto, []).append(one)
        return [(upto, self._rows(own)) for upto, own in sorted(files.items())]

    def _rows(self, files: Sequence[ArchivedFile]) -> ArchiveRows:
        return ArchiveRows(ArchiveFiles(self.folder, files, self.manifest.types, self._checked), self._codec)

    def head(self) -> Position:
        """Return the position up to which it holds the log; 0 if it is empty."""
        return Position(self.manifest.upto)

    def read_slice(self, *, after: int, limit: int | None = None) -> ArchiveSlice:
        """Return the next events as a slice; see `SlicingStore`. No slice reaches over the end of a stretch."""
        after, limit = check_range(after, limit)
        most = SLICE_EVENTS if limit is None else min(limit, SLICE_EVENTS)
        for upto, rows in self._stretches:
            if after < upto:
                rows.files.check()  # a projector that parks what it cannot read must not park what a damaged file holds
                return ArchiveSlice(rows, after, rows.reach(after, upto, most))
        return ArchiveSlice(self._rows([]), after, after)

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield the archived events above position `after`; see `EventStore.read_all`."""
        after, limit = check_range(after, limit)
        return self._between(after, self.head() if limit is None else limit)

    def _between(self, after: int, left: int) -> Iterator[RecordedEvent]:
        while after < self.head() and left > 0:
            part = self.read_slice(after=after)
            for recorded in part.first(left):
                left -= 1
                yield recorded
            after = part.upto

    def read_stream(self, stream: str, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield a stream's events above version `after`; see `EventStore.read_stream`."""
        check_stream(stream)
        after, limit = check_range(after, limit)
        where = "stream = ? AND version > ? AND version <= ? ORDER BY version"
        return self._of(stream).pages(where, (stream,), after, _END, limit, lambda last: last.version)

    def stream_version(self, stream: str) -> StreamVersion:
        """Return how many events the stream has; 0 if there is no such stream."""
        check_stream(stream)
        found = self._of(stream).select(f"SELECT max(version) FROM {LOG} WHERE stream = ?", stream)
        return StreamVersion(found[0][0] or 0 if found else 0)

    def _of(self, stream: str) -> ArchiveRows:
        partition = partition_of(stream, self.manifest.partitions)
        return self._rows([one for one in self.manifest.files if one.partition == partition])

    def append(self, stream: str, events: Sequence[object], **how: Any) -> NoReturn:
        """Refuse to append: an archive is written from a log."""
        what = f"append to {stream!r}: the archive in {self.folder} is written from a log"
        raise InvalidArgument(f"{what}; append to the log, and archive it again")

    def parts(self, most_events: int = PART_EVENTS) -> list[ArchivedPart]:
        """Return all of it in parts that can be read side by side, on any machine that has the folder at this path.

        Parameters
        ----------
        most_events : int, optional
            How many events a part may have; more only if they were written in one stretch.
        """
        most = how_many("most_events", most_events, "a number of events; give 1 or more", least=1)
        self._codec.forget_marks()
        found: list[ArchivedPart] = []
        for partition in range(self.manifest.partitions):
            begun = len(found)
            for file in (one for one in self.manifest.files if one.partition == partition):
                own = found[-1] if len(found) > begun else None
                if file.data == LOG and (own is None or own.events + file.rows > most):
                    found.append(ArchivedPart(str(self.folder), self._declared(), self.manifest.types, (file,)))
                elif own is not None:
                    found[-1] = replace(own, files=(*own.files, file))
        return found

    def _declared(self) -> tuple[tuple[tuple[str, int], type], ...]:
        return tuple(self._codec.declared().items())

    def __repr__(self) -> str:
        return f"Archive({str(self.folder)!r})"


@dataclass(frozen=True)
class ArchivedPart:
    """A stretch of one partition of an archive: paths and ranges, small enough to be sent to another machine.

    Attributes
    ----------
    folder : str
    declared : tuple
        The class of each event type, by its name and version.
    types : dict
        Of the manifest.
    files : tuple of ArchivedFile
    """

    folder: str
    declared: tuple[tuple[tuple[str, int], type], ...]
    types: dict[str, dict[str, Any] | None]
    files: tuple[ArchivedFile, ...]

    @property
    def events(self) -> int:
        """How many events it holds."""
        return sum(one.rows for one in self.files if one.data == LOG)

    def open(self) -> ArchiveSlice:
        """Return its events as a slice."""
        files = ArchiveFiles(Path(self.folder), self.files, self.types)
        return ArchiveSlice(ArchiveRows(files, _codec_of(self.declared)), self.files[0].after, self.files[-1].upto)

    def __str__(self) -> str:
        first, last = self.files[0], self.files[-1]
        return f"partition p{first.partition:03d}, positions {first.after + 1} to {last.upto} of {self.folder}"


@lru_cache(maxsize=8)
def _codec_of(declared: tuple[tuple[tuple[str, int], type], ...]) -> EventCodec:
    versions: dict[str, list[type]] = {}
    for (name, _), kind in sorted(declared, key=lambda one: one[0]):
        versions.setdefault(name, []).append(kind)
    return EventCodec(versions)


def _folder(folder: Any) -> Path:
    if not isinstance(folder, (str, os.PathLike)) or not str(folder):
        raise refuse("folder", folder, "a folder; give its path")
    return Path(folder).absolute()
