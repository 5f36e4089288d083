"""What a learner guessed, recalled and passed: kept between sessions on their machine, and never sent anywhere."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from platformdirs import user_data_path

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.picture import Picture, table

Kind = Literal["guess", "outcome", "room", "recall", "check"]
PLACE = "CQRS_LAB_PROGRESS"
NOWHERE = "memory"
COLUMNS = ("guesses", "guessed right", "recalled", "recalled right", "exercises tried", "exercises passed")


@dataclass(slots=True)
class Notes:
    """The learner's notes, oldest first; with a path they are kept in that file, one JSON object to a line.

    Parameters
    ----------
    path : Path or None
        None keeps nothing beyond this session.
    """

    path: Path | None
    _notes: list[dict[str, Any]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        if self.path is not None and self.path.exists():
            for number, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), 1):
                try:
                    self._notes.append(json.loads(line))
                except json.JSONDecodeError:
                    raise InvalidArgument(
                        f"{self.path}, line {number} is not JSON; mend or remove that line, the others are kept"
                    ) from None

    def add(self, kind: Kind, key: str, **facts: Any) -> str:
        """Write a note; what was noted before stays."""
        note = {"kind": kind, "key": key, **facts, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(note) + "\n")
        self._notes.append(note)
        return ""

    def first(self, kind: Kind, key: str) -> dict[str, Any] | None:
        """Give the first note of this kind about this key."""
        return next(iter(self.all(kind, key)), None)

    def all(self, kind: Kind, key: str | None = None) -> list[dict[str, Any]]:
        """Give all notes of this kind, oldest first."""
        return [note for note in self._notes if note["kind"] == kind and key in (None, note["key"])]


_kept: dict[str, Notes] = {}


def notes() -> Notes:
    """Give the notes of this machine's learner.

    The environment variable CQRS_LAB_PROGRESS names another file; "memory" keeps them for this session only.
    """
    place = os.environ.get(PLACE, "")
    if place not in _kept:
        file = Path(place) if place else user_data_path("cqrs-lab", appauthor=False) / "progress.jsonl"
        _kept[place] = Notes(None if place == NOWHERE else file)
    return _kept[place]


def progress() -> Picture:
    """Show what you guessed, recalled and passed so far.

    Returns
    -------
    Picture
        `frame`: one row per lesson with any note, by its two-digit number; columns guesses, guessed right, recalled,
        recalled right, exercises tried, exercises passed (int64).

    Examples
    --------
    >>> from cqrs_lab.course import progress
    >>> list(progress().frame.columns)[:2]
    ['guesses', 'guessed right']
    """
    kept = notes()
    # What counts is the first answer, but an exercise is passed whenever it passes.
    told = {
        "guesses": {note["key"] for note in kept.all("guess")},
        "guessed right": {note["key"] for note in kept.all("outcome") if note["right"]},
        "recalled": {note["key"] for note in kept.all("recall")},
        "recalled right": {note["key"] for note in reversed(kept.all("recall")) if _first_right(kept, note["key"])},
        "exercises tried": {note["key"] for note in kept.all("check")},
        "exercises passed": {note["key"] for note in kept.all("check") if note["passed"]},
    }
    lessons = sorted({key.partition(".")[0] for keys in told.values() for key in keys})
    rows = [[sum(key.startswith(f"{one}.") for key in told[name]) for name in COLUMNS] for one in lessons]
    frame = pd.DataFrame(
        rows, index=pd.Index(lessons, name="lesson", dtype="str"), columns=list(COLUMNS), dtype="int64"
    )
    passed = int(frame["exercises passed"].sum())
    says = f"{passed} exercise{'s'[: passed != 1]} passed, in {len(frame)} lesson{'s'[: len(frame) != 1]} begun."
    return Picture(table(frame, "Your progress, kept on this machine alone", nothing="nothing yet"), says, frame)


def _first_right(kept: Notes, key: str) -> bool:
    first = kept.first("recall", key)
    return first is not None and bool(first["right"])
