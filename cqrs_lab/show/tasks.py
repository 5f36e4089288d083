"""A task of a view: what its reader is to make happen by moving the controls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from cqrs_lab.arguments import refuse, text
from cqrs_lab.errors import InvalidArgument, said
from cqrs_lab.show.doors import function_of

State = Literal["open", "done", "shown"]
NAMED: dict[State, str] = {"open": "Task", "done": "Task done", "shown": "Task shown"}


@dataclass(slots=True)
class Task:
    """Open until the reader makes it happen, or until its solution is shown; from then on it stays as it is.

    Attributes
    ----------
    key, words : str
    when : callable
        ``when(frame, **values)`` says of a picture's numbers, and of what the controls are set to, whether it happens.
    solution : mapping of str to int
        What to set the controls to. A view completes it by the controls that it does not name.
    state : {"open", "done", "shown"}
    keep : callable
        ``keep(state)`` keeps that it was done or shown, and returns what the reader should know about that.
    described : callable
        ``described(error)`` returns an error of `when` in words.
    remark : str
        A sentence for the reader that stands below the task.
    """

    key: str
    words: str
    when: Callable[..., Any]
    solution: Mapping[str, int]
    state: State = "open"
    keep: Callable[[State], str] = lambda state: ""
    described: Callable[[BaseException], str] = said
    remark: str = ""

    def check(self, controls: Sequence[str]) -> None:
        """Refuse a task that no view with these controls can have."""
        text("words", self.words, "what to make happen; give a text such as 'Stop while the two tables differ'")
        values = "".join(f", {name}" for name in controls)
        wanted = f"a function of the picture's numbers and of each control; write when=lambda frame{values}: …"
        function_of("when", self.when, 1, wanted, controls)
        if not isinstance(self.solution, Mapping):
            raise refuse("solution", self.solution, "a setting of the controls; give one such as {'step': 3}")

    def check_ends(self, start: tuple[pd.DataFrame, Mapping[str, int]], solved: pd.DataFrame) -> None:
        """Refuse a task that would tick by itself, or that its solution does not solve."""
        if self._tried(*start):
            raise InvalidArgument(
                f"task {self.key!r} would tick by itself: when is already true, of {_set_to(start[1])}; "
                "let the view begin elsewhere, or ask for something else"
            )
        if not self._tried(solved, self.solution):
            raise InvalidArgument(
                f"when of task {self.key!r} is not true of its solution, {_set_to(self.solution)}; "
                "give a setting of which it is"
            )

    def _tried(self, frame: pd.DataFrame, values: Mapping[str, int]) -> bool:
        try:
            return self.happens(frame, values)
        except Exception as error:
            raise InvalidArgument(
                f"when of task {self.key!r} raised {self.described(error)}, for {_set_to(values)}; "
                "let it return True or False for every setting"
            ) from error

    def happens(self, frame: pd.DataFrame, values: Mapping[str, int]) -> bool:
        """Return whether it happens at a setting; what its `when` raises is raised."""
        return bool(self.when(frame.copy(), **values))

    def judge(self, frame: pd.DataFrame, values: Mapping[str, int]) -> None:
        """Tick it if it happens now."""
        if self.state != "open":
            return
        try:
            happens = self.happens(frame, values)
        except Exception as error:  # noqa: BLE001 - the view goes on; the error is told
            self.remark = f"This cannot be judged here: {self.described(error)}."
            return
        self.remark = ""
        if happens:
            self.settle("done")

    def settle(self, state: State) -> None:
        """Let an open task become done or shown, for good."""
        if self.state == "open":
            self.state, self.remark = state, self.keep(state)

    def __str__(self) -> str:
        return f"{NAMED[self.state]}: {self.words} {self.remark}".rstrip()

    def for_the_page(self) -> dict[str, str]:
        """Return what a front end needs to draw it."""
        shown = {"key": self.key, "words": self.words, "state": self.state, "remark": self.remark}
        return shown | {"name": NAMED[self.state]}


def _set_to(values: Mapping[str, int]) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items()) or "which has no controls"
