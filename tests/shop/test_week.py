"""The small week: each command leads to one event, and the tables come out as counted by hand."""

import cqrs_lab as lab
from cqrs_lab.shop import read, week, write


def test_every_wish_of_the_week_leads_to_one_event_and_each_table_is_as_counted_by_hand():
    store = lab.MemoryEventStore(clock=lambda: 0.0)
    bus = lab.CommandBus(store)
    write.register(bus)
    assert [len(bus.send(command).events) for command in week.commands()] == [1] * 12
    sellers = lab.Projector(store, read.BestSellers())
    sellers.catch_up()
    assert sellers.table["units"].to_dict() == {"cup": 2 + 1 - 1 - 1, "pot": 1 - 1}
    listing = lab.Projector(store, read.ProductListing())
    listing.catch_up()
    assert listing.table["price_mills"].to_dict() == {"cup": 2650, "pot": 9900}
