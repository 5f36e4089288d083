"""Exercises of lesson 10: write an upcaster, rebuild without downtime, and say what a change asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from numbers import Real
from typing import Any

import cqrs_lab as lab
from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_10_rebuild import rebuilding
from cqrs_lab.course.guard import NotYet, shown, what_it_means


# A class that a cell defines is another one when that cell is run again; this one stays the same.
@dataclass(frozen=True)
class Joined:
    """Somebody has become a member of the library."""

    member: str
    name: str


# --- 10.1 -------------------------------------------------------------------------------------------------

NOT_RECORDED = "not recorded"
"""What the shop has agreed to say where an old event does not say."""


@dataclass(frozen=True)
class OrderTaken1:
    """An order for cups, as it was written down until 2019; `ship_to` is street, comma and city, or a city alone."""

    order_id: str
    customer: str
    ship_to: str
    cups: int
    total_mills: int


@dataclass(frozen=True)
class OrderTaken:
    """An order for cups; `street` is "" where there is none, `channel` is web, phone or NOT_RECORDED."""

    order_id: str
    customer_id: str
    street: str
    city: str
    cups: int
    each_mills: int
    channel: str


TAKEN = (
    (
        OrderTaken1("o1", "ada", "12 Main Street, Dublin", 3, 7650),
        OrderTaken("o1", "ada", "12 Main Street", "Dublin", 3, 2550, NOT_RECORDED),
    ),
    (OrderTaken1("o2", "ben", "Cork", 2, 4000), OrderTaken("o2", "ben", "", "Cork", 2, 2000, NOT_RECORDED)),
    (
        OrderTaken1("o3", "cleo", "Flat 2, 5 Quay Street, Galway", 4, 9000),
        OrderTaken("o3", "cleo", "Flat 2, 5 Quay Street", "Galway", 4, 2250, NOT_RECORDED),
    ),
    (
        OrderTaken1("o4", "dora", "3 Cork Road, Cork", 1, 2550),
        OrderTaken("o4", "dora", "3 Cork Road", "Cork", 1, 2550, NOT_RECORDED),
    ),
    (
        OrderTaken1("o5", "eva", "Flat B, 9 Main Street, Baile an Sceilg", 12, 30_000),
        OrderTaken("o5", "eva", "Flat B, 9 Main Street", "Baile an Sceilg", 12, 2500, NOT_RECORDED),
    ),
    (
        OrderTaken1("o6", "finn", "Baile an Sceilg", 5, 5),
        OrderTaken("o6", "finn", "", "Baile an Sceilg", 5, 1, NOT_RECORDED),
    ),
)


NUMBER: Any = Real | Decimal
"""What may hold a whole number of mills, if it is whole: 2550.0 is as right as 2550."""


def upcaster(answer: Any) -> None:
    """Judge a function that makes an OrderTaken of an OrderTaken1."""
    if not callable(answer):
        raise NotYet("looked at your answer", shown(answer), "a function of an old event", "What turns old into new?")
    for old, expected in TAKEN:
        came, done = _upcast(answer, old), f"called your function with {old}"
        if isinstance(came, Mapping):
            ask = "Deciders and projections ask of what type an event is. What do they make of a dict?"
            raise NotYet(done, came, expected, ask)
        if isinstance(came, OrderTaken1):
            raise NotYet(done, came, expected, "That is the old shape again. Who is going to read it?")
        if not isinstance(came, OrderTaken):
            raise NotYet(done, shown(came), expected, "Does your function return the new event?")
        for field in fields(OrderTaken):
            told, wanted = getattr(came, field.name), getattr(expected, field.name)
            kind = NUMBER if isinstance(wanted, int) else str
            if told != wanted or not isinstance(told, kind):
                ask = _field(field.name, told, old, expected)
                raise NotYet(done, f"{field.name}={told!r}", f"{field.name}={wanted!r}", ask)


def _upcast(answer: Callable[[Any], Any], old: OrderTaken1) -> Any:
    given = OrderTaken1(**asdict(old))
    try:
        came = answer(given)
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        ask = "An order that was recorded can never be refused again. What does yours stumble over?"
        if "," not in old.ship_to:
            ask = "This order was collected in the city. It is on record, and stays there. Why does it have no comma?"
        if isinstance(error, TypeError) and "missing" in str(error):
            ask = (
                "The new shape requires a field that the old one does not have. What has the shop agreed to say there?"
            )
        elif isinstance(error, NameError | AttributeError | TypeError):
            ask = what_it_means(error)
        raise NotYet(f"called your function with {old}", error, "an OrderTaken", ask) from None
    if vars(given) != vars(old):
        ask = "The recorded event itself has changed. Who has read it already, and what do they believe?"
        raise NotYet(f"called your function with {old}, and looked at it afterwards", vars(given), old, ask)
    return came


def _field(name: str, told: Any, old: OrderTaken1, expected: OrderTaken) -> str:
    """Find the sentence for a field that came out wrong."""
    if name == "channel":
        if told is None:
            return "None is not among the values of that field. Which word has the shop agreed on?"
        if told == "NOT_RECORDED":
            return "NOT_RECORDED is a name. What does it hold? Write it without the quotes."
        if told in ("web", "phone"):
            return "The old event does not say how the order came. Who would believe a number that is made of guesses?"
        return "The old event does not say how the order came. Which word has the shop agreed on for that?"
    if name in ("street", "city"):
        return _part_of_address(told, getattr(expected, name), old.ship_to)
    if name == "each_mills":
        if told == old.total_mills:
            return "That is the price of all of them together. How many cups were there?"
        if isinstance(told, NUMBER) and told != int(told):
            return "Money is a whole number here. Which division leaves one?"
    return "The old event says it, under this name or another. What was it called?"


def _part_of_address(told: Any, wanted: str, ship_to: str) -> str:
    """Find the sentence for a street or a city that came out wrong."""
    if told is None and not wanted:
        return 'There is no street, and the task says what to write then: "". What do readers make of None?'
    if told == ship_to and "," not in ship_to:
        return "No comma, so a city alone. Where does the city land, if you cut at a comma that is not there?"
    if told == ship_to:
        return "Street and city are still in one piece. What comes between them?"
    if not told:
        return "The old event says it, and the new one has forgotten it. Which part of ship_to is that?"
    if isinstance(told, str) and told.strip(", ") == wanted:
        return "The right part, and a little more: look between the quotes. What comes right after the comma?"
    if isinstance(told, str) and told.casefold() == wanted.casefold():
        return "The right part, in other letters. Which line of yours changes them?"
    return "The city comes after the last comma. How many commas may there be?"


# --- 10.3: a bank -----------------------------------------------------------------------------------------

CHANGES = {
    "how often each account was overdrawn: asked today for the first time, and every payment is on record": "rebuild",
    "which cash machine a withdrawal came from: nobody has written it down": "from now on",
    "old events call it amount, today's code calls it cents; every table stays as it is": "upcaster",
    "new customers get a welcome letter; tonight all tables are rebuilt from the log": "nothing",
}
OVERDRAWN, MACHINE, CENTS, LETTER = CHANGES
WHY_NOT = {
    (OVERDRAWN, "upcaster"): "No event has another shape today. Which table could answer, and is it there?",
    (OVERDRAWN, "from now on"): "Every payment is on record, from the first day on. Why throw years of answers away?",
    (OVERDRAWN, "nothing"): "Nobody has worked it out yet. Who will, when somebody asks?",
    (MACHINE, "rebuild"): "A log answers what was written down. From which event would you read the machine?",
    (MACHINE, "upcaster"): "An upcaster says what an old event implies. Which machine does a sum of money imply?",
    (MACHINE, "nothing"): "Then nobody can tell tomorrow either. What has to be written down from today on?",
    (CENTS, "rebuild"): "Every table stays as it is. Who stumbles over the old name: tables, or readers of the log?",
    (CENTS, "from now on"): "The old events do hold the sum, under another name. Who could translate?",
    (CENTS, "nothing"): "Every reader who starts at the beginning of the log meets the old name. Who translates?",
    (LETTER, "rebuild"): "Tables are rebuilt. Were the letters lost?",
    (LETTER, "upcaster"): "No event has another shape. How does a sender of letters know which ones were sent?",
    (LETTER, "from now on"): "They were sent all along, by somebody with a checkpoint. Does a rebuild move it?",
}


def changes(answer: Any) -> None:
    """Judge a mapping from each change to what it asks for."""
    judge_choices(
        answer,
        CHANGES,
        ("rebuild", "upcaster", "from now on", "nothing"),
        WHY_NOT,
        each="What does each of the four changes need?",
        none="None is not one of the four words. If you mean that nothing has to be done, which of them says so?",
        open_="This one is still open. Is the fact on record, in which shape, and who has to hear of it?",
    )


def _rebuild_of_the_cell(tables: Any, store: Any, projection: Any) -> Any:
    tables.mailer.checkpoint = 0
    tables.serving.save(table=projection.schema.empty(), checkpoint=0)
    head = store.head()
    while tables.serving.checkpoint < head:
        batch = lab.EventBatch(list(store.read_all(after=tables.serving.checkpoint, limit=2)))
        table = projection.merge(tables.serving.table, projection.summarise(batch))
        tables.serving.save(table=table, checkpoint=batch.last_position)
        yield


EXERCISES = (
    Exercise(
        "10.1",
        upcaster,
        (
            "Each field of the new event is one of three: copied, worked out, or not known.",
            'old.ship_to.rpartition(", ") returns what stands before the last comma, the comma, and what follows it.',
            "each_mills is total_mills // cups; for the channel there is NOT_RECORDED.",
        ),
        "An upcaster says what an old event implies, and says so where it implies nothing. The record stays as it is.",
        untouched=lambda old: old,
    ),
    Exercise(
        "10.2",
        rebuilding,
        (
            "Leave serving and mailer alone. Whatever you build, build it in tables.beside.",
            "Go on while tables.beside.checkpoint < store.head(): ask for the head again, each time.",
            "Save table and checkpoint together with tables.beside.save(table=…, checkpoint=batch.last_position), "
            "yield, and in the end call tables.swap().",
        ),
        "Beside, to the end, then one swap: nobody read a half-built table, and nobody got an email twice.",
        untouched=_rebuild_of_the_cell,
    ),
    Exercise(
        "10.3",
        changes,
        (
            "Ask of each: is it on record? If so, in which shape? And who has to hear of it?",
            "What was never written down cannot be rebuilt; what only has another name need not be.",
            "A follower that acts on the world has a checkpoint of its own, and no rebuild touches it.",
        ),
        "Yesterday's log answers what it has recorded, in whatever shape, and no more.",
        untouched=dict.fromkeys(CHANGES, ""),
    ),
)
