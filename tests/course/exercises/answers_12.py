"""Answers to the exercises of lesson 12: right ones in several styles, and wrong ones with what each is told."""

import enum
import hashlib
import itertools
import os
import random
import time
import uuid
from dataclasses import replace
from datetime import datetime

import pandas as pd

from cqrs_lab.course.exercises.lesson_12 import TRIP
from cqrs_lab.course.exercises.lesson_12_shop import Cancelled, PaidBack, PayBack, PutBack, Taken, WentBack

from . import answers_12_stay

# --- 12.1 -------------------------------------------------------------------------------------------------


def undo(shop, event):
    if isinstance(event, Cancelled):
        for product, quantity in event.goods.items():
            shop.send(PutBack(event.order, product, quantity), f"{event.order}-{product}")
    for taken in [one for one in shop.log if isinstance(one, Taken) and one.order == event.order]:
        shop.send(PayBack(taken.order, taken.mills), f"money-{taken.position}")


def by_looking_at_the_log(shop, event):
    """Without a word about ids: what is recorded is not sent again."""
    mine = [one for one in shop.log if one.order == event.order]
    back = {one.product for one in mine if isinstance(one, WentBack)}
    goods = next(one.goods for one in mine if isinstance(one, Cancelled))
    for product in goods.keys() - back:
        shop.send(PutBack(event.order, product, goods[product]))
    owed = sum(one.mills for one in mine if isinstance(one, Taken))
    owed -= sum(one.mills for one in mine if isinstance(one, PaidBack))
    if owed:
        shop.send(PayBack(event.order, owed))


def by_match(shop, event):
    match event:
        case Taken(order, mills, position):
            shop.send(PayBack(order, mills), f"undo-{position}")
        case Cancelled(order, goods, position):
            for ordinal, (product, quantity) in enumerate(goods.items()):
                shop.send(PutBack(order, product, quantity), f"undo-{position}-{ordinal}")
            for one in tuple(shop.log):
                if isinstance(one, Taken) and one.order == order:
                    by_match(shop, one)


def holds_on_to_everything(shop, event):
    """Whatever it catches, the dead do not send."""
    try:
        undo(shop, event)
    except BaseException:  # noqa: BLE001 - too much, and no harm
        undo(shop, event)


def deletes(shop, event):
    undo(shop, event)
    shop.log[:] = [one for one in shop.log if not isinstance(one, Taken) or one.order != event.order]


def rewrites(shop, event):
    undo(shop, event)
    shop.log = [replace(one, mills=0) if isinstance(one, Taken) else one for one in shop.log]


def writes_the_log_itself(shop, event):
    shop.log.append(PaidBack(event.order, 5000, 4))


class _OtherIds:
    """Sends as `undo` does, with other ids."""

    def __init__(self, shop, renamed):
        self.log, self._shop, self._renamed = shop.log, shop, renamed

    def send(self, command, command_id):
        self._shop.send(command, self._renamed(command_id))


def under(renamed):
    return lambda shop, event: undo(_OtherIds(shop, renamed), event)


def first_product_only(shop, event):
    product, quantity = next(iter(getattr(event, "goods", {"cup": 1}).items()))
    shop.send(PutBack(event.order, product, quantity), f"{event.order}-{product}")
    shop.send(PayBack(event.order, 5000), f"{event.order}-money")


def forgets_the_money(shop, event):
    for product, quantity in getattr(event, "goods", {}).items():
        shop.send(PutBack(event.order, product, quantity), f"{event.order}-{product}")


def forgets_the_late_money(shop, event):
    if isinstance(event, Cancelled):
        undo(shop, event)


def pays_what_was_not_taken(shop, event):
    forgets_the_money(shop, event)
    shop.send(PayBack(event.order, 5000), f"{event.order}-money")


def pays_everybody(shop, event):
    forgets_the_money(shop, event)
    for one in list(shop.log):
        if isinstance(one, Taken):
            shop.send(PayBack(one.order, one.mills), f"money-{one.position}")


def stops_where_it_began(shop, event):
    if not any(isinstance(one, WentBack) and one.order == event.order for one in shop.log):
        undo(shop, event)


