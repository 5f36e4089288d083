"""The log and its tables: each read model at its own position."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import NamedTuple

import pandas as pd

from cqrs_lab.errors import ProjectionFailed
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.projector import Projector
from cqrs_lab.show.doors import a_store, some_projections
from cqrs_lab.show.log_strip import log_strip
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.style import READ
from cqrs_lab.show.view import Control, View
from cqrs_lab.words import shortened

BOOKKEEPING = "_position"


class SoFar(NamedTuple):
    """A table after a number of events, and where and why its projection stopped, or ""."""

    rows: pd.DataFrame
    fault: str


TableAt = Callable[[str, int], SoFar]


def log_and_tables(store: EventStore, projections: Sequence[Projection]) -> View:
    """Show the log as a strip, and below it what each projection has made of it so far.

    Each projection has a control: how many events it has read. The cells that the last of them changed
    stand out. Columns that only hold a position are not shown.

    Parameters
    ----------
    store : EventStore
        Events that are recorded later are not shown.
    projections : sequence of Projection
        Each is run from the beginning of the log, for this picture only. If one of your own fails, the picture says
        where, and shows its table as far as it got.

    Returns
    -------
    View
        `frame()`: one row per projection; its position, and how many events it is behind.
    """
    a_store(store)
    projections = some_projections(projections)
    log = tuple(store.read_all())
    by_name = {projection.name: projection for projection in projections}
    table_at = tables_at(store, projections)
    most_rows = {name: len(table_at(name, len(log)).rows) for name in by_name}

    def draw(**read: int) -> Picture:
        tables = [read_model(name, table_at, count, log, most_rows[name]) for name, count in read.items()]
        positions = {name: _position(log, count) for name, count in read.items()}
        behind = {name: len(log) - count for name, count in read.items()}
        told = (faults(table_at, {name: count}) or _sentence(name, log, count) for name, count in read.items())
        says = " ".join(told) or _alone(log)
        html = f'{log_strip(log, read)}<p class="says">{escape(says)}</p><div class="tables">{"".join(tables)}</div>'
        frame = pd.DataFrame({"position": positions, "events_behind": behind}).rename_axis("projection")
        return Picture(html, says, frame)

    alone = len(by_name) == 1  # with several, nobody knows whose turn it is
    return View(draw, [Control(name, f"{name} has read", 0, len(log), 0, plays=alone) for name in by_name])


def _alone(log: Sequence[RecordedEvent]) -> str:
    return f"The log has {len(log)} event{'s'[: len(log) != 1]}. No projection reads it yet."


def _position(log: Sequence[RecordedEvent], count: int) -> int:
    return log[count - 1].position if count else 0


def without_bookkeeping(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table without the columns that only hold a position."""
    return frame[[name for name in frame.columns if not name.endswith(BOOKKEEPING)]]


def _sentence(name: str, log: Sequence[RecordedEvent], count: int) -> str:
    left = len(log) - count
    if not count:
        return f"{name} has read nothing yet."
    last = f"{name} has read up to position {_position(log, count)}, {type(log[count - 1].event).__name__}"
    return f"{last}, the end of the log." if not left else f"{last}: {left} event{'s'[: left != 1]} behind."


def tables_at(store: EventStore, projections: Sequence[Projection]) -> TableAt:
    """Return a lookup of a projection's table, by its name and a number of events."""
    by_name = {projection.name: projection for projection in projections}

    # A learner moves back and forth over few positions.
    @lru_cache(maxsize=256)
    def table_at(name: str, count: int) -> SoFar:
        projector = Projector(store, by_name[name])
        fault = ""
        try:
            if count:
                projector.catch_up(limit=count)
        except ProjectionFailed as error:
            fault = f"{name} stops before position {error.position}: {shortened(' '.join(error.why.split()), 240)}"
        return SoFar(without_bookkeeping(projector.table), fault)

    return table_at


def faults(table_at: TableAt, read: Mapping[str, int]) -> str:
    """Return a sentence for each projection that has stopped within the events that it reads."""
    return " ".join(f"✕ {fault}." for name, count in read.items() if (fault := table_at(name, count).fault))


def read_model(name: str, table_at: TableAt, count: int, log: Sequence[RecordedEvent], most_rows: int) -> str:
    """Return a table that marks the cells that the last event changed, as high as it will become."""
    now, fault = table_at(name, count)
    now = now.sort_index()
    before = table_at(name, max(0, count - 1)).rows.reindex(now.index)
    changed = before.isna() | (now.ne(before) & ~(now.isna() & before.isna()))
    if not count:
        changed[:] = False
    caption = f"{READ.marker} {name}, {'✕ stopped' if fault else f'as of position {_position(log, count)}'}"
    height = 1.8 * (2 + max(1, most_rows))
    drawn = table(now, caption, changed=changed, name=f"read model {name}")
    return f'<div class="read-model" style="min-height:{height:.1f}em">{drawn}</div>'
