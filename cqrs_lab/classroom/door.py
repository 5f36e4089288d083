"""The doors to a class's hour: light, so that `import cqrs_lab` does not wait for shop, charts and simulation."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cqrs_lab.classroom.replayed import ReplayedHour
    from cqrs_lab.classroom.room import Room
    from cqrs_lab.classroom.rows import Role
    from cqrs_lab.classroom.seat import Seat


def room(name: str = "class") -> Room:
    """Open a room for a class, or go on with the one that is open: everybody's kernel works on its log.

    All kernels of one Jupyter server meet in it. A room is open for twelve hours; after that the same name is a new,
    empty one, and nothing of the old one is lost.

    Parameters
    ----------
    name : str, optional
        What the class is called; two classes on one day need two names.

    Returns
    -------
    Room
        `board()`, `pull(name, what)`, `put_back(name)`, `judge()`, `ticket(to)`.

    Raises
    ------
    InvalidArgument
        This is no name for a class.
    MissingExtra
        The log is a SQLite file, and that needs the extra `sqlite`.

    Notes
    -----
    The folder with all rooms is in your user data; set the environment variable CQRS_LAB_ROOMS for another one.

    Examples
    --------
    >>> import cqrs_lab as lab
    >>> room = lab.room("10 c")
    >>> ada, ben = lab.join("Ada"), lab.join("Ben")
    >>> ada.work(2, pause_seconds=0)
    Ada, writer: 2 of 2 orders acknowledged, the newest is event 2; 2 looks.
    >>> ben.work(1)
    Ben, projector: the table has come to event 2 of 2 (cup 1, pot 1).
    >>> room.pull("Ada").judge().ok
    True
    """
    from cqrs_lab.classroom.folders import opened
    from cqrs_lab.classroom.room import Room

    return Room(opened(name, time.time()))


def join(name: str, role: Role | None = None) -> Seat:
    """Take a seat in the room that the teacher has opened, as a writer, a projector or a reader of its log.

    By the same name you get the same seat, also in another kernel: it goes on from its checkpoint, sends again what
    was not acknowledged, and the worker that had the seat before can write no more.

    Parameters
    ----------
    name : str
        Yours: nobody else in the room may use it.
    role : {"writer", "projector", "reader"}, optional
        Without it, roles go by turn.

    Returns
    -------
    Seat
        ``work(times)`` works in your cell; the seat prints what it has done.

    Raises
    ------
    InvalidArgument
        No room is open, or this is no name, or no role.

    Examples
    --------
    >>> import cqrs_lab as lab
    >>> room = lab.room("9 a")
    >>> lab.join("Cleo", role="reader").work(3, pause_seconds=0)
    Cleo, reader: 3 looks.
    """
    from cqrs_lab.classroom.folders import joined
    from cqrs_lab.classroom.seat import Seat

    return Seat(joined(time.time()), name, role)


def replay_hour(path: str | Path) -> ReplayedHour:
    """Return the hour of a ticket, which `room.ticket()` wrote: to be looked at and judged again, without the server.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    ReplayedHour
        `board()`, `judge()`, `trace`, and `store()`: its log, in memory.

    Raises
    ------
    InvalidArgument
        The file is no ticket.

    Examples
    --------
    >>> import cqrs_lab as lab
    >>> room = lab.room("11 b")
    >>> ada = lab.join("Ada").work(3, pause_seconds=0)
    >>> hour = lab.replay_hour(room.ticket("hour.ticket"))
    >>> hour.judge().ok, hour.store().head()
    (True, 3)
    """
    from cqrs_lab.classroom.replayed import ReplayedHour
    from cqrs_lab.classroom.ticket import read_ticket

    return ReplayedHour(read_ticket(Path(path)))
