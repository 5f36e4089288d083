"""The drawing of a read side: a bar for each partition's projector, a bar for each copy, and how late it all is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf, isnan
from typing import NamedTuple

import pandas as pd

from cqrs_lab.show.chart import brief_number
from cqrs_lab.show.picture import drawing, key
from cqrs_lab.show.shapes import keyed, label
from cqrs_lab.show.style import READ
from cqrs_lab.words import shortened

WIDTH, HEIGHT = 960, 372
LEFT, RIGHT, BASE, WHOLE, WIDEST = 14, 610, 272, 106, 130
"""Where the bars of partitions stand, and how high one is that is busy all of its time."""
HIGHEST = 2.0
"""Where a bar is cut: at twice what a projector can do. Its label says how high it would be."""
COPIES, TRACK, TOP, LANE, THICK = 690, 170, 44, 38, 26
PLACES = (LEFT, 330, COPIES)
"""Of the three figures at the foot."""
TITLE = 28
READS = f"fill:var(--read-tint);stroke:{READ.paint}"
HOT = "fill:var(--honey);stroke:var(--honey-edge)"
TOO_MUCH = "fill:var(--bad-tint);stroke:var(--bad)"


class HowLate(NamedTuple):
    """How late something is, in seconds: simulated, and by theory. NaN where unknown, infinity where it grows."""

    name: str
    simulated: float
    theory: float

    @property
    def said(self) -> str:
        """The simulated figure as a text; of what is not simulated, the one by theory."""
        return self.word(self.theory if isnan(self.simulated) else self.simulated)

    @staticmethod
    def word(seconds: float) -> str:
        """Return seconds as text, below one second as milliseconds.

        Examples
        --------
        >>> HowLate.word(1.234), HowLate.word(0.04), HowLate.word(float("inf"))
        ('1.23 s', '40 ms', 'grows')
        """
        if isnan(seconds):
            return "–"
        if seconds == inf:
            return "grows"
        return f"{brief_number(seconds)} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def percent(share: float) -> str:
    """Return a share as text."""
    return f"{share:.0%}"


def draw_stage(
    partitions: pd.DataFrame, copies: pd.DataFrame, hot: str, share: float, figures: Sequence[HowLate], name: str
) -> str:
    """Return the drawing.

    Parameters
    ----------
    partitions, copies : DataFrame
        One row for each; number, busy, busy_with_hot.
    hot : str
        The product with the most events.
    share : float
        Its share of the events.
    figures : sequence of HowLate
        Three, for the foot.
    name : str
        What a screen reader says.
    """
    parts = [*_partitions(partitions, hot, share), *_copies(copies), *_foot(figures)]
    return drawing(WIDTH, HEIGHT, name, parts)


def _partitions(partitions: pd.DataFrame, hot: str, share: float) -> Iterator[str]:
    yield label(LEFT, TITLE, f"{READ.marker} how busy each partition's projector is", "strong", "start")
    yield f'<rect x="{RIGHT - 216}" y="{TITLE - 13}" width="15" height="15" rx="3" style="{HOT}" stroke-width="1.5"/>'
    yield label(RIGHT - 194, TITLE, f"{shortened(hot, 10)}, {percent(share)} of the events", "small", "start")
    pitch = min(WIDEST, (RIGHT - LEFT) / len(partitions))
    bars = [(LEFT + pitch * (at + 0.5), *bar) for at, bar in enumerate(_of(partitions))]
    for middle, number, busy, of_hot in bars:
        yield from _bar(number, busy, of_hot, middle, pitch)
    limit = BASE - WHOLE
    yield f'<path d="M {LEFT} {BASE} H {RIGHT}" style="stroke:var(--faint)" fill="none"/>'
    yield (
        f'<path d="M {LEFT} {limit} H {RIGHT}" style="stroke:var(--ink)" stroke-width="2" stroke-dasharray="3 4"'
        ' fill="none"/>'
    )
    yield label(RIGHT + 6, limit + 5, "100%", "small strong", "start")
    for middle, number, busy, of_hot in bars:  # over the line, which would cross them out
        yield from _words(number, busy, of_hot, hot if pitch > 56 else "", middle)
    yield label(LEFT, BASE + 36, "partition", "small faint", "start")


def _of(rows: pd.DataFrame) -> list[tuple[int, float, float]]:
    return list(rows[["number", "busy", "busy_with_hot"]].itertuples(index=False, name=None))


def _bar(number: int, busy: float, of_hot: float, middle: float, pitch: float) -> Iterator[str]:
    """Return a bar of two pieces: what the hot product takes of the projector's time, and what the others take."""
    wide = pitch * 0.7
    high, low = _heights(busy, of_hot)
    x = middle - wide / 2
    for name, top, tall, paint in (("hot", BASE - low, low, HOT), ("rest", BASE - high, high - low, READS)):
        if tall > 0:
            yield (
                f'<rect{key(name, number)} x="{x:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{tall:.1f}" rx="2"'
                f' style="{paint}" stroke-width="1.5"/>'
            )
    if busy >= 1:
        yield (
            f'<rect{key("over", number)} x="{x - 3:.1f}" y="{BASE - high - 3:.1f}" width="{wide + 6:.1f}"'
            f' height="{high + 3:.1f}" rx="3" style="fill:none;stroke:var(--bad)" stroke-width="3"/>'
        )
    if busy > HIGHEST:
        torn = f"M {x - 8:.1f} {BASE - high + 26:.1f} l {wide + 16:.1f} -12"
        yield f'<path{key("torn", number)} d="{torn}" style="fill:none;stroke:var(--ground)" stroke-width="6"/>'


