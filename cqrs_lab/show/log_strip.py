"""The log as a strip of tiles: event types by colour, letters and name, and how far each reader has read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.show.kinds import colour_of, letters_of
from cqrs_lab.show.picture import key
from cqrs_lab.show.style import LOG, READ

MOST_EVENTS = 12


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
    letters = letters_of(type(recorded.event) for recorded in log)
    first = (max([1, *read.values()]) - 1) // MOST_EVENTS * MOST_EVENTS
    shown = log[first : first + MOST_EVENTS]
    marks = [("own", one.stream) if own and one.stream == own else () for one in shown]
    tiles = "".join(tile(one, letters[type(one.event)], *mark) for one, mark in zip(shown, marks, strict=True))
    bars = "".join(_bar(name, min(max(0, count - first), len(shown))) for name, count in read.items())
    part = f" (events {first + 1:,} to {first + len(shown):,} of {len(log):,})" if len(shown) < len(log) else ""
    columns = f'style="grid-template-columns:repeat({MOST_EVENTS},minmax(3.8rem,1fr))"'
    return (
        f'<div class="says"><strong>{LOG.marker} log</strong>{part}</div><div class="scrolls">'
        f'<ol class="log" {columns}>{tiles}</ol><div class="readers" {columns}>{bars}</div></div>'
    )


def tile(recorded: RecordedEvent, letters: str, css: str = "", below: str = "") -> str:
    """Return an event as a tile, with a class of its own and a few words below its type."""
    kind = type(recorded.event)
    words = f'<span class="stream">{_breakable(below)}</span>' if below else ""
    named = f" class={css}" if css else ""
    return (
        f'<li{key("event", recorded.position)} style="border-top-color:{colour_of(kind)}"{named}>{recorded.position}'
        f'<span class="letters" aria-hidden="true">{escape(letters)}</span>{_breakable(kind.__name__)}{words}</li>'
    )


def _bar(name: str, columns: int) -> str:
    """Return a bar as long as what a reader has read; with nothing read, only the name."""
    css = f'class="reader" style="grid-column:1 / span {columns}"' if columns else 'class="reader none"'
    line, label = key("reader", name, "line"), key("reader", name, "label")
    return f"<div {css}><span{label}>{READ.marker} {escape(name)}</span><i{line}></i></div>"


def _breakable(name: str) -> str:
    """Return a name that may break between its words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[-_])", "<wbr>", escape(name))
