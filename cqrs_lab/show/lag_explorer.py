"""The lag explorer: move a cause, and see the stairs, the tail and what readers miss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Literal

from cqrs_lab.arguments import text
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.chart import drawn, new_charts, wiped
from cqrs_lab.show.doors import listed
from cqrs_lab.show.picture import Picture
from cqrs_lab.show.staircases import draw_stairs, stretch
from cqrs_lab.show.stale_read import draw_stale
from cqrs_lab.show.tail import draw_tail, figures, lag_table, round_up, says_of
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.simulation.arrivals import Arrivals, Bursts, Clockwork, Poisson
from cqrs_lab.simulation.closed_form import lag_of, mean_of
from cqrs_lab.simulation.durations import Duration, Exponential, Fixed, LogNormal
from cqrs_lab.simulation.lag import simulate_lag
from cqrs_lab.simulation.model import LagModel, Polling
from cqrs_lab.simulation.run import LagRun

SHOWN_EVENTS = 40

ARRIVALS: dict[str, Callable[[float], Arrivals]] = {
    "by the clock": lambda rate: Clockwork(1 / rate),
    "at random": Poisson,
    # Three times as many for a third of the time, in spells of ten and twenty seconds, and none in between.
    "in bursts": lambda rate: Bursts(3 * rate, 0, 10, 20),
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


def lag_model(
    rate: int,
    handling: int,
    poll: int,
    mode: int,
    batch: int,
    partitions: int,
    replicas: int,
    arrivals: int,
    times: int,
) -> LagModel:
    """Return the model that the explorer's controls stand for."""
    way = list(MODES.values())[mode]
    limit = None if way == "drain" else batch or None  # it goes on until the queue is empty, whatever the limit
    polling = Polling(Fixed(poll / 10), batch_limit=limit, mode=way) if poll else None
    return LagModel(
        list(ARRIVALS.values())[arrivals](rate),
        list(HANDLING.values())[times](handling / 1000),
        polling=polling,
        partitions=partitions,
        replicas=replicas,
    )


def lag_explorer(controls: Sequence[str] = (), events: int = 100_000, seed: int = 1, **settings: Any) -> View:
    """Simulate the lag whenever a control moves, with the same random draws at every setting.

    Parameters
    ----------
    controls : sequence of str, optional
        Which controls are there; all of them, if none is named. What is not there stands at its setting.
    events : int, optional
        Per run.
    seed : int, optional
    **settings
        Where controls begin: rate (events a second), handling (milliseconds), poll (tenths of a second, 0: told at
        once), mode ("at fixed times", "an interval after each batch", "an interval after the queue is empty"), batch
        (0: no limit), partitions, replicas, arrivals ("by the clock", "at random", "in bursts"), times ("always the
        same", "at random", "mostly short, sometimes very long").

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
    """
    wanted = f"a list of names; give some of {', '.join(CONTROLS)}"
    controls = [text("controls", one, wanted) for one in listed("controls", controls, wanted, least=0)]
    begin = {name: _value(name, settings.get(name)) for name in CONTROLS}
    for name in (*controls, *settings):
        if name not in CONTROLS:
            raise InvalidArgument(f"no control {name!r}; give one of {', '.join(CONTROLS)}")
    shown = [CONTROLS[name]._replace(value=begin[name]) for name in controls or CONTROLS]

    panels = _Panels()

    def draw(**moved: int) -> Picture:
        return panels.picture(simulate_lag(lag_model(**{**begin, **moved}), events, seed))

    return View(draw, shown)


def _value(name: str, setting: Any) -> int:
    """Return a control's whole number, from a number or a word."""
    control = CONTROLS[name]
    if setting is None:
        return control.value
    if control.choices is not None:
        if setting not in control.choices:
            raise InvalidArgument(f"{name}={setting!r}: accepted are {', '.join(map(repr, control.choices))}")
        return control.choices.index(setting)
    least, most = control.least, control.end({})
    if not isinstance(setting, int) or not least <= setting <= most:
        raise InvalidArgument(f"{name}={setting!r}: give a whole number from {least} to {most}")
    return setting


class _Panels:
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
