"""A CSV file of times and commands: read if it means one thing, and refused in one line that helps if not."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.own_system.words import duration
from cqrs_lab.show.chart import brief_number
from cqrs_lab.simulation.durations import Seconds
from cqrs_lab.words import count

TIME, COMMAND = "time", "command"
FEWEST, MOST = 100, 100_000
"""Commands. Of fewer, p99 would be the slowest one or two."""
ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?")
"""With an offset as PostgreSQL writes it, +00, and the two names of zones that mean one offset."""
COUNTED = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
DAY_FIRST = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
FINER = ((1e17, "nanoseconds", "1e9"), (1e14, "microseconds", "1e6"), (1e11, "milliseconds", "1,000"))
"""Counts since 1970 that are not in seconds: those would be in the year 5138, or later."""
SPREADSHEET_DAYS = (36_526.0, 55_153.0)
"""The years 2000 to 2050 as a spreadsheet counts days. As seconds of a day, they are from ten to half past three."""
ONE_RUN = 31.0
"""So far apart may the first and the last number be for both readings to make sense: half a minute, or a month."""
NAMED_ZONE = re.compile(rf"(?:{ISO.pattern})\s*(?P<zone>\[?[A-Za-z].*)")
"""A time with the name of its zone, such as CET or [Europe/Paris]."""
YEAR_FIRST = re.compile(r"\d{4}[./-]\d{1,2}[./-]\d{1,2}")
ALL_AT_ONCE = (
    " All times are whole seconds, so those of one second seem to come at once, and the lag seems longer than it is; "
    "give times with fractions of a second."
)
EXAMPLE = "2026-03-02T09:00:00.250Z"


@dataclass(frozen=True)
class TimesFile:
    """The commands of a file.

    Attributes
    ----------
    seconds : array of float
        When each came, in order, counted from the first.
    commands : mapping of str to int
        How many there are of each type, the most frequent first.
    """

    seconds: Seconds
    commands: Mapping[str, int]

    @property
    def says(self) -> str:
        """What was read, in a sentence."""
        lasts, sent = float(self.seconds[-1]), len(self.seconds)
        busiest = int(np.bincount(self.seconds.astype("int64")).max()) if lasts < 1e7 else 0
        most = next(iter(self.commands))
        kinds = (
            f"{len(self.commands)} kinds, most of them {most!r}" if len(self.commands) > 1 else f"one kind, {most!r}"
        )
        at_most = f", and {busiest:,} in the busiest second" if busiest else ""
        return (
            f"{sent:,} commands of {kinds}, in {duration(lasts)}: {brief_number((sent - 1) / lasts)} a second on "
            f"average{at_most}.{ALL_AT_ONCE if self._in_whole_seconds() and busiest > 1 else ''}"
        )

    def _in_whole_seconds(self) -> bool:
        return bool((self.seconds == np.floor(self.seconds)).all())


class _Row(NamedTuple):
    """A row of the file, with the number of its line."""

    line: int
    time: str
    command: str


def read_times(path: Path) -> TimesFile:
    """Read a file of times and commands.

    Raises
    ------
    InvalidArgument
        It cannot be read, or means nothing, or two things.
    """
    rows = list(_rows(path))
    if len(rows) < FEWEST:
        raise InvalidArgument(
            f"{path.name} has {count(len(rows), 'command')}: of so few no p99 can be told; give {FEWEST} or more, or "
            "rate="
        )
    counted = COUNTED.fullmatch(rows[0].time) is not None
    moments = np.array([_counted(path, row) if counted else _moment(path, row, rows[0]) for row in rows])
    _check_order(path, rows, moments)
    if counted:
        _check_unit(path, rows[0], moments)
    commands = Counter(row.command for row in rows)
    return TimesFile(moments - moments[0], dict(commands.most_common()))


def _rows(path: Path) -> Iterator[_Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InvalidArgument(f"there is no file {str(path)!r} in {Path.cwd().name!r}; give its path") from None
    except UnicodeDecodeError:
        raise InvalidArgument(f"{path.name} is not text in UTF-8; save it as CSV in UTF-8") from None
    except OSError as error:
        raise InvalidArgument(f"{path.name} cannot be read ({error.strerror}); give a CSV file") from None
    lines = csv.reader(text.splitlines(), strict=True)
    at, width = None, 0
    try:
        for cells in lines:
            if at is None and any(cells):
                at, width = _header(path, [cell.strip() for cell in cells]), len(cells)
            elif at is not None and any(cells):
                yield _row(path, lines.line_num, cells, at, width)
            if lines.line_num > MOST + 1:
                raise InvalidArgument(f"{path.name} has more than {MOST:,} rows; give its busiest hours")
    except csv.Error as error:
        raise InvalidArgument(f"{path.name}, line {lines.line_num}: {error}; save it as CSV with commas") from None
    if at is None:
        raise InvalidArgument(f"{path.name} is empty; give a line '{TIME},{COMMAND}' and one row for each command")


def _header(path: Path, cells: list[str]) -> tuple[int, int]:
    """Return the places of the two columns."""
    wanted = f"put the header '{TIME},{COMMAND}' above the rows"
    names = [cell.lower() for cell in cells]
    if len(cells) == 1 and (other := next((mark for mark in ";\t|" if mark in cells[0]), "")):
        raise InvalidArgument(f"{path.name} separates its columns by {other!r}; save it with commas")
    if any(_is_time(cell) for cell in cells):
        raise InvalidArgument(f"{path.name} has no header: its first line is {shown(','.join(cells))}; {wanted}")
    for name in (TIME, COMMAND):
        if names.count(name) != 1:
            times = "no column" if name not in names else f"{names.count(name)} columns"
            raise InvalidArgument(
                f"{path.name} has {times} {name!r} among {', '.join(map(shown, cells))}; name one column {name!r}"
            )
    return names.index(TIME), names.index(COMMAND)


def _is_time(cell: str) -> bool:
    return any(form.match(cell) is not None for form in (ISO, COUNTED, DAY_FIRST))


def _row(path: Path, line: int, cells: list[str], at: tuple[int, int], width: int) -> _Row:
    if len(cells) != width:
        raise InvalidArgument(
            f"{path.name}, line {line} has {count(len(cells), 'cell')}, the header {width}; put a cell with a comma "
            "in quotes, and write a decimal point, not a comma"
        )
    row = _Row(line, cells[at[0]].strip(), cells[at[1]].strip())
    for name, cell in ((TIME, row.time), (COMMAND, row.command)):
        if not cell:
            raise InvalidArgument(f"{path.name}, line {line} has no {name}; fill it in, or leave the row out")
    return row


def _counted(path: Path, row: _Row) -> float:
    where = f"{path.name}, line {row.line}: time {shown(row.time)}"
    if not COUNTED.fullmatch(row.time):
        raise InvalidArgument(f"{where} is no number of seconds, and the first one is; give all times in one form")
    seconds = float(row.time)
    if seconds < 0:
        raise InvalidArgument(f"{where} is negative; count seconds from the first command, or from 1970")
    for least, unit, divisor in FINER:
        if seconds > least:
            raise InvalidArgument(f"{where} is no time in seconds; if these are {unit} since 1970, divide by {divisor}")
    return seconds


def _check_unit(path: Path, first: _Row, numbers: Seconds) -> None:
    """Refuse numbers that are as likely a spreadsheet's days as seconds."""
    begin, end = float(numbers[0]), float(numbers[-1])
    if SPREADSHEET_DAYS[0] <= begin and end < SPREADSHEET_DAYS[1] and end - begin < ONE_RUN:
        day = datetime(1899, 12, 30) + timedelta(days=begin)
        raise InvalidArgument(
            f"{path.name}, line {first.line}: time {shown(first.time)} may be a spreadsheet's day, "
            f"{day:%Y-%m-%d %H:%M}, or a number of seconds; write it as {EXAMPLE}, or count seconds from the first one"
        )


