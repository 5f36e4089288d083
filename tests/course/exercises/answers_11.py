"""Answers to the exercises of lesson 11: right ones in several styles, and wrong ones with what each is told."""

import math
from collections import Counter
from hashlib import md5
from random import Random, randrange
from zlib import crc32

import numpy as np
import pandas as pd

from cqrs_lab.course.exercises.lesson_11 import LIBRARY
from cqrs_lab.simulation import Exponential, LagModel, Poisson, simulate_lag, theory
from cqrs_lab.simulation.partitioning import by_order

# --- 11.1 -------------------------------------------------------------------------------------------------


def by_a_checksum(product, order, partitions):
    return crc32(order.encode()) % partitions


def by_a_digest(product, order, partitions):
    return int(md5(order.encode()).hexdigest(), 16) % partitions


def by_its_number(product, order, partitions):
    return int(order) % partitions


def by_both(product, order, partitions):
    return np.int64(crc32(f"{product}/{order}".encode())) % partitions


def by_a_seed(product, order, partitions):
    return Random(order).randrange(partitions)


def the_cup_alone(product, order, partitions):
    return crc32((order if product == "cup" else product).encode()) % partitions


taken = []


def in_turn(product, order, partitions):
    taken.append(order)
    return len(taken) % partitions


WRONG_SPREAD = {
    "as it was": (lambda product, order, partitions: crc32(product.encode()) % partitions, "in place of what it holds"),
    "by the product": (
        lambda product, order, partitions: sum(product.encode()) % partitions,
        "more partitions or more copies do not take one of them away",
    ),
    "one for all": (lambda product, order, partitions: 0, "Everything goes to one partition"),
    "at random": (lambda product, order, partitions: randrange(partitions), "which of them is read first"),
    "by hash": (lambda product, order, partitions: hash(order) % partitions, "After each restart hash() of a text"),
    "four, whatever is asked": (
        lambda product, order, partitions: crc32(order.encode()) % 4,
        "Where does your function look how many there are",
    ),
    "the cup alone is split": (the_cup_alone, "Tonight it was the pot"),
    "three pieces": (
        lambda product, order, partitions: (sum(product.encode()) + int(order) % 3) % partitions,
        "cut into 3 pieces, for 16 partitions",
    ),
    "counted from one": (
        lambda product, order, partitions: 1 + crc32(order.encode()) % partitions,
        "What keeps yours among them",
    ),
    "a text": (lambda product, order, partitions: f"partition {int(order) % partitions}", "That is not a number"),
    "no return": (lambda product, order, partitions: None, "Is there a return"),
    "two arguments": (lambda product, order: crc32(order.encode()) % 4, "Which arguments does the task name"),
    "bytes of bytes": (lambda product, order, partitions: crc32(order.decode()) % partitions, "compare names"),
    "a half": (lambda product, order, partitions: (int(order) % partitions) / 2, "Which line of yours divides"),
}
ALSO_SPREAD = (
    (in_turn, "which of them is read first"),
    (lambda product, order, partitions: len(order) % partitions, "Everything goes to one partition"),
    (lambda product, order, partitions: ord(product[0]) % partitions, "do not take one of them away"),
    (lambda product, order, partitions: hash((product, order)) % partitions, "After each restart hash() of a text"),
    (lambda product, order, partitions: -1, "What keeps yours among them"),
    (lambda product, order, partitions: int(order[-1]) % partitions, "pieces, for 16 partitions"),
)

# --- 11.2 -------------------------------------------------------------------------------------------------


def formula(rate, handling, objective, questions, per_copy):
    return math.ceil(rate / (1 / handling - math.log(100) / objective)), math.ceil(questions / per_copy)


def by_trying(rate, handling, objective, questions, per_copy):
    partitions = copies = 1
    while rate / partitions * handling >= 1 or theory.pushed(rate / partitions, handling).quantile(0.99) > objective:
        partitions += 1
    while copies * per_copy < questions:
        copies += 1
    return {"partitions": partitions, "copies": copies}


