"""One order on its way through the shop, and what can go wrong with it: a run of the real process in virtual time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.shop import events, fulfilment, write
from cqrs_lab.shop.parties import Answers, Parties
from cqrs_lab.shop.played import Course, Surroundings, play
from cqrs_lab.write.process_manager import Process

NOON = datetime(2026, 1, 5, 12)
# What the bank and the carrier say, and after how many minutes.
_YES: Answers = {"yes": (5,)}
_FETCHES: Answers = {"yes": (20,)}
_ANSWERS: dict[str, tuple[Answers, Answers]] = {
    "nothing fails": (_YES, _FETCHES),
    "not enough stock": (_YES, _FETCHES),
    "the bank declines": ({"no": (5,)}, _FETCHES),
    "the bank never answers": ({}, _FETCHES),
    "the bank answers after the time-out": ({"yes": (40,)}, _FETCHES),
    "the carrier refuses": (_YES, {"no": (20,)}),
    "the carrier never answers": (_YES, {}),
}
FAILURES = tuple(_ANSWERS)
"""What can go wrong."""
LANES = {"order-": "customer, order", "stock-": "store-room", "payment-": "bank", "parcel-": "carrier"}
"""Who takes part, by the prefix of their streams."""
UNDOING = (
    events.OrderCancelled,
    events.StockReleased,
    events.PaymentWithdrawn,
    events.PaymentRefunded,
    events.ParcelCancelled,
)
"""The events that record an undone step."""
CUPS = events.OrderLine(1, "cup", "Tea cup", 2, 2550)
POTS = events.OrderLine(2, "pot", "Tea pot", 2, 9900)


def see_through(
    failure: str = "nothing fails",
    cancels_after: int = 0,
    crash_after: int = 0,
    process: Process[Any, Any, Any] = fulfilment.process,
) -> Course:
    """Simulate one order: Ada orders two cups and two pots at noon.

    If they answer at all, the bank answers after 5 minutes and the carrier after 20, even when nobody waits any more.

    Parameters
    ----------
    failure : str, optional
        One of `FAILURES`.
    cancels_after : int, optional
        Ada cancels her order after this many minutes; 0: she does not.
    crash_after : int, optional
        The process manager dies once this many of its commands are recorded, and a new one goes on; 0: it does not.
    process : Process, optional
        The process to run instead of the shop's own.

    Examples
    --------
    >>> from cqrs_lab.shop import one_order
    >>> log, notes = one_order.see_through("the bank declines")
    >>> log["event"].tolist()[-4:]
    ['PaymentDeclined', 'OrderCancelled', 'StockReleased', 'StockReleased']
    >>> log[["units_aside", "money_mills"]].iloc[-1].tolist()
    [0, 0]
    """
    if failure not in FAILURES:
        raise InvalidArgument(f"no failure {failure!r}; give one of {', '.join(FAILURES)}")
    if cancels_after < 0 or crash_after < 0:
        raise InvalidArgument("cancels_after and crash_after count from 1; 0 stands for never")
    return play(process, surroundings(failure, cancels_after), crash_after)


def surroundings(failure: str = "nothing fails", cancels_after: int = 0) -> Surroundings:
    """Return everybody around the order: Ada, the store-room, and a bank and a carrier who may fail."""
    parties = _parties(failure, cancels_after)
    return Surroundings(
        write.register,
        parties.commands,
        parties.answers,
        NOON,
        UNDOING,
        (events.OrderShipped,),
        {"units_aside": _units_aside, "money_mills": _money_mills},
        unseen=2,  # what came in before is there, and no step of the order
    )


def _units_aside(event: Any) -> int:
    return _change(event, events.StockReserved, events.StockReleased, "quantity")


def _money_mills(event: Any) -> int:
    return _change(event, events.PaymentTaken, events.PaymentRefunded, "amount_mills")


def _change(event: Any, adds: type, takes: type, field: str) -> int:
    sign = isinstance(event, adds) - isinstance(event, takes)
    return sign * int(getattr(event, field)) if sign else 0


def _parties(failure: str, cancels_after: int) -> Parties:
    stock = (
        write.ReceiveStock("cup", 12, NOON),
        write.ReceiveStock("pot", 1 if failure == "not enough stock" else 4, NOON),
    )
    order = write.PlaceOrder("7", "ada", "Ireland", (CUPS, POTS), (), NOON)
    cancels = (write.CancelOrder("7", NOON + timedelta(minutes=cancels_after)),) if cancels_after else ()
    bank, carrier = _ANSWERS[failure]
    return Parties((*stock, order, *cancels), {"7": bank}, {"7": carrier}, NOON)
