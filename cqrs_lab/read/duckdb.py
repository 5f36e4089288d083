"""Read models in a DuckDB file: rows and checkpoint in one transaction, and any DuckDB client reads them with SQL."""

from __future__ import annotations

import json
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from cqrs_lab.arguments import refuse, text
from cqrs_lab.errors import InvalidArgument, MissingExtra, StoreUnavailable
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.read.tables import Checkpoint, ParkedEvent, Tables

if TYPE_CHECKING:
    import duckdb

_TYPES = {
    "int64": "BIGINT",
    "Int64": "BIGINT",
    "int32": "INTEGER",
    "float64": "DOUBLE",
    "bool": "BOOLEAN",
    "boolean": "BOOLEAN",
    "str": "VARCHAR",
    "datetime64[us]": "TIMESTAMP",
    "datetime64[ns]": "TIMESTAMP_NS",
}
_OURS = "cqrs_lab_"
_CHECKPOINTS, _SAVED, _WANTED = f"{_OURS}checkpoints", f"{_OURS}saved", f"{_OURS}wanted"
_ATTEMPTS = 100  # to open a table side by side with others: of these, one succeeds each time
_NO_TABLE = f"""
    CREATE TABLE IF NOT EXISTS {_CHECKPOINTS} (
        name VARCHAR PRIMARY KEY, position BIGINT, parked VARCHAR, made_by VARCHAR, version BIGINT, rowless BIGINT
    )"""


class DuckDBTables:
    """A table in a DuckDB database, with its checkpoint. It needs the extra `duckdb`.

    A save touches the rows of its batch only, in one transaction. Several projectors may keep a table of their own name
    in one database. Any client reads it with SQL; from this process, with ``tables.connection.cursor()``, one a thread.

    Parameters
    ----------
    place : str, Path or DuckDB connection
        The file, or ``":memory:"``. One process at a time can have a file open.
    name : str
        The name of the table, such as ``projection.name``.
    schema : Schema
        The shape of the table, which is made if it is not there.

    Raises
    ------
    StoreUnavailable
        The file cannot be opened, such as one that another process has open.
    MissingExtra
        DuckDB is not installed.

    Examples
    --------
    >>> from cqrs_lab import MemoryEventStore, Projector
    >>> from cqrs_lab.read.duckdb import DuckDBTables
    >>> from cqrs_lab.shop.read import ProductListing
    >>> listing = ProductListing()
    >>> tables = DuckDBTables(":memory:", listing.name, listing.schema)
    >>> Projector(MemoryEventStore(), listing, tables=tables).catch_up()
    0
    >>> tables.connection.sql("SELECT count(*) FROM product_listing").fetchall()
    [(0,)]
    """

    def __init__(self, place: str | Path | duckdb.DuckDBPyConnection, name: str, schema: Schema) -> None:
        self.connection = _connected(place)
        self._name, self._schema = text("name", name, "the name of a table; give the projection's"), schema
        if _folded(name).startswith(_OURS):
            raise refuse("name", name, f"a name that does not begin with {_OURS!r}; give the projection's")
        self.checkpoint = self._opened()

    def _opened(self) -> Checkpoint:
        import duckdb

        for left in reversed(range(_ATTEMPTS)):
            try:
                with self.connection.cursor() as cursor:
                    cursor.begin()
                    cursor.execute(_NO_TABLE)
                    cursor.execute(f"CREATE TABLE IF NOT EXISTS {_quoted(self._name)} ({_declared(self._schema)})")
                    _check_shape(cursor, self._name, self._schema)
                    checkpoint = _checkpoint(cursor, self._name) or _first(cursor, self._name)
                    cursor.commit()
                    return checkpoint
            except duckdb.TransactionException:  # another has opened a table at the same time, and was first
                if not left:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def rows(self, keys: pd.Index) -> pd.DataFrame:
        """Return the rows that there are of these keys."""
        index = ", ".join(map(_quoted, self._schema.index))
        with self.connection.cursor() as cursor:
            cursor.register(_WANTED, keys.to_frame(index=False))
            found = cursor.execute(f"SELECT * FROM {_quoted(self._name)} SEMI JOIN {_WANTED} USING ({index})").df()
        return self._schema.conform(found)

    def table(self) -> pd.DataFrame:
        """Return all rows, as last saved."""
        with self.connection.cursor() as cursor:
            return self._schema.conform(cursor.execute(f"SELECT * FROM {_quoted(self._name)}").df())

    def save(self, rows: pd.DataFrame | None, checkpoint: Checkpoint) -> Tables:
        """Save rows and checkpoint in one transaction; return the latest version, which may be another's."""
        return self._saved(self._schema, rows, checkpoint)

    def swap(self, other: Tables) -> Tables:
        """Replace what is there, unless it is at a later position, also by a table of another shape."""
        table = other.table()
        index = {str(name): str(table.index.get_level_values(str(name)).dtype) for name in table.index.names}
        schema = Schema(index, {str(name): str(dtype) for name, dtype in table.dtypes.items()})
        return self._saved(schema, table, other.checkpoint, replaces=True)

    def _saved(
        self, schema: Schema, rows: pd.DataFrame | None, checkpoint: Checkpoint, replaces: bool = False
    ) -> DuckDBTables:
        # While another writer has not committed, the version before it is still the latest, and would be returned.
        while (following := self._written(schema, rows, checkpoint, replaces)) is None:
            pass
        return following

    def _written(
        self, schema: Schema, rows: pd.DataFrame | None, checkpoint: Checkpoint, replaces: bool
    ) -> DuckDBTables | None:
        """Return the latest version, once it is written; None if another writer is about to commit."""
        import duckdb

        name = _quoted(self._name)
        # A cursor of its own: closed before the commit, wherever an interrupt comes, it leaves nothing behind.
        with self.connection.cursor() as cursor:
            cursor.begin()
            there = _kept_checkpoint(cursor, self._name)
            # A swap that was interrupted after its commit is done again.
            if there.position > checkpoint.position if replaces else there != self.checkpoint:
                return self._following(self._schema, there)
            try:
                # First: of two who write at the same time, the second is stopped here, by the row that both change.
                _set_checkpoint(cursor, self._name, checkpoint)
            except duckdb.TransactionException:
                return None
            if replaces:
                cursor.execute(f"CREATE OR REPLACE TABLE {name} ({_declared(schema)})")
            if rows is not None and len(rows):
                cursor.register(_SAVED, rows.reset_index())
                cursor.execute(f"INSERT OR REPLACE INTO {name} BY NAME SELECT * FROM {_SAVED}")
            cursor.commit()
        return self._following(schema, checkpoint)

    def latest(self) -> DuckDBTables:
        """Return the version that is kept now."""
        with self.connection.cursor() as cursor:
            return self._following(self._schema, _kept_checkpoint(cursor, self._name))

    def _following(self, schema: Schema, checkpoint: Checkpoint) -> DuckDBTables:
        following = copy(self)
        following.checkpoint, following._schema = checkpoint, schema
        return following


