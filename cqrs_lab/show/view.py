"""A view: a picture that the learner moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from html import escape
from itertools import chain
from numbers import Integral
from pathlib import Path
from typing import Any, NamedTuple, Self

import anywidget
import pandas as pd
import traitlets

from cqrs_lab.arguments import refuse
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.doors import function_of
from cqrs_lab.show.picture import Picture
from cqrs_lab.show.style import STYLESHEET
from cqrs_lab.show.tasks import Task


def scripts(*names: str) -> str:
    """Return JavaScript files of this folder, one after the other.

    Every view that is saved in a notebook keeps them, so comments and indentation are left out.
    """
    lines = (Path(__file__).with_name(f"{name}.js").read_text(encoding="utf-8").splitlines() for name in names)
    bare = (line.strip() for line in chain.from_iterable(lines))
    return "".join(f"{line}\n" for line in bare if line and not line.startswith("//"))


# A widget's module cannot import another file, so these are put in front of it.
IN_FRONT = scripts("element", "keys", "patience")


# What is sent ahead when a control is played: markup of tables and small drawings, 5,000 characters each, made in a few
# milliseconds. A dozen charts would take seconds, in which nothing moves: these the page asks for one by one.
MOST_AHEAD, MOST_CHARACTERS_AHEAD = 20, 120_000


class Scale(NamedTuple):
    """What a control's whole number means: ``Scale("s", 0.1)`` shows 20 as 2 s, and 0 as `first`; steps are round."""

    unit: str
    step: float = 1
    first: float = 0


class Control(NamedTuple):
    """A whole number that the learner sets: by slider, by two buttons, or by typing it.

    With a `scale` the learner sees, types and hears the quantity in its unit; the label does not repeat it.
    With a `first_day` ("2010-12-01") the number is a day, counted from that one, and the learner sees and types a date.
    With `choices` it is the place of one of these words, picked from a list. Where `most` depends on what the other
    controls are set to, it is a function of these values; a control that stands at its end then stays at its end.
    A view is played, step by step, along the control that is its time (`plays`); where none is, along the first one.
    """

    name: str
    label: str
    least: int
    most: int | Callable[[Mapping[str, int]], int]
    value: int
    choices: tuple[str, ...] | None = None
    scale: Scale = Scale("")
    first_day: str | None = None
    plays: bool = False

    @classmethod
    def among(cls, name: str, label: str, choices: Sequence[str]) -> Self:
        """Make a control that picks one of these words; the first stands there at the beginning."""
        return cls(name, label, 0, len(choices) - 1, 0, tuple(choices))

    def end(self, values: Mapping[str, int]) -> int:
        """Return how far it goes at a setting of all controls."""
        return self.most(values) if callable(self.most) else self.most


def _checked_controls(controls: Any) -> tuple[Control, ...]:
    """Return the controls of a view, each with a name of its own, and each somewhere between its ends."""
    wanted = 'a list of controls; give Control("step", "Step", 0, 9, 0), or [] for a picture that does not move'
    if not isinstance(controls, Iterable):
        raise refuse("controls", controls, wanted)
    found = tuple(controls)
    if not all(isinstance(one, Control) for one in found) or len({one.name for one in found}) < len(found):
        raise refuse("controls", controls, wanted)
    if len(played := [one.name for one in found if one.plays]) > 1:
        raise InvalidArgument(f"controls {' and '.join(map(repr, played))} both play; let one of them, the time, play")
    values = {one.name: one.value for one in found}
    for one in found:
        if not one.least <= one.value <= one.end(values):
            ends = f"{one.least} to {one.end(values)}"
            raise InvalidArgument(f"control {one.name!r} begins at {one.value}; give a value from {ends}")
        if one.first_day is not None and not _is_day(one.first_day):
            raise refuse("first_day", one.first_day, "a date; give the first day as a text such as '2010-12-01'")
    return found


def _is_day(text: Any) -> bool:
    with suppress(ValueError, TypeError):
        return bool(date.fromisoformat(text).isoformat() == text)
    return False


