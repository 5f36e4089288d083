"""What people ask for: requests, which the rules may refuse. A command that depends on the time carries it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AnnounceWorkshop:
    """Offer so many places."""

    workshop: str
    places: int
    at: datetime


@dataclass(frozen=True)
class TakePlace:
    """Keep a place for somebody."""

    workshop: str
    person: str
    at: datetime


@dataclass(frozen=True)
class PayPlace:
    """Pay for the place that one holds."""

    workshop: str
    person: str
    at: datetime


@dataclass(frozen=True)
class ConfirmPlace:
    """Send the ticket."""

    workshop: str
    person: str
    at: datetime


@dataclass(frozen=True)
class GiveUpPlace:
    """Let somebody else have the place."""

    workshop: str
    person: str
    at: datetime
