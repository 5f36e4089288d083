"""Two doors: one for changes, one for questions; each message is sent through both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import pandas as pd

from cqrs_lab.errors import said
from cqrs_lab.show.doors import by_name, function_of, instance, listed
from cqrs_lab.show.picture import Picture, brief, drawing, table
from cqrs_lab.show.style import READ, WRITE, Part
from cqrs_lab.show.view import Control, View
from cqrs_lab.words import count, shortened


class Shop(NamedTuple):
    """A shop that has just opened: its two doors, and a function that returns its state for the picture."""

    write_door: Callable[[Any], Any]
    read_door: Callable[[Any], Any]
    state: Callable[[], Mapping[str, Any]]


class Passage(NamedTuple):
    """What happened to a message at a door: what came back, in a line and as a table."""

    outcome: str
    refused: bool
    answer: pd.DataFrame
    before: Mapping[str, Any]
    after: Mapping[str, Any]


MOST_LETTERS, MOST_ROWS = 90, 4
DOORS = ("write door", "read door")


def two_doors(open_shop: Callable[[], Shop], messages: Sequence[object], mine: object = None) -> View:
    """Show what happens to each message at each door.

    Parameters
    ----------
    open_shop : callable
        Opens a new shop each time: every message really goes through a door, once, and none sees what another
        changed.
    messages : sequence of object
    mine : object, optional
        A message of your own. It stands at the end of the list, and the view begins with it.

    Returns
    -------
    View
        `frame()`: one row per message and door; columns outcome, refused, changed.

    Examples
    --------
    >>> from cqrs_lab.show import Shop, two_doors
    >>> def open_shop():
    ...     prices = {"cup": 2550}
    ...     return Shop(lambda change: prices.update(change), lambda question: prices[question], lambda: dict(prices))
    >>> two_doors(open_shop, [{"cup": 2400}], mine="cup").at(door=1)
    The read door accepts str. 2550. Nothing changed.
    """
    function_of("open_shop", open_shop, 0, "a function without arguments; let it return a Shop(…) of its own each time")
    messages = listed("messages", messages, "a list of messages; give at least one command or query")
    names = [_in_short(message) for message in messages]
    if mine is not None:
        messages, names = [*messages, mine], [*names, f"yours: {_in_short(mine)}"]
    tried = {(at, door): _send(open_shop(), message, door) for at, message in enumerate(messages) for door in (0, 1)}
    rows = [
        (_named(messages[at]), DOORS[door], passage.outcome, passage.refused, passage.before != passage.after)
        for (at, door), passage in tried.items()
    ]
    columns = ["message", "door", "outcome", "refused", "changed"]
    frame = pd.DataFrame(rows, columns=columns).set_index(["message", "door"])

    def draw(message: int, door: int) -> Picture:
        name, passage = _named(messages[message]), tried[message, door]
        says = _says(name, door, passage)
        state = pd.DataFrame({"before": passage.before, "after": passage.after}).rename_axis("what")
        changed = pd.DataFrame({"before": False, "after": state["before"] != state["after"]}, index=state.index)
        whose = "your message" if mine is not None and message == len(messages) - 1 else "a message"
        html = (
            f"<figure>{_drawing(whose, name, door, passage, says)}<figcaption>{escape(says)}</figcaption></figure>"
            f'<div class="tables">{table(state.astype("str"), "The shop", changed=changed)}'
            f"{table(passage.answer, 'What comes back')}</div>"
        )
        return Picture(html, says, frame)

    begins = len(messages) - 1 if mine is not None else 0
    message = Control("message", "Message", 0, len(messages) - 1, begins, tuple(names))
    return View(draw, [message, Control.among("door", "Through", DOORS)])


def _named(message: object) -> str:
    return f"the class {message.__name__}" if isinstance(message, type) else type(message).__name__


def _in_short(message: object) -> str:
    """Return a message in a line: its values, or what it is where these say nothing."""
    words = _named(message) if isinstance(message, type) else brief(message)
    return _named(message) if " at 0x" in words else shortened(words, MOST_LETTERS)


def _send(shop: Shop, message: object, door: int) -> Passage:
    instance("open_shop()", shop, Shop, "a shop; let it return Shop(write_door, read_door, state)")
    before = _state(shop)
    answer: object = None
    try:
        answer = (shop.write_door, shop.read_door)[door](message)
        outcome, refused = _what_came(answer), False
    except Exception as error:  # noqa: BLE001 - a door may refuse with any error; it is what the picture shows
        outcome, refused = said(error), True
    return Passage(outcome, refused, _as_table(answer, outcome), before, _state(shop))


def _what_came(answer: object) -> str:
    if isinstance(answer, pd.DataFrame):
        return f"It returns a table of {count(len(answer), 'row')}"
    return "It returns nothing" if answer is None else str(answer)


def _as_table(answer: object, outcome: str) -> pd.DataFrame:
    if isinstance(answer, pd.DataFrame):
        return answer.head(MOST_ROWS)
    return pd.DataFrame({"": [shortened(outcome, MOST_LETTERS)]}, dtype="str")


def _state(shop: Shop) -> dict[str, Any]:
    wanted = "a look at the shop's state; let it return a dict such as {'cups': 3}"
    return by_name("state()", function_of("state", shop.state, 0, wanted)(), wanted)


def _says(name: str, door: int, passage: Passage) -> str:
    changed = [key for key in passage.after if passage.before.get(key) != passage.after[key]]
    effect = f"Changed: {', '.join(changed)}." if changed else "Nothing changed."
    verdict = "refuses" if passage.refused else "accepts"
    return f"The {DOORS[door]} {verdict} {name}. {passage.outcome}. {effect}".replace("..", ".")


def _drawing(whose: str, name: str, door: int, passage: Passage, says: str) -> str:
    part, y = (WRITE, READ)[door], (62, 152)[door]
    dashes = f' stroke-dasharray="{part.dashes}"' if part.dashes else ""
    end, mark, middle = (340, "✗ refused", 255) if passage.refused else (632, "✓ accepted", 584)
    tip = "" if passage.refused else f' marker-end="url(#tip-{part.name.split()[0]})"'
    parts = [
        '<rect class="box" x="16" y="26" width="130" height="162" rx="6" style="stroke:var(--faint)"/>',
        f'<text x="81" y="112" text-anchor="middle" class="strong">{whose}</text>',
        '<rect class="box" x="644" y="26" width="160" height="162" rx="6" style="stroke:var(--faint)"/>',
        '<text x="724" y="112" text-anchor="middle" class="strong">the shop</text>',
        *(_side(at, one, f"{one.marker} {DOORS[at]}") for at, one in enumerate((WRITE, READ))),
        f'<path class="way now" d="M 146 {y} H {end}"{dashes} style="stroke:{part.paint}"{tip}/>',
        f'<text x="255" y="{y - 12}" text-anchor="middle" class="label strong">{escape(name)}</text>',
        f'<text x="{middle}" y="{y + 28}" text-anchor="middle" class="strong">{mark}</text>',
    ]
    if passage.refused:
        parts.append(f'<path class="way now" d="M 350 {y - 18} V {y + 18}" style="stroke:{part.paint}"/>')
    return drawing(820, 214, says, parts)


def _side(at: int, part: Part, title: str) -> str:
    y, dashes = (26, 116)[at], f' stroke-dasharray="{part.dashes}"' if part.dashes else ""
    return (
        f'<rect class="box" x="376" y="{y}" width="150" height="72" rx="6" style="stroke:{part.paint}"{dashes}/>'
        f'<text x="451" y="{y + 62}" text-anchor="middle" class="strong">{escape(title)}</text>'
    )