def _connected(place: Any) -> duckdb.DuckDBPyConnection:
    try:
        import duckdb
    except ModuleNotFoundError as error:
        raise MissingExtra("a table in DuckDB", "duckdb", "duckdb") from error
    if isinstance(place, duckdb.DuckDBPyConnection):
        return place
    if not isinstance(place, (str, Path)):
        raise refuse("place", place, "a file; give its path, ':memory:', or a connection of DuckDB")
    try:
        return duckdb.connect(str(place))
    except (duckdb.IOException, duckdb.SerializationException) as error:
        why = "cannot be opened: another process has it open, it is no DuckDB file, or its folder is not there"
        raise StoreUnavailable(str(place), f"{why} ({error})") from error


def _declared(schema: Schema) -> str:
    every = {**schema.index, **schema.columns}
    if len(set(map(_folded, every))) < len(every):
        raise InvalidArgument(f"of {', '.join(every)}, two are one name to DuckDB; rename a column")
    columns = [f"{_quoted(name)} {_sql_type(name, dtype)}" for name, dtype in every.items()]
    return ", ".join([*columns, f"PRIMARY KEY ({', '.join(map(_quoted, schema.index))})"])


def _sql_type(name: str, dtype: str) -> str:
    if dtype not in _TYPES:
        raise InvalidArgument(f"{name!r} is {dtype}, which is not kept in DuckDB; declare one of {', '.join(_TYPES)}")
    return _TYPES[dtype]


def _check_shape(cursor: duckdb.DuckDBPyConnection, name: str, schema: Schema) -> None:
    there = [(column, kind) for column, kind, *_ in cursor.execute(f"DESCRIBE {_quoted(name)}").fetchall()]
    wanted = [(column, _sql_type(column, dtype)) for column, dtype in {**schema.index, **schema.columns}.items()]
    if there != wanted:
        raise InvalidArgument(f"the table {name!r} has {there}, the schema {wanted}; give another name, or rebuild")


def _checkpoint(cursor: duckdb.DuckDBPyConnection, name: str) -> Checkpoint | None:
    columns = "position, parked, made_by, version, rowless"
    found = cursor.execute(f"SELECT {columns} FROM {_CHECKPOINTS} WHERE name = ?", [_folded(name)]).fetchall()
    if not found:
        return None
    position, parked, made_by, version, rowless = found[0]
    events = tuple(ParkedEvent(*one) for one in json.loads(parked))
    return Checkpoint(position, events, None if made_by is None else (made_by, version), rowless)


def _kept_checkpoint(cursor: duckdb.DuckDBPyConnection, name: str) -> Checkpoint:
    there = _checkpoint(cursor, name)
    if there is None:
        raise InvalidArgument(f"the checkpoint of the table {name!r} was deleted; delete the table too, and rebuild it")
    return there


def _first(cursor: duckdb.DuckDBPyConnection, name: str) -> Checkpoint:
    if cursor.execute(f"SELECT 1 FROM {_quoted(name)} LIMIT 1").fetchall():
        raise InvalidArgument(f"the table {name!r} has rows and no checkpoint: somebody else's; give another name")
    _set_checkpoint(cursor, name, Checkpoint())
    return Checkpoint()


def _set_checkpoint(cursor: duckdb.DuckDBPyConnection, name: str, checkpoint: Checkpoint) -> None:
    parked = json.dumps([(one.position, one.error) for one in checkpoint.parked])
    row = [_folded(name), checkpoint.position, parked, *(checkpoint.made_by or (None, None)), checkpoint.rowless]
    cursor.execute(f"INSERT OR REPLACE INTO {_CHECKPOINTS} VALUES (?, ?, ?, ?, ?, ?)", row)


def _folded(name: str) -> str:
    # To DuckDB, Units and units are one table: it ignores the case of the letters a to z.
    return name.encode().lower().decode()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
