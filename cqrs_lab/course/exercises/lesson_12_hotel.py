"""The hotel of lesson 12: a stay, the only room and the bank, each a stream with rules of its own.

What is missing is the process that sees a stay through: the learner writes it, and `see_through` plays it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from cqrs_lab.course.exercises.lives import Afresh
from cqrs_lab.errors import CommandRejected, InvalidArgument
from cqrs_lab.shop.played import Course, Surroundings, play
from cqrs_lab.write.command_bus import CommandBus
from cqrs_lab.write.decider import Decider
from cqrs_lab.write.process_manager import Process


@dataclass(frozen=True)
class Message:
    """Every message is about a stay, at a time."""

    stay: str
    at: datetime


class Command(Message):
    """A request."""


class BookStay(Command):
    """A guest asks for a night."""


class CancelStay(Command):
    """The guest, or the hotel, gives the stay up."""


class GiveKey(Command):
    """Send the guest the code of the door; a code that is sent cannot be taken back."""


class StayBooked(Message):
    """The guest wants to come."""


class StayCancelled(Message):
    """The guest will not come."""


class KeyGiven(Message):
    """The guest can open the door: the point of no return."""


class HoldRoom(Command):
    """Set the room aside."""


class FreeRoom(Command):
    """Let others have the room; where the stay has none, there is nothing to do."""


class RoomHeld(Message):
    """Nobody else gets the room."""


class RoomRefused(Message):
    """Somebody else has the room."""


class RoomFreed(Message):
    """Others may have the room again."""


class RequestPayment(Command):
    """Ask the bank for the money."""


class ConfirmPayment(Command):
    """The bank says yes."""


class DeclinePayment(Command):
    """The bank says no."""


class ReturnPayment(Command):
    """Refund the money, or no longer ask for it; where there is none, there is nothing to do."""


class PaymentRequested(Message):
    """The bank was asked."""


class PaymentTaken(Message):
    """The money is here."""


class PaymentDeclined(Message):
    """There will be no money."""


class PaymentWithdrawn(Message):
    """The bank is no longer asked."""


class PaymentRefunded(Message):
    """The money went back."""


# --- the rules of each stream -----------------------------------------------------------------------------

POUNDS = 120
Names = tuple[str, ...]
"""The state of a stay and of a payment: the names of what has happened."""


def _decide_stay(command: Message, known: Names) -> Sequence[Message]:
    stay, at = command.stay, command.at
    match command:
        case BookStay():
            return [] if known else [StayBooked(stay, at)]
        case CancelStay():
            if "KeyGiven" in known:
                raise CommandRejected("the guest has the key")
            return [] if "StayCancelled" in known else [StayCancelled(stay, at)]
        case _:
            if "StayCancelled" in known:
                raise CommandRejected("the stay is cancelled")
            return [] if "KeyGiven" in known else [KeyGiven(stay, at)]


def _decide_payment(command: Message, known: Names) -> Sequence[Message]:
    stay, at = command.stay, command.at
    match command:
        case RequestPayment():
            return [] if known else [PaymentRequested(stay, at)]
        case ConfirmPayment():
            late = [PaymentRefunded(stay, at)] if "PaymentWithdrawn" in known else []
            return [PaymentTaken(stay, at), *late]
        case DeclinePayment():
            return [PaymentDeclined(stay, at)]
    if "PaymentTaken" in known:
        return [] if "PaymentRefunded" in known else [PaymentRefunded(stay, at)]
    open_ = known == ("PaymentRequested",)
    return [PaymentWithdrawn(stay, at)] if open_ else []


def _decide_room(command: Message, holder: str) -> Sequence[Message]:
    stay, at = command.stay, command.at
    if isinstance(command, FreeRoom):
        return [RoomFreed(stay, at)] if holder == stay else []
    if holder in ("", stay):
        return [] if holder else [RoomHeld(stay, at)]
    return [RoomRefused(stay, at)]


def _holder(holder: str, event: Message) -> str:
    return {RoomHeld: event.stay, RoomFreed: ""}.get(type(event), holder)


def _names(known: Names, event: Message) -> Names:
    return (*known, type(event).__name__)


def register(bus: CommandBus, holder: str = "") -> None:
    """Register the three deciders with a command bus; the room may have a holder already."""
    nothing: Names = ()
    stay, payment = Decider(nothing, _decide_stay, _names), Decider(nothing, _decide_payment, _names)
    for of_a_stay in (BookStay, CancelStay, GiveKey):
        bus.register(of_a_stay, stay, stream=lambda command: f"stay-{command.stay}")
    for of_a_payment in (RequestPayment, ConfirmPayment, DeclinePayment, ReturnPayment):
        bus.register(of_a_payment, payment, stream=lambda command: f"payment-{command.stay}")
    for of_the_room in (HoldRoom, FreeRoom):
        bus.register(of_the_room, Decider(holder, _decide_room, _holder), stream=lambda command: "room-1")


# --- who takes part ---------------------------------------------------------------------------------------

NOON = datetime(2026, 1, 5, 12)
PATIENCE = timedelta(minutes=30)
YES, NO = ConfirmPayment, DeclinePayment
_BANK: dict[str, tuple[tuple[type[Message], int], ...]] = {
    "nothing fails": ((YES, 5),),
    "no room is left": ((YES, 5),),
    "the bank declines": ((NO, 5),),
    "the bank never answers": (),
    "the bank answers after the time-out": ((YES, 40),),
}
FAILURES = tuple(_BANK)
"""What can go wrong."""
LANES = {"stay-": "guest, stay", "room-": "room", "payment-": "bank"}
"""Who takes part, by the prefix of their streams."""


def process(react: Callable[[Any, Any], Sequence[Any]]) -> Process[Any, Any, Any]:
    """Return the process that reacts like this; half an hour after it has asked the bank, it gives the stay up.

    Its state is the request that the bank has not answered yet, or None.
    """
    return Process(
        name="hotel",
        initial_state=None,
        instance=lambda event: event.stay,
        evolve=_unanswered,
        react=Afresh(react),  # or what it remembers in Python would outlive a crash
        deadline=lambda request: request and request.at + PATIENCE,
        overdue=lambda request, now: [CancelStay(request.stay, now)],
    )


def _unanswered(request: PaymentRequested | None, event: Message) -> PaymentRequested | None:
    if isinstance(event, PaymentRequested):
        return event
    return None if isinstance(event, PaymentTaken | PaymentDeclined | StayCancelled) else request


def see_through(failure: str, cancels_after: int, crash_after: int, process: Process[Any, Any, Any]) -> Course:
    """Play one stay with a process: Ada books the only room at noon; the bank answers after five minutes, if it does.

    Parameters
    ----------
    failure : str
        One of `FAILURES`.
    cancels_after : int
        Ada cancels after this many minutes; 0: she does not.
    crash_after : int
        The process manager dies once this many of its commands are recorded; 0: it does not.
    process : Process
        Such as ``process(react)``.
    """
    if failure not in FAILURES:
        raise InvalidArgument(f"no failure {failure!r}; give one of {', '.join(FAILURES)}")
    holder = "another guest" if failure == "no room is left" else ""
    cancels = [CancelStay("7", NOON + timedelta(minutes=cancels_after))] if cancels_after else []

    def answers(event: object, now: datetime) -> list[Message]:
        said = _BANK[failure] if isinstance(event, PaymentRequested) else ()
        return [answer("7", now + timedelta(minutes=after)) for answer, after in said]

    around = Surroundings(
        partial(register, holder=holder),
        [BookStay("7", NOON), *cancels],
        answers,
        NOON,
        undoing=(StayCancelled, RoomFreed, PaymentWithdrawn, PaymentRefunded),
        no_return=(KeyGiven,),
        held={
            "rooms held": _change(RoomHeld, RoomFreed, 1),
            "pounds kept": _change(PaymentTaken, PaymentRefunded, POUNDS),
        },
    )
    return play(process, around, crash_after)


def _change(adds: type, takes: type, by: int) -> Callable[[Any], int]:
    return lambda event: by * (isinstance(event, adds) - isinstance(event, takes))
