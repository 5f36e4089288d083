"""Hears of commits to a PostgreSQL log: a notification is a reason to look, and never the only one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

LOOK_SECONDS = 1.0
"""The log is looked at so often also when no notification comes: one can be lost."""
STEP_SECONDS = 0.1


class News:
    """Waits for a notification, or a second; see `Pause`.

    Its connection is its own: what is notified while a connection does something else may be lost.

    Parameters
    ----------
    connect : callable
        Returns a new connection with autocommit.
    channel : str
    """

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]], channel: str) -> None:
        self._connect, self._channel = connect, channel
        self._connection: psycopg.Connection[Any] | None = None

    def wait(self, ended: threading.Event) -> None:
        """Return after a notification, after a second, or when the thread is to end."""
        until = time.monotonic() + LOOK_SECONDS
        try:
            if self._connection is None:
                self._connection = self._connect()
                self._connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
                return  # what was recorded before it listened, nobody has notified it of
            while time.monotonic() < until and not ended.is_set():
                if list(self._connection.notifies(timeout=STEP_SECONDS, stop_after=1)):
                    return
        except psycopg.Error:  # the server is away: readers meet the same error, and say it
            self.close()
            ended.wait(STEP_SECONDS)

    def close(self) -> None:
        """Close the connection."""
        held, self._connection = self._connection, None
        if held is not None:
            held.close()
