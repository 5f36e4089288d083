"""What a learner guessed, did, recalled and passed: kept between sessions on their machine, and never sent anywhere."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from platformdirs import user_data_path

from cqrs_lab.course.accept import as_plain
from cqrs_lab.course.note_file import NoteFile
from cqrs_lab.show.picture import Picture, table

Kind = Literal["guess", "outcome", "room", "task", "recall", "check"]
HOLDS: dict[Kind, set[str]] = {
    "guess": {"guess"},
    "outcome": {"right"},
    "room": {"choice", "votes"},
    "task": {"done"},
    "recall": {"answer", "right"},
    "check": {"passed"},
}
PLACE = "CQRS_LAB_PROGRESS"
NOWHERE = "memory"
COLUMNS = (
    "guesses",
    "guessed right",
    "tasks done",
    "tasks shown",
    "recalled",
    "recalled right",
    "exercises tried",
    "exercises passed",
)


@dataclass(frozen=True, slots=True)
class Notes:
    """The learner's notes, oldest first.

    Parameters
    ----------
    file : NoteFile
    """

    file: NoteFile

    def add(self, kind: Kind, key: str, **facts: Any) -> str:
        """Write a note, and return what the learner should know about where it was kept; "" if all is well."""
        plain = {name: as_plain(fact) for name, fact in facts.items()}
        at = datetime.now(UTC).isoformat(timespec="seconds")
        return " ".join(filter(None, (self.file.add({"kind": kind, "key": key, **plain, "at": at}), self.file.news())))

    def first(self, kind: Kind, key: str) -> dict[str, Any] | None:
        """Return the first note of this kind about this key."""
        return next(iter(self.all(kind, key)), None)

    def all(self, kind: Kind, key: str | None = None) -> list[dict[str, Any]]:
        """Return all complete notes of this kind, oldest first."""
        return [
            note
            for note in self.file.notes()
            if note["kind"] == kind and key in (None, note["key"]) and HOLDS[kind] <= note.keys()
        ]


_kept: dict[str, Notes] = {}


def notes() -> Notes:
    """Return the notes of this machine's learner.

    Set the environment variable CQRS_LAB_PROGRESS for another file; "memory" keeps them for this session only.
    """
    place = os.environ.get(PLACE, "")
    if place not in _kept:
        file = Path(place) if place else user_data_path("cqrs-lab", appauthor=False) / "progress.jsonl"
        _kept[place] = Notes(NoteFile(None if place == NOWHERE else file))
    return _kept[place]


def progress() -> Picture:
    """Show what you guessed, did in views, recalled and passed so far.

    Returns
    -------
    Picture
        `frame`: one row per lesson with any note, by what its keys begin with ("07", "09b"); columns guesses, guessed
        right, tasks done, tasks shown, recalled, recalled right, exercises tried, exercises passed (int64).

    Examples
    --------
    >>> from cqrs_lab.course import progress
    >>> list(progress().frame.columns)[:2]
    ['guesses', 'guessed right']
    """
    kept = notes()
    # What counts is the first answer, but an exercise is passed whenever it passes.
    tasks, recalled = _firsts(kept, "task", "done"), _firsts(kept, "recall", "right")
    told = {
        "guesses": {note["key"] for note in kept.all("guess")},
        "guessed right": {note["key"] for note in kept.all("outcome") if note["right"]},
        "tasks done": {key for key, done in tasks.items() if done},
        "tasks shown": {key for key, done in tasks.items() if not done},
        "recalled": set(recalled),
        "recalled right": {key for key, right in recalled.items() if right},
        "exercises tried": {note["key"] for note in kept.all("check")},
        "exercises passed": {note["key"] for note in kept.all("check") if note["passed"]},
    }
    lessons = sorted({key.partition(".")[0] for keys in told.values() for key in keys})
    rows = [[sum(key.startswith(f"{one}.") for key in told[name]) for name in COLUMNS] for one in lessons]
    frame = pd.DataFrame(
        rows, index=pd.Index(lessons, name="lesson", dtype="str"), columns=list(COLUMNS), dtype="int64"
    )
    passed = int(frame["exercises passed"].sum())
    says = f"{passed} exercise{'s'[: passed != 1]} passed, in {len(frame)} lesson{'s'[: len(frame) != 1]} started."
    news = kept.file.news()
    html = table(frame, "Your progress, kept only on this machine", nothing="nothing yet")
    return Picture(html + f'<p class="says">{escape(news)}</p>' * bool(news), f"{says} {news}".strip(), frame)


def _firsts(kept: Notes, kind: Kind, fact: str) -> dict[str, Any]:
    """Return this fact of the first note about each key."""
    return {note["key"]: note[fact] for note in reversed(kept.all(kind))}
