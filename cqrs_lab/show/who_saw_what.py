"""Who saw what: a lane per session, and the operations that break a guarantee, one case at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from cqrs_lab.arguments import text
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.chart import BAD, INK, drawn, new_chart, ticks
from cqrs_lab.show.doors import a_frame, listed
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.style import READ, WRITE
from cqrs_lab.show.view import Control, View
from cqrs_lab.simulation import guarantees
from cqrs_lab.simulation.guarantees import Broken
from cqrs_lab.simulation.operations import by_version
from cqrs_lab.words import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SESSIONS_GUARANTEES = ("read_your_writes", "monotonic_reads", "monotonic_writes", "writes_follow_reads")
ALL_GUARANTEES = (*SESSIONS_GUARANTEES, "consistent_prefix")
COLUMNS = ("session", "op", "key", "invoke", "ret", "version")
NOTHING_YET = "No session has written or read anything yet, so no guarantee is broken."
MOST_LANES, MOST_OPERATIONS = 8, 18
ROOM = 0.15
ARC, NUMBER = 24, 13  # how high an arrow rises above the straight way, and its number above that, in pixels
KEY = (
    f"{WRITE.marker} a write, {READ.marker} a read; beside it what was written or read, and its position in the log "
    "(– means none)."
)


def who_saw_what(trace: pd.DataFrame, names: Sequence[str] = ALL_GUARANTEES) -> View:
    """Draw a trace: a lane per session, writes and reads with their positions in the log, and what broke a guarantee.

    The control goes through the cases: the weakest broken promise first, then in order of time; at 0 all operations are
    there and none is blamed. A case is the fewest operations that prove it: each arrow is a reason why one comes before
    another, and the last arrow, which is red, leads back to where they began.

    Parameters
    ----------
    trace : DataFrame
        As `guarantees.check` takes it; a `WorldRun` has one.
    names : sequence of str, optional
        Which guarantees.

    Returns
    -------
    View
        `frame()`: one row per case; guarantee, operations (labels of the trace), says.
    """
    if isinstance(trace, pd.DataFrame):
        trace = by_version(trace)
    a_frame("trace", trace, COLUMNS, "the operations of sessions, such as simulate_world(…).trace")
    wanted = f"a list of guarantees; give some of {', '.join(ALL_GUARANTEES)}"
    names = [text("names", one, wanted) for one in listed("names", names, wanted)]
    verdicts = guarantees.check(trace)
    unknown = [name for name in names if name not in verdicts]
    if unknown:
        raise InvalidArgument(f"no guarantee {unknown[0]!r}; give one of {', '.join(verdicts)}")
    cases = [(name, broken) for name in names for broken in verdicts[name].broken_by]
    weakest = [*ALL_GUARANTEES, *verdicts]
    cases.sort(key=lambda case: (weakest.index(case[0]), float(trace.loc[list(case[1].operations), "ret"].max())))
    frame = pd.DataFrame(
        [(name, broken.operations, broken.says) for name, broken in cases],
        columns=["guarantee", "operations", "says"],
        index=range(1, len(cases) + 1),
    )

    def draw(case: int) -> Picture:
        return _all_of(trace, verdicts, names, frame) if case == 0 else _one_of(trace, *cases[case - 1], frame)

    return View(draw, [Control("case", f"Case (of {len(cases)})", 0, len(cases), 0)])


def _all_of(
    trace: pd.DataFrame, verdicts: Mapping[str, guarantees.Verdict], names: Sequence[str], frame: pd.DataFrame
) -> Picture:
    if trace.empty:
        return Picture(f'<p class="says">{NOTHING_YET}</p>', NOTHING_YET, frame)
    counted = pd.DataFrame(
        {
            "holds": ["yes" if verdicts[name].holds else "no" for name in names],
            "broken": [len(verdicts[name].broken_by) for name in names],
        },
        index=pd.Index([_words(name) for name in names], name="guarantee"),
    )
    kinds = trace["op"].value_counts()
    counts = (trace["session"].nunique(), "session"), (kinds.get("w", 0), "write"), (kinds.get("r", 0), "read")
    told = f"{', '.join(count(*one) for one in counts)}; a guarantee was broken {count(len(frame), 'time')}."
    first = trace[trace["session"].isin(list(dict.fromkeys(trace["session"]))[:MOST_LANES])].head(MOST_OPERATIONS)
    return _picture(first, None, f"{told}{_left_out(trace, first)}", counted, "Guarantees", frame)


def _one_of(trace: pd.DataFrame, name: str, broken: Broken, frame: pd.DataFrame) -> Picture:
    blamed = trace.loc[list(broken.operations)]
    says = f"{_words(name).capitalize()}, broken: {broken.says}"
    operations = blamed[["session", "op", "key", "invoke", "ret", "version"]].replace({"w": "write", "r": "read"})
    operations.columns = pd.Index(["session", "what", "of", "asked at, s", "done at, s", "position"])
    return _picture(blamed, broken, says, operations.round(2).set_index("session"), "The operations", frame)


def _left_out(trace: pd.DataFrame, shown: pd.DataFrame) -> str:
    """Return what the picture leaves out, so that nobody counts on it for what is not there."""
    if len(shown) == len(trace):
        return ""
    lanes = count(shown["session"].nunique(), "session")
    return f" The picture shows the first {len(shown)} writes and reads, of {lanes}."


def _words(name: str) -> str:
    return name.replace("_", " ")


def _picture(
    shown: pd.DataFrame, broken: Broken | None, says: str, numbers: pd.DataFrame, caption: str, frame: pd.DataFrame
) -> Picture:
    sessions = list(dict.fromkeys(shown["session"]))
    figure, axes = new_chart(9.0, 1.3 + 0.55 * len(sessions))
    figure.subplots_adjust(bottom=0.6 / (1.3 + 0.55 * len(sessions)), left=0.15, right=0.97)
    _draw_lanes(axes, shown, sessions, broken)
    name = f"A lane per session, with writes and reads over time and the positions they show. {says}"
    chart = f"{drawn(figure, name)}{_reasons(broken)}<p>{KEY}</p>"
    html = f'<p class="says">{escape(says)}</p>{chart}{table(numbers, caption)}'
    return Picture(html, says, frame)


def _reasons(broken: Broken | None) -> str:
    """Return the reasons as a list, numbered like the arrows."""
    if broken is None or not broken.reasons:
        return ""
    items = "".join(f"<li>{escape(reason[:1].upper() + reason[1:])}.</li>" for reason in broken.reasons)
    return f"<p>Each arrow says what comes first. They lead round in a circle, and that cannot be:</p><ol>{items}</ol>"


def _draw_lanes(axes: Axes, shown: pd.DataFrame, sessions: list[str], broken: Broken | None) -> None:
    lane = {session: len(sessions) - at for at, session in enumerate(sessions)}
    start, end = float(shown["invoke"].min()), float(shown["ret"].max())
    room = (end - start) * ROOM / 2 or 1.0
    axes.hlines(list(lane.values()), start - room, end + room, color=INK, alpha=0.25, linewidth=0.8)
    for _, one in shown.iterrows():
        part, at = (WRITE if one["op"] == "w" else READ), lane[one["session"]]
        axes.plot([one["invoke"], one["ret"]], [at, at], color=part.colour, linewidth=4)
        axes.plot([one["invoke"]], [at], marker="s" if one["op"] == "w" else "^", color=part.colour, markersize=9)
        text = f"{one['key']} {one['version'] or '–'}"
        axes.annotate(text, (one["invoke"], at), (0, 8), textcoords="offset points", ha="center", fontsize=9)
    axes.set(xlim=(start - room, end + room), ylim=(0.4, len(sessions) + 0.9), xlabel="time, seconds")
    axes.set_yticks(list(lane.values()), list(lane))
    axes.spines["left"].set_visible(False)
    ticks(axes.xaxis, end + room, max(0.0, start - room))
    if broken is not None:
        _draw_arcs(axes, shown.loc[list(broken.operations)], lane)


def _draw_arcs(axes: Axes, blamed: pd.DataFrame, lane: dict[str, int]) -> None:
    """Join the operations that together break a guarantee: each with the next, and the last with the first."""
    ends = [(float(at), lane[session]) for at, session in zip(blamed["invoke"], blamed["session"], strict=True)]
    if len(ends) == 1:
        return
    for number, (one, other) in enumerate(zip(ends, [*ends[1:], ends[0]], strict=True), 1):
        back = number == len(ends)
        colour = BAD if back else INK
        (x, y), (to_x, to_y) = axes.transData.transform([one, other])
        bend = -2 * ARC / max(math.hypot(to_x - x, to_y - y), ARC)
        arrow = {"arrowstyle": "->", "color": colour, "linewidth": 1.8, "connectionstyle": f"arc3,rad={bend}"}
        arrow |= {"shrinkA": 9, "shrinkB": 9, "linestyle": "--" if back else "-"}
        axes.annotate("", other, one, arrowprops=arrow)
        beside = bend * (1 + NUMBER / ARC)
        middle = (x + to_x + beside * (to_y - y)) / 2, (y + to_y - beside * (to_x - x)) / 2
        at, height = axes.transData.inverted().transform(middle)
        axes.annotate(str(number), (at, height), ha="center", va="center", color=colour, fontweight="bold")
