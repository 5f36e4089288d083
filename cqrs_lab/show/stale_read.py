"""How stale a read is, so long after its write."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cqrs_lab.show.chart import INK, brief_number, drawn, new_chart, ticks
from cqrs_lab.show.doors import instance
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.style import READ
from cqrs_lab.show.tail import round_up
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.simulation.closed_form import lag_of
from cqrs_lab.simulation.run import LagRun
from cqrs_lab.simulation.theory import LagDistribution

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def stale_read(run: LagRun) -> View:
    """Show how likely a read misses its own write, by the time in between; the learner moves that time.

    A read at a random moment is another question: see ``LagRun.behind_probability``.

    Parameters
    ----------
    run : LagRun

    Returns
    -------
    View
        `frame()`: one row; after_seconds, stale_probability, token_wait_seconds, behind_probability.
    """
    instance("run", run, LagRun, "a run of the lag; give simulate_lag(model, events=…)")
    theory, upper = lag_of(run.model), round_up(run.summary()["lag_seconds"]["p99"])
    behind = run.behind_probability()

    def draw(think: int) -> Picture:
        return _picture(run, theory, upper, think / 100 * upper, behind)

    return View(draw, [Control("think", "Think time", 0, 100, 20, scale=Scale("s", upper / 100))])


def _picture(run: LagRun, theory: LagDistribution | None, upper: float, after: float, behind: float) -> Picture:
    stale, waits = run.stale_probability(after), run.token_wait_mean(after)
    says = (
        f"A reader who looks {brief_number(after)} s after their own write misses it {_often(stale)}. With a token "
        f"nobody does, and the reader waits {brief_number(waits)} s on average."
    )
    frame = pd.DataFrame(
        {
            "after_seconds": [after],
            "stale_probability": [stale],
            "token_wait_seconds": [waits],
            "behind_probability": [behind],
        }
    )
    numbers = pd.DataFrame(
        {
            "think time, s": [brief_number(after)],
            "misses their own write": [f"{stale:.1%}"],
            "waits with a token, s": [brief_number(waits)],
            "read model behind, at a random moment": [f"{behind:.1%}"],
        }
    )
    figure, axes = new_chart(8.0, 3.8)
    draw_stale(axes, run, theory, upper, after)
    name = f"Probability that a read misses its own write, by the seconds between them. {says}"
    html = f'{drawn(figure, name)}<p class="says">{escape(says)}</p>{table(numbers, "A read")}'
    return Picture(html, says, frame)


def _often(share: float) -> str:
    return "never" if share == 0 else f"{share:.1%} of the time"


def draw_stale(
    axes: Axes, run: LagRun, theory: LagDistribution | None, upper: float, after: float | None = None
) -> None:
    """Draw the probability that a read misses its write against the time in between."""
    seconds = np.linspace(0, upper, 80)
    curve = run.stale_curve(seconds)
    axes.fill_between(seconds, curve["low"], curve["high"], color=READ.colour, alpha=0.2, linewidth=0)
    axes.plot(seconds, curve["probability"], color=READ.colour, linewidth=2, linestyle=(0, (4, 1.5)))
    if theory is not None:
        axes.plot(seconds, [theory.stale_probability(float(one)) for one in seconds], color=INK, linewidth=0.9)
    if after is not None:
        stale = run.stale_probability(after)
        axes.plot([after, after, 0], [0, stale, stale], color=INK, linewidth=1)
        axes.plot([after], [stale], marker="o", color=INK)
        axes.annotate(f"{stale:.1%}", (after, stale), (8, 4), textcoords="offset points")
    axes.set(xlim=(0, upper), ylim=(0, 1.04), xlabel="seconds after the write", ylabel="a read misses its write")
    axes.set_yticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    ticks(axes.xaxis, upper)
