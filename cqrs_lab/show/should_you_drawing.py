"""The drawing of a choice: a bar for each side, and a line for each setting, with who wins along it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from cqrs_lab.show.chart import brief_number
from cqrs_lab.show.picture import drawing, key
from cqrs_lab.show.shapes import label
from cqrs_lab.show.style import READ, WRITE
from cqrs_lab.simulation.choice import RANGES, Choice, Costs, Traffic, stretches

LEFT, RIGHT, WIDTH = 268, 880, 960
BARS, BAR, LINES, LINE = 40, 46, 206, 72
HEIGHT = LINES + 4 * LINE + 2
LETTER = 8.2
"""How wide a letter is, at most on average."""
PIVOT, ARM, SINKS = (95, 112), 56, 26
"""Of the balance: where its beam rests, how long an arm is, and how far one of them sinks at most."""
SIDES = {"CRUD": ("var(--none)", ""), "CQRS": ("var(--other)", "14 5")}
"""The colour and the dashes of each side, along a line."""
KINDS = {
    "read": ("reads", f"fill:var(--read-tint);stroke:{READ.paint}"),
    "write": ("writes", f"fill:var(--write-tint);stroke:{WRITE.paint}"),
    "again": ("again", "fill:var(--rose);stroke:var(--rose-edge)"),
    "poll": ("polls", "fill:var(--honey);stroke:var(--honey-edge)"),
}


class _Setting(NamedTuple):
    """A setting along a line: its words, how a value is said, and how far from the left it stands, from 0 to 1."""

    words: str
    said: Callable[[float], str]
    place: Callable[[float], float]


def _percent(value: float) -> str:
    return f"{brief_number(100 * value)}%"


def _seconds(value: float) -> str:
    return f"{brief_number(value)} s"


def _logarithmic(value: float) -> float:
    """Return where seconds stand between 10 ms and an hour; less than that is at the left end."""
    return math.log10(max(value, 0.01) / 0.01) / math.log10(3600 / 0.01)


SETTINGS = {
    "read_share": _Setting("a read share of", _percent, lambda value: value),
    "contention": _Setting("a contention of", _percent, lambda value: value / 0.95),
    "rules": _Setting("further facts:", brief_number, lambda value: value / 100),
    "staleness_seconds": _Setting("a staleness of", _seconds, _logarithmic),
}
NAMES = {
    "read_share": ("requests that read", "0%", "100%"),
    "contention": ("writers who meet", "0%", "95%"),
    "rules": ("further facts of a rule", "0", "100"),
    "staleness_seconds": ("staleness tolerated", "0 s", "1 hour"),
}


def draw_sides(costs: Costs, traffic: Traffic, made: Choice, unit: str, says: str) -> str:
    """Return the drawing: both sides' work for a request, and along each setting who is chosen."""
    parts = [*_balance(made), *_bars(made, unit), *_lines(costs, traffic, made)]
    return drawing(WIDTH, HEIGHT, f"The work of both sides, and who is chosen along each setting. {says}", parts)


def _balance(made: Choice) -> Iterator[str]:
    """Weigh both sides, CQRS as many times as its further parts are worth: level is where the choice flips."""
    x, y = PIVOT
    beside = made.worth * made.cqrs
    sinks = SINKS * max(-1.0, min(1.0, 2 * (made.crud - beside) / (made.crud + beside)))
    times = "" if made.worth == 1 else f"{brief_number(made.worth)} × "
    yield (
        f'<path d="M {x} {y} l 17 46 h -34 z M {x - 50} {y + 46} h 100" style="fill:var(--line);stroke:var(--faint)"'
        ' stroke-width="2"/>'
        f'<line x1="{x - ARM}" y1="{y + sinks:.1f}" x2="{x + ARM}" y2="{y - sinks:.1f}" style="stroke:var(--ink)"'
        ' stroke-width="5" stroke-linecap="round"/>'
    )
    for side, words, way in (("CRUD", "CRUD", -1), ("CQRS", f"{times}CQRS", 1)):
        paint, wide = SIDES[side][0], 8.8 * len(words) + 16  # bold letters, and a margin
        middle = min(x + way * ARM, 2 * x - wide / 2)
        box = (
            f'<rect x="{-wide / 2:g}" y="-32" width="{wide:g}" height="29" rx="6" stroke-width="2"'
            f' style="stroke:{paint};fill:{paint.replace(")", "-tint)")}"/>'
        )
        yield (
            f'<g{key("pan", side)} transform="translate({middle:g} {y - way * sinks:.1f})">{box}'
            + label(0, -13, words, "small strong", style=f"fill:{paint}")
            + "</g>"
        )
    yield label(x, y + 66, "the lighter one is chosen", "small faint")


