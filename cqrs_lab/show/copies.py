"""Which copy pays: rows touched a day by each way to answer one question, against reads per order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from cqrs_lab.arguments import how_many, refuse
from cqrs_lab.errors import InvalidArgument, recording_errors
from cqrs_lab.show.chart import HERE, INK, brief_count, brief_number, drawn, new_chart
from cqrs_lab.show.copies_lanes import drawn_lanes
from cqrs_lab.show.doors import a_frame, finite, function_of
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.style import LOG, READ
from cqrs_lab.show.view import Control, View
from cqrs_lab.words import count, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

COLUMNS = ("written", "first", "again")
LENGTHS = tuple(10**power for power in range(2, 7))
READS = tuple(10.0**power for power in range(-4, 4))
MOST_QUESTIONS = 20
MANY_ORDERS = 10_000
"""Orders for which even the rarest reads are a whole number."""
LEAST_ROWS, MOST_ROWS = 1, 10**8
PICKS = "picks"
APART = 0.5  # between two names at the right edge, in powers of ten
LINES = ((LOG.colour, "-"), (READ.colour, "-."), (READ.colour, "--"), (READ.colour, ":"))

Picker: TypeAlias = Callable[[Mapping[str, tuple[float, float]], int, int], Any]


def copies(
    work: pd.DataFrame, *, whole_log: str, shared: str, orders_per_day: int = 200, mine: Picker | None = None
) -> View:
    """Set how long the log is and how often somebody reads, and see which way to answer a question is the cheapest.

    A row counts as one, read or written.

    Parameters
    ----------
    work : DataFrame
        One row per way, four at most; columns written (rows written per order), first (rows that the first read after
        an order touches) and again (rows that each further read touches).
    whole_log : str
        The way whose every read touches the whole log, however long that is.
    shared : str
        The way whose tables answer other questions too, so that this question bears its share of what is written.
    orders_per_day : int, optional
    mine : callable, optional
        ``mine(ways, reads, writes)`` picks a way by its name, from a dict with a pair for each: the rows that a read
        touches, on average, and those that a write costs. The picture says what it picks for each number of reads, and
        how far that is from the cheapest. If it fails, the picture says so.

    Returns
    -------
    View
        `frame()`: one row per way; written, read and total, in rows a day, at what is set; with `mine`, also whether
        it picks that way.

    Examples
    --------
    >>> import pandas as pd
    >>> from cqrs_lab.show import copies
    >>> work = pd.DataFrame({"written": [0, 5, 1], "first": [9, 30, 5], "again": [9, 30, 5]}, ["log", "join", "own"])
    >>> copies(work, whole_log="log", shared="join").says
    '10,000 rows in the log, 1 read per order: own is the cheapest, at 1,200 rows a day.'
    """
    work = _checked(work, whole_log, shared)
    orders_per_day = how_many("orders_per_day", orders_per_day, "a number of orders; give 1 or more", least=1)
    if mine is not None:
        function_of("mine", mine, 3, "a function of ways, reads and writes that returns the name of a way")

    def draw(length: int, reads: int, questions: int) -> Picture:
        here = work.copy()
        here.loc[whole_log, ["first", "again"]] = LENGTHS[length]
        here["written"] = here["written"].where(here.index != shared, here["written"] / questions)
        picked = picks(mine, here) if mine else []
        return _picture(here * orders_per_day, LENGTHS[length], reads, picked)

    controls = [
        Control.among("length", "Rows in the log", [f"{one:,}" for one in LENGTHS])._replace(value=2),
        Control.among("reads", "How often it is read", [_how_often(one) for one in READS])._replace(value=4),
        Control("questions", f"Questions that share the {shared}", 1, MOST_QUESTIONS, 1),
    ]
    return View(draw, controls)


def _checked(work: pd.DataFrame, whole_log: str, shared: str) -> pd.DataFrame:
    a_frame("work", work, COLUMNS, "one row per way to answer the question")
    finite("work", work, COLUMNS, "a number of rows")
    names = list(work.index)
    if not 2 <= len(names) <= len(LINES) or not work.index.is_unique or not all(isinstance(one, str) for one in names):
        raise InvalidArgument(f"work has {names}; give 2 to {len(LINES)} ways, each with a different text as its name")
    if (work["written"] < 0).any() or (work[["first", "again"]] <= 0).any(axis=None):
        raise InvalidArgument("work has too few rows; give 0 or more under 'written', and more than 0 for each read")
    for name, way in (("whole_log", whole_log), ("shared", shared)):
        if not isinstance(way, str) or way not in names:
            raise refuse(name, way, f"one of the ways; give one of {', '.join(names)}")
    if whole_log == shared:
        raise InvalidArgument(f"whole_log and shared are both {shared!r}; give a different way for each")
    return work[list(COLUMNS)].astype("float64").rename_axis("way")


def _how_often(reads: float) -> str:
    many = f"{reads:,.0f} reads" if reads > 1 else "1 read"
    return f"{many} per {'order' if reads >= 1 else count(round(1 / reads), 'order')}"


def cost(work: pd.DataFrame, reads: float) -> pd.DataFrame:
    """Return what each way writes and reads, at this number of reads per order.

    The first read after an order may touch more rows than those that follow it. Where there are fewer reads than
    orders, every read is such a first one.
    """
    read = min(reads, 1) * work["first"] + max(reads - 1, 0) * work["again"]
    return pd.DataFrame({"written": work["written"], "read": read, "total": work["written"] + read})


def totals(work: pd.DataFrame, reads: ArrayLike) -> pd.DataFrame:
    """Return what each way costs in all: a column per way, a row per number of reads per order."""
    often = np.asarray(reads, dtype="float64")
    firsts, others = np.minimum(often, 1), np.maximum(often - 1, 0)
    rows = {str(way): one.written + firsts * one.first + others * one.again for way, one in work.iterrows()}
    return pd.DataFrame(rows, index=often)


def cheapest(work: pd.DataFrame) -> list[tuple[float, str]]:
    """Return from which number of reads per order on which way is the cheapest, as the reads grow.

    Up to one read per order, and from there on, the cost of a way is a straight line: where two lines cross is exact.
    """
    places = {READS[0], 1.0, READS[-1]}
    for low, high in pairwise(sorted(places)):
        at_ends = totals(work, [low, high])
        for one, other in combinations(at_ends, 2):
            before, after = at_ends[one] - at_ends[other]
            if before * after < 0:
                places.add(low + (high - low) * float(before / (before - after)))
    found: list[tuple[float, str]] = []
    for low, high in pairwise(sorted(places)):
        way = str(totals(work, [(low + high) / 2]).iloc[0].idxmin())
        if not found or found[-1][1] != way:
            found.append((low, way))
    return found


def _picture(work: pd.DataFrame, length: int, at: int, picked: list[Pick]) -> Picture:
    reads = READS[at]
    here = cost(work, reads)
    best, least = str(here["total"].idxmin()), float(here["total"].min())
    rows = count(length, "row")
    says = f"{rows} in the log, {_how_often(reads)}: {best} is the cheapest, at {count(round(least), 'row')} a day."
    if picked:
        says = f"{says} {picked[at].said(work, reads)}"
    turns = cheapest(work)
    name = f"Rows touched a day by each way, against reads per order, both axes logarithmic. {_in_words(turns)} {says}"
    shown = here.round().astype("int64").assign(times=(here["total"] / least).round(1))
    shown.columns = ["rows written a day", "rows read a day", "together", "times the cheapest"]
    told = [f"{way} {one.written:,.0f} written and {one.read:,.0f} read" for way, one in here.iterrows()]
    lanes = drawn_lanes(here, f"Rows a day, a lane for each way: {'; '.join(told)}.", picked[at].way if picked else "")
    html = (
        f'<p class="says">{escape(says)}</p>{lanes}{_chart(work, turns, reads, best, name, picked)}'
        f'<p class="says">{escape(_in_words(turns))}</p>{_all_picks(work, picked)}{table(shown, _how_often(reads))}'
    )
    if picked:
        here = here.assign(picked=here.index == picked[at].way)
    return Picture(html, says, here)


class Pick(NamedTuple):
    """The way that `mine` picks, or "" and why it picks none."""

    way: str
    why: str = ""

    def times(self, work: pd.DataFrame, reads: float) -> float:
        """Return how many times as much as the cheapest it costs; infinity for no way."""
        costs = cost(work, reads)["total"]
        return float(costs[costs.index == self.way].min() / costs.min()) if self.way else float("inf")

    def is_cheapest(self, work: pd.DataFrame, reads: float) -> bool:
        """Return whether no way costs less."""
        return bool(np.isclose(self.times(work, reads), 1))

    def mark(self, work: pd.DataFrame, reads: float) -> str:
        """Return how it compares with the cheapest, with a mark."""
        if not self.way:
            return f"✕ {self.why}"
        return "✓ the cheapest" if self.is_cheapest(work, reads) else f"✕ {_times(self.times(work, reads))} as much"

    def said(self, work: pd.DataFrame, reads: float) -> str:
        """Return the same as a sentence."""
        if not self.way:
            return f"Your function picks no way: {self.why}."
        dear = f", {_times(self.times(work, reads))} as much"
        return f"Your function picks {self.way}{'' if self.is_cheapest(work, reads) else dear}."


def _times(times: float) -> str:
    return f"{times:,.0f} times" if times >= 10 else f"{times:.2f} times"


def picks(mine: Picker, work: pd.DataFrame) -> list[Pick]:
    """Return what a function picks at each number of reads; it is given whole numbers of reads and writes."""
    found = []
    for reads in READS:
        rows = cost(work, reads)
        pairs = zip((rows["read"] / reads).tolist(), rows["written"].tolist(), strict=True)
        ways = dict(zip(map(str, work.index), pairs, strict=True))
        found.append(_picked(mine, ways, round(reads * MANY_ORDERS)))
    return found


def _picked(mine: Picker, ways: dict[str, tuple[float, float]], reads: int) -> Pick:
    given, why = dict(ways), dict[str, str]()
    with recording_errors(why, "mine", "it failed"):
        answer = mine(given, reads, MANY_ORDERS)
        names = {one.casefold(): one for one in ways}
        known = names.get(answer.strip().casefold()) if isinstance(answer, str) else None
        return Pick(known) if known else Pick("", f"it returned {shortened(repr(answer), 40)}, which is no way's name")
    return Pick("", shortened(" ".join(why["mine"].split()), 120))


def _in_words(turns: list[tuple[float, str]]) -> str:
    (_, first), *others = turns
    then = [f"{way} from {_every(at)}" for at, way in others]
    return f"The cheapest, as reads grow: {'; '.join([f'first {first}', *then])}."


def _every(reads: float) -> str:
    if reads >= 1:
        return f"{brief_count(reads, 'read')} per order"
    return f"1 read per {brief_count(1 / reads, 'order')}"


def _all_picks(work: pd.DataFrame, picked: list[Pick]) -> str:
    """Return what `mine` picks for each number of reads, as a table; nothing if there is no `mine`."""
    if not picked:
        return ""
    rows = [(one.way or "none", one.mark(work, reads)) for reads, one in zip(READS, picked, strict=True)]
    often = pd.Index([_how_often(one) for one in READS], name="read")
    frame = pd.DataFrame(rows, index=often, columns=["yours", "against the cheapest"])
    right = sum(one.is_cheapest(work, reads) for reads, one in zip(READS, picked, strict=True))
    return table(frame, f"Your picks (squares in the chart): the cheapest {right} of {len(READS)} times")


def _chart(
    work: pd.DataFrame, turns: list[tuple[float, str]], reads: float, best: str, name: str, picked: list[Pick]
) -> str:
    figure, axes = new_chart(9.0, 3.7)
    figure.subplots_adjust(left=0.16, right=0.8, bottom=0.16, top=0.95)
    grid = np.geomspace(READS[0], READS[-1], 57)
    lines = totals(work, grid)
    for way, (colour, dashes) in zip(lines, LINES, strict=False):
        axes.plot(grid, lines[way], linestyle=dashes, color=colour, linewidth=3 if way == best else 1.6)
    _name_lines(axes, lines, reads, best)
    for at, way in turns[1:]:
        axes.plot([at], totals(work, [at])[way], marker="o", color=INK, markersize=8)
    ways = {often: one.way for often, one in zip(READS, picked, strict=False) if one.way}
    costs = [totals(work, [often])[way].sum() for often, way in ways.items()]
    axes.plot(list(ways), costs, "s", fillstyle="none", color=INK, markersize=11, gid=PICKS)
    axes.axvline(reads, color=INK, linewidth=0.8, alpha=0.6, gid=HERE)
    axes.set(xscale="log", yscale="log", xlim=(READS[0], READS[-1]), ylim=(LEAST_ROWS, MOST_ROWS))
    axes.set(xlabel="reads per order", ylabel="rows touched a day")
    axes.set_xticks(READS, [brief_number(one) for one in READS])
    axes.set_yticks([1, 100, 10**4, 10**6, 10**8], ["1", "100", "10,000", "1 million", "100 million"])
    axes.minorticks_off()
    return drawn(figure, name)


def _name_lines(axes: Axes, lines: pd.DataFrame, reads: float, best: str) -> None:
    """Write each name where its line ends at the right edge, one above the other, or where it leaves at the top."""
    lowest = -np.inf
    for way, last in lines.iloc[-1].sort_values().items():
        look: Any = {"textcoords": "offset points", "fontweight": "bold" if way == best else "normal"}
        if last > MOST_ROWS:
            below = lines[way][lines[way] <= MOST_ROWS / 6]  # a line of text below the edge
            at, rows = float(below.index[-1]), float(below.iloc[-1])
            # On the side where the line of the setting is not.
            side = ((12, -12), "left") if at / 20 < reads < at * 1.5 else ((-12, 2), "right")
            axes.annotate(str(way), (at, rows), side[0], ha=side[1], **look)
            continue
        lowest = max(lowest + APART, float(np.log10(max(last, LEAST_ROWS))))
        axes.annotate(str(way), (READS[-1], 10**lowest), (8, -4), **look)
