"""Exercises of lesson 3: append to a log, ask the past, and find what the last row has forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_03_further import EXERCISES as FURTHER
from cqrs_lab.course.exercises.lesson_03_further import Readable, keeps_its_laws
from cqrs_lab.course.guard import NotYet, call
from cqrs_lab.errors import ConcurrencyError
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import Expected
from cqrs_lab.shop.events import StockAdjusted, StockReceived, StockReserved

# --- 03.1 -------------------------------------------------------------------------------------------------


Entry = tuple[int, str, int, object]
"""One line of a log: position, stream, the version it made, and the event."""


class HalfStore:
    """An event store that can be read and followed; what it lacks is `append(stream, events, expected)`.

    Attributes
    ----------
    log : list of tuple
        Position, stream, the version it made, and the event.
    listeners : list of callable
        Each is to be told the new entries, as a list, once they are all there.
    """

    def __init__(self) -> None:
        self.log: list[Entry] = []
        self.listeners: list[Callable[[list[Entry]], None]] = []

    def version(self, stream: str) -> int:
        """Tell how many events a stream has; 0 where there is none."""
        return sum(entry[1] == stream for entry in self.log)

    def read(self, stream: str) -> Iterator[object]:
        """Give a stream's events, oldest first."""
        return (entry[3] for entry in self.log if entry[1] == stream)


def store(answer: Any) -> None:
    """Judge a class with the three duties of `append`: check, record all, tell afterwards."""
    if not isinstance(answer, type) or not callable(getattr(answer, "append", None)):
        expected = "a class with append(self, stream, events, expected)"
        raise NotYet("looked at your answer", answer, expected, "Did you hand over the class itself, with its append?")
    _records(answer)
    _checks(
        answer, "cart-1", 3, "order-7", "a new stream", "Is a stream that does not exist yet at version 0, or at any?"
    )
    _checks(
        answer, "order-7", 1, "order-7", "a stream that has moved on", "What did the writer know when they decided?"
    )
    _tells(answer)
    keeps_its_laws(_with_the_rest(answer))


def _with_the_rest(kind: type) -> type:
    """Put what an append leaves to others around it: command ids, receipts, and reading."""

    class Whole(Readable):
        def append(self, stream: str, events: Sequence[object], *, expected: Any, command_id: str | None = None) -> Any:
            known = self.receipts.get((stream, command_id or "")) if events else None
            if known or not events:
                return known or self.end_of(stream)
            self.check(stream, expected if isinstance(expected, Expected) else self.stream_version(stream))
            half = kind()
            half.log[:] = [(one.position, one.stream, one.version, one.event) for one in self.log]
            half.append(stream, events, self.stream_version(stream) if isinstance(expected, Expected) else expected)
            for position, of, version, event in half.log[len(self.log) :]:
                self.log.append(RecordedEvent(of, version, position, event, 0.0, command_id))
            if command_id is not None:
                self.receipts[stream, command_id] = self.end_of(stream)
            return self.end_of(stream)

    return Whole


def _records(kind: type) -> None:
    made = kind()
    done = "appended ['a', 'b'] to order-7 (expected 0), 'x' to cart-1 (expected 0), then ['c', 'd', 'e'] (expected 2)"
    for stream, events, expected in (("order-7", ["a", "b"], 0), ("cart-1", ["x"], 0), ("order-7", ["c", "d", "e"], 2)):
        try:
            made.append(stream, events, expected)
        except ConcurrencyError as error:
            ask = "Do you compare before the first event only? After it, the version is another."
            raise NotYet(done, f"ConcurrencyError: {error}", "no conflict", ask) from None
    came = [tuple(entry) for entry in made.log]
    wanted = [
        (1, "order-7", 1, "a"),
        (2, "order-7", 2, "b"),
        (3, "cart-1", 1, "x"),
        (4, "order-7", 3, "c"),
        (5, "order-7", 4, "d"),
        (6, "order-7", 5, "e"),
    ]
    if came != wanted:
        ask = "Which number counts the whole log, and which the stream?"
        raise NotYet(
            done, came, wanted, ask if came else "Where do the events go, once the check has let them through?"
        )


def _checks(kind: type, stream: str, expected: int, full: str, what: str, ask: str) -> None:
    made = kind()
    made.append(full, ["a", "b"], 0)
    before = list(made.log)
    done = f"appended ['y', 'z'] to {what} ({stream} at version {made.version(stream)}), expecting version {expected}"
    try:
        made.append(stream, ["y", "z"], expected)
    except ConcurrencyError:
        if made.log != before:
            ask = "You refused, and half of it stands in the log. When do you look: before the first event, or after?"
            raise NotYet(done, made.log[len(before) :], "nothing recorded", ask) from None
        return
    raise NotYet(done, "it was recorded", "lab.ConcurrencyError", ask)


