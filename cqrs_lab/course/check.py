"""Checks an exercise: passed, or not yet, and what to think about."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from cqrs_lab.course.exercises import EXERCISES, Exercise
from cqrs_lab.course.guard import LIMIT_SECONDS, run
from cqrs_lab.course.judging import Found, judge
from cqrs_lab.course.progress import notes
from cqrs_lab.errors import InvalidArgument


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found.

    Attributes
    ----------
    passed : bool
    done, came, expected : str
        What was done to the answer, what came, what was expected; "" if it passed.
    line : str
        The learner's own line that raised an error, if one did.
    ask : str
        A question that points at the misunderstanding; of a passed exercise, what it showed.
    printed : str
        What the answer printed meanwhile.
    """

    key: str
    passed: bool
    ask: str
    done: str = ""
    came: str = ""
    expected: str = ""
    line: str = ""
    printed: str = ""

    def __repr__(self) -> str:
        return "\n".join(f"{name}{text}" for name, text in self._lines())

    def _lines(self) -> list[tuple[str, str]]:
        lines = [("", f"{self.key}: passed. {self.ask}" if self.passed else f"{self.key}: not yet.")]
        if not self.passed:
            lines += [("I ", self.done), ("What came: ", self.came)]
            lines += [("Your line: ", self.line)] if self.line else []
            lines += [("Expected: ", self.expected), ("", self.ask)]
        return lines + ([("It printed: ", self.printed)] if self.printed else [])

    def _repr_html_(self) -> str:
        first, *rest = (f"{escape(name)}{escape(text)}" for name, text in self._lines())
        body = "<br>".join([f"<strong>{'✓' if self.passed else '…'} {first}</strong>", *rest])
        return f'<div role="status" style="white-space:pre-wrap">{body}</div>'


def check(key: str, answer: Any) -> Verdict:
    """Check an answer, within about two seconds, whatever it does.

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
    ran = run(lambda: judge(exercise.key, answer))
    found = _verdict(exercise, ran.value, ran.printed[:500])
    notes().add("check", key, passed=found.passed)
    return found


def _verdict(exercise: Exercise, found: Found | None, printed: str) -> Verdict:
    if found is None:
        came = f"still running after {LIMIT_SECONDS:g} seconds"
        ask = "Which loop of yours never ends?"
        return Verdict(exercise.key, False, ask, "ran your answer", came, "an end", "", printed)
    line = str(found.place) if found.place else ""
    return Verdict(exercise.key, found.passed, found.ask, found.done, found.came, found.expected, line, printed)


_hinted: dict[str, int] = {}


def hint(key: str) -> str:
    """Give the next hint to an exercise; after the last one, the last one again."""
    hints = _exercise(key).hints
    at = _hinted.get(key, 0)
    _hinted[key] = min(at + 1, len(hints) - 1)
    return f"Hint {at + 1} of {len(hints)}: {hints[at]}"


def _exercise(key: str) -> Exercise:
    if key not in EXERCISES:
        raise InvalidArgument(f"no exercise {key!r}; there is {', '.join(EXERCISES)}")
    return EXERCISES[key]
