"""The first exercise of lesson 3: write `append`, with its three duties."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from cqrs_lab.course.exercises.arguments import expect_arguments
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_03_further import (
    CONTRACT_SECONDS,
    LISTENERS,
    Readable,
    for_one_thread,
    keeps_its_laws,
)
from cqrs_lab.course.guard import NotCopied, NotYet, shown
from cqrs_lab.errors import ConcurrencyError, InvalidArgument, said
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.event_store import Expected

Entry = tuple[int, str, int, object]
"""One line of a log: position, stream, the version it made, and the event."""


class HalfStore:
    """An event store that can be read and followed; what it lacks is `append(stream, events, expected)`.

    Attributes
    ----------
    log : list of tuple
        Position, stream, the version it made, and the event.
    listeners : list of callable
        Each is called once per append with the list of new entries, when they are all in the log.
    """

    def __init__(self) -> None:
        self.log: list[Entry] = []
        self.listeners: list[Callable[[list[Entry]], None]] = []

    def version(self, stream: str) -> int:
        """Return how many events a stream has; 0 where there is none."""
        return next((entry[2] for entry in reversed(self.log) if entry[1] == stream), 0)

    def read(self, stream: str) -> Iterator[object]:
        """Return a stream's events, oldest first."""
        return (entry[3] for entry in self.log if entry[1] == stream)

    # What the kit's views and projectors read.

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Return the log's entries above a position, as the kit records events."""
        log = list(map(_recorded, range(len(self.log)), self.log))
        return iter([one for one in log if not after or one.position > after][:limit])

    def read_stream(self, stream: str, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Return a stream's entries above a version, as the kit records events."""
        own = [one for one in self.read_all() if one.stream == stream]
        return iter([one for one in own if not after or one.version > after][:limit])

    def stream_version(self, stream: str) -> int:
        """Return how many events a stream has."""
        return self.version(stream)

    def head(self) -> int:
        """Return how many entries the log has."""
        return len(self.log)


def _recorded(at: int, entry: Entry) -> RecordedEvent:
    whole = isinstance(entry, tuple | list) and len(entry) == 4
    if not (whole and isinstance(entry[0], int) and isinstance(entry[1], str) and isinstance(entry[2], int)):
        raise InvalidArgument(
            f"entry {at + 1} of the log is {shown(entry)}; let append add (position, stream, version, event)"
        )
    position, stream, version, event = entry
    return RecordedEvent(stream, StreamVersion(version), Position(position), event, 0.0)


def store(answer: Any) -> None:
    """Judge a class with the three duties of `append`: check, record all, tell afterwards."""
    if not isinstance(answer, type) or not callable(getattr(answer, "append", None)):
        expected = "a class with append(self, stream, events, expected)"
        ask = "Did you hand over the class itself, with its append?"
        raise NotYet("looked at your answer", repr(answer), expected, ask)
    expect_arguments(answer().append, "append", "stream", "events", "expected")
    _records(answer)
    stale = "What did the writer know when they decided? Something was recorded since then."
    _checks(answer, "order-7", 1, stale)
    ahead = "The writer expected a higher version than there is. Do you compare in one direction only?"
    _checks(answer, "order-7", 5, ahead)
    new = "Is a stream that does not exist yet at version 0, or at any version you like?"
    _checks(answer, "cart-1", 3, new)
    zero = "0 says that the stream is new, and Python treats 0 as false. Is the check left out where expected is 0?"
    _checks(answer, "order-7", 0, zero)
    _tells(answer)
    keeps_its_laws(for_one_thread(_with_the_rest(answer)))


def _with_the_rest(kind: type) -> type:
    """Put what an append leaves to others around it: command ids, receipts, and reading."""

    class Whole(Readable):
        def __init__(self) -> None:
            super().__init__()
            self.half = kind()

        def append(self, stream: str, events: Sequence[object], *, expected: Any, command_id: str | None = None) -> Any:
            known = self.receipts.get((stream, command_id or "")) if events else None
            if known or not events:
                return known or self.end_of(stream)
            if isinstance(expected, Expected):
                self.check(stream, expected)
                expected = self.stream_version(stream)
            self.half.append(stream, events, expected)
            for position, of, version, event in self.half.log[len(self.log) :]:
                self.log.append(RecordedEvent(of, version, position, event, 0.0, command_id))
            if command_id is not None:
                self.receipts[stream, command_id] = self.end_of(stream)
            return self.end_of(stream)

    return Whole


# --- it records -------------------------------------------------------------------------------------------

APPENDS = (("order-7", ["a", "b"], 0), ("cart-1", ["x"], 0), ("order-7", ["c", "d", "e"], 2))
LOG = [
    (1, "order-7", 1, "a"),
    (2, "order-7", 2, "b"),
    (3, "cart-1", 1, "x"),
    (4, "order-7", 3, "c"),
    (5, "order-7", 4, "d"),
    (6, "order-7", 5, "e"),
]


def _new(kind: type) -> Any:
    made = kind()
    if made.log:
        ask = "It holds what another store recorded. Is the list made once, in the class, or in __init__, for each?"
        raise NotYet("made a new store, and read its log", shown(made.log), "an empty log", ask)
    return made


def _records(kind: type) -> None:
    made, done = _new(kind), []
    for stream, events, expected in APPENDS:
        done.append(f"append({stream!r}, {events}, {expected})")
        given = list(events)
        try:
            made.append(stream, given, expected)
        except ConcurrencyError as error:
            raise NotYet(f"called {', '.join(done)}", said(error), "no conflict", _why_refused(made, stream)) from error
        if given != events:
            ask = "The writer still holds the list that you were given. Can you leave it as it is?"
            raise NotYet(f"called {', '.join(done)}, and looked at its events again", given, events, ask)
        came = [tuple(entry) if isinstance(entry, tuple | list) else entry for entry in made.log]
        wanted = LOG[: sum(len(one) for _, one, _ in APPENDS[: len(done)])]
        if came != wanted:
            ask = _why_not_recorded(came, wanted)
            raise NotYet(f"called {', '.join(done)}, and read the log", repr(came), repr(wanted), ask)


def _why_refused(made: Any, stream: str) -> str:
    if made.version(stream) % 2:
        return "Do you compare before the first event only? After it, the version has changed."
    if stream == "cart-1":
        return "Nothing is in this stream yet. Do you count the events of this stream, or of the whole log?"
    return "This writer knew the latest version. Which two numbers do you compare?"


def _why_not_recorded(came: Sequence[Any], wanted: Sequence[Any]) -> str:
    if not came:
        return "Where do the events go, once the check has let them through?"
    shape = all(isinstance(one, tuple) and [type(part) for part in one] == [int, str, int, str] for one in came)
    if not shape or {one[1] for one in came} - {"order-7", "cart-1"}:
        return "An entry is (position, stream, version, event), one for each event. Are all four there, in this order?"
    if [one[3] for one in came] != [one[3] for one in wanted]:
        return "Which of the events are in the log, and in which order?"
    if came[0][0] == 0 or came[0][2] == 0:
        return "The first event stands at position 1 and makes version 1. From which number do you count?"
    return "Which number counts the whole log, and which the stream?"


# --- it checks --------------------------------------------------------------------------------------------


def _checks(kind: type, stream: str, expected: int, ask: str) -> None:
    made = _new(kind)
    made.append("order-7", ["a", "b"], 0)
    before, found = list(made.log), made.version(stream)
    done = f"called append({stream!r}, ['y', 'z'], {expected}), where {stream!r} is at version {found}"
    wanted = f"ConcurrencyError({stream!r}, {expected}, {found})"
    try:
        made.append(stream, ["y", "z"], expected)
    except ConcurrencyError as error:
        if list(made.log) != before:
            half = (
                "You refused, but part of it is in the log already. When do you look: before the first event, or after?"
            )
            raise NotYet(done, f"recorded {made.log[len(before) :]}", "nothing recorded", half) from error
        said_so = (error.stream, error.expected, error.actual)
        if said_so != (stream, expected, found):
            swapped = "Stream, what the writer expected, what you found: are your three in this order?"
            raise NotYet(done, f"ConcurrencyError{said_so}", wanted, swapped) from error
        return
    except (NameError, AttributeError, TypeError, LookupError, NotCopied):
        raise  # a slip of the pen, and no refusal
    except Exception as error:  # noqa: BLE001 - any other error is meant as a refusal, and only the wrong one
        other = "You refused, and that is right. But the sender waits for a ConcurrencyError, to load again."
        raise NotYet(done, said(error), wanted, other) from error
    came = f"recorded {made.log[len(before) :]}" if list(made.log) != before else "no error, and nothing recorded"
    silent = "Nothing is recorded, and the writer is not told. How do they learn that they have to load again?"
    raise NotYet(done, came, wanted, ask if list(made.log) != before else silent)


# --- it tells ---------------------------------------------------------------------------------------------


def _tells(kind: type) -> None:
    made = _new(kind)
    told: list[tuple[str, tuple[Any, ...], int]] = []
    for name in LISTENERS:
        made.listeners.append(lambda *given, name=name: told.append((name, given, len(made.log))))
    for number, events in enumerate((["a"], ["b", "c", "d"])):
        told.clear()
        made.append("order-7", events, number)
        done = f"let {', '.join(LISTENERS)} listen, and called append('order-7', {events}, {number})"
        _told_once(done, told, [tuple(entry) for entry in made.log[-len(events) :]], len(made.log))
    told.clear()
    try:
        made.append("order-7", ["e"], 0)
    except ConcurrencyError:
        if told:
            ask = "Nothing was recorded. What is there to tell?"
            raise NotYet("called append with a stale version", "a listener was called", "silence", ask) from None


def _told_once(done: str, told: Sequence[tuple[str, tuple[Any, ...], int]], new: list[Any], whole: int) -> None:
    heard, wanted = [name for name, _, _ in told], f"each of them called once, with {new}"
    if not heard and whole == len(new):
        raise NotYet(done, "nobody was called", wanted, "Who tells the projectors that there is something new?")
    if not heard:
        ask = "They heard about the first append, but not about this one. What happened to the list of listeners?"
        raise NotYet(done, "nobody was called", wanted, ask)
    if any(length < whole for _, _, length in told):
        came = f"{told[0][0]} was called when the log had {told[0][2]} of its {whole} entries"
        ask = "A listener that reads the log at once: does it find the whole order, or only the beginning of it?"
        raise NotYet(done, came, wanted, ask)
    if set(heard) < set(LISTENERS):
        came = f"only {' and '.join(sorted(set(heard)))} heard of it"
        raise NotYet(done, came, wanted, "All five want to hear about it. How many do you call, and every time?")
    if len(heard) > len(LISTENERS):
        came = f"{heard[0]} was called {heard.count(heard[0])} times"
        raise NotYet(done, came, wanted, "It was one append. How often does a listener want to hear of it?")
    for name, given, _ in told:
        _heard_what_is_new(f"{done}", name, given, new, wanted)


def _heard_what_is_new(done: str, name: str, given: tuple[Any, ...], new: list[Any], wanted: str) -> None:
    entries = list(given[0]) if len(given) == 1 and isinstance(given[0], list | tuple) else None
    entries = None if given and given[0] in new else entries  # one entry, not a list of them
    if entries is not None and [tuple(one) if isinstance(one, list) else one for one in entries] == new:
        return
    came = f"{name} was called with {', '.join(map(repr, given)) or 'nothing'}"
    if entries == [one[3] for one in new]:
        ask = "They got the events alone. Where in the log do these stand, and in which stream?"
    elif entries is not None and len(entries) > len(new):
        ask = "They got the whole log. What in it is new?"
    else:
        ask = "What is handed to a listener: the list of new entries, as they stand in the log?"
    raise NotYet(done, came, wanted, ask)


APPEND = Exercise(
    "03.1",
    store,
    (
        "Three duties, in this order: compare, record, tell.",
        "Compare once, before the first event: if self.version(stream) != expected, raise.",
        "Collect the new entries in a list, extend the log with it, and only then call each listener with it.",
    ),
    "All or nothing, at the version that the writer knew, and announced when it is all there: that is an append.",
    own_seconds=CONTRACT_SECONDS,
)
