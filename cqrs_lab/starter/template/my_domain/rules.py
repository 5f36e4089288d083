"""The rules: what a command leads to, given what has happened in its workshop. No clock, no table, no network."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import cqrs_lab as lab

from . import commands, events

HOLDS, PAID, TICKET = "holds a place", "has paid", "has a ticket"
HOW_FAR = {events.PlaceTaken: HOLDS, events.PlacePaid: PAID, events.PlaceConfirmed: TICKET}
"""How far a person is after an event."""
ABOUT_A_PLACE = (*HOW_FAR, events.PlaceGivenUp)
ABOUT_A_PERSON = (commands.TakePlace, commands.PayPlace, commands.ConfirmPlace, commands.GiveUpPlace)


@dataclass(frozen=True)
class Workshop:
    """What the rules have to know: how many places there are, and how far each person has come."""

    places: int = 0
    people: Mapping[str, str] = field(default_factory=dict)

    @property
    def available(self) -> int:
        """The number of places that nobody holds."""
        return self.places - len(self.people)


def decide(command: Any, workshop: Workshop) -> list[Any]:
    """Return the events that a command leads to, none if there is nothing to do; refuse what a rule forbids."""
    if isinstance(command, commands.AnnounceWorkshop):
        return _announce(command, workshop)
    if not isinstance(command, ABOUT_A_PERSON):
        raise TypeError(f"no rule for {type(command).__name__}; add one to decide")
    name, person, at = command.workshop, command.person, command.at
    now = workshop.people.get(person)
    match command:
        case commands.TakePlace():
            if not workshop.places:
                raise lab.CommandRejected(f"no workshop {name} is announced; choose another one")
            if now is None and workshop.available < 1:
                raise lab.CommandRejected(f"no place is left in {name}; choose another workshop")
            return [] if now else [events.PlaceTaken(name, person, at)]
        case commands.PayPlace():
            if now is None:
                raise lab.CommandRejected(f"{person} holds no place in {name}; take one first")
            return [events.PlacePaid(name, person, at)] if now == HOLDS else []
        case commands.ConfirmPlace():
            if now in (None, HOLDS):
                raise lab.CommandRejected(f"{person} has not paid for {name}; the ticket can be sent after that")
            return [events.PlaceConfirmed(name, person, at)] if now == PAID else []
    # GiveUpPlace
    if now in (PAID, TICKET):
        raise lab.CommandRejected(f"{person} has paid for {name}; a place that is paid for is kept")
    return [events.PlaceGivenUp(name, person, at)] if now else []


def _announce(command: commands.AnnounceWorkshop, workshop: Workshop) -> list[Any]:
    if command.places < 1:
        raise lab.CommandRejected(f"{command.places} places are too few; offer at least one")
    return [] if workshop.places else [events.WorkshopAnnounced(command.workshop, command.places, command.at)]


def evolve(workshop: Workshop, event: Any) -> Workshop:
    """Return the workshop after an event. An event has happened, so nothing is refused here."""
    if isinstance(event, events.WorkshopAnnounced):
        return replace(workshop, places=event.places)
    if not isinstance(event, ABOUT_A_PLACE):
        raise TypeError(f"{type(event).__name__} changes nothing yet; say in evolve what it changes")
    others = {person: how_far for person, how_far in workshop.people.items() if person != event.person}
    if isinstance(event, events.PlaceGivenUp):
        return replace(workshop, people=others)
    return replace(workshop, people={**others, event.person: HOW_FAR[type(event)]})


workshop = lab.Decider(Workshop(), decide, evolve)


def register(bus: lab.CommandBus) -> None:
    """Register the rules with a bus: each workshop is a stream, which its commands name."""
    for command in (commands.AnnounceWorkshop, *ABOUT_A_PERSON):
        bus.register(command, workshop, stream=lambda command: f"workshop-{command.workshop}")