def _moment(path: Path, row: _Row, first: _Row) -> float:
    """Return an ISO time as seconds since 1970."""
    where = f"{path.name}, line {row.line}: time {shown(row.time)}"
    if (form := ISO.fullmatch(row.time)) is None:
        raise InvalidArgument(f"{where} {_unread(row.time)}; write it as {EXAMPLE}, or as seconds such as 0.25")
    in_zone, first_in_zone = form[3] is not None, ISO.fullmatch(first.time)
    if first_in_zone is not None and in_zone != (first_in_zone[3] is not None):
        raise InvalidArgument(
            f"{where} has {'a' if in_zone else 'no'} time zone, unlike line {first.line}; write all of them in UTC, as "
            f"{EXAMPLE}"
        )
    try:
        zone = (form[3] or "").strip().replace("UTC", "Z").replace("GMT", "Z")
        moment = datetime.fromisoformat(row.time.removesuffix(form[3] or "") + zone)
    except ValueError as error:
        raise InvalidArgument(f"{where} is on no calendar or clock ({error}); write it as {EXAMPLE}") from None
    # All without a zone: the hours are counted as on a clock that nobody sets.
    return (moment if in_zone else moment.replace(tzinfo=UTC)).timestamp()


def _unread(time: str) -> str:
    """Say why a time is not read."""
    if named := NAMED_ZONE.fullmatch(time):
        return f"names its time zone, {named['zone']}, and a name may mean several offsets"
    if YEAR_FIRST.fullmatch(time):
        return "is a date without a time of day"
    if YEAR_FIRST.match(time):
        return "is almost in ISO 8601"
    return "may have the day or the month first" if DAY_FIRST.match(time) else "is in no form that is read"


def _check_order(path: Path, rows: list[_Row], moments: Seconds) -> None:
    back = np.flatnonzero(np.diff(moments) < 0)
    if back.size:
        before, row = rows[back[0]], rows[back[0] + 1]
        set_back = "" if COUNTED.fullmatch(row.time) else "; if the clock was set back, write all of them in UTC"
        raise InvalidArgument(
            f"{path.name}, line {row.line}: time {shown(row.time)} comes before {shown(before.time)} in line "
            f"{before.line}; sort the rows by time{set_back}"
        )
    if math.isclose(moments[0], moments[-1], rel_tol=0, abs_tol=1e-9):
        raise InvalidArgument(
            f"{path.name}: all times are {shown(rows[0].time)}; give times with fractions of a second, or a longer file"
        )