def by_simulating(rate, handling, objective, questions, per_copy):
    for partitions in range(math.ceil(rate * handling), 20):
        run = simulate_lag(LagModel(Poisson(rate / partitions), Exponential(handling)), events=10_000, seed=3)
        if run.load < 0.99 and run.summary().loc["p99", "lag_seconds"] <= objective:
            return partitions, -(-questions // per_copy)
    raise AssertionError("no number of partitions keeps the promise")


def by_the_free_share(rate, handling, objective, questions, per_copy):
    def p99(partitions):
        free = 1 - rate * handling / partitions
        return 4.605 * handling / free if free > 0 else math.inf

    yield next(number for number in range(1, 100) if p99(number) <= objective)
    yield next(number for number in range(1, 100) if questions <= number * per_copy)


def from_a_grid(rate, handling, objective, questions, per_copy):
    numbers = np.arange(1, 50)
    free = 1 / handling - rate / numbers
    enough = (free > 0) & (math.log(100) <= free * objective)
    return np.array([numbers[enough][0], np.ceil(questions / per_copy)])


def as_a_series(rate, handling, objective, questions, per_copy):
    partitions, copies = formula(rate, handling, objective, questions, per_copy)
    return pd.Series([float(partitions), float(copies)], ["partitions", "copies"])


def with_partitions(wrong):
    """Return an answer with the right copies, and these partitions."""

    def answer(rate, handling, objective, questions, per_copy):
        right = formula(rate, handling, objective, questions, per_copy)
        return wrong(*right, rate, handling, objective), right[1]

    return answer


def with_copies(wrong):
    """Return an answer with the right partitions, and these copies."""

    def answer(rate, handling, objective, questions, per_copy):
        right = formula(rate, handling, objective, questions, per_copy)
        return right[0], wrong(*right, questions, per_copy)

    return answer


def as_it_was(rate, handling, objective, questions, per_copy):
    return math.ceil(rate * handling), math.ceil(questions / per_copy)


WRONG_NEEDS = {
    "as it was": (as_it_was, "in place of what it holds"),
    "by averages": (
        with_partitions(lambda p, c, rate, handling, objective: math.ceil(rate / (1 / handling - 1 / objective))),
        "Now the mean keeps the promise",
    ),
    "just enough": (
        with_partitions(lambda p, c, rate, handling, objective: max(1, math.ceil(rate * handling))),
        "nearly nothing is left free",
    ),
    "90 % busy": (
        with_partitions(lambda p, c, rate, handling, objective: math.ceil(rate * handling / 0.9)),
        "90 % busy, whatever was promised",
    ),
    "p95": (
        with_partitions(lambda p, c, rate, handling, objective: formula(rate, handling, objective * 1.537, 1, 1)[0]),
        "Now 5 in 100 may be late",
    ),
    "copies share the events": (
        with_partitions(lambda p, c, rate, handling, objective: formula(rate / c, handling, objective, 1, 1)[0]),
        "Which events can a copy leave out",
    ),
    "all projectors together": (with_partitions(lambda p, c, *given: p * c), "Into how many parts is the log cut"),
    "the other order": (lambda *given: formula(*given)[::-1], "Which one does the task ask for first"),
    "one copy": (with_copies(lambda *given: 1), "How many of them can it answer in a second"),
    "questions by partition": (
        with_copies(lambda p, c, questions, per_copy: math.ceil(questions / per_copy / p)),
        "Does a question go to one partition, or to a whole copy",
    ),
    "rounded down": (
        with_copies(lambda p, c, questions, per_copy: int(questions / per_copy)),
        "Which way do you round",
    ),
    "one to spare": (with_copies(lambda p, c, questions, per_copy: int(questions // per_copy) + 1), "you add another"),
    "something": (lambda *given: (7, 7), "as many partitions as you say"),
    "one number": (lambda *given: formula(*given)[0], "asks for several things"),
    "three numbers": (lambda *given: (*formula(*given), 1), "Which of yours are they"),
    "no whole number": (lambda *given: (2.5, 3), "Which line of yours divides"),
    "no return": (lambda *given: None, "Is there a return"),
}
ALSO_NEEDS = (
    (with_partitions(lambda p, c, *given: math.ceil(p / c)), "Which events can a copy leave out"),
    (with_partitions(lambda p, c, *given: p + 1), "as many partitions as you say"),
    (with_copies(lambda *given: 100), "as many partitions as you say"),
)

# --- 11.3 -------------------------------------------------------------------------------------------------

_BESTSELLER, _BUSY, _SCHOOLS, _SLOW, _OVERSEAS, _GONE = LIBRARY
DOUBLED = {one: right if isinstance(right, str) else right[0] for one, right in LIBRARY.items()}


def but(thing, word):
    return DOUBLED | {thing: word}


WRONG_DOUBLED = {
    "as it was": (dict.fromkeys(LIBRARY, ""), "in place of what it holds"),
    "left open": (but(_SLOW, ""), "What is busy there"),
    "None": (but(_GONE, None), 'write the text "none"'),
    "more partitions cure a hot key": (but(_BESTSELLER, "partitions"), "a loan of the bestseller"),
    "copies cure a hot key": (but(_BESTSELLER, "copies"), "Which of its loans can it skip"),
    "copies cure slow projectors": (but(_BUSY, "copies"), "A copy handles every loan"),
    "every title is hot": (but(_BUSY, "split"), "Which of thousands of titles would you split"),
    "95 % is fine": (but(_BUSY, "none"), "5 % is free"),
    "partitions answer questions": (but(_SCHOOLS, "partitions"), "Who is it that is busy here"),
    "speed answers questions": (but(_SCHOOLS, "speed"), "in the same second"),
    "partitions make an event faster": (but(_SLOW, "partitions"), "How long is 2 s of work"),
    "copies make an event faster": (but(_SLOW, "copies"), "Which of them shows it earlier"),
    "speed shortens the sea": (but(_OVERSEAS, "speed"), "Handling has no part in it"),
    "more copies for who goes back": (but(_GONE, "copies"), "may be even further behind"),
    "speed for who goes back": (but(_GONE, "speed"), "one is still behind the other"),
    "another word": (but(_GONE, "a token"), "Which of the 5 comes closest"),
}

RIGHT = {
    "11.1": [by_a_checksum, by_a_digest, by_its_number, by_both, by_a_seed, by_order],
    "11.2": [formula, by_trying, by_simulating, by_the_free_share, from_a_grid, as_a_series],
    "11.3": [
        *(DOUBLED, but(_BUSY, "speed"), pd.Series(DOUBLED), list(DOUBLED.items()), Counter(DOUBLED)),
        {one: word.title() for one, word in DOUBLED.items()},
    ],
}
WRONG = {"11.1": WRONG_SPREAD, "11.2": WRONG_NEEDS, "11.3": WRONG_DOUBLED}
ALSO_WRONG = {"11.1": ALSO_SPREAD, "11.2": ALSO_NEEDS}
