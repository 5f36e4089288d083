"""Exercises of lesson 12: undo an order, make a handler safe to repeat, find the point of no return of a trip."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_12_undo import compensation
from cqrs_lab.course.guard import NotYet
from cqrs_lab.errors import said

# --- 12.2 -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Delivered:
    """A parcel is with its customer."""

    order: str
    customer: str
    position: int


@dataclass
class _Desk:
    """The voucher service, which knows keys; a memory, which a crash takes; and a table, which is behind."""

    keys: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    memory: dict[Any, Any] = field(default_factory=dict)
    looked: bool = False
    handed: list[Delivered] = field(default_factory=list)

    def issue(self, customer: str, key: object) -> None:
        """Send a voucher to a customer, unless there was one under this key."""
        self.asked.append(str(key))
        self.keys.setdefault(str(key), customer)

    @property
    def table(self) -> tuple[str, ...]:
        """The orders that have a voucher, as a read model that is behind."""
        self.looked = True
        return ()

    def vouchers(self) -> Counter[str]:
        return Counter(self.keys.values())


# Every check has parcels of its own: what an answer remembers from the last one must not help or hinder it.
_checks = itertools.count(1)


def repeatable(answer: Any) -> None:
    """Judge ``give(event, desk)``: a voucher for each parcel, however often its event comes, and whatever crashes."""
    at = next(_checks) * 10
    names = enumerate(("ada", "ben", "ada", "dora"), at)
    ada, ben, again, dora = (Delivered(str(number), customer, number) for number, customer in names)
    desk = _Desk()
    _give(answer, desk, ada)
    _has(desk, "ada", 1, "handed over Ada's parcel", "Her parcel came. Which line sends the voucher?")
    _comes_again(answer, desk, ada)
    _give(answer, desk, ben)
    same = "Ben's voucher had the key of another one, so none was sent. What tells his parcel from hers?"
    _has(desk, "ben", 1, "handed over Ben's parcel", same)
    _give(answer, desk, again)
    hers = "Two parcels, one voucher. Is your key hers or the parcel's?"
    _has(desk, "ada", 2, "handed over Ada's second parcel", hers)
    desk.memory.clear()
    _give(answer, desk, dora)
    anew = "After the crash you counted from the start, and Dora got a key that was taken. Where do keys come from?"
    _has(desk, "dora", 1, "let the process die again, and handed over Dora's parcel", anew)
    elsewhere = _Desk()
    _give(answer, elsewhere, ada)
    outside = "In another shop she gets none. What do you remember outside desk, and who loses it in a crash?"
    _has(elsewhere, "ada", 1, "handed Ada's parcel over in another shop", outside)


def _comes_again(answer: Any, desk: _Desk, ada: Delivered) -> None:
    _give(answer, desk, ada)
    keys = "Another key each time, so another voucher. What of the event is the same whenever it comes?"
    behind = "The table had not seen the first one yet. May a handler trust a table that is behind?"
    _has(desk, "ada", 1, "handed the same event over twice", behind if desk.looked else keys)
    desk.memory.clear()
    _give(answer, desk, ada)
    lost = (
        "The process died, and what it remembered died with it. The service knows its keys. "
        "Which key would it know again, made of what the event tells?"
    )
    _has(desk, "ada", 1, "let the process die, and handed the event over again", lost)
    _is_stable(desk, ada)


def _is_stable(desk: _Desk, event: Delivered) -> None:
    """Refuse a key made with hash(): in one process it looks stable, and the next one begins with another seed."""
    told = (event.order, event.customer, event.position)
    some = [one for count in (1, 2, 3) for one in itertools.permutations(told, count)]
    numbers = {abs(hash(one)) for one in (event, event.order, event.customer, *some)}
    if any(str(number) in key for number in numbers for key in desk.asked):
        ask = "hash() of a text is another number in each process. Which key would she get after a restart?"
        raise NotYet("looked at the key", f"{desk.asked[0]}, made with hash()", "a key that outlives a process", ask)


def _give(answer: Any, desk: _Desk, event: Delivered) -> None:
    if not callable(answer):
        raise NotYet("looked for give", answer, "a function", "What did you hand over?")
    try:
        # A copy, as one read anew from the log is. It is kept, or the next one might stand at the same address.
        desk.handed.append(replace(event))
        answer(desk.handed[-1], desk)
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        raise NotYet(f"handed over {event}", said(error), "no error", "Which line of yours raises it?") from None


def _has(desk: _Desk, customer: str, count: int, done: str, ask: str) -> None:
    came = desk.vouchers()[customer]
    if came != count:
        said = f"{came} for {customer}, under the keys {desk.asked}"
        raise NotYet(done, said, f"{count} for {customer}", ask)


# --- 12.3: a travel agency --------------------------------------------------------------------------------

TRIP = {
    "hold a seat for an hour": "undo",
    "book a room that may be cancelled": "undo",
    "take the customer's money": "undo",
    "issue a ticket that the airline never takes back": "no return",
    "mail the ticket to the customer": "retry",
}
SEAT, ROOM, MONEY, TICKET, MAIL = TRIP
WHY_NOT = {
    (SEAT, "no return"): "The hour passes, or you give the seat up. What is left of it?",
    (SEAT, "retry"): "If no room is found, trying the seat again helps nobody. What becomes of the seat?",
    (ROOM, "no return"): "It may be cancelled. What would you send to the hotel?",
    (ROOM, "retry"): "There may be no room at all. How long would you try, and who holds the seat meanwhile?",
    (MONEY, "no return"): "Money can go back, and the statement then has two lines. What makes a payment good?",
    (MONEY, "retry"): "Her card may be declined for good. Where does the trip go then, forward or back?",
    (TICKET, "undo"): "The airline never takes it back. With what would you undo it?",
    (TICKET, "retry"): "It may fail, and then all before it can still be undone. After it, can it?",
    (MAIL, "undo"): "The ticket is issued and paid. Would you undo the trip because a mail server is down?",
    (MAIL, "no return"): "The ticket was that, before the mail. What is left to do for a mail that fails?",
}


def trip(answer: Any) -> None:
    """Judge for each step of a trip: undo, no return, or retry."""
    judge_choices(
        answer,
        TRIP,
        ("undo", "no return", "retry"),
        WHY_NOT,
        each="What can be done about each of the five steps?",
        open_="Suppose the next step fails. What can still be done about this one?",
    )


EXERCISES = (
    Exercise(
        "12.1",
        compensation,
        (
            "A Cancelled names all goods. Money may have been taken before, or may still come: then undo is called "
            "with that Taken.",
            "Make each id of what does not change: the order and the product, or the order and the position of the "
            "Taken.",
            "For the money: for each Taken of event.order in shop.log, send PayBack(one.order, one.mills) under "
            'f"money-{one.position}".',
        ),
        "Every step is made good by a further one, under an id that is the same however often you try. The log grew.",
    ),
    Exercise(
        "12.2",
        repeatable,
        (
            "Memory dies with the process, and a table is behind. What came with the event?",
            "The service itself knows its keys. Give it the same key whenever the same event comes.",
            'desk.issue(event.customer, key=f"voucher-{event.order}")',
        ),
        "At least once is all that a log can promise. A key made of the event makes it once.",
    ),
    Exercise(
        "12.3",
        trip,
        (
            "Ask of each step: when the next one fails, can this one be made good?",
            "One step can never be undone. What stands before it must be undoable; what stands behind it cannot fail "
            "for good.",
        ),
        "What can be undone first, then the point of no return, then what is tried until it works. That is the order.",
    ),
)
