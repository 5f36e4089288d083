"""The lag explorer: move a cause, and see the stairs, the tail and what readers miss."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from html import escape
from typing import Any, Literal

from cqrs_lab.arguments import shown, text
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.chart import brief_count, drawn, new_charts, wiped
from cqrs_lab.show.doors import listed
from cqrs_lab.show.own_range import ABOVE_0, Bounds, over, quantity, seconds_per
from cqrs_lab.show.picture import Picture
from cqrs_lab.show.staircases import draw_stairs, stretch
from cqrs_lab.show.stale_read import draw_stale
from cqrs_lab.show.tail import draw_tail, figures, lag_table, round_up, says_of
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.simulation.arguments import among
from cqrs_lab.simulation.arrivals import Arrivals, Bursts, Clockwork, Poisson
from cqrs_lab.simulation.closed_form import lag_of, mean_of
from cqrs_lab.simulation.durations import Duration, Exponential, Fixed, LogNormal
from cqrs_lab.simulation.lag import simulate_lag
from cqrs_lab.simulation.model import LagModel, Polling
from cqrs_lab.simulation.run import LagRun

SHOWN_EVENTS = 40

ARRIVALS: dict[str, Callable[[float, float], Arrivals]] = {
    "by the clock": lambda rate, unit: Clockwork(1 / rate),
    "at random": lambda rate, unit: Poisson(rate),
    # Three times as many for a third of the time, and none in between: in spells of ten and twenty seconds, or minutes
    # if the rate is per minute.
    "in bursts": lambda rate, unit: Bursts(3 * rate, 0, 10 * unit, 20 * unit),
}
HANDLING: dict[str, Callable[[float], Duration]] = {
    "always the same": Fixed,
    "at random": lambda seconds: Exponential(seconds) if seconds else Fixed(0),
    "mostly short, sometimes very long": lambda seconds: LogNormal(seconds, 1.5) if seconds else Fixed(0),
}
MODES: dict[str, Literal["ticks", "sleep_after", "drain"]] = {
    "at fixed times": "ticks",
    "an interval after each batch": "sleep_after",
    "an interval after the queue is empty": "drain",
}
CONTROLS = {
    control.name: control
    for control in (
        Control("rate", "Events per second", 1, 30, 8),
        Control("handling", "Handling per event", 0, 500, 100, scale=Scale("ms")),
        Control("poll", "Polling interval (0: told at once)", 0, 100, 0, scale=Scale("s", 0.1)),
        Control.among("mode", "It polls", list(MODES)),
        Control("batch", "Events per poll, at most (0: all there are)", 0, 50, 0),
        Control("partitions", "Partitions", 1, 8, 1),
        Control("replicas", "Replicas", 1, 5, 1),
        Control.among("arrivals", "Events come", list(ARRIVALS)),
        Control.among("times", "Handling takes", list(HANDLING)),
    )
}
BOUNDS = {
    "rate": ABOVE_0,
    "handling": Bounds(),
    "poll": Bounds(),
    "batch": Bounds(whole=True),
    "partitions": Bounds(1, most=1_000, whole=True),
    "replicas": Bounds(1, most=100, whole=True),
}


def lag_model(
    rate: float,
    handling: float,
    poll: float,
    mode: float,
    batch: float,
    partitions: float,
    replicas: float,
    arrivals: float,
    times: float,
    unit: int = 1,
) -> LagModel:
    """Return the model that the explorer's controls stand for: events per `unit` seconds, milliseconds, seconds."""
    way = list(MODES.values())[int(mode)]
    limit = None if way == "drain" else int(batch) or None  # it goes on until the queue is empty, whatever the limit
    polling = Polling(Fixed(poll), batch_limit=limit, mode=way) if poll else None
    return LagModel(
        list(ARRIVALS.values())[int(arrivals)](rate / unit, unit),
        list(HANDLING.values())[int(times)](handling / 1000),
        polling=polling,
        partitions=int(partitions),
        replicas=int(replicas),
    )


