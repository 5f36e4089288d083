"""A table as it was after any part of the log: neighbouring summaries are merged before anybody asks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

import pandas as pd

from cqrs_lab.arguments import refuse, whole_number
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.raised import naming_the_line
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.merge import check_overflow
from cqrs_lab.read.guards.accepted import check_batch, check_declaration
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.summary import summarised


class TableHistory:
    """The table of a projection after any number of parts of a log, such as its days.

    Each part is summarised once. Then two neighbours are merged, and two of these pairs, and so on. By the law of
    merging, the first 374 parts are 256 + 64 + 32 + 16 + 4 + 2 of them: six summaries instead of 374.

    Parameters
    ----------
    projection : Projection
    parts : iterable of EventBatch
        In order. A part may be empty.

    Raises
    ------
    SchemaError
        A summary or a merged table does not have the declared schema.
    InvalidArgument
        The projection raised an error; the message names the line of yours.

    Examples
    --------
    >>> from cqrs_lab.read.batch import EventBatch
    >>> from cqrs_lab.read.history import TableHistory
    >>> from cqrs_lab.shop.read import BestSellers
    >>> history = TableHistory(BestSellers(), [EventBatch([])] * 374)
    >>> len(history), [span for span, _ in history.pieces(374)]
    (374, [256, 64, 32, 16, 4, 2])
    """

    def __init__(self, projection: Projection, parts: Iterable[EventBatch]) -> None:
        check_declaration(projection)
        self.projection = projection
        # The summaries of 1 part, of 2 parts, of 4 parts, …; what is left over at the end has no partner yet.
        self._levels = [[self._summary(part) for part in _listed(parts)]]
        while len(halves := self._levels[-1]) > 1:
            pairs = zip(halves[::2], halves[1::2], strict=False)
            self._levels.append([self._merged(one, other) for one, other in pairs])

    def __len__(self) -> int:
        return len(self._levels[0])

    def part(self, number: int) -> pd.DataFrame:
        """Return the summary of one part alone; the first is 1."""
        return self._levels[0][self._checked(number, least=1) - 1].copy()

    def pieces(self, parts: int) -> list[tuple[int, pd.DataFrame]]:
        """Return the summaries that make up the first parts, oldest first: how many parts each covers, and its rows."""
        return [(span, rows.copy()) for span, rows in self._pieces(parts)]

    def _pieces(self, parts: int) -> list[tuple[int, pd.DataFrame]]:
        parts, start = self._checked(parts), 0
        found: list[tuple[int, pd.DataFrame]] = []
        for level in reversed(range(len(self._levels))):
            if parts >> level & 1:
                found.append((1 << level, self._levels[level][start >> level]))
                start += 1 << level
        return found

    def as_of(self, parts: int) -> pd.DataFrame:
        """Return the table as it was after the first parts; after none, it is empty."""
        summaries = (rows for _, rows in self._pieces(parts))
        return reduce(self._merged, summaries, self.projection.schema.empty()).copy()

    def _summary(self, part: EventBatch) -> pd.DataFrame:
        check_batch(part)
        with naming_the_line(f"{self.projection.name}.summarise"):
            return summarised(self.projection, part)[0]

    def _merged(self, one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
        whose = f"{self.projection.name}.merge"
        with naming_the_line(whose):
            merged = self.projection.merge(one, other)
        self.projection.schema.check(merged, whose)
        check_overflow(one, other, merged, whose)
        return merged

    def _checked(self, parts: int, least: int = 0) -> int:
        whole_number("parts", parts, f"a number of parts; give {least} to {len(self)}", least=least)
        if parts > len(self):
            raise InvalidArgument(f"parts={parts}: there are {len(self)}; give {least} to {len(self)}")
        return int(parts)


def _listed(parts: Any) -> Iterable[EventBatch]:
    if not isinstance(parts, Iterable):
        raise refuse("parts", parts, "a list of batches; give by_day(store.read_all()).values()")
    return parts  # one by one, so that a bar can show how far it is
