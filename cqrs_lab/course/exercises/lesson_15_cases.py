"""Judges what was decided in six cases: the choice, its two numbers, and where it flips."""

from __future__ import annotations

from math import isclose
from typing import Any

from cqrs_lab.course.accept import as_choice, as_items, as_mapping, as_number, as_plain
from cqrs_lab.course.guard import NotYet, shown
from cqrs_lab.simulation.choice import SystemPart
from cqrs_lab.simulation.choice_cases import CASES

WORTH = 2.0
FORM = "a choice, the work of CRUD, the work of CQRS, and the read share at which it flips"
SIDES = ("CRUD", "CQRS")
LEFT_OUT = {
    "polls": "That leaves out the projector's polls. How many of them are there, for each request?",
    "again": "That leaves out what is decided again. Of the attempts to write, how many meet another writer?",
    "rules": "That leaves out the further facts that a rule looks at. What does each of them cost?",
    "writes": "That is the reads alone. CQRS is faster? Who pays for the writes, and for the polls?",
}


def six_cases(answer: Any) -> None:
    """Judge a dict from each case to its choice, its two numbers and its flip, by sums of its own."""
    given = {as_choice(name): row for name, row in as_mapping(answer, "looked at your answer").items()}
    for name in CASES:
        done = f"looked up: {name}"
        if as_choice(name) not in given:
            raise NotYet(done, "nothing", FORM, "There are six cases. Which of them did you leave out?")
        row = as_items(given[as_choice(name)], done, FORM)
        if len(row) != 4:
            raise NotYet(
                done, shown(row), FORM, "It takes four things to decide a case. Which is missing, or too many?"
            )
        _judge(CASES[name], row, done)


def _judge(part: SystemPart, row: list[Any], done: str) -> None:
    side = as_choice(row[0], SIDES)
    if side not in map(as_choice, SIDES):
        raise NotYet(done, shown(row[0]), "CRUD or CQRS", "Somebody has to build it. Which of the two do you choose?")
    crud, cqrs = (as_number(as_plain(one), done, "two numbers of milliseconds") for one in row[1:3])
    _judge_numbers(part, crud, cqrs, done)
    better = crud > WORTH * cqrs
    if (side == as_choice("CQRS")) != better:
        ask = (
            f"{crud:g} is {crud / cqrs:.2f} times {cqrs:g}. Is that more than twice, which it has to be?"
            if not better
            else f"{crud:g} is {crud / cqrs:.1f} times {cqrs:g}. What speaks against it?"
        )
        raise NotYet(done, f"{row[0]}, with {crud:g} and {cqrs:g}", "a choice that goes with its two numbers", ask)
    _judge_flip(part, as_plain(row[3]), better, done)


def _judge_numbers(part: SystemPart, crud: float, cqrs: float, done: str) -> None:
    right = sums(part)
    if _near(crud, right[0]) and _near(cqrs, right[1]):
        return
    came, expected = f"{crud:g} and {cqrs:g}", "the work of one request, of CRUD and of CQRS"
    if _near(crud, right[1]) and _near(cqrs, right[0]):
        raise NotYet(done, came, expected, "The two are the wrong way round. Which of them is CRUD's?")
    if _near(crud, 100 * right[0]) or _near(cqrs, 100 * right[1]):
        raise NotYet(done, came, expected, "That is the work of a hundred requests. How much is it for one?")
    for kind, ask in LEFT_OUT.items():
        less = sums(part, without=kind)
        # What is left out of the one number is left out of the other one, too.
        if less != right and _near(crud, less[0]) and _near(cqrs, less[1]):
            raise NotYet(done, came, expected, ask)
    swapped = sums(part, read_share=1 - part.traffic.read_share)
    if _near(crud, swapped[0]) or _near(cqrs, swapped[1]):
        raise NotYet(done, came, expected, "You count as many reads as there are writes. Which share of them reads?")
    which, value = ("CRUD", crud) if not _near(crud, right[0]) else ("CQRS", cqrs)
    raise NotYet(done, came, expected, f"Add {which}'s up by hand, read by read and write by write. Is it {value:g}?")


def _judge_flip(part: SystemPart, told: Any, better: bool, done: str) -> None:
    right, expected = flip(part), "the read share at which the choice flips, or None"
    if told is None:
        if right is not None:
            ask = "Move the read share from 0 to 100 %. Does the choice never change?"
            raise NotYet(done, "no flip", expected, ask)
        return
    share = as_number(told, done, expected)
    share = share / 100 if share > 1 else share
    if right is None:
        raise NotYet(done, shown(told), expected, "At which read share does the other side win, then? Move it there.")
    if abs(share - right) <= 0.01:
        return
    now = part.traffic.read_share
    if (share > now) != (right > now):
        more = "more" if share > now else "less"
        gains = "CQRS" if better else "CRUD"
        ask = f"With {more} reads than the {now:.0%} of today, {gains} gains. Which way does it flip?"
        raise NotYet(done, shown(told), expected, ask)
    raise NotYet(done, shown(told), expected, f"At {share:.0%} the same side still wins, or won before. Come closer.")


def _near(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=0.02, abs_tol=0.005)


def sums(part: SystemPart, read_share: float | None = None, without: str = "") -> tuple[float, float]:
    """Return both sides' work for one request, added up from what happens in a thousand seconds."""
    at, cost = part.traffic, part.costs
    share = at.read_share if read_share is None else read_share
    requests = 1_000 * at.rate_per_second
    reads = requests * share
    writes = 0.0 if without == "writes" else requests - reads
    rules = 0.0 if without == "rules" else at.rules
    attempts = writes if without == "again" else writes / (1 - at.contention)
    polls = writes if not at.staleness_seconds else min(writes, 1_000 / at.staleness_seconds)
    if without in ("polls", "writes"):
        polls = 0.0
    crud = reads * cost["crud_read"] + writes * (cost["crud_write"] + rules * cost["crud_rule"])
    cqrs = reads * cost["cqrs_read"] + attempts * (cost["cqrs_write"] + rules * cost["cqrs_rule"])
    return crud / requests, (cqrs + polls * cost["cqrs_poll"]) / requests


def flip(part: SystemPart) -> float | None:
    """Return the read share nearest to today's at which the choice flips, by trying every thousandth."""
    shares = [at / 2_000 for at in range(2_001)]
    wins = [crud > WORTH * cqrs for crud, cqrs in (sums(part, share) for share in shares)]
    flips = [shares[at] for at in range(1, 2_001) if wins[at] != wins[at - 1]]
    return min(flips, key=lambda share: abs(share - part.traffic.read_share)) if flips else None
