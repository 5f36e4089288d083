"""What takes longer than one command: those who pay within half an hour get a ticket, others lose their place."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import cqrs_lab as lab

from . import commands, events

TIME_TO_PAY = timedelta(minutes=30)


@dataclass(frozen=True)
class Held:
    """A place, and until when somebody may pay for it; no time once that is settled."""

    workshop: str = ""
    person: str = ""
    until: datetime | None = None


def instance(event: Any) -> str | None:
    """Return whose place an event is about; None for an announcement."""
    return None if isinstance(event, events.WorkshopAnnounced) else f"{event.person} in {event.workshop}"


def evolve(held: Held, event: Any) -> Held:
    """Return what is known of the place after an event."""
    if isinstance(event, events.PlaceTaken):
        return Held(event.workshop, event.person, event.at + TIME_TO_PAY)
    return Held(event.workshop, event.person)


def react(event: Any, held: Held) -> list[Any]:
    """Return the commands that an event calls for."""
    if isinstance(event, events.PlacePaid):
        return [commands.ConfirmPlace(event.workshop, event.person, event.at)]
    return []


def overdue(held: Held, now: datetime) -> list[Any]:
    """Return the commands that are called for when the time is up."""
    return [commands.GiveUpPlace(held.workshop, held.person, now)]


payment = lab.Process(
    name="payment",
    initial_state=Held(),
    instance=instance,
    evolve=evolve,
    react=react,
    deadline=lambda held: held.until,
    overdue=overdue,
)
