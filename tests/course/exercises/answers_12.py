"""Answers to the exercises of lesson 12: right ones in several styles, and wrong ones with what each is told."""

import itertools
import time
import uuid
from dataclasses import replace

from cqrs_lab.course.exercises.lesson_12 import TRIP
from cqrs_lab.course.exercises.lesson_12_undo import Cancelled, PaidBack, PayBack, PutBack, Taken, WentBack

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


WRONG_UNDOS = {
    "one refund an order": (one_refund_an_order, "both refunds under one id"),
    "stops at the first refund": (stops_at_the_first_refund, "what is still owed to her"),
    "by the event in hand": (by_the_event_in_hand, "met on two ways, under two ids"),
    "deletes events": (deletes, "Who tells them, if you take one away"),
    "writes events itself": (writes_the_log_itself, "Which command makes it true"),
    "new ids": (under(lambda _: str(uuid.uuid4())), "The same wish under a new id is a new wish"),
    "no ids": (under(lambda _: None), "What did you give it to know that by"),
    "one id for all": (under(lambda _: "undo"), "What tells them apart"),
    "the first product": (first_product_only, "How many products were set aside"),
    "forgets the money": (forgets_the_money, "Which step have you not undone"),
    "forgets the late money": (forgets_the_late_money, "Who gives that money back"),
    "pays what was not taken": (pays_what_was_not_taken, "Whose money did you send"),
    "pays everybody": (pays_everybody, "Whose events did you look at"),
    "ids without the order": (under(lambda told: told.rpartition("-")[2]), "Whose cup does an id name"),
    "stops where it began": (stops_where_it_began, "Does begun mean finished"),
    "late money without an id": (late_money_without_an_id, "The late money was seen twice"),
    "remembers in memory": (remembers_in_memory, "What do you remember from before"),
    "nothing": (lambda shop, event: None, "Each needs one that makes it good"),
    "an error": (raises, "for which event"),
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
        desk.memory[event.order] = True
        desk.issue(event.customer, key=uuid.uuid4())


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

WRONG_HANDLERS = {
    "memory": (remembers, "Which key would it know again"),
    "a table": (looks_into_the_table, "May a handler trust a table"),
    "a uuid": (lambda event, desk: desk.issue(event.customer, uuid.uuid4()), "Another key each time"),
    "a count in memory": (counts_in_memory, "After the crash you counted from the start"),
    "the customer": (lambda event, desk: desk.issue(event.customer, event.customer), "Is your key hers"),
    "one key": (lambda event, desk: desk.issue(event.customer, "voucher"), "What tells his parcel from hers"),
    "a hash": (lambda event, desk: desk.issue(event.customer, hash(event.order)), "another number in each process"),
    "memory elsewhere": (remembers_elsewhere, "What do you remember outside desk"),
    "no voucher": (lambda event, desk: None, "Which line sends the voucher"),
    "an error": (lambda event, desk: event.key, "Which line of yours raises it"),
    "no function": ({}, "What did you hand over"),
}
# These, too, make a new key each time; they are met as the uuid is.
NEW_EACH_TIME = (
    lambda event, desk: desk.issue(event.customer, next(_numbers)),
    lambda event, desk: desk.issue(event.customer, time.perf_counter_ns()),
    lambda event, desk: desk.issue(event.customer, id(event)),
)

HASHED = (
    lambda event, desk: desk.issue(event.customer, hash(event)),
    lambda event, desk: desk.issue(event.customer, f"voucher-{abs(hash((event.order, event.customer)))}"),
)

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
    "ticket, undo": (said(TICKET, "undo"), "With what would you undo it"),
    "ticket, retry": (said(TICKET, "retry"), "After it, can it"),
    "mail, undo": (said(MAIL, "undo"), "because a mail server is down"),
    "mail, no return": (said(MAIL, "no return"), "for a mail that fails"),
    "nothing": (dict.fromkeys(TRIP), "Suppose the next step fails"),
    "a list": (["undo"], "each of the five steps"),
}

RIGHT = {
    "12.1": [undo, by_looking_at_the_log, by_match, holds_on_to_everything],
    "12.2": [give, by_position],
    "12.3": [dict(TRIP), {step: kind.upper() for step, kind in TRIP.items()}],
}
WRONG = {"12.1": WRONG_UNDOS, "12.2": WRONG_HANDLERS, "12.3": WRONG_TRIPS}
