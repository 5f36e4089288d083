"""From the rows of a CRUD shop to the opening events of a log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby

from cqrs_lab.log.event_store import BulkStore, EventStore, Expected
from cqrs_lab.shop.crud.shop import CrudShop
from cqrs_lab.shop.events import OrderLine
from cqrs_lab.shop.opening.events import OrderTakenOver, ProductTakenOver, StockTakenOver

PRODUCTS = (
    "SELECT product_id, name, price_mills, on_hand FROM products JOIN stock USING (product_id) ORDER BY product_id"
)
ORDERS = """
    SELECT order_id, customer_id, country, status, placed_at, changed_at,
        line, product_id, name, quantity, unit_price_mills
    FROM orders JOIN customers USING (customer_id) JOIN order_lines USING (order_id) JOIN products USING (product_id)
    ORDER BY placed_at, order_id, line
"""
ORDER_COLUMNS = 6


def opening_events(shop: CrudShop, at: datetime) -> Iterator[tuple[str, object]]:
    """Yield a stream and its opening event for each product, each stock and each order, all of one moment.

    Parameters
    ----------
    shop : CrudShop
    at : datetime
        When the rows are taken over.

    Examples
    --------
    >>> from datetime import datetime
    >>> from cqrs_lab.shop.crud import CrudShop
    >>> from cqrs_lab.shop.opening import opening_events
    >>> with CrudShop(":memory:") as shop:
    ...     shop.list_product("cup", "Tea cup", 2550)
    ...     shop.receive_stock("cup", 12)
    ...     [(stream, type(event).__name__) for stream, event in opening_events(shop, datetime(2026, 1, 9))]
    [('product-cup', 'ProductTakenOver'), ('stock-cup', 'StockTakenOver')]
    """
    with _one_moment(shop):
        for product_id, name, price_mills, on_hand in shop.connection.execute(PRODUCTS):
            yield f"product-{product_id}", ProductTakenOver(product_id, name, price_mills, at)
            yield f"stock-{product_id}", StockTakenOver(product_id, on_hand, at)
        for order, rows in groupby(shop.connection.execute(ORDERS), key=lambda row: row[:ORDER_COLUMNS]):
            order_id, customer_id, country, status, placed_at, changed_at = order
            lines = tuple(OrderLine(*row[ORDER_COLUMNS:]) for row in rows)
            times = datetime.fromisoformat(placed_at), datetime.fromisoformat(changed_at), at
            yield f"order-{order_id}", OrderTakenOver(order_id, customer_id, country, lines, status, *times)


@contextmanager
def _one_moment(shop: CrudShop) -> Iterator[None]:
    """Let all statements see the file as it is now, while others go on writing."""
    shop.connection.execute("BEGIN")
    try:
        yield
    finally:
        shop.connection.execute("COMMIT")


def take_over(shop: CrudShop, store: EventStore, at: datetime) -> int:
    """Record the opening events of all rows, and return how many were new: a second time, none is.

    In a store that can, all of them are one commit. Let nobody change the rows from here on: the log is the record now.

    Raises
    ------
    ConcurrencyError
        A stream has been written to already, by something other than a take-over.
    """
    before = store.head()

    def record() -> int:
        receipts = [
            store.append(stream, [event], expected=Expected.NO_STREAM, command_id="take over")
            for stream, event in opening_events(shop, at)
        ]
        return sum(receipt.position > before for receipt in receipts)

    return store.together(record) if isinstance(store, BulkStore) else record()
