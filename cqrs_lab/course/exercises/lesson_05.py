"""Exercises of lesson 5: mend a projection, count what was sold, and tell who has which book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product as every
from typing import Any

from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.folding import Folds, Told
from cqrs_lab.shop.events import ItemsReturned, OrderLine, OrderPlaced, StockReceived

# --- 05.1 -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProductRated:
    """A customer gave a product some stars, one to five."""

    product_id: str
    stars: int


def _rated(*stars: int, product: str = "cup") -> list[object]:
    return [ProductRated(product, one) for one in stars]


def stars(answer: Any) -> None:
    """Judge a pair: a projection of ratings, and a function of its table that gives the average by product."""
    folds = Folds(answer, "(Stars(), average), where average(table) gives a number for each product", _numbers)
    whole = "Add up the stars of one product by hand. What do you divide them by?"
    folds.expect([_rated(5, 4, 3) + _rated(2, product="pot")], {"cup": 4.0, "pot": 2.0}, whole)
    folds.expect([[], _rated(4), []], {"cup": 4.0}, "Most slices hold no rating. What does yours make of an empty one?")
    averaged = "You have the average of two averages. Did both slices hold as many ratings?"
    newest = "That is the average of the last slice alone. Where did the ratings before it go?"
    weights = "Three ratings stood in one slice and one in the other. What must a row keep, so that both still count?"
    folds.expect([_rated(5, 5, 5), _rated(1)], {"cup": 4.0}, weights, misread={3.0: averaged, 1.0: newest})
    three = "After two merges each rating must weigh as much as any other. Which one weighs more in yours?"
    folds.expect([_rated(5), _rated(5), _rated(2), _rated(4)], {"cup": 4.0}, three)
    folds.obeys_law_5([*_rated(5, 1, 4), *_rated(2, 2, product="pot"), *_rated(3, 5, 1)])


def _numbers(answer: Any) -> dict[str, float]:
    return {str(key): round(float(value), 6) for key, value in answer.items()}


# --- 05.2 -------------------------------------------------------------------------------------------------

NOON = datetime(2026, 1, 5, 12)


def _lines(units: dict[str, int]) -> tuple[OrderLine, ...]:
    return tuple(OrderLine(at, one, one, count, 1000) for at, (one, count) in enumerate(units.items(), 1))


def _sold(**units: int) -> OrderPlaced:
    return OrderPlaced("o", "ada", "Ireland", _lines(units), (), NOON)


def _back(**units: int) -> ItemsReturned:
    return ItemsReturned("r", "o", "ada", "Ireland", _lines(units), (), NOON)


def best_sellers(answer: Any) -> None:
    """Judge a projection with one column, units: what was sold of each product, and did not come back."""
    folds = Folds(answer, "BestSellers(), with index product_id and a column units", _units)
    folds.expect(
        [[_sold(cup=2, pot=1), StockReceived("cup", 12, NOON)]],
        {"cup": 2, "pot": 1},
        "One order, two lines. Which field of a line says how many?",
        misread={1: "You count lines. Which field of a line says how many were bought?"},
    )
    twice = "Two people bought two cups each. Are two equal lines one and the same?"
    folds.expect([[_sold(cup=2), _sold(cup=2)]], {"cup": 4}, twice)
    returns = "Three went out and one came back. How many did the shop sell?"
    added = "What came back is added on top. Which sign does a return have?"
    folds.expect([[_sold(cup=3), _back(cup=1)]], {"cup": 2}, returns, misread={4: added})
    folds.expect(
        [[], [_sold(cup=2)], []], {"cup": 2}, "Most slices hold no order at all. What does yours make of an empty one?"
    )
    newer = "That is what the last slice says. Where did the slice before it go?"
    split = "One order in one slice, one in the next. What does merge make of two rows for the cup?"
    folds.expect([[_sold(cup=2)], [_sold(cup=3)]], {"cup": 5}, split, misread={3: newer})
    clipped = "A slice may hold the return alone. What does it say about the cup, if not minus one?"
    folds.expect([[_sold(cup=3)], [_back(cup=1)]], {"cup": 2}, clipped)
    _beyond_the_best(folds)
    folds.obeys_law_5([_sold(cup=2, pot=1), _sold(cup=1), _back(cup=1), _sold(pot=4), _sold(cup=3), _back(pot=2)])


def _beyond_the_best(folds: Folds) -> None:
    """Try a product that is never among the first of a slice, and is the first of all."""
    often = {f"p{slice_}{at}": 9 for slice_, at in every(range(6), range(12))}
    slices: list[Sequence[object]] = [
        [_sold(**{name: 9 for name in often if name.startswith(f"p{slice_}")}, mug=8)] for slice_ in range(6)
    ]
    cut_off = "The mug is thirteenth in every slice and first in all. Who may drop a row: the table, or the question?"
    folds.expect(slices, often | {"mug": 48}, cut_off)


def _units(table: Any) -> dict[str, int]:
    return {str(key): int(value) for key, value in table["units"].items()}


# --- 05.3: a library --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CopyLent:
    """A copy of a book went home with a member."""

    copy: str
    member: str


@dataclass(frozen=True)
class CopyBroughtBack:
    """A copy of a book is back on the shelf."""

    copy: str


def on_loan(answer: Any) -> None:
    """Judge a pair: a projection of loans, and a function of its table that gives the copies out, with a member."""
    folds = Folds(answer, "(Loans(), on_loan), where on_loan(table) has a row per copy that is out", _members)
    ada, ben, back = CopyLent("c1", "ada"), CopyLent("c1", "ben"), CopyBroughtBack("c1")
    folds.expect([[ada, CopyLent("c2", "ben")]], {"c1": "ada", "c2": "ben"}, "Two copies, two members. Who has which?")
    unread = "It came back, and your table has not heard of it. Which of the two events does summarise read?"
    hidden = "It came back. Who hides a row that is of no interest any more?"
    folds.expect([[ada, back]], {}, unread, misread={"": hidden})
    folds.expect([[ada, back, ben]], {"c1": "ben"}, "It came back and went out again. Which event was the last?")
    folds.expect([[], [ada], []], {"c1": "ada"}, "Most slices hold no loan. What does yours make of an empty one?")
    apart = "The loan is in one slice, its return in the next. What row does a return alone leave behind?"
    folds.expect([[ada], [back]], {}, apart)
    folds.expect([[ada, back], [ben]], {"c1": "ben"}, "It went out again in a later slice. Which row did merge keep?")
    order = "I merged the later slice first. How can merge know which of two rows is newer, if not by who comes last?"
    folds.expect([[ada], [back]], {}, order, backwards=True)
    folds.expect(
        [[back], [ben]], {"c1": "ben"}, "Merged backwards, an old return undid a new loan. What do you compare?", True
    )
    folds.obeys_law_5([ada, CopyLent("c2", "cleo"), back, ben, CopyBroughtBack("c2"), CopyLent("c2", "ada"), back])


def _members(table: Any) -> Told:
    rows = table["member"] if hasattr(table, "columns") else table
    return {str(key): str(value) for key, value in rows.items()}


EXERCISES = (
    Exercise(
        "05.1",
        stars,
        (
            "Two averages cannot be merged: 5 of three ratings and 1 of one are not 3.",
            "What can be merged can be added. Which two numbers, added up, still tell the average?",
            'Keep the columns stars and ratings, add both with lab.merge_rows(table, rows, add=["stars", "ratings"]), '
            "and let average(table) divide.",
        ),
        "A table keeps what can be merged; what is worked out from that, the question works out.",
    ),
    Exercise(
        "05.2",
        best_sellers,
        (
            'batch.frame(events.OrderPlaced, each="lines") has a row per line, with product_id and quantity.',
            "A return is a line with the other sign. Put both frames under each other with pd.concat.",
            "Group by product_id, sum, and bring it into shape with self.schema.conform(…); merge adds.",
        ),
        "Sums can be cut anywhere and merged in any order. What is best, the question decides.",
    ),
    Exercise(
        "05.3",
        on_loan,
        (
            "One row per copy: who has it, and the position of the event that says so.",
            'A return is news about the copy too: its row says member "", as of its position.',
            'Merge with latest={"position": ["member"]}, and let on_loan leave out the rows whose member is "".',
        ),
        "The newer fact wins by its position, not by when it came in; what is gone stays as a row that nobody shows.",
    ),
)
