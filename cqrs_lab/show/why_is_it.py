"""Why is it 8? A table whose cells are picked, and below it the events that the chosen one rests on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import pandas as pd

from cqrs_lab.arguments import text
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.guards.accepted import check_declaration
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.why import NO_ROW, Lineage, Provenance, Reason, in_words
from cqrs_lab.show.doors import a_store
from cqrs_lab.show.log_and_tables import without_bookkeeping
from cqrs_lab.show.log_strip import COLUMNS, MOST_EVENTS, grounds_of, tile
from cqrs_lab.show.picture import Picture, word
from cqrs_lab.show.style import LOG, READ
from cqrs_lab.show.view import Control, View

MOST_ROWS, ROWS_DRAWN = 200, 10


def why_is_it(store: EventStore, projection: Projection, key: Any = None, column: str | None = None) -> View:
    """Pick a cell of a table, and see which events of the log it rests on and which of them others hide.

    An event counts if the cell would be another one without it; it is hidden if that is so only when another event is
    left out too. Columns that only hold a position are not shown.

    Parameters
    ----------
    store : EventStore
        Events that are recorded later are not shown.
    projection : Projection
        One that keeps law 5.
    key, column : object and str, optional
        The cell to begin with; without them, the first.

    Returns
    -------
    View
        `frame()`: one row per event that the cell rests on; position, event, stream, effect, hidden_by, without.

    Examples
    --------
    >>> from cqrs_lab import CommandBus, MemoryEventStore
    >>> from cqrs_lab.shop import read, week, write
    >>> from cqrs_lab.show import why_is_it
    >>> store = MemoryEventStore()
    >>> bus = CommandBus(store)
    >>> write.register(bus)
    >>> receipts = [bus.send(command) for command in week.commands()]
    >>> why_is_it(store, read.ProductListing(), "cup", "price_mills")
    price_mills of cup is 2,650: PriceChanged at position 10 counts. PriceChanged at 6 is hidden by position 10.
    """
    a_store(store)
    check_declaration(projection)
    log = tuple(store.read_all())
    lineage = Lineage(projection, log)
    if not len(lineage.table):
        raise InvalidArgument(f"the table of {projection.name} has no rows; give a store with events that it reads")
    table, row = _rows(lineage, key)
    columns = list(without_bookkeeping(table).columns) or list(table.columns)
    there = f"give one of {', '.join(columns)}"
    if column is not None and text("column", column, f"the name of a column; {there}") not in columns:
        raise InvalidArgument(f"no column {column!r} is shown of {projection.name}; {there}")
    keys, all_rows = table.index.tolist(), len(lineage.table)

    def draw(row: int, column: int) -> Picture:
        found = lineage.why(keys[row], columns[column])
        grid = _grid(table[columns], row, column, f"{projection.name}, {_part(len(table), all_rows, 'row')}")
        reasons = "".join(f"<li>{escape(one)}</li>" for one in _reasons(found))
        html = (
            f'{grid}{_strip(log, found)}<p class="says">{escape(repr(found))}</p>'
            f'<ul class="reasons" aria-label="Reasons, one by one">{reasons}</ul>'
        )
        return Picture(html, repr(found), found.frame())

    rows = Control.among("row", "Row", [in_words(one) for one in keys])
    names = Control.among("column", "Column", columns)
    return View(draw, [rows._replace(value=row), names._replace(value=columns.index(column) if column else 0)])


def _rows(lineage: Lineage, key: Any) -> tuple[pd.DataFrame, int]:
    """Return the rows that can be picked, the first ones and that of the key, and the number of the key's."""
    every = lineage.table.sort_index()
    table = every.iloc[:MOST_ROWS]
    if key is None:
        return table, 0
    at = every.index.get_indexer(lineage.table.index[[lineage.place(key)]])[0]
    if at >= MOST_ROWS:
        table, at = pd.concat([table.iloc[:-1], every.iloc[[at]]]), MOST_ROWS - 1
    return table, int(at)


