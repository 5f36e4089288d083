"""The evening on which the cup was on television."""

from collections import defaultdict

from cqrs_lab.shop import rush
from cqrs_lab.shop.events import StockReleased, StockReserved


def test_two_events_of_five_are_about_the_cup_and_each_is_in_its_product_s_stream():
    log = list(rush.evening().read_all())
    assert 5 * sum(one.event.product_id == "cup" for one in log) == 2 * len(log)
    assert all(one.stream == f"stock-{one.event.product_id}" for one in log)


def test_what_is_set_free_was_set_aside_for_the_same_order_before():
    of_order = defaultdict(list)
    for one in rush.evening().read_all():
        of_order[one.event.product_id, one.event.order_id].append(type(one.event))
    kinds = {tuple(events) for events in of_order.values()}
    assert kinds == {(StockReserved,), (StockReserved, StockReleased)}
    cancelled = [int(order) for (_, order), events in of_order.items() if len(events) == 2]
    assert cancelled == [1006, 1018, 1030, *range(1042, 1541, 12)], "six orders before each twelfth"


def test_an_evening_is_the_same_again_and_another_seed_has_other_products():
    def products(**words):
        return [one.event.product_id for one in rush.evening(60, **words).read_all()]

    assert products() == products() != products(seed=12)
