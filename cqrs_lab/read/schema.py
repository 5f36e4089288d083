"""A schema: the declared shape of a read model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cqrs_lab.errors import InvalidArgument, SchemaError


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


def _words(columns: Mapping[Any, str]) -> str:
    return ", ".join(f"{name} ({dtype})" for name, dtype in columns.items()) or "none"