def late_money_without_an_id(shop, event):
    if isinstance(event, Cancelled):
        undo(shop, event)
    else:
        shop.send(PayBack(event.order, event.mills))


_undone = set()


def remembers_in_memory(shop, event):
    if event.order not in _undone:
        undo(_OtherIds(shop, lambda _: None), event)
    _undone.add(event.order)


def raises(shop, event):
    return event.lines


def by_the_event_in_hand(shop, event):
    if isinstance(event, Cancelled):
        for product, quantity in event.goods.items():
            shop.send(PutBack(event.order, product, quantity), f"{event.order}-{product}")
        for mills in [one.mills for one in shop.log if isinstance(one, Taken) and one.order == event.order]:
            shop.send(PayBack(event.order, mills), f"pay-{event.position}")
    else:
        shop.send(PayBack(event.order, event.mills), f"pay-{event.position}")


def one_refund_an_order(shop, event):
    forgets_the_money(shop, event)
    for one in [one for one in shop.log if isinstance(one, Taken) and one.order == event.order]:
        shop.send(PayBack(event.order, one.mills), f"pay-{event.order}")


def by_the_sum(shop, event):
    forgets_the_money(shop, event)
    for one in [one for one in shop.log if isinstance(one, Taken) and one.order == event.order]:
        shop.send(PayBack(event.order, one.mills), f"pay-{event.order}-{one.mills}")


def stops_at_the_first_refund(shop, event):
    if any(isinstance(one, PaidBack) and one.order == event.order for one in shop.log):
        forgets_the_money(shop, event)
    else:
        undo(shop, event)


# --- further right ones


class Undo:
    """A callable object; ids as tuples, by keyword."""

    def __call__(self, shop, event):
        goods = getattr(event, "goods", {})
        for product in sorted(goods):
            shop.send(command=PutBack(event.order, product, goods[product]), command_id=(event.order, product))
        for one in filter(lambda one: isinstance(one, Taken), list(shop.log)):
            if one.order == event.order:
                shop.send(command=PayBack(one.order, one.mills), command_id=("money", one.position))


def in_two_functions(shop, event):
    """The money of a late event by itself; one id is a number."""
    if type(event) is Cancelled:
        _ = [shop.send(PutBack(event.order, *pair), f"{event.order}/{pair[0]}") for pair in event.goods.items()]
        _ = [_pays_back(shop, one) for one in shop.log[:] if type(one) is Taken and one.order == event.order]
    else:
        _pays_back(shop, event)


def _pays_back(shop, taken):
    shop.send(PayBack(taken.order, taken.mills), taken.position)


def piece_by_piece(shop, event):
    """Every piece goes back by a command of its own."""
    if isinstance(event, Cancelled):
        for product, quantity in event.goods.items():
            for piece in range(quantity):
                shop.send(PutBack(event.order, product, 1), f"{event.order} {product} {piece}")
    money(shop, event)


def money(shop, event):
    for one in tuple(shop.log):
        if isinstance(one, Taken) and one.order == event.order:
            shop.send(PayBack(one.order, one.mills), f"money-{one.position}")


def by_a_stable_hash(shop, event):
    """Ids that are names of names: the same in every process."""
    under(lambda told: uuid.uuid5(uuid.NAMESPACE_URL, told))(shop, event)


def new_ids_for_what_is_not_recorded(shop, event):
    """The log says what is done, so an id may be anything."""
    by_looking_at_the_log(_AnyIds(shop), event)


class _AnyIds:
    def __init__(self, shop):
        self.log, self._shop = shop.log, shop

    def send(self, command):
        self._shop.send(command, str(uuid.uuid4()))


def everything_twice(shop, event):
    """To be sure; under one id it is done once."""
    undo(shop, event)
    undo(shop, event)


def undo_of_the_cell(shop, event):
    product, quantity = next(iter(event.goods.items()))
    shop.send(PutBack(event.order, product, quantity), "undo")


# --- further wrong ones

_ids, _numbers_of_commands = {}, itertools.count(1)


def ids_kept_in_a_dict(shop, event):
    under(lambda told: _ids.setdefault(told, uuid.uuid4()))(shop, event)


