"""What happened: facts that nobody changes any more. Their annotated fields become columns."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class WorkshopAnnounced:
    """There is a workshop, with so many places."""

    workshop: str
    places: int
    at: datetime


@dataclass(frozen=True)
class PlaceTaken:
    """Somebody holds a place, and has half an hour to pay."""

    workshop: str
    person: str
    at: datetime


@dataclass(frozen=True)
class PlacePaid:
    """The money is here."""

    workshop: str
    person: str
    at: datetime


@dataclass(frozen=True)
class PlaceConfirmed:
    """The ticket is sent: nobody can take it back."""

    workshop: str
    person: str
    at: datetime


@dataclass(frozen=True)
class PlaceGivenUp:
    """The place is free again."""

    workshop: str
    person: str
    at: datetime


# The name of each event in a file. It stays as it is, whatever the class is called later.
RECORDED_NAMES = {
    "workshop-announced": WorkshopAnnounced,
    "place-taken": PlaceTaken,
    "place-paid": PlacePaid,
    "place-confirmed": PlaceConfirmed,
    "place-given-up": PlaceGivenUp,
}
