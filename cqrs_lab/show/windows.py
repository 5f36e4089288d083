"""Windows of a run: what kept its projector from keeping up, and from when to when."""

from __future__ import annotations

from typing import Any, NamedTuple

from cqrs_lab.simulation.faults import Delay, FaultRun
from cqrs_lab.simulation.run import LagRun

OF_OTHERS = ("recorded", "rejected", "arrived", "aborted")
REPAIRS = ("fixed", "faults over")
"""Steps that somebody else takes, and those after which the worker has handled nothing yet."""


class Window(NamedTuple):
    """A stretch of time with a name.

    Attributes
    ----------
    kind : str
        crash, stopped, delay, slow commit or outage.
    what : str
        The fault in words.
    start, end : float
        Seconds. After a crash the worker is back when it is handed something again; one that stopped, when it has
        handled that.
    """

    kind: str
    what: str
    start: float
    end: float

    def holds(self, moment: float) -> bool:
        """Whether a moment lies within; its end does not."""
        return self.start <= moment < self.end


def windows_of(run: FaultRun | LagRun) -> list[Window]:
    """Return the windows of a run, in the order in which they begin; random crashes of a `LagRun` are not kept."""
    if isinstance(run, LagRun):
        outages = run.model.outages
        return [Window("outage", f"planned outage of {seconds:g} s", at, at + seconds) for at, seconds in outages]
    held_up = [
        Window("delay", f"event {fault}", start, end)
        if isinstance(fault, Delay)
        else Window("slow commit", str(fault), start, end)
        for fault, start, end in run.held_up
    ]
    return sorted([*_of_the_worker(run), *held_up], key=lambda window: window.start)


def _of_the_worker(run: FaultRun) -> list[Window]:
    """Return how long the worker was down after each crash, and after each error that stopped it."""
    tried: list[Any] = list(run.steps[~run.steps["kind"].isin(OF_OTHERS)].itertuples())
    end, found = float(run.steps["seconds"].max()), list[Window]()
    for at, step in enumerate(tried):
        later = tried[at + 1 :]
        if step.site:
            again = next((one.seconds for one in later), end)
            found.append(Window("crash", f"crash {step.site}", step.seconds, again))
        elif step.error and not any(one.kind == "stopped" and one.holds(step.seconds) for one in found):
            past = (one.seconds for one in later if one.kind not in REPAIRS and not (one.error or one.site))
            found.append(Window("stopped", f"stopped: {step.error}", step.seconds, next(past, end)))
    return found