def _check_draw(draw: Any, names: Sequence[str]) -> None:
    wanted = f"a function that draws; write def draw({', '.join(names)}) and let it return a Picture"
    function_of("draw", draw, 0, wanted, names)


class View(anywidget.AnyWidget):
    """A picture that is drawn again whenever a control moves.

    Everything it does works without a front end too: ``view.at(step=3)`` gives the picture at a setting, and
    ``view.move(step=3)`` moves the control as a learner would. In a front end, what has the same `picture.key` before
    and after a move glides from place to place; and a button plays the view along one of its controls.

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
    tasks : list of dict
        Each task as it stands now: key, name, words, state, remark.
    """

    _esm = IN_FRONT + scripts("controls", "parts", "motion", "scrolling", "player", "hand", "beside", "tasks", "view")
    _css = STYLESHEET

    controls: traitlets.List[Any] = traitlets.List().tag(sync=True)
    values: traitlets.Dict[str, int] = traitlets.Dict().tag(sync=True)
    html = traitlets.Unicode().tag(sync=True)
    says = traitlets.Unicode().tag(sync=True)
    veil = traitlets.Unicode().tag(sync=True)
    # The number of the page's last request, and of the last one answered: two settings may have the same picture.
    asked = traitlets.Int(0).tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)
    tasks: traitlets.List[Any] = traitlets.List().tag(sync=True)
    # Whether the page has asked for this setting by playing, and the key of the task whose solution it asks for.
    plays = traitlets.Bool(False).tag(sync=True)
    asks_how = traitlets.Unicode().tag(sync=True)

    def __init__(self, draw: Callable[..., Picture], controls: Sequence[Control]) -> None:
        self._draw, self._controls = draw, _checked_controls(controls)
        _check_draw(draw, [control.name for control in self._controls])
        values = {control.name: control.value for control in self._controls}
        self.picture, self._shown_at = self._drawn(values), values
        self._tasks: dict[str, Task] = {}
        super().__init__(
            controls=self._at_their_ends(values),
            values=values,
            html=self.picture.html,
            says=self.picture.says,
        )
        self.observe(self._redraw, names="values")
        self.observe(self._answer, names="asked")
        self.observe(self._stop, names="plays")
        self.observe(self._answer_how, names="asks_how")
        self.on_msg(self._hear)

    def at(self, **values: int) -> Picture:
        """Draw the picture at another setting, and leave the view as it is."""
        return self._drawn(self._checked(values))

    def _drawn(self, values: Mapping[str, int]) -> Picture:
        picture = self._draw(**values)
        if not isinstance(picture, Picture):
            raise refuse("draw(…)", picture, "a picture; let it return Picture(html, says, frame)")
        return picture

    def move(self, **values: int) -> None:
        """Set controls, as a learner's hand would."""
        self.values = self._checked(values)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture that is shown now."""
        return self.picture.frame.copy()

    def _checked(self, moved: Mapping[str, int]) -> dict[str, int]:
        names = [control.name for control in self._controls]
        if unknown := [name for name in moved if name not in names]:
            raise InvalidArgument(f"no control {unknown[0]!r}; give one of {', '.join(names)}")
        # Those whose end depends on others come last: the others are in order by then.
        for control in sorted(self._controls, key=lambda one: callable(one.most)):
            value, most = moved.get(control.name, control.least), control.end({**self.values, **moved})
            if not isinstance(value, Integral) or not control.least <= value <= most:
                steps = f", in steps of {control.scale.step:g} {control.scale.unit}" if control.scale.unit else ""
                ends = f"{control.least} to {most}{steps}"
                raise InvalidArgument(f"{control.name}={value!r}: give a whole number from {ends}")
        return self._settled(self.values, {name: int(value) for name, value in moved.items()})

    def _settled(self, before: Mapping[str, int], moved: Mapping[str, int]) -> dict[str, int]:
        """Let the controls that were not moved follow their ends."""
        after = {**before, **moved}
        for control in self._controls:
            at_its_end = control.name not in moved and before[control.name] == control.end(before)
            if callable(control.most):
                end = control.end(after)
                after[control.name] = end if at_its_end else min(after[control.name], end)
        return after

    def _at_their_ends(self, values: Mapping[str, int]) -> list[dict[str, Any]]:
        """Return what the front end needs to draw the controls."""
        return [control._asdict() | {"most": control.end(values)} for control in self._controls]

    def _redraw(self, change: Any) -> None:
        before, now = change["old"], change["new"]
        settled = self._settled(before, {name: value for name, value in now.items() if value != before[name]})
        if settled != now:
            self.values = settled  # which comes here again
            return
        self.picture, self._shown_at = self._drawn(now), now
        with self.hold_sync():
            self.controls = self._at_their_ends(now)
            self.html, self.says = self.picture.html, self.picture.says
            if not self.plays:
                self._judge()

    def add_task(self, task: Task) -> None:
        """Add a task for the reader; one of the same key is replaced.

        Raises
        ------
        InvalidArgument
            It happens already, so that it would tick by itself, or its solution does not solve it.
        """
        task.check([control.name for control in self._controls])
        task.solution = self._checked(task.solution)
        task.check_ends((self.picture.frame, self._shown_at), self._drawn(task.solution).frame)
        self._tasks[task.key] = task
        self._tell_of_tasks()

    def show_how(self, key: str) -> None:
        """Move the controls to a task's solution; a task that is still open is shown then, and not done."""
        if key not in self._tasks:
            raise InvalidArgument(f"no task {key!r} here; give one of {', '.join(self._tasks)}")
        self._tasks[key].settle("shown")
        self._tell_of_tasks()
        self.move(**self._tasks[key].solution)

    def _judge(self) -> None:
        for task in self._tasks.values():
            task.judge(self.picture.frame, self._shown_at)
        self._tell_of_tasks()

    def _tell_of_tasks(self) -> None:
        self.tasks = [task.for_the_page() for task in self._tasks.values()]

    def _stop(self, change: Any) -> None:
        """Judge where a play has stopped: what it went past was not the reader's doing."""
        if not change["new"] and self._shown_at == self.values:  # otherwise it is about to be drawn
            self._judge()

    def _answer_how(self, change: Any) -> None:
        if change["new"]:
            self.asks_how = ""
            self.show_how(change["new"])

    def _answer(self, change: Any) -> None:
        self.answered = change["new"]

    def _hear(self, _: Any, message: Mapping[str, Any], __: Any) -> None:
        """Send what the page will show: the picture beside the one it shows, or those of a play, if it is short."""
        values = self._checked(message["values"])
        if "beside" in message:
            moved = message["beside"]
            self.send({**self._state(self._settled(values, moved)), "beside": {**values, **moved}})
        else:
            self.send({"ahead": message["ahead"], "states": self._ahead(values, message["along"])})
            self.asked = message["ahead"]

    def _state(self, values: Mapping[str, int]) -> dict[str, Any]:
        picture = self._drawn(values)
        return {"values": values, "html": picture.html, "says": picture.says}

    def _ahead(self, values: Mapping[str, int], name: str) -> list[dict[str, Any]]:
        """Draw the steps that are to come, as many as are within the bounds; none of a run that is clearly too long."""
        played = next(one for one in self._controls if one.name == name)
        now, end = values[played.name], played.end(values)
        steps = range(now + 1 if now < end else played.least, end + 1)
        left, states = MOST_CHARACTERS_AHEAD, list[dict[str, Any]]()
        if len(steps) > MOST_AHEAD or len(steps) * len(self.picture.html) > left:
            return []
        for value in steps:
            state = self._state(self._settled(values, {played.name: value}))
            left -= len(state["html"])
            if left < 0:
                break
            states.append(state)
        return states

    def __repr__(self) -> str:
        return "\n".join([*map(str, self._tasks.values()), self.says])

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Show the view; where no widget can be shown, such as on a repository's page, its tasks and its picture."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        lines = "".join(f'<p class="says">{escape(str(task))}</p>' for task in self._tasks.values())
        still = replace(self.picture, html=lines + self.picture.html)
        return {**data, "text/html": still._repr_html_(), "text/plain": repr(self)}, metadata