def _heights(busy: float, of_hot: float) -> tuple[float, float]:
    """Return how high a bar is, and its piece at the foot; of a bar that is cut, the pieces keep their proportion."""
    high = min(busy, HIGHEST) * WHOLE
    return high, high * of_hot / busy if busy else 0.0


def _words(number: int, busy: float, of_hot: float, thing: str, middle: float) -> Iterator[str]:
    """Return what is written at a bar: its number, how busy it stands for, and whose piece is at its foot."""
    high, low = _heights(busy, of_hot)
    if thing and low > 22:
        yield keyed(("thing", number), middle, BASE - 8, label(0, 0, shortened(thing, 6), "small"))
    yield keyed(("busy", number), middle, BASE - high - 10, _percent(busy, "middle", "label"))
    yield keyed(("number", number), middle, BASE + 18, label(0, 0, f"{number}", "small"))


def _percent(busy: float, anchor: str, css: str = "") -> str:
    """Return a share of time, with a mark where it is too much."""
    words, style = (f"✕ {percent(busy)}", "fill:var(--bad)") if busy >= 1 else (percent(busy), "")
    return label(0, 0, words, f"small strong {css}".strip(), anchor, style)


def _copies(copies: pd.DataFrame) -> Iterator[str]:
    yield label(COPIES, TITLE, f"{READ.marker} how busy each copy is", "strong", "start")
    for at, (number, busy, _) in enumerate(_of(copies)):
        y = TOP + at * LANE
        yield keyed(("copy", number), COPIES, y + 18, label(0, 0, f"{number}", "small", "start"))
        yield (
            f'<rect x="{COPIES + 22}" y="{y}" width="{TRACK}" height="{THICK}" rx="2"'
            ' style="fill:var(--stage);stroke:var(--line)"/>'
            f'<rect{key("answers", number)} x="{COPIES + 22}" y="{y}" width="{min(busy, 1) * TRACK:.1f}"'
            f' height="{THICK}" rx="2" style="{TOO_MUCH if busy >= 1 else READS}" stroke-width="1.5"/>'
        )
        yield keyed(("answers busy", number), COPIES + TRACK + 30, y + 18, _percent(busy, "start"))


def _foot(figures: Sequence[HowLate]) -> Iterator[str]:
    for x, figure in zip(PLACES, figures, strict=True):
        yield label(x, BASE + 64, figure.name, "small faint", "start")
        yield label(x, BASE + 92, figure.said, "large", "start", "fill:var(--bad)" if figure.said == "grows" else "")
