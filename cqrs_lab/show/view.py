"""A view: a picture that the learner moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import anywidget
import pandas as pd
import traitlets

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.picture import Picture
from cqrs_lab.show.style import STYLESHEET


class Control(NamedTuple):
    """A whole number that the learner sets: by slider, by two buttons, or by typing it.

    With `choices` it is the place of one of these words, picked from a list.
    """

    name: str
    label: str
    least: int
    most: int
    value: int
    choices: tuple[str, ...] | None = None

    @classmethod
    def among(cls, name: str, label: str, choices: Sequence[str]) -> Self:
        """Make a control that picks one of these words; the first stands there at the beginning."""
        return cls(name, label, 0, len(choices) - 1, 0, tuple(choices))


class View(anywidget.AnyWidget):
    """A picture drawn anew whenever a control moves.

    Everything it does works without a front end too: ``view.at(step=3)`` gives the picture at a setting, and
    ``view.move(step=3)`` moves the control as a learner would.

    Parameters
    ----------
    draw : callable
        ``draw(**values)`` gives a `Picture`, from one whole number per control.
    controls : sequence of Control

    Attributes
    ----------
    values : dict of str to int
        What the controls are set to.
    picture : Picture
        What is shown now; its `frame` holds the numbers behind it.
    veil : str
        As long as it is not "", a front end shows this text and a button that takes the veil off, not the picture.
    """

    _esm = Path(__file__).with_name("view.js")
    _css = STYLESHEET

    controls: traitlets.List[Any] = traitlets.List().tag(sync=True)
    values: traitlets.Dict[str, int] = traitlets.Dict().tag(sync=True)
    html = traitlets.Unicode().tag(sync=True)
    says = traitlets.Unicode().tag(sync=True)
    veil = traitlets.Unicode().tag(sync=True)

    def __init__(self, draw: Callable[..., Picture], controls: Sequence[Control]) -> None:
        self._draw = draw
        self._bounds = {control.name: (control.least, control.most) for control in controls}
        values = {control.name: control.value for control in controls}
        self.picture = draw(**values)
        super().__init__(
            controls=[control._asdict() for control in controls],
            values=values,
            html=self.picture.html,
            says=self.picture.says,
        )
        self.observe(self._redraw, names="values")

    def at(self, **values: int) -> Picture:
        """Draw the picture at another setting, and leave the view as it is."""
        return self._draw(**self._checked(values))

    def move(self, **values: int) -> None:
        """Set controls, as a learner's hand would."""
        self.values = self._checked(values)

    def frame(self) -> pd.DataFrame:
        """Give the numbers behind the picture that is shown now."""
        return self.picture.frame.copy()

    def _checked(self, values: Mapping[str, int]) -> dict[str, int]:
        for name, value in values.items():
            if name not in self._bounds:
                raise InvalidArgument(f"no control {name!r}; there is {', '.join(self._bounds)}")
            least, most = self._bounds[name]
            if not least <= value <= most:
                raise InvalidArgument(f"{name}={value}: give a whole number from {least} to {most}")
        return {**self.values, **values}

    def _redraw(self, change: Any) -> None:
        self.picture = self._draw(**self.values)
        with self.hold_sync():
            self.html, self.says = self.picture.html, self.picture.says

    def __repr__(self) -> str:
        return self.says

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Show the view; where no widget can be shown, such as on a page of the repository, its picture."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "text/html": self.picture._repr_html_(), "text/plain": self.says}, metadata
