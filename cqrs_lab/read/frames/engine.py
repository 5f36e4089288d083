"""How pandas finds a key in a long index that has just grown: in pieces of it that are hashed already.

This is the one place that reaches into pandas. An index keeps under "_engine" what finds its keys, and makes one, by
hashing all of them, if there is none. Should a later pandas not look there, it is as slow as it was, and as right.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandas._libs import index as libindex  # type: ignore[attr-defined]

Pieces = tuple[tuple[int, Any], ...]


def find_in_pieces(index: pd.Index, pieces: Pieces) -> None:
    """Let the index find its keys by looking into these pieces of it, each with the number of its first key.

    Other than text and pairs, keys are hashed fast enough.
    """
    if isinstance(index, pd.MultiIndex) or isinstance(index.dtype, pd.StringDtype):
        vars(index).setdefault("_cache", {})["_engine"] = _PiecesEngine(index, pieces)


class _PiecesEngine(libindex.IndexEngine):  # type: ignore[misc]
    """Finds a key in the piece that has it. What is asked rarely, such as the order, is left to pandas' own engine."""

    is_unique = True
    is_mapping_populated = True

    def __new__(cls, index: pd.Index, pieces: Pieces) -> Any:
        return super().__new__(cls, np.empty(0, dtype=object))

    def __init__(self, index: pd.Index, pieces: Pieces) -> None:
        super().__init__(np.empty(0, dtype=object))
        self._plain: Any = index[:]  # makes an engine of its own if it needs one
        self._pieces = pieces

    def __contains__(self, key: object) -> bool:
        try:
            self.get_loc(key)
        except KeyError:
            return False
        return True

    def get_loc(self, key: object) -> Any:
        for start, piece in self._pieces:
            try:
                return piece._engine.get_loc(key) + start
            except KeyError:
                continue
        raise KeyError(key)

    def get_indexer(self, values: Any) -> Any:
        rows = np.full(len(values), -1, dtype=np.intp)
        for start, piece in self._pieces:
            at = piece.get_indexer(values) if isinstance(values, pd.MultiIndex) else piece._engine.get_indexer(values)
            rows[at >= 0] = at[at >= 0] + start
        return rows

    def get_indexer_non_unique(self, values: Any) -> Any:
        rows = self.get_indexer(values)
        return rows, np.flatnonzero(rows < 0)

    def _extract_level_codes(self, target: pd.MultiIndex) -> pd.MultiIndex:
        return target  # each piece has codes of its own

    @property
    def is_monotonic_increasing(self) -> Any:
        return self._plain._engine.is_monotonic_increasing

    @property
    def is_monotonic_decreasing(self) -> Any:
        return self._plain._engine.is_monotonic_decreasing

    @property
    def values(self) -> Any:
        return self._plain._engine.values

    def clear_mapping(self) -> None:
        """Keep the pieces' hashes: others use them too."""

    def sizeof(self, deep: bool = False) -> int:
        return 0
