"""The picture of a system: its lag against the rate, where it stands, and where its promise breaks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from cqrs_lab.own_system.given import GivenSystem
from cqrs_lab.own_system.measured import Estimate, figures
from cqrs_lab.own_system.words import duration
from cqrs_lab.show.chart import (
    APART,
    BAD,
    HERE,
    INK,
    brief_count,
    brief_number,
    drawn,
    new_chart,
    places_of_names,
    ticks,
)
from cqrs_lab.show.hockey_stick import MILLISECONDS, SECONDS, Unit
from cqrs_lab.show.picture import Picture
from cqrs_lab.show.style import READ

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PLACES = (0.05, 0.2, 0.35, 0.5, 0.6, 0.7, 0.77, 0.83, 0.87, 0.9, 0.93, 0.95)
"""Where the curve is simulated, as shares of what the picture shows."""
BEYOND = 2.5
"""How many times the headroom the picture shows at most: recorded times break a promise long before the limit."""
NAMED_AT = 0.62
NAMES = {"p50": "-", "p99": "--"}


def curve(given: GivenSystem, headroom: float) -> pd.DataFrame:
    """Return the lag at rates up to what the projector can take, at the present one, and where the promise breaks.

    Returns
    -------
    DataFrame
        One row per rate (commands, per what the rate is per), ascending; p50 and p99 of the lag, each with _low and
        _high, in seconds (NaN where a run is too short).
    """
    places = {1.0, *(share * _shown_up_to(given, headroom) for share in PLACES)}
    if headroom:
        places.add(headroom)
    rows = {}
    for times in sorted(places):
        found = figures(given, given.at(times), list(NAMES))
        rows[times * given.rate] = {
            f"{name}{end}": value
            for name, figure in found.items()
            for end, value in zip(("", "_low", "_high"), figure[:3], strict=True)
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("rate")


def _shown_up_to(given: GivenSystem, headroom: float) -> float:
    """Return how many times the rate the picture shows; up to the limit, if that is not far beyond the promise."""
    return min(given.saturation, BEYOND * max(headroom, 1.0))


def stick(given: GivenSystem, lags: pd.DataFrame, found: Mapping[str, Estimate]) -> Picture:
    """Draw the curve with the system on it."""
    says = (
        f"At {brief_count(given.rate, 'command')} per {given.per}, half of the events are visible within "
        f"{duration(found['lag p50'].value)}, and 1 in 100 takes longer than {duration(found['lag p99'].value)}."
    )
    if spare := found["headroom"].value:
        promise = duration(given.objective_seconds)
        says += f" The promise of {promise} is kept up to {brief_count(spare, 'time')} this rate."
    top = max(1.5 * given.objective_seconds, 1.3 * found["lag p99"].value)
    unit = MILLISECONDS if top < 1 else SECONDS
    figure, axes = new_chart(9.0, 4.2)
    figure.subplots_adjust(left=0.1, right=0.97)
    end = 1.06 * _shown_up_to(given, found["headroom"].value) * given.rate
    axes.set(xlim=(0, end), ylim=(0, unit.of(top)), ylabel=f"lag, {unit.name}")
    limit = given.saturation * given.rate
    axes.set_xlabel(f"commands per {given.per}; the projector can take {brief_number(limit)}")
    ticks(axes.xaxis, end, at_most=7)
    _draw_lags(axes, lags * unit.per_second, end)
    _draw_promise(axes, given, unit, found["headroom"])
    _draw_present(axes, given, unit, found)
    name = f"p50 and p99 of the lag against the rate: flat, then steep where the projector has no time left. {says}"
    return Picture(f'{drawn(figure, name)}<p class="says">{escape(says)}</p>', says, lags)


def _draw_lags(axes: Axes, lags: pd.DataFrame, end: float) -> None:
    top = axes.get_ylim()[1]
    named: dict[str, tuple[float, float]] = {}
    for name, line in NAMES.items():
        axes.fill_between(lags.index, lags[f"{name}_low"], lags[f"{name}_high"], color=READ.colour, alpha=0.2, lw=0)
        axes.plot(lags.index, lags[name], color=READ.colour, linestyle=line, linewidth=1.8)
        low = [rate for rate in lags.index if rate <= NAMED_AT * end and lags[name][rate] < 0.9 * top]
        if low:
            named[name] = low[-1], float(lags[name][low[-1]])
    places = places_of_names({name: place[1] for name, place in named.items()}, APART * top)
    for name, (rate, _) in named.items():
        _write(axes, name, (rate, places[name]), (-4, 5), right=True)


def _draw_promise(axes: Axes, given: GivenSystem, unit: Unit, headroom: Estimate) -> None:
    """Draw the promise across, the limit upwards, and where the p99 crosses the promise, with its interval."""
    promise, limit = unit.of(given.objective_seconds), given.saturation * given.rate
    axes.axhline(promise, color=INK, linewidth=0.9, linestyle=(0, (6, 3)))
    _write(axes, f"promise: {duration(given.objective_seconds)}", (0, promise), (6, 5))
    if limit < axes.get_xlim()[1]:
        axes.axvline(limit, color=INK, linewidth=1.2, linestyle=(0, (2, 3)))
        _write(axes, "limit", (limit, axes.get_ylim()[1]), (-6, -14), right=True)
    if headroom.value:
        ends = [headroom.low * given.rate, min(headroom.high * given.rate, axes.get_xlim()[1])]
        axes.plot(ends, [promise] * 2, color=BAD, linewidth=4, solid_capstyle="butt")
        axes.plot([headroom.value * given.rate], [promise], marker="D", markersize=8, color=BAD)
        breaks = headroom.value * given.rate, promise
        _write(axes, brief_count(headroom.value, "time"), breaks, (-10, 8), right=True)


def _draw_present(axes: Axes, given: GivenSystem, unit: Unit, found: Mapping[str, Estimate]) -> None:
    axes.axvline(given.rate, color=INK, linewidth=0.9, gid=HERE)
    for name in NAMES:
        axes.plot([given.rate], [unit.of(found[f"lag {name}"].value)], marker="o", color=INK, markersize=8)
    _write(axes, "now", (given.rate, axes.get_ylim()[1]), (6, -14))


def _write(axes: Axes, words: str, place: tuple[float, float], beside: tuple[int, int], *, right: bool = False) -> None:
    if math.isfinite(place[1]) and place[1] <= axes.get_ylim()[1]:
        axes.annotate(words, place, beside, textcoords="offset points", color=INK, ha="right" if right else "left")
