"""A view with its settings drawn ahead."""

from __future__ import annotations

import math
from time import process_time
from typing import Any, NamedTuple

from cqrs_lab.arguments import refuse
from cqrs_lab.show.frozen.grid import grid
from cqrs_lab.show.frozen.packing import packed
from cqrs_lab.show.picture import Picture
from cqrs_lab.show.tasks import NAMED
from cqrs_lab.show.view import View

# Markup takes a few thousandths of a second, a chart a tenth, a simulation a second: of what is quick, more is drawn.
MOST = ((0.02, 400), (0.25, 60), (math.inf, 12))
"""How many settings of a view are drawn, by the seconds of processor time that one of them may take then."""
TRIED = 3


class Frozen(NamedTuple):
    """A view whose settings have been drawn.

    Attributes
    ----------
    view : dict
        Plain data for the page: what its script asks a widget for, and the drawn states, the present one first. The
        markup of the states is kept in pieces, as `packed` returns it.
    still : str
        The markup of the present state.
    drawn, of : int
        How many settings are drawn, and how many the view has.
    """

    view: dict[str, Any]
    still: str
    drawn: int
    of: int


def frozen(view: View) -> Frozen:
    """Draw the settings of a view ahead: all where there are few, otherwise a coarse grid.

    The view is left as it is.

    Parameters
    ----------
    view : View

    Returns
    -------
    Frozen

    Raises
    ------
    InvalidArgument
        It is no view, or its function does not return a picture for one of the settings.

    Examples
    --------
    >>> import pandas as pd
    >>> from cqrs_lab.show import Picture, View
    >>> from cqrs_lab.show.view import Control
    >>> def draw(step):
    ...     return Picture(f"<p>{step}</p>", f"step {step}", pd.DataFrame())
    >>> view = View(draw, [Control("step", "Step", 0, 9, 0)])
    >>> kept = frozen(view)
    >>> kept.drawn, kept.of, kept.view["pieces"][:3]
    (10, 10, ['<p>0</p>', '<p>1</p>', '<p>2</p>'])
    """
    if not isinstance(view, View):
        raise refuse("view", view, "a view; give one, such as scene(run)")
    solutions = {key: dict(task.solution) for key, task in view._tasks.items()}
    settings, of = grid(view._controls, view.values, solutions.values(), _most(view))
    states = [_state(view, values) for values in settings]
    pieces, runs = packed(state.picture.html for state in states)
    shown = {"controls": view.controls, "values": view.values, "veil": view.veil, "tasks": view.tasks}
    kept = {
        "named": NAMED,
        "solutions": solutions,
        "names": [control.name for control in view._controls],
        "pieces": pieces,
        "states": [state.plain(run) for state, run in zip(states, runs, strict=True)],
    }
    return Frozen(shown | kept, view.html, len(states), of)


def _most(view: View) -> int:
    """Return how many settings to draw, by how long a few of them take."""
    few = grid(view._controls, view.values, (), TRIED).settings[-TRIED:]
    begun = process_time()
    for values in few:
        view.at(**values)
    each = (process_time() - begun) / len(few)
    return next(most for seconds, most in MOST if each < seconds)


class _State(NamedTuple):
    values: dict[str, int]
    ends: dict[str, int]
    picture: Picture
    happens: list[str]

    def plain(self, run: list[int]) -> list[Any]:
        """Return it for the page, with its markup as a run of pieces."""
        return [[*self.values.values()], [*self.ends.values()], run, self.picture.says, self.happens]


def _state(view: View, values: dict[str, int]) -> _State:
    picture = view.at(**values)
    ends = {control.name: control.end(values) for control in view._controls}
    happens = [key for key, task in view._tasks.items() if task.happens(picture.frame, values)]
    return _State({name: values[name] for name in ends}, ends, picture, happens)
