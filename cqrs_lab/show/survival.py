"""The score of a worker: which faults it survives, each tried by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import NamedTuple

import pandas as pd

from cqrs_lab.show.fault_kinds import KINDS, Sites, fault_of
from cqrs_lab.simulation.faults import FaultPlan, FaultRun

SURVIVED, BROKE, NEVER_STRUCK = "✓", "✗", "–"
ALOUD = {SURVIVED: "survived", BROKE: "a law broke", NEVER_STRUCK: "never strikes"}


class Survival(NamedTuple):
    """Which faults a worker survives.

    Attributes
    ----------
    marks : DataFrame
        One row per kind of fault, one column per event (of a crash: visit): ✓, ✗, or – where it never strikes.
    """

    marks: pd.DataFrame

    @property
    def says(self) -> str:
        """The score in words."""
        survived, broke = (int((self.marks == mark).to_numpy().sum()) for mark in (SURVIVED, BROKE))
        return f"Tried with one fault at a time, it survives {survived} of {survived + broke}."

    def table(self, kind: str, event: int) -> str:
        """Return the marks as a table in which a cell sets the first fault; the one of this fault is chosen."""
        rows = "".join(
            f'<tr><th scope="row">{escape(str(name))}</th>'
            + "".join(_cell(mark, str(name), at, (kind, event)) for at, mark in enumerate(marks, 1))
            + "</tr>"
            for name, *marks in self.marks.itertuples(name=None)
        )
        heads = "".join(f'<th scope="col" class="number">{at}</th>' for at in self.marks.columns)
        return (
            '<div class="scrolls" style="margin-bottom:0.75rem"><table role="grid">'
            "<caption>One fault at a time: press a mark to see that run</caption>"
            f'<thead><tr><th scope="col">fault, by event (of a crash: visit)</th>{heads}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div>"
        )


def survival(run: Callable[[FaultPlan], FaultRun], sites: Sites, events: int) -> Survival:
    """Try each fault at each event by itself; `run` runs a plan."""

    def mark(kind: str, event: int) -> str:
        fault = fault_of(kind, event, sites)
        ran = None if fault is None else run(FaultPlan((fault,)))
        if ran is None or len(ran.idle):
            return NEVER_STRUCK
        return SURVIVED if ran.ok else BROKE

    columns = range(1, events + 1)
    marks = [[mark(kind, event) for event in columns] for kind in KINDS[1:]]
    return Survival(pd.DataFrame(marks, pd.Index(KINDS[1:], name="fault"), columns))


def _cell(mark: str, kind: str, event: int, chosen: tuple[str, int]) -> str:
    here = (kind, event) == chosen
    # The Tab key reaches the chosen cell; where no fault is, the first one.
    reached = here or (chosen[0] not in KINDS[1:] and (kind, event) == (KINDS[1], 1))
    sets = escape(json.dumps({"kind_1": KINDS.index(kind), "event_1": event, "kind_2": 0}))
    state = f'aria-selected="{str(here).lower()}" tabindex="{0 if reached else -1}"'
    colour = ' style="color:var(--bad)"' if mark == BROKE else ""
    aloud = f'<span class="only-read-out"> {ALOUD[mark]}</span>'
    return f'<td class="number" data-set="{sets}" {state}{colour}>{mark}{aloud}</td>'
