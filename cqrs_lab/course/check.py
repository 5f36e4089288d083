"""Checks an exercise: passed, or not yet, and what to think about."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from cqrs_lab.course.exercises import EXERCISES, Exercise
from cqrs_lab.course.guard import LIMIT_SECONDS, NotYet, OutOfTime, run
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
    printed: str = ""

    def __repr__(self) -> str:
        return "\n".join(f"{name}{text}" for name, text in self._lines())

    def _lines(self) -> list[tuple[str, str]]:
        lines = [("", f"{self.key}: passed. {self.ask}" if self.passed else f"{self.key}: not yet.")]
        if not self.passed:
            lines += [("I ", self.done), ("What came: ", self.came), ("Expected: ", self.expected), ("", self.ask)]
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
    ran = run(lambda: exercise.judge(answer))
    found = _verdict(exercise, ran.raised, ran.stopped, ran.printed[:500])
    notes().add("check", key, passed=found.passed)
    return found


def _verdict(exercise: Exercise, raised: BaseException | None, stopped: bool, printed: str) -> Verdict:
    key = exercise.key
    if stopped or isinstance(raised, OutOfTime):
        came = f"still running after {LIMIT_SECONDS:g} seconds"
        return Verdict(key, False, "Which loop of yours never ends?", "ran your answer", came, "an end", printed)
    if isinstance(raised, NotYet):
        return Verdict(key, False, raised.ask, raised.done, raised.came, raised.expected, printed)
    if raised is not None:
        came = f"{type(raised).__name__}: {raised}"
        return Verdict(
            key, False, "What kind of thing is asked for?", "looked at your answer", came, "no error", printed
        )
    return Verdict(key, True, exercise.showed, printed=printed)


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