def counts_its_commands(shop, event):
    if event not in _handled(shop):
        under(lambda told: next(_numbers_of_commands))(shop, event)


def _handled(shop):
    return [one for one in shop.log if isinstance(one, WentBack | PaidBack)]


def ordinals_of_a_set(shop, event):
    for ordinal, product in enumerate(set(getattr(event, "goods", {}))):
        shop.send(PutBack(event.order, product, event.goods[product]), f"{event.order}-{ordinal}")
    money(shop, event)


def pays_first_and_forgets_the_goods(shop, event):
    money(shop, event)


def pays_the_first_payment(shop, event):
    forgets_the_money(shop, event)
    for one in [one for one in shop.log if isinstance(one, Taken) and one.order == event.order][:1]:
        shop.send(PayBack(one.order, one.mills), f"money-{one.position}")
    if isinstance(event, Taken):
        shop.send(PayBack(event.order, event.mills), f"money-{event.position}")


def one_of_each(shop, event):
    for product in getattr(event, "goods", {}):
        shop.send(PutBack(event.order, product, 1), f"{event.order}-{product}")
    money(shop, event)


def sends_what_happened(shop, event):
    shop.send(WentBack(event.order, "cup", 2, 4), "undo")


def from_the_other_order(shop, event):
    """Take whatever money stands last in front of the cancellation."""
    forgets_the_money(shop, event)
    paid = [one for one in shop.log if isinstance(one, Taken)][0]
    shop.send(PayBack(event.order, paid.mills), f"{event.order}-money")


def swallows_its_error(shop, event):
    try:
        for product, quantity in event.good.items():
            shop.send(PutBack(event.order, product, quantity), product)
    except AttributeError:
        pass


def calls_it_wrongly(shop, event):
    shop.send(PutBack(event.order, "cup"), "cup")


def clears_the_log(shop, event):
    undo(shop, event)
    shop.log.clear()


def marks_the_payment(shop, event):
    undo(shop, event)
    at = next(at for at, one in enumerate(shop.log) if isinstance(one, Taken) and one.order == event.order)
    shop.log[at] = replace(shop.log[at], mills=0)


def empties_the_event(shop, event):
    while getattr(event, "goods", {}):
        product, quantity = event.goods.popitem()
        shop.send(PutBack(event.order, product, quantity), f"{event.order}-{product}")
    money(shop, event)


def three_products_at_most(shop, event):
    for product, quantity in list(getattr(event, "goods", {}).items())[:3]:
        shop.send(PutBack(event.order, product, quantity), f"{event.order}-{product}")
    money(shop, event)


def ids_of_a_first_letter(shop, event):
    for product, quantity in getattr(event, "goods", {}).items():
        shop.send(PutBack(event.order, product, quantity), f"{event.order}-{product[0]}")
    money(shop, event)


def ids_of_a_quantity(shop, event):
    for product, quantity in getattr(event, "goods", {}).items():
        shop.send(PutBack(event.order, product, quantity), f"{event.order}-{quantity}")
    money(shop, event)


def money_under_a_hash(shop, event):
    for product, quantity in getattr(event, "goods", {}).items():
        shop.send(PutBack(event.order, product, quantity), f"{event.order}-{product}")
    for one in tuple(shop.log):
        if isinstance(one, Taken) and one.order == event.order:
            shop.send(PayBack(one.order, one.mills), hash((one.order, one.position)))


def less_than_none(shop, event):
    for product, quantity in getattr(event, "goods", {}).items():
        shop.send(PutBack(event.order, product, -quantity), f"{event.order}-{product}")


_sent = set()


def remembers_what_it_sent(shop, event):
    """A memory that only saves work, and dies with its process."""
    undo(_Fewer(shop), event)


class _Fewer:
    def __init__(self, shop):
        self.log, self._shop = shop.log, shop

    def send(self, command, command_id):
        if command_id not in _sent:
            self._shop.send(command, command_id)
            _sent.add(command_id)