def _tells(kind: type) -> None:
    made, told = kind(), []
    made.listeners.append(lambda entries: told.append((len(entries), len(made.log))))
    made.append("order-7", ["a", "b", "c"], 0)
    done = "listened, and looked at the log whenever I was told of something"
    if not told:
        raise NotYet(
            done, "nobody told me", "one call with three entries", "Who tells the projectors that there is news?"
        )
    if told != [(3, 3)]:
        ask = "A listener that reads the log at once: does it find the whole order, or the beginning of one?"
        raise NotYet(done, f"entries told, and log length then: {told}", "[(3, 3)]", ask)
    told.clear()
    with suppress(ConcurrencyError):
        made.append("order-7", ["d"], 0)
    if told:
        raise NotYet("appended with a stale version", "a listener was told", "silence", "What is there to tell?")


# --- 03.2 -------------------------------------------------------------------------------------------------


def _january(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 1, day, hour)


SHELF = (
    StockReceived("cup", 12, _january(2)),
    StockReserved("cup", "o1", 5, _january(3)),
    StockAdjusted("cup", -2, "broken", "b1", _january(4)),
    StockReceived("cup", 30, _january(9)),
    StockAdjusted("cup", 1, "found", "f1", _january(11)),
)
ON_SHELF = (
    (_january(1), 0),
    (_january(3), 12),
    (_january(4), 10),
    (_january(8), 10),
    (_january(10), 40),
    (_january(12), 41),
)


def past(answer: Any) -> None:
    """Judge ``on_hand_at(events, moment)``: what was received and adjusted up to and including a moment."""
    came = {moment: call(answer, SHELF, moment, name="on_hand_at") for moment, _ in ON_SHELF}
    wrong = [(moment, expected) for moment, expected in ON_SHELF if came[moment] != expected]
    if not wrong:
        return
    moment, expected = wrong[0]
    raise NotYet(f"asked for {moment}", came[moment], expected, _past_misread(list(came.values())))


def _past_misread(came: Sequence[Any]) -> str:
    if len(set(map(str, came))) == 1:
        return "The same number for every day: that is today's shelf. Which events had not happened yet?"
    if came[2] == 12 and came[-1] == 42:
        return "Two cups broke and one was found again. Which kind of event tells of that?"
    if came[-1] == 36:
        return "Five cups were set aside for an order. Did they leave the shelf?"
    if came[2] == 12:
        return "What happened at that very moment has happened. Is your comparison too strict?"
    return "Add up by hand what had happened by then. Which event do you count otherwise?"


# --- 03.3: a bank -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MoneyMoved:
    """What a bank records: pence in, or out if negative."""

    pence: int


def lowest(answer: Any) -> None:
    """Judge ``lowest_balance(events)``: the lowest balance the account ever had after an event."""
    for pence, expected in (([500, -480, 300, -100], 20), ([100, 50], 100), ([300, -500, 900], -200)):
        came = call(answer, [MoneyMoved(one) for one in pence], name="lowest_balance")
        if came != expected:
            raise NotYet(f"moved {pence}, from 0", came, expected, _lowest_misread(pence, came))


def _lowest_misread(pence: Sequence[int], came: Any) -> str:
    if came == sum(pence):
        return "That is the last balance, all that a row would have kept. Was the account ever lower?"
    if came == min(pence):
        return "That is the largest withdrawal, not a balance. What was in the account after it?"
    if came == 0:
        return "Before the first event there is no account. After which event was the balance 0?"
    return "Write the balance down after each event. Which is the lowest?"


EXERCISES = (
    Exercise(
        "03.1",
        store,
        (
            "Three duties, in this order: compare, record, tell.",
            "Compare once, before the first event: if self.version(stream) != expected, raise.",
            "Collect the new entries in a list, extend the log by it, and only then call each listener with it.",
        ),
        "All or nothing, at the version that was known, and told when it is all there: that is an append.",
    ),
    Exercise(
        "03.2",
        past,
        (
            "Which events had happened by then? Each kind has a time of its own name.",
            "Received and adjusted move the shelf. Setting aside does not.",
            "Add up quantity where received_at or adjusted_at is at or before the moment.",
        ),
        "The record answers a question about any day, also one that nobody thought of at the time.",
    ),
    Exercise(
        "03.3",
        lowest,
        (
            "One number at the end has forgotten the way there.",
            "Keep a running balance, and note it after each event.",
            "itertools.accumulate gives the balance after each event.",
        ),
        "The last row knows where you are. Only the record knows where you have been.",
    ),
    *FURTHER,
)
