"""A grid of promises by remedies, with a bar for the reader's wait and one for the sender's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from cqrs_lab.show.chart import brief_number
from cqrs_lab.show.picture import drawing, key
from cqrs_lab.show.shapes import label
from cqrs_lab.show.style import READ, WRITE, Part
from cqrs_lab.words import count, shortened

WIDTH = 868
HEAD, ROW = 48, 44
NAME_LEFT, CELLS_LEFT, CELL = 14, 238, 122
BARS_LEFT, BAR_GAP, BAR = 616, 130, 62


class Row(NamedTuple):
    """A remedy: how often each promise is broken in this number of looks, and what the reader and the sender wait.

    Each wait has a mark, 0 for none: its mean in a long run. A remedy that failed says how instead.
    """

    name: str
    how: str
    broken: tuple[int, ...]
    looks: int
    waits: tuple[float, float]
    marks: tuple[float, float]
    failed: str = ""


def grid(promises: Sequence[str], rows: Sequence[Row], chosen: int, longest: float, name: str) -> str:
    """Return the grid; a row is a part that picks its remedy. `longest` seconds fill a bar."""
    parts = [*_head(promises, longest), '<g role="listbox" aria-label="Remedies">']
    for at, row in enumerate(rows):
        parts += _row(at, row, at == chosen, promises, longest)
    return drawing(WIDTH, HEAD + ROW * len(rows) + 6, name, [*parts, "</g>"], role="group")


def _head(promises: Sequence[str], longest: float) -> Iterator[str]:
    for at, promise in enumerate(promises):
        first, _, last = promise.rpartition(" ")
        for y, words in ((18, first), (35, last)):
            yield label(CELLS_LEFT + at * CELL + CELL / 2 - 6, y, words, "small strong")
    for at, (part, who) in enumerate(((READ, "reader"), (WRITE, "sender"))):
        x = BARS_LEFT + at * BAR_GAP
        yield label(x, 20, f"{part.marker} {who} waits", "strong small", "start", f"fill:{part.paint}")
        yield f'<path d="M {x} {HEAD - 4} v -5 M {x} {HEAD - 6} h {BAR} m 0 2 v -5" style="stroke:var(--line)"/>'
        yield label(x + BAR + 5, HEAD - 3, f"{longest:g} s", "small faint", "start")


def _row(at: int, row: Row, here: bool, promises: Sequence[str], longest: float) -> Iterator[str]:
    top, sets = HEAD + at * ROW, escape(json.dumps({"policy": at}))
    looks = count(row.looks, "look")
    kept = ", ".join(
        f"{promise} {f'broken by {broken} of {looks}' if broken else 'kept'}"
        for promise, broken in zip(promises, row.broken, strict=True)
    )
    waits = f"reader waits {brief_number(row.waits[0])} s, sender {brief_number(row.waits[1])} s"
    aloud = f"{row.name}: {row.failed or f'{kept}; {waits}'}"
    frame = ' style="fill:var(--card);stroke:var(--ink)" stroke-width="2"' if here else ' style="fill:none"'
    yield (
        f'<g role="option" aria-label="{escape(aloud)}" aria-selected="{str(here).lower()}"'
        f' data-set="{sets}" tabindex="{0 if here else -1}">'
        f'<rect x="2" y="{top + 1}" width="{WIDTH - 4}" height="{ROW - 2}" rx="7"{frame}/>'
        f'<rect x="2" y="{top + 1}" width="{WIDTH - 4}" height="{ROW - 2}" rx="7" class="grip"/>'
        + label(NAME_LEFT, top + 20, row.name, "strong", "start")
        + label(NAME_LEFT, top + 38, row.how, "small faint", "start")
    )
    if row.failed:
        failed = f"✕ {shortened(row.failed, 74)}"
        yield label(CELLS_LEFT, top + 28, failed, "small strong", "start", "fill:var(--bad)") + "</g>"
        return
    for place, broken in enumerate(row.broken):
        yield _cell(CELLS_LEFT + place * CELL, top + 6, broken, row.looks)
    for place, (part, seconds) in enumerate(zip((READ, WRITE), row.waits, strict=True)):
        yield _bar(
            (row.name, part.name), BARS_LEFT + place * BAR_GAP, top + 12, part, (seconds, row.marks[place], longest)
        )
    yield "</g>"


def _cell(x: float, y: float, broken: int, looks: int) -> str:
    """Return whether a promise is kept: a mark, words and a pattern, and a colour besides."""
    paint, words = ("var(--bad)", f"✕ {broken} of {looks}") if broken else ("var(--good)", "✓ kept")
    height = ROW - 12
    inner = (
        "".join(f"M {x + 3} {y + 4 + step * 8} l 8 -5 " for step in range(1, 4))
        if broken
        else "".join(f"M {x + 7} {y + 5 + step * 8} h 0.01 " for step in range(4))
    )
    return (
        f'<rect x="{x}" y="{y}" width="{CELL - 12}" height="{height}" rx="6" style="fill:var(--stage);stroke:{paint}"'
        f' stroke-width="{2 if broken else 1}"/><path d="{inner}" style="stroke:{paint};stroke-linecap:round"'
        f' stroke-width="3" fill="none"/>'
        + label(x + CELL / 2 - 2, y + height / 2 + 5, words, "strong", style=f"fill:{paint}")
    )


def _bar(name: tuple[str, str], x: float, y: float, part: Part, lengths: tuple[float, float, float]) -> str:
    """Return a bar for some seconds, a mark where a long run has its mean, and the number."""
    seconds, mark, longest = lengths
    width = min(seconds / longest, 1.05) * BAR
    text = f"{brief_number(round(seconds, 2))} s" if seconds else "–"
    bar = (
        f'<rect{key("wait", *name)} x="{x}" y="{y}" width="{width:.1f}" height="20" rx="3" style="fill:{part.paint}"/>'
    )
    there = min(mark / longest, 1.05) * BAR
    line = f'<path d="M {x + there:.1f} {y - 4} v 28" style="stroke:var(--ink)" stroke-width="2"/>' if mark else ""
    after = x + max(width, there if mark else 0) + 6
    return (bar if seconds else "") + line + label(after, y + 15, text, "small", "start")
