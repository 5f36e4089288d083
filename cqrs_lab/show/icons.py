"""Line icons: what an event, a thing or a part of the shop looks like, on a field of 24 by 24."""

from __future__ import annotations

import re

PATHS = {
    # things
    "cup": "M4 9h12v4.5a5 5 0 0 1-5 5H9a5 5 0 0 1-5-5zM16 10.2h1.6a2.6 2.6 0 0 1 0 5.2h-2M3.5 21.5h13"
    "M8 6c-.9-1 .9-1.7 0-2.8M12 6c-.9-1 .9-1.7 0-2.8",
    # events
    "cart": "M3 5h3l2.5 10h9l2.2-7.2H7M10 19.2h.01M16.5 19.2h.01",
    "tag": "M4 12.5 12.5 4H20v7.5L11.5 20zM16 8h.01",
    "in": "M4 14v5h16v-5M12 4v10m-4-4 4 4 4-4",
    "out": "M4 14v5h16v-5M12 14V4M8 8l4-4 4 4",
    "held": "M6 11h12v8.5H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "free": "M6 11h12v8.5H6zM8.5 11V7.5a3.5 3.5 0 0 1 6.8-1.2",
    "no": "M4 12a8 8 0 1 0 16 0 8 8 0 1 0-16 0M6.5 6.5l11 11",
    "coin": "M4 12a8 8 0 1 0 16 0 8 8 0 1 0-16 0M15 9c-3-1.5-4.5 0-4 2.5l.7 4M9 12.3h4M9.3 15.5H15",
    "truck": "M2.5 6.5h11v10h-11zM13.5 10h4l3.5 3.5v3h-7.5M5.5 18.8h.01M17 18.8h.01",
    "home": "M3.5 11.5 12 4.5l8.5 7M6 10v9.5h12V10M10 19.5v-5h4v5",
    "back": "M9 5 4.5 9.5 9 14M4.5 9.5H15a4.7 4.7 0 0 1 0 9.5H9",
    "box": "M4 8l8-4 8 4v8.5l-8 4-8-4zM4 8l8 4 8-4M12 12v8.5",
    "flag": "M6.5 21V4h11l-2.8 4.2 2.8 4.3h-11",
    "change": "M5 9a7.5 7.5 0 0 1 13-1.5M19 4v4.5h-4.5M19 15a7.5 7.5 0 0 1-13 1.5M5 20v-4.5h4.5",
    "star": "M12 4l2.4 5.1 5.6.7-4.1 3.9 1 5.6-4.9-2.7-4.9 2.7 1-5.6L4 9.8l5.6-.7z",
    # parts
    "rules": "M10.5 6.5H20M10.5 12H20M10.5 17.5H20M3.8 6.3l1.4 1.5 2.5-3m-3.9 7 1.4 1.5 2.5-3m-3.9 7 1.4 1.5 2.5-3",
    "lens": "M9 8.5 3.5 5.5v13L9 15.5M9 12a5.5 5.5 0 1 0 11 0 5.5 5.5 0 1 0-11 0",
    "cut": "M3.5 7a2.7 2.7 0 1 0 5.4 0 2.7 2.7 0 1 0-5.4 0M3.5 17a2.7 2.7 0 1 0 5.4 0 2.7 2.7 0 1 0-5.4 0"
    "M8.5 8.5 20 16.5M8.5 15.5 20 7.5",
    "ask": "M4 10.5a6.5 6.5 0 1 0 13 0 6.5 6.5 0 1 0-13 0M15.3 15.3 20.5 20.5",
}
# The last word of an event's name, a verb in the past, says what it looks like: in any domain.
_VERBS = {
    "cart": "Placed CheckedOut Ordered Set Added",
    "flag": "Booked Borrowed Opened Started Requested Announced",
    "tag": "Listed Priced Retired Named Registered Published",
    "in": "Received Deposited Accepted Joined TakenOver",
    "out": "Withdrawn Removed Left Sent Given Issued",
    "held": "Reserved Held Locked Blocked Taken",
    "free": "Released Freed Unlocked",
    "no": "Refused Rejected Declined Failed Expired",
    "coin": "Paid Charged Billed",
    "truck": "Shipped Dispatched Moved Transferred",
    "home": "Delivered Arrived Finished Completed",
    "back": "Cancelled Returned Refunded Undone Reversed",
    "star": "Rated Reviewed Scored",
    "change": "Changed Adjusted Updated Corrected Renamed",
}
_ICONS = {verb: name for name, verbs in _VERBS.items() for verb in verbs.split()}
# These happen to money and to much else: a place is taken, a patient transferred.
_OF_MONEY = {"Taken", "Transferred"}
_MONEY = re.compile("Payment|Money|Amount|Fee|Price|Deposit|Fund|Salary|Cash")


def icon(name: str, x: float, y: float, size: float = 22) -> str:
    """Return an icon as a piece of SVG in the colour of the text around it; its words stand beside it."""
    line = f'<path class="icon" d="{PATHS[name]}"/>'
    return f'<g transform="translate({x:g} {y:g}) scale({size / 24:.3g})" aria-hidden="true">{line}</g>'


def icon_of(event_type: type) -> str:
    """Return the name of the icon of an event type: by the verb at its end, or a box where the verb says nothing.

    What is taken or transferred is money only if the name says so.

    Examples
    --------
    >>> from cqrs_lab.shop.events import OrderPaid, StockReceived
    >>> icon_of(OrderPaid), icon_of(StockReceived)
    ('coin', 'in')
    """
    return icon_named(event_type.__name__)


def icon_named(event: str) -> str:
    """Return the same by the name of the event type."""
    verb = _verb(event)
    return "coin" if verb in _OF_MONEY and _MONEY.search(event) else _ICONS.get(verb, "box")


def thing_of(stream: str) -> str:
    """Return the name of the icon of the thing that a stream is about, or a box.

    Examples
    --------
    >>> thing_of("stock-cup"), thing_of("account-7")
    ('cup', 'box')
    """
    return "cup" if stream.endswith("cup") else "box"


def word_of(event_type: type) -> str:
    """Return what happened in one word, the last of the name.

    Examples
    --------
    >>> from cqrs_lab.shop.events import OrderPlaced
    >>> word_of(OrderPlaced)
    'placed'
    """
    return re.sub(r"(?<=.)(?=[A-Z])", " ", _verb(event_type.__name__)).lower()


def _verb(event: str) -> str:
    """Return the end of a name from its last verb on: CheckedOut of CartCheckedOut."""
    found = re.search(r"(?:[A-Z]?[a-z0-9]*|[A-Z]+)(?:Out|In|Up|Off|Back|Over)?$", event)
    return found[0] if found and found[0] else event
