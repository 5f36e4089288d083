"""Sums that wrap round: pandas adds in 64 bits, and a sum above that becomes another number without a word."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from cqrs_lab.errors import SchemaError
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.columns import rows_of
from cqrs_lab.read.frames.merge import numbers_in
from cqrs_lab.read.projection import Projection

_BITS = 64


def check_sums(projection: Projection, batch: EventBatch, rows: pd.DataFrame) -> None:
    """Refuse the summary of a batch if a sum in it has wrapped round, or if that cannot be ruled out.

    What a projection adds up cannot be seen. But where the largest number of a column, times its rows, fits in 64 bits,
    every sum of it does. Where it does not, the batch is summarised a second time with some bits cut off each number:
    a sum is smaller by the same factor then, and one that had wrapped round is not. A projector applies a batch that
    is refused in halves, until the numbers fit.

    Raises
    ------
    SchemaError
    """
    frames = {key: frame for key, frame in batch.frames.items() if key[0] in projection.events}
    excess = {key: found for key, frame in frames.items() if (found := _excess(key, frame))}
    if not excess:
        return
    bits, slack = max(max(found.values()) for found in excess.values()), 4 * max(map(len, frames.values()))
    smaller = {key: _cut_off(frames[key], list(found), bits) for key, found in excess.items()}
    again = projection.summarise(batch.with_frames(smaller))
    for name in (name for name, dtype in rows.dtypes.items() if dtype.kind in "iuf"):
        wrapped = _wrapped(rows[name].tolist(), again[name].tolist(), bits, slack)
        if wrapped or (wrapped is None and len(batch) > 1):
            raise SchemaError(
                f"{projection.name}.summarise: a sum in {name!r} is more than 64 bits can hold; "
                "count in a larger unit, or add up as float64"
            )


def _excess(key: tuple[type, str | None], frame: pd.DataFrame) -> dict[str, int]:
    """Return the columns of which a sum may be too large, and how many bits have to be cut off each number."""
    found = {}
    for name in _signed(*key) if len(frame) else ():
        values = numbers_in(frame[name])
        most = max(int(values.max()), -int(values.min())) * len(frame)
        if most.bit_length() >= _BITS:
            found[name] = most.bit_length() - _BITS + 2  # one for the sign, and one for what is rounded down
    return found


@cache
def _signed(event_type: type, each: str | None) -> list[str]:
    """Return the columns of whole numbers in the frames of these events."""
    return [str(name) for name, dtype in rows_of([], event_type, each).dtypes.items() if dtype.kind == "i"]


def _cut_off(frame: pd.DataFrame, columns: list[str], bits: int) -> pd.DataFrame:
    return frame.assign(**{name: np.floor_divide(frame[name], 2**bits) for name in columns})


def _wrapped(before: list[float], after: list[float], bits: int, slack: int) -> bool | None:
    """Return whether a number has wrapped round; None if these numbers do not say."""
    certain: bool | None = False if len(before) == len(after) else None
    for one, other in zip(before, after, strict=False):
        if one == other or one != one:
            continue  # it does not come from the numbers that were cut
        exact = isinstance(one, int) and isinstance(other, int)
        off = (one >> bits) - other if exact else one / 2**bits - other  # type: ignore[operator]
        if abs(off) <= slack + (0 if exact else abs(other) / 2**20):
            continue
        turns = round(off / 2 ** (_BITS - bits))
        if exact and turns and abs(off - turns * 2 ** (_BITS - bits)) <= slack:
            return True
        certain = None
    return certain
