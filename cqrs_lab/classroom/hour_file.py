"""What is noted about an hour beside its log: one SQLite file that all kernels write.

Every note is one SQL statement, which SQLite makes whole or not at all, wherever a kernel is interrupted or killed.
Rows are only added, but for a seat's state and the receipt of a command.
"""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cqrs_lab.classroom.rows import ROLES, AskedRow, LookRow, PlugRow, SeatRow, VisitRow
from cqrs_lab.errors import StoreUnavailable
from cqrs_lab.log.stores.sqlite_file import STEP_SECONDS, explained, patiently

SCHEMA = """
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS seats (
        number INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, role TEXT NOT NULL, epoch INTEGER NOT NULL,
        state TEXT NOT NULL, stopped INTEGER NOT NULL, heard_at REAL NOT NULL
    );
    CREATE TABLE IF NOT EXISTS commands (
        seat TEXT, number INTEGER, key TEXT NOT NULL, asked_at REAL NOT NULL, answered_at REAL, position INTEGER,
        PRIMARY KEY (seat, number)
    );
    CREATE INDEX IF NOT EXISTS unanswered ON commands (seat, number) WHERE position IS NULL;
    CREATE TABLE IF NOT EXISTS visits (
        number INTEGER PRIMARY KEY, seat TEXT NOT NULL, start INTEGER NOT NULL, upto INTEGER NOT NULL,
        at REAL NOT NULL, units TEXT NOT NULL, UNIQUE (seat, upto)
    );
    CREATE TABLE IF NOT EXISTS looks (
        number INTEGER PRIMARY KEY, seat TEXT NOT NULL, copy TEXT NOT NULL, key TEXT NOT NULL, units INTEGER NOT NULL,
        position INTEGER NOT NULL, asked_at REAL NOT NULL, answered_at REAL NOT NULL
    );
    CREATE INDEX IF NOT EXISTS own_looks ON looks (seat, number);
    CREATE TABLE IF NOT EXISTS plugs (
        number INTEGER PRIMARY KEY, seat TEXT NOT NULL, what TEXT NOT NULL, pulled_at REAL NOT NULL, struck_at REAL
    );
    COMMIT;
"""
BY_TURN = " ".join(f"WHEN {at} THEN '{role}'" for at, role in enumerate(ROLES))
TAKE = f"""
    INSERT INTO seats (name, role, epoch, state, stopped, heard_at)
    SELECT :name, ifnull(:role, CASE (SELECT count(*) FROM seats) % {len(ROLES)} {BY_TURN} END), 1, 'works', 0, :now
    WHERE true
    ON CONFLICT (name) DO UPDATE
    SET epoch = epoch + 1, role = ifnull(:role, role), state = 'works', heard_at = :now
    RETURNING number, role, epoch
"""
MINE = "EXISTS (SELECT 1 FROM seats WHERE name = :seat AND epoch = :epoch)"


class TakenSeat(NamedTuple):
    """A seat as one worker holds it. Its `epoch` is a fencing token: taken again, this worker can write no more."""

    name: str
    number: int
    role: str
    epoch: int


