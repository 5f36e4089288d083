"""Exercises of lesson 5: repair a projection, count what was sold, and tell who has which book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from itertools import product as every
from typing import Any

import pandas as pd

from cqrs_lab.course.accept import as_mapping, as_number, as_whole
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.folding import Folds, Told
from cqrs_lab.course.guard import NotYet
from cqrs_lab.shop.events import CartCheckedOut, CartLine, ItemsReturned, OrderLine, OrderPlaced, StockReceived

# --- 05.1 -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProductRated:
    """A customer gave a product some stars, one to five."""

    product_id: str
    stars: int


def _rated(*stars: int, product: str = "cup") -> list[object]:
    return [ProductRated(product, one) for one in stars]


NOON = datetime(2026, 1, 5, 12)
# What the shop's log holds besides, the second one with lines that nobody has bought yet.
CUPS_CAME_IN = StockReceived("cup", 12, NOON)
CART_OF_CUPS = CartCheckedOut("k", "ada", (CartLine("cup", 9, 1000),), NOON)
ASKED = "asked your table"
DIGITS = 9
WEIGHTS = "Three ratings stood in one slice and one in the other. What must a row keep, so that both still count?"


def stars(answer: Any) -> None:
    """Judge a pair: a projection of ratings, and a function of its table that returns the average by product."""
    folds = Folds(answer, "(Stars(), average), where average(table) has a number for each product", _numbers)
    _averages_of_one_slice(folds)
    folds.expect([[], _rated(4), []], {"cup": 4.0}, "Two slices hold no rating. What did they change?")
    averaged = "You have the average of two averages. Did both slices hold as many ratings?"
    newest = "That is the average of the last slice alone. Where did the ratings before it go?"
    misread = {3.0: averaged, 1.0: newest}
    folds.expect([_rated(5, 5, 5), _rated(1)], {"cup": 4.0}, WEIGHTS, misread=misread)
    three = "After two merges each rating must weigh as much as any other. Which one weighs more in yours?"
    folds.expect([_rated(5), _rated(5), _rated(2), _rated(4)], {"cup": 4.0}, three)
    kept = "The average of 5, 4, 4 and 4 is 4.25. What a row rounds off, no merge can bring back."
    as_one = "The second slice holds two ratings. As how many does your merge count them?"
    folds.expect([_rated(5, 4), _rated(4, 4)], {"cup": 4.25}, kept, misread={round(13 / 3, DIGITS): as_one})
    _many_ratings(folds)
    folds.obeys_law_5([*_rated(5, 1, 4), *_rated(2, 2, product="pot"), CUPS_CAME_IN, *_rated(3, 5, 1)])


def _many_ratings(folds: Folds) -> None:
    ratings = {f"p{number}": [1 + number % 5, 4] for number in range(12)} | {"Cup": [5], "cup": [2, 3]}
    events = [one for product, stars in ratings.items() for one in _rated(*stars, product=product)]
    twelve = "Each product has its own average. Which of them are missing, or taken for one and the same?"
    folds.expect([events], {product: sum(stars) / len(stars) for product, stars in ratings.items()}, twelve)
    many = "Three hundred ratings, half of them five and half of them four. How large can your columns' numbers become?"
    folds.expect([_rated(*[5] * 150), _rated(*[4] * 150)], {"cup": 4.5}, many)


def _averages_of_one_slice(folds: Folds) -> None:
    once = "Two of the three gave four stars. Are two equal ratings one and the same?"
    rounded = (
        "5, 4 and 4 make 13, and a third of that is 4.333… Where does yours lose the digits after the decimal point?"
    )
    middle = "5, 4 and 4 make 13, and a third of that is not 4. Do you round, or take the middle one?"
    total = "Those are the stars, added up. What do you divide them by?"
    empty = "Your table is empty. Which rows does summarise make, and what does merge return?"
    misread: dict[Any, str] = {(): empty, 13.0: total, 4.5: once, 4.0: middle}
    misread |= {round(13 / 3, places): rounded for places in range(1, DIGITS)}
    whole = "Add up the stars of one product by hand. What do you divide them by?"
    expected = {"cup": round(13 / 3, DIGITS), "pot": 2.0}
    folds.expect([_rated(5, 4, 4) + _rated(2, product="pot")], expected, whole, misread=misread)
    other = "The log also holds a StockReceived. Which events does yours count?"
    folds.expect([[*_rated(4, 2), CUPS_CAME_IN]], {"cup": 3.0}, other)


def _numbers(answer: Any) -> dict[str, float]:
    found = _by_key(answer, "product_id", "average")
    return {str(key): round(as_number(value, ASKED, "numbers"), DIGITS) for key, value in found.items()}


def _by_key(answer: Any, key: str, column: str) -> dict[Any, Any]:
    """Return what an answer says of each key: any mapping, or a frame with that column, the key as index or column."""
    if isinstance(answer, pd.DataFrame):
        frame = answer.set_index(key) if key in answer else answer
        if column not in frame and len(frame.columns) != 1:
            ask = f"Which of these columns is the answer? Return that one, or call it {column}."
            raise NotYet(ASKED, f"columns {', '.join(map(str, frame))}", f"a column {column}", ask)
        answer = frame[column] if column in frame else frame.iloc[:, 0]
    return as_mapping(answer, ASKED, f"one {column} for each {key}")


# --- 05.2 -------------------------------------------------------------------------------------------------


def _lines(units: dict[str, int], colour: str) -> tuple[OrderLine, ...]:
    numbered = enumerate(units.items(), 1)
    return tuple(OrderLine(at, one, f"Tea {one}, {colour}", count, 1000) for at, (one, count) in numbered)


NUMBERS = count(1)  # every order and every return has an id of its own


def _sold(**units: int) -> OrderPlaced:
    return OrderPlaced(f"o{next(NUMBERS)}", "ada", "Ireland", _lines(units, "blue"), (), NOON)


def _back(**units: int) -> ItemsReturned:
    return ItemsReturned(f"r{next(NUMBERS)}", "o1", "ada", "Ireland", _lines(units, "blue"), (), NOON)


ONE_GREEN_CUP = OrderPlaced("g", "ben", "Spain", _lines({"cup": 1}, "green"), (), NOON)


def best_sellers(answer: Any) -> None:
    """Judge a projection with a column units: what was sold of each product, and did not come back."""
    folds = Folds(answer, "BestSellers(), with index product_id and a column units", _units)
    _units_of_one_slice(folds)
    untouched = "Two slices hold no order. What did they change?"
    folds.expect([[], [_sold(cup=2)], []], {"cup": 2}, untouched)
    newer = "That is what the last slice says. Where did the slice before it go?"
    split = "One order in one slice, one in the next. What does merge make of two rows for the cup?"
    folds.expect([[_sold(cup=3)], [_sold(cup=2)]], {"cup": 5}, split, misread={2: newer})
    clipped = "A slice may hold the return alone. What does it say about the cup, if not minus one?"
    folds.expect([[_sold(cup=3)], [_back(cup=1)]], {"cup": 2}, clipped)
    below = "After the first two slices the table stands below zero, and rightly. Who made it zero?"
    folds.expect([[_sold(cup=1)], [_back(cup=3)], [_sold(cup=5)]], {"cup": 3}, below)
    stays = "All that was sold came back, so the row says 0. What takes the old row back, if you leave this one out?"
    folds.expect([[_sold(cup=2), _back(cup=2)]], {"cup": 0}, stays)
    folds.expect([[_sold(cup=2)], [_back(cup=2)]], {"cup": 0}, stays)
    large = "Not only a few pieces are sold. Where does your number stop growing?"
    folds.expect([[_sold(cup=70_000, pot=140)], [_sold(cup=3_000_000_000)]], {"cup": 3_000_070_000, "pot": 140}, large)
    _beyond_the_best(folds)
    folds.obeys_law_5([_sold(cup=2, pot=1), _sold(cup=1), _back(cup=1), _sold(pot=4), _sold(cup=3), _back(pot=2)])


def _units_of_one_slice(folds: Folds) -> None:
    counted = "You count lines. Which field of a line says how many were bought?"
    misread = {
        (): "Your table is empty. Which rows does summarise make of an order?",
        (1, 1): counted,
        (1, 2): "That is the number of the line in its order. Which field says how many were bought?",
        3000: "That is money. How many units were bought?",
        1000: "That is what one piece costs. How many were bought?",
    }
    folds.expect(
        [[_sold(cup=3, pot=5)]],
        {"cup": 3, "pot": 5},
        "One order, two lines, three cups and five pots. Which field of a line says how many?",
        misread=misread,
    )
    twice = "Two people bought two cups each. Are two equal lines one and the same?"
    folds.expect([[_sold(cup=2), _sold(cup=2)]], {"cup": 4}, twice)
    renamed = "The cup has another description in the second order. What makes two lines the same product?"
    folds.expect([[_sold(cup=2), ONE_GREEN_CUP]], {"cup": 3}, renamed)
    returns = "Three went out and one came back. How many did the shop sell?"
    added = "What came back is added on top. Which sign does a return have?"
    folds.expect([[_sold(cup=3), _back(cup=1)]], {"cup": 2}, returns, misread={4: added})
    other = "A cart that is checked out has lines too, but it is not a sale yet. Which events does yours count?"
    folds.expect([[_sold(cup=3), CUPS_CAME_IN, CART_OF_CUPS]], {"cup": 3}, other)


def _beyond_the_best(folds: Folds) -> None:
    """Try a product that is never among the first of a slice, and is the first of all."""
    often = {f"p{slice_}-{at}": 9 for slice_, at in every(range(3), range(120))}
    slices: list[Sequence[object]] = [
        [_sold(**{name: 9 for name in often if name.startswith(f"p{slice_}")}, mug=8)] for slice_ in range(3)
    ]
    cut_off = "The mug is last in every slice and first in all. Who may drop a row: the table, or the question?"
    folds.expect(slices, often | {"mug": 24}, cut_off)


def _units(table: Any) -> dict[str, int]:
    return {str(key): as_whole(value, ASKED) for key, value in _by_key(table, "product_id", "units").items()}


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


def _where_recorded(event: Any) -> str:
    """Return the stream of an event: a loan stands on the member's, a return on the desk's."""
    return f"member-{event.member}" if isinstance(event, CopyLent) else "desk"


def on_loan(answer: Any) -> None:
    """Judge a pair: a projection of loans, and a function of its table that says who has which copy."""
    wanted = "(Loans(), on_loan), where on_loan(table) has a row per copy that is out"
    folds = Folds(answer, wanted, _members)
    ada, ben, back = CopyLent("c1", "ada"), CopyLent("c1", "ben"), CopyBroughtBack("c1")
    folds.expect([[ada, CopyLent("c2", "ben")]], {"c1": "ada", "c2": "ben"}, "Two copies, two members. Who has which?")
    unread = "It came back, and your table does not know. Which of the two events does summarise read?"
    hidden = "It came back. Who hides a row that nobody wants to see any more?"
    folds.expect([[ada, back]], {}, unread, misread={"": hidden})
    folds.expect([[ada, back, ben]], {"c1": "ben"}, "It came back and went out again. Which event was the last?")
    folds.expect([[], [ada], []], {"c1": "ada"}, "Two slices hold no loan. What did they change?")
    other = "The log also holds a StockReceived. Which events does yours read?"
    folds.expect([[ada, CUPS_CAME_IN]], {"c1": "ada"}, other)
    apart = "The loan is in one slice, its return in the next. What row does a return alone leave behind?"
    folds.expect([[ada], [back]], {}, apart)
    folds.expect([[ada, back], [ben]], {"c1": "ben"}, "It went out again in a later slice. Which row did merge keep?")
    order = "I merged the later slice first. How can merge know which of two rows is newer, if not by which comes last?"
    folds.expect([[ada], [back]], {}, order, backwards=True)
    undone = "Merged backwards, an old return undid a new loan. What do you compare?"
    folds.expect([[back], [ben]], {"c1": "ben"}, undone, backwards=True)
    other_copy = CopyBroughtBack("c2")
    where = (
        "It came back, and then it went out. Each stream counts its versions from 1, and two events may have one time. "
        "Which number orders the log?"
    )
    folds.expect([[other_copy, back, ada]], {"c1": "ada"}, where, stream_of=_where_recorded)
    folds.expect([[other_copy, back], [ada]], {"c1": "ada"}, where, stream_of=_where_recorded)
    _many_loans(folds)
    week = [ada, CopyLent("c2", "cleo"), back, ben, other_copy, CopyLent("c2", "ada"), back]
    folds.obeys_law_5(week, _where_recorded)


def _many_loans(folds: Folds) -> None:
    eight = [CopyLent(f"b{number}", ("ada", "ben")[number % 2]) for number in range(8)]
    members = {loan.copy: loan.member for loan in eight}
    more = [CopyLent(f"d{number}", "cleo") for number in range(4)]
    several = "A member may have more than one copy, and all of them are out. Which did your answer leave out?"
    folds.expect([[*eight, *more]], members | {loan.copy: "cleo" for loan in more}, several)
    tenth = "It was lent at position 9, and came back at position 10. Do you compare numbers, or how they are written?"
    slices: list[list[object]] = [[*eight, CopyLent("c1", "ada")], [CopyBroughtBack("c1")]]
    for backwards in (False, True):
        folds.expect(slices, members, tenth, backwards=backwards)


def _members(answer: Any) -> Told:
    return {str(key): str(value) for key, value in _by_key(answer, "copy", "member").items()}


OWN_SECONDS = 6.0
"""Frames are slow to make: a row by row answer that is right takes more than a second."""
EXERCISES = (
    Exercise(
        "05.1",
        stars,
        (
            "Two averages cannot be merged: 5 of three ratings and 1 of one are not 3.",
            "What can be added can be merged. Which two numbers, added up, still lead to the average?",
            'Keep the columns stars and ratings, add both with lab.merge_rows(table, rows, add=["stars", "ratings"]), '
            "and let average(table) divide.",
        ),
        "A table keeps what can be merged. What follows from that is worked out when somebody asks.",
        own_seconds=OWN_SECONDS,
    ),
    Exercise(
        "05.2",
        best_sellers,
        (
            'batch.frame(events.OrderPlaced, each="lines") has a row per line, with product_id and quantity.',
            "A return is a line with the opposite sign. Stack the two frames with pd.concat.",
            "Group by product_id, sum, and bring it into shape with self.schema.conform(…). merge adds.",
        ),
        "Sums can be cut anywhere and merged in any order. Which products sell best is for the query to say.",
        own_seconds=OWN_SECONDS,
    ),
    Exercise(
        "05.3",
        on_loan,
        (
            "One row per copy: who has it, and the position of the event that says so.",
            'A return is news about the copy too: its row has the member "" and the position of the return.',
            'Merge with latest={"position": ["member"]}, and let on_loan leave out the rows whose member is "".',
        ),
        "The newer fact wins by its position, not by when it arrives; what is gone stays as a row that nobody shows.",
        own_seconds=OWN_SECONDS,
    ),
)
