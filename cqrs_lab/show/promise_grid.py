"""A grid of promises by remedies, with a bar for each price: the reader's wait, the sender's, the write side's work."""

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
HEAD, ROW = 62, 44
NAME_LEFT, CELLS_LEFT, CELL = 14, 220, 112
BARS_LEFT, BAR_GAP, BAR = 562, 98, 42
PAYS = ((READ, "reader", "waits"), (WRITE, "sender", "waits"), (WRITE, "write side", "answers"))


class Row(NamedTuple):
    """A remedy: how often each promise is broken in this number of looks, and what it costs.

    The reader and the sender wait for seconds, each with a mark, 0 for none: its mean in a long run. The write side
    answers some of the looks. A remedy that failed says how instead.
    """

    name: str
    how: str
    broken: tuple[int, ...]
    looks: int
    waits: tuple[float, float]
    marks: tuple[float, float]
    at_write_side: int
    failed: str = ""


def grid(promises: Sequence[str], rows: Sequence[Row], chosen: int, longest: float, name: str) -> str:
    """Return the grid; a row is a part that picks its remedy. `longest` seconds fill a bar."""
    most = (longest, longest, max(row.looks for row in rows))
    parts = [*_head(promises, most), '<g role="listbox" aria-label="Remedies">']
    for at, row in enumerate(rows):
        parts += _row(at, row, at == chosen, promises, longest)
    return drawing(WIDTH, HEAD + ROW * len(rows) + 6, name, [*parts, "</g>"], role="group")


def _head(promises: Sequence[str], longest: tuple[float, float, int]) -> Iterator[str]:
    for at, promise in enumerate(promises):
        first, _, last = promise.rpartition(" ")
        for y, words in ((18, first), (35, last)):
            yield label(CELLS_LEFT + at * CELL + CELL / 2 - 6, y, words, "small strong")
    for at, ((part, who, does), most) in enumerate(zip(PAYS, longest, strict=True)):
        x = BARS_LEFT + at * BAR_GAP
        for y, words in ((18, f"{part.marker} {who}"), (35, does)):
            yield label(x, y, words, "strong small", "start", f"fill:{part.paint}")
        yield f'<path d="M {x} {HEAD - 4} v -5 M {x} {HEAD - 6} h {BAR} m 0 2 v -5" style="stroke:var(--line)"/>'
        upto = count(most, "look") if isinstance(most, int) else f"{most:g} s"
        yield label(x + BAR + 5, HEAD - 3, upto, "small faint", "start")


def _row(at: int, row: Row, here: bool, promises: Sequence[str], longest: float) -> Iterator[str]:
    top, sets = HEAD + at * ROW, escape(json.dumps({"policy": at}))
    looks = count(row.looks, "look")
    kept = ", ".join(
        f"{promise} {f'broken by {broken} of {looks}' if broken else 'kept'}"
        for promise, broken in zip(promises, row.broken, strict=True)
    )
    waits = f"reader waits {brief_number(row.waits[0])} s, sender {brief_number(row.waits[1])} s"
    costs = f"{waits}, write side answers {count(row.at_write_side, 'look')}"
    aloud = f"{row.name}: {row.failed or f'{kept}; {costs}'}"
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
    yield from _bars(row, top + 12, longest)
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
        + label(x + CELL / 2, y + height / 2 + 5, words, "strong small", style=f"fill:{paint}")
    )


def _bars(row: Row, y: float, longest: float) -> Iterator[str]:
    """Return what a remedy costs: the two waits, and the looks at the write side."""
    for place, ((part, *_), seconds, mark) in enumerate(zip(PAYS, row.waits, row.marks, strict=False)):
        text = f"{brief_number(round(seconds, 2))} s" if seconds else "–"
        yield _bar(("wait", row.name, part.name), place, y, part, (seconds / longest, mark / longest), text)
    share, text = row.at_write_side / row.looks, f"{row.at_write_side:,}" if row.at_write_side else "–"
    yield _bar(("asked", row.name), len(row.waits), y, PAYS[-1][0], (share, 0.0), text)


def _bar(
    name: tuple[str, ...], place: int, y: float, part: Part, lengths: tuple[float, float], text: str
) -> str:
    """Return a bar for a share of the longest, a mark where a long run has its mean, and the number."""
    x, (long, there) = BARS_LEFT + place * BAR_GAP, (min(one, 1.05) * BAR for one in lengths)
    bar = f'<rect{key(*name)} x="{x}" y="{y}" width="{long:.1f}" height="20" rx="3" style="fill:{part.paint}"/>'
    line = f'<path d="M {x + there:.1f} {y - 4} v 28" style="stroke:var(--ink)" stroke-width="2"/>' if there else ""
    return (bar if long else "") + line + label(x + max(long, there) + 6, y + 15, text, "small", "start")
