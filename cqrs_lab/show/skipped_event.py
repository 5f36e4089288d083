"""The skipped event: two transactions, a reader that polls, and what falls through between them."""

from __future__ import annotations

from html import escape

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cqrs_lab.show.chart import INK, drawn, new_chart
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.style import READ, WRITE
from cqrs_lab.show.view import Control, View
from cqrs_lab.simulation.gap import REMEDIES, GapRun, Remedy, Transaction, simulate_gap

SHOWN_SECONDS = 8
WRITERS = ("Ada", "Ben")
HOW: dict[Remedy, str] = {
    "none": "No remedy: at each poll the reader takes all that is committed behind its own position.",
    "lock": "Lock: a transaction waits (dotted) until no other is open, and takes its position then.",
    "low watermark": "Low watermark: the reader takes nothing behind the first position of an open transaction.",
    "gap-aware reader": "Gap-aware reader: it stops before a missing position, for 5 seconds at most.",
}


def skipped_event(ada: tuple[float, float] = (0.3, 0.4), ben: tuple[float, float] = (1.2, 0.5)) -> View:
    """Interleave two transactions by hand, and see what a reader that polls every second finds.

    Parameters
    ----------
    ada, ben : (float, float), optional
        Where they begin: when each takes its position, and how long it takes from there to the commit; seconds.

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
    Ada's event at position 1 is skipped for ever, and the reader's lag is 0. Ben's event is visible at 2 s.
    """
    controls = [Control.among("remedy", "Remedy", REMEDIES)]
    for name, (takes_at, lasts) in zip(WRITERS, (ada, ben), strict=True):
        label = f"{name} takes a position, tenths of a second"
        controls.append(Control(f"{name.lower()}_takes", label, 1, 30, round(10 * takes_at)))
        label = f"{name} commits, tenths of a second later"
        controls.append(Control(f"{name.lower()}_lasts", label, 1, 40, round(10 * lasts)))

    def draw(remedy: int, ada_takes: int, ada_lasts: int, ben_takes: int, ben_lasts: int) -> Picture:
        moves = ((ada_takes, ada_lasts), (ben_takes, ben_lasts))
        transactions = [Transaction(at / 10, lasts / 10) for at, lasts in moves]
        return _picture(simulate_gap(transactions, REMEDIES[remedy]), HOW[REMEDIES[remedy]])

    return View(draw, controls)


def _picture(run: GapRun, how: str) -> Picture:
    rows = run.events.set_axis(pd.Index(WRITERS, name="transaction"))
    says = " ".join(_said(name, row) for name, row in rows.iterrows())
    figure, axes = new_chart(9.0, 3.4)
    _draw(axes, rows, run.polls[run.polls["seconds"] <= SHOWN_SECONDS])
    shown = rows[["position", "took_at", "committed_at", "visible_at"]].round(2).astype("object")
    shown = shown.where(rows["visible_at"].notna().to_numpy()[:, None] | (shown.columns != "visible_at"), "never")
    numbers = shown.set_axis(["position", "taken at, s", "committed at, s", "visible at, s"], axis="columns")
    name = f"Two transactions as bars from the position to the commit, and a reader's polls every second. {says}"
    below = f'<p class="says">{escape(says)}</p>{table(numbers, "The two events")}'
    html = f'<p class="says">{how}</p>{drawn(figure, name)}{below}'
    return Picture(html, says, rows.drop(columns="wanted_at"))


def _said(name: object, row: pd.Series) -> str:
    if row["skipped"]:
        return f"{name}'s event at position {row['position']} is skipped for ever, and the reader's lag is 0."
    return f"{name}'s event is visible at {row['visible_at']:g} s."


def _draw(axes: Axes, rows: pd.DataFrame, polls: pd.DataFrame) -> None:
    for level, (name, row) in zip((2, 1), rows.iterrows(), strict=True):
        axes.plot([row["wanted_at"], row["took_at"]], [level] * 2, color=WRITE.colour, linestyle=":", linewidth=2)
        axes.plot(
            [row["took_at"], row["committed_at"]], [level] * 2, color=WRITE.colour, linewidth=9, solid_capstyle="butt"
        )
        axes.annotate(f"{name}: position {row['position']}", (row["took_at"], level + 0.22), color=INK, fontsize=11)
        if row["skipped"]:
            axes.plot([row["committed_at"]], [level], "x", color=INK, markersize=12, markeredgewidth=3)
            axes.annotate("skipped", (row["committed_at"], level), (12, -4), textcoords="offset points", weight="bold")
        elif np.isfinite(row["visible_at"]):
            axes.plot([row["committed_at"], row["visible_at"]], [level] * 2, color=READ.colour, linestyle="--")
            axes.plot([row["visible_at"]], [level], "^", color=READ.colour, markersize=10)
    axes.vlines(polls["seconds"], 0, 2.6, color=READ.colour, linewidth=0.8)
    for seconds, upto in zip(polls["seconds"], polls["upto"], strict=True):
        axes.annotate(f"{upto}", (seconds, 0.12), (4, 0), textcoords="offset points", color=INK)
    axes.set(xlim=(0, SHOWN_SECONDS + 0.4), ylim=(0, 2.8), xlabel="time, seconds; at each poll the reader's position")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