WRONG_UNDOS = {
    "the money alone": (pays_first_and_forgets_the_goods, "with her name on it"),
    "the first payment": (pays_the_first_payment, "does your code stop looking"),
    "sends an event": (sends_what_happened, "The store-room understands PutBack"),
    "ids of this process": (under(lambda told: hash(told)), "hash() of a text is another number"),
    "an argument too few": (calls_it_wrongly, "Compare what the call passes"),
    "one refund an order": (one_refund_an_order, "both refunds under one id"),
    "stops at the first refund": (stops_at_the_first_refund, "what is still owed to her"),
    "by the event in hand": (by_the_event_in_hand, "found in two ways, under two ids"),
    "deletes events": (deletes, "Who tells them, if you take one away"),
    "writes events itself": (writes_the_log_itself, "Which command makes it true"),
    "new ids": (under(lambda _: str(uuid.uuid4())), "The same request under a new id is a new request"),
    "no ids": (under(lambda _: None), "What did you give them to know that by"),
    "one id for all": (under(lambda _: "undo"), "What tells them apart"),
    "the first product": (first_product_only, "How many products were set aside"),
    "forgets the money": (forgets_the_money, "Which step have you not undone"),
    "forgets the late money": (forgets_the_late_money, "Who gives that money back"),
    "pays what was not taken": (pays_what_was_not_taken, "Whose money did you send"),
    "pays everybody": (pays_everybody, "Whose events did you look at"),
    "ids without the order": (under(lambda told: told.rpartition("-")[2]), "Whose cup does an id name"),
    "stops where it began": (stops_where_it_began, "Does begun mean finished"),
    "late money without an id": (late_money_without_an_id, "The late money was seen twice"),
    "nothing": (lambda shop, event: None, "Each needs one that makes it good"),
    "an error": (raises, "There is nothing of that name"),
    "no function": ("undo", "What did you hand over"),
}

# --- 12.2 -------------------------------------------------------------------------------------------------


def give(event, desk):
    desk.issue(event.customer, key=f"voucher-{event.order}")


def by_position(event, desk):
    if event.position not in desk.memory:
        desk.issue(event.customer, event.position)
        desk.memory[event.position] = True


def remembers(event, desk):
    if event.order not in desk.memory:
        desk.issue(event.customer, uuid.uuid4())
        desk.memory[event.order] = True


def looks_into_the_table(event, desk):
    if event.order not in desk.table:
        desk.issue(event.customer, key=uuid.uuid4())


def counts_in_memory(event, desk):
    if event.order not in desk.memory:
        desk.memory[event.order] = len(desk.memory) + 1
        desk.issue(event.customer, key=desk.memory[event.order])


_given = set()


def remembers_elsewhere(event, desk):
    if event.order not in _given:
        _given.add(event.order)
        desk.issue(event.customer, key=uuid.uuid4())


_numbers = itertools.count()

_keys = {}


class Vouchers:
    """Remembers in itself."""

    def __init__(self):
        self.keys = {}

    def __call__(self, event, desk):
        desk.issue(event.customer, self.keys.setdefault(event.order, uuid.uuid4()))


def keeps_a_count_by_customer(event, desk):
    """Number a customer's parcels as they come."""
    if event.order not in desk.memory:
        desk.memory[event.order] = f"{event.customer}-{len(desk.memory)}"
    desk.issue(event.customer, desk.memory[event.order])


def remembers_with_a_default(event, desk, given={}):  # noqa: B006 - the planted mistake
    desk.issue(event.customer, given.setdefault(event.order, uuid.uuid4()))


def issues_twice(event, desk):
    desk.issue(event.customer, f"{event.order}-1")
    desk.issue(event.customer, f"{event.order}-2")


def to_the_order(event, desk):
    desk.issue(event.order, event.order)


def of_the_cell(event, desk):
    if event.order not in desk.memory:
        desk.memory[event.order] = True
        desk.issue(event.customer, key=uuid.uuid4())


