"""Everybody around the process, so that it can be played: a person who pays, pays too late, or never does."""

from datetime import datetime, timedelta
from typing import Any

import cqrs_lab as lab
from cqrs_lab.shop.played import Course, Surroundings, play

from . import commands, events
from .process import payment
from .rules import register

NOON = datetime(2026, 1, 5, 12)
MINUTES_TO_PAY = {"she pays": 5, "she pays too late": 40, "she never pays": None}
FAILURES = tuple(MINUTES_TO_PAY)
LANES = {"workshop-": "workshop"}


def see_through(
    failure: str = "she pays",
    cancels_after: int = 0,
    crash_after: int = 0,
    process: lab.Process[Any, Any, Any] = payment,
) -> Course:
    """Play it once: Ada takes a place at noon, and may give it up some minutes later; 0: she does not."""
    minutes = MINUTES_TO_PAY[failure]
    sent: list[Any] = [commands.AnnounceWorkshop("pottery", 2, NOON), commands.TakePlace("pottery", "ada", NOON)]
    if cancels_after:
        sent.append(commands.GiveUpPlace("pottery", "ada", NOON + timedelta(minutes=cancels_after)))

    def answers(event: Any, now: datetime) -> list[Any]:
        if minutes is None or not isinstance(event, events.PlaceTaken):
            return []
        return [commands.PayPlace(event.workshop, event.person, now + timedelta(minutes=minutes))]

    return play(
        process,
        Surroundings(
            register,
            sent,
            answers,
            NOON,
            undoing=(events.PlaceGivenUp,),
            no_return=(events.PlaceConfirmed,),
            held={"places held": _change},
            unseen=1,
        ),
        crash_after,
    )


def _change(event: Any) -> int:
    return isinstance(event, events.PlaceTaken) - isinstance(event, events.PlaceGivenUp)
