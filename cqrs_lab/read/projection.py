"""A projection: what a slice of the log says, and how two such sayings become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from cqrs_lab.errors import InvalidArgument, SchemaError
from cqrs_lab.read.batch import EventBatch


@dataclass(frozen=True, init=False)
class Schema:
    """The declared shape of a read model: its index and its columns, each with a dtype.

    Parameters
    ----------
    index : sequence of str, or mapping of str to dtype
        What one row is about. Names alone mean dtype str.
    columns : mapping of str to dtype
        Such as int64, float64, bool, str, datetime64[us]; not object.

    Examples
    --------
    >>> from cqrs_lab import Schema
    >>> Schema(index=["order_id"], columns={"total_mills": "int64"}).empty().dtypes.to_dict()
    {'total_mills': dtype('int64')}
    """

    index: Mapping[str, str]
    columns: Mapping[str, str]

    def __init__(self, index: Sequence[str] | Mapping[str, str], columns: Mapping[str, str]) -> None:
        if isinstance(index, str):
            raise InvalidArgument(f"index={index!r}: give a list of names, such as index=[{index!r}]")
        levels = dict(index) if isinstance(index, Mapping) else dict.fromkeys(index, "str")
        if not levels or levels.keys() & columns.keys():
            raise InvalidArgument("a schema needs an index, and no name may stand in both index and columns")
        for name, dtype in {**levels, **columns}.items():
            if pd.api.types.pandas_dtype(dtype) == np.dtype(object):
                raise InvalidArgument(f"{name!r}: object columns are shared between tables; use str or a number")
        object.__setattr__(self, "index", levels)
        object.__setattr__(self, "columns", dict(columns))

    def empty(self) -> pd.DataFrame:
        """Make the table with no rows: index and columns as declared."""
        return self.conform(pd.DataFrame({name: [] for name in {**self.index, **self.columns}}))

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Bring a frame into the declared shape: pick and order the columns, set the index, cast the dtypes.

        Index levels may come as index or as columns. A missing column is a `SchemaError`.
        """
        flat = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
        wanted = {**self.index, **self.columns}
        if missing := [name for name in wanted if name not in flat]:
            raise SchemaError(f"no column {missing[0]!r}; the frame has {', '.join(map(str, flat))}")
        return flat[list(wanted)].astype(wanted).set_index(list(self.index))

    def check(self, frame: object, whose: str) -> None:
        """Refuse a table that does not have exactly the declared shape.

        Raises
        ------
        SchemaError
            Names the first difference in index, columns, dtypes, or an index value that stands twice.
        """
        if not isinstance(frame, pd.DataFrame):
            raise SchemaError(f"{whose} gave a {type(frame).__name__}; give a DataFrame of the declared schema")
        levels = frame.index.levels if isinstance(frame.index, pd.MultiIndex) else [frame.index]
        came = {name: str(level.dtype) for name, level in zip(frame.index.names, levels, strict=True)}
        columns = {name: str(dtype) for name, dtype in frame.dtypes.items()}
        for part, declared, found in (("index", self.index, came), ("columns", self.columns, columns)):
            if list(declared.items()) != list(found.items()):
                raise SchemaError(
                    f"{whose} gave {part} {_words(found)}; declared: {_words(declared)}. "
                    "schema.conform(frame) brings a frame into shape"
                )
        if not frame.index.is_unique:
            twice = frame.index[frame.index.duplicated()][0]
            raise SchemaError(f"{whose} gave two rows for {twice!r}; give one row per {', '.join(self.index)}")


class Projection(Protocol):
    """Summarises any slice of the log, and merges summaries: the read side's whole algebra.

    For every way of cutting a log into batches, merging the batches' summaries gives the summary of the
    whole. For that, `merge` is associative and commutative, has the empty table as identity, and works
    row by row. `cqrs_lab.check_projection` tries this on any log.

    Attributes
    ----------
    name : str
    version : int
        Raise it when `summarise` or `schema` changes, and rebuild.
    events : tuple of type
        The event types it reads; other events pass by.
    schema : Schema
    """

    @property
    def name(self) -> str:
        """What the read model is called."""

    @property
    def version(self) -> int:
        """Which shape and meaning its table has."""

    @property
    def events(self) -> tuple[type, ...]:
        """The event types it reads."""

    @property
    def schema(self) -> Schema:
        """The shape of its table."""

    def summarise(self, batch: EventBatch) -> pd.DataFrame:
        """Tell which rows of the read model this slice contributes, in the declared schema."""

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Make one table of two, neither of which is changed; the projector hands in only the rows concerned."""


def check_declaration(projection: Any) -> None:
    """Refuse an object that is no projection, and say what it lacks."""
    if isinstance(projection, type):
        raise InvalidArgument(f"{projection.__name__} is a class; give an instance: {projection.__name__}()")
    needed = ("name", "version", "events", "schema", "summarise", "merge")
    if missing := [name for name in needed if not hasattr(projection, name)]:
        raise InvalidArgument(f"{projection!r} is no projection: it lacks {', '.join(missing)}")
    if not isinstance(projection.events, tuple) or len(set(projection.events)) != len(projection.events):
        raise InvalidArgument(f"events={projection.events!r}: give a tuple of event types, each once")
    if not isinstance(projection.schema, Schema):
        raise InvalidArgument(f"schema={projection.schema!r}: give a cqrs_lab.Schema")


def _words(columns: Mapping[Any, str]) -> str:
    return ", ".join(f"{name} ({dtype})" for name, dtype in columns.items()) or "none"
