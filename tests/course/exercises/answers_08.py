"""Answers to the exercises of lesson 8: right ones in several styles, and wrong ones with what each is told."""

import numpy as np
import pandas as pd

from cqrs_lab import CommandRejected
from cqrs_lab.course.exercises.lesson_08 import BROKEN, READS, TRACES
from cqrs_lab.simulation import guarantees

# --- 08.1 -------------------------------------------------------------------------------------------------


def by_the_checker(trace):
    told = guarantees.check(trace)
    names = ("read_your_writes", "monotonic_reads", "consistent_prefix")
    return next((name for name in names if not told[name].holds), "none")


def named(**changed):
    return BROKEN | changed


WRONG_NAMES = {
    "A goes back": (named(A="monotonic reads"), "Ada read once"),
    "A is fine": (named(A="none"), "Whose write does she miss"),
    "B misses": (named(B="read your writes"), "Which of her two reads shows more"),
    "B is fine": (named(B="none"), "May time run backwards"),
    "C misses": (named(C="read your writes"), "did anybody promise it to her"),
    "C goes back": (named(C="monotonic reads"), "What did she see earlier"),
    "D is fine": (named(D="none"), "What lies in front of it"),
    "D misses": (named(D="read your writes"), "Compare what she is shown"),
    "nothing": ({}, "who wrote or saw what before"),
    "a list": (["none"], "Which guarantee is broken in each"),
}

# --- 08.2 -------------------------------------------------------------------------------------------------


def order_and_look(shop, order):
    receipt = shop.send(order)
    return shop.ask(at_least=receipt.position).value


def in_one_line(shop, order):
    return shop.ask(shop.send(order).position).value


def the_whole_answer(shop, order):
    return shop.ask(at_least=shop.send(order).position)


def by_its_last_event(shop, order):
    return shop.ask(at_least=shop.send(order).events[-1].position).value


def a_list_and_a_tuple(shop, order):
    return [order] + shop.ask(at_least=shop.send(order).position).value


def another_keyword(shop, order):
    return shop.ask(at_last=shop.send(order).position).value


def as_a_list(shop, order):
    position = shop.send(order).position
    return list(shop.ask(position).value)


def looks_first(shop, order):
    receipt = shop.send(order)
    answer = shop.ask()
    if answer.position < receipt.position:
        answer = shop.ask(at_least=receipt.position)
    return answer.value


def until_it_is_fresh(shop, order):
    receipt = shop.send(order)
    while True:
        answer = shop.ask(at_least=receipt.position)
        if answer.freshness == "fresh":
            return answer.value


def one_by_one(shop, order):
    yield from shop.ask(at_least=shop.send(order).position).value


class Session:
    """A page that remembers the newest position it knows of."""

    def __init__(self):
        self.token = 0

    def __call__(self, shop, order):
        self.token = max(self.token, shop.send(order).position)
        return shop.ask(at_least=self.token).value


def lets_the_refusal_through(shop, order):
    try:
        receipt = shop.send(order)
    except CommandRejected as refused:
        raise CommandRejected(f"not ordered: {refused.reason}") from refused
    return pd.Series(shop.ask(at_least=receipt.position).value)


def as_a_set(shop, order):
    return set(order_and_look(shop, order))


def with_keywords(shop, order, *, more=0, **others):
    token: int = max(more, shop.send(order).position)
    return sorted(shop.ask(**{"at_least": np.int64(token)}).value)


def asks_twice(shop, order):
    try:
        token = shop.send(order).position
    except CommandRejected:
        print("refused")
        raise
    shop.ask()
    return np.array(shop.ask(token).value)


def asks_nobody(shop, order):
    shop.send(order)
    return ("older order", "somebody else's order", order)


def optimistic(shop, order):
    shop.send(order)
    return (*shop.ask().value, order)


def by_the_version(shop, order):
    return shop.ask(shop.send(order).version).value


def one_further(shop, order):
    return shop.ask(shop.send(order).position + 1).value


def asks_until_it_is_there(shop, order):
    shop.send(order)
    while order not in shop.ask().value:
        pass
    return shop.ask().value


def sleeps_until_it_is_there(shop, order):
    shop.send(order)
    while order not in shop.ask().value:
        shop.sleep(1)
    return shop.ask().value


def sends_it_again(shop, order):
    shop.send(order)
    return shop.ask(shop.send(f"{order} please").position).value


def by_the_end_of_the_log(shop, order):
    shop.send(order)
    return shop.ask(at_least=len(shop.log)).value


