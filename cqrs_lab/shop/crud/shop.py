"""A shop in one SQLite file: a method for each change, one statement for each question."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from os import PathLike, fspath
from typing import Any, Literal, Self

from cqrs_lab.arguments import refuse, seconds, text, whole_number
from cqrs_lab.errors import CommandRejected, InvalidArgument
from cqrs_lab.shop.crud.questions import QUESTIONS
from cqrs_lab.shop.crud.schema import INDEXES, STATUSES, TABLES

Journal = Literal["delete", "wal"]


class CrudShop:
    """One connection to the shop's file, as one clerk or one page holds it.

    Each change is one transaction that holds the write lock from its first statement on, so whatever it reads is
    still true when it writes. A change that breaks a rule changes nothing.

    Parameters
    ----------
    path : str or path
        The file; a new one gets its tables and indexes.
    journal : {"wal", "delete"}, optional
        How SQLite keeps a commit whole: in a log beside the file, or in a journal of old pages that is deleted.
    wait_seconds : float, optional
        How long a statement waits for a lock before it raises ``sqlite3.OperationalError: database is locked``.

    Attributes
    ----------
    connection : sqlite3.Connection

    Examples
    --------
    >>> from datetime import datetime
    >>> from cqrs_lab.shop.crud import CrudShop
    >>> with CrudShop(":memory:") as shop:
    ...     shop.list_product("cup", "Tea cup", 2550)
    ...     shop.receive_stock("cup", 12)
    ...     shop.place_order("7", "ada", "Ireland", {"cup": 2}, datetime(2026, 1, 5, 20, 10))
    ...     shop.ask("Products")
    [('cup', 'Tea cup', 2550, 10)]
    """

    def __init__(self, path: str | PathLike[str], *, journal: Journal = "wal", wait_seconds: float = 5.0) -> None:
        if journal not in ("delete", "wal"):
            raise refuse("journal", journal, "a journal mode; give 'wal' or 'delete'")
        seconds("wait_seconds", wait_seconds, "a time to wait for a lock; give seconds, such as 5.0")
        self.connection = sqlite3.connect(fspath(path), timeout=wait_seconds, isolation_level=None)
        # A power cut may take the last commits of a WAL at NORMAL; at FULL, what was answered is kept.
        self.connection.executescript(f"PRAGMA journal_mode = {journal}; PRAGMA synchronous = FULL")
        self.connection.execute("PRAGMA foreign_keys = ON")
        with self._change() as connection:
            if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'products'").fetchone():
                self._create(connection)

    @staticmethod
    def _create(connection: sqlite3.Connection) -> None:
        for statement in TABLES.split(";"):
            connection.execute(statement)
        for name, (_, columns) in INDEXES.items():
            connection.execute(f"CREATE INDEX {name} ON {columns}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the file stays."""
        self.connection.close()

    # --- changes ------------------------------------------------------------------------------------------

    def list_product(self, product_id: str, name: str, price_mills: int) -> None:
        """Put a product on sale, with none in stock."""
        product = _name("product_id", product_id), _name("name", name), _price(price_mills)
        with self._change() as connection:
            if connection.execute("SELECT 1 FROM products WHERE product_id = ?", (product_id,)).fetchone():
                raise CommandRejected(f"product {product_id!r} is listed already; give another product_id")
            connection.execute("INSERT INTO products VALUES (?, ?, ?)", product)
            connection.execute("INSERT INTO stock VALUES (?, 0)", (product_id,))

    def change_price(self, product_id: str, price_mills: int) -> None:
        """Overwrite a price. Orders keep the price at which they were placed."""
        with self._change() as connection:
            _check_product(connection, product_id)
            sql = "UPDATE products SET price_mills = ? WHERE product_id = ?"
            connection.execute(sql, (_price(price_mills), product_id))

    def receive_stock(self, product_id: str, quantity: int) -> None:
        """Add what came in."""
        with self._change() as connection:
            _check_product(connection, product_id)
            sql = "UPDATE stock SET on_hand = on_hand + ? WHERE product_id = ?"
            connection.execute(sql, (_units(quantity), product_id))

    def change_cart(self, customer_id: str, product_id: str, quantity: int) -> None:
        """Set how many are in a cart; 0 removes the product."""
        units = _units(quantity, least=0)
        line = _name("customer_id", customer_id), product_id
        with self._change() as connection:
            _check_product(connection, product_id)
            connection.execute("DELETE FROM cart_lines WHERE customer_id = ? AND product_id = ?", line)
            if units:
                connection.execute("INSERT INTO cart_lines VALUES (?, ?, ?)", (*line, units))

    def place_order(
        self, order_id: str, customer_id: str, country: str, quantities: Mapping[str, int], at: datetime
    ) -> None:
        """Take everything on an order from stock and empty its cart, or change nothing.

        Parameters
        ----------
        order_id, customer_id, country : str
        quantities : mapping of str to int
            How many of which product.
        at : datetime

        Raises
        ------
        CommandRejected
            The order exists already, has no lines, or wants more than there is.
        """
        if not isinstance(quantities, Mapping):
            raise refuse("quantities", quantities, "how many of which product; give a dict such as {'cup': 2}")
        if not quantities:
            raise CommandRejected("an order needs a line; give {'cup': 2}")
        order = _name("order_id", order_id), _name("customer_id", customer_id), "placed", _moment(at), _moment(at)
        with self._change() as connection:
            if connection.execute("SELECT 1 FROM orders WHERE order_id = ?", (order_id,)).fetchone():
                raise CommandRejected(f"order {order_id!r} exists already; give another order_id")
            connection.execute(
                "INSERT INTO customers VALUES (?, ?) ON CONFLICT DO UPDATE SET country = excluded.country"
                " WHERE country <> excluded.country",
                (customer_id, _name("country", country)),
            )
            connection.execute("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", order)
            for line, (product_id, quantity) in enumerate(quantities.items(), 1):
                _take(connection, product_id, _units(quantity))
                connection.execute(
                    "INSERT INTO order_lines SELECT ?, ?, product_id, ?, price_mills"
                    " FROM products WHERE product_id = ?",
                    (order_id, line, quantity, product_id),
                )
            connection.execute("DELETE FROM cart_lines WHERE customer_id = ?", (customer_id,))

    def change_status(self, order_id: str, status: str, at: datetime) -> None:
        """Overwrite the status of an order; cancelling puts its units back."""
        if status not in STATUSES:
            raise refuse("status", status, f"a status; give one of {', '.join(STATUSES)}")
        with self._change() as connection:
            before = connection.execute("SELECT status FROM orders WHERE order_id = ?", (order_id,)).fetchone()
            if before is None:
                raise CommandRejected(f"there is no order {order_id!r}; place it first")
            if before[0] == "cancelled":
                raise CommandRejected(f"order {order_id!r} is cancelled; place another one")
            sql = "UPDATE orders SET status = ?, changed_at = ? WHERE order_id = ?"
            connection.execute(sql, (status, _moment(at), order_id))
            if status == "cancelled":
                connection.execute(
                    "UPDATE stock SET on_hand = on_hand + quantity FROM order_lines AS line"
                    " WHERE line.order_id = ? AND line.product_id = stock.product_id",
                    (order_id,),
                )

    def _change(self) -> _Change:
        return _Change(self.connection)

    # --- questions ----------------------------------------------------------------------------------------

    def ask(self, question: str, *values: str) -> list[tuple[Any, ...]]:
        """Return the rows that answer one of `QUESTIONS`, by the name of its page.

        Examples
        --------
        >>> from cqrs_lab.shop.crud import CrudShop
        >>> with CrudShop(":memory:") as shop:
        ...     shop.ask("My orders", "ada")
        []
        """
        if question not in QUESTIONS:
            raise InvalidArgument(f"no question {question!r}; give one of {', '.join(QUESTIONS)}")
        with closing(self.connection.execute(QUESTIONS[question], values)) as rows:
            return rows.fetchall()


