"""Every lesson, opened and used in a real browser."""
