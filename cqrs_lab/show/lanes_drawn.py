"""The drawing of the lanes of a process: a mark for each event, an arrow for each command, and where it broke."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from cqrs_lab.show import shapes
from cqrs_lab.show.label_places import LINE, Four, Label, Mark, placed
from cqrs_lab.show.lane_marks import REFUSING, WIDTH, left_no_event, mark, ring, stroke, together
from cqrs_lab.show.picture import drawing
from cqrs_lab.show.style import WRITE, tint
from cqrs_lab.write.refusal import Refusal

Places = Mapping[Any, tuple[float, float]]
Rows = Sequence[tuple[Any, pd.Series]]

LEFT, TOP, LANE = 146, 26, 80
ASIDE = 0.45
"""So much of a column is between an event and the line of what came right before or right after it."""
REFUSED = 92
"""So far below the lanes stand the commands that were refused: there no label or line is in the way."""
TWICE = 6
"""So far beside an arrow is the second line of a command that was sent twice."""


def refused(log: pd.DataFrame, shown: pd.DataFrame, notes: Sequence[str]) -> list[tuple[float, str]]:
    """Find the commands that were refused and left no event: after how many of the events, and what to say."""
    places: dict[tuple[int, str], list[str]] = {}
    for one in notes:
        if isinstance(one, Refusal) and (after := int((log["at"] <= one.at).sum())) <= len(shown):
            places.setdefault((after, f"{one.at:%H:%M}"), []).append(one.command)
    return [(after, f"{', '.join(commands)} refused, {time}") for (after, time), commands in places.items()]


def lanes_drawn(log: pd.DataFrame, shown: pd.DataFrame, lanes: Mapping[str, str], columns: int, *said: Any) -> str:
    """Return the lanes with the events that are shown; `said` is the drawing's name, and what was refused."""
    name, left_nothing = said
    wide, bottom = (WIDTH - LEFT) / columns, TOP + LANE * len(lanes)
    prefixes = list(lanes)
    place = {
        position: (LEFT + (at + 0.5) * wide, _level(prefixes.index(_lane(stream, prefixes))))
        for at, (position, stream) in enumerate(log["stream"].items())
    }
    rows = list(log.iterrows())
    labels = _labels(rows, place, wide, bottom, prefixes)
    parts = list(_bands(list(lanes.values())))
    drawn = rows[: len(shown)]
    for _, row in drawn:
        before = [*_arrow(row, place, wide), *_breaks(row, place[row.name][0], wide, bottom)]
        parts.append(together(before, "command", row.name, row["event"]))
    for (position, row), new in zip(drawn, shown["at"].ne(shown["at"].shift()), strict=True):
        paint = tint(prefixes.index(_lane(row["stream"], prefixes)))
        event = [mark(row, *place[position], paint), *_said(labels[position])]
        event += _below(row, place[position][0], bottom, new)
        parts.append(together(event, "event", position, row["event"]))
    parts.append(ring(drawn[-1][1], *place[shown.index[-1]]))
    for after, words in left_nothing:
        parts += left_no_event(LEFT + after * wide, bottom + REFUSED, words)
    parts.append(shapes.label(LEFT - 12, bottom + REFUSED + 5, "refused", "small", "end"))
    parts.append(shapes.label(LEFT - 12, bottom + 14, "position in the log", "small", "end"))
    parts.append(shapes.label(LEFT - 12, bottom + 32, "time of day", "small", "end"))
    return drawing(WIDTH, bottom + REFUSED + 16, name, parts)


def _bands(names: Sequence[str]) -> Iterator[str]:
    """Yield the tip of an arrow that undoes, since the tips that a drawing has come in other colours, and the lanes."""
    yield (
        '<marker id="tip-undo" viewBox="0 0 10 10" refX="5" refY="5" markerWidth="5" markerHeight="5" orient="auto">'
        '<path d="M 0 0 L 10 5 L 0 10 z" style="fill:var(--ink)"/></marker>'
    )
    for at, who in enumerate(names):
        y = _level(at)
        yield (
            f'<rect x="{LEFT}" y="{y - 36:.1f}" width="{WIDTH - LEFT - 2}" height="{LANE - 6}" rx="9"'
            ' style="fill:var(--stage);stroke:var(--line)"/>'
        )
        yield stroke((LEFT + 10, y, WIDTH - 10, y), "stroke:var(--line);stroke-width:1")
        yield shapes.label(LEFT - 12, y + 5, who, "strong", "end")


def _below(row: pd.Series, x: float, bottom: float, new: bool) -> list[str]:
    """Write the position of an event, and its time of day where that is a new one."""
    time = f"{row['at']:%H:%M}" if new else ""
    return [shapes.label(x, bottom + 14, str(row.name), "small strong"), shapes.label(x, bottom + 32, time, "small")]