def _bars(made: Choice, unit: str) -> Iterator[str]:
    most = max(made.crud, made.worth * made.cqrs)
    yield label(LEFT, 22, f"work for one request, in {unit}", "small faint", "start")
    for at, (side, total) in enumerate((("CRUD", made.crud), ("CQRS", made.cqrs))):
        top, x = BARS + 66 * at, float(LEFT)
        chosen = side == made.choice
        yield label(LEFT - 14, top + 29, f"{'✓ ' if chosen else ''}{side}", "strong" if chosen else "", "end")
        for kind, (words, paint) in KINDS.items():
            width = float(made.work[kind][side]) / most * (RIGHT - LEFT - 60)
            if width > 0:
                yield _segment((side, kind), x, top, width, words, paint)
            x += width
        if side == "CQRS":
            yield _has_to_beat(made, top, made.worth * total / most * (RIGHT - LEFT - 60))
            x = max(x, LEFT + made.worth * total / most * (RIGHT - LEFT - 60))
        yield label(x + 10, top + 29, brief_number(total), "strong", "start")


def _segment(name: tuple[str, str], x: float, top: float, width: float, words: str, paint: str) -> str:
    box = f'<rect width="{width:.1f}" height="{BAR}" style="{paint}" stroke-width="1.5"/>'
    inside = label(width / 2, 28, words, "small") if width > LETTER * len(words) + 8 else ""
    return f'<g{key("part", *name)} transform="translate({x:.1f} {top})">{box}{inside}</g>'


def _has_to_beat(made: Choice, top: float, width: float) -> str:
    """Return the outline of the CQRS bar, as many times as long as its further parts are worth."""
    box = (
        f'<rect{key("worth")} x="{LEFT}" y="{top - 5}" width="{width:.1f}" height="{BAR + 10}" fill="none"'
        ' stroke="var(--other)" stroke-width="2" stroke-dasharray="7 5"/>'
    )
    words = f"× {brief_number(made.worth)}, since it has more parts to run"
    return box + label(LEFT, top + BAR + 23, words, "small faint", "start")


def _lines(costs: Costs, traffic: Traffic, made: Choice) -> Iterator[str]:
    for at, (name, setting) in enumerate(SETTINGS.items()):
        y = LINES + 36 + LINE * at

        def x_of(value: float, setting: _Setting = setting) -> float:
            return LEFT + min(max(setting.place(value), 0.0), 1.0) * (RIGHT - LEFT)

        words, first, last = NAMES[name]
        yield label(LEFT - 58, y + 5, words, "", "end")
        yield label(LEFT - 12, y + 5, first, "small faint", "end") + label(
            RIGHT + 12, y + 5, last, "small faint", "start"
        )
        for low, high, side in stretches(costs, traffic, made.worth, name):
            yield _stretch(name, side, x_of(low), x_of(high), y)
        yield _flip(made, name, setting, x_of, y)
        here = x_of(getattr(traffic, name))
        yield (
            f'<path{key("here", name)} transform="translate({here:.1f} {y})" d="M 0 -11 L 8 0 L 0 11 L -8 0 Z"'
            ' style="fill:var(--ink);stroke:var(--ground)" stroke-width="2"/>'
        )


def _stretch(name: str, side: str, begin: float, end: float, y: float) -> str:
    paint, dashes = SIDES[side]
    line = (
        f'<line x1="{begin:.1f}" y1="{y}" x2="{end:.1f}" y2="{y}" stroke="{paint}" stroke-width="9"'
        f"{f' stroke-dasharray={chr(34)}{dashes}{chr(34)}' if dashes else ''}/>"
    )
    return line + (label((begin + end) / 2, y - 14, side, "small") if end - begin > 44 else "")


def _flip(made: Choice, name: str, setting: _Setting, x_of: Callable[[float], float], y: float) -> str:
    at, low, high, _ = made.flip(name)
    if math.isnan(at):
        other = "CRUD" if made.choice == "CQRS" else "CQRS"
        return label((LEFT + RIGHT) / 2, y + 25, f"nowhere along this line does {other} win", "small faint")
    band, words = "", f"flips at {setting.said(at)}"
    if not math.isnan(low):
        begin, end = x_of(low), x_of(min(high, RANGES[name][-1]))
        band = (
            f'<rect x="{begin:.1f}" y="{y - 9}" width="{max(end - begin, 1):.1f}" height="18"'
            ' style="fill:var(--ink);fill-opacity:0.25"/>'
        )
        words = f"{words} ({setting.said(low)} to {setting.said(high)})"
    half = LETTER * len(words) / 2
    middle = min(max(x_of(at), LEFT + half), RIGHT + 60 - half)
    mark = f'<line y1="{y - 12}" y2="{y + 12}" stroke="var(--ink)" stroke-width="2.5"/>'
    moved = f'<g{key("flip", name)} transform="translate({x_of(at):.1f} 0)">{mark}</g>'
    return f"{band}{moved}{label(middle, y + 27, words, 'small strong')}"
