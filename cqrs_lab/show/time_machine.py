"""The time machine: the log, one stream's state, the tables and the last event, all as of one position."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from html import escape
from typing import Any, cast

import pandas as pd

from cqrs_lab.arguments import text
from cqrs_lab.errors import recording_errors
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.projection import Projection
from cqrs_lab.show.doors import a_decider, a_store, some_projections
from cqrs_lab.show.log_and_tables import faults, read_model, tables_at
from cqrs_lab.show.log_so_far import LogSoFar
from cqrs_lab.show.log_strip import log_strip
from cqrs_lab.show.picture import Picture, brief, table
from cqrs_lab.show.style import LOG
from cqrs_lab.show.view import Control, View
from cqrs_lab.write.decider import Decider


def time_machine(
    store: EventStore, stream: str, decider: Decider[Any, Any, Any], projections: Sequence[Projection] = ()
) -> View:
    """Show any position of the log: one stream's state, the tables, and the event that came last, in full.

    Parameters
    ----------
    store : EventStore
        One of your own will do: of a log that breaks a law, the events before that are shown, and what is wrong.
        Events that are recorded later are not shown.
    stream : str
        Whose state is shown; its events are highlighted.
    decider : Decider
        Its `evolve` builds the state from the events.
    projections : sequence of Projection, optional
        If one of your own fails, the picture says where.

    Returns
    -------
    View
        `frame()`: one row per field of the state; columns before the last event, after.
    """
    a_store(store)
    a_decider(decider)
    text("stream", stream, "the name of a stream; give a text such as 'order-7'")
    projections = some_projections(projections)
    so_far = LogSoFar(store, stream)
    log = so_far.events
    table_at = tables_at(cast(EventStore, so_far), projections)  # it is only read
    most_rows = {one.name: len(table_at(one.name, len(log)).rows) for one in projections}
    most_fields = max((len(_told(recorded)) for recorded in log), default=1)

    def draw(position: int = 0) -> Picture:
        now, before = _state(decider, stream, log[:position]), _state(decider, stream, log[: max(0, position - 1)])
        frame = pd.DataFrame({"before": before, "after": now}, dtype="str").fillna("").rename_axis("state of " + stream)
        changed = pd.DataFrame({"after": frame["before"] != frame["after"]})
        version = sum(recorded.stream == stream for recorded in log[:position])
        stopped = faults(table_at, {one.name: position for one in projections})
        says = " ".join(filter(None, [so_far.told(), _sentence(stream, version, log, position), stopped]))
        after, caption = frame[["after"]].rename(columns={"after": "now"}), f"{stream}, version {version}"
        state = table(after, caption, changed=changed, name="state")
        tables = (read_model(one.name, table_at, position, log, most_rows[one.name]) for one in projections)
        html = (
            f'{log_strip(log, {"now": position}, own=stream)}<p class="says">{escape(says)}</p>'
            f'<div class="tables">{_event(log[:position], most_fields)}<div>{state}</div>{"".join(tables)}</div>'
        )
        return Picture(html, says, frame)

    return View(draw, [Control("position", "As of event", 0, len(log), len(log), plays=True)] if log else [])


def _state(decider: Decider[Any, Any, Any], stream: str, log: Sequence[RecordedEvent]) -> dict[str, str]:
    """Return the state of a stream, folded from its events."""
    stopped: dict[str, str] = {}
    state: Any = None
    with recording_errors(stopped, "✕ the fold failed", "it raised"):
        state = decider.fold(recorded.event for recorded in log if recorded.stream == stream)
    if stopped:
        return stopped
    return _fields(state) if dataclasses.is_dataclass(state) else {"state": brief(state)}


def _fields(value: Any) -> dict[str, str]:
    """Return the fields of an object as text, or the object itself if it has none."""
    if not dataclasses.is_dataclass(value):
        return {"value": brief(value)}
    return {field.name: brief(getattr(value, field.name)) for field in dataclasses.fields(value)}


def _told(recorded: RecordedEvent) -> dict[str, str]:
    """Return what an event says, and what is noted beside it."""
    beside = {"caused by": recorded.caused_by} if recorded.caused_by else {}
    beside |= {f"noted: {name}": value for name, value in recorded.metadata.items()}
    return _fields(recorded.event) | beside


def _event(log: Sequence[RecordedEvent], most_fields: int) -> str:
    """Return the last event with all its fields, in a box as high as the longest event needs."""
    values = _told(log[-1]) if log else {}
    caption = f"{LOG.marker} {type(log[-1].event).__name__}, at position {log[-1].position}" if log else "no event"
    frame = pd.DataFrame({"value": values}, dtype="str").rename_axis("what the event says")
    height = 1.8 * (2 + most_fields)
    drawn = table(frame, caption, nothing="nothing has happened yet")
    return f'<div style="min-height:{height:.1f}em">{drawn}</div>'


def _sentence(stream: str, version: int, log: Sequence[RecordedEvent], position: int) -> str:
    if not position:
        return f"Before the first event. {stream} is at version 0: there is nothing yet."
    last = log[position - 1]
    whose = "" if last.stream == stream else f", not on {stream}"
    name = type(last.event).__name__
    return f"As of position {last.position}, {name} on {last.stream}{whose}. {stream} is at version {version}."
