"""Answers to the exercises of lesson 15: right ones in several styles, and wrong ones with what each is told."""

from fractions import Fraction

import numpy as np
import pandas as pd

from cqrs_lab.course.exercises.lesson_15 import LIBRARY
from cqrs_lab.simulation.choice import choose
from cqrs_lab.simulation.choice_cases import CASES

# --- 15.1 -------------------------------------------------------------------------------------------------

BY_HAND = {
    "best sellers": ("CQRS", 17.15, 1.23, 0.311),
    "my orders": ("CRUD", 0.43, 0.645, None),
    "meter readings": ("CRUD", 1.34, 3.95, 0.305),
    "seat map": ("CRUD", 5.5, 5.3, 0.956),
    "flash sale": ("CRUD", 2.2, 4.6, 0.99),
    "insurance claims": ("CQRS", 23.7, 2.567, 0.101),
}


def by_choosing():
    for name, part in CASES.items():
        made = choose(part.costs, part.traffic)
        flip = made.flip("read_share").at
        yield name, (made.choice, made.crud, made.cqrs, None if flip != flip else flip)


def in_percent(row):
    return (*row[:3], None if row[3] is None else 100 * row[3])


def but(name, at, value):
    row = list(BY_HAND[name])
    row[at] = value
    return BY_HAND | {name: tuple(row)}


def numbers(name, crud, cqrs):
    return BY_HAND | {name: (BY_HAND[name][0], crud, cqrs, BY_HAND[name][3])}


WRONG_CASES = {
    "as it was": ({name: ("", 0, 0, None) for name in CASES}, "in place of what it holds"),
    "no choice": (but("best sellers", 0, "both"), "Which of the two do you choose"),
    "the choice contradicts its numbers": (but("seat map", 0, "CQRS"), "Is that more than twice"),
    "the other way round": (but("best sellers", 0, "CRUD"), "What speaks against it"),
    "CQRS is faster: the reads alone": (numbers("my orders", 0.38, 0.285), "CQRS is faster? Who pays for the writes"),
    "without the polls": (numbers("seat map", 5.5, 1.3), "leaves out the projector's polls"),
    "without deciding again": (numbers("flash sale", 2.2, 3.0), "leaves out what is decided again"),
    "without the rules": (numbers("insurance claims", 21.3, 1.967), "leaves out the further facts"),
    "both numbers swapped": (numbers("meter readings", 3.95, 1.34), "the wrong way round"),
    "of a hundred requests": (numbers("best sellers", 1715, 123), "the work of a hundred requests"),
    "reads for writes": (numbers("best sellers", 1.85, 3.93), "as many reads as there are writes"),
    "flip on the wrong side": (but("seat map", 3, 0.4), "With less reads than the 90% of today, CRUD gains"),
    "flip of the writes": (but("best sellers", 3, 0.989), "With more reads than the 95% of today, CQRS gains"),
    "no flip where there is one": (but("flash sale", 3, None), "Does the choice never change"),
    "a flip where there is none": (but("my orders", 3, 0.5), "At which read share does the other side win, then"),
    "flip on the right side, too near": (but("best sellers", 3, 0.6), "Come closer"),
    "a case left out": ({name: row for name, row in BY_HAND.items() if name != "seat map"}, "There are six cases"),
    "no flip at all": ({name: row[:3] for name, row in BY_HAND.items()}, "Which is missing, or too many"),
    "roughly": (numbers("best sellers", 15, 1.23), "Add CRUD's up by hand"),
}

# --- 15.2 -------------------------------------------------------------------------------------------------


def turns_at(crud, cqrs, worth):
    gap = worth * cqrs[0] - crud[0]
    share = gap / (gap + crud[1] - worth * cqrs[1])
    return share if 0 < share < 1 else None


def by_trying(crud, cqrs, worth):
    shares = np.linspace(0, 1, 200_001)
    gain = shares * crud[1] + (1 - shares) * crud[0] - worth * (shares * cqrs[1] + (1 - shares) * cqrs[0])
    turns = np.flatnonzero((gain[1:] > 1e-9) != (gain[:-1] > 1e-9))
    return float(shares[turns[0]]) if turns.size and turns[0] < 199_990 else None


def by_bisection(crud, cqrs, worth):
    def gain(share):
        return share * crud[1] + (1 - share) * crud[0] - worth * (share * cqrs[1] + (1 - share) * cqrs[0])

    low, high = 0.0, 1.0
    if gain(low) * gain(high) >= 0:
        return None
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if gain(low) * gain(middle) > 0 else (low, middle)
    return low


def exactly(crud, cqrs, worth):
    (write, read), (command, answer) = (tuple(map(Fraction, map(str, side))) for side in (crud, cqrs))
    share = (worth * command - write) / (worth * command - write + read - worth * answer)
    return share if 0 < share < 1 else None


