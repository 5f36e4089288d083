"""Exercise 04.1: one cell of the lesson's decision table turns, and no other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cqrs_lab.course.exercises.deciding import as_decider, expect, state_after
from cqrs_lab.course.guard import NotYet, shown

HISTORIES = {
    "placed": (),
    "paid": ("Paid",),
    "shipped": ("Paid", "Shipped"),
    "cancelled": ("Cancelled",),
    "paid, then cancelled": ("Paid", "Cancelled"),
}
COMMANDS = {"pay": "Pay", "ship": "Ship", "cancel": "Cancel"}
THREE = "(fixed, histories, commands), the last two as in the lesson"
NO_REFUSING = "That money was taken before there was a rule. May evolve refuse what has happened? Only decide may."


@dataclass(frozen=True, slots=True)
class _Messages:
    """One of each message of the lesson: its classes are the notebook's own."""

    pay: Any
    ship: Any
    cancel: Any
    paid: Any
    shipped: Any
    cancelled: Any


def one_cell(answer: Any) -> None:
    """Judge a decider that takes no money for a cancelled order, and decides as before everywhere else."""
    if not isinstance(answer, tuple) or len(answer) != 3:
        raise NotYet("looked at your answer", shown(answer), THREE, "What do the rules decide about, and after what?")
    decider, one = as_decider(answer[0]), _messages(*answer[1:])
    _worrying_no_more(decider, one)
    for history, command, expected, ask in (*_the_cell(one), *_pay(one), *_the_others(one)):
        done = f"sent {command!r} after {', '.join(map(repr, history)) or 'no events'}"
        expect(decider, state_after(decider, history, NO_REFUSING), done, command, expected, ask)
    state_after(decider, [one.cancelled, one.paid], NO_REFUSING)


def _worrying_no_more(decider: Any, one: _Messages) -> None:
    """Say of rules that leave the cell as it was only that they do: finding it is part of the exercise."""
    try:
        expect(decider, state_after(decider, [one.cancelled], NO_REFUSING), "", one.pay, [one.paid], "")
    except NotYet:
        return
    ask = "Hold every cell against Mona's three rules. Which one breaks a rule, and which case of decide lets it?"
    raise NotYet("looked at the cell that should worry Mona", "it is as it was", "another decision", ask)


def _messages(histories: Any, commands: Any) -> _Messages:
    """Return the lesson's messages, or say that the names stand for something else by now."""
    ask = "These two names come from the cell of the decision table. Does it help to run that cell again?"
    try:
        events = {name: tuple(type(one).__name__ for one in known) for name, known in histories.items()}
        sent = {name: type(one).__name__ for name, one in commands.items()}
    except (AttributeError, TypeError):
        raise NotYet("looked at histories and commands", shown((histories, commands)), THREE, ask) from None
    if (events, sent) != (HISTORIES, COMMANDS):
        raise NotYet("looked at histories and commands", f"{events}, {sent}", f"{HISTORIES}, {COMMANDS}", ask)
    paid, shipped = histories["shipped"]
    (cancelled,) = histories["cancelled"]
    return _Messages(**commands, paid=paid, shipped=shipped, cancelled=cancelled)


Case = tuple[Sequence[Any], Any, list[Any] | None, str]
"""History, command, decision (None for a refusal), and what is asked of another decision."""


def _the_cell(one: _Messages) -> Iterable[Case]:
    over = "The order is over, and its customer pays for nothing. Which case of yours does this command meet first?"
    yield [one.cancelled], one.pay, None, over
    any_sum = "A cancelled order takes no money at all. Does your rule look at how much it is?"
    for pence in (1, one.pay.pence + 1):
        yield [one.cancelled], replace(one.pay, pence=pence), None, any_sum


def _pay(one: _Messages) -> Iterable[Case]:
    waits = "A placed order waits for its money, and this cell was right. Does your rule look at the state?"
    yield [], one.pay, [one.paid], waits
    other = replace(one.pay, pence=one.pay.pence + 1), [replace(one.paid, pence=one.pay.pence + 1)]
    yield [], *other, "The event says how much came in. Where does yours have it from?"
    again = "It was paid before it was cancelled, and the command only comes again. Forbidden, or already the case?"
    yield [one.paid, one.cancelled], one.pay, [], again
    twice = "It was paid, and somebody pays again: that cell had nothing to do. What does your rule do there?"
    for history in ([one.paid], [one.paid, one.shipped]):
        yield history, one.pay, [], twice


def _the_others(one: _Messages) -> Iterable[Case]:
    ships = "Only Pay was to be decided otherwise. Which case of yours does Ship meet?"
    decisions: tuple[list[Any] | None, ...] = (None, [one.shipped], [], None, None)
    yield from ((history, one.ship, came, ships) for history, came in zip(_histories(one), decisions, strict=True))
    cancels = "Only Pay was to be decided otherwise. Which case of yours does Cancel meet?"
    decisions = ([one.cancelled], [one.cancelled], None, [], [])
    yield from ((history, one.cancel, came, cancels) for history, came in zip(_histories(one), decisions, strict=True))


def _histories(one: _Messages) -> list[list[Any]]:
    events = {"Paid": one.paid, "Shipped": one.shipped, "Cancelled": one.cancelled}
    return [[events[name] for name in names] for names in HISTORIES.values()]
