"""What a report tries: `cqrs-lab report report.py` writes report.html, with each claim true, false or unknown.

The names below are arguments of `lab.report`; leave out what you do not have.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

import cqrs_lab as lab
from cqrs_lab.simulation.faults import ProcessStory
from my_domain import events
from my_domain.commands import AnnounceWorkshop, GiveUpPlace, PayPlace, TakePlace
from my_domain.places import Places
from my_domain.process import payment
from my_domain.rules import register

NOON = datetime(2026, 1, 5, 12)
MINUTES_TO_PAY = {"ada": 5, "ben": 40}  # and Cleo never pays

name = "Workshops with few places"
store = lab.MemoryEventStore
commands = (
    AnnounceWorkshop("pottery", 2, NOON),
    AnnounceWorkshop("weaving", 1, NOON),
    *(TakePlace("pottery", person, NOON) for person in ("ada", "ben", "cleo")),
    TakePlace("weaving", "ada", NOON),
    GiveUpPlace("pottery", "ben", NOON),
    PayPlace("pottery", "ada", NOON),
)
projections = (Places,)

# Only you know what the numbers should be, and what must never happen.
_workshops = pd.Index(["pottery", "weaving"], name="workshop")
expected = {"places": pd.DataFrame({"places": [2, 1], "taken": [1, 1]}, index=_workshops)}


def _too_many(happened: Iterable[Any]) -> bool:
    places = sum(one.places for one in happened if isinstance(one, events.WorkshopAnnounced))
    taken = sum(isinstance(one, events.PlaceTaken) - isinstance(one, events.PlaceGivenUp) for one in happened)
    return taken > places


never = {"a workshop has more people than places": _too_many}


class Afternoon:
    """Three people take a place: one pays in time, one pays too late, one never does."""

    start, end = NOON, NOON + timedelta(hours=12)
    commands = (
        AnnounceWorkshop("pottery", 3, NOON),
        *(TakePlace("pottery", person, NOON + timedelta(minutes=1)) for person in ("ada", "ben", "cleo")),
    )

    def answers(self, event: Any, now: datetime) -> list[Any]:
        """Pay, if this is somebody who does."""
        if not isinstance(event, events.PlaceTaken) or event.person not in MINUTES_TO_PAY:
            return []
        return [PayPlace(event.workshop, event.person, now + timedelta(minutes=MINUTES_TO_PAY[event.person]))]

    def audit(self, log: Iterable[Any]) -> list[str]:
        """Say who has neither a ticket nor given up the place in the end."""
        last = {one.person: one for one in log if not isinstance(one, events.WorkshopAnnounced)}
        ended = (events.PlaceConfirmed, events.PlaceGivenUp)
        return [f"{person} still waits" for person, one in last.items() if not isinstance(one, ended)]


process = ProcessStory(register, payment, Afternoon())
