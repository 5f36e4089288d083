"""Exercises of lesson 3 that go further: find the bugs in a store, and write one from nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from typing import Any

import cqrs_lab
from cqrs_lab.course.exercises.arguments import expect_arguments
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.guard import NotYet, shown, what_it_means
from cqrs_lab.errors import ConcurrencyError, said
from cqrs_lab.log import contract
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.event_store import Appended, check_expected

# As in the learner's cell, which finds the name among its own; Python compiles a name that a file imports otherwise.
lab: Any = cqrs_lab
# In the order in which a learner should hear of them: what is broken below breaks what stands further down.
ASK_OF_LAW = {
    contract.EXPECTED: "The writer expected another version than there is. Who compares, and with what?",
    contract.EXPECTED_NEW: "This stream does not exist yet. Is that version 0, or any version?",
    contract.ALL_OR_NOTHING: "An append records all of its events or, if it is refused, none. Which are in the log?",
    contract.VERSIONS: "Each stream counts its own events, from 1. Is your number different, or what you read back?",
    contract.NOTHING: "Nothing was to be recorded. Is there anything to compare, then, or to remember?",
    contract.RECEIPT: "A receipt says where the stream ends. Which version and position has its last event?",
    contract.NAMES: "Two names that look alike are two streams. How do you compare a name?",
    contract.ONE_ORDER: "Positions count the whole log, once each. Which number comes after the last one?",
    contract.CLOCK: "A computer's clock is set back now and then. What gives the log its order?",
    contract.READS: "What was recorded comes back in order, from any place, up to any limit. "
    "Which of the two readers is wrong?",
    contract.STAYS: "What was recorded has changed since. Who else holds the list, or the event?",
    contract.NOT_LATE: "A reader had passed that position already. How will it ever see the event?",
    contract.AT_THE_CALL: "Something was recorded while a reader was reading. What did the log hold when it asked?",
    contract.COMMITTED: "A reader saw half of a commit. When do the events become visible, one by one or together?",
    contract.ONCE: "The same command came twice, under one id. Where do you check whether it is there already?",
    contract.FIRST_RECEIPT: "A sender who tries again needs the first receipt. What do you look at first: id or "
    "expected?",
    contract.WRITTEN: "Each event of a command carries its id. Where is it lost?",
    contract.IDS: "Two ids that look alike are two commands. How do you compare an id?",
    contract.AS_GIVEN: "What came back is not what was recorded. What do you do with events of other types?",
    contract.STANDS_FOR: "An id also says which command it stands for. Is it kept with each event as it came?",
    contract.PER_STREAM: "Another stream, another command. Under which two things together do you keep a receipt?",
    contract.FORGETS: "A command that recorded nothing left no trace. Why is it remembered?",
}


class Readable:
    """An event store that can be read; `append` is missing.

    Attributes
    ----------
    log : list of RecordedEvent
    receipts : dict
        By stream and command id.
    listeners : list of callable
        Each is called once, without arguments, when a commit is in the log, whole.
    """

    def __init__(self) -> None:
        self.log: list[RecordedEvent] = []
        self.receipts: dict[tuple[str, str], Appended] = {}
        self.listeners: list[Callable[[], None]] = []

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Return the log's events above a position."""
        return iter([one for one in self.log if one.position > after][:limit])

    def read_stream(self, stream: str, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Return a stream's events above a version."""
        return iter([one for one in self.log if one.stream == stream and one.version > after][:limit])

    def stream_version(self, stream: str) -> int:
        """Return how many events a stream has."""
        return self.end_of(stream).version

    def head(self) -> int:
        """Return the last position."""
        return len(self.log)

    def check(self, stream: str, expected: Any) -> None:
        """Raise ConcurrencyError unless the stream is as expected."""
        check_expected(stream, expected, self.stream_version(stream))

    def end_of(self, stream: str) -> Appended:
        """Return the receipt for a stream as it is now."""
        for one in reversed(self.log):  # the last event is near the end: a long log need not be read for each append
            if one.stream == stream:
                return Appended(stream, one.version, one.position)
        return Appended(stream, StreamVersion(0), Position(0))


METHODS = ("append", "read_stream", "read_all", "stream_version", "head")
ERROR = re.compile(r"\w+(Error|Exception|Interrupt|Exit|Iteration)\b")
SAME_NUMBER = re.compile(r"expected version (\d+), found \1;")
LISTENERS = ("Ann", "Bob", "Cem", "Dan", "Eva")
CONTRACT_SECONDS = 10.0
"""A store on SQLite is as right as one in a list, and takes four seconds for the whole contract."""


class AsGiven(Readable):
    """What stands in the learner's cell at first, with its three bugs."""

    def append(self, stream: Any, events: Any, *, expected: Any, command_id: Any = None) -> Any:
        """Append, wrongly."""
        known = self.receipts.get((stream, command_id)) if events else None
        if known or not events:
            return known or self.end_of(stream)
        for event in events:
            version, head = self.stream_version(stream), self.head()
            if version > 0:
                self.check(stream, expected)
            self.log.append(lab.RecordedEvent(stream, version + 1, head + 1, event, 0.0, command_id))
            for listener in self.listeners:
                listener()
        if command_id is not None:
            self.receipts[stream, command_id] = self.end_of(stream)
        return self.end_of(stream)


def mended(answer: Any) -> None:
    """Judge a store that had three bugs."""
    _a_class(answer)
    _whole_batches(answer)
    _new_streams(answer)
    _first_append_is_told(answer)
    keeps_its_laws(for_one_thread(answer))
    _later_ones_are_told(answer)


def whole(answer: Any) -> None:
    """Judge a store that was written from nothing."""
    _a_class(answer)
    _five_methods(answer)
    _new_streams(answer)
    keeps_its_laws(answer)


def keeps_its_laws(kind: Callable[[], Any]) -> None:
    """Run the kit's contract on a store, and ask about the first law that it breaks."""
    faults = {fault.law: fault for fault in contract.check_event_store(kind).faults}
    for law in (*ASK_OF_LAW, *faults):
        if law in faults:
            fault, ask = faults[law], ASK_OF_LAW.get(law, "Which of the five methods raises, or is missing?")
            if SAME_NUMBER.search(fault.came):
                ask = "It was refused, and the two numbers are the same. Do you compare with `is`, or with `==`?"
            done = f"tried {law}: {fault.done}"
            _its_own_error_first(kind, done, fault)
            raise NotYet(done, fault.came, fault.expected, ask)


def _its_own_error_first(kind: Callable[[], Any], done: str, fault: Any) -> None:
    """Find the error that a store raised, if that is what came and it is no conflict: it knows the learner's line."""
    if fault.came.startswith(ConcurrencyError.__name__) or not ERROR.match(fault.came):
        return
    errors: list[Exception] = []
    contract.check_event_store(for_one_thread(kind, errors.append))
    for error in errors:
        if said(error) == fault.came:
            try:
                raise error
            except Exception:  # noqa: BLE001 - an answer may raise anything; it is reported
                raise NotYet(done, error, fault.expected, what_it_means(error)) from None


def for_one_thread(
    kind: Callable[[], Any], hear: Callable[[Exception], None] = lambda error: None
) -> Callable[[], Any]:
    """Hide what a store holds: one with a lock would be tried with two threads, and the task asks for one.

    Parameters
    ----------
    kind : callable
    hear : callable, optional
        Called with each error that the store raises.
    """

    def make() -> Any:
        made = kind()
        return SimpleNamespace(**{name: partial(_heard, hear, getattr(made, name)) for name in METHODS})

    return make


def _heard(hear: Callable[[Exception], None], method: Any, *arguments: Any, **named: Any) -> Any:
    try:
        return method(*arguments, **named)
    except Exception as error:
        hear(error)
        raise


def _a_class(answer: Any) -> None:
    if not isinstance(answer, type) or not callable(getattr(answer, "append", None)):
        expected = "a class with append(self, stream, events, *, expected, command_id=None)"
        ask = "Did you hand over the class itself, with its append?"
        raise NotYet("looked at your answer", repr(answer), expected, ask)
    named = {"expected": "0", "command_id": "None"}
    expect_arguments(answer().append, "append", "stream", "events", **named)


def _whole_batches(kind: type) -> None:
    made, done = kind(), "appended ['a', 'b', 'c'] to a new stream, expecting version 0"
    try:
        made.append("order-7", ["a", "b", "c"], expected=0)
    except ConcurrencyError as error:
        came = f"{said(error)}; in the log: {[one.event for one in made.log]}"
        ask = "The version was the right one, and half of the append is recorded. How often do you compare?"
        raise NotYet(done, came, "all three recorded", ask) from error
    if [one.event for one in made.log] != ["a", "b", "c"]:
        came = str([one.event for one in made.log])
        raise NotYet(done, came, "all three recorded", "Where did the others go?")


def _new_streams(kind: type) -> None:
    made, done = kind(), "appended 'a' to a new stream, expecting version 3"
    try:
        made.append("order-7", ["a"], expected=3)
    except ConcurrencyError as error:
        left = [one.event for one in made.read_all()]
        if left:
            came = f"{said(error)}; in the log: {left}"
            ask = "An append was refused, but part of it is in the log. When do you compare?"
            raise NotYet(done, came, "nothing in the log", ask) from error
        return
    ask = "The writer expected three events that were never there. Is a new stream at version 0, or at any version?"
    raise NotYet(done, "it was recorded", "ConcurrencyError", ask)


LISTENED = f"let {', '.join(LISTENERS)} listen, and appended three events"
CALLED_ONCE = "each of them called once, when the log has 3 events"


def _first_append_is_told(kind: type) -> tuple[Any, list[tuple[str, int, Any]]]:
    """Let five listen to a new store; return it, and what they hear from now on."""
    made = kind()
    heard: list[tuple[str, int, Any]] = []
    for name in LISTENERS:
        made.listeners.append(lambda *given, name=name: heard.append((name, made.head(), given)))
    made.append("order-7", ["a", "b", "c"], expected=0, command_id="1")
    _heard_it_once(LISTENED, CALLED_ONCE, heard)
    heard.clear()
    return made, heard


def _later_ones_are_told(kind: type) -> None:
    made, heard = _first_append_is_told(kind)
    made.append("order-7", ["d"], expected=3)
    if sorted(name for name, _, _ in heard) != [*LISTENERS]:
        ask = "They heard about the first append, but not about the second. What happened to the list of listeners?"
        called = ", ".join(name for name, _, _ in heard) or "nobody"
        raise NotYet(f"{LISTENED}, and one more", f"called {called}", CALLED_ONCE, ask)
    heard.clear()
    _silence(made)
    if heard:
        done = "sent what changes nothing: a stale version, a command id that is known, no events"
        raise NotYet(done, "a listener was called", "silence", "Nothing new is in the log. What is there to tell?")


def _heard_it_once(done: str, wanted: str, heard: list[tuple[str, int, Any]]) -> None:
    if not heard:
        raise NotYet(done, "nobody was called", wanted, "Who tells the projectors that there is something new?")
    if any(length < 3 for _, length, _ in heard):
        ask = "A projector that is called reads at once. What does it find: the whole commit, or a piece of it?"
        raise NotYet(done, f"{heard[0][0]} was called when the log had {heard[0][1]} of 3", wanted, ask)
    if heard[0][2]:
        came = f"{heard[0][0]} was called with {', '.join(map(shown, heard[0][2]))}"
        ask = "A projector reads the log itself, from where it left off. With which arguments does the task call it?"
        raise NotYet(done, came, f"{heard[0][0]} called without arguments", ask)
    names = [name for name, _, _ in heard]
    if sorted(names) != [*LISTENERS]:
        ask = "Five of them want to hear of it, once each. How many do you call, and how often?"
        raise NotYet(done, f"called {', '.join(names)}", wanted, ask)


def _silence(made: Any) -> None:
    """Send three things that record nothing: a stale version, a command id that is known, no events."""
    for events, expected, command_id in ((["e"], 1, None), (["a", "b", "c"], 0, "1"), ([], 4, None)):
        with suppress(ConcurrencyError):
            made.append("order-7", events, expected=expected, command_id=command_id)


def _five_methods(kind: Any) -> None:
    """Call each method once: what raises here is found with its line, before any law is tried."""
    made = kind()
    missing = [name for name in METHODS if not callable(getattr(made, name, None))]
    if missing:
        ask = "A projector reads the log through these. Write a first line for each, and then try again."
        raise NotYet("looked for the five methods", f"no {', '.join(missing)}", ", ".join(METHODS), ask)
    receipt = made.append("order-7", ["a"], expected=0)
    if not all(hasattr(receipt, name) for name in ("stream", "version", "position")):
        ask = "The writer waits for a receipt: stream, version, and the position of its last event."
        raise NotYet("appended 'a' to a new stream", repr(receipt), "lab.Appended('order-7', 1, 1)", ask)
    for name, came in (("read_all()", made.read_all()), ("read_stream('order-7')", made.read_stream("order-7"))):
        read = list(came) if isinstance(came, Iterable) else came
        if not isinstance(read, list) or [getattr(one, "event", None) for one in read] != ["a"]:
            ask = "A reader gets lab.RecordedEvent objects, one by one. What do you keep, and what do you return?"
            if read == []:
                ask = "It was appended, and it does not come back. Versions and positions begin at 1: do yours?"
            raise NotYet(f"appended 'a' to 'order-7', and called {name}", repr(read), "one RecordedEvent", ask)
    for called, none in (("limit=0", made.read_all(limit=0)), ("after=9", made.read_all(after=9))):
        if read := list(none):
            ask = "Nothing comes after the end, and 0 events are none. What does your code make of such a number?"
            raise NotYet(f"appended one event, and called read_all({called})", repr(read), "no events", ask)
    made.stream_version("order-7"), made.head()


EXERCISES = (
    Exercise(
        "03.4",
        mended,
        (
            "lab.check_event_store(Shelf) shows two of the three bugs.",
            "Follow an append of three events to a new stream, line by line: when is it compared, and with what?",
            "The third: add two listeners that print self.head(). Each should be called once, after everything.",
        ),
        "Compare every time, once; record everything at once; and tell everybody when it is there.",
        untouched=AsGiven,
        own_seconds=CONTRACT_SECONDS,
    ),
    Exercise(
        "03.5",
        whole,
        (
            "One list of lab.RecordedEvent(stream, version, position, event, recorded_at, command_id) is enough.",
            "Look for the command id first, then whether there is anything to record, then compare, then record.",
            "A reader returns an iterator over a copy, so that later events stay out of it.",
        ),
        "Three laws, about thirty lines, and the kit's own buses and projectors run on it.",
        own_seconds=CONTRACT_SECONDS,
    ),
)
