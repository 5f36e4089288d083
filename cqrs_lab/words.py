"""Short texts for a picture."""

from __future__ import annotations


def count(number: int, what: str) -> str:
    """Return a number of things, such as "1 row" or "1,200 rows"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def shortened(text: str, most: int) -> str:
    """Return a text that has this many characters at most."""
    return text if len(text) <= most else f"{text[: max(1, most - 1)]}…"
