"""A person's page: what a query has answered them, drawn as a phone."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

import pandas as pd

from cqrs_lab.arguments import text
from cqrs_lab.read.queries import Answer
from cqrs_lab.show.doors import instance
from cqrs_lab.show.few_columns import few_columns
from cqrs_lab.show.icons import icon
from cqrs_lab.show.picture import Picture, brief, drawing
from cqrs_lab.show.shapes import label, painted
from cqrs_lab.words import shortened

MOST_CARDS = 2
NOTHING = "nothing here"
WIDTH, HEIGHT = 220, 286


def page(answer: Answer, person: str = "Ada", nothing: str = NOTHING) -> Picture:
    """Show an answer as the page of the person who asked.

    Parameters
    ----------
    answer : Answer
        What `QueryBus.ask` returned; its rows are drawn as cards.
    person : str, optional
    nothing : str, optional
        What the page says if the answer has no rows.

    Examples
    --------
    >>> from cqrs_lab.shop import read
    >>> from cqrs_lab.shop.opened import open_shop
    >>> from cqrs_lab.show import page
    >>> page(open_shop().queries.ask(read.OrdersOf("ada")), nothing="You have no orders")
    Ada's page: You have no orders.
    """
    instance("answer", answer, Answer, "an answer; give what queries.ask(…) returned")
    text("person", person, "a name; give a text such as 'Ada'")
    text("nothing", nothing, "the words of an empty page; give a text such as 'You have no orders'")
    says = f"{person}'s page: {_in_words(answer, nothing)}."
    parts = [outline(1, 1, WIDTH - 2, HEIGHT - 2, person)]
    parts += [f'<g transform="translate({WIDTH // 2} 0)">{"".join(cards(answer, 74, nothing))}</g>']
    figure = f"<figure>{drawing(WIDTH, HEIGHT, says, parts)}<figcaption>{escape(says)}</figcaption></figure>"
    frame = answer.value if isinstance(answer.value, pd.DataFrame) else pd.DataFrame()
    return Picture(f'<div class="phone">{figure}</div>', says, frame)


def _in_words(answer: Answer, nothing: str) -> str:
    if answer.value is None:
        return f"no answer: {answer.freshness}"
    if not isinstance(answer.value, pd.DataFrame):
        return brief(answer.value)
    rows = few_columns(answer.value).to_dict("records")
    told = (", ".join(f"{column} {one}" for column, one in row.items()) for row in rows[:MOST_CARDS])
    more = f"; and {len(rows) - MOST_CARDS:,} more" if len(rows) > MOST_CARDS else ""
    return "; ".join(told) + more if rows else nothing


def outline(left: int, top: int, width: int, height: int, person: str) -> str:
    """Return the empty page with its owner's name on top."""
    return (
        f'<rect class="box" x="{left}" y="{top}" width="{width}" height="{height}" rx="22"'
        f' style="stroke:var(--ink)"/><circle cx="{left + 28}" cy="{top + 34}" r="13" class="person"/>'
        + label(left + 28, top + 39, person[:1].upper(), "strong")
        + label(left + 48, top + 39, f"{shortened(person, 9)}'s page", "strong", "start")
        + f'<path d="M {left + 14} {top + 58} H {left + width - 14}" style="stroke:var(--line)"/>'
    )


def cards(answer: Answer, top: int, nothing: str = NOTHING) -> Iterator[str]:
    """Return an answer as cards around the middle of a page: a row is a card."""
    value: Any = answer.value
    if value is None:
        yield label(0, top + 60, f"no answer: {answer.freshness}", "faint")
        return
    if not isinstance(value, pd.DataFrame):
        yield label(0, top + 60, shortened(brief(value), 18), "strong")
        return
    if value.empty:
        yield painted(icon("box", -22, top + 24, 44), "var(--faint)")
        yield label(0, top + 96, nothing, "strong")
        return
    cells = few_columns(value)
    for at, row in enumerate(cells.head(MOST_CARDS).to_dict("records")):
        y = top + at * 92
        yield f'<rect x="-64" y="{y}" width="128" height="84" rx="7" class="fresh"/>'
        first, *others = row.items()
        yield label(-54, y + 22, shortened(" ".join(map(str, first)), 15), "strong", "start")
        for line, (column, one) in enumerate(others[:3]):
            yield label(-54, y + 41 + line * 18, shortened(f"{column}: {one}", 18), "small", "start")
    if len(cells) > MOST_CARDS:
        yield label(0, top + MOST_CARDS * 92 + 12, f"and {len(cells) - MOST_CARDS:,} more", "small faint")