def solved(crud, cqrs, worth):
    """Two straight lines, where they cross."""
    [share, _] = np.linalg.solve(
        [[crud[1] - crud[0], -1], [worth * (cqrs[1] - cqrs[0]), -1]], [-crud[0], -worth * cqrs[0]]
    )
    return None if share <= 0 or share >= 1 - 1e-12 else round(share, 4)


WRONG_TURNS = {
    "as it was": (lambda crud, cqrs, worth: 0.0 if crud[1] > cqrs[1] else None, "in place of what it holds"),
    "the faster read": (lambda crud, cqrs, worth: 0 if cqrs[1] < crud[1] else None, "Who pays for the writes"),
    "where they are equal": (lambda crud, cqrs, worth: turns_at(crud, cqrs, 1), "How many times less does CQRS"),
    "worth on the other side": (
        lambda crud, cqrs, worth: turns_at(crud, cqrs, 1 / worth),
        "Which side has to be so much",
    ),
    "of the writes": (
        lambda crud, cqrs, worth: None if (one := turns_at(crud, cqrs, worth)) is None else 1 - one,
        "the share of the requests that write",
    ),
    "percent": (
        lambda crud, cqrs, worth: None if (one := turns_at(crud, cqrs, worth)) is None else 100 * one,
        "You return percent",
    ),
    "no bounds": (
        lambda crud, cqrs, worth: (worth * cqrs[0] - crud[0]) / (worth * cqrs[0] - crud[0] + crud[1] - worth * cqrs[1]),
        "below 0 or above 1",
    ),
    "one side's writes and the other's reads": (
        lambda crud, cqrs, worth: cqrs[0] / (cqrs[0] + crud[1]),
        "What does each side do with 100 requests",
    ),
    "never": (lambda crud, cqrs, worth: None, "What do 33 requests cost each side of the first"),
    "a constant": (lambda crud, cqrs, worth: 0.455, "Of 6 requests, 1 reads"),
}

# --- 15.3 -------------------------------------------------------------------------------------------------

NOW, TOP, FEES, ADDRESS, LAST, SEARCH, THEN = LIBRARY
WRONG_PARTS = {
    "all of it events": (dict.fromkeys(LIBRARY, "events"), "how it came about"),
    "all of it read models": (dict.fromkeys(LIBRARY, "read model"), "What would a second copy be faster at"),
    "nothing": (dict.fromkeys(LIBRARY, "rows"), "each visitor adds up a year of loans"),
    "events for a shape": (LIBRARY | {TOP: "events"}, "What is missing from them"),
    "rows for a past": (LIBRARY | {FEES: "rows"}, "waived, and then taken back"),
    "a read model of what is gone": (LIBRARY | {FEES: "read model"}, "can fill no table"),
    "events for an address": (LIBRARY | {ADDRESS: "events"}, "All or nothing"),
    "a read model for an address": (LIBRARY | {ADDRESS: "read model"}, "What is there to join"),
    "late for the last copy": (LIBRARY | {LAST: "read model"}, "Who gets the copy"),
    "events for the last copy": (LIBRARY | {LAST: "events"}, "a statement that looks and writes"),
    "rows for a search": (LIBRARY | {SEARCH: "rows"}, "No index finds a word"),
    "events for a search": (LIBRARY | {SEARCH: "events"}, "What changes a shape"),
    "rows for what was": (LIBRARY | {THEN: "rows"}, "What did it say then"),
    "a table for what was": (LIBRARY | {THEN: "read model"}, "still shows today"),
    "as it was": (dict.fromkeys(LIBRARY, ""), "in place of what it holds"),
    "left open": (LIBRARY | {LAST: ""}, "how things are"),
}

RIGHT = {
    "15.1": [
        BY_HAND,
        dict(by_choosing()),
        {name: list(in_percent(row)) for name, row in BY_HAND.items()},
        {name.upper(): (row[0].lower(), *row[1:]) for name, row in BY_HAND.items()},
        pd.Series(BY_HAND),
        list(BY_HAND.items()),
    ],
    "15.2": [turns_at, by_trying, by_bisection, exactly, solved],
    "15.3": [LIBRARY, {part: f"A {way}" for part, way in LIBRARY.items()}, pd.Series(LIBRARY), list(LIBRARY.items())],
}
ALSO_WRONG = {"15.2": [(lambda crud, cqrs, worth: turns_at(crud[::-1], cqrs[::-1], worth), "Which number of a pair")]}
WRONG = {"15.1": WRONG_CASES, "15.2": WRONG_TURNS, "15.3": WRONG_PARTS}
