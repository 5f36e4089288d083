"""The views of lesson 7, over ranges around the numbers of a system."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html import escape

from cqrs_lab.own_system.given import GivenSystem
from cqrs_lab.show.hockey_stick import hockey_stick
from cqrs_lab.show.lag_explorer import BOUNDS, CONTROLS, Panels
from cqrs_lab.show.own_range import over, quantity
from cqrs_lab.show.picture import Picture
from cqrs_lab.show.tail import round_up
from cqrs_lab.show.view import Control, View
from cqrs_lab.simulation.durations import Duration, Fixed, LogNormal
from cqrs_lab.simulation.lag import simulate_lag
from cqrs_lab.simulation.model import LagModel, Polling
from cqrs_lab.words import count

MOST_EVENTS, MOST_PER_POINT = 100_000, 50_000
"""Per move of a control, and per point of a curve: somebody waits for them."""
LESS, MORE = 5, 10


def explorer(given: GivenSystem) -> View:
    """Return the explorer of this system: rate, handling, poll, batch (if there is one) and replicas move."""
    controls = _controls(given)
    panels, events = Panels(), min(given.events, MOST_EVENTS)
    note = f'<p class="says">{escape(_other_runs(given, events))}</p>'

    def draw(**moved: int) -> Picture:
        values = {name: quantity(control, moved[name]) for name, control in controls.items()}
        picture = panels.picture(simulate_lag(_model(given, values), events, given.seed))
        return replace(picture, html=picture.html + note)

    return View(draw, list(controls.values()))


def _other_runs(given: GivenSystem, events: int) -> str:
    """Say why the figures of a view may differ from those of `numbers`."""
    longer = "ten runs" if given.times is not None else "runs that may be longer"
    return (
        f"To follow your hand, this view makes one run of {count(events, 'event')} for each setting. The five numbers "
        f"come from {longer}: where they differ from what you see here, they are the better ones."
    )


def _controls(given: GivenSystem) -> dict[str, Control]:
    p50, polling = 1_000 * _p50(given.model.handling), given.model.polling
    poll = 0.0 if polling is None else polling.interval.mean
    ranges: dict[str, tuple[float, float, float]] = {
        "rate": _rates(given),
        "handling": _around(p50, LESS, 2),
        "poll": (0, max(2.0, round_up(4 * poll)), poll),
        "replicas": (1, max(5, 2 * given.model.replicas), given.model.replicas),
    }
    if polling is not None and polling.batch_limit is not None:
        ranges["batch"] = (1, 4 * polling.batch_limit, polling.batch_limit)
    controls = {name: over(CONTROLS[name], ends, BOUNDS[name]) for name, ends in ranges.items()}
    labels = {"rate": f"Commands per {given.per}", "handling": "Handling, p50", "batch": "Events per poll, at most"}
    return {name: one._replace(label=labels.get(name, one.label)) for name, one in controls.items()}


def _model(given: GivenSystem, values: dict[str, float]) -> LagModel:
    usual = given.model.polling or Polling(Fixed(1.0))
    limit = int(values["batch"]) if "batch" in values else None
    polling = replace(usual, interval=Fixed(values["poll"]), batch_limit=limit) if values["poll"] else None
    handling = _scaled(given.model.handling, values["handling"] / 1_000)
    model = given.at(values["rate"] / given.rate)
    return replace(model, handling=handling, polling=polling, replicas=int(values["replicas"]))


def _p50(handling: Duration) -> float:
    return handling.median if isinstance(handling, LogNormal) else handling.mean


def _scaled(handling: Duration, p50: float) -> Duration:
    """Return the same shape with another median."""
    if isinstance(handling, LogNormal):
        return LogNormal(handling.mean * p50 / handling.median, handling.sigma)
    return Fixed(p50)


def _rates(given: GivenSystem) -> tuple[float, float, float]:
    return _around(given.rate, LESS, min(MORE, 1.1 * given.saturation))


def _around(value: float, less: float, more: float) -> tuple[float, float, float]:
    """Return ends of two digits around a value, and the value with as many digits as a slider can hold."""
    least, most, begin = _two_digits(value / less), _two_digits(value * more), float(f"{value:.3g}")
    return min(least, begin), max(most, begin), begin


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")


def mover(given: GivenSystem) -> View:
    """Return the hockey stick of this system."""
    model_at = partial(_at_rate, given)
    events = min(given.events, MOST_PER_POINT)
    return hockey_stick(
        model_at, events, given.seed, rates=_rates(given), per=given.per, note=_other_runs(given, events)
    )


def _at_rate(given: GivenSystem, rate: float) -> LagModel:
    return given.at(rate / given.rate)