def _level(at: int) -> float:
    return TOP + at * LANE + 26


def _lane(stream: str, prefixes: Sequence[str]) -> str:
    return next(prefix for prefix in prefixes if stream.startswith(prefix))


def _labels(rows: Rows, place: Places, wide: float, bottom: float, prefixes: Sequence[str]) -> dict[Any, Label]:
    """Place the labels of the whole run, so that none of them moves while its events are shown one by one."""
    ways = [(way, row["sent"] > 1) for _, row in rows if (way := _way(row, place, wide))]
    lines = [line for way, twice in ways for line in ([way, _beside(way)] if twice else [way])]
    for position, row in rows:
        lines += [line for line, *_ in _upright(row, place[position][0], wide, bottom)]
    boxes = [(x - 15, y - 15, x + 15, y + 15) for x, y in place.values()]
    marks = [
        # Arrows reach the first lane from below.
        Mark(_words(row["event"], _lane(row["stream"], prefixes)), *place[position], place[position][1] == _level(0))
        for position, row in rows
    ]
    return dict(zip((position for position, _ in rows), placed(marks, lines, boxes), strict=True))


def _said(label: Label) -> list[str]:
    levels = ((label.y + LINE * at, word) for at, word in enumerate(label.words))
    return [shapes.label(label.x, y, word, "small label", label.anchor, "stroke:var(--stage)") for y, word in levels]


def _way(row: pd.Series, place: Places, wide: float) -> Four | None:
    """Return the path of the command that led to an event; where a time was up, it comes from there."""
    end, start = place[row.name], place.get(row["cause"])
    if row["time_is_up"]:
        start = (end[0] - ASIDE * wide, end[1])
    if start is None:
        return None
    across, down = end[0] - start[0], end[1] - start[1]
    length = (across**2 + down**2) ** 0.5
    from_, to = (0 if row["time_is_up"] else 19 / length), 1 - 23 / length
    return start[0] + from_ * across, start[1] + from_ * down, start[0] + to * across, start[1] + to * down


def _arrow(row: pd.Series, place: Places, wide: float) -> list[str]:
    way = _way(row, place, wide)
    style, tip = f"stroke:{WRITE.paint};stroke-width:2.5", "tip-write"
    if row["undoes"]:
        style, tip = "stroke:var(--ink);stroke-width:2;stroke-dasharray:7 4", "tip-undo"
    if not way:
        return []
    twice = [stroke(_beside(way), style)] if row["sent"] > 1 else []
    return [stroke(way, style, f' marker-end="url(#{tip})"'), *twice]


def _beside(way: Four) -> Four:
    """Return a line a little to the side of another one, and as long up to its arrowhead."""
    x1, y1, x2, y2 = way
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1)
    right, down = (y2 - y1) / length * TWICE, -(x2 - x1) / length * TWICE
    return x1 + right, y1 + down, x2 + right, y2 + down


def _upright(row: pd.Series, x: float, wide: float, bottom: float) -> list[tuple[Four, str, str, int]]:
    """Return the lines before and after an event, from below the first lane's labels on: style, words, level."""
    lines = (
        (row["time_is_up"], x - ASIDE * wide, "stroke-dasharray:2 5", "time is up", 68),
        (row["crash"], x + ASIDE * wide, "", "process died", 52),
        (row.get("no_return", False), x + ASIDE * wide, "stroke-dasharray:10 3 2 3", "point of no return", 68),
    )
    return [
        ((at, _level(0) - 16, at, bottom + level - 13), style, words, level)
        for is_so, at, style, words, level in lines
        if is_so
    ]


def _breaks(row: pd.Series, x: float, wide: float, bottom: float) -> list[str]:
    """Draw where a time was up, and where the process died; their words stand below everything."""
    parts = []
    for line, style, words, level in _upright(row, x, wide, bottom):
        anchor = "end" if line[0] > WIDTH - 66 else "middle"
        parts.append(stroke(line, f"stroke:var(--ink);stroke-width:2;{style}"))
        parts.append(shapes.label(line[0], bottom + level, words, "small strong", anchor))
    return parts


def _words(event: str, lane: str) -> tuple[str, ...]:
    """Return an event's name in its lane: StockReserved is "reserved" among the stock's; a refusal says only that."""
    kind = lane.rstrip("-").capitalize()
    words = tuple(word.lower() for word in re.findall(r"[A-Z][a-z]*", event.removeprefix(kind)))
    return words[-1:] if event.endswith(REFUSING) else words
