"""What every run with faults has: a plan, the laws it broke, and a ticket that repeats it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from html import escape
from typing import Any

from cqrs_lab.simulation.faults.broken_law import BrokenLaw
from cqrs_lab.simulation.faults.plan import FaultPlan
from cqrs_lab.simulation.faults.sites import Sites
from cqrs_lab.simulation.faults.written import without_places


class Outcome:
    """The outcome of a run with faults.

    Attributes
    ----------
    plan : FaultPlan
    broken : tuple of BrokenLaw
        The laws that did not hold, each with what came instead.
    visits : mapping of str to int
        The sites at which the worker could have died, and how often it passed each.
    settings : mapping of str to plain values
        What the run depends on besides the plan and the arguments that are code.
    first_error : str
        What the worker itself raised first, and when; "" if it raised nothing but what a fault made it raise.
    """

    def __init__(
        self,
        plan: FaultPlan,
        broken: tuple[BrokenLaw, ...],
        sites: Sites,
        settings: Mapping[str, Any],
        first_error: str = "",
    ) -> None:
        self.plan, self.broken, self.settings, self.first_error = plan, broken, dict(settings), first_error
        self.visits, self._struck = dict(sites.visits), frozenset(sites.struck)

    def record(self) -> str:
        """Return every step and every value of the run as text."""
        raise NotImplementedError

    @property
    def head(self) -> int:
        """How long the log was at the end."""
        raise NotImplementedError

    @property
    def ok(self) -> bool:
        """True if every law held."""
        return not self.broken

    @property
    def ticket(self) -> str:
        """The run as one line of text, from which exactly the same run can be repeated anywhere."""
        plain = {"faults": self.plan.to_plain(), **self.settings, "run": self.fingerprint}
        return json.dumps(plain, separators=(",", ":"))

    @property
    def fingerprint(self) -> str:
        """Sixteen letters that stand for every step and every value of the run."""
        text = without_places(self.record() + "\n".join(self.broken))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def idle(self) -> FaultPlan:
        """The faults that never struck, such as one at a site that the worker did not pass that often."""
        return FaultPlan(tuple(fault for fault in self.plan if fault not in self._struck))

    def _what_was_idle(self) -> str:
        if not len(self.idle):
            return ""
        passed = ", ".join(f"{site} ({visits})" for site, visits in sorted(self.visits.items())) or "no place"
        return f" Never struck: {self.idle}. The worker passed: {passed}; the log ends at {self.head}."

    def __repr__(self) -> str:
        if self.ok:
            return f"Every law held. What went wrong: {self.plan}.{self._what_was_idle()}"
        line = f"What went wrong: {self.plan}.{self._what_was_idle()}"
        return "\n".join([line, *self._first_error, *self.broken, f"Replay ticket: {self.ticket}"])

    @property
    def _first_error(self) -> list[str]:
        return [f"The first error that was raised: {self.first_error}."] if self.first_error else []

    def _repr_html_(self) -> str:
        head = "✓ Every law held." if self.ok else "✗ " + "<br>✗ ".join(map(escape, self.broken))
        shown = f'<p>Replay ticket:</p><pre style="white-space:pre-wrap">{escape(self.ticket)}</pre>'
        ticket = "" if self.ok else shown
        lines = [f"What went wrong: {self.plan}.{self._what_was_idle()}", *([] if self.ok else self._first_error)]
        plan = "<br>".join(map(escape, lines))
        return f'<div class="cqrs-lab"><p>{plan}</p><p><strong>{head}</strong></p>{ticket}</div>'
