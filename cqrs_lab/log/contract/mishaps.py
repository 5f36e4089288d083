"""Stories in which something goes wrong outside the store: an event that cannot be written, a clock set back."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from cqrs_lab.log.contract.clock import clock_moved
from cqrs_lab.log.contract.laws import ALL_OR_NOTHING, CLOCK, Happened
from cqrs_lab.log.contract.trial import Append, FaultFound, Trial
from cqrs_lab.log.event_store import Expected


@dataclass(frozen=True, slots=True)
class Unwritable:
    """Like the contract's event, but no file can hold it, and perhaps no store."""

    number: int = 2
    note: object = field(default_factory=threading.Lock)


def an_event_that_cannot_be_written(trial: Trial) -> None:
    """Append three events, the second of which a store may refuse with any error: then it records none of them."""
    trial.append(Append("order-1", 1, 0))
    if append_unwritable(trial):
        trial.look(ALL_OR_NOTHING)
        trial.append(Append("order-1", 2, 1, "a", first=2))
        trial.append(Append("order-2", 1, 0, first=4))


def append_unwritable(trial: Trial) -> bool:
    """Append such an event to a stream of one event; return whether the store refused it."""
    events: list[Any] = [Happened(2), Unwritable(), Happened(3)]
    trial.calls.append("store.append('order-1', [Happened(2), Unwritable(threading.Lock()), Happened(3)], expected=1)")
    try:
        trial.store.append("order-1", events, expected=1, command_id="a")
    except Exception as error:  # noqa: BLE001 - any error will do, if nothing is recorded
        trial.calls.append(f"it raised {type(error).__name__}")
        return True
    return False


def a_clock_set_back(trial: Trial) -> None:
    """Append while the computer's clock is set back by an hour, and then by another."""
    for stream in ("order-3", "order-1"):
        trial.append(Append(stream, 2, Expected.ANY))
    for hours, stream in enumerate(("order-2", "order-1"), 1):
        with clock_moved(-3600.0 * hours):
            trial.calls.append(f"the computer's clock was set back by {hours} h")
            try:
                trial.append(Append(stream, 2, Expected.ANY, first=3))
            except FaultFound as broken:
                raise broken.of(CLOCK) from None


SCENES = (an_event_that_cannot_be_written, a_clock_set_back)
