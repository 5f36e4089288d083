"""Reads some files of an archive: events one after another, as a slice, or the columns of one type as arrays."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb

from cqrs_lab.errors import StoreUnreadable
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.slice import SLICE_EVENTS
from cqrs_lab.log.stores.archive_manifest import LOG, ArchivedFile, check_content
from cqrs_lab.log.stores.archive_schema import columns_of, data_of, identifier, literal, type_of
from cqrs_lab.log.stores.codec import EventCodec
from cqrs_lab.log.stores.sql_rows import Dialect, SqlRows, SqlSlice

Arrays = Mapping[str, Any]
_ROWS = Dialect(LOG, "encode(payload)", "?")
_GLOB = re.compile(r"[*?\[]")


@cache
def _database(process: int) -> duckdb.DuckDBPyConnection:
    # Several threads put arrays together in a way that costs half as much again; the workers are the threads here.
    return duckdb.connect(":memory:", config={"threads": 1})


class ArchiveFiles:
    """Some files of an archive, asked with SQL. The content of each is compared with its checksum before it is read.

    Parameters
    ----------
    folder : Path
    files : sequence of ArchivedFile
        In order of position.
    types : dict
        Of the manifest.
    checked : set of str, optional
        The paths of files whose content is known to be right.
    """

    def __init__(
        self,
        folder: Path,
        files: Sequence[ArchivedFile],
        types: Mapping[str, dict[str, Any] | None],
        checked: set[str] | None = None,
    ) -> None:
        self._folder, self.types = folder, types
        self._checked = set[str]() if checked is None else checked
        self._of: dict[str, list[ArchivedFile]] = {}
        for one in files:
            self._of.setdefault(one.data, []).append(one)

    def of(self, data: str) -> list[ArchivedFile]:
        """Return the files of a data set."""
        return self._of.get(data, [])

    def check(self, data: str | None = None) -> None:
        """Refuse files, of one data set or all of them, whose content is not what was written; once for each file."""
        for one in chain(*self._of.values()) if data is None else self.of(data):
            if one.path not in self._checked:
                check_content(self._folder, one)
                self._checked.add(one.path)

    def table(self, data: str) -> str:
        """Return what stands for the files of a data set behind FROM."""
        self.check(data)
        paths = [_as_no_pattern(str(self._folder / one.path)) for one in self.of(data)]
        return f"read_parquet([{', '.join(map(literal, paths))}], hive_partitioning=false)"

    def execute(self, sql: str, *parameters: Any) -> list[Any]:
        """Return the rows of a statement about `log`, which stands for the files of the log."""
        if not self.of(LOG):
            return []
        with _database(os.getpid()).cursor() as cursor:
            with_log = f"WITH {LOG} AS NOT MATERIALIZED (SELECT * FROM {self.table(LOG)}) {sql}"
            return cursor.execute(with_log, parameters).fetchall()

    def arrays(self, sql: str) -> Arrays:
        """Return the columns of a statement as arrays, masked where a value is missing."""
        with self.explaining(), _database(os.getpid()).cursor() as cursor:
            return cursor.execute(sql).fetchnumpy()

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Raise what DuckDB says as an error of the kit."""
        try:
            yield
        except duckdb.Error as error:
            why = f"cannot be read ({error}); look for what has changed it since it was opened"
            raise StoreUnreadable(str(self._folder), why) from error


def _as_no_pattern(path: str) -> str:
    return _GLOB.sub(lambda found: f"[{found[0]}]", path)


class ArchiveRows(SqlRows):
    """The events in some files of an archive.

    Parameters
    ----------
    files : ArchiveFiles
    codec : EventCodec
    """

    page_events = SLICE_EVENTS

    def __init__(self, files: ArchiveFiles, codec: EventCodec) -> None:
        super().__init__(files, codec, _ROWS)
        self.files = files

    def reach(self, after: int, upto: int, most: int) -> int:
        """Return how far the next events above `after` reach, at most so many; `upto` if there are no more."""
        files = self.files.of(LOG)
        if sum(one.rows for one in files) == upto - min(one.after for one in files):
            return min(after + most, upto)  # no position is missing
        within = f"SELECT position FROM {LOG} WHERE position > ? ORDER BY 1 LIMIT ?"
        count, last = self.select(f"SELECT count(*), max(position) FROM ({within})", after, most)[0]
        return upto if count < most else int(last or after)