class HourFile:
    """The notes of an hour.

    Parameters
    ----------
    path : Path
        The file; it is made if there is none, in a folder that is there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = patiently(lambda: _open(path))
        weakref.finalize(self, self._connection.close)

    def _run(self, sql: str, **values: Any) -> list[Any]:
        try:
            return patiently(lambda: list(self._connection.execute(sql, values)))
        except sqlite3.Error as error:
            raise explained(self.path, error) from error

    def _note(self, seat: TakenSeat, sql: str, **values: Any) -> Any:
        """Run a statement that writes only as long as this worker holds the seat, and return its row."""
        rows = self._run(sql, seat=seat.name, epoch=seat.epoch, **values)
        if not rows:
            why = "was taken again, by another kernel or a later cell, and this worker is over; use the newest one"
            raise StoreUnavailable(f"the seat of {seat.name}", f"{why}, or run lab.join({seat.name!r})")
        return rows[0]

    # --- seats and plugs ---

    def take(self, name: str, role: str | None, now: float) -> TakenSeat:
        """Take a seat, also one that somebody holds: whatever held it before can write nothing more."""
        ((number, given, epoch),) = self._run(TAKE, name=name, role=role, now=now)
        return TakenSeat(name, number, given, epoch)

    def begins(self, seat: TakenSeat, now: float) -> bool:
        """Note that a worker begins a step, and return whether it may; False if the teacher has stopped it."""
        sql = "UPDATE seats SET heard_at = :now WHERE name = :seat AND epoch = :epoch RETURNING stopped"
        return not self._note(seat, sql, now=now)[0]

    def killed(self, seat: TakenSeat) -> None:
        """Note that a worker was killed."""
        self._note(seat, "UPDATE seats SET state = 'killed' WHERE name = :seat AND epoch = :epoch RETURNING 1")

    def pull(self, seat: str, what: str, now: float) -> None:
        """Note what is to happen to a seat; a stop happens at once."""
        struck = now if what == "stop" else None
        sql = "INSERT INTO plugs (seat, what, pulled_at, struck_at) VALUES (:seat, :what, :now, :struck)"
        self._run(sql, seat=seat, what=what, now=now, struck=struck)
        if what == "stop":
            self.set_stopped(seat, stopped=True)

    def set_stopped(self, seat: str, *, stopped: bool) -> None:
        """Stop a worker before its next step, or let it go on."""
        self._run("UPDATE seats SET stopped = :stopped WHERE name = :seat", seat=seat, stopped=int(stopped))

    def plug(self, seat: TakenSeat, now: float) -> str:
        """Return what happens to this worker in this step, "" if nothing does; from now on it has happened."""
        sql = "SELECT min(number) FROM plugs WHERE seat = :seat AND struck_at IS NULL"
        ((number,),) = self._run(sql, seat=seat.name)
        if number is None:
            return ""
        sql = f"UPDATE plugs SET struck_at = :now WHERE number = :number AND {MINE} RETURNING what"
        return str(self._note(seat, sql, number=number, now=now)[0])

    # --- writers ---

    def unanswered(self, seat: TakenSeat) -> list[tuple[int, str]]:
        """Return the commands of a seat that were asked for and not acknowledged: a worker sends them again."""
        sql = "SELECT number, key FROM commands WHERE seat = :seat AND position IS NULL ORDER BY number"
        return self._run(sql, seat=seat.name)

    def ask(self, seat: TakenSeat, keys: tuple[str, ...], now: float) -> tuple[int, str]:
        """Note the next command before it is sent, products by turn, and return its number and its product."""
        choices = " ".join(f"WHEN {at} THEN '{key}'" for at, key in enumerate(keys))
        sql = f"""
            INSERT INTO commands (seat, number, key, asked_at)
            SELECT :seat, last + 1, CASE last % {len(keys)} {choices} END, :now
            FROM (SELECT ifnull(max(number), 0) AS last FROM commands WHERE seat = :seat) WHERE {MINE}
            RETURNING number, key
        """
        number, key = self._note(seat, sql, now=now)
        return number, key

    def answer(self, seat: TakenSeat, number: int, position: int, now: float) -> None:
        """Note the receipt of a command: it is acknowledged."""
        sql = f"""
            UPDATE commands SET position = :position, answered_at = max(:now, asked_at)
            WHERE seat = :seat AND number = :number AND {MINE} RETURNING 1
        """
        self._note(seat, sql, number=number, position=position, now=now)

    # --- projectors ---

    def table(self, seat: str) -> tuple[int, dict[str, int]]:
        """Return the position of a projector's table, and the table."""
        rows = self._run("SELECT upto, units FROM visits WHERE seat = :seat ORDER BY upto DESC LIMIT 1", seat=seat)
        return (rows[0][0], json.loads(rows[0][1])) if rows else (0, {})

    def keep(self, seat: TakenSeat, start: int, upto: int, units: Mapping[str, int], now: float) -> bool:
        """Keep a projector's next table with its position; False, and nothing kept, if it has left `start`."""
        values = {"start": start, "upto": upto, "units": json.dumps(units), "now": now}
        sql = f"""
            INSERT INTO visits (seat, start, upto, at, units) SELECT :seat, :start, :upto, :now, :units
            WHERE {MINE} AND :start = (SELECT ifnull(max(upto), 0) FROM visits WHERE seat = :seat) RETURNING 1
        """
        if self._run(sql, seat=seat.name, epoch=seat.epoch, **values):
            return True
        self._note(seat, f"SELECT 1 WHERE {MINE}")
        return False

    def copies(self) -> list[str]:
        """Return the seats that keep a table, in the order in which they came."""
        return [name for (name,) in self._run("SELECT name FROM seats WHERE role = 'projector' ORDER BY number")]

    # --- readers ---

    def looked(self, seat: TakenSeat, look: LookRow) -> None:
        """Note what a seat saw."""
        names = ", ".join(LookRow._fields)
        values = ", ".join(f":{name}" for name in LookRow._fields)
        sql = f"INSERT INTO looks ({names}) SELECT {values} WHERE {MINE} RETURNING 1"
        self._note(seat, sql, **{name: value for name, value in look._asdict().items() if name != "seat"})

    def looks_of(self, seat: TakenSeat) -> int:
        """Return how often a seat has looked."""
        return int(self._run("SELECT count(*) FROM looks WHERE seat = :seat", seat=seat.name)[0][0])

    def orders_of(self, seat: TakenSeat) -> tuple[int, int, int]:
        """Return how many commands a seat asked for, how many were acknowledged, and the position of the newest."""
        sql = "SELECT count(*), count(position), ifnull(max(position), 0) FROM commands WHERE seat = :seat"
        asked, answered, newest = self._run(sql, seat=seat.name)[0]
        return asked, answered, newest

    def acknowledged(self) -> int:
        """Return the last position that was acknowledged; 0 if none was."""
        return int(self._run("SELECT ifnull(max(position), 0) FROM commands")[0][0])

    # --- the hour ---

    def seats(self) -> list[SeatRow]:
        """Return the seats in the order in which they came."""
        rows = self._run("SELECT name, role, state, stopped, heard_at FROM seats ORDER BY number")
        return [SeatRow(name, role, state, bool(stopped), heard) for name, role, state, stopped, heard in rows]

    def asked(self, since: float = 0.0) -> list[AskedRow]:
        """Return all commands, or those that are open or were answered since then, in the order of asking."""
        where = "answered_at IS NULL OR answered_at >= :since ORDER BY asked_at, rowid"
        names = ", ".join(AskedRow._fields)
        return [AskedRow(*row) for row in self._run(f"SELECT {names} FROM commands WHERE {where}", since=since)]

    def visits(self, since: float = 0.0) -> list[VisitRow]:
        """Return all tables that were kept, or those since then and the last one before, in that order."""
        sql = f"SELECT seat, start, upto, at, units FROM visits WHERE {_recent('visits', 'at', 'upto')}"
        rows = self._run(sql, since=since)
        return [VisitRow(seat, start, upto, at, json.loads(units)) for seat, start, upto, at, units in rows]

    def looks(self, since: float = 0.0) -> list[LookRow]:
        """Return all looks, or those since then and the furthest one before, as they were answered."""
        sql = f"SELECT {', '.join(LookRow._fields)} FROM looks WHERE {_recent('looks', 'answered_at', 'position')}"
        return [LookRow(*row) for row in self._run(sql, since=since)]

    def plugs(self) -> list[PlugRow]:
        """Return what was done to seats, in that order."""
        return [PlugRow(*row) for row in self._run(f"SELECT {', '.join(PlugRow._fields)} FROM plugs ORDER BY number")]


def _recent(table: str, at: str, place: str) -> str:
    """Return the condition that a note is not older than `:since`, or its seat's furthest one before that; in order."""
    # With max(), SQLite returns the other columns of the row that has it.
    furthest = f"SELECT number, max({place}) FROM {table} WHERE {at} < :since GROUP BY seat"
    return f"{at} >= :since OR number IN (SELECT number FROM ({furthest})) ORDER BY number"


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=STEP_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # a killed kernel loses nothing; the log itself is FULL
        connection.executescript(SCHEMA)
    except BaseException:
        connection.close()
        raise
    return connection
