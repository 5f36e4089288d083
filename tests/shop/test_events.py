"""What the shop writes to a log that outlives it: names that never change, for every event type."""

from dataclasses import replace
from datetime import datetime
from types import UnionType

import pytest

from cqrs_lab.log.stores.codec import EventCodec
from cqrs_lab.shop import events

UNIONS = [one for one in vars(events).values() if isinstance(one, UnionType)]
AT = datetime(2011, 7, 4, 12)


def test_every_event_type_of_the_shop_is_declared():
    assert len(UNIONS) == 6
    assert set(events.EVENTS.values()) == {kind for union in UNIONS for kind in union.__args__}


def test_the_recorded_names_are_what_they_were():
    assert " ".join(events.EVENTS) == (
        "product-listed price-changed product-retired stock-received stock-adjusted stock-adjustment-refused "
        "stock-reserved stock-reservation-refused stock-released cart-line-set cart-checked-out order-placed "
        "order-lines-refused order-cancelled order-paid order-shipped order-delivered item-status-changed "
        "items-returned payment-requested payment-taken payment-declined payment-withdrawn payment-refunded "
        "parcel-booked parcel-accepted parcel-refused parcel-cancelled"
    )


@pytest.mark.parametrize("version", [1])
def test_an_order_is_written_as_the_page_on_the_wire_format_says(version):
    line, charge = events.OrderLine(1, "85123A", "Heart holder", 6, 2550), events.Charge(2, "POST", "Postage", 1, 18000)
    order = events.OrderPlaced("536365", "17850", "France", (line,), (charge,), AT)
    codec = EventCodec(events.EVENTS)
    encoded = codec.encode(order)
    assert encoded[:2] == ("order-placed", version)
    assert encoded.payload.decode() == (
        '{"order_id":"536365","customer_id":"17850","country":"France","lines":[{"line":1,"product_id":"85123A",'
        '"description":"Heart holder","quantity":6,"unit_price_mills":2550}],"charges":[{"line":2,"code":"POST",'
        '"description":"Postage","quantity":1,"unit_price_mills":18000}],"placed_at":"2011-07-04T12:00:00"}'
    )
    assert codec.decode(*encoded, position=1) == order != replace(order, lines=())
