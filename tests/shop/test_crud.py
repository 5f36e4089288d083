"""The CRUD shop is a good one: whole orders, no oversell, an index for each page, and counts that are right."""

import sqlite3
from contextlib import closing
from datetime import datetime

import pytest

from cqrs_lab import CommandRejected, InvalidArgument
from cqrs_lab.shop.crud import INDEXES, QUESTIONS, CrudShop, columns_read, count_work, tables_read, trade

NOON = datetime(2026, 1, 5, 12)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "shop.db"


@pytest.fixture
def shop(file):
    with CrudShop(file, wait_seconds=0) as shop:
        shop.list_product("cup", "Tea cup", 2550)
        shop.list_product("pot", "Tea pot", 12950)
        shop.receive_stock("cup", 12)
        shop.receive_stock("pot", 1)
        yield shop


def everything(shop):
    """Return all rows of all tables."""
    tables = [name for (name,) in shop.connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {name: shop.connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables}


def test_an_order_takes_from_stock_empties_the_cart_and_keeps_its_price(shop):
    shop.change_cart("ada", "cup", 2)
    shop.change_cart("ben", "cup", 5)
    shop.place_order("7", "ada", "Ireland", {"cup": 2, "pot": 1}, NOON)
    shop.change_price("cup", 9)
    assert shop.ask("Products") == [("cup", "Tea cup", 9, 10), ("pot", "Tea pot", 12950, 0)]
    assert shop.ask("An order", "7") == [
        ("placed", "Ireland", 1, "Tea cup", 2, 2550),
        ("placed", "Ireland", 2, "Tea pot", 1, 12950),
    ]
    assert shop.ask("My orders", "ada") == [("7", "2026-01-05 12:00:00", "placed", 3, 18050)]
    assert everything(shop)["cart_lines"] == [("ben", "cup", 5)]


@pytest.mark.parametrize(
    ("order_id", "quantities", "why"),
    [
        ("8", {"cup": 2, "pot": 2}, "fewer than 2 of 'pot' in stock; order fewer"),
        ("8", {"cup": 13}, "fewer than 13 of 'cup'"),
        ("8", {"cup": 1, "hat": 1}, "fewer than 1 of 'hat'"),
        ("8", {}, "an order needs a line"),
        ("7", {"cup": 1}, "order '7' exists already; give another order_id"),
    ],
)
def test_a_refused_order_changes_nothing_and_leaves_no_lock(shop, file, order_id, quantities, why):
    shop.place_order("7", "ada", "Ireland", {"cup": 2}, NOON)
    before = everything(shop)
    with pytest.raises(CommandRejected, match=why):
        shop.place_order(order_id, "eve", "Spain", quantities, NOON)
    assert everything(shop) == before and not shop.connection.in_transaction
    with CrudShop(file, wait_seconds=0) as other:
        other.place_order("9", "eve", "Spain", {"cup": 1}, NOON)


@pytest.mark.parametrize("quantity", [0, -1, 1.5, True, "2"])
def test_a_quantity_that_is_none_is_refused_and_nothing_is_written(shop, quantity):
    before = everything(shop)
    with pytest.raises(InvalidArgument, match="quantity"):
        shop.place_order("7", "ada", "Ireland", {"cup": quantity}, NOON)
    assert everything(shop) == before


def test_cancelling_puts_the_units_back_once(shop):
    shop.place_order("7", "ada", "Ireland", {"cup": 2, "pot": 1}, NOON)
    shop.change_status("7", "cancelled", NOON)
    assert [row[3] for row in shop.ask("Products")] == [12, 1]
    with pytest.raises(CommandRejected, match="is cancelled; place another one"):
        shop.change_status("7", "cancelled", NOON)
    assert [row[3] for row in shop.ask("Products")] == [12, 1]
    assert shop.ask("Sales by country") == []


def test_what_does_not_exist_is_refused_in_one_sentence(shop):
    for change in (lambda: shop.change_price("hat", 1), lambda: shop.receive_stock("hat", 1)):
        with pytest.raises(CommandRejected, match="there is no product 'hat'; list it first"):
            change()
    with pytest.raises(CommandRejected, match="there is no order '7'; place it first"):
        shop.change_status("7", "paid", NOON)
    with pytest.raises(InvalidArgument, match="no question 'Weather'; give one of My orders"):
        shop.ask("Weather")
    with pytest.raises(InvalidArgument, match="journal='memory' is not a journal mode; give 'wal' or 'delete'"):
        CrudShop(":memory:", journal="memory")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda shop: shop.change_price("cup", -1), "price_mills=-1 is not a price; give mills"),
        (lambda shop: shop.list_product("", "Hat", 1), "product_id='' is not a name"),
        (lambda shop: shop.receive_stock("cup", 0), "quantity=0 is not a number of units; give 1 or more"),
        (lambda shop: shop.change_cart("ada", "cup", -1), "quantity=-1 is not a number of units; give 0 or more"),
        (lambda shop: shop.change_status("7", "lost", NOON), "status='lost' is not a status; give one of placed, paid"),
        (lambda shop: shop.place_order("7", "ada", "Ireland", ["cup"], NOON), "not how many of which product"),
        (lambda shop: shop.place_order("7", "ada", "Ireland", {"cup": 1}, "noon"), "at='noon' is not a moment"),
        (lambda shop: shop.place_order("7", "ada", None, {"cup": 1}, NOON), "country=None is not a name"),
    ],
)
def test_what_is_no_such_thing_is_refused_and_nothing_is_written(shop, change, why):
    before = everything(shop)
    with pytest.raises(InvalidArgument, match=why):
        change(shop)
    assert everything(shop) == before and not shop.connection.in_transaction


