"""Questions in a notebook: each is answered once, and something is said to every answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import anywidget
import traitlets

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.style import STYLESHEET


class Question(NamedTuple):
    """A question with choices, or with a number from `least` to `most`."""

    key: str
    text: str
    choices: tuple[str, ...] | None = None
    least: float | None = None
    most: float | None = None

    def check(self, answer: Any) -> None:
        """Refuse what is no answer to this question, and say what would be one."""
        if self.choices is not None:
            if answer not in self.choices:
                raise InvalidArgument(f"{answer!r} is no answer to {self.key}; give one of {', '.join(self.choices)}")
        elif isinstance(answer, bool) or not isinstance(answer, int | float) or not self._within(answer):
            raise InvalidArgument(f"{answer!r} is no answer to {self.key}; give a number, {self.least} to {self.most}")

    def _within(self, answer: float) -> bool:
        return (self.least is None or answer >= self.least) and (self.most is None or answer <= self.most)


class Ask(anywidget.AnyWidget):
    """Puts questions, and says something to each answer.

    ``ask.give("02.1", "two")`` answers as a learner would; the first answer counts.

    Parameters
    ----------
    questions : sequence of Question
    respond : callable
        ``respond(question, answer)`` gives what is said to an answer.
    given : mapping of str to answer, optional
        What was answered in an earlier session.
    """

    _esm = Path(__file__).with_name("ask.js")
    _css = STYLESHEET

    questions: traitlets.List[Any] = traitlets.List().tag(sync=True)
    given: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    told: traitlets.Dict[str, str] = traitlets.Dict().tag(sync=True)

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
        """Answer a question, and get what is said to it."""
        if key not in self._asked:
            raise InvalidArgument(f"no question {key!r} here; there is {', '.join(self._asked)}")
        if key not in self.given:
            self._asked[key].check(answer)
            self.given = {**self.given, key: answer}
        return self.told[key]

    def _take(self, change: Any) -> None:
        new = {key: answer for key, answer in self.given.items() if key not in self.told}
        self.told = self.told | {key: self._respond(self._asked[key], answer) for key, answer in new.items()}

    def __repr__(self) -> str:
        return "\n".join(_line(question, self.told.get(key, "")) for key, question in self._asked.items())

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Show the questions; where no widget can be shown, as text."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        asked = "".join(f"<p>{escape(_line(one, self.told.get(key, '')))}</p>" for key, one in self._asked.items())
        return {**data, "text/html": f'<div class="cqrs-lab">{asked}</div>', "text/plain": repr(self)}, metadata


def _line(question: Question, told: str) -> str:
    choices = f" ({' / '.join(question.choices)})" if question.choices else f" ({question.least} to {question.most})"
    return f"{question.text}{choices} {told}".rstrip()
