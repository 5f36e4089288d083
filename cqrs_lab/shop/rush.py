"""An evening on which one product is in two orders of five: what it does to the log, drawn from a seed."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from cqrs_lab.arguments import how_many, whole_number
from cqrs_lab.log.event_store import Expected
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.shop.events import StockReleased, StockReserved

HOT = "cup"
OTHERS = (
    *("pot", "mug", "plate", "bowl", "jug", "tray", "spoon", "lamp", "clock", "apron"),
    *("candle", "basket", "vase", "towel", "bell", "kite", "lantern", "cushion", "jigsaw", "teapot"),
)
TELEVISION = datetime(2026, 1, 9, 20)
FIRST_ORDER = 1001
EVERY_TWELFTH = 12
"""After so many orders one of those before is cancelled: where 60 orders end, two events of five are the cup's."""


def evening(orders: int = 540, seed: int = 11) -> MemoryEventStore:
    """Return the log of an evening on which the cup was on television.

    Each order sets one thing aside. In two orders of five that is the cup; the others share 20 products, some of which
    are in more orders than others. After every twelfth order the one six before it is cancelled, and its thing is free
    again.

    Parameters
    ----------
    orders : int, optional
    seed : int, optional
        Of the products that are not the cup.

    Returns
    -------
    MemoryEventStore
        `StockReserved` and `StockReleased`, in one stream for each product: "stock-cup".

    Examples
    --------
    >>> from cqrs_lab.shop import rush
    >>> log = rush.evening()
    >>> log.head(), log.stream_version("stock-cup") / log.head()
    (585, 0.4)
    """
    orders = how_many("orders", orders, "a number of orders; give 1 or more", least=1)
    random = Random(whole_number("seed", seed, "a seed; give a whole number of 0 or more"))
    weights = [1 / (rank + 4) for rank in range(len(OTHERS))]
    things = [HOT if number % 5 in (1, 3) else random.choices(OTHERS, weights)[0] for number in range(1, orders + 1)]
    log = MemoryEventStore(clock=lambda: 0.0)
    for number, thing in enumerate(things, 1):
        at = TELEVISION + timedelta(milliseconds=35 * number)
        _record(log, StockReserved(thing, _order(number), 1, at))
        if number % EVERY_TWELFTH == 0:
            earlier = number - EVERY_TWELFTH // 2
            _record(log, StockReleased(things[earlier - 1], _order(earlier), 1, at))
    return log


def _order(number: int) -> str:
    return str(FIRST_ORDER - 1 + number)


def _record(log: MemoryEventStore, event: StockReserved | StockReleased) -> None:
    log.append(f"stock-{event.product_id}", [event], expected=Expected.ANY)
