"""The rules for the parcel of one order, until it leaves: `OrderShipped` is on the order's own stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

from cqrs_lab.errors import CommandRejected
from cqrs_lab.shop.events import ParcelAccepted, ParcelBooked, ParcelCancelled, ParcelEvent, ParcelRefused
from cqrs_lab.shop.write.commands import AcceptParcel, BookParcel, CancelParcel, ParcelCommand, RefuseParcel
from cqrs_lab.write.decider import Decider


@dataclass(frozen=True, slots=True)
class Parcel:
    """What the rules need to know of a parcel.

    Attributes
    ----------
    stage : {"none", "booked", "accepted", "refused", "cancelled"}
    """

    stage: Literal["none", "booked", "accepted", "refused", "cancelled"] = "none"


def decide(command: ParcelCommand, parcel: Parcel) -> Sequence[ParcelEvent]:
    """Decide what a command causes."""
    match command:
        case BookParcel():
            return _book(command, parcel)
        case AcceptParcel():
            return _accept(command, parcel)
        case RefuseParcel():
            return _refuse(command, parcel)
        case CancelParcel():
            open_ = parcel.stage in ("booked", "accepted")
            return [ParcelCancelled(command.order_id, command.at)] if open_ else []
        case _:
            assert_never(command)


def _book(command: BookParcel, parcel: Parcel) -> list[ParcelEvent]:
    if parcel.stage in ("refused", "cancelled"):
        raise CommandRejected(
            f"the parcel of {command.order_id} is {parcel.stage}; place another order, it has its own"
        )
    return [ParcelBooked(command.order_id, command.at)] if parcel.stage == "none" else []


def _accept(command: AcceptParcel, parcel: Parcel) -> list[ParcelEvent]:
    if parcel.stage not in ("booked", "accepted"):
        why = f"the parcel of {command.order_id} is not to be fetched: its stage is {parcel.stage}"
        raise CommandRejected(f"{why}; leave it, or accept what is booked")
    return [ParcelAccepted(command.order_id, command.at)] if parcel.stage == "booked" else []


def _refuse(command: RefuseParcel, parcel: Parcel) -> list[ParcelEvent]:
    if parcel.stage in ("none", "accepted"):
        why = f"no booking for {command.order_id} waits for an answer: its stage is {parcel.stage}"
        raise CommandRejected(f"{why}; refuse what is booked, and is not accepted")
    return [ParcelRefused(command.order_id, command.reason, command.at)] if parcel.stage == "booked" else []


def evolve(parcel: Parcel, event: ParcelEvent) -> Parcel:
    """Return the next state: what is known once an event has happened."""
    match event:
        case ParcelBooked():
            return Parcel("booked")
        case ParcelAccepted():
            return Parcel("accepted")
        case ParcelRefused():
            return Parcel("refused")
        case ParcelCancelled():
            return Parcel("cancelled")
        case _:
            assert_never(event)


parcel: Decider[ParcelCommand, ParcelEvent, Parcel] = Decider(Parcel(), decide, evolve)
"""Decides on streams "parcel-…"."""
