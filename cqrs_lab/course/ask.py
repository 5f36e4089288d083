"""Questions in a notebook: each is answered once, and every answer gets a reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from html import escape
from math import isfinite
from numbers import Integral, Real
from pathlib import Path
from typing import Any, NamedTuple

import anywidget
import traitlets

from cqrs_lab.course.accept import as_plain, as_word
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.style import STYLESHEET
from cqrs_lab.show.view import IN_FRONT


class Question(NamedTuple):
    """A question with choices, or with a number from `least` to `most`."""

    key: str
    text: str
    choices: tuple[str, ...] | None = None
    least: float | None = None
    most: float | None = None

    def read(self, answer: Any) -> Any:
        """Return an answer as plain data: one of the choices, spelt as there, or a number.

        Raises
        ------
        InvalidArgument
            It does not answer this question; the message says what would.
        """
        if self.choices is not None:
            same = [choice for choice in self.choices if as_word(choice) == as_word(as_plain(answer))]
            if not same:
                choices = ", ".join(self.choices)
                raise InvalidArgument(f"{answer!r} is not an answer to {self.key}; give one of {choices}")
            return same[0]
        number = _number(answer)
        if number is None or not self._within(number):
            raise InvalidArgument(f"{answer!r} is not an answer to {self.key}; give {self._range()}")
        return number

    def reads(self, answer: Any) -> bool:
        """Return whether this answers the question."""
        try:
            self.read(answer)
        except InvalidArgument:
            return False
        return True

    def _range(self) -> str:
        if self.least is None and self.most is None:
            return "a number"
        return f"a number from {self.least:g} to {self.most:g}"

    def _within(self, answer: float) -> bool:
        return (
            isfinite(answer)
            and (self.least is None or answer >= self.least)
            and (self.most is None or answer <= self.most)
        )


def _number(answer: Any) -> int | float | None:
    """Return a number of any type as Python's own; None if it is none, or too large for a float."""
    plain = as_plain(answer)
    if isinstance(plain, bool) or not isinstance(plain, Real | Decimal):
        return None
    try:
        return int(plain) if isinstance(plain, Integral) and isfinite(plain) else float(plain)
    except OverflowError:
        return None


class Ask(anywidget.AnyWidget):
    """Shows questions, and replies to each answer.

    ``ask.give("02.1", "two")`` answers as a learner would; the first answer counts.

    Parameters
    ----------
    questions : sequence of Question
    respond : callable
        ``respond(question, answer)`` returns the reply to an answer.
    given : mapping of str to answer, optional
        What was answered in an earlier session.
    """

    _esm = IN_FRONT + Path(__file__).with_name("ask.js").read_text(encoding="utf-8")
    _css = STYLESHEET

    questions: traitlets.List[Any] = traitlets.List().tag(sync=True)
    given: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    told: traitlets.Dict[str, str] = traitlets.Dict().tag(sync=True)
    refused: traitlets.Dict[str, str] = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        questions: Sequence[Question],
        respond: Callable[[Question, Any], str],
        given: Mapping[str, Any] | None = None,
    ) -> None:
        self._asked = {question.key: question for question in questions}
        self._respond = respond
        before = dict(given or {})
        told = {key: respond(self._asked[key], answer) for key, answer in before.items()}
        super().__init__(questions=[question._asdict() for question in questions], given=before, told=told)
        self.observe(self._take, names="given")

    def give(self, key: str, answer: Any) -> str:
        """Answer a question, and return the reply."""
        if key not in self._asked:
            raise InvalidArgument(f"no question {key!r} here; give one of {', '.join(self._asked)}")
        if key not in self.told:
            self.given = {**self.given, key: self._asked[key].read(answer)}
        return self.told[key]

    def _take(self, change: Any) -> None:
        new = {key: answer for key, answer in self.given.items() if key not in self.told and key in self._asked}
        told = {}
        for key, answer in new.items():
            try:
                told[key] = self._respond(self._asked[key], self._asked[key].read(answer))
            except InvalidArgument as error:  # from the page, where an exception would be seen by nobody
                self.refused = {**self.refused, key: str(error)}
        self.told = self.told | told

    def __repr__(self) -> str:
        return "\n".join(_line(question, self.told.get(key, "")) for key, question in self._asked.items())

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Show the questions; as text where no widget can be shown."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        asked = "".join(f"<p>{escape(_line(one, self.told.get(key, '')))}</p>" for key, one in self._asked.items())
        return {**data, "text/html": f'<div class="cqrs-lab">{asked}</div>', "text/plain": repr(self)}, metadata


def _line(question: Question, told: str) -> str:
    choices = " / ".join(question.choices) if question.choices else f"{question.least:g} to {question.most:g}"
    return f"{question.text} ({choices}) {told}".rstrip()