WRONG_HANDLERS = {
    "memory": (remembers, "Which key would it know again"),
    "a table": (looks_into_the_table, "May a handler trust a table"),
    "a uuid": (lambda event, desk: desk.issue(event.customer, uuid.uuid4()), "Another key each time"),
    "a count in memory": (counts_in_memory, "Dora got a key that was taken"),
    "a count by customer": (keeps_a_count_by_customer, "if not on the event alone"),
    "the customer": (lambda event, desk: desk.issue(event.customer, event.customer), "Is your key hers"),
    "one key": (lambda event, desk: desk.issue(event.customer, "voucher"), "What tells his parcel from hers"),
    "a hash": (lambda event, desk: desk.issue(event.customer, hash(event.order)), "is another number"),
    "no voucher": (lambda event, desk: None, "Which line sends the voucher"),
    "an error": (lambda event, desk: event.key, "There is nothing of that name"),
    "no function": ({}, "What did you hand over"),
}
_LOST, _NEW, _ELSEWHERE = "what it remembered died with it", "Another key each time", "hash() of a text is another"
WRONG_KEYS = (
    (lambda event, desk: desk.issue(event.customer, event.order[0]), "What tells his parcel from hers"),
    (lambda event, desk: desk.issue(event.customer, event.order[-1]), "Is your key hers"),
    (lambda event, desk: desk.issue(event.customer, len(event.order)), "What tells his parcel from hers"),
    (lambda event, desk: desk.issue(event.customer, (os.getpid(), event.order)), _ELSEWHERE),
    (lambda event, desk: desk.issue(event.customer), "Compare what the call passes"),
    (remembers_elsewhere, _LOST),
    (remembers_with_a_default, _LOST),
    (Vouchers(), _LOST),
    (lambda event, desk: desk.issue(event.customer, _keys.setdefault(event.order, uuid.uuid4())), _LOST),
    (lambda event, desk: desk.issue(event.customer, next(_numbers)), _NEW),
    (lambda event, desk: desk.issue(event.customer, time.perf_counter_ns()), _NEW),
    (lambda event, desk: desk.issue(event.customer, id(event)), _NEW),
    (lambda event, desk: desk.issue(event.customer, random.random()), _NEW),
    (lambda event, desk: desk.issue(event.customer, hash(event)), _ELSEWHERE),
    (lambda event, desk: desk.issue(event.customer, event.order.__hash__()), _ELSEWHERE),
    (lambda event, desk: desk.issue(event.customer, id(event.order)), _ELSEWHERE),
    (lambda event, desk: desk.issue(event.customer, f"voucher-{abs(hash((event.order, event.customer)))}"), _ELSEWHERE),
    (lambda event, desk: desk.issue(event.customer, f"{datetime.now():%Y}-{event.customer}"), "Is your key hers"),
    (issues_twice, "One parcel, one voucher"),
    (to_the_order, "Which line sends the voucher"),
    (of_the_cell, "Write your answer there"),
)


def digest(event, desk):
    desk.issue(event.customer, hashlib.sha256(event.order.encode()).hexdigest())


def named(event, desk):
    desk.issue(key=uuid.uuid5(uuid.NAMESPACE_OID, event.order), customer=event.customer)


def whole_event(event, desk):
    desk.issue(event.customer, event)


def by_hash_of_a_number(event, desk):
    """A whole number is its own hash, in every process."""
    desk.issue(event.customer, hash(event.position))


def unless_remembered(event, desk):
    """Memory and table save a call, and nobody relies on them."""
    if event.order not in desk.table and event.order not in desk.memory:
        desk.issue(event.customer, (event.customer, event.order))
        desk.memory[event.order] = True


def marks_it_first(event, desk):
    """What is marked and not done dies together with the mark."""
    if event.order not in desk.memory:
        desk.memory[event.order] = True
        desk.issue(event.customer, key=event.order)


# --- 12.3 -------------------------------------------------------------------------------------------------

SEAT, ROOM, MONEY, TICKET, MAIL = TRIP


def said(step, kind):
    return dict(TRIP) | {step: kind}


