"""A task of a view that is kept: once ticked it stays ticked, in the next session too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from re import fullmatch
from typing import Any

from cqrs_lab.course.lessons import KEY
from cqrs_lab.course.own_line import own_place
from cqrs_lab.course.progress import notes
from cqrs_lab.course.tasks import TASKS
from cqrs_lab.errors import InvalidArgument, said
from cqrs_lab.show.doors import instance
from cqrs_lab.show.tasks import State, Task
from cqrs_lab.show.view import View


def task(
    view: View,
    key: str,
    words: str = "",
    *,
    when: Callable[..., Any] | None = None,
    solution: Mapping[str, int] | None = None,
) -> View:
    """Ask the reader to make something happen in a view; it ticks when it does, and stays ticked.

    After a move of their own the reader may see a solution; the task then counts as shown, and not as done.

    Parameters
    ----------
    view : View
        It may have several tasks.
    key : str
        Lesson and letter: "00.a".
    words : str, optional
        What to make happen. The course's own tasks need no more than their key.
    when : callable, optional
        ``when(frame, **values)`` says of the numbers behind the picture, and of what each control is set to, whether it
        happens. It must not be true of what the view shows now.
    solution : mapping of str to int, optional
        What to set the controls to, so that it happens; the others are set to where they stand now.

    Returns
    -------
    View
        The same one. Without a front end the task is a line of text.

    Examples
    --------
    >>> import pandas as pd
    >>> from cqrs_lab.course import task
    >>> from cqrs_lab.show import Picture, View
    >>> from cqrs_lab.show.view import Control
    >>> view = View(lambda step: Picture("", f"step {step}", pd.DataFrame()), [Control("step", "Step", 0, 9, 0)])
    >>> task(view, "99.a", "Go to step 3", when=lambda frame, step: step == 3, solution={"step": 3})
    Task: Go to step 3
    step 0
    >>> view.move(step=3)
    >>> view
    Task done: Go to step 3
    step 3
    """
    instance("view", view, View, "a view; give one, such as scene(run)")
    if not isinstance(key, str) or not fullmatch(rf"{KEY}\.[a-z]", key):
        raise InvalidArgument(f'{key!r} is not the key of a task; give the lesson and a letter: "00.a"')
    if not words and when is None and solution is None:
        if key not in TASKS:
            raise InvalidArgument(
                f"the course has no task {key!r}; give words of your own, a when, and a solution"
            )
        words, when, solution = TASKS[key]
    kept = notes().first("task", key)
    state: State = "open" if kept is None else "done" if kept["done"] else "shown"
    # A `when` or a `solution` of None is refused there.
    view.add_task(Task(key, words, when, solution, state, partial(_keep, key), _described))  # type: ignore[arg-type]
    return view


def _keep(key: str, state: State) -> str:
    return notes().add("task", key, done=state == "done") if notes().first("task", key) is None else ""


def _described(error: BaseException) -> str:
    place = own_place(error)
    return said(error) if place is None else f"{said(error)}, at {place}"
