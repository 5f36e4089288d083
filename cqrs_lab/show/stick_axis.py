"""What a hockey stick stands on: shares of the projector's time, or events per second."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, log10
from typing import Any, NamedTuple

import numpy as np

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.chart import brief_count, brief_number, ticks
from cqrs_lab.show.doors import instance
from cqrs_lab.show.own_range import ABOVE_0, checked_range, over, quantity, seconds_per
from cqrs_lab.show.view import Control, Scale
from cqrs_lab.simulation.arrivals import Poisson
from cqrs_lab.simulation.capacity import load
from cqrs_lab.simulation.durations import duration
from cqrs_lab.simulation.model import LagModel

LEAST, MOST, STEP = 5, 95, 5
NEARLY_ALL, JUST_BELOW = 0.95, 1 - 1e-9
POINTS = 18


class Axis(NamedTuple):
    """Where the points of the curve are, and what a setting of the control means there.

    Attributes
    ----------
    name : str
    control : Control
    place : callable
        ``place(value)`` returns where the control's whole number stands.
    model_at, words : callable
        The model at a place; and the place in words.
    points, ends : sequence of float
        Where the lag is simulated, and what the picture shows.
    capacity : float
        The place at which the projector is busy all the time.
    label, against : str
        What the axis says, and what the lag is shown against.
    mark : callable
        ``mark(axis)`` sets the ticks of Matplotlib's axis.
    in_milliseconds : bool
        Whether lags below a second are read in milliseconds.
    """

    name: str
    control: Control
    place: Callable[[int], float]
    model_at: Callable[[float], LagModel]
    words: Callable[[float], str]
    points: list[float]
    ends: tuple[float, float]
    capacity: float
    label: str
    against: str
    mark: Callable[[Any], None]
    in_milliseconds: bool = False

    def keeps_up(self, place: float) -> bool:
        """Whether the projector has some time left."""
        return place < self.capacity * JUST_BELOW


def of_utilisation(model_at: Callable[[float], object]) -> Axis:
    """Return shares of the time that the projector is busy."""

    def model(utilisation: float) -> LagModel:
        wanted = "a model; let it return LagModel(arrivals, handling)"
        return instance(f"model_at({utilisation:g})", model_at(utilisation), LagModel, wanted)

    return Axis(
        "utilisation",
        Control("busy", "Busy", LEAST, 120, 50, scale=Scale("% of the time")),
        lambda busy: busy / 100,
        model,
        lambda busy: f"Busy {busy:.0%}",
        [share / 100 for share in range(LEAST, MOST + 1, STEP)],
        (0, 1),
        1.0,
        "share of time the projector is busy",
        "the share of time that the projector is busy",
        lambda axis: axis.set_ticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"]),
    )


def of_rates(handling: Any, rates: Any, per: Any) -> Axis:
    """Return a range of events per second, minute, hour or day, which come at random and take so long each."""
    unit, mean = seconds_per(per), duration("handling", handling).mean
    if mean == 0:
        raise InvalidArgument("handling takes no time, so nothing waits; give a duration such as Exponential(0.020)")
    takes = f"handling takes {brief_number(1000 * mean)} ms on average"
    return _of_rates(lambda rate: LagModel(Poisson(rate / unit), handling), unit / mean, rates, per, takes)


def of_models(model_at: Callable[[float], object], rates: Any, per: Any) -> Axis:
    """Return a range of events per second, minute, hour or day, and the model at each."""
    seconds_per(per)

    def model(rate: float) -> LagModel:
        wanted = "a model; let it return LagModel(arrivals, handling)"
        return instance(f"model_at({rate:g})", model_at(rate), LagModel, wanted)

    most = checked_range("rates", rates, ABOVE_0)[1]
    busy = load(model(most))
    if busy == 0:
        raise InvalidArgument("the model's handling takes no time, so nothing waits; let it take some")
    return _of_rates(model, most / busy, rates, per, f"at {brief_number(most)} per {per} it is busy {busy:.0%}")


def _of_rates(model_at: Callable[[float], LagModel], capacity: float, rates: Any, per: str, why: str) -> Axis:
    least, most, *_ = checked_range("rates", rates, ABOVE_0)
    control = Control("rate", f"Events per {per}", 1, 1, 1)
    if least >= capacity * JUST_BELOW:
        raise InvalidArgument(
            f"{why}, so the projector can take {brief_number(capacity)} per {per}, and "
            f"rates={rates!r} are all as many or more: the lag grows at every one; give lower rates or shorter handling"
        )
    control = over(control, rates, ABOVE_0)
    return Axis(
        "rate",
        control,
        lambda value: quantity(control, value),
        model_at,
        lambda rate: f"{brief_count(rate, 'event')} per {per}, busy {rate / capacity:.0%}",
        _round_points(least, min(most, max(NEARLY_ALL * capacity, (least + capacity) / 2))),
        (least, most),
        capacity,
        f"events per {per}; the projector can take {brief_number(capacity)}",
        f"the events per {per}",
        lambda axis: ticks(axis, most, least, at_most=7),
        in_milliseconds=True,
    )


def _round_points(least: float, most: float) -> list[float]:
    """Return both ends, and round numbers between them."""
    step = (most - least) / POINTS
    power = 10.0 ** floor(log10(step))
    step = power * max(digit for digit in (1, 2, 5) if digit * power <= step * 1.000001)
    between = np.arange(floor(least / step) + 1, most / step * JUST_BELOW) * step
    return [least, *(float(f"{one:.12g}") for one in between), most]