WRONG_TRIPS = {
    "seat, no return": (said(SEAT, "no return"), "The hour passes"),
    "seat, retry": (said(SEAT, "retry"), "trying the seat again helps nobody"),
    "room, no return": (said(ROOM, "no return"), "What would you send to the hotel"),
    "room, retry": (said(ROOM, "retry"), "who holds the seat meanwhile"),
    "money, no return": (said(MONEY, "no return"), "What makes a payment good"),
    "money, retry": (said(MONEY, "retry"), "declined for good"),
    "ticket, undo": (said(TICKET, "undo"), "What would you undo it with"),
    "ticket, retry": (said(TICKET, "retry"), "After it, can it"),
    "mail, undo": (said(MAIL, "undo"), "because a mail server is down"),
    "mail, no return": (said(MAIL, "no return"), "for a mail that fails"),
    "nothing": (dict.fromkeys(TRIP, ""), "Suppose the next step fails"),
    "a list": (["undo"], "each of the five steps"),
}

RIGHT = {
    "12.1": [
        undo,
        by_looking_at_the_log,
        by_match,
        holds_on_to_everything,
        Undo(),
        in_two_functions,
        piece_by_piece,
        by_a_stable_hash,
        new_ids_for_what_is_not_recorded,
        everything_twice,
        remembers_what_it_sent,
    ],
    "12.2": [
        give,
        by_position,
        digest,
        named,
        whole_event,
        by_hash_of_a_number,
        unless_remembered,
        marks_it_first,
        lambda event, desk: desk.issue(event.customer, random.Random(event.order).random()),
    ],
    "12.3": answers_12_stay.RIGHT,
    "12.4": [
        dict(TRIP),
        {step: kind.upper() for step, kind in TRIP.items()},
        dict(TRIP) | {TICKET: "the point of no return"},
        list(TRIP.items()),
        pd.Series(TRIP),
        pd.DataFrame({"can be": TRIP}),
        {step.title(): f" {kind.replace(' ', '-')}." for step, kind in reversed(TRIP.items())},
        {step: enum.Enum("Kind", {"KIND": kind}).KIND for step, kind in TRIP.items()},
    ],
}
WRONG = {"12.1": WRONG_UNDOS, "12.2": WRONG_HANDLERS, "12.3": answers_12_stay.WRONG, "12.4": WRONG_TRIPS}
ALSO_WRONG = {
    "12.1": (
        (rewrites, "Who tells them, if you take one away"),
        (clears_the_log, "Who tells them, if you take one away"),
        (marks_the_payment, "Who tells them, if you take one away"),
        (by_the_sum, "both refunds under one id"),
        (remembers_in_memory, "What did you give them to know that by"),
        (ids_kept_in_a_dict, "The same request under a new id"),
        (counts_its_commands, "Whose cup does an id name"),
        (under(lambda told: time.time_ns()), "The same request under a new id"),
        (ordinals_of_a_set, "a set has another order"),
        (under(lambda told: f"undo-{abs(hash((told, 'undo')))}"), "hash() of a text is another number"),
        (one_of_each, "and with how much"),
        (from_the_other_order, "and with how much"),
        (empties_the_event, "Others are handed the same event"),
        (three_products_at_most, "Which products does your code not come to"),
        (ids_of_a_first_letter, "In what are the two alike"),
        (ids_of_a_quantity, "In what are the two alike"),
        (money_under_a_hash, "hash() of a text is another number"),
        (less_than_none, "Each needs one that makes it good"),
        (swallows_its_error, "Each needs one that makes it good"),
        (undo_of_the_cell, "Write your answer there"),
    ),
    "12.2": WRONG_KEYS,
    "12.3": answers_12_stay.ALSO_WRONG,
    "12.4": (
        (["undo", "undo", "undo", "no return", "retry"], "each of the five steps"),
        (TRIP | {TICKET: "irreversible"}, "comes closest to what you mean"),
        (TRIP | {MAIL: ""}, "Suppose the next step fails"),
        ({step: kind for step, kind in TRIP.items() if step != MAIL}, "Suppose the next step fails"),
        (dict(zip(TRIP, reversed(TRIP.values()), strict=True)), "trying the seat again"),
        (dict.fromkeys(TRIP, "undo"), "What would you undo it with"),
        (dict.fromkeys(TRIP, "retry"), "trying the seat again"),
        (dict.fromkeys(TRIP, "no return"), "The hour passes"),
        (TRIP | {MAIL: "no return", TICKET: "retry"}, "After it, can it"),
        (dict.fromkeys(TRIP), "Write your answer there"),
    ),
}
