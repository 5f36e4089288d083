"""Exercise 13.1: a projection of what each customer bought."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

import pandas as pd

from cqrs_lab.course.accept import as_whole
from cqrs_lab.course.exercises.folding import Folds
from cqrs_lab.course.guard import NotYet
from cqrs_lab.shop.events import (
    Charge,
    ItemsReturned,
    OrderLine,
    OrderLinesRefused,
    OrderPlaced,
    RefusedLine,
    StockReceived,
)

NOON = datetime(2011, 3, 1, 12)
NUMBERS = count(1)  # every invoice has a number of its own
Items = tuple[tuple[int, int], ...]
ASKED = "looked at your table"
COLUMNS = ("orders", "value_mills")
Customers = dict[str, tuple[int, int]]


def _items(goods: Items, charges: Items) -> tuple[tuple[OrderLine, ...], tuple[Charge, ...]]:
    lines = tuple(OrderLine(at, "cup", "Tea cup", *one) for at, one in enumerate(goods, 1))
    return lines, tuple(Charge(at, "POST", "Postage", *one) for at, one in enumerate(charges, len(lines) + 1))


def _bill(customer: str, *goods: tuple[int, int], charges: Items = ()) -> OrderPlaced:
    return OrderPlaced(f"{next(NUMBERS)}", customer, "France", *_items(goods, charges), NOON)


def _note(customer: str, *goods: tuple[int, int], charges: Items = ()) -> ItemsReturned:
    return ItemsReturned(f"C{next(NUMBERS)}", "", customer, "France", *_items(goods, charges), NOON)


REFUSED = OrderLinesRefused("r", "ada", "France", (RefusedLine(1, "cup", "test", 5, 1000, "a test entry"),), NOON)
CUPS_CAME_IN = StockReceived("cup", 12, NOON)


def customers(answer: Any) -> None:
    """Judge a projection: for each customer, how many orders there were, and what their bills come to."""
    folds = Folds(answer, "Customers(), with index customer_id and columns orders and value_mills", _customers)
    _one_bill(folds)
    _whose_bill(folds)
    _charges(folds)
    _credit_notes(folds)
    _owed(folds)
    _slices(folds)
    week = [_bill("ada", (2, 1000)), _bill("", (1, 5)), _note("ada", (1, 1000)), CUPS_CAME_IN, _bill("ada", (1, 7))]
    folds.obeys_law_5([*week, _note("ben", (1, 3)), _bill("ben", (4, 3), charges=((1, 50),))])


def _one_bill(folds: Folds) -> None:
    empty = "Your table is empty. Which rows does summarise make, and what does merge return?"
    lines = "There is one bill with two lines. Which do you count, bills or lines?"
    units = "You count pieces. How many orders were placed?"
    misread = {
        (): empty,
        ((2, 2500),): lines,
        ((3, 2500),): units,
        ((1, 1500),): "You add up prices. How many pieces were bought at each price?",
        ((2, 1500),): "Two lines, one bill; and a line's price is that of one piece. Which numbers do you add up?",
    }
    by_hand = "Work out this one bill by hand: two pieces at 1,000 mills and one at 500. What does your row say?"
    folds.expect([[_bill("ada", (2, 1000), (1, 500))]], {"ada": (1, 2500)}, by_hand, misread=misread)
    equal = "Two lines of that bill are equal, and both were paid for. Where does one of them go?"
    folds.expect([[_bill("ada", (1, 900), (1, 900))]], {"ada": (1, 1800)}, equal)
    two = "Ada came twice, and both bills look the same. How do you tell an order from another?"
    folds.expect([[_bill("ada", (1, 900)), _bill("ada", (1, 900))]], {"ada": (2, 1800)}, two)


def _whose_bill(folds: Folds) -> None:
    dropped = "That bill has no customer, and the goods are gone all the same. Which row keeps what they brought in?"
    under = "The bill names nobody: its customer_id is an empty text. Under which key do you keep it?"
    misread = {((1, 2500),): dropped, (): dropped}
    both = {"ada": (1, 2500), "": (1, 600)}
    folds.expect([[_bill("ada", (1, 2500)), _bill("", (3, 200))]], both, under, misread=misread)
    alike = "Those are different people. Do you shorten or change a customer's number?"
    four = {"042": (1, 1), "42": (1, 2), "a": (1, 3), "A": (1, 4)}
    folds.expect([[_bill(name, (1, value)) for name, (_, value) in four.items()]], four, alike)


def _charges(folds: Folds) -> None:
    misread = {
        ((1, 1000),): "The customer paid postage too. In which field of the event does it stand, if not in lines?",
        ((2, 4950),): "Goods and postage are on one bill. How often do you count it?",
        ((1, 3950),): "There is postage on that bill, and there are goods. What happened to the goods?",
    }
    total = "Goods for 1,000 mills, and 3,950 for postage. What does this bill come to?"
    folds.expect([[_bill("ada", (1, 1000), charges=((1, 3950),))]], {"ada": (1, 4950)}, total, misread=misread)
    alone = "No goods are on that bill, only postage. It was placed and paid: how does your table learn of it?"
    folds.expect([[_bill("ada", charges=((1, 3950),))]], {"ada": (1, 3950)}, alone)
    pieces = "Two charges, one of them for three pieces. Are both in?"
    folds.expect([[_bill("ada", (1, 10), charges=((3, 100), (1, -50)))]], {"ada": (1, 260)}, pieces)


def _credit_notes(folds: Folds) -> None:
    added = "The credit note made the value larger. Did Ada pay for the cup that came back?"
    misread = {
        ((1, 3000),): added,
        ((2, 3000),): f"{added} And is a credit note an order?",
        ((1, 2000),): "A cup came back, and your table does not know. Which of the two events does summarise read?",
        ((2, 1000),): "You count two orders. Which of the two papers is an order, and which a credit note?",
        ((0, 1000),): "One cup came back, and her order is gone from your count. Was it placed?",
        ((1, 0),): "One of two cups came back. How much do you take off?",
    }
    less = "Two cups for 2,000 mills; one of them came back. What is left of orders and of value?"
    folds.expect([[_bill("ada", (2, 1000)), _note("ada", (1, 1000))]], {"ada": (1, 1000)}, less, misread=misread)
    postage = "The shop gave her the postage back as well. Which part of the credit note do you read?"
    back = [_bill("ada", (1, 1000), charges=((1, 500),)), _note("ada", (1, 1000), charges=((1, 500),))]
    gone = "Everything came back, and the row says one order and no value. Who took the row out?"
    folds.expect([back], {"ada": (1, 0)}, postage, misread={(): gone})
    nobody = "A credit note without a customer takes off too, from the row of those who have no name. Where is it?"
    folds.expect([[_bill("", (2, 700)), _note("", (1, 700))]], {"": (1, 700)}, nobody)


def _owed(folds: Folds) -> None:
    only = "Ben's only paper is a credit note: he bought before the file begins. Who leaves him out?"
    misread = {
        ((0, 0),): "The shop owes Ben 700 mills. Who turned that into 0?",
        ((0, 700),): "The shop owes Ben 700 mills; your table says that he paid them. Which sign does it have?",
        ((1, -700),): "Ben has placed no order. What do you count?",
        ((-1, -700),): "How can somebody have placed minus one order?",
        (): only,
    }
    folds.expect([[_note("ben", (1, 700))]], {"ben": (0, -700)}, only, misread=misread)
    other = "The log also holds refused lines, and goods that came in. Which events are bills?"
    folds.expect([[_bill("ada", (1, 1000)), REFUSED, CUPS_CAME_IN]], {"ada": (1, 1000)}, other)


def _slices(folds: Folds) -> None:
    folds.expect([[], [_bill("ada", (1, 5))], []], {"ada": (1, 5)}, "Two slices hold no bill. What did they change?")
    misread = {((1, 300),): "That is what the last slice says. Where did the slice before it go?"}
    split = "One bill in one slice, one in the next. What does merge make of two rows for Ada?"
    folds.expect([[_bill("ada", (1, 500))], [_bill("ada", (1, 300))]], {"ada": (2, 800)}, split, misread=misread)
    below = "A slice may hold the credit note alone. What does it say about Ada, if not minus 1,000?"
    folds.expect([[_bill("ada", (2, 1000))], [_note("ada", (1, 1000))]], {"ada": (1, 1000)}, below)
    large = "A good customer, and a long year. Where does your number stop growing, or lose its last digits?"
    rich = [[_bill("ada", (80_000, 12_345))], [_bill("ada", (3, 3_000_000_001))]]
    folds.expect(rich, {"ada": (2, 987_600_000 + 9_000_000_003)}, large)


def _customers(table: Any) -> Customers:
    frame = table.set_index("customer_id") if "customer_id" in table else table
    missing = [name for name in COLUMNS if name not in frame]
    if not isinstance(frame, pd.DataFrame) or missing:
        ask = f"Which column holds {' and '.join(missing)}?"
        raise NotYet(ASKED, f"columns {', '.join(map(str, frame))}", f"columns {' and '.join(COLUMNS)}", ask)
    numbers = [[as_whole(value, ASKED, "whole numbers") for value in frame[name]] for name in COLUMNS]
    return dict(zip(map(str, frame.index), zip(*numbers, strict=True), strict=True))
