"""The log as a strip of tiles: what happened as icon and name, the stream as a tint; how far each reader has read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.show.icons import PATHS, icon_of
from cqrs_lab.show.picture import key
from cqrs_lab.show.style import LOG, READ, ground

MOST_EVENTS = 12
COLUMNS = f'style="grid-template-columns:repeat({MOST_EVENTS},minmax(4.15rem,1fr))"'


def log_strip(log: Sequence[RecordedEvent], read: Mapping[str, int], own: str = "") -> str:
    """Return the log as a strip of tiles.

    Parameters
    ----------
    log : sequence of RecordedEvent
        Of a long log only twelve tiles are drawn: those around the furthest reader.
    read : mapping of str to int
        How many events each reader has read, by name.
    own : str, optional
        A stream whose events stand out.
    """
    grounds = grounds_of(log)
    first = (max([1, *read.values()]) - 1) // MOST_EVENTS * MOST_EVENTS
    shown = log[first : first + MOST_EVENTS]
    marks = [("own",) if own and one.stream == own else () for one in shown]
    tiles = "".join(tile(one, grounds[one.stream], *mark) for one, mark in zip(shown, marks, strict=True))
    bars = "".join(_bar(name, min(max(0, count - first), len(shown))) for name, count in read.items())
    part = f" (events {first + 1:,} to {first + len(shown):,} of {len(log):,})" if len(shown) < len(log) else ""
    return (
        f'<div class="says"><strong>{LOG.marker} log</strong>{part}</div><div class="scrolls">'
        f'<ol class="log" {COLUMNS}>{tiles}</ol><div class="readers" {COLUMNS}>{bars}</div></div>'
    )


def grounds_of(log: Sequence[RecordedEvent]) -> dict[str, str]:
    """Return what the tiles of each stream are painted with, by the order in which the streams appear."""
    return {stream: ground(number) for number, stream in enumerate(dict.fromkeys(one.stream for one in log))}


def tile(recorded: RecordedEvent, painted: str, css: str = "", below: str = "") -> str:
    """Return an event as a tile, with a class of its own and a few words below its stream."""
    kind = type(recorded.event)
    words = f"<strong>{_breakable(below)}</strong>" if below else ""
    named = f" class={css}" if css else ""
    return (
        f'<li{key("event", recorded.position)} style="{painted}"{named}>{recorded.position}'
        f'<svg viewBox="0 0 24 24" aria-hidden="true"><path class="icon" d="{PATHS[icon_of(kind)]}"/></svg>'
        f'{_breakable(kind.__name__)}<span class="stream">{_breakable(recorded.stream)}</span>{words}</li>'
    )


def _bar(name: str, columns: int) -> str:
    """Return a bar as long as what a reader has read; with nothing read, only the name."""
    css = f'class="reader" style="grid-column:1 / span {columns}"' if columns else 'class="reader none"'
    line, label = key("reader", name, "line"), key("reader", name, "label")
    return f"<div {css}><span{label}>{READ.marker} {escape(name)}</span><i{line}></i></div>"


def _breakable(name: str) -> str:
    """Return a name that may break between its words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[-_])", "<wbr>", escape(name))
