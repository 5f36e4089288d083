"""A question about an earlier lesson."""

from __future__ import annotations

from typing import NamedTuple


class Recalled(NamedTuple):
    """A question about an earlier lesson: the right choice first, then the others, each with a reply."""

    text: str
    answers: dict[str, str]

    @property
    def right(self) -> str:
        """The right choice."""
        return next(iter(self.answers))

    def meet(self, answer: str) -> str:
        """Return the reply to an answer; to a wrong one, also what is right and why."""
        if answer == self.right:
            return self.answers[answer]
        why = self.answers[self.right].removeprefix("Right: ")
        return f"{self.answers[answer]} Answer: {self.right}. {why[0].upper()}{why[1:]}"