def by_what_it_recorded(shop, order):
    receipt = shop.send(order)
    return shop.ask(at_least=receipt.position if receipt.events else 0).value


def forgets_the_return(shop, order):
    shop.ask(at_least=shop.send(order).position)


def looks_at_once(shop, order):
    shop.send(order)
    return shop.ask().value


def sleeps(shop, order):
    shop.send(order)
    shop.sleep(5)
    return shop.ask().value


def sleeps_too(shop, order):
    shop.sleep(1)
    return order_and_look(shop, order)


def reads_the_log(shop, order):
    shop.send(order)
    return shop.read_the_log()


def sends_twice(shop, order):
    shop.send(order)
    return order_and_look(shop, f"{order} ")


def waits_for_one_more(shop, order):
    before = len(shop.log)
    shop.send(order)
    return shop.ask(at_least=before + 1).value or ()


def swallows_the_refusal(shop, order):
    try:
        return order_and_look(shop, order)
    except CommandRejected:
        return ()


def sends_what_is_not_there(shop, order):
    answer = shop.ask()
    return answer.value if order in answer.value else order_and_look(shop, order)


class FirstReceipt:
    token = 0

    def __call__(self, shop, order):
        position = shop.send(order).position
        self.token = self.token or position
        return shop.ask(at_least=self.token).value


def raises_another_error(shop, order):
    try:
        return order_and_look(shop, order)
    except CommandRejected as refused:
        raise RuntimeError("no") from refused


def returns_the_refusal(shop, order):
    try:
        return order_and_look(shop, order)
    except CommandRejected as refused:
        return refused


WRONG_SESSIONS = {
    "the whole answer": (the_whole_answer, "Which part of it has the orders"),
    "by its last event": (by_its_last_event, "A receipt has a position of its own"),
    "looks at once": (
        lambda shop, order: list((shop.send(order), shop.ask())[1].value),
        "What does the receipt say that an",
    ),
    "the cell": (looks_at_once, "in place of what it holds"),
    "sleeps": (sleeps, "How long is long enough"),
    "sleeps as well": (sleeps_too, "What is the sleep for"),
    "reads the write side": (reads_the_log, "what is the read model for"),
    "waits after nothing": (waits_for_one_more, "nothing new was recorded"),
    "swallows a refusal": (swallows_the_refusal, "Who tells the customer"),
    "no function": ("order", "What did you hand over"),
    "asks nobody": (asks_nobody, "The page has asked nobody"),
    "optimistic": (optimistic, "an optimistic screen"),
    "a version": (by_the_version, "A version counts the events of one stream"),
    "one position further": (one_further, "No such position"),
    "asks until it is there": (asks_until_it_is_there, "You ask until it is there"),
    "sends it again": (sends_it_again, "How often did you send it"),
    "the order alone": (lambda shop, order: order_and_look(shop, order) and order, "Which container"),
    "forgets the return": (forgets_the_return, "Is there a return"),
}
ALSO_SESSIONS = {
    "the receipt in place of its position": (
        lambda shop, order: shop.ask(shop.send(order)).value,
        "A receipt has a position",
    ),
    "a list and a tuple": (a_list_and_a_tuple, "An answer has a value: a tuple of orders"),
    "another keyword": (another_keyword, "Compare what the call passes"),
    "one position less": (lambda shop, order: shop.ask(shop.send(order).position - 1).value, "What does the receipt"),
    "sends the same twice": (lambda shop, order: shop.send(order) and order_and_look(shop, order), "How often did you"),
    "sends what is not there": (sends_what_is_not_there, "Every order is sent, once"),
    "the first receipt": (FirstReceipt(), "Which of the two receipts"),
    "only the last": (lambda shop, order: order_and_look(shop, order)[-1:], "An answer held more"),
    "only the first": (lambda shop, order: order_and_look(shop, order)[:1], "An answer held more"),
    "another error": (raises_another_error, "on its way through your lines"),
    "returns the refusal": (returns_the_refusal, "Who tells the customer"),
    "one argument": (lambda shop: shop.ask().value, "in which order"),
    "the receipt": (lambda shop, order: order_and_look(shop, order) and shop.send(order), "Which container"),
    "sleeps until it is there": (sleeps_until_it_is_there, "What is the sleep for"),
    "the end of the log": (by_the_end_of_the_log, "nothing new was recorded"),
    "only what it recorded": (by_what_it_recorded, "nothing new was recorded"),
    "only the new order": (
        lambda shop, order: [one for one in order_and_look(shop, order) if one == order],
        "An answer held more",
    ),
    "a position far away": (lambda shop, order: (shop.send(order), shop.ask(10**9))[1].value, "No such position"),
}

