"""Moves every control of a lesson by keyboard, and notes those that change nothing.

JupyterLab takes the arrow keys for itself (they go from cell to cell) wherever a widget lets them bubble up. The
sliders of ipywidgets keep them. A plain <input type=range>, radio group or <select> in a widget of our own gets them
only if the widget's root says `el.addEventListener("keydown", (event) => event.stopPropagation())`.
"""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .lesson_page import LessonPage

TRIES = 2  # a control that changed nothing gets another chance after the others have moved
STROKES = {  # what a learner may press, per kind of control; each string is one attempt
    "slider": ["ArrowRight", "ArrowLeft"],  # not End and Home alone: the values between must be within reach
    "list": ["Space ArrowDown Enter", "Space ArrowUp Enter"],  # closed, the arrows would belong to JupyterLab
    "number": ["ArrowUp Enter", "ArrowDown Enter"],
    "date": ["ArrowUp", "ArrowDown"],  # month by month, or day by day: what the reader's country writes first
    "text": ["1 Enter"],
    "checkbox": ["Space"],
    "radio": ["Space", "ArrowRight", "ArrowLeft"],
    "button": ["Space", "Enter"],
}
LEAVE_RADIO = STROKES["radio"][1:]  # on the chosen one, space changes nothing


@dataclass(frozen=True)
class Control:
    """A control as it stands in the page just now; its key finds it again after a redraw."""

    key: str
    kind: str
    place: int  # among the controls of its cell
    ready: bool  # visible, enabled, reached by Tab, and not a button already pressed in
    strokes: list[str]


class Keyboard:
    """A learner without a mouse."""

    def __init__(self, lesson: "LessonPage", patience_seconds: float) -> None:
        self._lesson, self._page, self._visit = lesson, lesson.page, lesson.visit
        self._patience = 1000 * patience_seconds

    def move_every_control(self) -> None:
        """Go through the lesson cell by cell."""
        self._lesson.ask("listen()")
        for cell in sorted({one["cell"] for one in self._lesson.described("CONTROLS")}):
            self._move_controls_of(cell)
        self._visit.callback_errors += dict.fromkeys(self._lesson.ask("errors()"))

    def _move_controls_of(self, cell: int) -> None:
        """Move what can be moved until everything has; a control may wake another (Next wakes Back)."""
        tries: Counter[str] = Counter()
        moved: dict[str, bool] = {}
        while True:
            controls = self._controls_of(cell)
            moved = {control.key: False for control in controls} | moved
            ready = [control for control in controls if control.ready and tries[control.key] < TRIES]
            if all(moved.values()) or not ready:
                break
            control = min(ready, key=lambda one: (*self._turn(one, moved[one.key]), tries[one.key]))
            tries[control.key] += 1
            moved[control.key] |= self._changes_its_view(control, cell)
        self._visit.moved += [key for key, did in moved.items() if did]
        # What is gone needs no move: the help for a task that another control has done.
        for key in [control.key for control in controls if not moved[control.key]]:
            self._visit.not_moved.append(f"{key}: {'nothing changes' if tries[key] else 'never enabled'}")

    @staticmethod
    def _turn(control: Control, moved: bool) -> tuple[bool, bool]:
        """Buttons come last, for they may close a form, and then what has moved, which may wake the rest.

        A radio button leads on to the next, moved or not.
        """
        return moved and control.kind != "radio", control.kind == "button"

    def _controls_of(self, cell: int) -> list[Control]:
        """List a cell's controls; those of one kind and name are told apart by number."""
        found, same = [], Counter[str]()
        for one in self._lesson.described("CONTROLS", cell):
            if not one["silent"]:
                name = f"cell {cell + 1}, {one['kind']} {one['name']!r}"
                same[name] += 1
                key = name if same[name] == 1 else f"{name} ({same[name]})"
                strokes = LEAVE_RADIO if one["chosen"] else STROKES[one["kind"]]
                found.append(Control(key, one["kind"], one["place"], one["ready"], strokes))
        return found

    def _changes_its_view(self, control: Control, cell: int) -> bool:
        """Try one stroke after the other until the picture or text around the control changes."""
        before = self._lesson.ask("view(argument)", cell)
        for strokes in control.strokes:
            self._press(control, cell, strokes)
            if self._lesson.ask("changes(...argument)", [cell, before, self._patience]):
                if not self._lesson.ask("rested(argument)", cell):
                    self._press(control, cell, strokes)  # it set something going, such as Play: stop it
                    self._lesson.ask("rested(argument)", cell)
                return True
        return False

    def _press(self, control: Control, cell: int, strokes: str) -> None:
        self._lesson.ask("focus(...argument)", [cell, control.place])
        for stroke in strokes.split():
            self._page.keyboard.press(stroke)
