"""Rows become opening events once: the read models equal the rows, nothing is invented, and the rules go on."""

from datetime import datetime

import pytest

import cqrs_lab as lab
from cqrs_lab import CommandRejected, InvalidArgument
from cqrs_lab.shop import opening, read, write
from cqrs_lab.shop.crud import CrudShop, trade
from cqrs_lab.shop.opening import Opened, OrderTakenOver, take_over
from tests.log.planted_stores import Tens

NOON = datetime(2026, 1, 9, 12)
PLAIN = (read.ProductListing, read.OrderHistory, read.OrderDetails, read.InventoryLevels, read.BestSellers)


@pytest.fixture
def rows():
    with CrudShop(":memory:") as shop:
        trade(shop, 40)
        shop.change_price("cup", 2550)
        for number, status in (("o00003", "cancelled"), ("o00004", "paid"), ("o00005", "shipped")):
            shop.change_status(number, status, NOON)
        yield shop


@pytest.fixture
def store(rows):
    store = lab.MemoryEventStore()
    take_over(rows, store, NOON)
    return store


@pytest.fixture
def bus(store):
    bus = lab.CommandBus(store)
    opening.register(bus)
    return bus


def table(store, plain):
    projector = lab.Projector(store, Opened(plain()))
    projector.catch_up()
    return projector.table.sort_index()


def asked(rows, sql):
    return rows.connection.execute(sql).fetchall()


def test_the_products_and_the_stock_are_those_of_the_rows(rows, store):
    listing, levels = table(store, read.ProductListing), table(store, read.InventoryLevels)
    level = levels["received"] + levels["adjusted"] - levels["ordered"]
    found = [(one, *listing.loc[one, ["name", "price_mills"]], level[one]) for one in listing.index]
    assert found == rows.ask("Products")


def test_the_orders_are_those_of_the_rows_and_a_cancelled_one_has_no_units_left(rows, store):
    history = table(store, read.OrderHistory)
    for customer in history["customer_id"].unique():
        own = history[history["customer_id"] == customer].sort_values("placed_at").reset_index()
        found = list(
            own[["order_id", "placed_at", "status", "units", "value_mills"]].itertuples(index=False, name=None)
        )
        wanted = [
            (one, datetime.fromisoformat(at), status, *((0, 0) if status == "cancelled" else sums))
            for one, at, status, *sums in rows.ask("My orders", customer)
        ]
        assert found == wanted


def test_the_lines_and_the_best_sellers_are_those_of_the_rows(rows, store):
    details = table(store, read.OrderDetails).reset_index()
    columns = ["order_id", "line", "product_id", "description", "quantity", "unit_price_mills"]
    lines = "SELECT order_id, line, product_id, name, quantity, unit_price_mills FROM order_lines JOIN products"
    assert list(details[columns].itertuples(index=False, name=None)) == asked(
        rows, f"{lines} USING (product_id) ORDER BY order_id, line"
    )
    sums = "SELECT product_id, sum(quantity), sum(quantity * unit_price_mills) FROM order_lines JOIN orders"
    counted = f"{sums} USING (order_id) WHERE status <> 'cancelled' GROUP BY product_id ORDER BY product_id"
    assert list(table(store, read.BestSellers).itertuples(name=None)) == asked(rows, counted)


def test_what_the_rows_cannot_tell_is_not_invented(store):
    recorded = [one.event for one in store.read_all()]
    assert {type(one).__name__ for one in recorded} == {"ProductTakenOver", "StockTakenOver", "OrderTakenOver"}
    shipped = next(one for one in recorded if isinstance(one, OrderTakenOver) and one.order_id == "o00005")
    assert (shipped.status, shipped.changed_at) == ("shipped", NOON), "and when it was paid, no row says"


def test_rows_are_taken_over_once(rows, store):
    head = store.head()
    assert take_over(rows, store, NOON) == 0 and store.head() == head


