"""What somebody's own function says of the p99 along a hockey stick."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, nan
from typing import Any, NamedTuple, TypeAlias

from cqrs_lab.errors import recording_errors
from cqrs_lab.show.chart import brief_number
from cqrs_lab.simulation.model import LagModel
from cqrs_lab.words import shortened

P99: TypeAlias = Callable[[float, float], Any]
"""From events per second and the mean handling in seconds to the p99 of the lag in seconds."""


class OwnP99(NamedTuple):
    """What a function returned for one model: seconds, or NaN and why there are none."""

    seconds: float
    why: str = ""

    def said(self, p99: float, unit: str, per_second: int) -> str:
        """Return it as a sentence, beside the p99 of a run."""
        if self.why:
            return f"Your function gives no p99: {self.why}."
        yours = brief_number(self.seconds * per_second)
        return f"Your function says {yours} {unit}, {brief_number(self.seconds / p99)} times the p99 of this run."


def answered(mine: P99, model: LagModel) -> OwnP99:
    """Ask a function for the p99 of a model; whatever it does, there is an answer."""
    why = dict[str, str]()
    with recording_errors(why, "mine", "it failed"):
        returned = mine(model.events_per_second, model.handling.mean)
        if isinstance(returned, str) or returned is None:
            return OwnP99(nan, f"it returned {shortened(repr(returned), 40)}, which is no number of seconds")
        seconds = float(returned)
        if isfinite(seconds) and seconds >= 0:
            return OwnP99(seconds)
        return OwnP99(nan, f"it returned {seconds:g}, which is no length of time")
    return OwnP99(nan, shortened(" ".join(why["mine"].split()), 120))