def test_a_product_is_listed_once_and_only_listed_ones_go_into_a_cart(shop):
    with pytest.raises(CommandRejected, match="product 'cup' is listed already; give another product_id"):
        shop.list_product("cup", "Another cup", 1)
    with pytest.raises(CommandRejected, match="there is no product 'hat'; list it first"):
        shop.change_cart("ada", "hat", 1)
    shop.change_cart("ada", "cup", 1)
    shop.change_cart("ada", "cup", 3)
    assert everything(shop)["cart_lines"] == [("ada", "cup", 3)]


def test_a_rule_of_the_tables_holds_whoever_writes(shop):
    for statement in (
        "UPDATE stock SET on_hand = -1",
        "UPDATE orders SET status = 'lost'",
        "INSERT INTO order_lines VALUES ('nowhere', 1, 'cup', 1, 1)",
        "INSERT INTO products VALUES ('tray', 'Tray', 'dear')",
    ):
        shop.place_order(f"{statement[:20]}", "ada", "Ireland", {"cup": 1}, NOON)
        with pytest.raises(sqlite3.IntegrityError):
            shop.connection.execute(statement)


def test_two_clerks_meet_at_the_write_lock_and_neither_sale_is_lost(shop, file):
    with CrudShop(file, wait_seconds=0) as other:
        shop.connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            other.place_order("8", "ben", "Spain", {"cup": 3}, NOON)
        shop.connection.execute("ROLLBACK")
        shop.place_order("7", "ada", "Ireland", {"cup": 2}, NOON)
        other.place_order("8", "ben", "Spain", {"cup": 3}, NOON)
        assert shop.ask("Products")[0][3] == 12 - 2 - 3


def test_what_a_change_reads_is_still_true_when_it_writes(shop, file):
    shop.place_order("7", "ada", "Ireland", {"cup": 2}, NOON)
    seen = []

    def another_clerk(statement):
        if statement != "BEGIN IMMEDIATE":  # it has the lock from then on
            with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
                try:
                    other.execute("UPDATE orders SET status = 'shipped'")
                    seen.append(f"shipped before {statement}")
                except sqlite3.OperationalError as error:
                    seen.append(str(error))

    shop.connection.set_trace_callback(another_clerk)
    shop.change_status("7", "cancelled", NOON)
    assert set(seen) == {"database is locked"} and len(seen) == 4


def test_the_last_cup_is_sold_once(shop, file):
    shop.place_order("6", "ada", "Ireland", {"cup": 11}, NOON)
    with CrudShop(file, wait_seconds=0) as other:
        other.place_order("7", "ben", "Spain", {"cup": 1}, NOON)
        with pytest.raises(CommandRejected, match="fewer than 1 of 'cup'"):
            shop.place_order("8", "ada", "Ireland", {"cup": 1}, NOON)


def test_the_page_of_a_customer_and_of_an_order_scan_no_table(shop):
    for question in ("My orders", "An order"):
        plan = [row[3] for row in shop.connection.execute(f"EXPLAIN QUERY PLAN {QUESTIONS[question]}", ("7",))]
        assert [line for line in plan if line.startswith("SCAN")] == []


