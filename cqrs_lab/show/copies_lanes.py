"""What each way to answer a question costs at one setting: a lane for what it writes and reads, cheapest first."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cqrs_lab.show.picture import drawing, key
from cqrs_lab.show.shapes import keyed, label
from cqrs_lab.show.style import READ, WRITE
from cqrs_lab.words import count, shortened

WIDTH, LEFT, TOP, LANE, THICK = 940, 150, 34, 40, 28
SHORTEST, LONGEST = 60, 600
"""How long the lane of the cheapest way is, and where a lane is cut: at ten times as much."""
PAINTS = {part: f"fill:var(--{part}-tint);stroke:var(--{part})" for part in ("write", "read")}


def drawn_lanes(costs: pd.DataFrame, name: str, picked: str = "") -> str:
    """Return the lanes of all ways, in one scale; a lane that would be too long is cut, and says how long it is.

    Parameters
    ----------
    costs : DataFrame
        One row per way, at least one of them above 0: written, read and total, in rows a day.
    name : str
        What a screen reader says.
    picked : str, optional
        The way that somebody has picked.
    """
    height = TOP + LANE * len(costs)
    return drawing(WIDTH, height, name, _parts(costs.sort_values("total", kind="stable"), picked))


def _parts(costs: pd.DataFrame, picked: str) -> Iterator[str]:
    for part, words, x in ((WRITE, "rows written", LEFT), (READ, "rows read, in a day", LEFT + 150)):
        yield label(x, 18, f"{part.marker} {words}", "small strong", "start", f"fill:{part.paint}")
    least = float(costs["total"].iloc[0])
    for place, (way, cost) in enumerate(costs.iterrows()):
        yield from _lane(str(way), cost["written"] / least, cost["read"] / least, TOP + place * LANE)
        times = cost["total"] / least
        rows = count(round(cost["total"]), "row")
        beside = "the cheapest" if not place else f"{times:,.0f} times" if times >= 10 else f"{times:.1f} times"
        if way == picked:
            beside = f"{beside}, your pick"
        end = LEFT + min(times * SHORTEST, LONGEST)
        words = label(0, -1, rows, "small strong", "start") + label(0, 14, beside, "small faint", "start")
        yield keyed(("sum", way), end + 10, TOP + place * LANE + THICK / 2, words)
        named = label(0, 5, shortened(str(way), 17), "" if place else "strong", "end")
        yield keyed(("name", way), LEFT - 12, TOP + place * LANE + THICK / 2, named)


def _lane(way: str, written: float, read: float, top: int) -> Iterator[str]:
    """Return what a way writes and reads, each as many times as the cheapest way costs in all."""
    first = min(written * SHORTEST, LONGEST)
    end = min((written + read) * SHORTEST, LONGEST)
    for part, begin, long in (("write", 0.0, first), ("read", first, end - first)):
        if long > 0:
            yield (
                f'<rect{key(part, way)} x="{LEFT + begin:.1f}" y="{top}" width="{long:.1f}" height="{THICK}" rx="2"'
                f' style="{PAINTS[part]}" stroke-width="1.5"/>'
            )
    if (written + read) * SHORTEST > LONGEST:
        x, foot = LEFT + LONGEST - 44, top + THICK + 4
        torn = f"M {x} {foot} l 12 {-THICK - 8} m 8 0 l -12 {THICK + 8}"
        yield f'<path{key("torn", way)} d="{torn}" style="fill:none;stroke:var(--ink)" stroke-width="2"/>'
