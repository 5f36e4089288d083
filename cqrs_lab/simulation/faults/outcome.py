"""What comes of a run with faults: a plan, the laws it broke, a ticket that repeats it; and of some, the steps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from html import escape
from typing import Any

import pandas as pd

from cqrs_lab.simulation.faults.broken_law import BrokenLaw
from cqrs_lab.simulation.faults.faulty_stage import FaultyStage
from cqrs_lab.simulation.faults.plan import FaultPlan
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

    def __init__(self, stage: FaultyStage, broken: Iterable[BrokenLaw], settings: Mapping[str, Any]) -> None:
        self.plan, self.broken, self.settings = stage.plan, tuple(broken), dict(settings)
        self.first_error = stage.first_error
        self.visits, self._struck = dict(stage.sites.visits), frozenset(stage.sites.struck)

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


COLUMNS = {
    "seconds": "float64",
    "kind": "str",
    "number": "int64",
    "first": "int64",
    "last": "int64",
    "site": "str",
    "error": "str",
    "position": "int64",
    "head": "int64",
    "agrees": "bool",
}


class FaultRun(Outcome):
    """The outcome of a run with faults.

    Attributes
    ----------
    plan : FaultPlan
    steps : DataFrame
        One row per step: seconds (float64); kind (str), number, first and last (int64), site and error (str), as in
        `Step`; position and head (int64), agrees (bool: the table was the fold of the log up to its position, when
        the worker last did something). `in_words` has a sentence for each.
    trace : DataFrame or None
        What a reader saw who looked after each step, and what each sender saw who asked with the receipt's position:
        one row per operation, as `guarantees.check` and `show.who_saw_what` take it. None for a rebuild, where
        each answer is judged by itself.
    held_up : tuple of (fault, second, second)
        From when to when each `Delay` and `SlowCommit` held something up.
    table : DataFrame
        The read model at the end.
    broken : tuple of BrokenLaw
        The laws that did not hold, each with what came instead.
    visits : mapping of str to int
        The sites at which the worker could have died, and how often it passed each.
    first_error : str
        What the worker itself raised first, and at which step; "" if it raised nothing but what a fault made it
        raise. A law that is broken because a function raised does not show the cause; this does.
    """

    def __init__(
        self,
        stage: FaultyStage,
        batch: Iterable[int],
        table: pd.DataFrame,
        broken: Iterable[BrokenLaw],
        trace: pd.DataFrame | None = None,
    ) -> None:
        super().__init__(stage, broken, {"batch": list(batch)})
        self._steps, self.table, self.trace = stage.steps, table, trace
        self.held_up = tuple(stage.held_up)

    @cached_property
    def steps(self) -> pd.DataFrame:
        """The steps as a table."""
        rows = [(seconds, *step, *state) for seconds, step, *state in self._steps]
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)

    def in_words(self) -> pd.Series:
        """Return each step as a sentence, for the rows of `steps`.

        Examples
        --------
        >>> from cqrs_lab.shop import read, week, write
        >>> from cqrs_lab.simulation.faults import Crash, Story, simulate_faults
        >>> run = simulate_faults(Story(write.register, week.commands(), read.InventoryLevels), Crash("before save"))
        >>> run.in_words().tolist()[:2]
        ['command 1 recorded 1', 'delivered 1: crashed before save']
        """
        return pd.Series([step.in_words() for _, step, *_ in self._steps], name="what", dtype="str")

    @property
    def head(self) -> int:
        """How long the log was at the end."""
        return int(self.steps["head"].max())

    def record(self) -> str:
        """Return every step and the table as text."""
        return str(self.steps.to_csv() + self.table.to_csv())
