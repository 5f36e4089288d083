"""Answers to the exercises of lesson 8: right ones in several styles, and wrong ones with what each is told."""

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
    "C misses": (named(C="read your writes"), "was she promised to see it"),
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
    return shop.ask(shop.send(order).position)


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


WRONG_SESSIONS = {
    "looks at once": (looks_at_once, "What does the receipt tell"),
    "sleeps": (sleeps, "How long is long enough"),
    "sleeps as well": (sleeps_too, "What is the sleep for"),
    "reads the write side": (reads_the_log, "what is the read model for"),
    "waits after nothing": (waits_for_one_more, "nothing new was recorded"),
    "swallows a refusal": (swallows_the_refusal, "Who tells the customer"),
    "gives nothing back": (lambda shop, order: None, "do you give it back"),
    "no function": ("order", "What did you hand over"),
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
    "rates, sticky": (chosen(RATES, "sticky replica"), "met another copy"),
    "list, eventual": (chosen(LIST, "eventual"), "a line on the border"),
    "list, token": (chosen(LIST, "token"), "which position should she wait for"),
    "list, waiting": (chosen(LIST, "waiting command"), "No command is being sent"),
    "balance, token": (chosen(BALANCE, "token"), "A stale screen cannot corrupt that"),
    "nothing": ({}, "What would the customer notice"),
    "a word": ("token", "What does each of the four need"),
}

RIGHT = {
    "08.1": [BROKEN, {name: by_the_checker(trace) for name, trace in TRACES.items()}],
    "08.2": [order_and_look, in_one_line],
    "08.3": [dict(READS), {question: choice.upper() for question, choice in READS.items()}],
}
WRONG = {"08.1": WRONG_NAMES, "08.2": WRONG_SESSIONS, "08.3": WRONG_CHOICES}
