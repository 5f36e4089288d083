"""Where the class meets: a folder for each hour, and a note that says which hour is open."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from platformdirs import user_data_path

from cqrs_lab.arguments import refuse, text
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.whole import write_whole

PLACE = "CQRS_LAB_ROOMS"
OPEN_FOR = timedelta(hours=12)
"""How long an hour stays open: longer than a day of teaching, so that nobody enters the room of last week."""
STAMP = "%Y%m%dT%H%M%S%f"
NOTE = "open.txt"
NOT_OPEN = "no room is open on this server; the teacher runs lab.room() first"


def rooms() -> Path:
    """Return the folder with all rooms of this user; set the environment variable CQRS_LAB_ROOMS for another one."""
    place = os.environ.get(PLACE, "")
    return Path(place).absolute() if place else user_data_path("cqrs-lab", appauthor=False) / "rooms"


def opened(name: str, now: float) -> Path:
    """Return the folder of a class's hour: the one that is open already, or a new one. Now it is the one to join."""
    wanted = "the name of a class; give up to 40 letters, digits, spaces, dots and hyphens, such as '10 c'"
    if not re.fullmatch(r"[\w .-]{1,40}", text("name", name, wanted)) or name != name.strip():
        raise refuse("name", name, wanted)
    base = rooms()
    base.mkdir(parents=True, exist_ok=True)
    folder = next((one for one in _open_now(base, now) if name_of(one) == name), None)
    if folder is None:
        folder = base / f"{datetime.fromtimestamp(now, UTC):{STAMP}} {name}"
        folder.mkdir()
    write_whole(base / NOTE, folder.name)
    return folder


def joined(now: float) -> Path:
    """Return the folder of the hour that the teacher opened last.

    Raises
    ------
    InvalidArgument
        There is none, or it was opened too long ago.
    """
    base = rooms()
    try:
        named = (base / NOTE).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise InvalidArgument(f"{base}: {NOT_OPEN}") from None
    for folder in _open_now(base, now):
        if folder.name == named:
            return folder
    raise InvalidArgument(f"{base}: the last room, {named!r}, is from another day; {NOT_OPEN}")


def name_of(folder: Path) -> str:
    """Return what the class of an hour is called."""
    return folder.name.partition(" ")[2]


def begun(folder: Path) -> float:
    """Return when an hour began, in seconds since 1970; that of another folder is an error."""
    return datetime.strptime(folder.name.partition(" ")[0], STAMP).replace(tzinfo=UTC).timestamp()


def _open_now(base: Path, now: float) -> Iterator[Path]:
    """Yield the hours that are open, the newest first; whatever else is in the folder is left alone."""
    for folder in sorted(base.iterdir(), reverse=True):
        stamp = re.fullmatch(r"\d{8}T\d{12} .+", folder.name)
        if stamp and folder.is_dir() and 0 <= now - begun(folder) < OPEN_FOR.total_seconds():
            yield folder