# --- 08.3 -------------------------------------------------------------------------------------------------

TRANSFER, RATES, LIST, BALANCE = READS


def chosen(question, choice):
    return dict(READS) | {question: choice}


WRONG_CHOICES = {
    "transfer, eventual": (chosen(TRANSFER, "eventual"), "send it again"),
    "transfer, sticky": (chosen(TRANSFER, "sticky replica"), "the slowest of all"),
    "transfer, waiting": (chosen(TRANSFER, "waiting command"), "Who needs to see it"),
    "rates, token": (chosen(RATES, "token"), "for whose write"),
    "rates, waiting": (chosen(RATES, "waiting command"), "a rate a second old"),
    "rates, sticky": (chosen(RATES, "sticky replica"), "went to another copy"),
    "list, eventual": (chosen(LIST, "eventual"), "a line at the edge of the page"),
    "list, waiting": (chosen(LIST, "waiting command"), "No command is being sent"),
    "balance, token": (chosen(BALANCE, "token"), "A stale screen cannot corrupt that"),
    "nothing": ({}, "What would the customer notice"),
    "a word": ("token", "What does each of the four need"),
}

NAMES = list(BROKEN.values())
RIGHT = {
    "08.1": [
        BROKEN,
        {name: by_the_checker(trace) for name, trace in TRACES.items()},
        {name: word.replace(" ", "-").title() for name, word in BROKEN.items()},
        pd.Series(BROKEN),
        list(BROKEN.items()),
        BROKEN | {"A": "Read your own writes.", "C": None},
        {name.lower(): f" {word}  " for name, word in BROKEN.items()},
        pd.Series(BROKEN | {"C": None}),
        BROKEN | {"C": "none of them"},
        BROKEN | {"A": "read your write", "C": None},
    ],
    "08.2": [
        *(order_and_look, in_one_line, as_a_list, looks_first, until_it_is_fresh, one_by_one, Session()),
        *(lets_the_refusal_through, as_a_set, with_keywords, asks_twice),
    ],
    "08.3": [
        dict(READS),
        {question: choice.upper() for question, choice in READS.items()},
        dict(READS) | {LIST: "token"},
        dict(READS) | {LIST: "sticky-replica"},
        dict(READS) | {BALANCE: "no read at all"},
        pd.Series(dict(READS) | {LIST: "Token"}),
        tuple(READS.items()),
        {question.upper(): choice for question, choice in READS.items()},
        dict(READS) | {TRANSFER: "a token", LIST: "a sticky replica", RATES: "eventual consistency"},
        dict(READS) | {BALANCE: "decided by the command", LIST: "sticky"},
        dict(READS) | {TRANSFER: "tokens", LIST: "sticky replicas", BALANCE: "the commands"},
    ],
}
WRONG = {"08.1": WRONG_NAMES, "08.2": WRONG_SESSIONS, "08.3": WRONG_CHOICES}
ALSO_WRONG = {
    "08.1": {
        "D goes back": (named(D="monotonic reads"), "who wrote or saw what before"),
        "C has no prefix": (named(C="consistent prefix"), "by session"),
        "all the same": (dict.fromkeys(BROKEN, "read your writes"), "Which of her two reads"),
        "another word": (named(A="linearizable"), "comes closest"),
        "the cell": (dict.fromkeys(BROKEN, ""), "in place of what it holds"),
        "words in a row": (NAMES, "Which guarantee is broken in each"),
        "one left open": ({name: word for name, word in BROKEN.items() if name != "D"}, "by session"),
        "nothing": (None, "in place of what it holds"),
    },
    "08.2": ALSO_SESSIONS,
    "08.3": {
        "the cell": (dict.fromkeys(READS, "token"), "in place of what it holds"),
        "balance, eventual": (chosen(BALANCE, "eventual"), "Where are rules kept"),
        "balance, sticky": (chosen(BALANCE, "sticky replica"), "Where are rules kept"),
        "transfer, command": (chosen(TRANSFER, "command"), "who would wait"),
        "list, command": (chosen(LIST, "command"), "who would wait"),
        "rates, command": (chosen(RATES, "command"), "who would wait"),
        "another word": (chosen(RATES, "cache"), "comes closest"),
        "one left open": ({RATES: "eventual", LIST: "token"}, "What would the customer notice"),
        "words in a row": (list(READS.values()), "What does each of the four need"),
    },
}
