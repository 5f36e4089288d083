"""The hockey stick: the lag against the share of time that the projector is busy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.chart import HERE, INK, brief_number, drawn, new_chart
from cqrs_lab.show.doors import function_of
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.staircases import draw_stairs, stretch
from cqrs_lab.show.stick_answers import P99, OwnP99, answered
from cqrs_lab.show.stick_axis import Axis, of_models, of_rates, of_utilisation
from cqrs_lab.show.style import READ
from cqrs_lab.show.tail import interval
from cqrs_lab.show.view import View
from cqrs_lab.simulation.closed_form import lag_of
from cqrs_lab.simulation.durations import Duration
from cqrs_lab.simulation.lag import simulate_lag
from cqrs_lab.simulation.model import LagModel
from cqrs_lab.simulation.run import LagRun
from cqrs_lab.words import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN_UP_TO = 0.9
MINE = "mine"
AIR = 1.05
"""How high the picture is, by its highest point: a line or a dot at the very edge would be cut."""
NAMED: dict[str, tuple[float, tuple[int, int], Literal["left", "right"]]] = {
    "p99": (0.5, (-9, 4), "right"),
    "mean": (0.25, (9, -9), "left"),
}
"""How high each line is named, as a share of the picture; how far beside it; and which end of the name is there."""


class Unit(NamedTuple):
    """What lags are read in."""

    name: str
    symbol: str
    per_second: int

    def of(self, seconds: float) -> float:
        """Return seconds in this unit."""
        return seconds * self.per_second

    def said(self, seconds: float) -> str:
        """Return the same as text."""
        return brief_number(self.of(seconds))


SECONDS, MILLISECONDS = Unit("seconds", "s", 1), Unit("milliseconds", "ms", 1000)


def hockey_stick(
    model_at: Callable[[float], LagModel] | None = None,
    events: int = 100_000,
    seed: int = 1,
    *,
    handling: Duration | None = None,
    rates: Sequence[float] | None = None,
    per: str = "second",
    note: str = "",
    mine: P99 | None = None,
) -> View:
    """Show mean and p99 of the lag against utilisation, simulated and by theory; the present setting is a dot.

    From a utilisation of 1 on there is no dot, for there is no figure that would hold: the lag is shown growing.

    Parameters
    ----------
    model_at : callable, optional
        ``model_at(utilisation)`` gives a model whose projector is busy for that share of its time; with `rates`,
        ``model_at(rate)`` one to which so many events come.
    events : int, optional
        Per run; all runs have the same random draws.
    seed : int, optional
    handling : Duration, optional
        Instead of `model_at`: how long an event takes in a system of yours. Events come at random, one by one.
    rates : pair of float, optional
        With `handling` or `model_at`: from how many events to how many; a third number says where the control begins.
    per : {"second", "minute", "hour", "day"}, optional
        What these rates are per.
    note : str, optional
        A sentence of yours below the picture.
    mine : callable, optional
        ``mine(rate, handling)`` returns the p99 of the lag in seconds, from the events per second and the mean handling
        in seconds. It is drawn as squares along the curve, and the picture says what it returns at the present setting.
        If it fails, the picture says so.

    Returns
    -------
    View
        `frame()`: one row per utilisation, or per rate; mean and p99, each with _low and _high of a 95 % interval,
        theory_mean and theory_p99, all in seconds (NaN where unknown); with `mine`, at every second place, also mine.

    Examples
    --------
    A projector that needs 20 milliseconds for an event, and from 1 to 45 events per second:

    >>> from cqrs_lab.show import hockey_stick
    >>> from cqrs_lab.simulation import Exponential
    >>> view = hockey_stick(events=1_000, handling=Exponential(0.020), rates=(1, 45, 40))
    >>> round(float(view.frame().loc[40, "theory_mean"]), 6)
    0.1
    >>> view.says[:69]
    '40 events per second, busy 80% of the time: an event is visible after'
    """
    axis = _axis(model_at, handling, rates, per)
    if mine is not None:
        function_of("mine", mine, 2, "a function of rate and handling that returns the p99 in seconds")
    curve = pd.DataFrame({at: _figures(simulate_lag(axis.model_at(at), events, seed)) for at in axis.points}).T
    curve = curve.rename_axis(axis.name)
    if mine is not None:
        curve["mine"] = pd.Series({at: answered(mine, axis.model_at(at)).seconds for at in axis.points[1::2]})

    def draw(**moved: int) -> Picture:
        at = axis.place(*moved.values())
        model = axis.model_at(at)
        if not axis.keeps_up(at):
            return _growing(model, events, seed, curve)
        run = simulate_lag(model, events, seed)
        yours = None if mine is None else answered(mine, model)
        picture = _at(axis, curve, at, _figures(run), run.caution, yours)
        return replace(picture, html=picture.html + below)

    below = f'<p class="says">{escape(note)}</p>' if note else ""
    return View(draw, [axis.control])


def _axis(model_at: Any, handling: Any, rates: Any, per: Any) -> Axis:
    if handling is not None and model_at is not None:
        raise InvalidArgument("model_at and handling= are two ways to say the same; give one of them")
    if handling is None and (rates is None or model_at is not None):
        what = "utilisation; let model_at(0.8)" if rates is None else "rate; let model_at(40)"
        function_of("model_at", model_at, 1, f"a function of a {what} return a LagModel")
        return of_utilisation(model_at) if rates is None else of_models(model_at, rates, per)
    if handling is None or rates is None:
        missing = "handling=Exponential(0.020)" if handling is None else "rates=(1, 45)"
        raise InvalidArgument(f"handling and rates belong together; give {missing} too")
    return of_rates(handling, rates, per)


def _figures(run: LagRun) -> dict[str, float]:
    summary, theory = run.summary(), lag_of(run.model)
    figures = {"theory_mean": np.nan, "theory_p99": np.nan}
    if theory is not None:
        figures = {"theory_mean": theory.mean, "theory_p99": theory.quantile(0.99)}
    for name in ("mean", "p99"):
        figures |= zip((name, f"{name}_low", f"{name}_high"), map(float, summary.loc[name]), strict=True)
    return figures


def _at(
    axis: Axis, curve: pd.DataFrame, place: float, here: dict[str, float], caution: str, yours: OwnP99 | None
) -> Picture:
    unit = _unit(axis, curve)
    mean, p99 = (unit.said(here[name]) for name in ("mean", "p99"))
    says = (
        f"{axis.words(place)} of the time: an event is visible after {mean} {unit.symbol} on average, and 1 in "
        f"100 takes more than {p99} {unit.symbol}. {caution}"
    ).strip()
    if yours is not None:
        says = f"{says} {yours.said(here['p99'], unit.symbol, unit.per_second)}"
    figure, axes = new_chart(8.0, 4.2)
    _draw_curves(axes, axis, curve, unit)
    for name in ("mean", "p99"):
        if unit.of(here[name]) <= axes.get_ylim()[1]:
            axes.plot([place], [unit.of(here[name])], marker="o", color=INK, markersize=9)
    axes.axvline(place, color=INK, linewidth=0.8, gid=HERE)
    numbers = _numbers(here, unit)
    name = f"Mean and p99 of the lag against {axis.against}: flat, then steep. {says}"
    html = f'{drawn(figure, name)}<p class="says">{escape(says)}</p>{table(numbers, axis.words(place))}'
    return Picture(html, says, curve)


def _numbers(here: dict[str, float], unit: Unit) -> pd.DataFrame:
    return pd.DataFrame(
        {
            unit.name: [unit.said(here[name]) for name in ("mean", "p99")],
            "95 % interval": [
                interval(unit.of(here[f"{name}_low"]), unit.of(here[f"{name}_high"])) for name in ("mean", "p99")
            ],
            "theory": [
                "–" if np.isnan(here[f"theory_{name}"]) else unit.said(here[f"theory_{name}"])
                for name in ("mean", "p99")
            ],
        },
        index=pd.Index(["mean", "p99"], name="lag"),
    )


def _unit(axis: Axis, curve: pd.DataFrame) -> Unit:
    return MILLISECONDS if axis.in_milliseconds and _top(axis, curve) < 1 else SECONDS


def _top(axis: Axis, curve: pd.DataFrame) -> float:
    """Return how high the picture goes: what is busier would leave a flat line of the rest."""
    shown = curve[curve.index <= max(SHOWN_UP_TO * axis.capacity, axis.points[0])]
    return float(shown[["p99", "theory_p99"]].max().max())


def _draw_curves(axes: Axes, axis: Axis, curve: pd.DataFrame, unit: Unit) -> None:
    drawn, top = curve * unit.per_second, unit.of(_top(axis, curve))
    for name, line in (("mean", "-"), ("p99", "--")):
        low, high = drawn[f"{name}_low"], drawn[f"{name}_high"]
        axes.fill_between(drawn.index, low, high, color=READ.colour, alpha=0.2, linewidth=0)
        axes.plot(drawn.index, drawn[name], color=READ.colour, linestyle=line, marker="^", linewidth=1.5)
        axes.plot(drawn.index, drawn[f"theory_{name}"], color=INK, linewidth=0.8)
        _name(axes, name, drawn[name], top)
    if "mine" in drawn and drawn["mine"].notna().any():
        axes.plot(drawn.index, drawn["mine"], "s", fillstyle="none", color=INK, markersize=11, gid=MINE)
    axes.set(xlim=axis.ends, ylim=(0, AIR * top), xlabel=axis.label, ylabel=f"lag, {unit.name}")
    if axis.capacity < axis.ends[1]:
        axes.axvline(axis.capacity, color=INK, linewidth=1.2, linestyle=(0, (2, 3)))
        axes.annotate("limit", (axis.capacity, 0.94 * top), (6, 0), textcoords="offset points")
    axis.mark(axes.xaxis)


def _name(axes: Axes, name: str, line: pd.Series, top: float) -> None:
    """Write a name where the line is steep, on the side on which the other one is not: near 0 they lie together."""
    high, beside, side = NAMED[name]
    at = int(np.argmax(line.to_numpy() >= high * top)) if line.max() >= high * top else int(line.argmax())
    place = float(line.index[at]), float(line.iloc[at])
    axes.annotate(name, place, beside, textcoords="offset points", ha=side, annotation_clip=False)


def _growing(model: LagModel, events: int, seed: int, curve: pd.DataFrame) -> Picture:
    run = simulate_lag(model, min(events, 2_000), seed)
    lag = run.visible_at[0] - run.committed_at
    says = f"{run.grows} After {count(len(lag), 'event')} it is {brief_number(float(lag[-1]))} s."
    figure, axes = new_chart(8.0, 4.2)
    draw_stairs(axes, stretch(run.committed_at, run.visible_at[0], 1, len(lag)))
    name = f"Two staircases that drift apart: the lag grows without end. {says}"
    return Picture(f'{drawn(figure, name)}<p class="says">{escape(says)}</p>', says, curve)
