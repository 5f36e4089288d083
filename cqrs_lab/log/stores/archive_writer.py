"""Writes what a log has recorded since into the files of an archive: a stretch at a time, whole or not at all.

DuckDB writes the files, in one thread: from equal events it makes equal files. First all files of a stretch are on the
disk, under names that nobody reads; then they take their places; then the manifest names them. So a writer that is
killed at any moment leaves the archive as it was, and the next one begins the stretch again.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import msgspec

from cqrs_lab.errors import InvalidArgument, StoreUnavailable
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.metadata import NO_METADATA
from cqrs_lab.log.stores.archive_manifest import (
    LOG,
    NAME,
    ArchivedFile,
    Manifest,
    check_there,
    digest,
    left_behind,
    partition_of,
    read_manifest,
    replace_manifest,
    settle,
)
from cqrs_lab.log.stores.archive_schema import (
    ENVELOPE,
    as_written,
    columns_of,
    data_of,
    identifier,
    literal,
    without_offsets,
)
from cqrs_lab.log.stores.codec import EventCodec

Progress = Callable[[Any], Iterable[Any]]
PARTITIONS = 8
_BESIDE, _LOCK = ".writing-", ".lock"
_AT_ONCE = 10_000
_LINE = {
    "partition": "INTEGER",
    "data": "VARCHAR",
    "fields": "VARCHAR",
    "position": "BIGINT",
    "stream": "VARCHAR",
    "version": "BIGINT",
    "type": "VARCHAR",
    "type_version": "INTEGER",
    "payload": "VARCHAR",
    "recorded_at": "DOUBLE",
    "command_id": "VARCHAR",
    "stands_for": "VARCHAR",
    "caused_by": "VARCHAR",
    "metadata": "VARCHAR",
}
_ROW = ", ".join(name for name in _LINE if name not in ("partition", "data", "fields"))
_IN_ORDER = "ORDER BY position"
_LONGEST_LINE = 16_000_000  # a payload has at most a million bytes, and a text of JSON within JSON is longer
# A time with an offset. It may also match within a text: then there is nothing to convert.
_OFFSET = re.compile(rb'T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"')


class ArchiveWriter:
    """Writes a log into the archive in a folder; one at a time.

    Parameters
    ----------
    folder : Path
    codec : EventCodec
    types : dict
        The class of each event type, by its name and version.
    """

    def __init__(self, folder: Path, codec: EventCodec, types: dict[tuple[str, int], type]) -> None:
        self._folder, self._codec, self._classes = folder, codec, types

    def write(self, store: EventStore, partitions: int | None, stretch_events: int, progress: Progress) -> None:
        """Write what the log has that the archive has not, a stretch at a time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with _alone(self._folder) as connection:
            manifest = self._manifest(partitions)
            _check_same_log(self._folder, manifest, store)
            # Where positions skip numbers, there are fewer stretches than this.
            most = -(-(store.head() - manifest.upto) // stretch_events)
            for _ in progress(range(most)):
                events = store.read_all(after=manifest.upto, limit=stretch_events)
                with TemporaryDirectory(prefix=_BESIDE, dir=self._folder) as beside:
                    following = self._stretch(connection, Path(beside), manifest, events)
                    if following is manifest:
                        break
                    self._publish(Path(beside), manifest, following)
                manifest = following

    def _manifest(self, partitions: int | None) -> Manifest:
        """Return what is there already, without what an earlier writer has not finished."""
        if not (self._folder / NAME).exists():
            if others := [path for path in self._folder.iterdir() if not path.name.startswith(".")]:
                self._refuse_others(others)
            replace_manifest(self._folder, Manifest(PARTITIONS if partitions is None else partitions))
        manifest = read_manifest(self._folder)
        if partitions not in (None, manifest.partitions):
            what = f"partitions={partitions}: the archive in {self._folder} has {manifest.partitions}"
            raise InvalidArgument(f"{what}, chosen when it was begun; leave it out, or give another folder")
        for path in left_behind(self._folder, manifest):
            path.unlink()
        for folder in self._folder.glob(f"{_BESIDE}*"):
            shutil.rmtree(folder)
        check_there(self._folder, manifest.files)
        return manifest

    def _refuse_others(self, others: list[Path]) -> None:
        what = f"{self._folder} holds no archive, but {others[0].name}"
        raise InvalidArgument(f"{what}; give an empty folder, or one that is not there yet")

    def _stretch(
        self, connection: duckdb.DuckDBPyConnection, beside: Path, manifest: Manifest, events: Iterable[RecordedEvent]
    ) -> Manifest:
        """Write the files of the next stretch beside their places, and return the manifest that names them."""
        lines = beside / "lines"
        last = _write_lines(lines, events, self._codec, manifest.partitions)
        if last is None:
            return manifest
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE stretch AS SELECT * FROM read_json({literal(str(lines))}, "
            f"columns={_LINE}, format='newline_delimited', compression='uncompressed', "
            f"maximum_object_size={_LONGEST_LINE})"
        )
        lines.unlink()
        # A row of nothing: DuckDB declares a column of a file as one without NULL where it knows of none, so that
        # the next file, which has one, would be of another schema.
        connection.execute("INSERT INTO stretch (partition) VALUES (-1)")
        found = connection.execute(
            "SELECT partition, data, count(*), min(position), bool_or(fields IS NOT NULL) "
            "FROM stretch WHERE partition >= 0 GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        types, files = self._types(manifest, {data for _, data, *_ in found}), list(manifest.files)
        for partition, sets in _by_partition(found):
            whole = ArchivedFile(LOG, partition, manifest.upto, last.position, 0, 0, 0, "")
            for file, rows in _planned(whole, sets, types):
                files.append(_copied(connection, beside, file, rows))
        return replace(manifest, upto=last.position, last=last.event_id, types=types, files=files)

    def _types(self, manifest: Manifest, seen: set[str]) -> dict[str, dict[str, Any] | None]:
        """Return the columns of each type, also of those that the stretch is the first to hold."""
        types = dict(manifest.types)
        for (name, version), kind in self._classes.items():
            if (data := data_of(name, version)) in seen:
                columns = columns_of(kind)
                if (before := types.setdefault(data, columns)) != columns:
                    what = f"{name!r} version {version} has the fields {before} in the archive, and {columns} now"
                    raise InvalidArgument(f"{what}; declare the new shape as the next version, beside the old one")
        return types

    def _publish(self, beside: Path, manifest: Manifest, following: Manifest) -> None:
        """Move each file to its place, and then name them all in the manifest."""
        new = [self._folder / one.path for one in following.files[len(manifest.files) :]]
        for path in new:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(beside / path.relative_to(self._folder), path)
        for above in {above for one in new for above in one.relative_to(self._folder).parents}:
            settle(self._folder / above)
        replace_manifest(self._folder, following)


def _fields_in_utc(kind: type, payload: bytes) -> str | None:
    """Return the fields as their columns are to have them, if that is not as the payload has them."""
    fields, columns = msgspec.json.decode(payload), columns_of(kind)
    converted = without_offsets(fields, columns or {})
    return None if converted == fields or not columns else msgspec.json.encode(converted).decode()


def _by_partition(found: list[tuple[Any, ...]]) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    for partition in sorted({row[0] for row in found}):
        yield partition, [row[1:] for row in found if row[0] == partition]


def _planned(
    whole: ArchivedFile, sets: list[tuple[Any, ...]], types: dict[str, dict[str, Any] | None]
) -> Iterator[tuple[ArchivedFile, str]]:
    """Yield the files of a partition, that of the log first, each with the statement that selects its rows."""
    holds = {data: (count, first) for data, count, first, _ in sets}
    total, first = sum(count for count, _ in holds.values()), min(first for _, first in holds.values())
    own = f"partition = {whole.partition}"
    yield replace(whole, rows=total, first=first, holds=holds), f"SELECT {_ROW} FROM stretch WHERE {own} {_IN_ORDER}"
    for data, count, first, with_offset in sets:
        if (shape := types[data]) is not None:
            fields = [f"event.{identifier(name)} AS {identifier(name)}" for name in shape]
            read = f"from_json(ifnull(fields, payload), {literal(as_written(shape))})" if shape else "NULL"
            rows = f"SELECT *, {read} AS event FROM stretch WHERE {own} AND data = {literal(data)}"
            file = replace(whole, data=data, rows=count, first=first, in_utc=with_offset)
            yield file, f"SELECT {', '.join([*ENVELOPE, *fields])} FROM ({rows}) {_IN_ORDER}"


def _copied(connection: duckdb.DuckDBPyConnection, beside: Path, file: ArchivedFile, rows: str) -> ArchivedFile:
    """Write the rows of a file beside its place, wait until they are on the disk, and return it with its checksum."""
    path = beside / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"COPY ({rows}) TO {literal(str(path))} (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd)")
    settle(path)
    return replace(file, bytes=path.stat().st_size, sha256=digest(path))


def _write_lines(
    path: Path, events: Iterable[RecordedEvent], codec: EventCodec, partitions: int
) -> RecordedEvent | None:
    """Write a line of JSON for each event, and return the last event."""
    last, encoder, events = None, msgspec.json.Encoder(), iter(events)
    with path.open("wb") as lines:
        while some := list(islice(events, _AT_ONCE)):
            lines.write(encoder.encode_lines(list(_lines(some, codec, partitions))))
            last = some[-1]
    return last


def _lines(events: list[RecordedEvent], codec: EventCodec, partitions: int) -> Iterator[dict[str, Any]]:
    for one, written in zip(events, codec.encode_all([one.event for one in events]), strict=True):
        yield {
            "partition": partition_of(one.stream, partitions),
            "data": data_of(written.name, written.version),
            "fields": _fields_in_utc(type(one.event), written.payload) if _OFFSET.search(written.payload) else None,
            "position": one.position,
            "stream": one.stream,
            "version": one.version,
            "type": written.name,
            "type_version": written.version,
            "payload": written.payload.decode(),
            "recorded_at": one.recorded_at,
            "command_id": None if one.command_id is None else str(one.command_id),
            "stands_for": getattr(one.command_id, "stands_for", None),
            "caused_by": one.caused_by,
            "metadata": None if one.metadata is NO_METADATA else json.dumps(dict(one.metadata)),
        }


def _check_same_log(folder: Path, manifest: Manifest, store: EventStore) -> None:
    """Refuse to go on with another log than the one that was begun."""
    if not manifest.upto:
        return
    there = next(iter(store.read_all(after=manifest.upto - 1, limit=1)), None)
    if there is None or (there.position, there.event_id) != (manifest.upto, manifest.last):
        came = "ends before it" if there is None else f"has {there.event_id!r} at position {there.position}"
        ends = f"the archive in {folder} ends with {manifest.last!r} at position {manifest.upto}"
        raise InvalidArgument(f"{ends}, and this log {came}: it is another log; give another folder")


@contextmanager
def _alone(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection that no other process has at the same time: DuckDB locks its file, and a kill unlocks it."""
    try:
        connection = duckdb.connect(str(folder / _LOCK), config={"threads": 1})
    except duckdb.Error as error:
        why = f"is being written by another process, or is read-only ({error}); wait until it has ended"
        raise StoreUnavailable(str(folder), why) from error
    try:
        yield connection
    except duckdb.Error as error:
        raise StoreUnavailable(str(folder), f"could not be written ({error}); make room, and write it again") from error
    finally:
        connection.close()
