"""A view with its settings drawn ahead."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from time import process_time
from typing import Any, NamedTuple

from cqrs_lab.arguments import refuse
from cqrs_lab.show.frozen.grid import Asked, combined, first_moves, grid
from cqrs_lab.show.frozen.packing import packed
from cqrs_lab.show.picture import Picture
from cqrs_lab.show.tasks import NAMED
from cqrs_lab.show.view import View

SECONDS = 4.0
"""How long to draw at one view, in seconds of processor time."""
MOST = 1000
"""And how many settings at most, however quick they are: a page has to load them, and to look for one among them."""


class Frozen(NamedTuple):
    """A view whose settings have been drawn.

    Attributes
    ----------
    view : dict
        Plain data for the page: what its script asks a widget for, and the drawn states, the present one first. The
        markup of the states is kept in pieces, as `packed` returns it.
    still : str
        The markup of the present state.
    drawn : int
        How many settings are drawn.
    whole : bool
        Whether these are all.
    """

    view: dict[str, Any]
    still: str
    drawn: int
    whole: bool


def frozen(view: View, asked: Iterable[Asked] = ()) -> Frozen:
    """Draw the settings of a view ahead: all where there are few, otherwise as many as there is time for.

    The view is left as it is.

    Parameters
    ----------
    view : View
    asked : iterable of mapping, optional
        What has to be drawn: values of some controls by their names, None for all, which are combined. The others stay
        where they are.

    Returns
    -------
    Frozen

    Raises
    ------
    InvalidArgument
        It is no view, its function does not return a picture for one of the settings, or it has no such setting.

    Examples
    --------
    >>> import pandas as pd
    >>> from cqrs_lab.show import Picture, View
    >>> from cqrs_lab.show.view import Control
    >>> def draw(step):
    ...     return Picture(f"<p>{step}</p>", f"step {step}", pd.DataFrame())
    >>> view = View(draw, [Control("step", "Step", 0, 9, 0)])
    >>> kept = frozen(view)
    >>> kept.drawn, kept.whole, kept.view["pieces"][:2]
    (10, True, ['<p>0</p>', '<p>1</p>'])
    """
    if not isinstance(view, View):
        raise refuse("view", view, "a view; give one, such as scene(run)")
    solutions = {key: dict(task.solution) for key, task in view._tasks.items()}
    controls, start, wanted = view._controls, view.values, list(solutions.values())
    begun = first_moves(controls, start, wanted)
    drawn, seconds = zip(*(_timed(view, values) for values in begun), strict=True)
    most = round(SECONDS / max(median(seconds), SECONDS / MOST))
    found = grid(controls, start, wanted, [values for one in asked for values in combined(controls, start, one)], most)
    states = [*drawn, *(_state(view, values) for values in found.settings[len(begun) :])]
    pieces, runs = packed(state.picture.html for state in states)
    shown = {"controls": view.controls, "values": view.values, "veil": view.veil, "tasks": view.tasks}
    kept = {
        "named": NAMED,
        "solutions": solutions,
        "names": [control.name for control in controls],
        "pieces": pieces,
        "states": [state.plain(run) for state, run in zip(states, runs, strict=True)],
    }
    return Frozen(shown | kept, view.html, len(states), found.whole)


class _State(NamedTuple):
    values: dict[str, int]
    ends: dict[str, int]
    picture: Picture
    happens: list[str]

    def plain(self, run: list[int]) -> list[Any]:
        """Return it for the page, with its markup as a run of pieces."""
        return [[*self.values.values()], [*self.ends.values()], run, self.picture.says, self.happens]


def _timed(view: View, values: dict[str, int]) -> tuple[_State, float]:
    begun = process_time()
    return _state(view, values), process_time() - begun


def _state(view: View, values: dict[str, int]) -> _State:
    picture = view.at(**values)
    ends = {control.name: control.end(values) for control in view._controls}
    happens = [key for key, task in view._tasks.items() if task.happens(picture.frame, values)]
    return _State({name: values[name] for name in ends}, ends, picture, happens)