class _Change:
    """A transaction that has the write lock from its beginning; it commits, or rolls back if anything fails."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN IMMEDIATE")
        return self._connection

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self._connection.__exit__(kind, error, trace)


def _name(what: str, value: Any) -> str:
    return text(what, value, "a name; give a text such as 'cup'")


def _price(mills: Any) -> int:
    return whole_number("price_mills", mills, "a price; give mills, such as 2550 for 2.55")


def _units(quantity: Any, *, least: int = 1) -> int:
    return whole_number("quantity", quantity, f"a number of units; give {least} or more", least=least)


def _moment(at: Any) -> str:
    if not isinstance(at, datetime):
        raise refuse("at", at, "a moment; give a datetime such as datetime(2026, 1, 5, 12)")
    return at.isoformat(" ")


def _check_product(connection: sqlite3.Connection, product_id: Any) -> None:
    sql = "SELECT 1 FROM products WHERE product_id = ?"
    if not connection.execute(sql, (_name("product_id", product_id),)).fetchone():
        raise CommandRejected(f"there is no product {product_id!r}; list it first")


def _take(connection: sqlite3.Connection, product_id: str, quantity: int) -> None:
    """Take units from stock, in one statement that looks and writes."""
    taken = connection.execute(
        "UPDATE stock SET on_hand = on_hand - ?1 WHERE product_id = ?2 AND on_hand >= ?1", (quantity, product_id)
    )
    if not taken.rowcount:
        raise CommandRejected(f"there are fewer than {quantity} of {product_id!r} in stock; order fewer")
