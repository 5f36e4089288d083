"""What every run with faults has: a plan, the laws it broke, and a ticket that makes it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from html import escape
from typing import Any

from cqrs_lab.simulation.faults.plan import Crash, Fault, FaultPlan


class Outcome:
    """What came of a run with faults.

    Attributes
    ----------
    plan : FaultPlan
    broken : tuple of str
        The laws that did not hold, each with what came instead.
    visits : mapping of str to int
        The sites at which the worker could have died, and how often it came by.
    settings : mapping of str to plain values
        What else the run depends on, besides the plan and the arguments that are code.
    """

    def __init__(
        self, plan: FaultPlan, broken: tuple[str, ...], visits: Mapping[str, int], settings: Mapping[str, Any]
    ) -> None:
        self.plan, self.broken, self.visits, self.settings = plan, broken, dict(visits), dict(settings)

    def record(self) -> str:
        """Write down every step and every value of the run."""
        raise NotImplementedError

    @property
    def head(self) -> int:
        """How long the log was in the end."""
        raise NotImplementedError

    @property
    def ok(self) -> bool:
        """True if every law held."""
        return not self.broken

    @property
    def ticket(self) -> str:
        """The run as a line of text, from which the very same run can be made, anywhere."""
        plain = {"faults": self.plan.to_plain(), **self.settings, "run": self.fingerprint}
        return json.dumps(plain, separators=(",", ":"))

    @property
    def fingerprint(self) -> str:
        """Sixteen letters that stand for every step and every value of the run."""
        return hashlib.sha256((self.record() + "\n".join(self.broken)).encode()).hexdigest()[:16]

    @property
    def idle(self) -> FaultPlan:
        """The faults that never struck: a place the worker did not come by so often, or an event that there is not."""
        return FaultPlan(tuple(fault for fault in self.plan if self._is_idle(fault)))

    def _is_idle(self, fault: Fault) -> bool:
        if isinstance(fault, Crash):
            return self.visits.get(fault.site, 0) < fault.visit
        return getattr(fault, "position", 0) > self.head

    def _what_was_idle(self) -> str:
        if not len(self.idle):
            return ""
        came_by = ", ".join(f"{site} ({visits})" for site, visits in sorted(self.visits.items())) or "no place"
        return f" Never struck: {self.idle}. The worker came by: {came_by}; the log ends at {self.head}."

    def __repr__(self) -> str:
        if self.ok:
            return f"Every law held. What went wrong: {self.plan}.{self._what_was_idle()}"
        told = f"What went wrong: {self.plan}.{self._what_was_idle()}"
        return "\n".join([told, *self.broken, f"Replay ticket: {self.ticket}"])

    def _repr_html_(self) -> str:
        head = "✓ Every law held." if self.ok else "✗ " + "<br>✗ ".join(map(escape, self.broken))
        shown = f'<p>Replay ticket:</p><pre style="white-space:pre-wrap">{escape(self.ticket)}</pre>'
        ticket = "" if self.ok else shown
        plan = escape(f"What went wrong: {self.plan}.{self._what_was_idle()}")
        return f'<div class="cqrs-lab"><p>{plan}</p><p><strong>{head}</strong></p>{ticket}</div>'
