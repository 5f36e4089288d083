"""The skipped event: two transactions, a reader that polls, and what falls through between them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from cqrs_lab.arguments import refuse, whole_number
from cqrs_lab.show.chart import INK, drawn, new_chart
from cqrs_lab.show.doors import listed
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.rules import failed_picture, some_rules
from cqrs_lab.show.style import READ, WRITE
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.simulation.gap import REMEDIES, GapRun, Remedy, Transaction, simulate_gap
from cqrs_lab.simulation.gap_rules import Rule, RuleFailed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

POLL_SECONDS, PATIENCE_SECONDS = 10, 10
LATEST_START, LONGEST = 15, 40
SHOWN_SECONDS = 100
"""The longest that two transactions can take, one after the other, and the poll that reads the second."""
WRITERS = ("Ada", "Ben")
BESIDE_THE_NAMES = (0, 1.17), (1.48, 2.17), (2.48, 2.7)
"""Where the line of a poll is drawn: not through what is written above a transaction."""
ENDS = ("it commits", "it rolls back", "it never ends: her program hangs")
COMMITS, ROLLS_BACK, HANGS = ENDS
HOW: dict[str, str] = {
    "none": "No remedy: at each poll the reader reads everything that is committed after its own position.",
    "lock": "Lock: a transaction waits until no other is open, and takes its position then.",
    "low watermark": "Low watermark: the reader stops before the first position whose transaction is open, "
    "however long that stays open.",
    "gap-aware reader": "Gap-aware reader: if it finds a later position and one is missing, it stops before the gap, "
    f"for {PATIENCE_SECONDS} seconds. Then it gives up on the missing one and goes on.",
}
MOST_RULES = 4


def skipped_event(
    ada: tuple[int, int] = (3, 4), ben: tuple[int, int] = (12, 5), *, rules: Mapping[str, Rule] | None = None
) -> View:
    """Interleave two transactions by hand, and see what a reader that looks every ten seconds finds.

    Parameters
    ----------
    ada, ben : (int, int), optional
        Where they begin: when each takes its position, and how long it takes from there to its end; seconds.
    rules : mapping of str to callable, optional
        Rules of readers of your own, as `simulation.gap_rules.Rule`: each is one more remedy to choose. It
        begins with the first of them.

    Returns
    -------
    View
        `frame()`: one row per transaction; position, took_at, committed_at, visible_at, skipped.

    Examples
    --------
    >>> from cqrs_lab.show import skipped_event
    >>> view = skipped_event()
    >>> view.move(ada_lasts=21)
    >>> view
    Ada's event at position 1 is skipped forever, and the reader's lag is 0. Ben's event is read at second 20.
    """
    ada, ben = _pair("ada", ada), _pair("ben", ben)
    own = some_rules(rules, MOST_RULES, taken=REMEDIES)
    remedies: dict[str, Remedy | Rule] = {**dict(zip(REMEDIES, REMEDIES, strict=True)), **own}
    names = list(remedies)
    controls = [
        Control.among("remedy", "Remedy", names)._replace(value=len(REMEDIES) if own else 0),
        Control.among("ada_ends", "Ada's transaction", ENDS),
        *_times(dict(zip(WRITERS, (ada, ben), strict=True))),
    ]

    def draw(remedy: int, ada_ends: int, ada_takes: int, ada_lasts: int, ben_takes: int, ben_lasts: int) -> Picture:
        hangs, name = ENDS[ada_ends] == HANGS, names[remedy]
        adas = Transaction(ada_takes, math.inf if hangs else ada_lasts, aborts=ENDS[ada_ends] == ROLLS_BACK)
        try:
            run = _run([adas, Transaction(ben_takes, ben_lasts)], remedies[name])
        except RuleFailed as failed:
            return failed_picture(failed)
        rows = run.events.set_axis(pd.Index(WRITERS, name="transaction"))
        rows["worked_until"] = rows["took_at"] + [ada_lasts, ben_lasts]
        rows["over_at"] = rows["worked_until"].mask(pd.Series([hangs, False], index=rows.index))
        return _picture(run, rows, HOW.get(name, f"{name}: at each poll, your rule says how far the reader may read."))

    return View(draw, controls)


def _times(begin: Mapping[str, tuple[int, int]]) -> Iterator[Control]:
    """Yield the controls for when each writer begins, and how long each works."""
    for name, (takes_at, lasts) in begin.items():
        who, unit = name.lower(), Scale("s")
        yield Control(f"{who}_takes", f"{name} begins at", 1, LATEST_START, takes_at, scale=unit)
        yield Control(f"{who}_lasts", f"{name} works for", 1, LONGEST, lasts, scale=unit)


def _run(transactions: Sequence[Transaction], remedy: Remedy | Rule) -> GapRun:
    return simulate_gap(
        transactions,
        remedy,
        interval_seconds=POLL_SECONDS,
        patience_seconds=PATIENCE_SECONDS,
        until_seconds=SHOWN_SECONDS,
    )


def _pair(name: str, given: object) -> tuple[int, int]:
    wanted = f"when it begins and how long it works; give two whole seconds, 1 to {LATEST_START} and 1 to {LONGEST}"
    found = listed(name, given, wanted)
    if len(found) != 2:
        raise refuse(name, given, wanted)
    takes, lasts = (whole_number(name, one, wanted, least=1) for one in found)
    if takes > LATEST_START or lasts > LONGEST:
        raise refuse(name, given, wanted)
    return takes, lasts


def _picture(run: GapRun, rows: pd.DataFrame, how: str) -> Picture:
    says = " ".join(_said(str(name), row, run, bool(rows["over_at"].isna().any())) for name, row in rows.iterrows())
    figure, axes = new_chart(9.0, 4.3)
    figure.subplots_adjust(left=0.03, right=0.97, bottom=0.38)
    _draw(axes, rows, run.polls)
    name = f"Two transactions as bars from the position to the end, and a reader's looks every 10 seconds. {says}"
    below = (
        f'<p class="says">{escape(how)}</p><p class="says">{escape(says)}</p>{table(_numbers(rows), "The two events")}'
    )
    # The chart comes first, below the controls: whatever is said below it, it stays where it is.
    return Picture(drawn(figure, name) + below, says, rows.drop(columns=["wanted_at", "worked_until", "over_at"]))


def _said(name: str, row: pd.Series, run: GapRun, hangs: bool) -> str:
    if row["skipped"]:
        lag = run.polls["lag_events"].iloc[-1]
        return f"{name}'s event at position {row['position']} is skipped forever, and the reader's lag is {lag}."
    if pd.notna(row["visible_at"]):
        return f"{name}'s event is read at second {row['visible_at']:g}."
    if pd.isna(row["took_at"]):
        return f"{name} waits for the lock as long as the other is open, and takes no position."
    if pd.isna(row["over_at"]):
        at = f"position {row['position']}"
        return f"{name}'s program hangs at second {row['worked_until']:g}: the transaction stays open at {at}."
    if pd.isna(row["committed_at"]):
        return f"{name}'s transaction is rolled back: no event will ever stand at position {row['position']}."
    if hangs:
        return f"{name}'s event is committed, and is not read as long as the other transaction is open."
    return f"{name}'s event is committed, and the reader stops before it, for as long as is shown."


def _numbers(rows: pd.DataFrame) -> pd.DataFrame:
    def shown(at: float, otherwise: str) -> str:
        return otherwise if pd.isna(at) else f"{at:g}"

    over = rows["over_at"].isna().map({True: "not yet", False: "rolled back"})
    return pd.DataFrame(
        {
            "position": [str(one or "none") for one in rows["position"]],
            "taken at second": [shown(at, "not yet") for at in rows["took_at"]],
            "committed at second": [shown(at, why) for at, why in zip(rows["committed_at"], over, strict=True)],
            "read at second": [shown(at, "never" if gone else "not yet") for at, gone in _reads(rows)],
        },
        index=rows.index,
    )


def _reads(rows: pd.DataFrame) -> list[tuple[float, bool]]:
    rolled_back = rows["over_at"].notna() & rows["committed_at"].isna()
    return list(zip(rows["visible_at"], rows["skipped"] | rolled_back, strict=True))


def _draw(axes: Axes, rows: pd.DataFrame, polls: pd.DataFrame) -> None:
    for level, (name, row) in zip((2, 1), rows.iterrows(), strict=True):
        _draw_one(axes, level, str(name), row.where(row.notna(), SHOWN_SECONDS), row)
    for low, high in BESIDE_THE_NAMES:
        axes.vlines(polls["seconds"], low, high, color=READ.colour, linewidth=0.8)
    for seconds, upto in zip(polls["seconds"], polls["upto"], strict=True):
        axes.annotate(f"{upto}", (seconds, 0.12), (4, 0), textcoords="offset points", color=INK)
    axes.set(xlim=(0, SHOWN_SECONDS + 3), ylim=(0, 2.9), xlabel="time, seconds")
    axes.set_xticks(range(0, SHOWN_SECONDS + 1, POLL_SECONDS))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.legend(
        handles=_key(), loc="upper left", bbox_to_anchor=(0, -0.24), ncols=2, frameon=False, labelcolor=INK, fontsize=11
    )


def _draw_one(axes: Axes, level: int, name: str, until: pd.Series, row: pd.Series) -> None:
    """Draw a transaction; `until` has the end of the picture where `row` has no time."""
    axes.plot([row["wanted_at"], until["took_at"]], [level] * 2, color=WRITE.colour, linestyle=":", linewidth=2)
    position = f"position {row['position']}" if row["position"] else "no position yet"
    axes.annotate(f"{name}: {position}", (row["wanted_at"], level + 0.22), color=INK, fontsize=11)
    if pd.isna(row["took_at"]):
        return
    for start, end, alpha in (("took_at", "worked_until", 1), ("worked_until", "over_at", 0.5)):
        span = [until[start], until[end]]
        axes.plot(span, [level] * 2, color=WRITE.colour, linewidth=9, solid_capstyle="butt", alpha=alpha)
    over = (until["over_at"], level)
    if pd.isna(row["committed_at"]):
        word, at, beside = ("rolled back", over, (8, -4))
        if pd.isna(row["over_at"]):
            word, at, beside = ("hangs, and stays open", (row["worked_until"], level), (0, -18))
        axes.annotate(word, at, beside, textcoords="offset points", color=INK, weight="bold")
    elif row["skipped"]:
        axes.plot(*([at] for at in over), "x", color=INK, markersize=12, markeredgewidth=3)
        axes.annotate("skipped", over, (12, -4), textcoords="offset points", color=INK, weight="bold")
    else:
        axes.plot([row["committed_at"], until["visible_at"]], [level] * 2, color=READ.colour, linestyle="--")
        if pd.notna(row["visible_at"]):
            axes.plot([row["visible_at"]], [level], "^", color=READ.colour, markersize=10)


def _key() -> list[Line2D]:
    """Say what each mark is; always all of them, so that nothing jumps."""
    from matplotlib.lines import Line2D

    return [
        Line2D([], [], color=WRITE.colour, linewidth=9, solid_capstyle="butt", label="a transaction, open"),
        Line2D([], [], color=WRITE.colour, linewidth=2, linestyle=":", label="waits for the lock"),
        Line2D([], [], color=READ.colour, linestyle="--", label="committed, not read yet"),
        Line2D([], [], color=READ.colour, marker="^", markersize=10, linestyle="", label="read"),
        Line2D([], [], color=READ.colour, marker="|", markersize=18, linestyle="", label=_LOOK),
        Line2D([], [], color=INK, marker="x", markersize=10, markeredgewidth=3, linestyle="", label="skipped forever"),
    ]


_LOOK = "the reader polls; the number is its position afterwards"
