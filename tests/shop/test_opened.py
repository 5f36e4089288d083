"""A shop that has just opened has a product, a stock of it, and tables that have read of both."""

from cqrs_lab.shop import read
from cqrs_lab.shop.opened import open_shop
from tests.show.conftest import cups


def test_it_sells_cups_and_both_tables_have_read_of_them():
    shop = open_shop()
    assert [type(one.event).__name__ for one in shop.store.read_all()] == ["ProductListed", "StockReceived"]
    assert shop.orders.position == shop.stock.position == shop.store.head() == 2
    assert shop.queries.ask(read.StockLevels()).value["level"].to_dict() == {"cup": 12}
    assert shop.queries.ask(read.OrdersOf("ada")).value.empty


def test_what_was_asked_for_since_is_in_both_tables():
    shop = open_shop(cups(2))
    assert shop.queries.ask(read.OrdersOf("ada"), at_least=3).value["units"].tolist() == [2]
    assert shop.queries.ask(read.StockLevels(), at_least=3).value.at["cup", "level"] == 10


def test_a_later_command_waits_for_the_tables_to_be_caught_up():
    shop = open_shop()
    shop.bus.send(cups(2))
    assert shop.queries.ask(read.OrdersOf("ada")).value.empty
    shop.orders.catch_up()
    assert len(shop.queries.ask(read.OrdersOf("ada")).value) == 1


def test_each_shop_is_one_of_its_own():
    one, other = open_shop(cups(2)), open_shop()
    assert (one.store.head(), other.store.head()) == (3, 2)
