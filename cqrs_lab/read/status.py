"""How a projector is doing: how far it has come, how long events wait, and what went wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from cqrs_lab.errors import UnreadableEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.batch import read_batch
from cqrs_lab.read.read_model import ParkedEvent, ReadModel

State = Literal["live", "catching up", "rebuilding", "failed"]


@dataclass(frozen=True, slots=True)
class ProjectorStatus:
    """How a projector is doing.

    Attributes
    ----------
    state : {"live", "catching up", "rebuilding", "failed"}
    position : int
        Everything up to here is in the table.
    lag_events : int
        How far it is behind the head of the log, in positions.
    lag_seconds : float
        How long, in seconds, the first event that is not in the table has been in the log; 0 if there is none, NaN if
        it cannot be read.
    error : str
        Why it stopped, even while its next version is built; "" if it did not.
    parked : tuple of ParkedEvent
    """

    state: State
    position: int
    lag_events: int
    lag_seconds: float
    error: str
    parked: tuple[ParkedEvent, ...]

    def healthy(self, lag_seconds: float = math.inf) -> bool:
        """Return whether a supervisor should leave it alone: it has not failed, and is not too far behind.

        While another version is being built, no lag is too long: a restart would only begin the rebuild again.
        """
        # An unknown lag (NaN) is not a fault: an event that cannot be read stops the projector, or is parked.
        return self.state == "rebuilding" or (self.state != "failed" and not self.lag_seconds > lag_seconds)


def status_of(
    store: EventStore, model: ReadModel, error: str, rebuilding: bool, clock: Callable[[], float]
) -> ProjectorStatus:
    """Return the status of a read model, from the log it is made from."""
    behind = max(0, store.head() - model.position)
    state: State = "failed" if error else "catching up" if behind else "live"
    if rebuilding:
        state = "rebuilding"  # also of one that has failed: this is its repair
    return ProjectorStatus(state, model.position, behind, _waiting(store, model, clock), error, model.parked)


def _waiting(store: EventStore, model: ReadModel, clock: Callable[[], float]) -> float:
    try:
        unread = read_batch(store, after=model.position, limit=1)
    except UnreadableEvent:
        return math.nan
    return max(0.0, clock() - next(iter(unread)).recorded_at) if len(unread) else 0.0
