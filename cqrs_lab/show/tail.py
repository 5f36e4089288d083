"""The tail: for each number of seconds, the share of events that lag more."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cqrs_lab.show.chart import INK, brief_number, drawn, new_chart, ticks
from cqrs_lab.show.doors import instance
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.style import READ
from cqrs_lab.simulation.closed_form import lag_of
from cqrs_lab.simulation.run import LagRun
from cqrs_lab.simulation.theory import LagDistribution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST = 0.001
SHARES = {"p50": 0.5, "p95": 0.05, "p99": 0.01}


def tail(run: LagRun) -> Picture:
    """Show the share of events with a lag above x: upward in powers of ten, so that an exponential is a straight line.

    The band holds the true share 95 times in 100, and ends where the run is too short to tell. The thin line is theory,
    where there is a closed form.

    Parameters
    ----------
    run : LagRun

    Returns
    -------
    Picture
        `frame`: as `figures` returns it.
    """
    instance("run", run, LagRun, "a run of the lag; give simulate_lag(model, events=…)")
    theory = lag_of(run.model)
    figure, axes = new_chart(8.0, 4.2)
    figure.subplots_adjust(left=0.17)
    draw_tail(axes, run, theory)
    says = says_of(run)
    numbers = figures(run, theory)
    name = f"Share of events whose lag is above each number of seconds, on a logarithmic axis. {says}"
    return Picture(f'{drawn(figure, name)}<p class="says">{escape(says)}</p>{lag_table(numbers)}', says, numbers)


def says_of(run: LagRun) -> str:
    """Say in a sentence how far the readers are behind."""
    lag = run.summary()["lag_seconds"]
    says = (
        f"On average an event is visible after {brief_number(lag['mean'])} s; half of them within "
        f"{brief_number(lag['p50'])} s, 99 in 100 within {brief_number(lag['p99'])} s."
    )
    return f"{says} {run.caution}".strip()


def figures(run: LagRun, theory: LagDistribution | None, mean: float | None = None) -> pd.DataFrame:
    """Return one row per figure: mean, p50, p95, p99; columns lag_seconds, low, high, theory (NaN where unknown)."""
    summary = run.summary().drop(index="max")
    known = {} if mean is None else {"mean": mean}
    if theory is not None:
        known = {"mean": theory.mean} | {name: theory.quantile(1 - share) for name, share in SHARES.items()}
    return summary.assign(theory=pd.Series(known, dtype="float64").reindex(summary.index))


def lag_table(numbers: pd.DataFrame) -> str:
    """Draw the table of figures."""
    rows = pd.DataFrame(
        {
            "seconds": numbers["lag_seconds"].map(brief_number),
            "95 % interval": list(map(interval, numbers["low"], numbers["high"])),
            "theory": ["–" if np.isnan(one) else brief_number(one) for one in numbers["theory"]],
        }
    ).rename_axis("lag")
    return table(rows, "The lag")


def interval(low: float, high: float) -> str:
    """Write an interval; a run that is too short has none."""
    return "none" if np.isnan(low) else f"{brief_number(low)} to {brief_number(high)}"


def draw_tail(axes: Axes, run: LagRun, theory: LagDistribution | None, upper: float | None = None) -> None:
    """Draw the tail with its band, theory through it, and p50, p95 and p99 on the line itself."""
    lag = run.summary()["lag_seconds"]
    upper = upper or round_up(float(lag["p99"]) * 1.5)
    seconds = np.linspace(0, upper, 120)
    curve = run.stale_curve(seconds).clip(lower=LEAST / 10)
    axes.fill_between(seconds, curve["low"], curve["high"], color=READ.colour, alpha=0.2, linewidth=0)
    axes.plot(seconds, curve["probability"], color=READ.colour, linewidth=2, linestyle=(0, (4, 1.5)))
    if theory is not None:
        exact = np.array([max(theory.stale_probability(float(one)), LEAST / 10) for one in seconds])
        axes.plot(seconds, exact, color=INK, linewidth=0.9)
        at = int(np.searchsorted(-exact, -2.5 * LEAST))
        if at < len(seconds):
            axes.annotate("theory", (seconds[at], exact[at]), (6, 2), textcoords="offset points")
    for name, share in SHARES.items():
        if lag[name] <= upper:
            axes.plot([lag[name]], [share], marker="^", color=READ.colour)
            axes.annotate(f"{name} {brief_number(lag[name])} s", (lag[name], share), (6, 5), textcoords="offset points")
    axes.set(yscale="log", xlim=(0, upper), ylim=(LEAST, 1), xlabel="lag, seconds", ylabel="events with a lag above")
    axes.set_yticks([1, 0.1, 0.01, 0.001], ["all", "1/10", "1/100", "1/1,000"])
    axes.minorticks_off()
    ticks(axes.xaxis, upper)


def round_up(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, 50, …: an axis that changes in such steps stays put under small moves."""
    if not 0 < value < float("inf"):
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.999999))
