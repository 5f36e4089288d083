"""How a projector is doing: how far it has come, how long events wait, and what went wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from cqrs_lab.arguments import seconds
from cqrs_lab.errors import UnreadableEvent, said
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.slice import read_slice
from cqrs_lab.read.read_model import ReadModel
from cqrs_lab.read.tables import ParkedEvent

State = Literal["live", "catching up", "rebuilding", "failed", "unknown"]
# A status is asked for often, and a log may be long.
COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class ProjectorStatus:
    """How a projector is doing.

    Attributes
    ----------
    state : {"live", "catching up", "rebuilding", "failed", "unknown"}
        unknown: the store does not answer, so nobody can say how far behind the table is. Queries are answered as
        before.
    position : int
        Everything up to here is in the table.
    lag_events : int
        How many events it has not read; NaN if that is unknown. Up to 1,000 are counted, and positions beyond them or
        where one cannot be read: that is never fewer.
    lag_seconds : float
        How long, in seconds, the first event that is not in the table has been in the log; 0 if there is none, NaN if
        it cannot be read.
    error : str
        Why it stopped, even while its next version is built, and why the store does not answer; "" if all is well.
    parked : tuple of ParkedEvent
    rowless : int
        How many events that hold None are in no row of the table: `groupby` drops the rows whose key is missing, and
        ``fillna("(none)")`` keeps them. If the projection leaves them out on purpose, nothing is wrong.
    """

    state: State
    position: int
    lag_events: float
    lag_seconds: float
    error: str
    parked: tuple[ParkedEvent, ...]
    rowless: int = 0

    def healthy(self, lag_seconds: float = math.inf) -> bool:
        """Return whether a supervisor should leave it alone: it has not failed, and is not too far behind.

        While another version is being built, no lag is too long: a restart would only begin the rebuild again. If the
        store does not answer, it is not healthy.
        """
        seconds("lag_seconds", lag_seconds, "a lag; give a number of seconds")
        if self.state in ("failed", "unknown"):
            return False
        # An event that cannot be read stops the projector, or is parked: an unknown lag (NaN) of it is not a fault.
        return self.state == "rebuilding" or not self.lag_seconds > lag_seconds


def status_of(
    store: EventStore, model: ReadModel, error: str, rebuilding: bool, clock: Callable[[], float]
) -> ProjectorStatus:
    """Return the status of a read model, from the log it is made from; also while the store is away."""
    try:
        behind, waiting = _behind(store, model.position), _waiting(store, model, clock)
    except Exception as away:  # noqa: BLE001 - a store or a clock may raise anything, and who asks is told
        state: State = "failed" if error else "unknown"
        why = "; ".join([*filter(None, [error]), f"the log cannot be read: {said(away)}"])
        return ProjectorStatus(state, model.position, math.nan, math.nan, why, model.parked, model.rowless)
    # Also one that has failed is rebuilding: this is its repair.
    state = "rebuilding" if rebuilding else "failed" if error else "catching up" if behind else "live"
    return ProjectorStatus(state, model.position, behind, waiting, error, model.parked, model.rowless)


def _behind(store: EventStore, position: int) -> int:
    """Count what waits; where positions skip, the distance to the head would be too much."""
    try:
        near = read_slice(store, after=position, limit=COUNTED)
    except UnreadableEvent:  # it waits too, and so do those after it
        return max(0, store.head() - position)
    return len(near.positions) + max(0, store.head() - near.upto)


def _waiting(store: EventStore, model: ReadModel, clock: Callable[[], float]) -> float:
    try:
        unread = list(read_slice(store, after=model.position, limit=1))
    except UnreadableEvent:
        return math.nan
    return max(0.0, clock() - unread[0].recorded_at) if unread else 0.0
