"""The questions that the pages of the shop ask, in SQL: one statement each."""

QUESTIONS = {
    "My orders": """
        SELECT order_id, placed_at, status, sum(quantity) AS units, sum(quantity * unit_price_mills) AS total_mills
        FROM orders JOIN order_lines USING (order_id)
        WHERE customer_id = ? GROUP BY order_id ORDER BY placed_at, order_id
    """,
    "An order": """
        SELECT status, country, line, name, quantity, unit_price_mills
        FROM orders JOIN customers USING (customer_id) JOIN order_lines USING (order_id)
            JOIN products USING (product_id)
        WHERE order_id = ? ORDER BY line
    """,
    "Products": """
        SELECT product_id, name, price_mills, on_hand
        FROM products JOIN stock USING (product_id) ORDER BY product_id
    """,
    "Best sellers": """
        SELECT product_id, name, sum(quantity) AS units
        FROM order_lines JOIN products USING (product_id)
        GROUP BY product_id ORDER BY units DESC, product_id LIMIT 10
    """,
    "Sales by country": """
        SELECT country, sum(quantity * unit_price_mills) AS total_mills
        FROM orders JOIN customers USING (customer_id) JOIN order_lines USING (order_id)
        WHERE status <> 'cancelled' GROUP BY country ORDER BY country
    """,
}
