"""Measured against predicted: both tails on one axis, and the difference below."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from cqrs_lab.errors import recording_errors
from cqrs_lab.show.chart import INK, brief_number, drawn, new_charts, ticks, wiped
from cqrs_lab.show.doors import function_of, instance
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.style import READ, WRITE
from cqrs_lab.show.tail import LEAST, SHARES, round_up
from cqrs_lab.show.view import Control, View
from cqrs_lab.simulation import theory
from cqrs_lab.simulation.capacity import load
from cqrs_lab.simulation.durations import Empirical
from cqrs_lab.simulation.lag import simulate_lag
from cqrs_lab.simulation.measure import MeasuredLag
from cqrs_lab.simulation.measuring import recorded
from cqrs_lab.simulation.model import LagModel
from cqrs_lab.simulation.run import LagRun
from cqrs_lab.simulation.theory import LagDistribution
from cqrs_lab.words import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Calibration: TypeAlias = Callable[[pd.DataFrame, pd.DataFrame], Any]
COMPARED = np.append(np.linspace(0.05, 0.95, 19), 0.99)
"""At which shares of the events the two are compared: further out, a few hundred events say nothing."""
FAR = 60.0
"""Differences are drawn up to this per cent; what lies beyond stands at the edge, and in the table."""
SIMULATED = 20_000
HEIGHTS = {"measured": 0.3, "predicted": 0.005}
"""At which share of the events each line has its name."""
CONTROLS = (
    Control.among("rate", "Events per second", [str(rate) for rate in recorded.RATES]),
    Control.among("batch", "The projector takes", ["one after the other", "at most 10 a poll, shown together"]),
    Control.among("poll", "It sleeps", [f"{poll * 1000:g} ms" for poll in recorded.POLLS]),
    Control.among("calibrated", "Handling times come from", ["another run, same setting", "20 per second, one by one"]),
)


def measured_and_predicted(measured: LagRun, predicted: LagRun) -> Picture:
    """Show the share of events with a lag above x, as measured, as predicted, and as theory has it from the mean alone.

    Theory is the line of a projector that is told at once, whose handling takes the same mean and varies exponentially.

    Parameters
    ----------
    measured : LagRun
        What `measure_lag` returned.
    predicted : LagRun
        What `simulate_lag` returned, of a model calibrated by another run.

    Returns
    -------
    Picture
        `frame`: one row per figure: mean, p50, p95, p99; columns measured, predicted, theory (seconds; theory NaN where
        the projector cannot keep up), difference (per cent of the predicted lag).

    Examples
    --------
    >>> from cqrs_lab.show import measured_and_predicted
    >>> from cqrs_lab.simulation import simulate_lag
    >>> from cqrs_lab.simulation.measuring.recorded import recorded_lag
    >>> predicted = simulate_lag(recorded_lag(rate=40, run="first").model, events=10_000)
    >>> list(measured_and_predicted(recorded_lag(rate=40, run="second"), predicted).frame.index)
    ['mean', 'p50', 'p95', 'p99']
    """
    instance("measured", measured, LagRun, "a measured run; give measure_lag(rate=…, events=…)")
    instance("predicted", predicted, LagRun, "a simulated run; give simulate_lag(model, events=…)")
    return _Panels().picture(measured, predicted)


def measured_beside_predicted(*, mine: Calibration | None = None, **settings: int) -> View:
    """Move through the recorded measurements, each beside a prediction.

    Parameters
    ----------
    mine : callable, optional
        ``mine(first, second)`` returns the handling times to predict by, in seconds, from the steps of two measurements
        of one setting, of which the second one judges. If it fails, the picture says so.
    **settings : int, optional
        Where controls begin, each by the place of its choice: rate, batch, poll, calibrated (which `mine` replaces).

    Returns
    -------
    View
        `frame()`: as `measured_and_predicted` returns it.

    Examples
    --------
    >>> from cqrs_lab.show import measured_beside_predicted
    >>> list(measured_beside_predicted(rate=1).frame().columns)
    ['measured', 'predicted', 'theory', 'difference']
    """
    panels = _Panels()
    if mine is not None:
        function_of("mine", mine, 2, "a function of two runs' steps that returns handling times in seconds")

    def draw(rate: int, batch: int, poll: int, calibrated: int = 0) -> Picture:
        setting = recorded.RATES[rate], recorded.BATCHES[batch], recorded.POLLS[poll]
        measured = recorded.recorded_lag(*setting, run="second")
        first = recorded.recorded_lag(*setting, run="first") if calibrated == 0 else recorded.recorded_lag(20)
        if mine is None:
            return panels.picture(measured, predict_by(first, measured))
        why = dict[str, str]()
        with recording_errors(why, "mine", "it failed"):
            times = mine(first.steps.copy(), measured.steps.copy())
            times = times if isinstance(times, Empirical) else Empirical([float(one) for one in times])
            return panels.picture(measured, _predicted(times, measured))
        says = f"Your function predicts nothing: {shortened(' '.join(why['mine'].split()), 160)}."
        return Picture(f'<p class="says">{escape(says)}</p>', says, pd.DataFrame())

    there = [one for one in CONTROLS if mine is None or one.name != "calibrated"]
    return View(draw, [control._replace(value=settings.get(control.name, control.value)) for control in there])


def predict_by(calibrated: MeasuredLag, measured: MeasuredLag, seed: int = 1) -> LagRun:
    """Simulate the setting of one measurement with the handling times of another."""
    return _predicted(Empirical(calibrated.steps["handling_seconds"].tolist()), measured, seed)


def _predicted(handling: Empirical, measured: MeasuredLag, seed: int = 1) -> LagRun:
    model = LagModel(measured.model.arrivals, handling, polling=measured.model.polling)
    # A lag that grows is as long as the run: it is compared after as many events.
    return simulate_lag(model, SIMULATED if load(model) < 1 else len(measured.steps), seed)


class _Panels:
    """Two charts on one figure, drawn again and again."""

    def __init__(self) -> None:
        self.figure, self.axes = new_charts("A;A;B", 8.0, 6.0)
        self.figure.subplots_adjust(left=0.14, right=0.9, hspace=0.5)

    def picture(self, measured: LagRun, predicted: LagRun) -> Picture:
        """Draw both runs."""
        exact = by_the_mean(predicted)
        numbers = compared(measured, predicted, exact)
        upper = round_up(1.02 * max(_of(numbers, "p99", "measured"), _of(numbers, "p99", "predicted")))
        tails, differs = wiped(self.axes["A"]), wiped(self.axes["B"])
        _draw_tails(tails, measured, predicted, exact, upper)
        _draw_difference(differs, measured, predicted, upper)
        says = says_of(measured, predicted, numbers)
        name = f"Share of events with a lag above each number of milliseconds, measured and predicted. {says}"
        html = f'<p class="says">{escape(says)}</p>{drawn(self.figure, name)}{_table(numbers)}'
        return Picture(html, says, numbers)


def by_the_mean(run: LagRun) -> LagDistribution | None:
    """Return the lag by theory, from the rate and the mean handling time alone; None if it never settles."""
    rate, mean = run.model.events_per_second, run.model.handling.mean
    return theory.pushed(rate, mean) if rate * mean < 1 else None


def compared(measured: LagRun, predicted: LagRun, exact: LagDistribution | None) -> pd.DataFrame:
    """Return the figures of both, and how far the measured ones are from the predicted ones, in per cent."""
    both = {"measured": measured.summary()["lag_seconds"], "predicted": predicted.summary()["lag_seconds"]}
    frame = pd.DataFrame(both).drop(index="max")
    known = (
        {} if exact is None else {"mean": exact.mean} | {name: exact.quantile(1 - at) for name, at in SHARES.items()}
    )
    frame["theory"] = pd.Series(known, dtype="float64").reindex(frame.index)
    frame["difference"] = (frame["measured"] / frame["predicted"] - 1) * 100
    return frame


def says_of(measured: LagRun, predicted: LagRun, numbers: pd.DataFrame) -> str:
    """Say how far the prediction is from what was measured."""
    if predicted.load >= 1:
        seen, told = (brief_number(_of(numbers, "p50", run) * 1000) for run in ("measured", "predicted"))
        return (
            f"Predicted: events come {predicted.load:.3g} times as fast as they can be handled, and the lag grows; "
            f"half of them would be visible within {told} ms. Measured: within {seen} ms."
        )
    parts = []
    for name, words in (("p50", "half of the events visible"), ("p99", "99 in 100")):
        found, expected, apart = (_of(numbers, name, one) for one in ("measured", "predicted", "difference"))
        took, foretold = (f"{brief_number(one * 1000)} ms" for one in (found, expected))
        if abs(apart) < 0.5:
            parts.append(f"{words} within {took}, as predicted")
        else:
            way = f"{abs(apart):.0f}% {'more' if apart > 0 else 'less'}"
            parts.append(f"{words} within {took}, {way} than the {foretold} predicted")
    return f"Measured: {'; '.join(parts)}. Predicted busy: {predicted.load:.0%}."


def _by_how_much(per_cent: float) -> str:
    """Return a difference with its sign; nothing has none."""
    return "0%" if abs(per_cent) < 0.5 else f"{per_cent:+.0f}%".replace("-", "−")


def _of(numbers: pd.DataFrame, figure: str, run: str) -> float:
    return float(numbers[run].to_dict()[figure])


def _draw_tails(axes: Axes, measured: LagRun, predicted: LagRun, exact: LagDistribution | None, upper: float) -> None:
    seconds = np.linspace(0, upper, 200)
    curves = [(predicted, WRITE.colour, (0, (5, 2)), "predicted"), (measured, READ.colour, "solid", "measured")]
    shorter = np.median(measured.events["lag_seconds"]) < np.median(predicted.events["lag_seconds"])
    for run, colour, style, name in curves:
        lag = np.sort(run.events["lag_seconds"].to_numpy()[int(0.05 * len(run.committed_at)) :])
        above = 1 - np.searchsorted(lag, seconds, side="right") / len(lag)
        above[above == 0] = np.nan
        axes.plot(seconds * 1000, above, color=colour, linewidth=2, linestyle=style)
        at = int(np.nanargmin(np.abs(above - HEIGHTS[name])))
        beside, edge = ((-8, -14), "right") if name == "measured" and shorter else ((7, 6), "left")
        axes.annotate(name, (seconds[at] * 1000, above[at]), beside, textcoords="offset points", color=colour, ha=edge)
    if exact is not None:
        line = np.array([max(exact.stale_probability(float(one)), LEAST / 10) for one in seconds])
        axes.plot(seconds * 1000, line, color=INK, linewidth=0.9, linestyle=(0, (1, 2)))
        at = min(int(np.argmin(np.abs(line - 0.008))), len(seconds) * 3 // 5)
        axes.annotate("theory, from the mean alone", (seconds[at] * 1000, line[at]), (4, 6), textcoords="offset points")
    axes.set(yscale="log", xlim=(0, upper * 1000), ylim=(LEAST, 1), ylabel="events with a lag above")
    axes.set_yticks([1, 0.1, 0.01, 0.001], ["all", "1/10", "1/100", "1/1,000"])
    axes.minorticks_off()
    ticks(axes.xaxis, upper * 1000)


def _draw_difference(axes: Axes, measured: LagRun, predicted: LagRun, upper: float) -> None:
    first = [int(0.05 * len(run.committed_at)) for run in (measured, predicted)]
    lags = [run.events["lag_seconds"].to_numpy()[at:] for run, at in zip((measured, predicted), first, strict=True)]
    found, expected = (np.quantile(lag, COMPARED) for lag in lags)
    apart = np.clip((found / expected - 1) * 100, -FAR, FAR)
    axes.fill_between([0, upper * 1000], -10, 10, color=INK, alpha=0.1, linewidth=0)
    axes.plot([0, upper * 1000], [0, 0], color=INK, linewidth=0.9)
    inside = expected <= upper
    axes.plot(expected[inside] * 1000, apart[inside], color=READ.colour, marker=".", linewidth=1.2)
    axes.set(xlim=(0, upper * 1000), ylim=(-FAR * 1.1, FAR * 1.1))
    axes.set(xlabel="predicted lag, milliseconds", ylabel="differs by")
    axes.set_yticks([-FAR, 0, FAR], [f"−{FAR:.0f}%", "0", f"+{FAR:.0f}%"])
    ticks(axes.xaxis, upper * 1000)


def _table(numbers: pd.DataFrame) -> str:
    def milliseconds(value: float) -> str:
        return "–" if np.isnan(value) else brief_number(value * 1000)

    rows = pd.DataFrame(
        {f"{name}, ms": numbers[name].map(milliseconds) for name in ("measured", "predicted", "theory")}
    )
    rows["measured differs by"] = [_by_how_much(value) for value in numbers["difference"]]
    return table(rows.rename_axis("lag"), "Measured and predicted lag")
