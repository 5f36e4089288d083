"""The lanes of a fault plan: the log, what comes to the worker, where a fault strikes, and whether the table agrees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from cqrs_lab.show.fault_kinds import CRASHES
from cqrs_lab.show.picture import joined, key
from cqrs_lab.show.shapes import label
from cqrs_lab.show.style import LOG, READ, tint
from cqrs_lab.simulation.faults import Crash, FaultRun
from cqrs_lab.simulation.faults.plan import Fault

Label = tuple[str, int, Fault | None]
"""A fault as it was set: its kind, its number, and what it makes of a run; None if nothing."""
FAULTS_Y, LOG_Y, WORKER_Y, AGREES_Y, HEIGHT = (22, 50), 112, 190, 250, 318
LEFT, WIDTH, BESIDE_SECONDS, TILE = 120, 900, 0.36, 24
MORE_SECONDS = 6
"""What is shown after the last command: any two faults fit in."""


def _crashed_at(run: FaultRun) -> dict[Fault, int]:
    """Find the step at which each crash struck: those at one site strike in the order of their visits."""
    crashes = sorted({one for one in run.plan if isinstance(one, Crash)}, key=lambda one: one.visit)
    steps: dict[Fault, int] = {}
    for site in {one.site for one in crashes}:
        deaths = run.steps.index[run.steps["site"] == site]
        steps |= zip([one for one in crashes if one.site == site], deaths, strict=False)
    return steps


class Lanes:
    """Draws the first steps of a run from left to right; each step comes in from the event that it is about."""

    def __init__(self, run: FaultRun, events: int, upto: int) -> None:
        steps, self.crashed_at, self.visits, self.upto = run.steps, _crashed_at(run), run.visits, upto
        self.last = events + MORE_SECONDS
        # What happens at one moment is drawn side by side.
        place = steps["seconds"] + BESIDE_SECONDS * steps.groupby("seconds").cumcount()
        self.steps: Any = steps.assign(x=[self.x(at) for at in place])
        self.last_word = "fixed" if (steps["kind"] == "fixed").any() else "faults stop"
        commands = self.steps[steps["kind"] == "recorded"][::-1]
        self.recorded = dict(zip(commands["last"], commands["x"], strict=True))
        self.begins = dict(zip(commands["last"], commands.index, strict=True))
        self.delivered = set[int]()

    def x(self, second: float) -> float:
        """Return how far to the right a moment is."""
        return round(LEFT + (WIDTH - LEFT - 20) * second / self.last, 1)

    def parts(self, labels: Sequence[Label]) -> Iterator[str]:
        """Yield the lanes, the faults, and the steps so far."""
        names = {"fault 1": FAULTS_Y[0], "fault 2": FAULTS_Y[1], "log": LOG_Y, "worker": WORKER_Y}
        for text, y in {**names, "table = log?": AGREES_Y, "checkpoint": AGREES_Y + 22, "second": HEIGHT - 12}.items():
            yield f'<text x="4" y="{y + 5}" class="small strong">{text}</text>'
        for y in (LOG_Y, WORKER_Y):
            yield f'<path class="way" d="M {LEFT} {y} H {WIDTH - 16}" style="stroke:var(--rule)"/>'
        for second in range(self.last + 1):
            yield label(self.x(second), HEIGHT - 7, str(second), "small faint")
        for y, fault in zip(FAULTS_Y, labels, strict=True):
            yield from self._fault(y, *fault)
        for step in self.steps.iloc[: self.upto].itertuples():
            if step.kind == "recorded":
                yield from self._command(step)
            elif step.kind != "rejected":
                yield from self._worker(step)

    def _fault(self, y: float, kind: str, number: int, fault: Fault | None) -> Iterator[str]:
        """Draw a fault where it struck: a crash at the step in which the worker died, the others at their event."""
        x, text, down_to = self.x(number), f"▼ {number}: {kind}", LOG_Y - 30
        if kind == "nothing":
            text, down_to = "no fault", 0
        elif kind in CRASHES and fault not in self.crashed_at:
            # It never struck: no line leads anywhere.
            x = down_to = 0
            text = f"visit {number}: {kind}{self._why_never(fault)}"
        elif fault in self.crashed_at:
            step = self.steps.iloc[self.crashed_at[fault]]
            x, down_to = step["x"], WORKER_Y - 12
            text = f"▼ {step['first'] or self.last_word}: {kind} (visit {number})"
        elif hasattr(fault, "position"):
            x = self.recorded.get(number, x)
        if down_to:
            yield f'<path class="way" d="M {x} {y} V {down_to}" stroke-dasharray="2 3" style="stroke:var(--faint)"/>'
        left = x < WIDTH / 2
        place = f'x="{max(x, LEFT) + 8}"' if left else f'x="{x - 8}" text-anchor="end"'
        yield f'<text {place} y="{y + 5}" class="small label">{escape(text)}</text>'

    def _why_never(self, fault: Any) -> str:
        if fault is None:
            return ": this worker has no such place"
        return f", never strikes: the worker gets there {self.visits.get(fault.site, 0)} times"

    def _command(self, step: Any) -> Iterator[str]:
        paint = tint(0) if step.x == self.recorded[step.last] else f"fill:var(--ground);stroke:{LOG.paint}"
        tile = (
            f'<rect x="{step.x - TILE / 2:.1f}" y="{LOG_Y - TILE / 2 - 1:g}" width="{TILE}" height="{TILE + 2}" rx="6"'
            f' style="{paint};stroke-width:2"/>'
        )
        yield f"<g{key('step', step.Index)}>{tile}{label(step.x, LOG_Y + 5, str(step.last), 'strong')}</g>"

    def _worker(self, step: Any) -> Iterator[str]:
        delivered, died, stopped = step.kind == "delivered", step.site, step.error
        within = range(step.first, step.last + 1) if delivered else range(0)
        again = delivered and self.delivered.issuperset(within)
        for position in within:
            way = f"M {self.recorded[position]} {LOG_Y + TILE / 2 + 2:g} L {step.x} {WORKER_Y - 9}"
            dashes = f' stroke-dasharray="{READ.dashes}"' if again else ""
            yield f'<path class="way" d="{way}"{dashes} style="stroke:{READ.paint}"/>'
        mark = "✖" if died else "■" if stopped else READ.marker
        colour = f"fill:{'var(--bad)' if died or stopped else READ.paint}"
        comes = f' data-from="{joined("step", self.begins[step.last])}"' if delivered else ""
        mark = label(step.x, WORKER_Y + 6, mark, "label strong", style=colour)
        yield f"<g{key('step', step.Index)}{comes}>{mark}</g>"
        word = "crash" if died else "stop" if stopped else "again" if again else "" if delivered else self.last_word
        yield label(step.x, WORKER_Y + (24 if delivered else 38), word, "small")
        agrees, paint = ("✓", "good") if step.agrees else ("✗", "bad")
        yield label(step.x, AGREES_Y + 6, agrees, "strong", style=f"fill:var(--{paint})")
        yield label(step.x, AGREES_Y + 27, str(step.position), "small")
        if not stopped:
            self.delivered.update(within)
