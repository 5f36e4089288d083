"""Answers to exercise 04.1: right ones in several styles, and wrong ones with what each is told.

The messages and the rules are those of the lesson, which a reader has in the notebook.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import cqrs_lab as lab

LESSON = Path(__file__).parents[3] / "notebooks" / "solutions" / "04_business_rules.ipynb"


def lesson(until="## The rule changes"):
    """Run the lesson's cells up to a heading, and return its names."""
    names = {"__name__": __name__}
    for cell in json.loads(LESSON.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            exec(source, names)
        elif until in source:
            return names
    raise AssertionError(f"no cell of the lesson holds {until!r}")


NAMES = lesson()
Pay, Ship, Cancel, Paid, Shipped, Cancelled = map(NAMES.get, ("Pay", "Ship", "Cancel", "Paid", "Shipped", "Cancelled"))
Order, order, evolve, histories, commands = map(NAMES.get, ("Order", "order", "evolve", "histories", "commands"))
globals().update({one.__name__: one for one in (Pay, Ship, Cancel, Paid, Shipped, Cancelled, Order)})


def given(decider, known=histories, sent=commands):
    return decider, known, sent


def rules(decide, evolves=evolve):
    return given(lab.Decider(Order(), decide, evolves))


def one_case_in_front(command, state):
    match command, state:
        case Pay(), Order(paid=False, stage="cancelled"):
            raise lab.CommandRejected("it is cancelled; there is nothing to pay")
    return order.decide(command, state)


def by_questions(command, state):
    if isinstance(command, Pay):
        if state.paid:
            return ()
        if state.stage != "open":
            raise lab.CommandRejected("over")
        return (Paid(pence=command.pence),)
    return order.decide(command, state)


def all_of_it(command, known):
    """The state is the set of the names of what has happened."""
    name = type(command).__name__
    if {"Pay": "Paid", "Ship": "Shipped", "Cancel": "Cancelled"}[name] in known:
        return []
    if name == "Pay" and "Cancelled" not in known:
        return [Paid(command.pence)]
    if name == "Ship" and known == {"Paid"}:
        return [Shipped(command.carrier)]
    if name == "Cancel" and "Shipped" not in known:
        return [Cancelled(command.why)]
    raise lab.CommandRejected("no")


RIGHT = [
    rules(one_case_in_front),
    rules(by_questions),
    given(lab.Decider(frozenset(), all_of_it, lambda known, event: known | {type(event).__name__})),
]


def refusing(refused, otherwise=one_case_in_front):
    """Refuse what `refused(command, state)` says; decide the rest otherwise."""

    def decide(command, state):
        if refused(command, state):
            raise lab.CommandRejected("no")
        return otherwise(command, state)

    return rules(decide)


def deciding(chosen, came):
    """Decide what `chosen(command, state)` says in another way; the rest is right."""
    return rules(lambda command, state: came(command) if chosen(command, state) else one_case_in_front(command, state))


def is_over(command, state):
    return isinstance(command, Pay) and state.stage == "cancelled"


def evolve_refuses(state, event):
    if isinstance(event, Paid) and state.stage == "cancelled":
        raise lab.CommandRejected("it is cancelled")
    return evolve(state, event)


def changes_its_state(state, event):
    object.__setattr__(state, "stage", evolve(state, event).stage)
    return state


def no_reason(command, state):
    if is_over(command, state) and not state.paid:
        raise lab.CommandRejected()
    return order.decide(command, state)


@dataclass(frozen=True)
class PaymentRefused:
    pence: int


WRONG = {
    "as it was": (rules(lambda command, state: order.decide(command, state)), "Hold every cell against Mona's"),
    "in silence": (
        rules(lambda command, state: [] if is_over(command, state) else order.decide(command, state)),
        "What will the sender read",
    ),
    "with an event": (
        rules(
            lambda command, state: (
                [PaymentRefused(1)] if is_over(command, state) and not state.paid else order.decide(command, state)
            )
        ),
        "Which case of yours does this command meet first",
    ),
    "everything that is cancelled": (refusing(is_over), "Forbidden, or already the case"),
    "nobody pays": (refusing(lambda command, state: isinstance(command, Pay)), "Does your rule look at the state"),
    "this sum alone": (
        refusing(lambda command, state: is_over(command, state) and command.pence == 5100, order.decide),
        "Does your rule look at how much it is",
    ),
    "one sum for all": (
        deciding(lambda command, state: (command, state) == (Pay(5101), Order()), lambda _: [Paid(5100)]),
        "have it from",
    ),
    "takes it twice": (
        deciding(
            lambda command, state: isinstance(command, Pay) and state == Order(True), lambda pay: [Paid(pay.pence)]
        ),
        "What does your rule do there",
    ),
    "ships what is over": (
        deciding(
            lambda command, state: isinstance(command, Ship) and state.stage == "cancelled", lambda _: [Shipped("Rosa")]
        ),
        "Which case of yours does Ship meet",
    ),
    "keeps what is paid": (
        refusing(lambda command, state: isinstance(command, Cancel) and state.paid),
        "Which case of yours does Cancel meet",
    ),
    "evolve refuses": (rules(one_case_in_front, evolve_refuses), "May evolve refuse what has happened"),
    "no reason": (rules(no_reason), "needs a reason that the customer can read"),
    "no decider": (given(None), "Which three things make a decider"),
    "the decider alone": (lab.Decider(Order(), one_case_in_front, evolve), "What do the rules decide about"),
    "another cell's names": (
        given(lab.Decider(Order(), one_case_in_front, evolve), {"placed": []}),
        "run that cell again",
    ),
}
ALSO_WRONG = [
    (given(order), "Hold every cell against Mona's"),
    (refusing(lambda command, state: isinstance(command, Ship) and state.paid, order.decide), "Hold every cell"),
    (rules(lambda command, state: None if is_over(command, state) else order.decide(command, state)), "every path"),
    (rules(one_case_in_front, lambda state, event: replace(state, paid=True)), "What will the sender read"),
    (rules(one_case_in_front, changes_its_state), "evolve changed the state it was given"),
    (given(lab.Decider(Order(), one_case_in_front, evolve), histories, {"pay": Pay(1)}), "run that cell again"),
    (given(lab.Decider(Order(), one_case_in_front, evolve), 3, 4), "run that cell again"),
    ((order, histories), "What do the rules decide about"),
]
