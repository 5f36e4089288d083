"""Exercise 13.2: which lines of a bank statement and a ledger do not agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from numbers import Number
from typing import Any

from cqrs_lab.course.accept import as_mapping, as_word
from cqrs_lab.course.exercises.cases import Case, Turn, judge_cases
from cqrs_lab.course.guard import NotYet, shown

Lines = Sequence[tuple[str, int]]
Found = dict[str, str]
MISSING, UNKNOWN, TWICE, DIFFERS = WORDS = ("missing", "unknown", "twice", "differs")

TWO_AMOUNTS = "It was entered two times, with two amounts. Does the amount say how often it was entered?"
FAR_APART = "It was entered two times, with another line between. Which lines do you compare?"
STATEMENT = (("r1", 2500), ("r2", -700), ("r3", 1200), ("r4", 99), ("r5", 60))
LEDGER = (("r3", 1200), ("r1", 2500), ("r4", 98), ("r5", 60), ("r5", 60), ("r6", 10))
SWAPPED = ((("a", 100), ("b", 250), ("c", 40)), (("a", 250), ("b", 100), ("c", 40)))
CASES = (
    Case(
        ((("a", 100), ("b", -40)), (("b", -40), ("a", 100))), {}, "Every line agrees, in another order. What is wrong?"
    ),
    Case((((("a", 100)),), ()), {"a": MISSING}, "The ledger is empty, so nothing that the bank says is in it."),
    Case(((), (("z", 5),)), {"z": UNKNOWN}, "The bank has never heard of z. Which side do you go through?"),
    Case(((("a", 100),), (("a", 100), ("a", 100))), {"a": TWICE}, "It was entered two times. How often do you see it?"),
    Case(((("a", 100),), (("a", 100), ("a", 101))), {"a": TWICE}, TWO_AMOUNTS),
    Case(((("a", 100),), (("a", 101), ("a", 100))), {"a": TWICE}, TWO_AMOUNTS),
    Case(((("a", 1), ("b", 2)), (("a", 1), ("b", 2), ("a", 1))), {"a": TWICE}, FAR_APART),
    Case(((("a", 100),), (("a", 101),)), {"a": DIFFERS}, "One penny too many. Which amounts do you compare?"),
    Case(((("a", 100),), (("a", -100),)), {"a": DIFFERS}, "One side says it came in, the other that it went out."),
    Case(SWAPPED, {"a": DIFFERS, "b": DIFFERS}, "Both totals are 390. Is every line right, then?"),
    Case(((("a", 0),), (("a", 0),)), {}, "An amount of 0 is an amount. Which line of yours takes it for nothing?"),
    Case(((("a", 0), ("b", 7)), (("b", 7),)), {"a": MISSING}, "It is 0 and not there. What do you add up?"),
    Case(((("a1", 5), ("A1", 6)), (("A1", 6),)), {"a1": MISSING}, "a1 and A1 are two references. What do you compare?"),
    Case(((("a", 5), ("b", 5)), (("b", 5),)), {"a": MISSING}, "Two lines have one amount. What says which is which?"),
    Case(((), ()), {}, "Nothing on either side. What does yours return?"),
    Case(
        (STATEMENT, LEDGER),
        {"r2": MISSING, "r4": DIFFERS, "r5": TWICE, "r6": UNKNOWN},
        "Go through the references by hand, first the bank's, then the ledger's. Which one is yours missing?",
    ),
    Case(
        ([(f"x{n}", n) for n in range(300)], [(f"x{n}", n) for n in range(299, 0, -1)]),
        {"x0": MISSING},
        "Three hundred lines, and one of them is missing. How many do you look at?",
    ),
)


def _found(statement: Lines, ledger: Lines, amounts: Callable[[int], int] = int) -> Found:
    """Return what does not agree, by references alone; `amounts` says how an amount is read."""
    bank, times = dict(statement), Counter(reference for reference, _ in ledger)
    entered, found = dict(ledger), Found()
    for reference in [*bank, *(one for one in times if one not in bank)]:
        if reference not in bank:
            found[reference] = UNKNOWN
        elif times[reference] != 1:
            found[reference] = TWICE if times[reference] else MISSING
        elif amounts(entered[reference]) != amounts(bank[reference]):
            found[reference] = DIFFERS
    return found


def _without(word: str) -> Callable[[Lines, Lines], Found]:
    return lambda statement, ledger: {key: one for key, one in _found(statement, ledger).items() if one != word}


def _renamed(**names: str) -> Callable[[Lines, Lines], Found]:
    return lambda statement, ledger: {key: names.get(one, one) for key, one in _found(statement, ledger).items()}


def _by_totals(statement: Lines, ledger: Lines) -> Found:
    same = sum(amount for _, amount in statement) == sum(amount for _, amount in ledger)
    return {} if same else _found(statement, ledger)


def _falsy(statement: Lines, ledger: Lines) -> Found:
    entered = dict(ledger)
    found = {reference: MISSING for reference, _ in statement if not entered.get(reference)}
    return _found(statement, ledger) | found


def _in_order(statement: Lines, ledger: Lines) -> Found:
    pairs = zip(statement, ledger, strict=False)
    moved = {one[0]: DIFFERS for one, other in pairs if one != other}
    return (
        moved
        | {one[0]: MISSING for one in statement[len(ledger) :]}
        | {one[0]: UNKNOWN for one in ledger[len(statement) :]}
    )


def _twice_if_equal(statement: Lines, ledger: Lines) -> Found:
    """Take the last amount for the one that was entered, unless the same line stands there twice."""
    once = list(dict.fromkeys(ledger))
    twice = {reference: TWICE for reference, _ in statement if sum(one[0] == reference for one in ledger) > 1}
    equal = {key: word for key, word in twice.items() if [one[0] for one in once].count(key) == 1}
    return _found(statement, list(dict(ledger).items())) | equal


def _twice_if_neighbours(statement: Lines, ledger: Lines) -> Found:
    beside = {one[0]: TWICE for one, other in pairwise(ledger) if one[0] == other[0]}
    known = {reference: word for reference, word in beside.items() if reference in dict(statement)}
    return _found(statement, list(dict(ledger).items())) | known


def _sides_swapped(statement: Lines, ledger: Lines) -> Found:
    """Take one side for the other, line by line: a reference differs as soon as one of its lines does."""
    bank = dict(statement)
    found = _found(ledger, statement)
    lines = {one: DIFFERS for one, pence in ledger if one in bank and pence != bank[one]}
    return {reference: word for reference, word in found.items() if word != DIFFERS} | lines


def _pairs(statement: Lines, ledger: Lines) -> Found:
    """Compare whole lines: a wrong amount is then a line that is missing and another that is unknown."""
    return {one[0]: MISSING for one in statement if one not in ledger} | {
        one[0]: UNKNOWN for one in ledger if one not in statement
    }


def _pairs_bank_first(statement: Lines, ledger: Lines) -> Found:
    return {one[0]: UNKNOWN for one in ledger if one not in statement} | {
        one[0]: MISSING for one in statement if one not in ledger
    }


def _pairs_and_twice(statement: Lines, ledger: Lines) -> Found:
    twice = {key: TWICE for key, word in _found(statement, ledger).items() if word == TWICE}
    return _pairs(statement, ledger) | twice


SWAPPED_SIDES = "You have taken one side for the other. Which argument is the bank's?"
SETS = "You compare whole lines, so a wrong amount looks like a line that is not there. How do you find a line again?"
TURNS: tuple[Turn, ...] = (
    (lambda statement, ledger: {}, "You find nothing wrong anywhere. What do you compare?"),
    (_by_totals, "Both totals are equal, and two lines are wrong: their errors cancel out. What do you compare?"),
    (_without(TWICE), "One was entered two times. What does a dict, or a set, do with the second one?"),
    (_without(UNKNOWN), "You go through what the bank says. Who goes through what only the ledger says?"),
    (_without(MISSING), "You go through the ledger. Who goes through what only the bank says?"),
    (_without(DIFFERS), "The references are all there. Do the amounts agree as well?"),
    (_renamed(missing=UNKNOWN, unknown=MISSING), "Two of the words are swapped: which side is this line missing from?"),
    (_twice_if_equal, TWO_AMOUNTS),
    (_twice_if_neighbours, FAR_APART),
    (_renamed(twice=DIFFERS), "A line that is there twice has the right amount, two times. Which word says that?"),
    (_renamed(twice=UNKNOWN), "The bank knows that line, but not its second copy. Which of the four words is that?"),
    (
        lambda statement, ledger: _found(statement, ledger, abs),
        "You compare amounts without their sign. Which way did the money go?",
    ),
    (
        lambda statement, ledger: _found(statement, ledger, lambda pence: pence // 100),
        "You compare whole pounds. Where do the pence go?",
    ),
    (_falsy, "An amount of 0 is not the same as no amount. What does your condition take it for?"),
    (_in_order, "You compare the first with the first, the second with the second. Who promised that order?"),
    (_pairs, SETS),
    (_pairs_bank_first, SETS),
    (_pairs_and_twice, SETS),
    (lambda statement, ledger: _found(ledger, statement), SWAPPED_SIDES),
    (_sides_swapped, SWAPPED_SIDES),
)


def reconcile(answer: Any) -> None:
    """Judge a function of a statement and a ledger: which references do not agree, each with one of four words."""
    called = ("reconcile", "statement", "ledger")
    judge_cases(answer, called, CASES, TURNS, _words, "a dict of reference to word")


def _words(came: Any, done: str, statement: Lines, ledger: Lines) -> Found:
    wanted = f"a dict of reference to one of {', '.join(WORDS)}"
    try:
        found = as_mapping(came, done)
    except NotYet:
        ask = "Which of the four words belongs to each reference? A dict has room for both."
        raise NotYet(done, shown(came), wanted, ask) from None
    words: Found = {}
    for reference, word in found.items():
        if as_word(word) not in WORDS:
            ask = "What should a line say that agrees?" if _agrees(reference, statement, ledger) else _which(word)
            raise NotYet(done, f"{shown(reference)}: {shown(word)}", wanted, ask)
        words[str(reference)] = as_word(word)
    return words


WHICH_WORD = "That is none of the four words. Which of them comes closest to what you mean?"


def _which(word: Any) -> str:
    amount = "That is an amount. Is this line in the ledger at all, how often, and with which amount?"
    return amount if isinstance(word, Number) else WHICH_WORD


def _agrees(reference: Any, statement: Lines, ledger: Lines) -> bool:
    return [one for one in statement if one[0] == reference] == [one for one in ledger if one[0] == reference]
