"""The keys of a table's rows, in the order in which the rows came: new ones are added without a look at the old."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cqrs_lab.read.frames.engine import find_in_pieces

# A piece is joined with the one before it, unless that is much longer: so there are few, and each key is hashed rarely.
_MUCH_LONGER = 4
_CHUNKS = 64


class Keys:
    """The index of a table that only grows, as a few pieces that know their keys' hashes. It is never changed.

    To pandas, an index with one more key is a new one, and the next look-up hashes every key again: a third of a second
    for a million. Here a new key is hashed with the few that came lately.
    """

    def __init__(self, pieces: tuple[pd.Index, ...], known: pd.Index) -> None:
        self._pieces, self._known = pieces, known

    @classmethod
    def of(cls, index: pd.Index) -> Keys:
        """Return the keys of an index without duplicates."""
        return cls((index,), index)

    def __len__(self) -> int:
        return sum(map(len, self._pieces))

    def find(self, keys: pd.Index) -> Any:
        """Return the row number of each key as an array, -1 for a key that is not there."""
        rows = np.full(len(keys), -1, dtype=np.intp)
        for start, piece in self._numbered():
            at = piece.get_indexer(keys)
            rows[at >= 0] = at[at >= 0] + start
        return rows

    def extended(self, more: pd.Index) -> Keys:
        """Return these keys and then those, none of which is here."""
        if not len(more):
            return self
        if not len(self):
            return Keys.of(more)
        pieces = [*self._pieces, more]
        while len(pieces) > 1 and len(pieces[-2]) < _MUCH_LONGER * len(pieces[-1]):
            last = pieces.pop()
            pieces[-1] = joined(pieces[-1], last)
        pieces[-1].get_indexer(pieces[-1][:1])  # hashed now, so that no reader has to
        return Keys(tuple(pieces), vars(self).get("index", self._known))

    @cached_property
    def index(self) -> pd.Index:
        """All keys as one index, which finds them in the pieces. It is made when it is first asked for."""
        rest = [part for start, piece in self._numbered() if len(part := piece[max(0, len(self._known) - start) :])]
        if not rest:
            return self._known
        index: pd.Index = joined(self._known, *rest)
        find_in_pieces(index, tuple(self._numbered()))
        return index

    def _numbered(self) -> Iterator[tuple[int, pd.Index]]:
        start = 0
        for piece in self._pieces:
            yield start, piece
            start += len(piece)


def joined(*parts: Any) -> Any:
    """Return some indexes, or some columns, one after the other.

    Where pyarrow is installed, text is kept in as many chunks as were joined: they are made one before there are too
    many.
    """
    index = isinstance(parts[0], pd.Index)
    if not index and isinstance(parts[0].dtype, np.dtype):
        return np.concatenate([one.to_numpy() for one in parts])
    whole = parts[0].append(list(parts[1:])) if index else pd.concat(parts, ignore_index=True)
    if isinstance(whole, pd.MultiIndex) or getattr(whole.dtype, "storage", "") != "pyarrow":
        return whole
    chunks = whole.array.__arrow_array__()
    if getattr(chunks, "num_chunks", 1) < _CHUNKS:
        return whole
    values = pd.array(chunks.combine_chunks(), dtype=whole.dtype)
    return pd.Index(values, name=whole.name) if index else pd.Series(values, name=whole.name, copy=False)