def lag_explorer(
    controls: Sequence[str] = (), events: int = 100_000, seed: int = 1, *, per: str = "second", **settings: Any
) -> View:
    """Simulate the lag whenever a control moves, with the same random draws at every setting.

    Parameters
    ----------
    controls : sequence of str, optional
        Which controls are there; all of them, if none is named. What is not there stands at its setting.
    events : int, optional
        Per run.
    seed : int, optional
    per : {"second", "minute", "hour", "day"}, optional
        What the rate is per.
    **settings
        Where controls begin: rate (events per second, or as `per` says), handling (milliseconds), poll (tenths of a
        second, 0: told at once), mode ("at fixed times", "an interval after each batch", "an interval after the queue
        is empty"), batch (0: no limit), partitions, replicas, arrivals ("by the clock", "at random", "in bursts"),
        times ("always the same", "at random", "mostly short, sometimes very long").

        Or the range of a control, for the numbers of a system of yours, in the unit that it shows: ``rate=(1, 80)``, or
        ``poll=(0, 60, 5)``, which begins at 5 seconds.

    Returns
    -------
    View
        `frame()`: one row per figure; lag_seconds, low, high, theory.

    Examples
    --------
    >>> from cqrs_lab.show import lag_explorer
    >>> view = lag_explorer(["poll"], events=1_000, arrivals="by the clock", handling=0, poll=10)
    >>> round(float(view.frame().loc["mean", "lag_seconds"]), 2)
    0.44

    At most 80 events a second, which take from 2 to 20 milliseconds each:

    >>> view = lag_explorer(["rate", "handling"], events=1_000, rate=(1, 80, 40), handling=(2, 20, 5))
    >>> view.says[:58]
    'Events come at 20% of what the projectors can take. On ave'
    """
    wanted = f"a list of names; give some of {', '.join(CONTROLS)}"
    controls = [text("controls", one, wanted) for one in listed("controls", controls, wanted, least=0)]
    unit = seconds_per(per)
    for name in (*controls, *settings):
        if name not in CONTROLS:
            raise InvalidArgument(f"no control {name!r}; give one of {', '.join(CONTROLS)}")
    known = {name: _set(control, settings.get(name)) for name, control in CONTROLS.items()}
    known["rate"] = known["rate"]._replace(label=f"Events per {per}")
    there = controls or list(CONTROLS)
    if any(isinstance(settings.get(name), Sequence) for name in ("rate", "handling")):
        _check_that_one_keeps_up(known, there, per)

    panels = Panels()

    def draw(**moved: int) -> Picture:
        values = {name: quantity(one, moved.get(name, one.value)) for name, one in known.items()}
        return panels.picture(simulate_lag(lag_model(**values, unit=unit), events, seed))

    return View(draw, [known[name] for name in there])


def _set(control: Control, setting: Any) -> Control:
    """Return a control that begins at a number or a word, or has a range of the caller's."""
    name = control.name
    if setting is None:
        return control
    if control.choices is not None:
        among(name, setting, control.choices)
        return control._replace(value=control.choices.index(setting))
    if isinstance(setting, Sequence) and not isinstance(setting, str):
        return over(control, setting, BOUNDS[name])
    least, most = control.least, control.end({})
    if not isinstance(setting, int) or isinstance(setting, bool) or not least <= setting <= most:
        wanted = f"a whole number from {least} to {most}, or a range of your own such as (1, 80)"
        raise InvalidArgument(f"{name}={shown(setting)}: give {wanted}")
    return control._replace(value=setting)


def _check_that_one_keeps_up(known: Mapping[str, Control], there: Collection[str], per: str) -> None:
    """Refuse ranges of the caller's in which the projectors fall behind at every setting."""
    rate, handling, partitions = (
        quantity(one, one.value if name not in there else one.end({}) if name == "partitions" else one.least)
        for name, one in ((name, known[name]) for name in ("rate", "handling", "partitions"))
    )
    if rate * handling / 1_000 >= seconds_per(per) * partitions:
        takes = brief_count(seconds_per(per) * partitions / handling * 1_000, "event")
        raise InvalidArgument(
            f"handling takes {handling:g} ms at least, so the projectors can take {takes} per {per} at most, "
            f"and {rate:g} or more come: the lag grows at every setting; give a lower rate or shorter handling"
        )


class Panels:
    """Three charts on one figure, drawn again and again."""

    def __init__(self) -> None:
        self.figure, self.axes = new_charts("AA;BC")

    def picture(self, run: LagRun) -> Picture:
        """Draw a run."""
        theory = lag_of(run.model)
        numbers = figures(run, theory, mean_of(run.model))
        says = f"{_load(run)} {says_of(run)}".strip()
        stairs, tail, stale = (wiped(self.axes[name]) for name in "ABC")
        draw_stairs(stairs, stretch(run.committed_at, run.visible_at[0], *_stretch(run)))
        draw_tail(tail, run, theory)
        draw_stale(stale, run, theory, round_up(run.summary()["lag_seconds"]["p99"]))
        name = "Events committed and visible, the tail of the lag, and how likely a read misses its own write."
        note = "Axes change in steps of 1, 2 and 5, so that small moves can be compared."
        html = (
            f'<p class="says">{escape(says)}</p>{drawn(self.figure, f"{name} {says}")}<p class="says">{note}</p>'
            f"{lag_table(numbers)}"
        )
        return Picture(html, says, numbers)


def _load(run: LagRun) -> str:
    return f"Events come at {run.load:.0%} of what the projectors can take." if run.load < 1 else ""


def _stretch(run: LagRun) -> tuple[int, int]:
    """Choose what is shown: a few polls in the middle of the run, or how it grows from the beginning."""
    if run.load >= 1:
        return 1, 8 * SHOWN_EVENTS
    polling = run.model.polling
    a_few = 0 if polling is None else int(3 * polling.interval.mean * run.model.events_per_second)
    middle = len(run.committed_at) // 2
    return middle, max(SHOWN_EVENTS, a_few)
