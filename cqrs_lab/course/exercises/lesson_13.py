"""Exercises of lesson 13: what each customer bought, and what a day must keep; the bank is in `lesson_13_bank`."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

import pandas as pd

from cqrs_lab.course.accept import as_whole
from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.folding import Folds
from cqrs_lab.course.exercises.lesson_13_bank import reconcile
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

# --- 13.1 -------------------------------------------------------------------------------------------------

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


# --- 13.2 -------------------------------------------------------------------------------------------------

KEEPS = ("a sum", "a sum and a count", "the latest", "a row for each", "every value")
DAYS = {
    "How much came in?": "a sum",
    "What does an average order come to?": "a sum and a count",
    "How many different customers have bought something?": "a row for each",
    "What does the cup cost now?": "the latest",
    "How many orders were placed?": "a sum",
    "What does the middle order come to (half are below it)?": "every value",
    "Which product has sold best?": "a row for each",
    "When did Ada last order?": "the latest",
}
_MONEY, _MEAN, _WHO, _PRICE, _ORDERS, _MEDIAN, _BEST, _LAST = DAYS
TOO_MUCH = "That would do, and keep far more than you need. What is the least that two days can be merged from?"
WHY_NOT = {
    (_MONEY, "a sum and a count"): "What would you divide? The question asks for an amount.",
    (_MONEY, "the latest"): "Then Monday's money is gone on Tuesday. What do two days make together?",
    (_MONEY, "a row for each"): TOO_MUCH,
    (_MONEY, "every value"): TOO_MUCH,
    (_MEAN, "a sum"): "10 pounds on one day, 90 on the next. What do you divide 100 by?",
    (_MEAN, "the latest"): "The last day's average is not the year's. What do its numbers have to be combined with?",
    (_MEAN, "a row for each"): TOO_MUCH,
    (_MEAN, "every value"): TOO_MUCH,
    (_WHO, "a sum"): "Ada came on Monday and on Tuesday. How often is she in the sum?",
    (_WHO, "a sum and a count"): "Ada came on both days. Which of your two numbers knows that it was the same person?",
    (_WHO, "the latest"): "Who came only on Monday? Tuesday's list does not know.",
    (_WHO, "every value"): "Every purchase? It is enough to know who was there.",
    (_PRICE, "a sum"): "Two prices added up are the price of nothing. Which of the two holds today?",
    (_PRICE, "a sum and a count"): "That would be an average price. At which price does the shop sell now?",
    (_PRICE, "a row for each"): "One row is enough for one cup. What has to be in it, if two days each have one?",
    (_PRICE, "every value"): "You would keep all the prices that no longer hold. Which one is asked for?",
    (_ORDERS, "a sum and a count"): "Two numbers, and one of them is the answer. Which one?",
    (_ORDERS, "the latest"): "Then the year has as many orders as its last day. What do two days make together?",
    (_ORDERS, "a row for each"): "An order is placed once, on one day. Can it be counted twice, as a customer can?",
    (_ORDERS, "every value"): "You want to know how many there are. Do you need what they come to?",
    (_MEDIAN, "a sum"): "From a sum nobody can tell where the middle is. What lies below it, and what above?",
    (_MEDIAN, "a sum and a count"): "That gives the mean, which one large order can pull far away from the middle.",
    (_MEDIAN, "the latest"): "The middle of the last day is not that of the year. Which orders do you need to see?",
    (_MEDIAN, "a row for each"): "A row for each what? If it is each order, with its value, what is that called here?",
    (_BEST, "a sum"): "One number for all products: which of them sold best?",
    (_BEST, "a sum and a count"): "Two numbers for all products: which of them sold best?",
    (_BEST, "the latest"): "Each day's winner is kept, and who is second every day is lost. Who won the year?",
    (_BEST, "every value"): "Every sale? Two days of one product can be added up first.",
    (_LAST, "a sum"): "Two dates cannot be added up. Which of the two answers the question?",
    (_LAST, "a sum and a count"): "That would be an average date. Which one was the last?",
    (_LAST, "a row for each"): "One row is enough for one Ada. What has to be in it, if two days each have one?",
    (_LAST, "every value"): "All her dates? Of two of them, only one can still be the answer.",
}  # fmt: skip


def what_a_day_keeps(answer: Any) -> None:
    """Judge what is the least that a day must keep for each question."""
    judge_choices(
        answer,
        DAYS,
        KEEPS,
        WHY_NOT,
        each="For each question: what is the least that a day must keep, so that days can be merged?",
        open_="Take two days, and say their answers. What do you need from each to answer for both?",
    )


EXERCISES = (
    Exercise(
        "13.1",
        customers,
        (
            "Begin with whose bill it is: an empty text is a key like any other. Then look at which papers there are: "
            "bills and credit notes, and on each of them goods and charges.",
            "Count orders from batch.frame(events.OrderPlaced), which has one row per bill. Add up the values from "
            "billed(batch), which has one row per line and charge.",
            'Put the two side by side with pd.concat([orders, values], axis="columns").fillna(0), and then '
            "self.schema.conform(…). Who has only a credit note has no orders there.",
        ),
        "Nothing was left out to make it come out right: strangers, charges and credit notes are all in.",
        own_seconds=6.0,
    ),
    Exercise(
        "13.2",
        what_a_day_keeps,
        (
            "Take two days with numbers that you make up, and answer the question for each and for both.",
            "Which numbers of the two days do you need to get from the two answers to the one?",
            "Who or what can be there on both days? Then a number is not enough: it needs a row.",
        ),
        "What a day keeps decides which questions its summary can answer. Count and divide when somebody asks.",
        untouched=dict.fromkeys(DAYS, ""),
    ),
    Exercise(
        "13.3",
        reconcile,
        (
            "Equal totals prove little. Go through the references, on both sides.",
            "collections.Counter(reference for reference, _ in ledger) says how often each one is in the ledger.",
            "Four cases for a reference: not in the ledger, not on the statement, there twice, or another amount.",
        ),
        "Two mistakes that cancel out were found: one by one, every line has its place or its reason.",
        untouched=lambda statement, ledger: dict(set(statement) - set(ledger)),
    ),
)
