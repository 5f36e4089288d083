"""Exercises of lesson 12: undo an order, make a handler safe to repeat, see a stay through, plan a trip."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_12_shop import PutBack
from cqrs_lab.course.exercises.lesson_12_stay import forward_only, stay
from cqrs_lab.course.exercises.lesson_12_undo import compensation, compensation_after_restart
from cqrs_lab.course.exercises.lives import Lives
from cqrs_lab.course.guard import NotYet, what_it_means

# --- 12.2 -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Delivered:
    """A parcel is with its customer."""

    order: str
    customer: str
    position: int


@dataclass
class Desk:
    """The voucher service, which knows keys; a memory, which a crash takes; and a table, which is behind."""

    keys: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    memory: dict[Any, Any] = field(default_factory=dict)
    looked: bool = False

    def issue(self, customer: str, key: object) -> None:
        """Send a voucher to a customer, unless there was one under this key."""
        self.asked.append(str(key))
        self.keys.setdefault(str(key), customer)

    @property
    def table(self) -> tuple[str, ...]:
        """The orders that have a voucher, as a read model that is behind."""
        self.looked = True
        return ()

    def has(self, customer: str, count: int, done: str, ask: str) -> None:
        """Refuse any other number of vouchers for a customer."""
        came = list(self.keys.values()).count(customer)
        if came != count:
            raise NotYet(done, f"{came} for {customer}, under the keys {self.asked}", f"{count} for {customer}", ask)


# Each two have a digit in common, and none has all.
ADA, BEN, AGAIN, DORA = (
    Delivered(order, who, at)
    for at, (order, who) in enumerate((("71", "ada"), ("72", "ben"), ("81", "ada"), ("82", "dora")), 1)
)


def repeatable(answer: Any) -> Desk:
    """Judge ``give(event, desk)``: a voucher for each parcel, however often its event comes, and whatever crashes."""
    give, desk = _Give(answer), Desk()
    give(ADA, desk)
    sends = "Her parcel came. Which line sends the voucher?"
    if desk.asked[1:]:
        sends = "One parcel, one voucher. Which of your lines send another one?"
    desk.has("ada", 1, "handed over Ada's parcel", sends)
    _comes_again(give, desk)
    give(BEN, desk)
    same = "Ben's voucher had the key of another one, so none was sent. What tells his parcel from hers?"
    desk.has("ben", 1, "handed over Ben's parcel", same)
    give(AGAIN, desk)
    hers = "Two parcels, one voucher. Is your key hers or the parcel's?"
    desk.has("ada", 2, "handed over Ada's second parcel", hers)
    give.die(desk)
    give(DORA, desk)
    counted = "Dora got a key that was taken by then. What of her event is in no other, before a crash and after it?"
    desk.has("dora", 1, "let the process die again, and handed over Dora's parcel", counted)
    for one in (DORA, BEN, AGAIN, ADA):  # after a restart from an old checkpoint
        give(one, desk)
    late = "All four events came again, in another order. What does your key depend on, if not on the event alone?"
    for customer, count in (("ada", 2), ("ben", 1), ("dora", 1)):
        desk.has(customer, count, "handed all four events over again, in another order", late)
    desk.memory.clear()
    return desk


def repeatable_after_restart(answer: Any, desk: Desk) -> None:
    """Judge which keys the answer makes in another process."""
    give, before = _Give(answer), list(desk.asked)
    give(ADA, desk)
    ask = (
        "In another process hash() of a text is another number, and id() another place. "
        "What can a key be made from that is the same everywhere?"
    )
    done = f"handed over Ada's first parcel in another process, after the key {before[0]}"
    desk.has("ada", 2, done, ask)


def _comes_again(give: _Give, desk: Desk) -> None:
    give(ADA, desk)
    keys = "Another key each time, so another voucher. What part of the event is the same whenever it comes?"
    behind = "The table had not seen the first one yet. May a handler trust a table that is behind?"
    desk.has("ada", 1, "handed the same event over twice", behind if desk.looked else keys)
    give.die(desk)
    give(ADA, desk)
    lost = (
        "The process died, and what it remembered died with it, in desk.memory or elsewhere. The service knows its "
        "keys. Which key would it know again, made of what the event says?"
    )
    desk.has("ada", 1, "let the process die, and handed the event over again", lost)


class _Give:
    """The answer, called with copies of events: each is read from the log, and is kept, so no two share a place."""

    def __init__(self, answer: Any) -> None:
        self._lives, self._handed = Lives(answer, "give"), list[Delivered]()

    def die(self, desk: Desk) -> None:
        desk.memory.clear()
        self._lives.die()

    def __call__(self, event: Delivered, desk: Desk) -> None:
        self._handed.append(replace(event))
        try:
            self._lives(self._handed[-1], desk)
        except NotYet:
            raise
        except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
            raise NotYet(f"called give({event}, desk)", error, "no error", what_it_means(error)) from None


# --- 12.4: a travel agency --------------------------------------------------------------------------------

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
    (SEAT, "retry"): "If no room is found, trying the seat again helps nobody. What happens to the seat?",
    (ROOM, "no return"): "It may be cancelled. What would you send to the hotel?",
    (ROOM, "retry"): "There may be no room at all. How long would you try, and who holds the seat meanwhile?",
    (MONEY, "no return"): "Money can go back, and the statement then has two lines. What makes a payment good?",
    (MONEY, "retry"): "Her card may be declined for good. Where does the trip go then, forward or back?",
    (TICKET, "undo"): "The airline never takes it back. What would you undo it with?",
    (TICKET, "retry"): "It may fail, and then all before it can still be undone. After it, can it?",
    (MAIL, "undo"): "The ticket is issued and paid. Would you undo the trip because a mail server is down?",
    (MAIL, "no return"): "The ticket was that, before the mail. What is left to do for a mail that fails?",
}


def trip(answer: Any) -> None:
    """Judge for each step of a trip: undo, no return, or retry."""
    judge_choices(
        answer,
        TRIP | {TICKET: ("no return", "point of no return")},
        ("undo", "no return", "retry"),
        WHY_NOT,
        each="What can be done about each of the five steps?",
        open_="Suppose the next step fails. What can still be done about this one?",
    )


def _undo_of_the_cell(shop: Any, event: Any) -> None:
    product, quantity = next(iter(event.goods.items()))
    shop.send(PutBack(event.order, product, quantity), "undo")


def _give_of_the_cell(event: Any, desk: Any) -> None:
    if event.order not in desk.memory:
        desk.memory[event.order] = True
        desk.issue(event.customer, key=uuid.uuid4())


EXERCISES = (
    Exercise(
        "12.1",
        compensation,
        (
            "A Cancelled lists all goods. Money may have been taken before, or may still come: then undo is called "
            "with that Taken.",
            "Make each id from what does not change: the order and the product, or the order and the position of the "
            "Taken.",
            "For the money: for each Taken of event.order in shop.log, send PayBack(one.order, one.mills) under "
            'f"money-{one.position}".',
        ),
        "Every step is made up for by a further one, under an id that is the same however often you try. The log grew.",
        untouched=_undo_of_the_cell,
        after_restart=compensation_after_restart,
    ),
    Exercise(
        "12.2",
        repeatable,
        (
            "Memory dies with the process, and a table is behind. What came with the event?",
            "The service itself knows its keys. Give it the same key whenever the same event comes.",
            'desk.issue(event.customer, key=f"voucher-{event.order}")',
        ),
        "At least once is all that a log can promise. With a key made from the event, it counts once.",
        untouched=_give_of_the_cell,
        after_restart=repeatable_after_restart,
    ),
    Exercise(
        "12.3",
        stay,
        (
            "Let a step fail in the view, and look at what is held in the end. Which event says that it failed?",
            "RoomRefused and PaymentDeclined lead to CancelStay. All the rest follows from StayCancelled.",
            "case hotel.StayCancelled(stay, at): return [hotel.FreeRoom(stay, at), hotel.ReturnPayment(stay, at)]",
        ),
        "Every way back begins with one event, and each step has one that makes up for it. Where nothing was done, "
        "there is nothing to undo, and the stream says so.",
        untouched=forward_only,
    ),
    Exercise(
        "12.4",
        trip,
        (
            "Ask of each step: when the next one fails, can this one be made good?",
            "One step can never be undone. What comes before it must be undoable; what comes after it must not fail "
            "for good.",
        ),
        "What can be undone first, then the point of no return, then what is tried until it works. That is the order.",
        untouched=dict.fromkeys(TRIP),
    ),
)
