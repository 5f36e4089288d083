"""Exercises of lesson 3 that go further: find the bugs in a store, and write one from nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.guard import NotYet
from cqrs_lab.errors import ConcurrencyError
from cqrs_lab.log import contract
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.event_store import Appended, check_expected

# In the order in which a learner should hear of them: what is broken below breaks what stands further down.
ASK_OF_LAW = {
    contract.ALL_OR_NOTHING: "An append was refused, and something of it stands in the log. When do you look?",
    contract.EXPECTED: "A writer had an old version in mind. Who compares, and with what?",
    contract.EXPECTED_NEW: "This stream does not exist yet. Is that version 0, or any version?",
    contract.VERSIONS: "Each stream counts its own events, from 1. Which number do you write?",
    contract.NOTHING: "Nothing was to be recorded. What is there to compare, and what to tell?",
    contract.RECEIPT: "A receipt says where the stream ends. Which version and position has its last event?",
    contract.NAMES: "Two names that look alike are two streams. How do you compare a name?",
    contract.ONE_ORDER: "Positions count the whole log, once each. Which number comes after the last one?",
    contract.READS: "What was recorded has to come back, in order, from any place. Which of the two readers loses it?",
    contract.STAYS: "What was recorded has changed since. Who else holds the list, or the event?",
    contract.NOT_LATE: "A reader had passed that position already. How will it ever see the event?",
    contract.AT_THE_CALL: "Something was recorded while a reader was reading. What did the log hold when it asked?",
    contract.COMMITTED: "A reader saw half of a commit. When do the events become visible, one by one or together?",
    contract.ONCE: "The same wish came twice, under one name. Where do you look if it is there already?",
    contract.FIRST_RECEIPT: "The second send needs the first receipt. What do you look at first: name or expected?",
    contract.WRITTEN: "Each event of a command carries its id. Where is it lost?",
    contract.IDS: "Two ids that look alike are two commands. How do you compare an id?",
    contract.PER_STREAM: "Another stream, another wish. Under which two things together do you keep a receipt?",
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
        Each is to be called when a commit is there, whole.
    """

    def __init__(self) -> None:
        self.log: list[RecordedEvent] = []
        self.receipts: dict[tuple[str, str], Appended] = {}
        self.listeners: list[Callable[[], None]] = []

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Give the log's events above a position."""
        return iter([one for one in self.log if one.position > after][:limit])

    def read_stream(self, stream: str, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Give a stream's events above a version."""
        return iter([one for one in self.log if one.stream == stream and one.version > after][:limit])

    def stream_version(self, stream: str) -> int:
        """Tell how many events a stream has."""
        return sum(one.stream == stream for one in self.log)

    def head(self) -> int:
        """Tell the last position."""
        return len(self.log)

    def check(self, stream: str, expected: Any) -> None:
        """Raise ConcurrencyError unless the stream is as expected."""
        check_expected(stream, expected, self.stream_version(stream))

    def end_of(self, stream: str) -> Appended:
        """Give the receipt for a stream as it is now."""
        positions = [one.position for one in self.log if one.stream == stream]
        return Appended(stream, StreamVersion(len(positions)), positions[-1] if positions else Position(0))


def mended(answer: Any) -> None:
    """Judge a store that had three bugs."""
    _a_class(answer)
    _whole_batches(answer)
    _new_streams(answer)
    _listeners(answer)
    keeps_its_laws(answer)


def whole(answer: Any) -> None:
    """Judge a store that was written from nothing."""
    _a_class(answer)
    keeps_its_laws(answer)


def keeps_its_laws(kind: Callable[[], Any]) -> None:
    """Run the kit's contract on a store, and ask about the first law that it breaks."""
    faults = {fault.law: fault for fault in contract.check_event_store(kind).faults}
    for law in (*ASK_OF_LAW, *faults):
        if law in faults:
            fault, missing = faults[law], "Which of the five methods raises, or is missing?"
            raise NotYet(f"tried {law}: {fault.done}", fault.came, fault.expected, ASK_OF_LAW.get(law, missing))


def _a_class(answer: Any) -> None:
    if not isinstance(answer, type) or not callable(getattr(answer, "append", None)):
        expected = "a class with append(self, stream, events, *, expected, command_id=None)"
        raise NotYet("looked at your answer", answer, expected, "Did you hand over the class itself, with its append?")


def _whole_batches(kind: type) -> None:
    made, done = kind(), "appended ['a', 'b', 'c'] to a new stream, expecting version 0"
    try:
        made.append("order-7", ["a", "b", "c"], expected=0)
    except ConcurrencyError as error:
        came = f"{error}; in the log: {[one.event for one in made.log]}"
        ask = "It expected the right version, and half of it is written. How often do you compare?"
        raise NotYet(done, came, "all three recorded", ask) from None
    if [one.event for one in made.log] != ["a", "b", "c"]:
        came = str([one.event for one in made.log])
        raise NotYet(done, came, "all three recorded", "Where did the others go?")


def _new_streams(kind: type) -> None:
    made, done = kind(), "appended to a new stream, expecting version 3"
    try:
        made.append("order-7", ["a"], expected=3)
    except ConcurrencyError:
        return
    ask = "The writer believed in three events that were never there. Why was nobody asked?"
    raise NotYet(done, "it was recorded", "ConcurrencyError", ask)


def _listeners(kind: type) -> None:
    made, seen = kind(), []
    made.listeners.append(lambda: seen.append(made.head()))
    made.append("order-7", ["a", "b", "c"], expected=0)
    if seen != [3]:
        ask = "A projector that is called reads at once. What does it find: the whole commit, or a piece of it?"
        raise NotYet("listened, and looked how long the log was when I was called", seen, [3], ask)


EXERCISES = (
    Exercise(
        "03.4",
        mended,
        (
            "lab.check_event_store(Shelf) shows two of the three bugs.",
            "Follow an append of three events to a new stream, line by line: when is it compared, and with what?",
            "The third: put a listener in that prints self.head(). It should be called once, after everything.",
        ),
        "Compare once and always, record all at once, and tell when it is there.",
    ),
    Exercise(
        "03.5",
        whole,
        (
            "One list of lab.RecordedEvent(stream, version, position, event, recorded_at, command_id) is enough.",
            "Look for the command id first, then whether there is anything to record, then compare, then record.",
            "Readers give an iterator over a copy, so that later events stay out of it.",
        ),
        "Three laws, some thirty lines, and the kit's own buses and projectors run on it.",
    ),
)
