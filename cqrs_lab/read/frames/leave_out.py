"""One row of a table without one of its events, or without two: the others are merged, in the order of the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cqrs_lab.read.frames.schema import Schema

Merge = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]
_ROUNDING = 32  # steps of the last digit: two orders of adding up differ by fewer
_AT_ONCE = 1 << 16  # pairs
_FEW_PAIRS = 1 << 10


class ManyMerges:
    """Merges many pairs of rows of one key in one call: by the law, `merge` works row by row, so side by side as well.

    A frame stands for rows by number: what has the same number is merged, what only one side has stays as it is.

    Parameters
    ----------
    merge : callable
        A projection's.
    schema : Schema
    key : Index
        With the one key that the rows have in common.
    labelled : bool
        Whether each pair gets a key of its own. If not, they are merged one after the other, under their own key.
    """

    def __init__(self, merge: Merge, schema: Schema, key: pd.Index, labelled: bool) -> None:
        self._merge, self._schema, self._key, self._labelled = merge, schema, key, labelled
        self._labels = key[:0]

    def __call__(self, left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of both, merged where both have the number."""
        if not len(left) or not len(right):
            return left if len(left) else right
        if self._labelled and self._reach(max(left.index.max(), right.index.max()) + 1):
            merged = self._checked(*(one.set_axis(self._labels.take(one.index.to_numpy())) for one in (left, right)))
            return merged.set_axis(pd.Index(self._labels.get_indexer(merged.index)))
        both = left.index.intersection(right.index)
        rows = [one for one in (left.drop(both), right.drop(both)) if len(one)]
        for number in both:
            one, other = (side.loc[[number]].set_axis(self._key) for side in (left, right))
            rows.append(self._checked(one, other).set_axis(pd.Index([number])))
        return pd.concat(rows)

    def _checked(self, left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
        merged = self._merge(left, right)
        self._schema.check(merged, "merge")
        return merged

    def _reach(self, count: int) -> bool:
        """Make as many keys as are needed, and return whether there are as many of their dtype."""
        if len(self._labels) < count:
            self._labels = _labels(self._key, max(count, 2 * len(self._labels)))
        return len(self._labels) >= count


def _labels(key: pd.Index, count: int) -> Any:
    """Return this number of keys like this one, all different; none if its dtype does not have as many."""
    levels = [key.get_level_values(level) for level in range(key.nlevels)]
    for at, level in enumerate(levels):
        numbered = _numbered(level, count)
        if numbered is not None:
            every = [numbered if number == at else one.repeat(count) for number, one in enumerate(levels)]
            return pd.MultiIndex.from_arrays(every, names=key.names) if key.nlevels > 1 else every[0]
    return key[:0]


def _numbered(level: pd.Index, count: int) -> Any:
    dtype: Any = level.dtype
    if isinstance(dtype, pd.StringDtype):
        return pd.Index([f"{level[0]}#{number}" for number in range(count)], dtype=dtype, name=level.name)
    if dtype.kind == "M" and dtype.name.startswith("datetime64["):
        return pd.Index(np.arange(count).astype(dtype), name=level.name)
    if (
        dtype.kind in "iuf"
        and (dtype.kind != "f" or dtype.itemsize == 8)
        and count <= np.iinfo(f"i{dtype.itemsize}").max
    ):
        return pd.Index(np.arange(count), dtype=dtype, name=level.name)
    return None


def picked(rows: pd.DataFrame, wanted: Any, numbers: Any) -> pd.DataFrame:
    """Return the rows with the wanted numbers, those that there are, under other numbers."""
    at = rows.index.get_indexer(wanted)
    there = at >= 0
    return rows.take(at[there]).set_axis(pd.Index(numbers[there]))


def differs(one: pd.DataFrame, other: pd.DataFrame, columns: Iterable[Any], count: int, *, exact: bool = False) -> Any:
    """Return, for each number below `count`, whether one has another value in these columns, or no row.

    Numbers with a fraction may differ by rounding, unless the comparison is exact.
    """
    ours, theirs = (rows.index.get_indexer(pd.Index(np.arange(count))) for rows in (one, other))
    both = (ours >= 0) & (theirs >= 0)
    unequal = (ours >= 0) != (theirs >= 0)
    for name in columns:
        ends = one[name].array.take(ours[both]), other[name].array.take(theirs[both])
        unequal[both] |= ~_equal(*ends, exact)
    return unequal


def _equal(ours: Any, theirs: Any, exact: bool) -> Any:
    missing = np.asarray(pd.isna(ours)) & np.asarray(pd.isna(theirs))
    if ours.dtype.kind == "f" and not exact:
        kind = ours.dtype.str if isinstance(ours.dtype, np.dtype) else ours.dtype.numpy_dtype
        one, other = (values.to_numpy(dtype=kind, na_value=np.nan) for values in (ours, theirs))
        step = float(np.finfo(kind).eps)
        return np.isclose(one, other, rtol=_ROUNDING * step, atol=step) | missing
    return pd.Series(ours == theirs).fillna(False).to_numpy(dtype=bool) | missing


class LeaveOut:
    """A row without one of its events, and without two of them.

    Two neighbours are merged, and two of these pairs, and so on. So for each event and each size of a block (1, 2, 4, 8
    and so on) it is known what comes before it and after it in its block.

    Parameters
    ----------
    merge : ManyMerges
    rows : DataFrame
        What each event alone says, numbered from 0 in the order of the log.
    """

    def __init__(self, merge: ManyMerges, rows: pd.DataFrame) -> None:
        self._merge, self._rows, self._count = merge, rows, len(rows)
        numbers, blocks = np.arange(self._count), [(rows.iloc[:0], rows.iloc[:0])]
        while len(rows) > 1:
            before, after = blocks[-1]
            block = numbers >> (len(blocks) - 1)
            odd, halves = block % 2 == 1, np.arange(len(rows))
            before = merge(picked(rows, block[odd] - 1, numbers[odd]), before)
            after = merge(after, picked(rows, block[~odd] + 1, numbers[~odd]))
            rows = merge(*(picked(rows, halves[side::2], halves[side::2] // 2) for side in (0, 1)))
            blocks.append((before, after))
        self._sizes = len(blocks)
        # Of all sizes in one frame each: what is in a block of 2 ** size has the number size * count + event.
        self._before, self._after = (self._stacked([block[side] for block in blocks]) for side in (0, 1))

    def _stacked(self, frames: list[pd.DataFrame]) -> pd.DataFrame:
        numbered = [one.set_axis(one.index + size * self._count) for size, one in enumerate(frames) if len(one)]
        return pd.concat(numbered) if numbered else frames[0]

    @cached_property
    def rest(self) -> pd.DataFrame:
        """The row without each of its events, numbered as these are."""
        return self._around(np.arange(self._count), self._sizes - 1, True, with_own=False)

    @cached_property
    def every(self) -> pd.DataFrame:
        """The row with all of its events, merged in the order of each rest: only the event makes the difference."""
        return self._around(np.arange(self._count), self._sizes - 1, True, with_own=True)

    def counts(self, column: str) -> Any:
        """Return whether leaving out each event changes this column, or leaves no row."""
        return differs(self.rest, self.every, [column], self._count)

    def hidden(self, column: str, counts: Any) -> dict[int, list[int]]:
        """Return the events that change nothing unless another one is left out too, each with those others."""
        events, others = self._pairs(np.flatnonzero(~counts))
        found: dict[int, list[int]] = {}
        for part in np.array_split(np.arange(len(events)), max(1, -(-len(events) // _AT_ONCE))):
            changes = part[self._changes(column, events[part], others[part])]
            for event, other in zip(events[changes].tolist(), others[changes].tolist(), strict=True):
                found.setdefault(event, []).append(other)
        return found

    def _pairs(self, events: Any) -> tuple[Any, Any]:
        """Return each event with every other one that may hide it.

        If what follows it in its block says the same with it and without it, nothing after the block hides it: what
        follows would still be there. And nothing at all that comes after hides it if that holds for what came before.
        """
        start, end = np.zeros(len(events), dtype=int), np.full(len(events), self._count)
        if len(events) * self._count > _FEW_PAIRS:
            by_before, by_after = self._absorbed(self._before, events, True), self._absorbed(self._after, events, False)
            for size in reversed(range(self._sizes)):
                block = events >> size
                start = np.where(by_before[size], block << size, start)
                end = np.where(by_after[size], np.minimum((block + 1) << size, self._count), end)
            start, end = np.where(by_after[-1], events, start), np.where(by_before[-1], events + 1, end)
        others = [np.r_[low:at, at + 1 : high] for low, at, high in zip(start, events, end, strict=True)]
        return np.repeat(events, [len(one) for one in others]), np.concatenate([events[:0], *others])

    def _absorbed(self, blocks: pd.DataFrame, events: Any, last: bool) -> Any:
        """Return, for each size of a block, whether each event makes no difference at all to what is there."""
        sizes, numbers = np.arange(self._sizes), np.arange(self._sizes * len(events))
        there = picked(blocks, np.add.outer(sizes * self._count, events).ravel(), numbers)
        own = picked(self._rows, np.tile(events, self._sizes), numbers)
        merged = self._merge(there, own) if last else self._merge(own, there)
        return ~differs(merged, there, self._rows.columns, len(numbers), exact=True).reshape(len(sizes), len(events))

    def _changes(self, column: str, events: Any, others: Any) -> Any:
        """Return whether leaving out both of a pair differs from leaving out the other one alone."""
        low, high = np.minimum(events, others), np.maximum(events, others)
        size = np.frexp(low ^ high)[1] - 1  # the two stand in neighbouring blocks of this size, the middle between them
        both = [self._around(at, size, first, with_own=False) for at, first in ((low, True), (high, False))]
        alone = [self._around(at, size, first, with_own=at == events) for at, first in ((low, True), (high, False))]
        return differs(self._merge(*both), self._merge(*alone), [column], len(events))

    def _around(self, events: Any, size: Any, first: bool, with_own: Any) -> pd.DataFrame:
        """Merge what lies on one side of a middle: all before each event and the rest of its block, or the reverse.

        The event itself is among it if it is wanted there.
        """
        each, numbers = np.unique((size * self._count + events) * 2 + with_own, return_inverse=True)
        near, own, every = each // 2, each % 2 == 1, np.arange(len(each))
        event = near % self._count
        all_of_it = (self._sizes - 1) * self._count + event
        before = picked(self._before, all_of_it if first else near, every)
        before = self._merge(before, picked(self._rows, event[own], every[own]))
        after = picked(self._after, near if first else all_of_it, every)
        return picked(self._merge(before, after), numbers, np.arange(len(events)))
