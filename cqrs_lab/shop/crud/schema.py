"""The tables of the shop, each fact in one place, and the index that each question needs."""

STATUSES = ("placed", "paid", "shipped", "delivered", "cancelled")

TABLES = f"""
    CREATE TABLE customers (
        customer_id TEXT PRIMARY KEY,
        country TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE products (
        product_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        price_mills INTEGER NOT NULL CHECK (price_mills >= 0)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE stock (
        product_id TEXT PRIMARY KEY REFERENCES products,
        on_hand INTEGER NOT NULL CHECK (on_hand >= 0)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE cart_lines (
        customer_id TEXT NOT NULL,
        product_id TEXT NOT NULL REFERENCES products,
        quantity INTEGER NOT NULL CHECK (quantity > 0),
        PRIMARY KEY (customer_id, product_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE orders (
        order_id TEXT PRIMARY KEY,
        customer_id TEXT NOT NULL REFERENCES customers,
        status TEXT NOT NULL CHECK (status IN {STATUSES}),
        placed_at TEXT NOT NULL,
        changed_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE order_lines (
        order_id TEXT NOT NULL REFERENCES orders,
        line INTEGER NOT NULL,
        product_id TEXT NOT NULL REFERENCES products,
        quantity INTEGER NOT NULL CHECK (quantity > 0),
        unit_price_mills INTEGER NOT NULL,
        PRIMARY KEY (order_id, line)
    ) STRICT, WITHOUT ROWID;
"""

# By name: the page that needs it, and what makes it.
INDEXES = {
    "orders_by_customer": ("My orders", "orders (customer_id, placed_at, status)"),
    "lines_by_product": ("Best sellers", "order_lines (product_id, quantity)"),
}
