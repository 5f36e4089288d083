"""The hour's ticket: one small file from which the hour is replayed and judged again, without the server."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cqrs_lab.classroom.hour import Hour
from cqrs_lab.classroom.rows import AskedRow, EntryRow, LookRow, PlugRow, SeatRow, VisitRow
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.whole import write_whole

WHAT = "cqrs-lab: the ticket of an hour"
VERSION = 1
GIVE = "give a file that room.ticket() wrote"
PARTS: dict[str, Callable[..., Any]] = {
    "seats": SeatRow,
    "log": EntryRow,
    "asked": AskedRow,
    "visits": VisitRow,
    "looks": LookRow,
    "plugs": PlugRow,
}


def write_ticket(hour: Hour, path: Path) -> None:
    """Write an hour's ticket; one that is there stays until the new one is whole. The same hour, the same bytes."""
    parts: dict[str, Iterable[Any]] = {
        "seats": hour.seats,
        "log": hour.log,
        "asked": hour.asked,
        "visits": hour.visits,
        "looks": hour.looks,
        "plugs": hour.plugs,
    }
    rows = {name: [list(row) for row in part] for name, part in parts.items()}
    about = {"what": WHAT, "version": VERSION, "name": hour.name, "begun": hour.begun, "until": hour.until}
    text = json.dumps(about | rows, separators=(",", ":"))
    write_whole(path, gzip.compress(text.encode(), mtime=0))


def read_ticket(path: Path) -> Hour:
    """Return the hour of a ticket.

    Raises
    ------
    InvalidArgument
        The file is no ticket, or that of another version of the kit.
    """
    try:
        told = json.loads(gzip.decompress(path.read_bytes()))
    except (FileNotFoundError, IsADirectoryError):
        raise InvalidArgument(f"{path} is not there; {GIVE}") from None
    except (ValueError, zlib.error, EOFError, gzip.BadGzipFile):
        raise InvalidArgument(f"{path} is no ticket of an hour, or it is cut off; {GIVE}") from None
    if not isinstance(told, dict) or told.get("what") != WHAT or told.get("version") != VERSION:
        raise InvalidArgument(f"{path} is no ticket of an hour that this version of cqrs-lab reads")
    rows = {name: tuple(row(*each) for each in told[name]) for name, row in PARTS.items()}
    return Hour(told["name"], told["begun"], told["until"], **rows)
