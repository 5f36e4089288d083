"""The hockey stick: the lag against the share of time that the projector is busy."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cqrs_lab.show.chart import HERE, INK, brief_number, drawn, new_chart
from cqrs_lab.show.doors import function_of, instance
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.staircases import draw_stairs, stretch
from cqrs_lab.show.style import READ
from cqrs_lab.show.tail import interval
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.simulation.closed_form import lag_of
from cqrs_lab.simulation.lag import simulate_lag
from cqrs_lab.simulation.model import LagModel
from cqrs_lab.simulation.run import LagRun

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST, MOST, STEP = 5, 95, 5
SHOWN_UP_TO, NAMED_AT = 0.9, 0.35


def hockey_stick(model_at: Callable[[float], LagModel], events: int = 100_000, seed: int = 1) -> View:
    """Show mean and p99 of the lag against utilisation, simulated and by theory; the present setting is a dot.

    From a utilisation of 1 on there is no dot, for there is no figure that would hold: the lag is shown growing.

    Parameters
    ----------
    model_at : callable
        ``model_at(utilisation)`` gives a model whose projector is busy for that share of its time.
    events : int, optional
        Per run; all runs have the same random draws.
    seed : int, optional

    Returns
    -------
    View
        `frame()`: one row per utilisation; mean and p99, each with _low and _high of a 95 % interval, theory_mean and
        theory_p99, all in seconds (NaN where unknown).
    """
    function_of("model_at", model_at, 1, "a function of a utilisation; let model_at(0.8) return a LagModel")
    model_at = _checked(model_at)
    shares = [share / 100 for share in range(LEAST, MOST + 1, STEP)]
    curve = pd.DataFrame({share: _figures(simulate_lag(model_at(share), events, seed)) for share in shares}).T
    curve = curve.rename_axis("utilisation")

    def draw(busy: int) -> Picture:
        if busy >= 100:
            return _growing(model_at(busy / 100), busy / 100, events, seed, curve)
        run = simulate_lag(model_at(busy / 100), events, seed)
        return _at(curve, busy / 100, _figures(run), run.caution)

    return View(draw, [Control("busy", "Busy", LEAST, 120, 50, scale=Scale("% of the time"))])


def _figures(run: LagRun) -> dict[str, float]:
    summary, theory = run.summary(), lag_of(run.model)
    figures = {"theory_mean": np.nan, "theory_p99": np.nan}
    if theory is not None:
        figures = {"theory_mean": theory.mean, "theory_p99": theory.quantile(0.99)}
    for name in ("mean", "p99"):
        figures |= zip((name, f"{name}_low", f"{name}_high"), map(float, summary.loc[name]), strict=True)
    return figures


def _at(curve: pd.DataFrame, busy: float, here: dict[str, float], caution: str) -> Picture:
    says = (
        f"Busy {busy:.0%} of the time: an event is visible after {brief_number(here['mean'])} s on average, and 1 in "
        f"100 takes more than {brief_number(here['p99'])} s. {caution}"
    ).strip()
    figure, axes = new_chart(8.0, 4.2)
    _draw_curves(axes, curve)
    for name in ("mean", "p99"):
        if here[name] <= axes.get_ylim()[1]:
            axes.plot([busy], [here[name]], marker="o", color=INK, markersize=9)
    axes.axvline(busy, color=INK, linewidth=0.8, gid=HERE)
    numbers = pd.DataFrame(
        {
            "seconds": [brief_number(here[name]) for name in ("mean", "p99")],
            "95 % interval": [
                interval(here[f"{name}_low"], here[f"{name}_high"]) for name in ("mean", "p99")
            ],
            "theory": [
                "–" if np.isnan(here[f"theory_{name}"]) else brief_number(here[f"theory_{name}"])
                for name in ("mean", "p99")
            ],
        },
        index=pd.Index(["mean", "p99"], name="lag"),
    )
    name = f"Mean and p99 of the lag against the share of time that the projector is busy: flat, then steep. {says}"
    html = f'{drawn(figure, name)}<p class="says">{escape(says)}</p>{table(numbers, f"Busy {busy:.0%}")}'
    return Picture(html, says, curve)


def _draw_curves(axes: Axes, curve: pd.DataFrame) -> None:
    top = float(curve["p99"][curve.index <= SHOWN_UP_TO].max())
    for name, line in (("mean", "-"), ("p99", "--")):
        low, high = curve[f"{name}_low"], curve[f"{name}_high"]
        axes.fill_between(curve.index, low, high, color=READ.colour, alpha=0.2, linewidth=0)
        axes.plot(curve.index, curve[name], color=READ.colour, linestyle=line, marker="^", linewidth=1.5)
        axes.plot(curve.index, curve[f"theory_{name}"], color=INK, linewidth=0.8)
        axes.annotate(name, (NAMED_AT, curve[name][NAMED_AT]), (-4, 8), textcoords="offset points", ha="right")
    axes.set(xlim=(0, 1), ylim=(0, top), xlabel="share of time the projector is busy", ylabel="lag, seconds")
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])


def _growing(model: LagModel, busy: float, events: int, seed: int, curve: pd.DataFrame) -> Picture:
    run = simulate_lag(model, min(events, 2_000), seed)
    lag = run.visible_at[0] - run.committed_at
    says = f"{run.grows} After {len(lag):,} events it is {brief_number(float(lag[-1]))} s."
    figure, axes = new_chart(8.0, 4.2)
    draw_stairs(axes, stretch(run.committed_at, run.visible_at[0], 1, len(lag)))
    name = f"Two staircases that drift apart: the lag grows without end. {says}"
    return Picture(f'{drawn(figure, name)}<p class="says">{escape(says)}</p>', says, curve)


def _checked(model_at: Callable[[float], object]) -> Callable[[float], LagModel]:
    def model(utilisation: float) -> LagModel:
        wanted = "a model; let it return LagModel(arrivals, handling)"
        return instance(f"model_at({utilisation:g})", model_at(utilisation), LagModel, wanted)

    return model
