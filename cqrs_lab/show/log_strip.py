"""The log as a strip of tiles: kind by colour and letters, and who has read up to where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.show.style import LOG, READ, kind_colours, letters

MOST_EVENTS = 12


def log_strip(log: Sequence[RecordedEvent], read: Mapping[str, int], own: str = "") -> str:
    """Draw the log as tiles.

    Parameters
    ----------
    log : sequence of RecordedEvent
        Of a long one, the twelve are drawn among which the furthest reader stands.
    read : mapping of str to int
        How many events each reader has read, by name.
    own : str, optional
        A stream whose events are set apart.
    """
    colours = kind_colours([type(recorded.event) for recorded in log])
    first = (max(1, *read.values()) - 1) // MOST_EVENTS * MOST_EVENTS
    shown = log[first : first + MOST_EVENTS]
    tiles = (_tile(recorded, count, read, colours, own) for count, recorded in enumerate(shown, first + 1))
    part = f" (events {first + 1:,} to {first + len(shown):,} of {len(log):,})" if len(shown) < len(log) else ""
    return f'<div class="says"><strong>{LOG.marker} log</strong>{part}</div><ol class="log">{"".join(tiles)}</ol>'


def _tile(recorded: RecordedEvent, count: int, read: Mapping[str, int], colours: Mapping[type, str], own: str) -> str:
    kind = type(recorded.event)
    here = "<br>".join(f"{READ.marker} {escape(name)}" for name, at in read.items() if at == count)
    stream = f'<span class="read-up-to">{escape(recorded.stream)}</span>' if own and recorded.stream == own else ""
    return (
        f'<li style="border-top-color:{colours[kind]}"{" class=own" if stream else ""}>{recorded.position}'
        f'<span class="letters" aria-hidden="true">{letters(kind)}</span>{escape(kind.__name__)}{stream}'
        f'<span class="read-up-to" style="min-height:{1.45 * len(read)}em">{here}</span></li>'
    )