def test_every_index_has_a_page_that_uses_it(shop):
    plans = {
        question: str(shop.connection.execute(f"EXPLAIN QUERY PLAN {sql}", ("7",) * sql.count("?")).fetchall())
        for question, sql in QUESTIONS.items()
    }
    assert [name for name, (question, _) in INDEXES.items() if name not in plans[question]] == []


def test_answers_are_those_of_a_count_by_hand(file):
    with CrudShop(file) as shop:
        trade(shop, 60, seed=3, customers=5)
        lines = shop.connection.execute("SELECT * FROM order_lines").fetchall()
        orders = {row[0]: row for row in shop.connection.execute("SELECT * FROM orders")}
        sold = {}
        for _, _, product_id, quantity, _ in lines:
            sold[product_id] = sold.get(product_id, 0) + quantity
        best = sorted(sold.items(), key=lambda one: (-one[1], one[0]))
        assert [(row[0], row[2]) for row in shop.ask("Best sellers")] == best
        assert {row[0]: 600 - row[3] for row in shop.ask("Products")} == sold
        mine = {one for one, row in orders.items() if row[1] == "c2"}
        totals = {one: sum(q * p for order, _, _, q, p in lines if order == one) for one in mine}
        assert {row[0]: row[4] for row in shop.ask("My orders", "c2")} == totals and len(totals) > 5
        assert sum(row[1] for row in shop.ask("Sales by country")) == sum(q * p for _, _, _, q, p in lines)


def test_an_existing_file_keeps_its_rows_and_either_journal_holds_them(file):
    with CrudShop(file, journal="delete") as shop:
        shop.list_product("cup", "Tea cup", 2550)
        assert shop.connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    with CrudShop(file) as shop:
        assert shop.ask("Products") == [("cup", "Tea cup", 2550, 0)]
        assert shop.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_counted_work_is_the_same_on_every_run_and_grows_with_what_is_read(tmp_path):
    steps = []
    for at, orders in enumerate((50, 50, 200)):
        with CrudShop(tmp_path / f"{at}.db") as shop:
            trade(shop, orders)
            with count_work(shop.connection) as work:
                shop.ask("Best sellers")
            assert (work.statements, work.pages_written) == (1, 0)
            steps.append(work.steps)
    assert steps[0] == steps[1] and 3 < steps[2] / steps[0] < 5


def test_pages_written_are_the_frames_of_the_write_ahead_log(shop, file):
    with count_work(shop.connection) as work:
        shop.place_order("7", "ada", "Ireland", {"cup": 1}, NOON)
        size = (file.parent / "shop.db-wal").stat().st_size
    assert work.pages_written == (size - 32) / (4096 + 24) > 0
    with count_work(shop.connection) as idle:
        pass
    assert (idle.statements, idle.pages_written, idle.steps) == (0, 0, 0)


def test_an_error_in_the_block_ends_the_counting(shop):
    with pytest.raises(CommandRejected), count_work(shop.connection) as work:
        shop.place_order("7", "ada", "Ireland", {"cup": 99}, NOON)
    counted = work.statements
    shop.ask("Products")
    assert work.statements == counted > 0


def test_tables_read_counts_each_use(shop):
    counted = {page: tables_read(shop.connection, sql, ("7",) * sql.count("?")) for page, sql in QUESTIONS.items()}
    assert counted == {"My orders": 2, "An order": 4, "Products": 2, "Best sellers": 2, "Sales by country": 3}
    with closing(sqlite3.connect(":memory:")) as empty:
        assert tables_read(empty, "SELECT 1") == 0


def test_columns_read_are_those_of_the_statement_however_often_it_was_run(shop):
    sql = "SELECT name FROM products WHERE price_mills < ? ORDER BY product_id"
    for _ in range(2):
        assert sorted(columns_read(shop.connection, sql, (1,))) == [
            "products.name", "products.price_mills", "products.product_id"
        ]  # fmt: skip
        shop.connection.execute(sql, (1,)).fetchall()
    assert columns_read(shop.connection, "SELECT count(*) FROM products") == []


class Watched(sqlite3.Connection):
    """Knows who watches it."""

    def set_authorizer(self, watcher):
        self.watcher = watcher
        super().set_authorizer(watcher)


def test_nobody_watches_a_connection_afterwards_even_if_the_statement_fails():
    with closing(sqlite3.connect(":memory:", factory=Watched)) as connection:
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            columns_read(connection, "SELECT colour FROM products")
        assert connection.watcher is None
