"""Text columns that nobody reads stay in the file: most of the time of a rebuild would go into making their texts.

What stands for such a column knows its length. Whatever asks it for more ends the attempt with the column's name, and
the next attempt reads the column. So a result that comes without it cannot depend on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn

import pandas as pd
from pandas.api.extensions import ExtensionArray

from cqrs_lab.read.frames.schema import dtype_named

_read: ContextVar[set[str] | None] = ContextVar("the text columns that are read; None: all", default=None)


class Needed(BaseException):
    """A column is read after all: nothing within the attempt may take this for an error.

    Attributes
    ----------
    column : str
    """

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


@contextmanager
def reading_only(names: set[str]) -> Iterator[None]:
    """Within the block, frames of stored events have no text columns but these."""
    before = _read.set(names)
    try:
        yield
    finally:
        _read.reset(before)


def is_unread(name: str) -> bool:
    """Return whether a text column is to be left in its file."""
    names = _read.get()
    return names is not None and name not in names


def check_read(table: pd.DataFrame) -> None:
    """Refuse a result in which a column stands that was not read.

    Raises
    ------
    Needed
    """
    for values in [column.array for _, column in table.items()]:
        if isinstance(values, Unread):
            values._needed()


class Unread(ExtensionArray):
    """Stands for a text column.

    Parameters
    ----------
    name : str
    length : int

    Examples
    --------
    >>> import pandas as pd
    >>> from cqrs_lab.read.frames.unread import Needed, Unread
    >>> frame = pd.DataFrame({"stream": Unread("stream", 2), "units": [1, 2]}, copy=False)
    >>> int(frame["units"].sum())
    3
    >>> try:
    ...     frame["stream"].str.len()
    ... except Needed as needed:
    ...     print(needed)
    stream
    """

    def __init__(self, name: str, length: int) -> None:
        self._name, self._length = name, length

    @property
    def dtype(self) -> Any:
        """That of the column."""
        return dtype_named("str")

    @property
    def nbytes(self) -> int:
        """None of its texts is there."""
        return 0

    def __len__(self) -> int:
        return self._length

    def copy(self) -> Unread:
        """Return itself: it never changes."""
        return self

    def view(self, dtype: Any = None) -> Any:
        """Return itself."""
        return self

    def repeated(self, length: int) -> Unread:
        """Return what stands for the column with each text repeated some times."""
        return Unread(self._name, length)

    def _needed(self, *_: Any, **__: Any) -> NoReturn:
        raise Needed(self._name)

    def __getattr__(self, name: str) -> NoReturn:
        # What pandas asks of its own text columns only, such as the methods behind `.str`.
        raise Needed(self.__dict__["_name"])

    __getitem__ = __setitem__ = __iter__ = __contains__ = __array__ = __array_ufunc__ = _needed
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _needed
    __add__ = __radd__ = __mul__ = __rmul__ = __invert__ = _needed
    isna = take = equals = astype = to_numpy = factorize = unique = _reduce = _needed
    _hasna = property(_needed)
    _concat_same_type = _needed
