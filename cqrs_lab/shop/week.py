"""One small week of trade, for lessons: a cup and a pot, Ada and Ben."""

from __future__ import annotations

from datetime import datetime

from cqrs_lab.shop import write
from cqrs_lab.shop.events import OrderLine


def commands() -> tuple[object, ...]:
    """Return the week's twelve commands, each of which leads to one event.

    Two products are listed and arrive, Ada orders two cups, the cup's price changes, Ben orders a cup and a pot, Ada
    pays and her parcel leaves, the price changes again, one of her cups comes back, and Ben cancels his order.

    Returns
    -------
    tuple of commands
        In order of time, from Thursday 1 to Wednesday 7 January 2026.

    Examples
    --------
    >>> from cqrs_lab.shop import week
    >>> len(week.commands())
    12
    """
    cup, pot = OrderLine(1, "cup", "Tea cup", 1, 2550), OrderLine(2, "pot", "Tea pot", 1, 9900)
    two_cups = OrderLine(1, "cup", "Tea cup", 2, 2550)
    return (
        write.ListProduct("cup", "Tea cup", 2550, _day(1)),
        write.ListProduct("pot", "Tea pot", 9900, _day(1)),
        write.ReceiveStock("cup", 12, _day(1)),
        write.ReceiveStock("pot", 4, _day(1)),
        write.PlaceOrder("7", "ada", "Ireland", (two_cups,), (), _day(2)),
        write.ChangePrice("cup", 2750, _day(3)),
        write.PlaceOrder("8", "ben", "Spain", (cup, pot), (), _day(3)),
        write.PayOrder("7", 5100, _day(4)),
        write.ShipOrder("7", _day(5)),
        write.ChangePrice("cup", 2650, _day(5)),
        write.ReturnItems("7", "r1", (write.ReturnedQuantity(1, 1),), _day(6)),
        write.CancelOrder("8", _day(7)),
    )


def _day(number: int) -> datetime:
    return datetime(2026, 1, number, 9)
