"""Exercises of lesson 1: fix a lost update, say what the final rows cannot answer, and a library's rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from cqrs_lab.course.exercises.arguments import expect_arguments
from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_01_library import LIBRARY
from cqrs_lab.course.exercises.lesson_01_meeting import (
    answered,
    gave_up,
    kept_open,
    lost,
    no_lock_of_python,
    places_to_meet,
    rows,
    when,
)
from cqrs_lab.course.guard import NotYet
from cqrs_lab.simulation.clerks import Clerk, ClerksFile, clerks_file

# --- 01.1 -------------------------------------------------------------------------------------------------

STOCK = """
    CREATE TABLE stock (
        product_id TEXT PRIMARY KEY,
        on_hand INTEGER NOT NULL CHECK (on_hand >= 0),
        version INTEGER NOT NULL DEFAULT 1
    );
"""
REFUSAL = "That there are too few is an everyday answer, not a fault in the program. Return False."
CHECKED = (
    "The table's CHECK kept the stock from falling below zero, and the customer reads IntegrityError. "
    "What should sell return to them?"
)
NOBODY_LOOKED = "Your UPDATE found no such row and changed nothing. What does rowcount say about that?"


class Sale(NamedTuple):
    """One clerk alone: the stock before, what is sold, whether it can be, and what is asked otherwise."""

    stock: dict[str, int]
    product_id: str
    quantity: int
    sold: bool
    ask: str


SALES = (
    Sale({"cup": 12}, "cup", 2, True, "There were enough, and the customer took two away. What should the row say?"),
    Sale({"cup": 2, "pot": 5}, "pot", 1, True, "Whose stock did you change? Look at your WHERE."),
    Sale({"cup": 2}, "cup", 2, True, "There were exactly as many as were wanted. May the last one be sold?"),
    Sale({"cup": 2}, "cup", 3, False, "There were fewer than the customer wanted. What did you promise?"),
    Sale({"cup": 2}, "hat", 1, False, "There is no such product in the table. Where did the hat come from?"),
    Sale({"cup": 0}, "cup", 1, False, "The shelf was empty. What did you sell?"),
    Sale({"cup": 5_000}, "cup", 4_321, True, "Many were left. Where does your number come from?"),
)


# Customers of one clerk, who keeps the connection open: there are sales before each refusal.
DAY = (("cup", 2, True), ("cup", 2, True), ("cup", 2, False), ("hat", 1, False), ("cup", 1, True), ("cup", 1, False))


class Rush(NamedTuple):
    """Several clerks at once: the stock before, what each wants, how many of them get it, and what is left."""

    on_hand: int
    wanted: tuple[int, ...]
    sold: int
    left: int


RUSHES = (Rush(1, (1, 1), 1, 0), Rush(12, (2, 3), 2, 7), Rush(5, (2, 3), 2, 0), Rush(12, (2, 3, 4), 3, 3))


def sell(answer: Any) -> None:
    """Judge ``sell(file, product_id, quantity)``, alone and beside other clerks who run the same function."""
    if not callable(answer):
        raise NotYet(
            "looked for sell", repr(answer), "a function", "Did you hand over sell itself, without calling it?"
        )
    expect_arguments(answer, "sell", "file", "product_id", "quantity")
    with clerks_file(STOCK) as file:
        longest = max(_sells_alone(file, answer, sale) for sale in SALES)
        _sells_all_day(file, answer)
        no_lock_of_python(answer)
        for rush in RUSHES:
            for places in places_to_meet(longest, len(rush.wanted) - 1):
                _sells_in_a_rush(file, answer, rush, places)


def _fill(file: ClerksFile, stock: dict[str, int]) -> None:
    rows = ", ".join(f"('{product_id}', {on_hand}, 1)" for product_id, on_hand in stock.items())
    file.run(f"DELETE FROM stock; INSERT INTO stock VALUES {rows}")


def _stock(file: ClerksFile) -> dict[str, int]:
    return dict(rows(file, "SELECT product_id, on_hand FROM stock"))


def _sells_alone(file: ClerksFile, answer: Any, sale: Sale) -> int:
    """Check one sale, and return how many statements it took."""
    _fill(file, sale.stock)
    done = f"called sell(file, {sale.product_id!r}, {sale.quantity}) with {sale.stock} in stock"
    met = file.meet(lambda connection: answer(connection, sale.product_id, sale.quantity))
    sold = answered(met.outcomes[0], done, REFUSAL, CHECKED)
    after = {**sale.stock, sale.product_id: sale.stock[sale.product_id] - sale.quantity} if sale.sold else sale.stock
    if (sold, _stock(file)) != (sale.sold, after):
        ask = NOBODY_LOOKED if sold and not sale.sold and any(_compares(met.statements)) else sale.ask
        raise NotYet(done, f"{sold}, and {_stock(file)} in stock", f"{sale.sold}, and {after} in stock", ask)
    return len(met.statements)


def _sells_all_day(file: ClerksFile, answer: Any) -> None:
    _fill(file, {"cup": 5})
    left = 5
    statements: list[str] = []

    def to(product_id: str, quantity: int) -> Clerk:
        return lambda connection: answer(connection, product_id, quantity)

    outcomes = file.one_after_the_other([to(*customer[:2]) for customer in DAY], statements.append)
    for (product_id, quantity, sold), outcome in zip(DAY, outcomes, strict=True):
        done = f"called sell(file, {product_id!r}, {quantity}) with {left} in stock, on a connection used before"
        came, left = answered(outcome, done, REFUSAL, CHECKED), left - quantity * sold
        if (came, _stock(file)) != (sold, {"cup": left}):
            ask = kept_open(answer, statements)
            raise NotYet(
                done, f"{came}, and {_stock(file).get('cup', 0)} in stock", f"{sold}, and {left} in stock", ask
            )


def _sells_in_a_rush(file: ClerksFile, answer: Any, rush: Rush, places: Sequence[int]) -> None:
    _fill(file, {"cup": rush.on_hand})
    mine, *theirs = rush.wanted
    others = [
        (place, lambda connection, wants=wants: answer(connection, "cup", wants))
        for place, wants in zip(places, theirs, strict=True)
    ]
    met = file.meet(lambda connection: answer(connection, "cup", mine), others)
    done = (
        f"put {_counted(rush.on_hand, 'cup')} in stock, called sell(file, 'cup', {mine}), and let other clerks sell "
        f"{' and '.join(map(str, theirs))} {when(met.statements, places)}"
    )
    said = [answered(one, done, REFUSAL, CHECKED) for one in met.in_order()]
    left = _stock(file).get("cup", 0)
    both = ((sum(said), left), rush[2:])
    came, expected = (f"{_counted(sold, 'customer')} served, {stock} left" for sold, stock in both)
    if came == expected:
        return
    promised = sum(wants for wants, sold in zip(rush.wanted, said, strict=True) if sold)
    if left == rush.on_hand - promised:
        gave_up(done, came, expected)
    lost(done, came, expected, answer, met.statements, _what_was_lost(met.statements))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


UPDATES = re.compile(r"\s*UPDATE\b(.*?)(?:\bWHERE\b(.*))?$", re.I | re.S)


def _updates(statements: Sequence[str]) -> list[tuple[str, str]]:
    """Return what each UPDATE sets, and under which condition."""
    return [(found[1], found[2] or "") for sql in statements if (found := UPDATES.match(sql))]


def _compares(statements: Sequence[str]) -> list[bool]:
    """Return of each UPDATE whether its condition looks at the stock or the version."""
    return [re.search(r"\b(version|on_hand)\b", condition, re.I) is not None for _, condition in _updates(statements)]


def _what_was_lost(statements: Sequence[str]) -> str:
    compares = _compares(statements)
    if compares and all(compares):
        return NOBODY_LOOKED
    if any(compares):
        return "Your first try compares, and the second one writes whatever it finds. Who may come in between, again?"
    if any(re.search(r"\bversion\b", sets, re.I) for sets, _ in _updates(statements)):
        return (
            "You count the version up, and compare it with nothing. Which version did you read, and is it still there?"
        )
    return (
        "Between your SELECT and your UPDATE the other clerk sold some. What did your UPDATE believe was there? Let "
        "one statement look and write, or keep others out while you do both."
    )


# --- 01.2 -------------------------------------------------------------------------------------------------

ANSWERABLE = {
    "What did Ada pay for each cup on order 7?": "rows",
    "What did the pot cost last Tuesday, when nobody bought one?": "gone",
    "Who changed the price of the cup?": "gone",
    "How many cups are on the shelf now?": "rows",
    "How many people put a pot in their cart and removed it?": "gone",
    "Which orders are cancelled?": "rows",
    "Order 7 is delivered. When was it paid?": "gone",
    "Which products have never been ordered?": "rows",
    "How often was the shelf of cups empty last month?": "gone",
}
_PAID, _TUESDAY, _WHO, _NOW, _CART, _CANCELLED, _WHEN, _NEVER, _EMPTY = ANSWERABLE
WHY_NOT = {
    (_PAID, "gone"): "Look at order_lines. Which price does a line keep, and does change_price touch it?",
    (_TUESDAY, "rows"): "The price of a product stands in one place, and change_price writes over it. Where would the "
    "price of Tuesday be, if no order holds it?",
    (_WHO, "rows"): "Go through the columns of products. In which of them is a person?",
    (_NOW, "gone"): "That is what the row of stock is for. What does on_hand say?",
    (_CART, "rows"): "A product that is removed from a cart loses its row. Which row would you count?",
    (_CANCELLED, "gone"): "A cancelled order keeps its row. Which column says so?",
    (_WHEN, "rows"): "changed_at holds one moment, the latest. What was written over it when the order was shipped?",
    (
        _NEVER,
        "gone",
    ): "Two tables know all there is to know: products, and order_lines. Which products are in only one?",
    (_EMPTY, "rows"): "on_hand holds one number, that of now. Where are the numbers of last month?",
}


def remembered(answer: Any) -> None:
    """Judge which questions the final rows answer."""
    judge_choices(
        answer,
        ANSWERABLE,
        ("rows", "gone"),
        WHY_NOT,
        each="For each question: can the rows answer it, or is the fact gone?",
        open_="Which table would you look into, and is the fact still there?",
    )


EXERCISES = (
    Exercise(
        "01.1",
        sell,
        (
            "Between a SELECT and an UPDATE of yours, anybody may write. Either nothing may come in between, or the "
            "UPDATE has to notice.",
            "An UPDATE may look and write at once: WHERE product_id = ? AND on_hand >= ?. Its rowcount says whether it "
            "found a row.",
            "Or: BEGIN IMMEDIATE takes the write lock, then read, write and COMMIT; end it on every path.",
        ),
        "Whatever the other clerk does in between, no sale is lost and none is made up.",
    ),
    Exercise(
        "01.2",
        remembered,
        (
            "Rows say what is true now. Orders and their lines are never overwritten, except for the status.",
            "For each question ask: which column would hold the answer, and which method writes over it?",
        ),
        "Rows answer what is true now. What led there is gone, unless somebody thought of a column for it.",
    ),
    LIBRARY,
)
