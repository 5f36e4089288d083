"""A trace of who wrote and read what, and when. `guarantees` checks it, and `show` draws it."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import pandas as pd


class Operation(NamedTuple):
    """A write or a read of one session.

    Attributes
    ----------
    session : str
        Who acts; the operations of one session come one after the other.
    op : {"w", "r"}
    key : str
    invoke, ret : float
        When it was asked and when it was answered, in seconds.
    version : int
        For a write its position in the log; for a read the position of the key's newest write that it shows (0: none).
    replica : int
        Which copy of the read model answered; -1 for a write, and for a read that the primary answered.
    position : int
        The answer's position, or the receipt's.
    token : int
        The position that the reader asked for at least; 0 for none.
    """

    session: str
    op: Literal["w", "r"]
    key: str
    invoke: float
    ret: float
    version: int
    replica: int
    position: int
    token: int = 0


class Trace:
    """Records operations as they are answered."""

    def __init__(self) -> None:
        self._operations: list[Operation] = []
        self._writes: dict[str, list[int]] = {}

    def wrote(self, session: str, key: str, invoke: float, ret: float, position: int) -> None:
        """Record a write."""
        self._operations.append(Operation(session, "w", key, invoke, ret, position, -1, position))

    def committed(self, key: str, position: int) -> None:
        """Record that a write of a key is in the log, whether or not its sender knows yet."""
        self._writes.setdefault(key, []).append(position)

    def read(
        self, session: str, key: str, invoke: float, ret: float, replica: int, position: int, token: int = 0
    ) -> None:
        """Record a read from a replica that was at this position."""
        shown = [write for write in self._writes.get(key, []) if write <= position]
        version = shown[-1] if shown else 0
        self._operations.append(Operation(session, "r", key, invoke, ret, version, replica, position, token))

    def frame(self) -> pd.DataFrame:
        """Return one row per operation, in order of invocation; the columns are the attributes of `Operation`."""
        rows: list[Any] = sorted(self._operations, key=lambda one: (one.invoke, one.ret))
        return pd.DataFrame(rows, columns=list(Operation._fields))