def _part(shown: int, there: int, what: str) -> str:
    return f"{shown:,} of {there:,} {what}s" if shown < there else f"{there:,} {what}{'s'[: there != 1]}"


def _grid(table: pd.DataFrame, row: int, column: int, caption: str) -> str:
    """Return the rows around the chosen one, each cell of which sets both controls."""
    first = row // ROWS_DRAWN * ROWS_DRAWN
    drawn = table.iloc[first : first + ROWS_DRAWN]
    heads = [*map(str, table.index.names), *map(str, table.columns)]
    css = [_css(dtype) for dtype in table.dtypes]
    body = []
    for number, (key, *values) in enumerate(drawn.itertuples(name=None), first):
        levels = "".join(
            f'<th scope="row">{escape(in_words(one))}</th>' for one in (key if table.index.nlevels > 1 else [key])
        )
        cells = (_cell(values[at], css[at], (number, at), (row, column)) for at in range(len(values)))
        body.append(f"<tr>{levels}{''.join(cells)}</tr>")
    if len(drawn) < len(table):
        caption += f", {first + 1:,} to {first + len(drawn):,} drawn"
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    return (
        f'<div class="scrolls read-model"><table role="grid">'
        f"<caption>{READ.marker} {escape(caption)}. Pick a cell.</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _css(dtype: Any) -> str:
    return "number" if pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype) else "text"


def _cell(value: Any, css: str, place: tuple[int, int], chosen: tuple[int, int]) -> str:
    sets = escape(json.dumps({"row": place[0], "column": place[1]}))
    here, is_chosen = ("true", "0") if place == chosen else ("false", "-1"), place == chosen
    shown = word(value) or '<span class="only-read-out">empty</span>'
    mark = " here" if is_chosen else ""
    return f'<td class="{css}{mark}" data-set="{sets}" aria-selected="{here[0]}" tabindex="{here[1]}">{shown}</td>'


def _strip(log: Sequence[RecordedEvent], found: Provenance) -> str:
    """Return the log as tiles, those that the cell rests on marked; of a long log, only these."""
    reasons = {one.recorded.position: one for one in found.reasons}
    shown = log if len(log) <= MOST_EVENTS else [one.recorded for one in found.reasons][-MOST_EVENTS:]
    left = (
        f", {_part(len(shown), len(log), 'event')} drawn: the last ones that the cell rests on"
        if len(shown) < len(log)
        else ""
    )
    grounds = grounds_of(log)
    tiles = "".join(tile(one, grounds[one.stream], *_mark(reasons.get(one.position))) for one in shown)
    return (
        f'<div class="says"><strong>{LOG.marker} log</strong>{left}</div>'
        f'<div class="scrolls"><ol class="log why" {COLUMNS}>{tiles}</ol></div>'
    )


def _mark(reason: Reason | None) -> tuple[str, str]:
    """Return how a tile looks and what stands below it."""
    if reason is None:
        return "aside", ""
    by = f"hidden by {_few([str(one.position) for one in reason.hidden_by])}"
    return reason.effect, by if reason.hidden_by else "✔ counts"


def _reasons(found: Provenance) -> Iterable[str]:
    for one in found.reasons[:MOST_EVENTS]:
        recorded = one.recorded
        what = f"Position {recorded.position}, {type(recorded.event).__name__} on {recorded.stream}:"
        if one.hidden_by:
            by = _few([f"position {other.position}" for other in one.hidden_by])
            yield f"{what} hidden by {by}. It would make a difference if that one were missing too."
        elif one.without is NO_ROW:
            yield f"{what} without it there would be no row."
        else:
            yield f"{what} without it, {in_words(one.without)} in place of {in_words(found.value)}."
    if len(found.reasons) > MOST_EVENTS:
        yield f"{len(found.reasons) - MOST_EVENTS:,} more events are not listed; frame() has them all."


def _few(names: list[str]) -> str:
    return " or ".join(names if len(names) < 4 else [*names[:2], f"{len(names) - 2} others"])
