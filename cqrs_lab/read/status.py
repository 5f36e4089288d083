"""How a projector is doing, told truly: how far it has come, how long events wait, and what went wrong."""

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
        How far the head of the log is from there, in positions.
    lag_seconds : float
        How long the first event that is not in the table has been in the log; 0 if there is none, NaN if it cannot be
        read.
    error : str
        Why it stopped, also while its next version is built; "" if it did not.
    parked : tuple of ParkedEvent
    """

    state: State
    position: int
    lag_events: int
    lag_seconds: float
    error: str
    parked: tuple[ParkedEvent, ...]

    def healthy(self, lag_seconds: float = math.inf) -> bool:
        """Tell a supervisor whether to leave it alone: it has not failed, and is not too far behind.

        While another version is built, no lag makes it ill: a restart would only begin the rebuild anew.
        """
        # A lag that is not known (NaN) is no reason: what cannot be read stops the projector, or is parked.
        return self.state == "rebuilding" or (self.state != "failed" and not self.lag_seconds > lag_seconds)


def status_of(
    store: EventStore, model: ReadModel, error: str, rebuilding: bool, clock: Callable[[], float]
) -> ProjectorStatus:
    """Compare a read model with the log it is made from."""
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
