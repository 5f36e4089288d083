"""Lets the process of an answer die: a new life has what the cell made, and nothing that was remembered since."""

from __future__ import annotations

import pickle
from typing import Any

from cqrs_lab.course.guard import NotYet, shown
from cqrs_lab.course.sending import written


class Lives:
    """Calls an answer, and lets it die between two calls.

    Parameters
    ----------
    answer : callable
    name : str
        What the task calls it.
    """

    def __init__(self, answer: Any, name: str) -> None:
        if not callable(answer):
            raise NotYet(f"looked for {name}", shown(answer), "a function", "What did you hand over?")
        self._as_made = written(answer)
        self.die()

    def die(self) -> None:
        """Forget whatever the answer keeps in Python: its globals, its defaults, what it has closed over."""
        self._answer = pickle.loads(self._as_made)

    def __call__(self, *arguments: Any) -> None:
        """Call the answer as it is in this life."""
        self._answer(*arguments)


class Afresh:
    """Calls an answer; a copy of this is a new life, in which the answer is as the cell made it."""

    def __init__(self, answer: Any) -> None:
        self._begin(written(answer))

    def _begin(self, as_made: bytes) -> None:
        self._as_made, self._answer = as_made, pickle.loads(as_made)

    def __call__(self, *arguments: Any) -> Any:
        """Call the answer as it is in this life."""
        return self._answer(*arguments)

    def __deepcopy__(self, memo: Any) -> Afresh:
        """Return another life."""
        another = Afresh.__new__(Afresh)
        another._begin(self._as_made)
        return another
