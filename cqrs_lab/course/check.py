"""Checks an exercise: passed, or not yet, and what to think about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import Any

from cqrs_lab.course.exercises import EXERCISES, Exercise
from cqrs_lab.course.guard import CANNOT_BE_COPIED, NotCopied
from cqrs_lab.course.judging import Found, judge, judge_after_restart
from cqrs_lab.course.limits import LIMITS, Limits
from cqrs_lab.course.progress import notes
from cqrs_lab.course.run_apart import Ran, run_apart
from cqrs_lab.errors import InvalidArgument


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a check.

    Attributes
    ----------
    passed : bool
    done, came, expected : str
        What was done to the answer, what came, what was expected; "" if it passed.
    line : str
        The learner's own line that raised an error, if one did.
    ask : str
        A question that points at the misunderstanding; for a passed exercise, what it showed.
    printed : str
        What the answer printed during the check.
    undecided : bool
        The machine was too busy for a verdict, and nothing is kept.
    not_kept : str
        Why this is kept for this session only; "" if it is saved.
    """

    key: str
    passed: bool
    ask: str
    done: str = ""
    came: str = ""
    expected: str = ""
    line: str = ""
    printed: str = ""
    undecided: bool = False
    not_kept: str = ""

    def __repr__(self) -> str:
        return "\n".join(f"{name}{text}" for name, text in self._lines())

    def _lines(self) -> list[tuple[str, str]]:
        if self.undecided:
            lines = [("", f"{self.key}: no verdict yet. {self.ask}")]
        elif self.passed:
            lines = [("", f"{self.key}: passed. {self.ask}")]
        else:
            lines = [("", f"{self.key}: not yet."), ("I ", self.done), ("Got: ", self.came)]
            lines += [("Your line: ", self.line)] if self.line else []
            lines += [("Expected: ", self.expected), ("", self.ask)]
        return lines + [line for line in (("It printed: ", self.printed), ("", self.not_kept)) if line[1]]

    def _repr_html_(self) -> str:
        first, *rest = (f"{escape(name)}{escape(text)}" for name, text in self._lines())
        body = "<br>".join([f"<strong>{'✓' if self.passed else '…'} {first}</strong>", *rest])
        return f'<div role="status" style="white-space:pre-wrap">{body}</div>'


def check(key: str, answer: Any) -> Verdict:
    """Check an answer: a copy runs in a process that is ended when its time is up, whatever it does.

    Parameters
    ----------
    key : str
        Lesson and number: "02.1".
    answer : Any
        What the exercise asks for.

    Returns
    -------
    Verdict
    """
    exercise = _exercise(key)
    limits = replace(LIMITS, own_seconds=exercise.own_seconds or LIMITS.own_seconds)
    try:
        ran = run_apart(judge, exercise.key, answer, limits=limits)
        if exercise.after_restart and ran.value and ran.value.passed:
            left = ran.value.left
            ran = run_apart(judge_after_restart, exercise.key, answer, left, limits=limits, restarted=True)
    except NotCopied as error:
        return Verdict(key, False, CANNOT_BE_COPIED, "copied your answer", str(error), "a copy")
    if ran.ended == "busy":
        return Verdict(key, False, RUN_IT_AGAIN, undecided=True, printed=ran.printed)
    found = ran.value or _why_it_ended(ran, limits)
    not_kept = notes().add("check", key, passed=found.passed)
    return Verdict(
        key,
        found.passed,
        found.ask,
        found.done,
        found.came,
        found.expected,
        str(found.place) if found.place else "",
        ran.printed,
        not_kept=not_kept,
    )


RUN_IT_AGAIN = "This machine was busy, and your answer has not had its turn. Run the cell again."


def _why_it_ended(ran: Ran, limits: Limits) -> Found:
    """Return why the judge gave no verdict: only what was measured."""
    used, limit = f"{ran.own_seconds:.1f} s of its own processor time", f"{limits.own_seconds:g} s"
    came, expected, ask = {
        "time": (
            f"no end after {used}",
            f"an end within {limit}",
            "Either a loop has no end, or there is far more work than the task needs. What does each loop wait for?",
        ),
        "waits": (
            f"nothing for {limits.waits_seconds:g} s: it waits",
            "an end",
            "Does it sleep, or wait for a lock, a file or another thread? Nothing in the task has to wait.",
        ),
        "memory": (
            f"more than {limits.memory_bytes / 1024**3:g} GB of memory",
            "less than that",
            "Which list or table grows, and does the task need all of it at once?",
        ),
        "exit": (
            f"its process ended{f' with exit code {ran.exit_code}' if ran.exit_code is not None else ''}",
            "a result",
            "Something in your answer ends the whole process, such as os._exit. Use return, or raise an error.",
        ),
    }[ran.ended]
    return Found(False, ask, "ran your answer", came, expected)


_hinted: dict[str, int] = {}


def hint(key: str) -> str:
    """Return the next hint for an exercise; after the last one, the last one again."""
    hints = _exercise(key).hints
    at = _hinted.get(key, 0)
    _hinted[key] = min(at + 1, len(hints) - 1)
    return f"Hint {at + 1} of {len(hints)}: {hints[at]}"


def _exercise(key: str) -> Exercise:
    if not isinstance(key, str) or key not in EXERCISES:
        meant = next((one for one in EXERCISES if one.lstrip("0") == str(key).lstrip("0")), None)
        there_is = f"did you mean {meant!r}?" if meant else f"give one of {', '.join(EXERCISES)}"
        raise InvalidArgument(f'no exercise {key!r}; a key is a text such as "02.1"; {there_is}')
    return EXERCISES[key]