class ArchiveSlice(SqlSlice):
    """Consecutive events of an archive, or of one partition of it; see `Slice`.

    Parameters
    ----------
    rows : ArchiveRows
    after, upto : int
    sealed : object, optional
    """

    _rows: ArchiveRows

    @cached_property
    def whole(self) -> bool:
        """Whether it holds all that its files hold."""
        return all(self.after <= one.after and one.upto <= self.upto for one in self._rows.files.of(LOG))

    @cached_property
    def _places(self) -> dict[tuple[str, int], tuple[int, int]]:
        if not self.whole:
            return self._counted()
        places: dict[tuple[str, int], tuple[int, int]] = {}
        for file in self._rows.files.of(LOG):
            for data, (count, first) in file.holds.items():
                earlier, others = places.get(type_of(data), (first, 0))
                places[type_of(data)] = min(first, earlier), others + count
        return places

    @cached_property
    def positions(self) -> Sequence[int]:
        """The positions of its events, in order; read when one of them is asked for."""
        count = sum(count for _, count in self._places.values())
        if count == self.upto - self.after:
            return range(self.after + 1, self.upto + 1)
        return _Positions(self._rows, self.after, self.upto, count)

    def first(self, count: int) -> Iterator[RecordedEvent]:
        """Yield its first events, at most `count`."""
        return self._rows.between(self.after, self.upto, count)

    def of(self, event_type: type) -> StoredEvents:
        """Return the events of exactly this type; they are decoded when one of them is asked for."""
        return StoredEvents(self, event_type)

    def decoded(self, event_type: type) -> Sequence[RecordedEvent]:
        """Return the events of exactly this type as objects."""
        return super().of(event_type)

    def data_of(self, event_type: type) -> str | None:
        """Return the data set in which the events of a type have columns; None if their columns do not say all."""
        files, codec = self._rows.files, self._rows.codec
        places = [place for place in self._places if codec.kind_of(*place) is event_type]
        if places != [codec.place_of(event_type)]:
            return None  # of another version too, or of one that this program does not know
        data = data_of(*places[0])
        same_fields = files.types[data] == columns_of(event_type) is not None
        return data if same_fields and not any(one.in_utc for one in files.of(data)) else None

    def has_fields(self, data: str, field: str) -> bool:
        """Return whether the items in a field of a data set have fields themselves."""
        return isinstance((self._rows.files.types[data] or {})[field][0], dict)

    def count_of(self, event_type: type) -> int:
        """Return how many events of a type it holds."""
        kind_of = self._rows.codec.kind_of
        return sum(count for place, (_, count) in self._places.items() if kind_of(*place) is event_type)

    def arrays(self, data: str, columns: Mapping[str, str], each: str | None = None) -> Arrays:
        """Return columns of a data set, each with its name and what it is in SQL, in order of position.

        With `each`, a field that holds a list, there is a row for each item, which SQL knows as `item`.
        """
        files = self._rows.files
        named = ", ".join(f"{what} AS {identifier(name)}" for name, what in columns.items())
        found = files.table(data)
        if not self.whole:
            found += f" WHERE position > {self.after} AND position <= {self.upto}"
        # A scan keeps the order within a file and of the files; files of two partitions overlap.
        if len({one.partition for one in files.of(data)}) > 1:
            found = f"(SELECT * FROM {found} ORDER BY position)"
        if each is not None:
            found = f"(SELECT unnest({identifier(each)}) AS item FROM {found})"
        return files.arrays(f"SELECT {named} FROM {found}")


class _Positions(Sequence[int]):
    def __init__(self, rows: ArchiveRows, after: int, upto: int, count: int) -> None:
        self._rows, self._within, self._count = rows, (after, upto), count

    def __len__(self) -> int:
        return self._count

    @cached_property
    def _all(self) -> list[int]:
        found = self._rows.select(f"SELECT position FROM {LOG} WHERE {self._rows.within} ORDER BY 1", *self._within)
        return [position for (position,) in found]

    def __getitem__(self, at: Any) -> Any:
        return self._all[at]


class StoredEvents(Sequence[RecordedEvent]):
    """The events of one type in a slice: objects, decoded when asked for, or columns of their fields, which need none.

    Parameters
    ----------
    part : ArchiveSlice
    event_type : type
    """

    def __init__(self, part: ArchiveSlice, event_type: type) -> None:
        self._part, self._type = part, event_type

    @cached_property
    def _events(self) -> Sequence[RecordedEvent]:
        return self._part.decoded(self._type)

    def __len__(self) -> int:
        return self._part.count_of(self._type)

    def __getitem__(self, at: Any) -> Any:
        return self._events[at]

    def __iter__(self) -> Iterator[RecordedEvent]:
        return iter(self._events)

    def columns(self, names: Sequence[str]) -> Arrays | None:
        """Return columns of the envelope or of fields, a value for each event; None if they have to be decoded."""
        data = self._part.data_of(self._type)
        return None if data is None else self._part.arrays(data, {name: identifier(name) for name in names})

    def items(self, field: str, names: Sequence[str]) -> tuple[Any, Arrays] | None:
        """Return how many items each event has in a field, and columns of the items; None if they have to be decoded.

        Items that are no dataclass have one column, with the name of the field.
        """
        data = self._part.data_of(self._type)
        if data is None:
            return None
        inner = self._part.has_fields(data, field)
        columns = {name: f"item.{identifier(name)}" if inner else "item" for name in names}
        counts = self._part.arrays(data, {"count": f"len({identifier(field)})"})["count"]
        return counts, self._part.arrays(data, columns, each=field)