def test_rows_that_change_while_they_are_taken_over_are_of_one_moment(tmp_path):
    with CrudShop(tmp_path / "shop.db") as shop, CrudShop(tmp_path / "shop.db", wait_seconds=0) as other:
        trade(shop, 5)
        events = opening.opening_events(shop, NOON)
        first = next(events)
        other.change_price("cushion", 1)
        other.place_order("late", "c1", "France", {"cup": 1}, NOON)
        found = dict([first, *events])
        assert found["product-cushion"].price_mills == 5_000 and "order-late" not in found


def test_a_log_that_has_gone_another_way_is_left_alone(rows):
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    write.register(bus)
    bus.send(write.ReceiveStock("cup", 5, NOON))
    with pytest.raises(lab.ConcurrencyError, match="stock-cup"):
        take_over(rows, store, NOON)


def test_the_rules_know_what_was_taken_over(bus):
    assert [one.order_id for one in bus.send(write.ShipOrder("o00004", NOON)).events] == ["o00004"]
    for command, why in (
        (write.CancelOrder("o00005", NOON), "is shipped; cancel before it ships"),
        (write.ListProduct("cup", "Another cup", 1, NOON), "is listed as 'Cup' at 2550 mills already"),
        (write.ShipOrder("o00006", NOON), "only a paid order is shipped"),
    ):
        with pytest.raises(CommandRejected, match=why):
            bus.send(command)
    [refused] = bus.send(write.ReserveStock("cup", "new", 1_000, NOON)).events
    assert refused.missing > 0


def test_tables_go_on_from_what_was_taken_over(rows, store, bus):
    before = table(store, read.OrderHistory)
    bus.send(write.CancelOrder("o00004", NOON))
    bus.send(write.ChangePrice("pot", 1, NOON))
    after = table(store, read.OrderHistory)
    assert after.loc["o00004", ["status", "units", "value_mills"]].to_list() == ["cancelled", 0, 0]
    assert after.drop("o00004").equals(before.drop("o00004"))
    assert table(store, read.ProductListing).at["pot", "price_mills"] == 1


@pytest.mark.parametrize("plain", PLAIN)
def test_wherever_the_log_is_cut_the_table_is_the_same(plain):
    store = lab.MemoryEventStore()
    with CrudShop(":memory:") as few:
        for product in ("cup", "pot"):
            few.list_product(product, product.title(), 500)
            few.receive_stock(product, 9)
        for number, lines in enumerate(({"cup": 1, "pot": 2}, {"pot": 1}, {"cup": 3})):
            few.place_order(f"o{number}", "ada", "Ireland", lines, NOON)
        few.change_status("o2", "cancelled", NOON)
        take_over(few, store, NOON)
    bus = lab.CommandBus(store)
    opening.register(bus)
    bus.send(write.CancelOrder("o1", NOON))
    bus.send(write.ReserveStock("cup", "o0", 1, NOON))
    bus.send(write.ChangePrice("cup", 1, NOON))
    whole = table(store, plain)
    for cut in range(1, store.head()):
        projector = lab.Projector(store, Opened(plain()))
        projector.catch_up(limit=cut)
        projector.catch_up()
        assert projector.table.sort_index().equals(whole), cut


def test_a_projection_that_reads_nothing_of_it_is_refused():
    with pytest.raises(InvalidArgument, match="revenue_by_day reads nothing that was taken over"):
        Opened(read.RevenueByDay())


def test_where_positions_skip_rows_are_counted_not_positions(rows):
    store = Tens()
    assert (take_over(rows, store, NOON), store.head() > 60) == (60, True)
    assert take_over(rows, store, NOON) == 0


def test_the_opening_events_are_kept_in_a_file(rows, tmp_path):
    store = lab.open_event_store(f"sqlite:///{(tmp_path / 'log.db').as_posix()}", events=opening.EVENTS)
    count = take_over(rows, store, NOON)
    assert [one.event for one in store.read_all()] == [event for _, event in opening.opening_events(rows, NOON)]
    assert count == store.head() == 60
    store.close()
